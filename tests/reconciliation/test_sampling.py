"""Samples: what the rule says and nothing else, and the same again whatever is booked since."""

from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import text

from config.database import Database
from ledger.errors import UnknownAccount
from ledger.permissions import Caller
from ledger.seal import seal
from reconciliation.audits.errors import (
    SampleBlock,
    SampleBounds,
    SampleEmpty,
    SampleSeed,
    SampleUnknown,
)
from reconciliation.audits.sampling import (
    Draw,
    SampledEntry,
    Wanted,
    draw,
    draws,
    find_draw,
    sampled,
)
from tests.reconciliation.closing_stand import BATCH, BEFORE, DAY, a_sale, do_post, furnish

AUDITOR = Caller("S-0001", "auditor", person="Prüferin")
WANTED = Wanted(BEFORE, DAY, 5, "seed.2026")


@pytest.fixture
def books(city: Database) -> Database:
    furnish(city)
    return city


def drawn(books: Database, wanted: Wanted) -> Draw:
    with books.transaction() as session:
        return draw(session, AUDITOR, uuid4(), wanted)


def entries(books: Database, wanted: Wanted) -> list[SampledEntry]:
    one = drawn(books, wanted)
    with books.read_only() as session:
        return list(sampled(session, one))


def numbers(books: Database, wanted: Wanted) -> list[int]:
    return [one.id for one in entries(books, wanted)]


def by_the_rule(books: Database, seed: str, count: int) -> list[int]:
    """The rule, computed here: the smallest SHA-256 of `seed:number`."""
    with books.read_only() as session:
        known = session.scalars(text("SELECT id FROM entry")).all()
    ordered = sorted(known, key=lambda number: sha256(f"{seed}:{number}".encode()).digest())
    return sorted(ordered[:count])


@pytest.mark.parametrize("seed", ["seed.2026", "1", "A-b_c.9"])
def test_a_sample_is_what_the_rule_says(books: Database, seed: str) -> None:
    assert numbers(books, replace(WANTED, seed=seed)) == by_the_rule(books, seed, 5)


def test_a_larger_sample_holds_the_smaller_one(books: Database) -> None:
    small, large = (entries(books, replace(WANTED, count=count)) for count in (4, 9))
    assert {one.id for one in small} == {one.id for one in large if one.place <= 4}
    assert sorted(one.place for one in large) == list(range(1, 10))


def test_what_is_booked_and_sealed_later_changes_no_sample(books: Database) -> None:
    first = drawn(books, WANTED)
    with books.read_only() as session:
        before = list(sampled(session, first))
    do_post(books, *(a_sale(BATCH, 100 + n) for n in range(200)))
    with books.read_only() as session:
        assert list(sampled(session, first)) == before  # unsealed entries are not drawn from
    seal(books.engine)
    with books.read_only() as session:
        assert list(sampled(session, first)) == before
    again = replace(WANTED, block=first.wanted.block)
    assert entries(books, again) == before
    assert drawn(books, again).population == first.population
    newest = drawn(books, WANTED)
    assert newest.wanted.block == 2
    assert newest.population == first.population + 200


def test_a_sample_stays_within_its_bounds(books: Database) -> None:
    place, place_account = f"184100/B02-1/{BEFORE}", replace(WANTED, count=500)
    (only,) = entries(books, replace(place_account, account=place))
    assert (only.debit, only.cents, only.booked_on, only.block) == (place, 21400, BEFORE, 1)
    clearing = entries(books, replace(place_account, account="184100"))
    assert {one.debit.partition("/")[0] for one in clearing} == {"184100", "181000"}
    assert len(clearing) == 23
    assert {one.booked_on for one in entries(books, replace(WANTED, last=BEFORE))} == {BEFORE}
    sold = drawn(books, replace(place_account, facility="B01"))
    assert (sold.population, sold.population_cents) == (23, 9000 + 21400 + 4600 + 10190)


def test_a_draw_is_written_down_once(books: Database) -> None:
    key = uuid4()
    with books.transaction() as session:
        first = draw(session, AUDITOR, key, WANTED)
    with books.transaction() as session:
        assert draw(session, AUDITOR, key, replace(WANTED, seed="other")) == first
    with books.read_only() as session:
        assert draws(session) == [first]
        row = session.execute(text("SELECT who, role, detail FROM audit_log"
                                   " WHERE what = 'sample.drawn'")).one()  # fmt: skip
    assert (row.who, row.role) == ("S-0001", "auditor")
    wanted = {"seed": "seed.2026", "count": 5, "first": str(BEFORE), "last": str(DAY), "block": 1}
    assert wanted.items() <= row.detail.items()


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (replace(WANTED, count=0), SampleBounds),
        (replace(WANTED, count=501), SampleBounds),
        (replace(WANTED, first=DAY, last=BEFORE), SampleBounds),
        (replace(WANTED, seed="ü"), SampleSeed),
        (replace(WANTED, seed=""), SampleSeed),
        (replace(WANTED, seed="a b"), SampleSeed),
        (replace(WANTED, block=7), SampleBlock),
        (replace(WANTED, facility="K01"), SampleEmpty),
        (replace(WANTED, account="999999"), UnknownAccount),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_not_written_down(
    books: Database, wanted: Wanted, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        drawn(books, wanted)
    with books.read_only() as session:
        assert draws(session) == []


def test_without_a_block_there_is_nothing_to_draw_from(city: Database) -> None:
    with pytest.raises(SampleBlock):
        drawn(city, WANTED)


def test_nobody_looks_at_what_was_not_drawn(city: Database) -> None:
    with pytest.raises(SampleUnknown), city.read_only() as session:
        find_draw(session, uuid4())

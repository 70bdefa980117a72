"""Prepaid cards: every cent sold is released, paid back or expired, and none twice."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entries import Dimensions
from ledger.facilities import (
    AlreadyVisited,
    Card,
    CardUsedUp,
    HouseNotCovered,
    Item,
    NotReturnable,
    load,
)
from ledger.facilities.pool.season import day_count, days_due
from ledger.money import Money
from ledger.rules import Posting, rulebook_from
from ledger.tenders import cash
from ledger.vat import split_vat

AACHEN = Path(__file__).parents[2] / "config/cities/aachen"
RULEBOOK = rulebook_from(tomllib.loads((AACHEN / "posting_rules.toml").read_text("utf-8")))
PASSES = load()["pool"].cards["pass"]
SEASON = load()["pool"].cards["season_pass"]
COMBI = load()["museum"].cards["combi"]
HOUSES = ("M01", "M02", "M03", "M04", "M05", "M06")
POOL = Dimensions(facility="B01")


def a_pass(gross: int = 4500, visits: int = 10, used: int = 0) -> Card:
    split = split_vat(Money(gross), 7)
    return Card("391000/P-4", visits, used, split.net, split.tax, "441100", 7, "372007")


def a_museum_card(cents: int = 1400, visited: frozenset[str] = frozenset()) -> Card:
    return Card("391020/P-6", 6, len(visited), Money(cents), Money(0), "441200",
                weights=dict.fromkeys(HOUSES, 1), visited=visited)  # fmt: skip


def cents(posting: Posting, *, debit: str = "", credit: str = "") -> int:
    """What a posting moves over an account, by the city's rules."""
    return sum(
        transfer.amount.cents
        for transfer in RULEBOOK.book([posting])
        if transfer.debit.startswith(debit) and transfer.credit.startswith(credit)
    )


passes = st.builds(
    lambda gross, visits, part: a_pass(gross, visits, visits * part // 100),
    st.integers(1, 100_000), st.integers(1, 200), st.integers(0, 100),
)  # fmt: skip


def test_ten_visits_release_six_times_4_21_and_four_times_4_20() -> None:
    shares = [cents(PASSES.release(a_pass(used=n), POOL, 1)) for n in range(10)]
    assert shares == [421] * 6 + [420] * 4
    assert sum(shares) == 4206


@settings(deadline=None)
@given(passes)
def test_a_pass_is_fully_released_after_its_last_visit(card: Card) -> None:
    released = [cents(PASSES.release(replace(card, used=n), POOL, 1)) for n in range(card.units)]
    assert sum(released) == card.net.cents
    assert max(released) - min(released) <= 1


@given(passes)
def test_visits_and_what_expires_are_the_whole_pass(card: Card) -> None:
    used = cents(PASSES.release(replace(card, used=0), POOL, card.used)) if card.used else 0
    rest = cents(PASSES.expire(card, POOL)) if card.left else 0
    assert used + rest == card.net.cents


def test_an_expired_pass_with_three_visits_left_gives_12_60() -> None:
    assert cents(PASSES.expire(a_pass(used=7), POOL), credit="459300") == 1260


def test_a_pass_returned_after_four_visits_pays_back_27_00() -> None:
    posting = PASSES.take_back(a_pass(used=4), POOL)
    assert cents(posting, credit="371300") == 2700
    assert cents(posting, debit="391000") == 2522
    assert cents(posting, debit="372007") == 177
    assert cents(posting, debit="549200") == 1


@given(passes)
def test_a_return_never_exceeds_what_was_paid_and_empties_the_pass(card: Card) -> None:
    if not card.left:
        with pytest.raises(CardUsedUp):
            PASSES.take_back(card, POOL)
        return
    posting = PASSES.take_back(card, POOL)
    deferred = cents(PASSES.expire(card, POOL))
    assert cents(posting, credit="371300") <= (card.net + card.tax).cents
    assert cents(posting, debit="372007") <= card.tax.cents
    assert cents(posting, debit="391000") == deferred
    rounding = cents(posting, debit="549200") + cents(posting, credit="549200")
    assert rounding <= 1 + card.left


def test_an_unused_pass_is_paid_back_whole_and_without_rounding() -> None:
    posting = PASSES.take_back(a_pass(), POOL)
    assert cents(posting, credit="371300") == 4500
    assert cents(posting, debit="549200") == cents(posting, credit="549200") == 0


def test_an_eleventh_visit_is_refused() -> None:
    with pytest.raises(CardUsedUp) as refusal:
        PASSES.release(a_pass(used=10), POOL, 1)
    assert refusal.value.left == 0
    with pytest.raises(CardUsedUp):
        PASSES.release(a_pass(used=9), POOL, 2)
    with pytest.raises(CardUsedUp):
        PASSES.expire(a_pass(used=10), POOL)
    with pytest.raises(ValueError, match="one unit or more"):
        PASSES.release(a_pass(), POOL, 0)


def test_a_visit_belongs_to_the_pool_that_was_visited() -> None:
    at = Dimensions(facility="B04", channel="wallet")
    assert RULEBOOK.book([PASSES.release(a_pass(), at, 1)])[0].dimensions == at


@settings(deadline=None)
@given(st.integers(1, 10_000), st.lists(st.integers(-5, 160), max_size=12))
def test_a_season_card_is_released_to_the_last_cent_however_nights_run(
    price: int, nights: list[int]
) -> None:
    starts, ends = date(2026, 5, 1), date(2026, 9, 15)
    card = replace(a_pass(price, day_count(starts, ends)), account="391010/P-5")
    released = 0
    for night in [*sorted(nights), 160]:
        due = days_due(starts, card, date.fromordinal(starts.toordinal() + night))
        if due:
            released += cents(SEASON.release(card, POOL, due))
            card = replace(card, used=card.used + due)
        assert days_due(starts, card, date.fromordinal(starts.toordinal() + night)) == 0
    assert released == card.net.cents


def test_season_and_museum_cards_are_not_taken_back() -> None:
    for rules, card in ((SEASON, a_pass()), (COMBI, a_museum_card())):
        with pytest.raises(NotReturnable):
            rules.take_back(card, POOL)
    with pytest.raises(ValueError, match="cannot end"):
        day_count(date(2026, 5, 2), date(2026, 5, 1))


@given(st.integers(0, 100_000), st.permutations(HOUSES))
def test_six_houses_share_the_price_and_the_last_takes_the_remainder(
    price: int, order: list[str]
) -> None:
    visited: frozenset[str] = frozenset()
    shares = []
    for house in order:
        posting = COMBI.release(a_museum_card(price, visited), Dimensions(facility=house), 1)
        shares.append(cents(posting))
        visited |= {house}
    assert shares[:5] == [price // 6] * 5
    assert sum(shares) == price


def test_the_first_house_of_a_card_of_14_00_gets_2_33() -> None:
    assert cents(COMBI.release(a_museum_card(), Dimensions(facility="M01"), 1)) == 233
    seen_five = a_museum_card(visited=frozenset(HOUSES[:5]))
    assert cents(COMBI.release(seen_five, Dimensions(facility="M06"), 1)) == 235
    assert cents(COMBI.expire(seen_five, POOL), credit="459300") == 235


def test_houses_with_weights_share_by_weight() -> None:
    card = replace(a_museum_card(), units=2, weights={"M01": 3, "M02": 1})
    assert cents(COMBI.release(card, Dimensions(facility="M01"), 1)) == 1050


def test_a_museum_card_opens_each_of_its_houses_once() -> None:
    seen = a_museum_card(visited=frozenset({"M01"}))
    with pytest.raises(AlreadyVisited) as again:
        COMBI.release(seen, Dimensions(facility="M01"), 1)
    assert again.value.facility == "M01"
    with pytest.raises(HouseNotCovered):
        COMBI.release(seen, Dimensions(facility="M07"), 1)
    with pytest.raises(ValueError, match="one house at a time"):
        COMBI.release(seen, Dimensions(), 1)
    with pytest.raises(CardUsedUp):
        COMBI.expire(a_museum_card(visited=frozenset(HOUSES)), POOL)


@pytest.mark.parametrize(("facility", "kind"), [("pool", "pass"), ("museum", "combi")])
def test_two_cards_are_two_lines(facility: str, kind: str) -> None:
    item = Item("CARD", facility, kind, Money(1400), "441200", POOL, quantity=2)
    with pytest.raises(ValueError, match="a line of its own"):
        load()[facility].book(item, cash("B01-1"))


def test_a_card_whose_numbers_disagree_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        a_pass(visits=10, used=11)
    with pytest.raises(ValueError, match="do not agree"):
        replace(a_museum_card(), used=1)

"""Balances, statements, blocks and closed days over the same small books."""

import hashlib
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.balances import Balance, balance, trial_balance
from ledger.entries import Posted, Refused
from ledger.errors import DayAlreadyClosed
from ledger.journal import post
from ledger.merkle import CompactRange, hash_children, hash_leaf
from ledger.periods import close_day, close_period, first_open_day
from ledger.queries import account_statement, find_entry, journal
from ledger.seal import latest_block, seal
from ledger.tables.books import block, entry
from tests.builders import (
    BANK,
    CLEARING,
    DAY,
    REVENUE,
    TAX,
    a_bill,
    a_chart,
    a_top_up,
    a_wallet,
    an_entry,
)

LATER = DAY + timedelta(days=1)


@pytest.fixture
def books(database: Database) -> Database:
    """Three days of sales in three blocks and an unsealed tail."""
    with database.transaction() as session:
        a_chart(session)
        a_wallet(session, 1)
    for day in (0, 1, 0):  # the third block holds late money of the first day
        with database.transaction() as session:
            post(session, [an_entry(cents=100 + day, booked_on=DAY + timedelta(days=day))] * 1)
            post(session, [an_entry(cents=10, booked_on=DAY)])
        seal(database.engine)
    with database.transaction() as session:
        post(session, [an_entry(cents=1, booked_on=LATER)])
    return database


def test_a_balance_counts_sealed_and_unsealed_entries(books: Database) -> None:
    with books.read_only() as session:
        assert balance(session, REVENUE) == Balance(0, 100 + 101 + 100 + 30 + 1)
        assert balance(session, CLEARING).debit_balance_cents == 332


def test_a_balance_as_of_a_day_leaves_later_days_out(books: Database) -> None:
    with books.read_only() as session:
        assert balance(session, REVENUE, as_of=DAY) == Balance(0, 230)
        assert balance(session, REVENUE, as_of=LATER) == Balance(0, 332)
        assert balance(session, REVENUE, as_of=DAY - timedelta(days=1)) == Balance(0, 0)


def test_what_was_known_when_a_block_was_sealed_never_changes(books: Database) -> None:
    with books.read_only() as session:
        sealed = session.scalars(select(block.c.sealed_at).order_by(block.c.number)).all()
    for _ in range(2):
        with books.read_only() as session:
            known = [balance(session, REVENUE, known_at=at).credit_cents for at in sealed]
            assert known == [110, 221, 331]
            assert balance(session, REVENUE, as_of=DAY, known_at=sealed[1]) == Balance(0, 120)
        with books.transaction() as session:
            post(session, [an_entry(cents=5000, booked_on=DAY)])
        seal(books.engine)


def test_a_control_account_is_the_sum_of_its_wallets(books: Database) -> None:
    with books.transaction() as session:
        second = a_wallet(session, 2)
        post(session, [a_top_up("371010/W-000001", 300), a_top_up(second, 400)])
    with books.read_only() as session:
        assert balance(session, "371010").credit_cents == 700
        lines = {line.code: line.balance for line in trial_balance(session)}
    assert lines["371010"] == Balance(0, 700)
    assert lines[BANK] == Balance(700, 0)


def test_the_trial_balance_has_equal_sides(books: Database) -> None:
    with books.read_only() as session:
        for as_of in (None, DAY, LATER):
            lines = trial_balance(session, as_of=as_of)
            assert sum(line.balance.debit_balance_cents for line in lines) == 0
            assert lines


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_statement_pages_carry_the_running_balance_on(books: Database, limit: int) -> None:
    lines, after = [], (0, 0)
    with books.read_only() as session:
        while after is not None:
            page = account_statement(session, CLEARING, after=after, limit=limit)
            lines += page.lines
            after = page.after
        expected = balance(session, CLEARING).debit_balance_cents
    assert len(lines) == 7
    assert lines[-1].balance_cents == expected
    for earlier, later in pairwise(lines):
        moved = later.debit_cents - later.credit_cents
        assert later.balance_cents == earlier.balance_cents + moved


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_journal_pages_hold_every_entry_once(books: Database, limit: int) -> None:
    ids, after = [], 0
    with books.read_only() as session:
        while after is not None:
            page = journal(session, after=after, limit=limit)
            ids += [each.id for each in page.entries]
            after = page.after
        assert ids == session.scalars(select(entry.c.id).order_by(entry.c.id)).all()
        sold = find_entry(session, ids[0])
        assert sold is not None
        assert (sold.transfers[0].debit, sold.transfers[0].amount_cents) == (CLEARING, 100)
        assert sold.transfers[0].dimensions == {"facility": "B01", "product": "POOL-AD"}


def test_a_block_holds_every_entry_up_to_its_last_and_the_root_over_all(books: Database) -> None:
    seal(books.engine)
    with books.read_only() as session:
        leaves = session.execute(select(entry.c.canonical, entry.c.leaf).order_by(entry.c.id)).all()
        newest = latest_block(session)
    assert newest is not None
    assert newest.tree_size == len(leaves) == 7
    assert [row.leaf for row in leaves] == [hash_leaf(row.canonical) for row in leaves]
    assert newest.root == naive_root([row.leaf for row in leaves])


def test_a_statement_goes_on_inside_an_entry_that_ends_a_block(books: Database) -> None:
    with books.transaction() as session:
        post(session, [a_bill((BANK, REVENUE, 467), (BANK, TAX, 33))])
    seal(books.engine)
    with books.read_only() as session:
        first = account_statement(session, BANK, limit=1)
        assert first.after is not None
        second = account_statement(session, BANK, after=first.after, limit=1)
    assert [page.lines[0].balance_cents for page in (first, second)] == [467, 500]


def test_sealing_with_nothing_new_makes_no_block(books: Database) -> None:
    assert seal(books.engine) is not None
    assert seal(books.engine) is None


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 13, 64, 100])
@pytest.mark.parametrize("first", [0, 1, 5])
def test_the_compact_range_gives_the_root_of_the_whole_tree(size: int, first: int) -> None:
    leaves = [hash_leaf(bytes([n])) for n in range(size)]
    tree = CompactRange().append(leaves[:first])
    tree = CompactRange.from_bytes(tree.size, tree.to_bytes()).append(leaves[first:])
    assert tree.root() == naive_root(leaves)


def test_the_published_test_vectors_of_certificate_transparency_hold() -> None:
    # Inputs and roots known from RFC 6962 implementations since 2013.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    tree = CompactRange().append(hash_leaf(bytes.fromhex(each)) for each in inputs)
    assert tree.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_nothing_is_posted_into_a_closed_day(books: Database) -> None:
    with books.transaction() as session:
        close_day(session, DAY, closed_by="finance")
    with books.transaction() as session:
        [refused] = post(session, [an_entry(booked_on=DAY)])
        both = post(session, [an_entry(booked_on=DAY), an_entry(booked_on=LATER)])
        assert first_open_day(session, DAY) == LATER
    assert isinstance(refused, Refused)
    assert (refused.code, refused.data) == ("day_closed", {"day": "2026-11-17"})
    assert [type(outcome) for outcome in both] == [Refused, Posted]


def test_a_period_that_ends_before_it_begins_closes_nothing(books: Database) -> None:
    with books.transaction() as session:
        assert close_period(session, LATER, DAY, closed_by="finance") == 0


def test_a_block_over_an_entry_in_flight_is_refused(books: Database) -> None:
    forged = text(
        "INSERT INTO block (number, last_entry, entry_count, tree_size, root, compact_range)"
        " SELECT 4, max(id), 1, 7, sha256(''), sha256('') FROM entry"
    )
    with books.transaction() as session:
        post(session, [an_entry()])
        with books.engine.connect() as other:
            other.execute(text("SET lock_timeout = '50ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                other.execute(text("INSERT INTO frontier VALUES (0)"))
            other.rollback()
            with pytest.raises(DBAPIError, match=r"block_(frontier|continues|range)"):
                other.execute(forged)


def test_a_day_is_closed_once(books: Database) -> None:
    with books.transaction() as session:
        close_day(session, DAY, closed_by="finance")
    with books.transaction() as session, pytest.raises(DayAlreadyClosed):
        close_day(session, DAY, closed_by="finance")


def test_closing_waits_for_a_poster_in_flight(books: Database) -> None:
    with books.transaction() as session:
        post(session, [an_entry(booked_on=DAY)])
        with books.engine.connect() as other:
            other.execute(text("SET lock_timeout = '50ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                other.execute(
                    text("INSERT INTO closed_day (day, closed_by) VALUES ('2026-11-17', '')")
                )


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 2.1.1 word for word: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hash_children(naive_root(leaves[:split]), naive_root(leaves[split:]))

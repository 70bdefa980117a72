"""Three ways to post and one law: alone, in one batch or in one round trip, the answers agree."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from config.database import Database
from config.postgres import EmbeddedServer
from ledger.balances import trial_balance
from ledger.entries import Conflict, Entry, Outcome, Posted, Refused
from ledger.journal import post, post_now
from ledger.periods import close_day
from ledger.queries import journal
from tests import promises
from tests.bookings import DAYS, bookings, open_all
from tests.conftest import cloned_database

Way = Callable[[Database, list[Entry]], list[Outcome]]


def one_by_one(database: Database, entries: list[Entry]) -> list[Outcome]:
    outcomes = []
    for one in entries:
        with database.transaction() as session:
            outcomes += post(session, [one])
    return outcomes


def in_one_batch(database: Database, entries: list[Entry]) -> list[Outcome]:
    with database.transaction() as session:
        return post(session, entries)


def now(database: Database, entries: list[Entry]) -> list[Outcome]:
    return [post_now(database.engine, one) for one in entries]


WAYS: tuple[Way, ...] = (one_by_one, in_one_batch, now)

steps = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "new", "again", "altered", "reversal", "reversal"]),
        bookings,
        st.integers(0, 10**6),
    ),
    min_size=12,
    max_size=25,
)

ENOUGH = ("Posted", "Conflict", "balance_too_low", "day_closed", "already_reversed")


def test_the_three_ways_to_post_agree(server: EmbeddedServer, template: str) -> None:
    seen: Counter[str] = Counter()
    with ExitStack() as stack:
        books = [stack.enter_context(cloned_database(server, template)) for _ in WAYS]
        for database in books:
            with database.transaction() as session:
                open_all(session)
                close_day(session, DAYS[0], closed_by="finance")
        keys = iter(range(1, 10**9))

        @settings(max_examples=25, deadline=None, database=None, print_blob=True,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(before=steps, drawn=steps)
        def agree(
            before: list[tuple[str, Entry, int]], drawn: list[tuple[str, Entry, int]]
        ) -> None:
            known = _entries(before, [], keys)
            entries = _entries(drawn, known, keys)
            first = [in_one_batch(database, known) for database in books]
            assert _without_ids(first[0]) == _without_ids(first[1]) == _without_ids(first[2])
            # A reversal names an id, which is another one in each of the three books.
            told = [
                way(database, _taking_back(entries, known, outcomes))
                for way, database, outcomes in zip(WAYS, books, first, strict=True)
            ]
            alone, batch, at_once = map(_without_ids, told)
            assert alone == batch == at_once
            seen.update(name for name, _, _ in alone)
            assert _left(books[0]) == _left(books[1]) == _left(books[2])

        for _ in range(4):  # what is drawn is chance: go on until every answer was given often
            agree()
            if min(seen[name] for name in ENOUGH) >= 3:
                break
        for database in books:
            with database.read_only() as session:
                promises.keep_all(session)
    assert min(seen[name] for name in ENOUGH) >= 3, seen


def _entries(
    drawn: list[tuple[str, Entry, int]], known: list[Entry], keys: Iterator[int]
) -> list[Entry]:
    """New bookings, repeated and altered ones, and reversals of `known` ones by their position."""
    entries: list[Entry] = []
    for kind, one, pick in drawn:
        earlier = known + entries
        fresh = replace(one, key=UUID(int=next(keys)))
        if kind == "again" and earlier:
            entries.append(earlier[pick % len(earlier)])
        elif kind == "altered" and earlier:
            entries.append(replace(one, key=earlier[pick % len(earlier)].key))
        elif kind == "reversal" and known:
            entries.append(replace(fresh, event="reversal", reverses=pick % len(known[:4])))
        else:
            entries.append(fresh)
    return entries


def _taking_back(entries: list[Entry], known: list[Entry], told: list[Outcome]) -> list[Entry]:
    """`entries` with reversals that name the ids of these books, debit and credit exchanged."""
    ready = []
    for one in entries:
        if one.event == "reversal":
            position = one.reverses or 0
            mirrored = tuple(
                replace(moved, debit=moved.credit, credit=moved.debit)
                for moved in known[position].transfers
            )
            outcome = told[position]
            taken = outcome.entry_id if isinstance(outcome, Posted) else None
            one = replace(one, transfers=mirrored, reverses=taken)  # noqa: PLW2901
        ready.append(one)
    return ready


def _without_ids(outcomes: list[Outcome]) -> list[tuple[str, UUID, object]]:
    told = []
    for outcome in outcomes:
        match outcome:
            case Posted(replayed=replayed):
                told.append(("Posted", outcome.key, replayed))
            case Refused(code=code, data=data, replayed=replayed):
                funds = {name: value for name, value in data.items() if name != "entry_id"}
                told.append((code, outcome.key, (funds, replayed)))
            case Conflict():
                told.append(("Conflict", outcome.key, None))
    return told


def _left(database: Database) -> tuple[object, ...]:
    """What the books hold afterwards: entries in order, balances and guards."""
    with database.read_only() as session:
        entries = journal(session, limit=100_000).entries
        balances = trial_balance(session, sub_ledgers=True)
        guards = session.execute(text("SELECT posted, held FROM guard ORDER BY account_id")).all()
    read = [(one.key, one.event, one.booked_on, one.transfers) for one in entries]
    return read, balances, guards

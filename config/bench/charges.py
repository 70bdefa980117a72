"""One charge after the other by one process, through `post_now` and through `post(session)`."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from config.bench.measure import MeasuredNonsense, Size, Slice, inserted
from config.database import Database
from ledger.accounts import find_accounts, open_account, open_sub_account
from ledger.canonical import canonical_bytes, new_salts
from ledger.entries import Dimensions, Entry, Outcome, Posted, Transfer
from ledger.journal import post, post_now
from ledger.money import Money

if TYPE_CHECKING:
    from config.bench.ground import Ground

DAY = date(2026, 11, 17)
BANK, CLEARING = "181000", "184100"
WALLETS = tuple(f"371010/W-{number:06d}" for number in range(1, 1001))
REVENUES = tuple(f"44{number:04d}" for number in range(1100, 1300))
WARM_UP = 50

_DIMENSIONS = Dimensions(
    facility="B01", product="POOL-AD", cost_centre="420101", tax_code="USt07", sphere="commercial",
    channel="till", till="B01-1", shift="B01-1/20261117/1",
)  # fmt: skip


def open_chart(database: Database) -> None:
    """Open a bank, a clearing account, the revenues and the wallets, each with enough money."""
    with database.transaction() as session:
        open_account(session, BANK, name="Bank", kind="asset")
        open_account(session, CLEARING, name="Transit", kind="asset", clearing=True)
        for code in REVENUES:
            open_account(session, code, name="Entgelte", kind="income")
        open_account(
            session, "371010", name="Guthaben", kind="liability", guarded=True, is_control=True
        )
        for code in WALLETS:
            open_sub_account(session, "371010", code.removeprefix("371010/"), title="Guthaben")
    with database.transaction() as session:
        post(session, [charge(BANK, code, cents=100_000_000) for code in WALLETS])


def charge(debit: str, credit: str, *, cents: int = 450) -> Entry:
    """One entry with one transfer and every dimension set."""
    moved = Transfer(debit, credit, Money(cents), _DIMENSIONS)
    return Entry(uuid4(), "sale", DAY, (moved,), reference="B01-1-20261117-004711")


def spread(count: int) -> Iterator[Entry]:
    """Charges of random wallets onto random revenue accounts."""
    return (charge(random.choice(WALLETS), random.choice(REVENUES)) for _ in range(count))


def onto_one(count: int) -> Iterator[Entry]:
    """Charges of random wallets, all onto the same revenue account."""
    return (charge(random.choice(WALLETS), REVENUES[0]) for _ in range(count))


def by_card(count: int) -> Iterator[Entry]:
    """Card sales: nothing guarded, one clearing account, random revenues."""
    return (charge(CLEARING, random.choice(REVENUES)) for _ in range(count))


def canonical_sample() -> bytes:
    """The canonical bytes of a charge: what the bare rows of `limits` carry as well."""
    sample = charge(WALLETS[0], REVENUES[0])
    return canonical_bytes(sample, new_salts(sample))


KINDS: Mapping[str, Callable[[int], Iterator[Entry]]] = {
    "spread": spread,
    "hot": onto_one,
    "card": by_card,
}


def through_post_now(database: Database) -> Callable[[Entry], Outcome]:
    """A till's way: one round trip, committed when it returns."""
    return lambda entry: post_now(database.engine, entry)


def through_post(database: Database) -> Callable[[Entry], Outcome]:
    """A caller's own transaction with one charge in it."""

    def in_session(entry: Entry) -> Outcome:
        with database.transaction() as session:
            return post(session, [entry])[0]

    return in_session


def warm_up(database: Database, posting: Callable[[Entry], Outcome], made: Sequence[Entry]) -> None:
    """As a process is that has served for a while: connected, plans made, accounts known."""
    with database.transaction() as session:
        find_accounts(session, [CLEARING, *REVENUES, *WALLETS])
    timed(posting, made)


def timed(posting: Callable[[Entry], Outcome], entries: Sequence[Entry]) -> list[int]:
    """Post the entries one after the other; the nanoseconds of each."""
    latencies = []
    for entry in entries:
        started = time.perf_counter_ns()
        outcome = posting(entry)
        latencies.append(time.perf_counter_ns() - started)
        if not isinstance(outcome, Posted):
            raise MeasuredNonsense(f"a charge that should be posted was not: {outcome}")
    return latencies


def one_process(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """`post_now` with wallets and by card, and `post(session)` with wallets."""
    return {
        "post_now x1": _alone(ground, spread(size.charges + WARM_UP), through_post_now),
        "post_now card x1": _alone(ground, by_card(size.charges + WARM_UP), through_post_now),
        "post x1": _alone(ground, spread(size.charges + WARM_UP), through_post),
    }


def _alone(
    ground: "Ground",
    made: Iterator[Entry],
    way: Callable[[Database], Callable[[Entry], Outcome]],
) -> Slice:
    entries = list(made)
    with ground.fresh() as books, books.database() as database:
        posting = way(database)
        warm_up(database, posting, entries[:WARM_UP])
        books.checkpoint()
        before = books.count()
        started = time.perf_counter_ns()
        latencies = timed(posting, entries[WARM_UP:])
        took = time.perf_counter_ns() - started
        inserted(before, books.count(), len(latencies))
    return Slice(len(latencies), took, tuple(latencies))

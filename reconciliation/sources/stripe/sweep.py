"""Every night: read all that moved on our balance at Stripe, and every payout with its lines.

Movements are read by the time they were made, in windows of a day, the oldest first and some of
them twice; each window is written in one transaction together with the note that it was read. So
nothing depends on payouts, on messages or on the night before, and a run that was killed goes on
where it stopped. Payouts are read again for two weeks: banks refuse some after they seemed paid.
No call is made inside a transaction, and no trouble of the provider's stops the night: what could
not be read is said, and asked for again by the next.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import stripe
from sqlalchemy.orm import Session

from reconciliation.sources.stripe.calls import WAITS, Account, Json
from reconciliation.sources.stripe.categories import BOOKED_ELSEWHERE, OWN, record_type_of
from reconciliation.sources.stripe.check import Checked, check
from reconciliation.sources.stripe.errors import ProviderSilent
from reconciliation.sources.stripe.keeping import (
    Kept,
    ProviderBalance,
    checked_payouts,
    keep_balance,
    keep_payout,
    keep_records,
    keep_window,
    read_until,
    unfinished_payouts,
)
from reconciliation.sources.stripe.records import (
    Record,
    is_own,
    moment,
    record_of,
    record_of_payout,
)

Transaction = Callable[[], AbstractContextManager[Session]]

OVERLAP = timedelta(days=3)  # read again: what the provider may have added late
LOOK_BACK = timedelta(days=90)  # the first time
PAYOUTS_FOR = timedelta(days=14)  # a payout may still fail five bank days after it was paid
WINDOW = timedelta(days=1)
CURRENCY = "eur"

log = logging.getLogger("stadtkasse.night")


@dataclass(slots=True)
class _Progress:
    """What a sweep has done so far."""

    windows: int = 0
    kept: Kept = field(default_factory=Kept)
    payouts: int = 0
    checked: int = 0
    held: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    balance: ProviderBalance | None = None


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep brought.

    windows: of movements. line_count, changed_count: records nobody knew, and new versions of
    known ones. payout_count: looked at; checked_count: read with all their lines. held: payouts
    whose lines do not add up. unknown: movements nobody here books. troubles: what could not be
    read, in the provider's words; balance: None where that is among it.
    """

    windows: int
    line_count: int
    changed_count: int
    payout_count: int
    checked_count: int
    held: tuple[str, ...]
    unknown: tuple[str, ...]
    troubles: tuple[str, ...]
    balance: ProviderBalance | None


def sweep_provider(
    transaction: Transaction,
    client: stripe.StripeClient,
    until: datetime,
    *,
    waits: Sequence[float] = WAITS,
) -> SweepResult:
    """Read everything the provider made before `until` and that nobody has read yet.

    until: aware; what is made later is left for the next sweep. waits: seconds before a call is
    tried again that came too soon. Safe to repeat and to kill; never raises for the provider.
    """
    account, done = Account(client, waits), _Progress()
    for step in (_movements, _payouts, _balance):
        try:
            step(transaction, account, until, done)
        except ProviderSilent as silent:
            done.troubles.append(silent.reason)
            log.warning("%s: the next night reads it: %s", step.__name__.strip("_"), silent)
    return SweepResult(
        done.windows, done.kept.new, done.kept.changed, done.payouts, done.checked,
        tuple(sorted(done.held)), tuple(sorted(done.unknown)), tuple(done.troubles), done.balance,
    )  # fmt: skip


def _movements(
    transaction: Transaction, account: Account, until: datetime, done: _Progress
) -> None:
    with transaction() as session:
        last = read_until(session, account.name)
    for since, end in _windows(until - LOOK_BACK if last is None else last - OVERLAP, until):
        moves = account.moves_between(since, end)
        with transaction() as session:
            kept = _keep_moves(session, account, moves)
            keep_window(session, account.name, since, until=end, kept=kept)
        done.windows += 1
        done.kept += kept
        done.unknown.update(_unknown(moves))


def _windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The UTC days from the one of `since` on; the last ends with the whole second of `until`."""
    until = until.astimezone(UTC).replace(microsecond=0)
    begin = datetime.combine(since.astimezone(UTC).date(), time(), UTC)
    while begin < until:
        yield begin, min(begin + WINDOW, until)
        begin += WINDOW


def _keep_moves(session: Session, account: Account, moves: Sequence[Json]) -> Kept:
    for move in moves:
        payout = move.get("source")
        if move["type"] == "payout" and isinstance(payout, dict):
            keep_payout(session, account.name, payout, None)
    records = (record_of(move) for move in moves)
    return keep_records(session, account.name, (each for each in records if each is not None))


def _payouts(transaction: Transaction, account: Account, until: datetime, done: _Progress) -> None:
    found = {each["id"]: each for each in account.payouts_since(until - PAYOUTS_FOR)}
    with transaction() as session:
        older = [id_ for id_ in unfinished_payouts(session) if id_ not in found]
    found |= {id_: account.payout(id_) for id_ in older}
    with transaction() as session:
        exact = checked_payouts(session, list(found))
    for payout in sorted(found.values(), key=lambda each: (each["created"], each["id"])):
        if moment(payout["created"]) >= until:
            continue
        is_due = payout["id"] not in exact and _has_lines(payout)
        moves = account.moves_of(payout["id"]) if is_due else None
        checked = None if moves is None else check(payout, moves)
        with transaction() as session:
            keep_payout(session, account.name, payout, checked)
            lines = list(_lines(payout, moves, exact.get(payout["id"])))
            done.kept += keep_records(session, account.name, lines)
        done.payouts += 1
        if checked is not None:
            _note(payout, checked, moves or [], done)


def _has_lines(payout: Json) -> bool:
    """Whether the provider can say what a payout is made of, and has finished doing so."""
    is_over = payout["status"] in ("failed", "canceled")
    return payout["automatic"] and (payout.get("reconciliation_status") == "completed" or is_over)


def _lines(payout: Json, moves: list[Json] | None, line_count: int | None) -> Iterator[Record]:
    """The records to keep of a payout. line_count: of one whose lines were found exact before;
    one whose lines are still to come is not kept yet, for it would not be the sum of anything."""
    if moves is not None:
        records = [record_of(move, payout) for move in moves]
        yield from (each for each in records if each is not None)
        line_count = sum(not is_own(move, payout["id"]) for move in moves)
    if line_count is not None or not payout["automatic"]:
        yield record_of_payout(payout, line_count)


def _note(payout: Json, checked: Checked, moves: Sequence[Json], done: _Progress) -> None:
    done.checked += 1
    done.unknown.update(_unknown(moves))
    if checked.problem is not None:
        done.held.append(payout["id"])
        log.error("payout %s does not agree with its lines: %s", payout["id"], checked.problem)


def _unknown(moves: Sequence[Json]) -> Iterator[str]:
    for move in moves:
        category = move["reporting_category"]
        is_other = record_type_of(category) == "other" and move["type"] not in OWN
        if is_other and category not in BOOKED_ELSEWHERE:
            yield move["id"]


def _balance(transaction: Transaction, account: Account, until: datetime, done: _Progress) -> None:
    told = account.balance()
    sums = {
        name: sum(int(each["amount"]) for each in told[name] if each["currency"] == CURRENCY)
        for name in ("available", "pending")
    }
    balance = ProviderBalance(sums["available"], sums["pending"], CURRENCY.upper(), until)
    with transaction() as session:
        keep_balance(session, account.name, balance)
    done.balance = balance

"""Paying from a wallet: the centre decides, and where it cannot be heard, a small limit does.

The charge goes to the centre under the attempt's own key before the guest is let in. A lost
answer is asked for again with the same key and the same bytes, so nobody is charged twice; and
what was accepted without a line goes the way of every other sale.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from ledger.calendar import business_day
from terminals.adapters import Approved, Declined, Evidence, Unknown, Verdict
from terminals.till import attempts
from terminals.till.attempts import Attempt
from terminals.till.baskets import find_basket
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.enrolled import Till
from terminals.till.journal import Journal
from terminals.till.journal.tables import attempt
from terminals.till.limits import USUAL, Limits
from terminals.till.payments import WALLET, Desk, begin_payment
from terminals.till.sales import wallet_charge

OFFLINE = "offline"  # in the evidence of what was accepted so
NOBODY_WAITS = timedelta(seconds=30)  # longer than the centre is waited for while a guest stands

Decide = Callable[[Attempt, Verdict], Attempt]

PROBLEMS = {"balance_too_low": "short", "wallet_unknown": "unknown"}


def begin(connection: Connection, at: Desk, *, wallet: str, key: UUID) -> Attempt:
    """Write down that the basket is to be paid from this wallet. Raises as `pay_by_card`."""
    return begin_payment(connection, at, key=key, terminal=wallet, adapter=WALLET)


@dataclass(frozen=True, slots=True)
class Purse:
    """How a site asks for money from wallets: with its journal, over its line, within a limit."""

    journal: Journal
    centre: Centre
    limits: Limits = USUAL


def ask(by: Purse, till: Till, of: Attempt, *, is_first: bool = True) -> Verdict:
    """Ask the centre for the money; what its silence means depends on the limit.

    is_first: nobody asked for this attempt before, so what was not sent now was never sent.
    """
    with by.journal.read() as connection:
        assert of.basket is not None
        held = find_basket(connection, of.basket)
        assert held is not None
        is_small = _used_offline(connection, of) <= by.limits.wallet_offline_cents
    document = wallet_charge(held, of.terminal, of.started_at)
    try:
        by.centre.post("/charges", till.token, document, key=str(of.id), quick=True)
    except CentreRefused as no:
        return Declined(PROBLEMS.get(no.code, "blocked"), no.code)
    except CentreSilent as silent:
        if is_small:
            return _approved(of, OFFLINE)
        # Not a byte of it was heard: then nothing was charged, and another way may be taken.
        is_untold = is_first and not silent.was_sent
        return Declined("offline_limit") if is_untold else Unknown("unreachable")
    return _approved(of, "")


def resolve_open(by: Purse, till: Till, decide: Decide) -> None:
    """Ask once more for payments whose answer was lost, or never waited for by a process that
    died: under the same key, so that what was charged is not charged again."""
    now = datetime.now(UTC)
    with by.journal.read() as connection:
        left = [one for one in attempts.open_attempts(connection, till=till.code)
                if one.adapter == WALLET and _is_left(one, now)]  # fmt: skip
    for one in left:
        decide(one, ask(by, till, one, is_first=False))


def _is_left(of: Attempt, now: datetime) -> bool:
    return of.state == "unknown" or now - of.started_at > NOBODY_WAITS


def _approved(of: Attempt, how: str) -> Approved:
    evidence = Evidence(
        number=str(of.id), amount_cents=of.amount_cents, way=WALLET, authorisation=how
    )
    return Approved(evidence)


def _used_offline(connection: Connection, of: Attempt) -> int:
    """Cents taken from this wallet on this day without a line, with those of `of`."""
    day = business_day(of.started_at)
    found = select(attempt).where(
        attempt.c.adapter == WALLET, attempt.c.terminal == of.terminal,
        attempt.c.state == "approved",
    )  # fmt: skip
    used: int = sum(
        row.amount_cents for row in connection.execute(found)
        if row.evidence["authorisation"] == OFFLINE and business_day(row.started_at) == day
    )  # fmt: skip
    return used + of.amount_cents

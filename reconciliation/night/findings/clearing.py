"""Money that should have left a clearing account by now: terminal days and safebags."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.balances import sub_ledger_balances
from ledger.calendar import bank_days_between
from reconciliation.differences import Difference
from reconciliation.german import euros, german_day
from reconciliation.inbox import Missing
from reconciliation.night.findings.deposits import counted_differently
from reconciliation.night.findings.statements import known_until
from reconciliation.night.rules.safebag import OPEN_BAGS, SAFEBAGS
from reconciliation.night.rules.terminal_batch import TERMINAL_CONTROLS

OVERDUE_BANK_DAYS = 5  # the city's rule for money on its way (184xxx)
TAKINGS_BANK = "181000"  # card batches and cash arrive there

_CHANNELS: Mapping[str, str] = {"184100": "girocard", "184110": "card"}


def find(session: Session, day: date, absent: Sequence[Missing]) -> Iterator[Difference]:
    """What is older than five bank days, as far as the bank's statements have been heard."""
    heard = known_until(session, TAKINGS_BANK, day, absent)
    yield from _terminal_days(session, heard)
    counted = list(counted_differently(session, day))
    yield from counted
    arrived = {each.subject for each in counted}  # a bag that was counted is not missing
    yield from (each for each in _bags(session, heard) if each.subject not in arrived)


def _terminal_days(session: Session, heard: date) -> Iterator[Difference]:
    for control in TERMINAL_CONTROLS:
        for code, held in sub_ledger_balances(session, control).items():
            since, cents = date.fromisoformat(code.rsplit("/", 1)[1]), held.debit_balance_cents
            if cents and bank_days_between(since, heard) > OVERDUE_BANK_DAYS:
                yield _terminal_day(code, since, cents)


def _terminal_day(code: str, since: date, cents: int) -> Difference:
    control, terminal, _ = code.split("/")
    words = (
        f"Die Kartenumsätze vom {german_day(since)} am Terminal {terminal} stehen auf keinem"
        f" Auszug: {euros(cents)} fehlen."
        if cents > 0
        else f"Für den {german_day(since)} am Terminal {terminal} kamen {euros(-cents)} mehr an,"
        " als gebucht sind."
    )
    return Difference(
        "CLEARING_OVERDUE", code, -cents, since, channel=_CHANNELS[control], place=terminal,
        reference=f"{terminal} {german_day(since)}", account=control, expected_cents=cents,
        confirmed_cents=0, explanation=words,
    )  # fmt: skip


def _bags(session: Session, heard: date) -> Iterator[Difference]:
    rows = session.execute(
        text(f"SELECT * FROM ({OPEN_BAGS}) bag WHERE booked_on <= :day ORDER BY id"),
        {"day": heard},
    )
    for row in rows:
        if bank_days_between(row.booked_on, heard) > OVERDUE_BANK_DAYS:
            yield Difference(
                "DEPOSIT_MISSING", row.reference, -row.amount_cents, row.booked_on,
                channel="cash", place=row.till or row.facility, reference=row.reference,
                account=SAFEBAGS, expected_cents=row.amount_cents, confirmed_cents=0,
                explanation=(
                    f"Safebag {row.reference} mit {euros(row.amount_cents)} wurde am"
                    f" {german_day(row.booked_on)} abgeschöpft und steht auf keinem Auszug."
                ),
            )  # fmt: skip

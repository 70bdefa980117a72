"""Money that has stood on a clearing account for too long, whoever's it is.

What is cleared is taken from the oldest: what stands there now came last. Where another case
already speaks of money on the account, only what is left beyond it is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile

from sqlalchemy.orm import Session

from ledger.balances import Cut, cut_at
from ledger.calendar import bank_days_between
from ledger.turnovers import Moved, moved_by_day, standing
from reconciliation.differences import ASKS_FOR_A_PERSON, Difference
from reconciliation.german import euros, german_day
from reconciliation.inbox import Missing
from reconciliation.night.findings.statements import known_until

BANK = "181000"
# Bank days a balance may be old: a payout is there within days, a direct debit is announced first.
PATIENCE: Mapping[str, int] = {"184210": 5, "184300": 10, "184400": 10, "371300": 10}
_CHANNELS: Mapping[str, str] = {
    "184210": "stripe", "184300": "direct_debit", "184400": "card", "371300": "transfer",
}  # fmt: skip


def find(
    session: Session, day: date, told: Sequence[Difference], absent: Sequence[Missing]
) -> Iterator[Difference]:
    """Balances older than their account allows, as far as the bank's statements have been heard.

    told: the other cases; what they say of an account is not said again. absent: as `known_until`.
    """
    heard = known_until(session, BANK, day, absent)
    known: Counter[str] = Counter()
    for each in told:
        if each.account and each.severity in ASKS_FOR_A_PERSON:
            known[each.account] += abs(each.amount_cents)
    cut = cut_at(session, as_of=heard, known_at=None)
    for held in standing(session, cut, list(PATIENCE)):
        if held.net_cents and (overdue := _overdue(session, cut, held, heard, known[held.name])):
            yield overdue


def _overdue(session: Session, cut: Cut, held: Moved, heard: date, known: int) -> Difference | None:
    """What of a balance is older than its account allows and not told elsewhere; None if nothing.

    known: cents of the account that other cases speak of.
    """
    code, net, patience = held.name, held.net_cents, PATIENCE[held.name]
    moved = moved_by_day(session, code, cut, first=date.min, last=heard)
    oldest = _oldest(moved, net)
    if oldest is None or bank_days_between(oldest, heard) <= patience:
        return None
    old = abs(net) - _young(moved, net, heard, patience) - known
    return _difference(code, old if net > 0 else -old, oldest, heard) if old > 0 else None


def _came(moved: Sequence[Moved], net: int) -> Iterator[tuple[date, int]]:
    """What came on the side that is left, by day, the newest first."""
    for each in reversed(moved):
        cents = each.debit_cents if net > 0 else each.credit_cents
        if cents:
            yield date.fromisoformat(each.name), cents


def _oldest(moved: Sequence[Moved], net: int) -> date | None:
    """The day since which all that stands there came; None where more stands than ever came."""
    since = 0
    for day, cents in _came(moved, net):
        since += cents
        if since >= abs(net):
            return day
    return None


def _young(moved: Sequence[Moved], net: int, heard: date, patience: int) -> int:
    """What of it came lately enough to be left in peace, in cents."""
    came = _came(moved, net)
    lately = takewhile(lambda each: bank_days_between(each[0], heard) <= patience, came)
    return sum(cents for _, cents in lately)


def _difference(code: str, cents: int, since: date, heard: date) -> Difference:
    age = bank_days_between(since, heard)
    side = "Soll" if cents > 0 else "Haben"
    return Difference(
        "CLEARING_OVERDUE", code, -cents, since, channel=_CHANNELS[code], place=f"Konto {code}",
        reference=code, account=code, expected_cents=cents, confirmed_cents=0,
        explanation=(
            f"Auf {code} stehen {euros(abs(cents))} im {side}, die ältesten seit"
            f" {german_day(since)} ({age} Banktage)."
        ),
    )  # fmt: skip

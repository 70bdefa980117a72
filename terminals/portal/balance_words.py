"""How long the money lasts, in the sentences of the balance card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.outlook import Outlook
from terminals.face.page import day, money, say

PLATES = 8


@dataclass(frozen=True, slots=True)
class BalanceWords:
    """lasts: the line below the sum; until: the line below the plates; plates: (day, state)."""

    lasts: str = ""
    until: str = ""
    plates: Sequence[tuple[date, str]] = ()


def words_of_balance(
    cents: int, found: Outlook | None, *, today: date, children: int, is_first: bool
) -> BalanceWords:
    """found: None where the balance is negative. children: who eat on it; is_first: nothing ever
    happened on this account."""
    if cents < 0:
        return BalanceWords(say("bal.neg", amount=money(-cents), n=children))
    if is_first and cents == 0:
        return BalanceWords(say("bal.first", n=children))
    if found is None or not found.has_bookings:
        return BalanceWords()
    lasts, until = _lasts(found), ""
    if found.more_than_a_month:
        until = _for(children).lstrip(", ")
    elif found.until is not None:
        until = _until(found.until, today, children) + _for(children)
    return BalanceWords(lasts, until, found.plates[:PLATES])


def _lasts(found: Outlook) -> str:
    if found.more_than_a_month:
        return say("bal.month")
    return say("bal.meals", n=found.meals) if found.meals else say("bal.none")


def _until(until: date, today: date, children: int) -> str:
    if until == today:
        return say("bal.until.today")
    if until == today + timedelta(days=1):
        return say("bal.until.tomorrow", weekday=day(until, "weekday").split(",")[0])
    return say("bal.until", day=day(until, "weekday" if children == 1 else "long"))


def _for(children: int) -> str:
    if children == 2:
        return say("bal.two")
    return say("bal.three") if children == 3 else say("bal.many") if children > 3 else ""

"""Whether two reports of a terminal are of the same transaction, and which of two is the newer.

Terminals number with a few digits that wrap, some count anew after an end of day, some leave
numbers out or write zeros. Where number and time contradict each other, the answer is "unclear".
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from terminals.adapters import Evidence

Likeness = Literal["same", "different", "unclear"]
Age = Literal["newer", "older", "unclear"]

_TRACE_SPAN, _RECEIPT_SPAN, _TURNOVER_SPAN = 1_000_000, 10_000, 1_000_000
# How far a clock may go back between two transactions: the end of summer time, and a correction.
_SET_BACK = timedelta(hours=2)


def likeness(one: Evidence, other: Evidence) -> Likeness:
    """Whether both mean one transaction: by the first number both have, then amount and time."""
    distance = next(_distances(one, other), None)
    if distance is None:
        return _likeness_by_time(one, other)
    if distance != 0:
        return "different"
    same_time = one.at is None or other.at is None or _show_the_same(one.at, other.at)
    if one.amount_cents == other.amount_cents:
        # The same number and another time: counted anew, or the time of the repetition.
        return "same" if same_time else "unclear"
    return "unclear" if same_time else "different"


def age(one: Evidence, other: Evidence) -> Age:
    """Whether `one` came after `other`; both by the numbers and the clock of the same terminal."""
    by_number = _age_by_number(one, other)
    if one.at is None or other.at is None:
        # A smaller number alone may also be the first after counting anew.
        return "newer" if by_number == "newer" else "unclear"
    later = one.at.astimezone(UTC) - other.at.astimezone(UTC)
    if by_number == "newer":
        return "newer" if later >= -_SET_BACK else "unclear"
    if later == timedelta(0):
        return by_number
    return "newer" if later > timedelta(0) else "older"


def number_is(number: str, other: str) -> bool:
    """Whether two trace numbers are the same, however many zeros stand before them."""
    return _digits(number) is not None and _digits(number) == _digits(other)


def number_follows(number: str, other: str) -> bool:
    """Whether a trace number was given after another."""
    one, two = _digits(number), _digits(other)
    return one is not None and two is not None and _ahead(one, two, _TRACE_SPAN) > 0


def _age_by_number(one: Evidence, other: Evidence) -> Age:
    ahead = next(_distances(one, other), None)
    if not ahead:
        return "unclear"
    return "newer" if ahead > 0 else "older"


def _distances(one: Evidence, other: Evidence) -> Iterator[int]:
    """By how much each number that both have is ahead; the most telling number first. A receipt
    number has four digits, and some repeat it cut to them."""
    for mine, theirs, span in (
        (one.number, other.number, _TRACE_SPAN),
        (one.turnover, other.turnover, _TURNOVER_SPAN),
        (one.receipt[-4:], other.receipt[-4:], _RECEIPT_SPAN),
    ):
        first, second = _digits(mine), _digits(theirs)
        if first is not None and second is not None:
            yield _ahead(first, second, span)


def _ahead(one: int, other: int, span: int) -> int:
    """The way from `other` to `one` on a circle of numbers, the shorter way round. Long trace
    numbers (TLV 1F2B) leave the circle and do not wrap in a terminal's life."""
    if max(one, other) >= span:
        return one - other
    return (one - other + span // 2) % span - span // 2


def _likeness_by_time(one: Evidence, other: Evidence) -> Likeness:
    if one.at is None or other.at is None:
        return "unclear"
    if not _show_the_same(one.at, other.at):
        return "different"
    return "same" if one.amount_cents == other.amount_cents else "unclear"


def _show_the_same(one: datetime, other: datetime) -> bool:
    """Whether a clock on the wall showed the same: the year, and which of the two hours at the end
    of summer time, are our own guesses, which may differ from one answer to the next."""
    moved = other.astimezone(one.tzinfo)
    return (one.month, one.day, one.time()) == (moved.month, moved.day, moved.time())


def _digits(number: str) -> int | None:
    """The number; None where it is missing, masked or only zeros."""
    if not (number.isascii() and number.isdecimal()):
        return None
    return int(number) or None

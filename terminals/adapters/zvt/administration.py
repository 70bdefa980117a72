"""The end of day and the state of a terminal, from what was heard."""

from collections.abc import Collection
from datetime import datetime

from terminals.adapters import NotSettled, Readiness, Settlement, Total
from terminals.adapters.zvt.dialogue import Course
from terminals.adapters.zvt.evidence import at_of
from terminals.adapters.zvt.protocol.messages import StatusInformation
from terminals.adapters.zvt.protocol.words import BUSY, END_OF_DAY_NEEDED, READY, status
from terminals.adapters.zvt.session import Trouble
from terminals.adapters.zvt.slips import slips_of

_NOT_KNOWN_THERE = 0x83  # 84 83: the terminal has no such command


def settlement(
    course: Course, *, near: datetime, busy_codes: Collection[int]
) -> Settlement | NotSettled:
    """What an end of day came to. Its totals come once: when they were heard, it is done, even if
    the completion was lost. A completion without totals is an end of day of 0 EUR with a slip."""
    code = "" if course.code is None else f"{course.code:02X}"
    if course.end in ("aborted", "refused"):
        return NotSettled("busy" if course.code in busy_codes else "not_possible", code)
    heard = course.status if course.status is not None else StatusInformation()
    if course.end != "completed" and not heard.is_approved:
        return NotSettled("unreachable")
    totals = _totals(heard)
    amount = heard.amount_cents
    return Settlement(
        number=_number(heard),
        at=at_of(heard, near),
        amount_cents=sum(each.amount_cents for each in totals) if amount is None else amount,
        totals=totals,
        slip=slips_of(course.prints).all_lines,
    )


def readiness(asked: Course | Trouble, *, busy_codes: Collection[int]) -> Readiness:
    """How a terminal is, from a status enquiry or from why there was none."""
    if isinstance(asked, Trouble):
        if asked.code is None:
            return Readiness("unreachable", asked.text)
        return _readiness_of(asked.code, busy_codes)
    if asked.end == "refused" and asked.code == _NOT_KNOWN_THERE:
        return Readiness("ready")  # it took the registration and cannot be asked more
    if asked.completion is not None:
        return _readiness_of(asked.completion.status or READY, busy_codes, asked.completion.text)
    if asked.code is not None:
        return _readiness_of(asked.code, busy_codes)
    return Readiness("unreachable", asked.end)


def _readiness_of(code: int, busy_codes: Collection[int], text: str = "") -> Readiness:
    states = {READY: "ready", BUSY: "busy", END_OF_DAY_NEEDED: "end_of_day_needed"}
    state = states.get(code, "busy" if code in busy_codes else "out_of_order")
    return Readiness(state, text or f"{code:02X} {status(code).english}")


def _number(heard: StatusInformation) -> str:
    """Its trace number, else the receipts it covers."""
    if heard.trace:
        return f"{heard.trace:06d}"
    covered = heard.totals
    return f"{covered.receipt_first:04d}-{covered.receipt_last:04d}" if covered else ""


def _totals(heard: StatusInformation) -> tuple[Total, ...]:
    if heard.totals is None:
        return ()
    return tuple(
        Total(
            scheme=each.scheme,
            way="girocard" if each.scheme == "girocard" else "credit_card",
            count=each.count,
            amount_cents=each.amount_cents,
        )
        for each in heard.totals.schemes
        if each.count or each.amount_cents
    )

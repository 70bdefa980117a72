"""The shift on the stage: opening, the menu of the drawer, counting, comparing, closing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from terminals.adapters import NotSettled, Settlement
from terminals.till import attempts, shifts
from terminals.till.counter.counting import Count, count_of
from terminals.till.counter.frame import notice_count, shift_title
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.counter.ways import shown_way
from terminals.till.drafts import find_draft
from terminals.till.journal.tables import cash_drop, terminal_total
from terminals.till.outbox import count_waiting
from terminals.till.pages import (
    Audit,
    BlindCount,
    Comparison,
    DeviceName,
    DeviceState,
    EndOfDay,
    Guests,
    HandOver,
    OpenShift,
    SafebagDrop,
    ShiftClosed,
    Stage,
    TillMenu,
)
from terminals.till.people import tries_left
from terminals.till.sales import count_sales, guests_today
from terminals.till.shift_notes import note_before, note_of
from terminals.till.shifts import total_of

Step = Literal["devices", "float", "start"]

REASONS = ("change", "typing", "unknown", "other")
DIFFERENCE_LIMIT_CENTS = 1000


def opening(moment: Moment) -> Stage:
    """Before the shift: the last closing while it is read, else the three steps."""
    closed = find_draft(moment.connection, moment.till.code, "closed")
    if closed and moment.view.task in {"closed", "end_of_day"}:
        return _closed(moment, closed)
    count = count_of(moment.connection, moment.till.code)
    step = _step(moment, count)
    return OpenShift(
        step=step,
        devices=_devices(moment),
        pad=count.pad() if count is not None and step == "float" else None,
        float_cents=total_of(count.done[-1]) if count is not None and count.done else 0,
        note=note_before(moment.connection, moment.till.code),
    )


def _step(moment: Moment, count: Count | None) -> Step:
    if moment.view.task != "opening":
        return "devices"
    is_counted = count is not None and bool(count.done) and not count.is_again
    match moment.view.data.get("step", "start"):
        case "devices":
            return "devices"
        case "start" if is_counted:
            return "start"
    return "float"


def _devices(moment: Moment) -> tuple[tuple[DeviceName, DeviceState], ...]:
    lane = moment.lane
    terminal: DeviceState = "missing"
    if lane is not None:
        terminal = "silent" if lane.live.readiness.state == "unreachable" else "ready"
    printer: DeviceState = "ready" if moment.till.code in moment.site.printers else "missing"
    centre: DeviceState = "silent" if moment.is_offline else "ready"
    return (("terminal", terminal), ("printer", printer), ("centre", centre))


def menu(moment: Moment) -> TillMenu:
    """What can be done with the drawer, never what lies in it."""
    shift = moment.shift
    assert shift is not None
    guests, free = guests_today(moment.connection, moment.till.code, shift.code)
    lane = moment.lane
    left = attempts.open_attempts(moment.connection, till=moment.till.code)
    expected = shifts.expected_cash(moment.connection, shift)
    return TillMenu(
        shift=shift_title(moment, shift.opened_at),
        opened_at=shift.opened_at,
        sales=count_sales(moment.connection, moment.till.code, shift.code),
        guests=Guests(guests, free),
        drops=_drops(moment),
        cash_limit_cents=moment.site.limits.cash_cents,
        is_over_limit=expected > moment.site.limits.cash_cents,
        can_settle=lane is not None and not left,
        is_settling=lane.live.is_settling if lane is not None else False,
        note_before=note_before(moment.connection, moment.till.code),
        note=note_of(moment.connection, moment.till.code, shift.code),
    )


def _drops(moment: Moment) -> tuple[tuple[str, int, datetime], ...]:
    if moment.shift is None:
        return ()
    found = select(cash_drop.c.bag, cash_drop.c.amount_cents, cash_drop.c.at).where(
        cash_drop.c.till == moment.till.code, cash_drop.c.shift == moment.shift.code
    )
    return tuple((bag, cents, at) for bag, cents, at in moment.connection.execute(found))


def _count(moment: Moment) -> BlindCount | None:
    known = count_of(moment.connection, moment.till.code)
    if known is None:
        return None
    return BlindCount(known.purpose, known.pad(), attempt=len(known.done) + 1)


def _comparison(moment: Moment) -> Stage | None:
    known = count_of(moment.connection, moment.till.code)
    if known is None or not known.done or moment.shift is None:
        return None
    if known.purpose == "audit":
        return audit_now(moment, known)
    expected = shifts.expected_cash(moment.connection, moment.shift)
    counted = total_of(known.done[-1])
    left = attempts.open_attempts(moment.connection, till=moment.till.code)
    return Comparison(
        purpose=known.purpose,
        expected_cents=expected,
        counted_cents=counted,
        reasons=REASONS if counted != expected else (),
        reason=known.reason,
        may_count_again=len(known.done) == 1 and counted != expected,
        needs_second=abs(counted - expected) > DIFFERENCE_LIMIT_CENTS,
        limit_cents=DIFFERENCE_LIMIT_CENTS,
        unclear=len(left),
    )


def audit_now(moment: Moment, known: Count) -> Audit:
    """What was counted beside what should be there, as it is at this moment."""
    assert moment.shift is not None
    left = attempts.open_attempts(moment.connection, till=moment.till.code)
    return Audit(
        expected_cents=shifts.expected_cash(moment.connection, moment.shift),
        counted_cents=total_of(known.done[-1]),
        at=moment.now,
        drops=_drops(moment),
        unclear=len(left),
        not_sent=count_waiting(moment.connection, moment.till.code),
    )


def _drop(moment: Moment) -> SafebagDrop | None:
    known = count_of(moment.connection, moment.till.code)
    if known is None or known.purpose != "drop":
        return None
    data = moment.view.data
    return SafebagDrop(
        known.pad(must_be_complete=False), data.get("bag", ""), data.get("problem", "")
    )


def _hand_over(moment: Moment) -> HandOver | None:
    known = count_of(moment.connection, moment.till.code)
    if known is None or known.purpose != "hand_over":
        return None
    data = moment.view.data
    return HandOver(
        signed=data.get("signed", "nobody"),
        waiting=notice_count(moment),
        problem=data.get("problem", ""),
        tries_left=tries_left(moment.connection, moment.till.code, moment.now),
    )


def _end_of_day(moment: Moment) -> EndOfDay | None:
    lane = moment.lane
    if lane is None:
        return None
    if lane.live.is_settling:
        return EndOfDay("running")
    match lane.live.settled:
        case Settlement(_, at, counted):
            expected = _frozen(moment)
            step: Literal["agrees", "differs"] = "agrees" if counted == expected else "differs"
            return EndOfDay(step, counted, expected, at)
        case NotSettled():
            return EndOfDay("failed")
    left = attempts.open_attempts(moment.connection, till=moment.till.code)
    return EndOfDay("blocked") if left else EndOfDay("running")


def _frozen(moment: Moment) -> int:
    """What the till expected at its terminal's last end of day."""
    newest = (
        select(terminal_total.c.expected_cents)
        .where(terminal_total.c.terminal == moment.till.terminal)
        .order_by(terminal_total.c.at.desc())
        .limit(1)
    )
    return moment.connection.scalar(newest) or 0


def _closed(moment: Moment, closing: Mapping[str, Any]) -> ShiftClosed:
    takings: dict[str, int] = {}
    for way, cents in closing["takings"].items():
        shown = shown_way(way)
        takings[shown] = takings.get(shown, 0) + cents
    return ShiftClosed(
        shift=shift_title(moment, datetime.fromisoformat(closing["opened_at"])),
        takings=tuple(sorted(takings.items())),
        counted_cents=closing["counted_cents"],
        difference_cents=closing["difference_cents"],
        guests=closing["guests"],
        voids=closing["voids"],
        z_number=closing["z_number"],
        not_sent=count_waiting(moment.connection, moment.till.code),
        reason=closing["reason"] or "",
        note=note_before(moment.connection, moment.till.code),
    )


STAGES: Mapping[str, Builder] = {
    "open_shift": opening, "screen:till": menu, "count": _count, "comparison": _comparison,
    "drop": _drop, "hand_over": _hand_over, "end_of_day": _end_of_day,
}  # fmt: skip

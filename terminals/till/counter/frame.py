"""Around the stage: names, chips for what is wrong, the rail, the message of the last action."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from terminals.till import attempts, take_backs
from terminals.till.counter import prices
from terminals.till.counter.moment import Moment
from terminals.till.journal.tables import basket
from terminals.till.outbox import SALES, count_waiting, rejected
from terminals.till.pages import Chip, Frame, Screen, Shift
from terminals.till.shifts import expected_cash, shift_name
from terminals.till.words import words_of

SENT_SHOWN = timedelta(seconds=4)
CLOCK_MINUTES = 2  # a clock off by less disturbs nobody
LOCK_SECONDS, LOCK_FILLED_SECONDS = 180, 600


def frame_of(moment: Moment, version: int) -> Frame:
    """The frame of a till that is signed in, locked, or neither."""
    till, shift = moment.till, moment.shift
    is_in = till.person is not None and not till.is_locked
    screen: Screen | None = moment.view.screen if is_in and shift else None
    left = attempts.open_attempts(moment.connection, till=till.code)
    running = any(one.state == "started" for one in left)
    unclear = sum(one.state == "unknown" for one in left)
    not_sent = count_waiting(moment.connection, till.code, *SALES)
    return Frame(
        till=till.name,
        site=till.facility_name,
        city=till.city,
        now=moment.now,
        version=version,
        language=moment.view.language,
        screen=screen,
        is_rail_open=not running,
        shift=Shift(shift_title(moment, shift.opened_at), shift.opened_at) if shift else None,
        chips=tuple(_chips(moment, unclear, not_sent)),
        notice_count=_notice_count(moment, unclear) if is_in else 0,
        not_sent=not_sent,
        message=moment.view.told(),
        sound=moment.view.sound,
        lock_seconds=0 if running or not is_in else _lock_seconds(moment),
    )


def _lock_seconds(moment: Moment) -> int:
    """After how long without a touch the register locks itself: later with a filled basket."""
    is_filled = moment.basket is not None and bool(moment.basket.lines)
    return LOCK_FILLED_SECONDS if is_filled else LOCK_SECONDS


def shift_title(moment: Moment, opened_at: datetime) -> str:
    """What a shift is called, by the hour it was opened."""
    return words_of(moment.view.language)(f"shift.{shift_name(opened_at)}")


def notice_count(moment: Moment) -> int:
    """How many things wait among the notices."""
    left = attempts.open_attempts(moment.connection, till=moment.till.code)
    return _notice_count(moment, sum(one.state == "unknown" for one in left))


def _notice_count(moment: Moment, unclear: int) -> int:
    connection, till = moment.connection, moment.till.code
    parked = select(func.count()).where(basket.c.till == till, basket.c.state == "parked")
    return (
        unclear
        + len(take_backs.open_take_backs(connection, till))
        + len(rejected(connection, till))
        + (connection.scalar(parked) or 0)
    )


def _chips(moment: Moment, unclear: int, not_sent: int) -> Iterable[Chip]:
    connection, till = moment.connection, moment.till.code
    if unclear:
        yield Chip("unclear", number=unclear)
    line = moment.site.line(till)
    if not_sent and line.silent_since is not None:
        yield Chip("not_sent", number=not_sent, since=line.silent_since)
    elif line.silent_since is not None:
        yield Chip("offline")
    elif line.back_at is not None and moment.now - line.back_at < SENT_SHOWN and not not_sent:
        yield Chip("sent")
    if moment.till.revoked_at is not None:
        yield Chip("revoked")
    if abs(line.clock_minutes) >= CLOCK_MINUTES:
        yield Chip("clock", number=abs(line.clock_minutes))
    old = prices.old_since(moment)
    if old is not None:
        yield Chip("prices_old", day=old)
    yield from _device_chips(moment)
    pending = take_backs.pending(connection, till)
    if pending:
        yield Chip("approvals", number=len(pending))
    most = moment.site.limits.cash_cents
    if moment.shift is not None and expected_cash(connection, moment.shift) > most:
        yield Chip("cash_limit", amount_cents=most)


def _device_chips(moment: Moment) -> Iterable[Chip]:
    lane = moment.lane
    if lane is not None and lane.live.readiness.state == "unreachable":
        yield Chip("terminal_offline")
    if lane is not None and lane.live.readiness.state == "end_of_day_needed":
        yield Chip("terminal_end_of_day")

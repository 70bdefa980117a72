"""Getting in, on the stage: which till this browser is, whose PIN, and the lock."""

from collections.abc import Mapping

from terminals.till import attempts
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.counter.terminals import lane_of
from terminals.till.pages import Locked, PinEntry
from terminals.till.people import blocked_until, tries_left
from terminals.till.shift_notes import note_before


def pin_stage(moment: Moment) -> PinEntry:
    """Who works here now."""
    till = moment.till.code
    return PinEntry(
        note=note_before(moment.connection, till),
        tries_left=tries_left(moment.connection, till, moment.now),
        blocked_until=blocked_until(moment.connection, till, moment.now),
        is_offline=moment.is_offline,
    )


def locked_stage(moment: Moment) -> Locked:
    """The lock; what a payment does that runs on stays in sight."""
    till = moment.till.code
    running = attempts.open_attempts(moment.connection, till=till)
    lane = lane_of(moment, running[0]) if running else None
    payment, cents = None, 0
    if running:
        heard = lane.live.heard if lane else []
        step = heard[-1].news.step if heard else "sent"
        payment = "unknown" if running[0].state == "unknown" else step
        cents = running[0].amount_cents
    return Locked(
        payment=payment,
        payment_cents=cents,
        has_basket=moment.basket is not None and bool(moment.basket.lines),
        other_person=moment.view.task == "other_person",
        tries_left=tries_left(moment.connection, till, moment.now),
        blocked_until=blocked_until(moment.connection, till, moment.now),
    )


STAGES: Mapping[str, Builder] = {}

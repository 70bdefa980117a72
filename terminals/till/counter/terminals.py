"""Which card terminals a till may use: its own, and another of the site while its own is silent."""

from terminals.till import attempts, settling
from terminals.till.attempts import Attempt
from terminals.till.counter.moment import Acting, Moment
from terminals.till.errors import TillRefusal
from terminals.till.lanes import Lane
from terminals.till.payments import LINK

SILENT = frozenset({"unreachable", "out_of_order", "end_of_day_needed"})


def is_silent(lane: Lane | None) -> bool:
    """Whether no card can be taken at this terminal before somebody looked after it."""
    return lane is None or lane.live.readiness.state in SILENT


def lane_of(moment: Moment, of: Attempt) -> Lane | None:
    """The lane of the terminal an attempt was sent to, whichever till that stands at."""
    return moment.site.lane_at(of.terminal)


def open_at_terminals(moment: Moment, lane: Lane | None) -> list[Attempt]:
    """What has no end yet at this till, or at this terminal for another one. A link needs no
    terminal and is left out."""
    ours = attempts.open_attempts(moment.connection, till=moment.till.code)
    every = {one.id: one for one in ours if one.adapter != LINK}
    if lane is not None:
        left = attempts.open_attempts(moment.connection, terminal=lane.terminal)
        every |= {one.id: one for one in left}
    return list(every.values())


def others(moment: Moment) -> tuple[Lane, ...]:
    """Terminals that could take this till's payment now, in the order of their codes.

    None while the till's own one answers, and none while any payment of this till has no end:
    whoever charges once more must know that the first charge was none.
    """
    if not is_silent(moment.lane) or open_at_terminals(moment, None):
        return ()
    return tuple(
        lane
        for code, lane in sorted(moment.site.lanes.items())
        if lane is not moment.lane and _is_free(moment, lane)
    )


def other(moment: Moment, terminal: str) -> Lane:
    """Another terminal, by its code.

    Raises TillRefusal: terminal_answers, payment_open, terminal_busy.
    """
    if not is_silent(moment.lane):
        raise TillRefusal("terminal_answers")
    if open_at_terminals(moment, None):
        raise TillRefusal("payment_open", terminal=terminal)
    found = next((lane for lane in others(moment) if lane.terminal == terminal), None)
    if found is None:
        raise TillRefusal("terminal_busy")
    return found


def ask_all(acting: Acting) -> None:
    """Have every terminal of the site asked how it is."""
    for lane in acting.moment.site.lanes.values():
        acting.after.append(lane.check)


def to_settle(moment: Moment) -> tuple[Lane, ...]:
    """Whose end of day comes with this till's: its own terminal's, and of those at no till the
    ones it took money at."""
    alone = (lane for lane in moment.site.lanes.values() if not lane.till)
    taken = [
        lane
        for lane in alone
        if settling.has_taken(moment.connection, lane.terminal, till=moment.till.code)
    ]
    return tuple(([moment.lane] if moment.lane else []) + taken)


def _is_free(moment: Moment, lane: Lane) -> bool:
    is_idle = lane.live.readiness.state == "ready" and not lane.live.is_settling
    return is_idle and not attempts.open_attempts(moment.connection, terminal=lane.terminal)

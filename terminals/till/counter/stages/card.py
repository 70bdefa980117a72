"""A card at its terminal, on the stage: running, declined, unknown, or a person is asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from terminals.till import attempts
from terminals.till.attempts import Attempt
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.counter.stages.link import link_stage
from terminals.till.counter.terminals import is_silent, lane_of, others
from terminals.till.enrolled import find_till
from terminals.till.lanes import Lane, Live
from terminals.till.pages import (
    AskPerson,
    CardRunning,
    Declined,
    Stage,
    TerminalDown,
    TerminalWords,
    Unknown,
)
from terminals.till.payments import LINK, WALLET

Cancel = Literal["sent", "late"] | None

ASK_PERSON_AFTER = timedelta(minutes=3)
LOG_LINES = 4
NOT_AGAIN = frozenset({"card_expired", "card_blocked", "pin_tries"})


def payment_of(moment: Moment) -> Attempt | None:
    """The attempt that locks the basket on the counter."""
    if moment.basket is None or moment.basket.state != "paying":
        return None
    tried = attempts.attempts_of(moment.connection, moment.basket.id)
    return next((one for one in reversed(tried) if one.state in attempts.OPEN), None)


def stage_of(moment: Moment, of: Attempt) -> Stage:
    """The stage of an attempt without an end."""
    if of.adapter == LINK:
        return link_stage(moment, of)
    if of.state == "started":
        return _running(moment, of)
    if of.adapter == WALLET:  # the centre can say, as soon as it is heard
        return _unknown(moment, of)
    is_long = of.lost_at is not None and moment.now - of.lost_at > ASK_PERSON_AFTER
    if of.reason == "cannot_say" or is_long:
        return _ask_person(moment, of)
    return _unknown(moment, of)


def _running(moment: Moment, of: Attempt) -> CardRunning:
    live = _live(moment, of)
    last = live.heard[-1] if live.heard else None
    step = last.news.step if last else "sent"
    cancel: Cancel = None
    if of.cancelled_at is not None:
        cancel = "late" if step in LATE else "sent"
    return CardRunning(
        attempt=str(of.id),
        terminal=_terminal(of.terminal),
        amount_cents=of.amount_cents,
        kind=of.kind,
        step=step,
        started_at=of.started_at,
        heard_at=last.at if last else None,
        text=last.news.text if last and step == "working" else "",
        log=_log(of, live)[-LOG_LINES:],
        cancel=cancel,
        state="aborting" if cancel else "card",
    )


# The bank has the request: an abort comes too late.
LATE = frozenset({"bank", "promised", "remove_card"})


def _log(of: Attempt, live: Live) -> tuple[TerminalWords, ...]:
    heard = [TerminalWords(one.at, "terminal", one.news.text or one.news.step)
             for one in live.heard if one.news.text]  # fmt: skip
    ours = [TerminalWords(of.started_at, "sent")]
    if of.cancelled_at is not None:
        ours.append(TerminalWords(of.cancelled_at, "cancel"))
    return tuple(sorted([*ours, *heard], key=_at))


def _at(words: TerminalWords) -> datetime:
    return words.at


def _unknown(moment: Moment, of: Attempt) -> Unknown:
    lane = lane_of(moment, of)
    seconds = lane.seconds_to_next_check() if lane else None
    return Unknown(
        attempt=str(of.id),
        terminal=_terminal(of.terminal),
        amount_cents=of.amount_cents,
        kind=of.kind,
        sent_at=of.started_at,
        last_words=(of.last_news or {}).get("text", ""),
        cancelled_at=of.lost_at,
        tries=of.checks,
        next_at=None if seconds is None else moment.now + timedelta(seconds=seconds),
        is_checking=seconds is None,
        device="busy" if of.reason == "busy" else "unreachable",
        code=of.code or "",
    )


def _ask_person(moment: Moment, of: Attempt) -> AskPerson:
    data = moment.view.data if moment.view.task == "say" else {}
    is_asked = data.get("attempt") == str(of.id)
    return AskPerson(
        attempt=str(of.id),
        terminal=_terminal(of.terminal),
        amount_cents=of.amount_cents,
        kind=of.kind,
        sent_at=of.started_at,
        said="not_paid" if is_asked else None,
        needs_pin=is_asked,
        pin_refused=bool(data.get("refused")),
        code=of.code or "",
    )


def _declined(moment: Moment) -> Declined | None:
    of = attempts.find_attempt(moment.connection, UUID(moment.view.data["attempt"]))
    if of is None or of.decided_at is None:
        return None
    return Declined(
        attempt=str(of.id),
        terminal=_terminal(of.terminal),
        amount_cents=of.amount_cents,
        reason=of.reason or "device",
        code=of.code or "",
        at=of.decided_at,
        key=str(uuid4()),
        kind=of.kind,
        can_retry=of.reason not in NOT_AGAIN,
    )


def _giving_back(moment: Moment) -> Stage | None:
    of = attempts.find_attempt(moment.connection, UUID(moment.view.data["attempt"]))
    if of is None or of.state not in attempts.OPEN:
        return None
    return stage_of(moment, of)


def _terminal_down(moment: Moment) -> TerminalDown | None:
    """Its own terminal is silent; over as soon as that answers again."""
    lane, on = moment.lane, moment.basket
    if lane is not None and not is_silent(lane) and not lane.live.is_checking:
        return None
    amount = on.total_cents if on is not None and on.state == "open" else 0
    return TerminalDown(
        terminal=_terminal(moment.till.terminal),
        amount_cents=amount,
        others=tuple(_named(moment, one) for one in others(moment)) if amount else (),
        key=str(uuid4()),
        may_issue_notice=moment.till.facility_kind == "citizens_office",
        is_checking=lane is not None and lane.live.is_checking,
        needs_end_of_day=lane is not None and lane.live.readiness.state == "end_of_day_needed",
        technical=lane.live.readiness.text if lane is not None else "",
    )


def _named(moment: Moment, lane: Lane) -> tuple[str, str, str]:
    """Code and name of a terminal, and the name of the till where it stands, if at one."""
    beside = find_till(moment.connection, lane.till) if lane.till else None
    return lane.terminal, _terminal(lane.terminal), beside.name if beside else ""


def _terminal(code: str | None) -> str:
    return f"Terminal {(code or '–').rpartition('-')[2]}"


def _live(moment: Moment, of: Attempt) -> Live:
    lane = lane_of(moment, of)
    return lane.live if lane is not None and lane.live.attempt == of.id else Live()


STAGES: Mapping[str, Builder] = {
    "declined": _declined, "giving_back": _giving_back, "terminal_down": _terminal_down,
}  # fmt: skip

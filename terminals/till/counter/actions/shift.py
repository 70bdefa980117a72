"""The shift: opened, counted, handed over, closed; safebags and the terminal's end of day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from terminals.till import attempts, shift_notes, shifts
from terminals.till.counter.actions import Action, Form, text_of
from terminals.till.counter.counting import Count, count_of, keep_count
from terminals.till.counter.moment import Acting
from terminals.till.counter.paper import print_paper
from terminals.till.counter.terminals import to_settle
from terminals.till.drafts import keep_draft
from terminals.till.enrolled import change_till
from terminals.till.errors import TillRefusal
from terminals.till.outbox import count_waiting, put
from terminals.till.pages import Purpose
from terminals.till.papers import protocol_of

STEPS = ("devices", "float", "start")
PURPOSES = ("drop", "close", "hand_over", "audit")
LONGEST_BAG = 64
CLOSED = "closed"  # the draft in which the last closing stays until somebody signs out


def open_step(acting: Acting, form: Form) -> None:
    """Go to a step of the opening."""
    step, till = text_of(form, "to"), acting.moment.till.code
    if step not in STEPS:
        raise TillRefusal("form_incomplete", field="to")
    if step == "float" and count_of(acting.connection, till) is None:
        keep_count(acting.connection, till, Count("open"))
    acting.view = acting.view.at("opening", step=step)


def check_devices(acting: Acting, _form: Form) -> None:
    """Ask the terminal once more."""
    lane = acting.moment.lane
    if lane is not None:
        acting.after.append(lane.check)


def open_shift(acting: Acting, _form: Form) -> None:
    """Open the shift with the float that was counted."""
    till = acting.moment.till.code
    known = count_of(acting.connection, till)
    if known is None or not known.done:
        raise TillRefusal("nothing_counted")
    shifts.open_shift(
        acting.connection, till, person=acting.desk.person, counts=known.done[-1],
        now=acting.moment.now,
    )  # fmt: skip
    keep_count(acting.connection, till, None)
    keep_draft(acting.connection, till, CLOSED, None)
    acting.view = replace(acting.view.at(""), screen="sale", paid=None)
    acting.nudge()


def begin(acting: Acting, form: Form) -> None:
    """Start a count: for a safebag, a hand-over, the end of the shift or an audit."""
    what = text_of(form, "what")
    if what not in PURPOSES:
        raise TillRefusal("form_incomplete", field="what")
    purpose, till = cast(Purpose, what), acting.moment.till.code
    _no_payment_runs(acting)
    known = count_of(acting.connection, till)
    if known is None or known.purpose != purpose:
        keep_count(acting.connection, till, Count(purpose))
    acting.view = replace(acting.view.at("drop" if what == "drop" else "count"), screen="till")


def drop(acting: Acting, form: Form) -> None:
    """Cash into a safebag; a number that was typed is typed twice."""
    till = acting.moment.till.code
    bag = "".join(form.get("bag", "").split())[:LONGEST_BAG]
    again = form.get("bag_again")
    known = count_of(acting.connection, till)
    if known is None or known.purpose != "drop":
        raise TillRefusal("nothing_counted")
    if not bag or (again is not None and "".join(again.split())[:LONGEST_BAG] != bag):
        acting.view = acting.view.at("drop", bag=bag, problem="differs")
        return
    try:
        cents = shifts.drop(
            acting.connection, acting.shift, bag=bag, counts=known.counts,
            person=acting.desk.person, witness=None, now=acting.moment.now,
        )  # fmt: skip
    except TillRefusal as no:
        problem = "used" if no.code == "bag_used" else "empty"
        acting.view = acting.view.at("drop", bag=bag, problem=problem)
        return
    keep_count(acting.connection, till, None)
    acting.view = acting.view.at("").saying("dropped", "good", bag=bag, amount_cents=cents)
    acting.nudge()


def close_shift(acting: Acting, _form: Form) -> None:
    """Close by the count that stands, then let the terminal do its end of day."""
    known = _confirmed(acting, "close")
    closing = shifts.close_shift(
        acting.connection, acting.shift, counts=known.done, reason=known.reason or None,
        person=acting.desk.person, next_person=None, now=acting.moment.now,
    )  # fmt: skip
    _closed(acting, closing)
    acting.view = acting.view.at("closed")
    settle_if_clear(acting)


def hand_over_pins(acting: Acting, _form: Form) -> None:
    """Both sign: first who leaves, then who comes."""
    known = _confirmed(acting, "hand_over")
    if _differs(acting, known) and not known.reason:
        raise TillRefusal("reason_missing")
    acting.view = acting.view.at("hand_over", signed="nobody")


def hand_over_pin(acting: Acting, form: Form) -> None:
    """One of the two PINs. The second closes the shift and opens the next with the same cash."""
    till, now = acting.moment.till.code, acting.moment.now
    person = acting.person_with(text_of(form, "digits"))
    if acting.view.data.get("signed") != "leaving":
        if person.code != acting.moment.till.person:
            raise TillRefusal("not_yours")
        acting.view = acting.view.at("hand_over", signed="leaving")
        return
    if person.code == acting.moment.till.person:
        acting.view = acting.view.at("hand_over", signed="leaving", problem="same_person")
        return
    known = _confirmed(acting, "hand_over")
    closing = shifts.close_shift(
        acting.connection, acting.shift, counts=known.done, reason=known.reason or None,
        person=acting.desk.person, next_person=person.code, now=now,
    )  # fmt: skip
    _closed(acting, closing)
    # The next shift begins a moment later: its code and its order are its own.
    later = now + timedelta(microseconds=1)
    shifts.open_shift(acting.connection, till, person=person.code, counts=known.done[-1], now=later)
    change_till(acting.connection, till, person=person.code)
    acting.view = replace(acting.view.at(""), screen="sale", paid=None)
    note = shift_notes.note_before(acting.connection, till)
    said = {"note": note} if note else {}
    acting.view = acting.view.saying("handed_over_note" if note else "handed_over", "good", **said)


def shift_note(acting: Acting, form: Form) -> None:
    """What this shift leaves to the next, also after it was closed; nothing takes it back."""
    till, running = acting.moment.till.code, acting.moment.shift
    code = running.code if running else shift_notes.last_closed(acting.connection, till)
    if code is None:
        raise TillRefusal("shift_missing")
    text = text_of(form, "text")[: shift_notes.LONGEST] if form.get("text", "").strip() else ""
    shift_notes.keep_note(acting.connection, till, code, text)
    acting.view = acting.view.saying("note_kept" if text else "note_gone", "good")


def settle(acting: Acting, _form: Form) -> None:
    """The terminal's end of day, now."""
    acting.view = acting.view.at("end_of_day")
    settle_if_clear(acting)


def settle_if_clear(acting: Acting) -> None:
    """Start the end of day of each terminal whose payments all have an end."""
    for lane in to_settle(acting.moment):
        if not attempts.open_attempts(acting.connection, terminal=lane.terminal):
            acting.after.append(lane.settle)


def print_protocol(acting: Acting, _form: Form) -> None:
    """The protocol of the shift that was closed last, to be signed."""
    till, last = acting.moment.till, shifts.last_shift(acting.connection, acting.moment.till.code)
    if last is None or last.closing is None:
        raise TillRefusal("nothing_counted")
    left = count_waiting(acting.connection, till.code)
    paper = protocol_of(acting.connection, last, not_sent=left, language=acting.view.language)
    print_paper(acting, paper)


def leave_closed(acting: Acting, _form: Form) -> None:
    """The closed shift was read; whoever was here is signed out."""
    till = acting.moment.till
    if acting.moment.shift is not None:  # a page of before: somebody has opened the next shift
        raise TillRefusal("shift_open")
    keep_draft(acting.connection, till.code, CLOSED, None)
    change_till(acting.connection, till.code, person=None, is_locked=False)
    body = {"what": "signed_out", "person": till.person, "detail": dict[str, str]()}
    put(acting.connection, till.code, "till_event", body, at=acting.moment.now)
    acting.view = replace(acting.view.at(""), screen="sale", paid=None)
    acting.nudge()


def _closed(acting: Acting, closing: Mapping[str, object]) -> None:
    keep_count(acting.connection, acting.moment.till.code, None)
    keep_draft(acting.connection, acting.moment.till.code, CLOSED, dict(closing))
    acting.nudge()


def _confirmed(acting: Acting, purpose: Purpose) -> Count:
    _no_payment_runs(acting)
    known = count_of(acting.connection, acting.moment.till.code)
    if known is None or known.purpose != purpose or not known.done:
        raise TillRefusal("nothing_counted")
    return known


def _differs(acting: Acting, known: Count) -> bool:
    expected = shifts.expected_cash(acting.connection, acting.shift)
    return shifts.total_of(known.done[-1]) != expected


def _no_payment_runs(acting: Acting) -> None:
    left = attempts.open_attempts(acting.connection, till=acting.moment.till.code)
    if any(one.state == "started" for one in left):
        raise TillRefusal("payment_open")


ACTIONS: Mapping[str, Action] = {
    "open_step": open_step, "check_devices": check_devices, "open_shift": open_shift,
    "begin": begin, "drop": drop, "close_shift": close_shift, "hand_over_pins": hand_over_pins,
    "hand_over_pin": hand_over_pin, "settle": settle, "leave_closed": leave_closed,
    "print_protocol": print_protocol, "shift_note": shift_note,
}  # fmt: skip

"""Getting in and out: PIN, lock, signing out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from terminals.till.counter.actions import Action, Form, text_of
from terminals.till.counter.actions.shift import begin
from terminals.till.counter.moment import Acting
from terminals.till.enrolled import change_till
from terminals.till.outbox import put
from terminals.till.people import forget_failures

Document = dict[str, Any]
LEAVING = "leaving_first"  # the task while the person who leaves is asked for the PIN


def pin(acting: Acting, form: Form) -> None:
    """Somebody's PIN: signs in, or unlocks for whoever was signed in.

    A shift has one person: another's PIN asks for a hand-over. The manager may always take over,
    for a cashier who fell ill and left.
    """
    till = acting.moment.till
    person = acting.person_with(text_of(form, "digits"))
    forget_failures(acting.connection, till.code)
    is_other = till.person not in (None, person.code) and acting.moment.shift is not None
    if is_other and not person.is_manager:
        acting.view = acting.view.at("other_person")
        return
    is_leaving = acting.view.task == LEAVING and not is_other
    change_till(acting.connection, till.code, person=person.code, is_locked=False)
    _event(acting, "signed_in", person.code)
    acting.view = replace(acting.view.at(""), screen="sale")
    if is_leaving:
        begin(acting, {"what": "hand_over"})


def hand_over(acting: Acting, _form: Form) -> None:
    """Another person is here: first the one who leaves signs, then the drawer is counted."""
    if acting.view.task == "other_person":
        acting.view = acting.view.at(LEAVING).saying("leaving_first", "info")


def lock(acting: Acting, _form: Form) -> None:
    """Lock the register; the shift and a running payment go on."""
    till = acting.moment.till
    if till.person is not None:
        change_till(acting.connection, till.code, is_locked=True)
        _event(acting, "locked", till.person)


def sign_out(acting: Acting, _form: Form) -> None:
    """Leave. With an open shift the register is locked instead: a shift has somebody."""
    till = acting.moment.till
    if acting.moment.shift is not None:
        lock(acting, {})
        return
    _event(acting, "signed_out", till.person)
    change_till(acting.connection, till.code, person=None, is_locked=False)
    acting.view = replace(acting.view.at(""), screen="sale", paid=None)


def _event(acting: Acting, what: str, person: str | None) -> None:
    body: Document = {"what": what, "person": person, "detail": {}}
    put(acting.connection, acting.moment.till.code, "till_event", body, at=acting.moment.now)
    acting.nudge()


ACTIONS: Mapping[str, Action] = {
    "pin": pin, "lock": lock, "sign_out": sign_out, "hand_over": hand_over,
}  # fmt: skip

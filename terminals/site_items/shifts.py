"""Shifts at a till: the float, cash into bags, the blind count, and a terminal's end of day."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import Session

from ledger.approvals import LIMITS_CENTS, Request, request_approval
from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.drawer import Drawer, close_drawer, drop_cash, give_float
from terminals.site_items.item import (
    NO_REASON,
    TAKEN,
    Item,
    Outcome,
    Place,
    invalid,
    outcome_of,
    refused,
)
from terminals.tables import cash_bag, terminal_total, till_shift

LONGEST_SHIFT = timedelta(days=31)  # a till nobody closed over the holidays, not a wrong clock


def take_opened(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A shift begins: its float leaves the safe. Refused: shift_known, and the journal's."""
    if _shift(session, place, body["shift"]) is not None:
        return refused("shift_known", shift=body["shift"])
    drawer = _drawer(place, body["shift"], business_day(body["opened_at"]))
    outcome = outcome_of(give_float(session, drawer, body["float_cents"], key=item.key))
    if outcome.state == "taken":
        row = {
            "till": place.till, "shift": body["shift"], "opened_at": body["opened_at"],
            "opened_by": body["person"], "float_cents": body["float_cents"],
            "float_entry": outcome.entry_id,
        }  # fmt: skip
        session.execute(insert(till_shift), [row])
    return outcome


def take_drop(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """Cash goes into a bag whose number is used once in the whole city."""
    counted = sum(int(piece) * count for piece, count in body["counts"].items())
    if body["counts"] and counted != body["amount_cents"]:
        return invalid("counts_differ", counted_cents=counted, amount_cents=body["amount_cents"])
    used = select(cash_bag.c.till).where(cash_bag.c.number == body["bag"])
    if session.scalar(used) is not None:
        return refused("bag_number_used", bag=body["bag"])
    drawer = _drawer(place, body["shift"], business_day(item.at))
    outcome = outcome_of(
        drop_cash(session, drawer, body["amount_cents"], bag=body["bag"], key=item.key)
    )
    if outcome.state == "taken":
        row = {
            "number": body["bag"], "till": place.till, "shift": body["shift"],
            "amount_cents": body["amount_cents"], "counts": body["counts"],
            "dropped_at": item.at, "dropped_by": body["person"], "witness": body["witness"],
            "entry_id": outcome.entry_id,
        }  # fmt: skip
        session.execute(insert(cash_bag), [row])
    return outcome


def take_closed(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A shift was counted: what it is off by is booked and the float put back.

    A difference above its limit asks for a second person. Refused: shift_unknown, shift_closed.
    Invalid: counts_differ, and business_day_wrong for a day the shift did not touch.
    """
    opened = _shift(session, place, body["shift"])
    if opened is None:
        return refused("shift_unknown", shift=body["shift"])
    if opened.closed_at is not None:
        return refused("shift_closed", shift=body["shift"])
    if fault := _closing_fault(body):
        return fault
    float_back = min(opened.float_cents, body["counted_cents"])
    outcome = outcome_of(
        close_drawer(
            session, _drawer(place, body["shift"], body["business_day"]),
            difference_cents=body["difference_cents"], float_cents=float_back, key=item.key,
        )
    )  # fmt: skip
    if outcome.state == "taken":
        _store_closing(session, place, body)
        _ask_about_difference(session, item, place, body)
    return outcome


def take_totals(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """A terminal's totals are frozen: one row for each end of day. Refused: totals_known."""
    terminal = posted_catalogue(session).terminals.get(body["terminal"])
    if terminal is None or terminal.facility != place.facility:
        return refused("terminal_unknown", terminal=body["terminal"])
    row = {name: body[name] for name in
           ("terminal", "day", "amount_cents", "expected_cents", "agrees", "totals")}  # fmt: skip
    # A terminal that does not number them: its item does.
    number = str(body["number"]) or str(item.key)
    row |= {"till": place.till, "number": number, "reported_at": item.at}
    adding = insert_or_skip(terminal_total).values(row).on_conflict_do_nothing()
    if session.execute(adding.returning(terminal_total.c.id)).one_or_none() is None:
        return refused("totals_known", terminal=body["terminal"], number=number)
    return TAKEN


def _shift(session: Session, place: Place, shift: str) -> Row[Any] | None:
    found = select(till_shift).where(till_shift.c.till == place.till, till_shift.c.shift == shift)
    return session.execute(found).one_or_none()


def _drawer(place: Place, shift: str, day: Any) -> Drawer:
    return Drawer(place.facility, place.till, shift, day)


def _closing_fault(body: dict[str, Any]) -> Outcome | None:
    wrong = body["counted_cents"] - body["expected_cents"]
    if wrong != body["difference_cents"]:
        return invalid("counts_differ", counted_cents=wrong, amount_cents=body["difference_cents"])
    begin, end = body["opened_at"], body["closed_at"]
    is_long = not timedelta(0) <= end - begin <= LONGEST_SHIFT
    if is_long or not business_day(begin) <= body["business_day"] <= business_day(end):
        return invalid("business_day_wrong", business_day=body["business_day"].isoformat())
    return None


def _store_closing(session: Session, place: Place, body: dict[str, Any]) -> None:
    names = ("closed_at", "business_day", "expected_cents", "counted_cents", "difference_cents",
             "reason", "z_number")  # fmt: skip
    told = ("takings", "voids", "guests", "receipts", "counts", "next_person")
    values = {name: body[name] for name in names} | {"closed_by": body["person"]}
    session.execute(
        update(till_shift)
        .where(till_shift.c.till == place.till, till_shift.c.shift == body["shift"])
        .values(**values, summary={name: body[name] for name in told})
    )


def _ask_about_difference(session: Session, item: Item, place: Place, body: dict[str, Any]) -> None:
    if abs(body["difference_cents"]) <= LIMITS_CENTS["cash_difference"]:
        return
    request_approval(
        session,
        Request(
            uuid5(item.key, "cash_difference"), "cash_difference", body["shift"],
            place.facility, place.till, body["difference_cents"], body["reason"] or NO_REASON,
            body["person"], body["closed_at"],
        ),
    )  # fmt: skip

"""A visit with a pass: let in by a scan, beside whatever basket stands on the counter."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, insert

from terminals.till.baskets import Basket, Line, keep, start_basket
from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import pass_visit
from terminals.till.offers import Offer
from terminals.till.outbox import TAKEN, WAITING, Item, put, state_of
from terminals.till.payments import Desk
from terminals.till.sales import Sale, Tender, complete, set_state

VISIT = "visit"
TAKEN_BACK = "visit_taken_back"  # the kind of item
LONGEST = timedelta(minutes=15)  # as the centre has it


def admit(
    connection: Connection,
    at: Desk,
    *,
    shift: str,
    pass_code: str,
    offer: Offer,
    was_alone: bool = False,
) -> Sale:
    """Let one in with a pass: a sale of its own that costs nothing and uses the pass.

    was_alone: nobody asked the centre.
    """
    line = Line(
        product=offer.code, name=offer.name, name_en=offer.name_en, quantity=1,
        unit_cents=0, vat_rate=0, is_sovereign=False, kind=VISIT, pass_code=pass_code,
    )  # fmt: skip
    key = uuid4()
    # Never on the counter: the basket there is somebody else's.
    beside = Basket(key, at.till.code, shift, "parked", (line,), None, None, at.now)
    start_basket(connection, till=at.till.code, shift=shift, key=key, now=at.now, state="parked")
    keep(connection, beside, at.now)
    tender = Tender("cash", tendered_cents=0)
    sold = complete(connection, beside, tender, key=uuid4(), person=at.person, now=at.now)
    visit = {"sale": sold.key, "code": pass_code, "at": at.now, "was_alone": was_alone}
    connection.execute(insert(pass_visit), visit)
    return sold


def undo_until(of: Sale) -> datetime:
    """How long a visit can be taken back."""
    return of.completed_at + LONGEST


def take_back(connection: Connection, at: Desk, of: Sale) -> None:
    """Ask the centre for the visit back, once; it says whether that can be.

    Raises TillRefusal: visit_too_late.
    """
    key = uuid5(of.key, TAKEN_BACK)
    if of.state != "paid" or state_of(connection, key) is not None:  # asked for before
        return
    if at.now > undo_until(of):
        raise TillRefusal("visit_too_late")
    set_state(connection, of.key, "voiding")
    body = {"visit": str(of.key), "person": at.person}
    put(connection, of.till, TAKEN_BACK, body, at=at.now, key=key)


def hear(
    connection: Connection, items: Iterable[Item], outcomes: Iterable[Mapping[str, Any]]
) -> None:
    """Keep what the centre said of visits that were to be taken back."""
    for item, outcome in zip(items, outcomes, strict=True):
        if item.kind == TAKEN_BACK:
            state = "voided" if outcome["state"] == TAKEN else "paid"
            set_state(connection, UUID(item.body["visit"]), state)


def is_kept(connection: Connection, of: Sale) -> bool:
    """Whether the centre would not give this visit back."""
    asked = state_of(connection, uuid5(of.key, TAKEN_BACK))
    return asked not in {None, TAKEN, WAITING}

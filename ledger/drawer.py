"""The drawer of a till: float out and back, cash into safebags, and what a count is off by.

Posting rules 35, 36, 38 and 39, each with the till and the shift it happened in.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Outcome, Posted, Refused
from ledger.journal import post
from ledger.sub_accounts import open_missing
from ledger.tenders import CONTROL_ACCOUNTS

TRANSIT = "184000"  # safebags on their way to the bank


@dataclass(frozen=True, slots=True)
class Drawer:
    """A till's drawer in one shift, on a business day; `facility` and `till` are known codes."""

    facility: str
    till: str
    shift: str
    day: date

    @property
    def account(self) -> str:
        """The account of the cash in it."""
        return f"{CONTROL_ACCOUNTS['cash']}/{self.till}"


def give_float(session: Session, drawer: Drawer, cents: int, *, key: UUID) -> Outcome | None:
    """The float comes out of the safe; None where there is none."""
    if not cents:
        return None
    return _post(session, drawer, [_Move("float_out", cents, key)])


def drop_cash(session: Session, drawer: Drawer, cents: int, *, bag: str, key: UUID) -> Outcome:
    """Cash goes into the numbered bag."""
    return _post(session, drawer, [_Move("cash_drop", cents, key, bag)])


def close_drawer(
    session: Session, drawer: Drawer, *, difference_cents: int, float_cents: int, key: UUID
) -> Outcome | None:
    """Book what the count was off by and put the float back; None where neither is needed.

    difference_cents: counted less expected. Both are booked or neither.
    """
    moves = []
    if difference_cents:
        event = "till_overage" if difference_cents > 0 else "till_shortage"
        moves.append(_Move(event, abs(difference_cents), key))
    if float_cents:
        own_key = uuid5(key, "float_back") if moves else key
        moves.append(_Move("float_back", float_cents, own_key))
    return _post(session, drawer, moves) if moves else None


@dataclass(frozen=True, slots=True)
class _Move:
    event: str
    cents: int
    key: UUID
    reference: str | None = None


def _post(session: Session, drawer: Drawer, moves: list[_Move]) -> Outcome:
    open_missing(session, {drawer.account: drawer.till})
    entries = [_entry(session, drawer, move) for move in moves]
    outcomes = post(session, entries, all_or_nothing=True)
    refused = [one for one in outcomes if not isinstance(one, Posted)]
    told = [one for one in refused if not _is_linked(one)]
    return (told or refused or outcomes)[0]


def _is_linked(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.code == "linked_refused"


def _entry(session: Session, drawer: Drawer, move: _Move) -> Entry:
    catalogue = posted_catalogue(session)
    house = catalogue.facilities[drawer.facility]
    roles = {"till": drawer.account}
    if move.event == "cash_drop":
        roles["safebag"] = TRANSIT
    where = Dimensions(
        facility=house.code, cost_centre=house.cost_centre, till=drawer.till, shift=drawer.shift
    )
    transfers = catalogue.rulebook.transfers(
        move.event, amounts={"amount": move.cents}, roles=roles, dimensions=where
    )
    return Entry(move.key, move.event, drawer.day, transfers, reference=move.reference)

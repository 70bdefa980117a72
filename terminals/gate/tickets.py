"""Single tickets: issued by a charge, found by their code, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, insert, select
from sqlalchemy.orm import Session

from ledger.catalogue.posted import PostedCatalogue
from ledger.charges import Charge
from ledger.tables.services import charge_reversal
from terminals.gate.offers import SUPPLEMENTS, TICKETS, last_day
from terminals.gate.tables import admission, admission_withdrawal, ticket, ticket_end
from terminals.gate.tokens import Ticket, mark, new_code, sign
from terminals.qr.tokens import SigningKey


@dataclass(frozen=True, slots=True)
class Use:
    """A gate opened with the ticket; at: aware UTC."""

    key: UUID
    at: datetime
    gate: str
    facility: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket and what became of it.

    number: of all tickets of its charge; line: of the charge's lines. ended: "returned",
    "blocked" (its money went away again), "voided" (its sale was), or None. used: once, or None.
    """

    code: str
    charge: UUID
    line: int
    number: int
    product: str
    facility: str
    price_cents: int
    valid_from: date
    valid_until: date
    ended: str | None
    used: Use | None

    def state(self, today: date) -> str:
        """valid, used, expired, returned, blocked or voided."""
        if self.ended:
            return self.ended
        if self.used:
            return "used"
        return "expired" if today > self.valid_until else "valid"


def issue(session: Session, catalogue: PostedCatalogue, sold: Charge) -> None:
    """Issue a ticket for every admission a charge sold, in the transaction of the charge.

    Its revenue is booked with the charge; a gate only records who came.
    """
    rows: list[dict[str, Any]] = []
    for line, each in enumerate(sold.lines, start=1):
        if catalogue.products[each.product].kind not in TICKETS:
            continue
        rows += [
            {
                "code": new_code(), "charge": sold.key, "line": line, "product": each.product,
                "facility": sold.facility, "price_cents": each.unit_cents,
                "valid_from": sold.booked_on, "valid_until": last_day(sold.booked_on),
            }
            for _ in range(each.quantity)
        ]  # fmt: skip
    if rows:
        numbered = [row | {"number": number} for number, row in enumerate(rows, start=1)]
        session.execute(insert(ticket), numbered)


def find_ticket(session: Session, code: str) -> Issued | None:
    """The ticket of these eight letters."""
    row = session.execute(_tickets().where(ticket.c.code == code)).one_or_none()
    return None if row is None else _issued(row)


def tickets_of(session: Session, charges: Iterable[UUID]) -> list[Issued]:
    """All tickets of these charges, in their order."""
    wanted = _tickets().where(ticket.c.charge.in_(list(charges)))
    rows = session.execute(wanted.order_by(ticket.c.charge, ticket.c.number))
    return [_issued(row) for row in rows]


def tickets_changed(session: Session, facility: str, *, since: datetime | None, today: date) -> Any:
    """Tickets of a house that are no longer good though their days are not over, newest news
    only with `since`."""
    wanted = _tickets().where(ticket.c.facility == facility, ticket.c.valid_until >= today)
    over = (
        ticket_end.c.ticket.is_not(None)
        | charge_reversal.c.key.is_not(None)
        | admission.c.key.is_not(None)
    )
    if since is None:
        return [_issued(row) for row in session.execute(wanted.where(over))]
    fresh = (
        select(ticket_end.c.ticket)
        .where(ticket_end.c.recorded_at >= since)
        .union(
            select(admission.c.ticket).where(admission.c.recorded_at >= since),
            select(admission.c.ticket)
            .join(admission_withdrawal, admission_withdrawal.c.admission == admission.c.key)
            .where(admission_withdrawal.c.recorded_at >= since),
            select(ticket.c.code)
            .join(charge_reversal, charge_reversal.c.charge == ticket.c.charge)
            .where(charge_reversal.c.recorded_at >= since),
        )
    )
    return [_issued(row) for row in session.execute(wanted.where(ticket.c.code.in_(fresh)))]


def ticket_text(issued: Issued, key: SigningKey) -> str:
    """What its QR code says, signed with this key."""
    held = Ticket(
        issued.code, mark(issued.facility), issued.valid_from, issued.valid_until,
        issued.product in SUPPLEMENTS,
    )  # fmt: skip
    return sign(held, key)


def _tickets() -> Select[Any]:
    let_in = and_(
        admission.c.ticket == ticket.c.code,
        ~select(admission_withdrawal.c.admission)
        .where(admission_withdrawal.c.admission == admission.c.key)
        .exists(),
    )
    return (
        select(
            ticket, ticket_end.c.kind.label("ended"), charge_reversal.c.key.label("voided"),
            admission.c.key.label("used"), admission.c.admitted_at, admission.c.gate,
            admission.c.facility.label("used_at"),
        )
        .outerjoin(ticket_end, ticket_end.c.ticket == ticket.c.code)
        .outerjoin(charge_reversal, charge_reversal.c.charge == ticket.c.charge)
        .outerjoin(admission, let_in)
    )  # fmt: skip


def _issued(row: Row[Any]) -> Issued:
    used = Use(row.used, row.admitted_at, row.gate, row.used_at) if row.used else None
    return Issued(
        row.code, row.charge, row.line, row.number, row.product, row.facility, row.price_cents,
        row.valid_from, row.valid_until, row.ended or ("voided" if row.voided else None), used,
    )  # fmt: skip

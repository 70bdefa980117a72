"""Rows of payments as values, and the locks they are changed under."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.orm import Session

from terminals.checkout.errors import UnknownPayment
from terminals.checkout.tables import online_customer, online_payment
from terminals.checkout.values import Payment

STRANGERS = 4721  # advisory locks; those of the ledger are in ledger.locks
ONLINE = 4722
# Payments with the customer their payer is at the provider.
PAYMENTS: Select[Any] = select(online_payment, online_customer.c.customer).outerjoin(
    online_customer, online_customer.c.payer == online_payment.c.payer
)
ENDED = frozenset({"paid", "failed", "expired", "cancelled"})


def payment_of(row: Row[Any]) -> Payment:
    """The payment of a row of `online_payment`."""
    is_open = row.state == "open"
    return Payment(
        id=row.id, purpose=row.purpose, subject=row.subject, amount_cents=row.amount_cents,
        state=row.state, way=row.way, page=row.page if is_open else None, begun_at=row.begun_at,
        ended_at=row.ended_at, reason=row.reason, credited_at=row.credited_at, payer=row.payer,
        intent=row.intent,
    )  # fmt: skip


def row_of(session: Session, id: UUID, *, is_locked: bool = False) -> Row[Any]:
    """The row of a payment, locked until the transaction ends if asked. Raises UnknownPayment."""
    wanted = PAYMENTS.where(online_payment.c.id == id)
    if is_locked:
        wanted = wanted.with_for_update(of=online_payment)
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise UnknownPayment(id)
    return row


def change(session: Session, id: UUID, /, **values: Any) -> None:
    """Write these columns of a payment."""
    session.execute(update(online_payment).where(online_payment.c.id == id).values(values))


def lock_subject(session: Session, purpose: str, subject: str) -> None:
    """Begin or promise something for this subject, with nobody else doing so."""
    name = {"name": f"{purpose}/{subject}"}
    session.execute(text(f"SELECT pg_advisory_xact_lock({ONLINE}, hashtext(:name))"), name)

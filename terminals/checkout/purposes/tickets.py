"""Tickets, bought without an account: paid, they are one charge and are issued with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.charges import find_charge
from ledger.locks import lock_ticket
from terminals.checkout.booking import recover, recover_apart, waits_apart, without_use
from terminals.checkout.values import Payment
from terminals.gate.blocking import block_tickets
from terminals.gate.orders import find_order, fulfil


def received(session: Session, payment: Payment, *, at: datetime) -> int | None:
    """Sell what was ordered; where it was paid before or is not sold so any more, the money waits.

    A second payment for the same tickets buys nothing twice: it goes back.
    """
    order = find_order(session, UUID(payment.subject))
    if order is None or order.total_cents != payment.amount_cents:
        return without_use(session, payment, "order_unknown", at=at)
    lock_ticket(session, str(order.id))
    if find_charge(session, order.id) is not None:
        return without_use(session, payment, "tickets_paid_before", at=at)
    sold = fulfil(session, order, at=at)
    if sold is None:
        return without_use(session, payment, "tickets_not_sold", at=at)
    return sold.entry_id


def reversed_(session: Session, payment: Payment, amount_cents: int, *, at: datetime) -> int:
    """The money has gone again: unused tickets open no gate any more, the rest is a claim.

    Where it had bought nothing, the tickets are somebody's who paid for them: they stay.
    """
    if waits_apart(session, payment):
        return recover_apart(session, payment, amount_cents, at=at)
    block_tickets(session, UUID(payment.subject), key=payment.id, at=at)
    return recover(session, payment, amount_cents, account=None, at=at)

"""Orders to the bank: money that stands on 371300 and goes out, once a second person agreed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.closing_rows import is_iban
from ledger.closings import RELEASING_ROLE
from ledger.errors import constraint_of
from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.exports.batches import CAPABLE_ROLES
from reconciliation.exports.refusals import PaymentOrderRefused
from reconciliation.exports.sepa.payments import sepa_text
from reconciliation.exports.tables import export_payment, payment_order

KINDS = ("refund", "sent_back")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Money to be sent. id: made by whoever asks; the same one asks once.

    kind: refund or sent_back. subject: what it is about, by its own id. bank_account: of ours, by
    its ledger account. booked_entry: the entry that put the money on 371300.
    """

    id: UUID
    kind: str
    subject: str
    bank_account: str
    amount_cents: int
    iban: str
    holder: str
    purpose: str
    booked_entry: int


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One order as it stands. state: requested, released, submitted, paid, returned or stopped.

    iban, holder: until the money has arrived. due_on, mandate, sequence: of a collection.
    """

    id: UUID
    kind: str
    subject: str
    bank_account: str
    amount_cents: int
    iban: str | None
    holder: str | None
    purpose: str
    end_to_end_id: str
    booked_entry: int | None
    mandate: str | None
    sequence: str | None
    due_on: date | None
    requested_by: str | None
    requested_at: datetime
    released_by: str | None
    released_at: datetime | None
    state: str

    @property
    def goes_out(self) -> bool:
        """Whether it is our money that moves."""
        return self.kind != "collection"


def request_order(session: Session, by: Caller, new: NewOrder, *, at: datetime) -> PaymentOrder:
    """Ask to send money that stands on 371300; somebody else releases it.

    Raises PaymentOrderRefused: order_role, order_iban, order_text, order_known (asked before with
    other content, or its subject was), order_not_covered (the entry put less on 371300).
    """
    if by.role not in CAPABLE_ROLES:
        raise PaymentOrderRefused("order_role", role=by.role)
    if new.kind not in KINDS:
        raise ValueError(f"money is sent as one of {', '.join(KINDS)}, not as {new.kind!r}")
    if not is_iban(new.iban):
        raise PaymentOrderRefused("order_iban")
    if not (1 <= len(sepa_text(new.holder)) <= 70 and 1 <= len(sepa_text(new.purpose)) <= 140):
        raise PaymentOrderRefused("order_text")
    row = {name: getattr(new, name) for name in NewOrder.__dataclass_fields__} | {
        "end_to_end_id": new.id.hex, "requested_by": by.name, "requested_at": at,
        "state": "requested", "changed_at": at,
    }  # fmt: skip
    store_order(session, row)
    record(session, by, "payment_order.requested", about=str(new.id),
           detail={"kind": new.kind, "amount_cents": new.amount_cents})  # fmt: skip
    return order_locked(session, new.id)


def release_order(session: Session, by: Caller, order: UUID, *, at: datetime) -> PaymentOrder:
    """Let it go, as the second person; it is then in the next file.

    Raises PaymentOrderRefused (order_unknown, order_role, order_own, order_state).
    """
    if by.role != RELEASING_ROLE:
        raise PaymentOrderRefused("order_role", role=by.role)
    found = order_locked(session, order)
    if found.requested_by == by.name:
        raise PaymentOrderRefused("order_own", order=str(order))
    if found.state != "requested" or not found.goes_out:
        raise PaymentOrderRefused("order_state", state=found.state)
    set_order(session, order, "released", at=at, released_by=by.name, released_at=at)
    record(session, by, "payment_order.released", about=str(order),
           detail={"amount_cents": found.amount_cents})  # fmt: skip
    return order_locked(session, order)


def stop_order(session: Session, by: Caller, order: UUID, *, at: datetime) -> PaymentOrder:
    """Do not send or collect it after all, as long as no file has it; IBAN and name are forgotten.

    Raises PaymentOrderRefused (order_unknown, order_role, order_state).
    """
    if by.role not in CAPABLE_ROLES:
        raise PaymentOrderRefused("order_role", role=by.role)
    found = order_locked(session, order)
    waits = found.state in ("requested", "released") and found.kind != "closing_payout"
    if not waits or order in in_files(session, [order]):
        raise PaymentOrderRefused("order_state", state=found.state)
    set_order(session, order, "stopped", at=at, iban=None, holder=None)
    record(session, by, "payment_order.stopped", about=str(order))
    return order_locked(session, order)


def orders(session: Session, *, state: str, kind: str | None = None) -> list[PaymentOrder]:
    """Orders in this state, the oldest first."""
    wanted = _ORDERS.where(payment_order.c.state == state)
    if kind is not None:
        wanted = wanted.where(payment_order.c.kind == kind)
    rows = session.execute(wanted.order_by(payment_order.c.requested_at, payment_order.c.id))
    return [PaymentOrder(*row) for row in rows]


def in_files(session: Session, wanted: Collection[UUID]) -> frozenset[UUID]:
    """Those of the orders that are in a file which was not refused."""
    of = export_payment.c
    found = select(of.payment_order).where(of.payment_order.in_(list(wanted)), of.is_live)
    return frozenset(session.scalars(found))


def order_locked(session: Session, order: UUID) -> PaymentOrder:
    """The order, which nobody else changes until the transaction ends.

    Raises PaymentOrderRefused (order_unknown).
    """
    wanted = _ORDERS.where(payment_order.c.id == order).with_for_update()
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise PaymentOrderRefused("order_unknown", order=str(order))
    return PaymentOrder(*row)


def waiting_payouts(session: Session) -> list[PaymentOrder]:
    """Payouts that the next file takes in, as the orders they will be."""
    return [PaymentOrder(*row) for row in session.execute(text(_PAYOUTS))]


def follow_payouts(session: Session, *, at: datetime) -> None:
    """Bring payouts of closed accounts in: released ones as orders, and what became of others.

    Who releases a closing is the second person beside the payer, so they are released orders.
    """
    session.execute(text(_ADOPT), {"at": at})
    session.execute(text(_FOLLOW), {"at": at})


def store_order(session: Session, row: dict[str, Any]) -> None:
    """Write a new order; the same one again is none. Raises as `request_order`."""
    known = session.execute(
        select(payment_order).where(payment_order.c.id == row["id"])
    ).one_or_none()
    if known is not None:
        moves = ("state", "changed_at", "requested_at", "iban", "holder")
        if any(known._mapping[name] != row[name] for name in row if name not in moves):
            raise PaymentOrderRefused("order_known", order=str(row["id"]))
        return
    try:
        with session.begin_nested():
            session.execute(insert(payment_order), [row])
    except IntegrityError as refused:
        code = {"payment_order_covered": "order_not_covered", "payment_order_once": "order_known",
                "payment_order_pkey": "order_known",
                "payment_order_booked": "order_not_covered"}.get(
            constraint_of(refused) or "")  # fmt: skip
        if code is None:
            raise
        raise PaymentOrderRefused(code, subject=row["subject"]) from refused


def set_order(session: Session, order: UUID, state: str, *, at: datetime, **more: Any) -> None:
    """Bring an order to a state; the database lets it go forward only."""
    session.execute(
        update(payment_order)
        .where(payment_order.c.id == order)
        .values(state=state, changed_at=at, **more)
    )


_ORDERS = select(*(payment_order.c[name] for name in PaymentOrder.__dataclass_fields__))

# Payouts of closed accounts that are no orders yet, as the orders they will be.
_PAYOUTS = """
    SELECT p.id, 'closing_payout' AS kind, p.id::text AS subject, '181010' AS bank_account,
           p.amount_cents, c.iban, c.holder, 'Guthaben ' || c.wallet AS purpose,
           replace(p.id::text, '-', '') AS end_to_end_id, c.entry_id AS booked_entry,
           NULL AS mandate, NULL AS sequence, CAST(NULL AS date) AS due_on, NULL AS requested_by,
           c.requested_at, c.released_by, c.released_at, 'released' AS state
      FROM closing_payout p JOIN wallet_closing c ON c.id = p.closing
     WHERE p.way = 'transfer' AND p.state = 'released' AND c.iban IS NOT NULL
       AND NOT EXISTS (SELECT FROM payment_order o WHERE o.id = p.id)
     ORDER BY p.changed_at, p.id"""

_ADOPT = f"""
    INSERT INTO payment_order ({", ".join(PaymentOrder.__dataclass_fields__)}, changed_at)
    SELECT found.*, :at FROM ({_PAYOUTS}) found"""

# A payout that moved without its order: what was not sent by us yet must not be sent any more.
_FOLLOW = """
    UPDATE payment_order o
       SET state = CASE WHEN o.state = 'released' THEN 'stopped'
                        WHEN p.state = 'paid_out' THEN 'paid' ELSE 'returned' END,
           iban = NULL, holder = NULL, changed_at = :at, paid_entry = p.paid_entry,
           returned_entry = p.returned_entry
      FROM closing_payout p
     WHERE p.id = o.id AND o.kind = 'closing_payout'
       AND (p.state <> 'released' AND o.state = 'released'
            OR p.state = 'paid_out' AND o.state = 'submitted'
            OR p.state IN ('came_back', 'replaced') AND o.state IN ('submitted', 'paid'))"""

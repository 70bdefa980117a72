"""Collections by SEPA direct debit: mandates, and what is to be collected by them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, business_day, is_bank_day
from ledger.closing_rows import is_iban
from ledger.errors import constraint_of
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.wallets import BANKS, find_wallet
from reconciliation.exports.batches import CAPABLE_ROLES
from reconciliation.exports.refusals import PaymentOrderRefused
from reconciliation.exports.sepa.orders import PaymentOrder, order_locked, store_order
from reconciliation.exports.sepa.payments import sepa_text
from reconciliation.exports.tables import mandate, payment_order

LAPSES_MONTHS = 36  # after its last use (SEPA Core rulebook 4.7)
LONGEST_AHEAD = timedelta(days=14)
SEQUENCES = ("RCUR", "FRST", "OOFF", "FNAL")


@dataclass(frozen=True, slots=True)
class Mandate:
    """A payer's consent to be debited. id: the mandate reference on paper."""

    id: str
    wallet: str
    iban: str
    holder: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class NewCollection:
    """What is to be collected. id: made by whoever asks; the same one asks once."""

    id: UUID
    mandate: str
    amount_cents: int
    due_on: date
    purpose: str
    sequence: str = "RCUR"


def add_mandate(session: Session, by: Caller, new: Mandate, *, at: datetime) -> None:
    """Keep a mandate that was signed.

    Raises PaymentOrderRefused (order_role, order_iban, order_text, mandate_known) and
    mandate_unknown where there is no such wallet.
    """
    if by.role not in CAPABLE_ROLES:
        raise PaymentOrderRefused("order_role", role=by.role)
    if not is_iban(new.iban):
        raise PaymentOrderRefused("order_iban")
    if not 1 <= len(sepa_text(new.holder)) <= 70:
        raise PaymentOrderRefused("order_text")
    if find_wallet(session, new.wallet) is None:
        raise PaymentOrderRefused("mandate_unknown", wallet=new.wallet)
    row = {name: getattr(new, name) for name in Mandate.__dataclass_fields__} | {"added_at": at}
    try:
        with session.begin_nested():
            session.execute(insert(mandate), [row])
    except IntegrityError as refused:
        if constraint_of(refused) != "mandate_pkey":
            raise
        raise PaymentOrderRefused("mandate_known", mandate=new.id) from refused
    record(session, by, "mandate.added", about=new.id)


def end_mandate(session: Session, name: str, *, at: datetime) -> None:
    """Collect by it no more; its IBAN and holder are forgotten. Ending it again changes nothing."""
    session.execute(
        update(mandate)
        .where(mandate.c.id == name, mandate.c.ended_at.is_(None))
        .values(ended_at=at, iban=None, holder=None)
    )


def request_collection(
    session: Session, by: Caller, new: NewCollection, *, at: datetime
) -> PaymentOrder:
    """Have an amount collected on its due date, in a file that a second person releases.

    Raises PaymentOrderRefused: order_role, order_text, order_known, mandate_unknown (none, or
    ended), mandate_lapsed, collection_due (no bank day, or not between the next bank day and 14
    days from now).
    """
    if by.role not in CAPABLE_ROLES:
        raise PaymentOrderRefused("order_role", role=by.role)
    if new.sequence not in SEQUENCES:
        raise ValueError(f"a sequence is one of {', '.join(SEQUENCES)}, not {new.sequence!r}")
    if not 1 <= len(sepa_text(new.purpose)) <= 140:
        raise PaymentOrderRefused("order_text")
    check_due(new.due_on, at=at)
    row = session.execute(select(mandate).where(mandate.c.id == new.mandate)).one_or_none()
    if row is None or row.ended_at is not None:
        raise PaymentOrderRefused("mandate_unknown", mandate=new.mandate)
    used = _last_use(session, new.mandate) or row.signed_on
    if _months(used, new.due_on) >= LAPSES_MONTHS:
        raise PaymentOrderRefused("mandate_lapsed", mandate=new.mandate, used_on=used)
    found = find_wallet(session, row.wallet)
    assert found is not None
    order = {
        "id": new.id, "kind": "collection", "subject": str(new.id),
        "bank_account": BANKS[found.kind], "amount_cents": new.amount_cents, "iban": row.iban,
        "holder": row.holder, "purpose": new.purpose, "end_to_end_id": new.id.hex,
        "mandate": new.mandate, "sequence": new.sequence, "due_on": new.due_on,
        "requested_by": by.name, "requested_at": at, "state": "requested", "changed_at": at,
    }  # fmt: skip
    store_order(session, order)
    record(session, by, "payment_order.requested", about=str(new.id),
           detail={"kind": "collection", "amount_cents": new.amount_cents})  # fmt: skip
    return order_locked(session, new.id)


def check_due(due_on: date, *, at: datetime, days_ahead: int = 1) -> None:
    """Refuse a due date the bank would not take any more, or not yet.

    Raises PaymentOrderRefused (collection_due, with the first and last day that do).
    """
    today = business_day(at)
    first, last = add_bank_days(today, days_ahead), today + LONGEST_AHEAD
    if not is_bank_day(today):  # handed in on the next bank day, and then so many days ahead
        first = add_bank_days(add_bank_days(today, 0), days_ahead)
    if not is_bank_day(due_on) or not first <= due_on <= last:
        raise PaymentOrderRefused("collection_due", due_on=due_on, first=first, last=last)


def _last_use(session: Session, name: str) -> date | None:
    of = payment_order.c
    used = select(func.max(of.due_on)).where(
        of.mandate == name, of.state.in_(("submitted", "paid"))
    )
    last: date | None = session.scalar(used)
    return last


def _months(earlier: date, later: date) -> int:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if later.day >= earlier.day else months - 1

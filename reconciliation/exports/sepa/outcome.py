"""What the bank did with an order: paid, sent back, or refused before it moved anything.

Booked here once each, whoever notices it: the night, from a bank line that names the order.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.closing_payouts import payout_arrived, payout_returned
from ledger.entries import Dimensions, Entry, Posted
from ledger.journal import post
from ledger.periods import first_open_day
from ledger.sub_accounts import lock_funds
from ledger.tables.families import closing_payout
from reconciliation.exports.refusals import PaymentOrderRefused
from reconciliation.exports.sepa.direct_debits import end_mandate
from reconciliation.exports.sepa.files import wallet_account
from reconciliation.exports.sepa.orders import (
    PaymentOrder,
    follow_payouts,
    order_locked,
    set_order,
)
from reconciliation.exports.tables import payment_order

CLAIMS = "171200"
# With these the payer's bank says that this mandate will not work again.
STOPPING = frozenset({"AC01", "AC04", "AC06", "AG01", "MD01", "MD06", "MD07", "MS02"})
FORGOTTEN = {"iban": None, "holder": None}


def order_of(session: Session, end_to_end_id: str) -> PaymentOrder | None:
    """The order a bank line names, or None."""
    of = payment_order.c
    wanted = select(*(of[name] for name in PaymentOrder.__dataclass_fields__))
    row = session.execute(wanted.where(of.end_to_end_id == end_to_end_id)).one_or_none()
    return None if row is None else PaymentOrder(*row)


def order_paid(session: Session, order: UUID, *, bank: str, at: datetime) -> int:
    """The bank moved the money as ordered; returns the entry, of the first time too.

    bank: the ledger account whose statement says so. at: an instant of the day to book it on.
    Raises PaymentOrderRefused (order_unknown, order_state).
    """
    found = order_locked(session, order)
    if (known := _entry(session, order, "paid_entry")) is not None:
        return known
    if found.state != "submitted":
        raise PaymentOrderRefused("order_state", state=found.state)
    if found.kind == "closing_payout":
        payout_arrived(session, order, at=at)
        entry_id = _of_payout(session, order, "paid_entry")
    elif found.goes_out:
        entry_id = _book(session, found, "refund_paid", {"refund_to": bank}, at=at)
    else:
        entry_id = _book(session, found, "direct_debit_settled", {"bank": bank}, at=at)
    set_order(session, order, "paid", at=at, paid_entry=entry_id, **FORGOTTEN)
    return entry_id


def order_returned(
    session: Session, order: UUID, *, bank: str, at: datetime, cost_cents: int = 0,
    reason: str | None = None,
) -> int:  # fmt: skip
    """Money that was paid came back, or was taken back; returns the entry, of the first time too.

    cost_cents: what the bank took on top, of a collection. reason: ISO 20022, `MD06`; those that
    end a mandate end it. A collection is taken back from its wallet, or is a claim where the
    wallet has been spent. Raises PaymentOrderRefused (order_unknown, order_state).
    """
    found = order_locked(session, order)
    if (known := _entry(session, order, "returned_entry")) is not None:
        return known
    if found.kind == "closing_payout":
        follow_payouts(session, at=at)  # it may have been booked as paid without us
        found = order_locked(session, order)
    if found.state != "paid":
        raise PaymentOrderRefused("order_state", state=found.state)
    if found.kind == "closing_payout":
        payout_returned(session, order, at=at)
        entry_id = _of_payout(session, order, "returned_entry")
    elif found.goes_out:
        entry_id = _book(session, found, "wallet_payout_returned", {"refund_to": bank}, at=at)
    else:
        roles = {"owed_by": _owed_by(session, found), "bank": bank}
        entry_id = _book(session, found, "direct_debit_returned", roles, at=at, cost=cost_cents)
        _stop_mandate(session, found, reason, at=at)
    set_order(session, order, "returned", at=at, returned_entry=entry_id, **FORGOTTEN)
    return entry_id


def order_rejected(
    session: Session, order: UUID, *, at: datetime, reason: str | None = None
) -> None:
    """The bank refused a submitted payment before it moved anything (pain.002); again is once.

    Money out is still on 371300 and can be ordered anew; what was to be collected becomes a claim
    (rule 8). Raises PaymentOrderRefused (order_unknown, order_state).
    """
    found = order_locked(session, order)
    if found.state == "returned":
        return
    if found.state != "submitted":
        raise PaymentOrderRefused("order_state", state=found.state)
    entries = {}
    if found.kind == "closing_payout":
        payout_returned(session, order, at=at)
    elif not found.goes_out:
        entries["returned_entry"] = _book(session, found, "direct_debit_failed", {}, at=at)
        _stop_mandate(session, found, reason, at=at)
    set_order(session, order, "returned", at=at, **entries, **FORGOTTEN)


def _book(
    session: Session, found: PaymentOrder, event: str, roles: Mapping[str, str], *,
    at: datetime, cost: int | None = None,
) -> int:  # fmt: skip
    amounts = {"amount": found.amount_cents} | ({} if cost is None else {"bank_cost": cost})
    channel = "transfer" if found.goes_out else None
    transfers = posted_catalogue(session).rulebook.transfers(
        event, amounts=amounts, roles=roles, dimensions=Dimensions(channel=channel)
    )
    day = first_open_day(session, business_day(at))
    entry = Entry(uuid5(found.id, event), event, day, transfers, reference=found.end_to_end_id)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted):
        raise PaymentOrderRefused(getattr(outcome, "code", "order_state"), order=str(found.id))
    return outcome.entry_id


def _owed_by(session: Session, found: PaymentOrder) -> str:
    account = wallet_account(session, found)
    left = lock_funds(session, [account]).get(account, 0)
    return account if left >= found.amount_cents else CLAIMS


def _stop_mandate(
    session: Session, found: PaymentOrder, reason: str | None, *, at: datetime
) -> None:
    if reason in STOPPING and found.mandate is not None:
        end_mandate(session, found.mandate, at=at)


def _entry(session: Session, order: UUID, column: str) -> int | None:
    of = payment_order.c
    known: int | None = session.scalar(select(of[column]).where(of.id == order))
    return known


def _of_payout(session: Session, payout: UUID, column: str) -> int:
    of = closing_payout.c
    return int(session.execute(select(of[column]).where(of.id == payout)).scalar_one())

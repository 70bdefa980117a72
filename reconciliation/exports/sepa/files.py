"""Files for the bank: made by one person, released by another, each payment in one file once.

With its release a file's payments count as submitted: payouts are on their way, and collections
are booked (rule 7). A file that is refused sets its payments free for another one.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID, uuid5

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.stored import stored_bank_accounts
from ledger.closing_payouts import payout_sent
from ledger.closings import RELEASING_ROLE
from ledger.entries import Dimensions, Entry, Posted
from ledger.errors import constraint_of
from ledger.journal import post
from ledger.locks import lock_export, share_fence
from ledger.periods import first_open_day
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.wallets import find_wallet
from reconciliation.exports import Settings
from reconciliation.exports.batches import CAPABLE_ROLES, store_file
from reconciliation.exports.handover import Batch, find_batch
from reconciliation.exports.refusals import ExportRefused, PaymentOrderRefused
from reconciliation.exports.sepa.direct_debits import check_due
from reconciliation.exports.sepa.orders import (
    PaymentOrder,
    follow_payouts,
    in_files,
    order_locked,
    orders,
    set_order,
    waiting_payouts,
)
from reconciliation.exports.sepa.payments import (
    SCHEMAS,
    SEPA,
    TRANSFER,
    Message,
    Party,
    Payment,
    party_of,
    payment_file,
)
from reconciliation.exports.tables import (
    export_batch,
    export_decision,
    export_payment,
    mandate,
)


@dataclass(frozen=True, slots=True)
class Held:
    """An order that goes into no file yet, and why: the code of a refusal."""

    order: PaymentOrder
    code: str


def ready_orders(
    session: Session, format: str, *, settings: Mapping[str, Settings], at: datetime
) -> tuple[list[PaymentOrder], list[Held]]:
    """What the next files of this format would hold, and what is held back.

    Held back: money out that nobody has released (order_not_released), collections whose due date
    cannot be met (collection_due) or whose mandate has ended (mandate_unknown).
    """
    if format == TRANSFER:
        asked = [one for one in orders(session, state="requested") if one.goes_out]
        ready = _free(session, orders(session, state="released")) + waiting_payouts(session)
        return ready, [Held(one, "order_not_released") for one in asked]
    party = party_of(settings.get(SEPA, {}))
    waiting = _free(session, orders(session, state="requested", kind="collection"))
    codes = {one.id: _why_not(session, one, party, at) for one in waiting}
    held = [Held(one, code) for one in waiting if (code := codes[one.id])]
    return [one for one in waiting if codes[one.id] is None], held


def create_files(
    session: Session, by: Caller, format: str, *, settings: Mapping[str, Settings], at: datetime
) -> list[int]:
    """Make the files of everything that is ready, one for each account of ours; their numbers.

    Nothing moves yet: a second person releases each. Raises ExportRefused (export_role,
    export_empty) and SettingsWrong.
    """
    if by.role not in CAPABLE_ROLES or by.person is None:
        raise ExportRefused("export_role", role=by.role)
    if format not in SCHEMAS:
        raise ExportRefused("export_unknown", format=format)
    party = party_of(settings.get(SEPA, {}))
    lock_export(session, format)
    follow_payouts(session, at=at)
    ready, _ = ready_orders(session, format, settings=settings, at=at)
    if not ready:
        raise ExportRefused("export_empty", format=format)
    by_account = sorted(ready, key=lambda one: one.bank_account)
    numbers = []
    for account, group in groupby(by_account, key=lambda one: one.bank_account):
        number = _next_number(session, format)
        message = Message(format, number, _iban(session, account), at)
        _write(session, by, message, list(group), party)
        numbers.append(number)
    return numbers


def release_file(
    session: Session, by: Caller, format: str, number: int, *,
    settings: Mapping[str, Settings], at: datetime,
) -> Batch:  # fmt: skip
    """Let a file go, as the second person; its payments are submitted from now on.

    Raises ExportRefused (export_role, export_own, export_decided, export_unknown),
    PaymentOrderRefused (collection_due: too late for the bank by now; mandate_unknown: it has
    ended; order_state: the money went another way), and what the ledger refuses.
    """
    share_fence(session)
    found = _to_decide(session, by, format, number)
    party = party_of(settings.get(SEPA, {}))
    inside = [order_locked(session, one) for one in _orders_in(session, found)]
    for one in inside:
        if one.state != ("released" if one.goes_out else "requested"):
            raise PaymentOrderRefused("order_state", order=str(one.id), state=one.state)
    _book_collections(session, [one for one in inside if not one.goes_out], party, at=at)
    for one in inside:
        if one.kind == "closing_payout":
            payout_sent(session, one.id, at=at)
        if one.goes_out:
            set_order(session, one.id, "submitted", at=at)
    _decide(session, by, found, "released", None, at=at)
    return find_batch(session, format, number)


def refuse_file(
    session: Session, by: Caller, format: str, number: int, *, words: str, at: datetime
) -> Batch:
    """Do not let it go: it stays as it is, and its payments may go into another file.

    Raises ExportRefused (export_role, export_own, export_decided, export_words).
    """
    found = _to_decide(session, by, format, number)
    if not 1 <= len(words) <= 300:
        raise ExportRefused("export_words", kind="refused")
    _decide(session, by, found, "refused", words, at=at)
    of = export_payment.c
    session.execute(
        update(export_payment).where(of.format == format, of.number == number).values(is_live=False)
    )
    return find_batch(session, format, number)


def _write(
    session: Session, by: Caller, message: Message, inside: Sequence[PaymentOrder], party: Party
) -> None:
    payments = [_payment(session, one, message) for one in inside]
    content = payment_file(message, payments, party)
    row = {
        "format": message.format, "number": message.number,
        "first_day": min(one.due_on for one in payments),
        "last_day": max(one.due_on for one in payments), "entry_count": len(payments),
        "transfer_count": len(payments), "created_at": message.made_at, "created_by": by.name,
        "amount_cents": sum(one.amount_cents for one in payments),
    }  # fmt: skip
    session.execute(insert(export_batch), [row])
    session.execute(insert(export_payment), [
        {"format": message.format, "number": message.number, "payment_order": one.id,
         "payment_info": message.payment_info(n), "is_live": True}
        for n, one in enumerate(inside, start=1)
    ])  # fmt: skip
    name = f"{SCHEMAS[message.format]}-{message.number:06d}.xml"
    file = io.BytesIO(content)
    store_file(session, message.format, message.number, name=name, file=file)
    record(session, by, "export.created", about=f"{message.format} {message.number}")


def _payment(session: Session, one: PaymentOrder, message: Message) -> Payment:
    assert one.iban is not None
    assert one.holder is not None
    due_on = one.due_on or add_bank_days(business_day(message.made_at), 0)
    signed_on: date | None = None
    if one.mandate is not None:
        signed_on = session.scalar(select(mandate.c.signed_on).where(mandate.c.id == one.mandate))
    return Payment(
        one.end_to_end_id, one.amount_cents, one.iban, one.holder, one.purpose, due_on,
        one.mandate, signed_on, one.sequence,
    )  # fmt: skip


def _book_collections(
    session: Session, inside: Sequence[PaymentOrder], party: Party, *, at: datetime
) -> None:
    """Rule 7: what is collected is on the wallet from now on, provisionally."""
    if not inside:
        return
    for one in inside:
        if code := _why_not(session, one, party, at):
            raise PaymentOrderRefused(code, order=str(one.id), due_on=one.due_on)
    day = first_open_day(session, business_day(at))
    entries = [_submission(session, one, day) for one in inside]
    outcomes = post(session, entries, all_or_nothing=True)
    for one, outcome in zip(inside, outcomes, strict=True):
        if not isinstance(outcome, Posted):
            raise PaymentOrderRefused(getattr(outcome, "code", "order_state"), order=str(one.id))
        set_order(session, one.id, "submitted", at=at, submitted_entry=outcome.entry_id)


def _submission(session: Session, one: PaymentOrder, day: date) -> Entry:
    transfers = posted_catalogue(session).rulebook.transfers(
        "direct_debit_submitted", amounts={"amount": one.amount_cents},
        roles={"wallet": wallet_account(session, one)}, dimensions=Dimensions(),
    )  # fmt: skip
    key = uuid5(one.id, "direct_debit_submitted")
    return Entry(key, "direct_debit_submitted", day, transfers, reference=one.end_to_end_id)


def wallet_account(session: Session, one: PaymentOrder) -> str:
    """The ledger account of the wallet a collection is for."""
    code = session.scalar(select(mandate.c.wallet).where(mandate.c.id == one.mandate))
    found = find_wallet(session, code or "")
    assert found is not None
    return found.account


def _to_decide(session: Session, by: Caller, format: str, number: int) -> Batch:
    if by.role != RELEASING_ROLE or by.person is None:
        raise ExportRefused("export_role", role=by.role)
    if format not in SCHEMAS:
        raise ExportRefused("export_unknown", format=format, number=number)
    lock_export(session, format)
    found = find_batch(session, format, number)
    if found.decision is not None:
        raise ExportRefused("export_decided", decision=found.decision)
    if found.created_by == by.name:
        raise ExportRefused("export_own", number=number)
    return found


def _decide(
    session: Session, by: Caller, found: Batch, decision: str, words: str | None, *, at: datetime
) -> None:
    row = {
        "format": found.format, "number": found.number, "created_by": found.created_by,
        "decision": decision, "decided_by": by.name, "decided_at": at, "words": words,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(export_decision), [row])
    except IntegrityError as refused:
        if constraint_of(refused) != "export_decision_by_second_person":
            raise
        raise ExportRefused("export_own", number=found.number) from refused
    about = f"{found.format} {found.number}"
    detail = {"amount_cents": found.amount_cents, "payments": found.entry_count}
    record(session, by, f"export.{decision}", about=about, detail=detail)


def _orders_in(session: Session, found: Batch) -> list[UUID]:
    of = export_payment.c
    wanted = select(of.payment_order).where(of.format == found.format, of.number == found.number)
    return list(session.scalars(wanted.order_by(of.payment_info)))


def _why_not(session: Session, one: PaymentOrder, party: Party, at: datetime) -> str | None:
    ended = select(mandate.c.ended_at).where(mandate.c.id == one.mandate)
    if session.scalar(ended) is not None:
        return "mandate_unknown"
    assert one.due_on is not None
    try:
        check_due(one.due_on, at=at, days_ahead=party.days_ahead)
    except PaymentOrderRefused as no:
        return no.code
    return None


def _free(session: Session, waiting: Sequence[PaymentOrder]) -> list[PaymentOrder]:
    taken = in_files(session, [one.id for one in waiting])
    return [one for one in waiting if one.iban is not None and one.id not in taken]


def _next_number(session: Session, format: str) -> int:
    found = session.execute(
        text("SELECT coalesce(max(number), 0) + 1 FROM export_batch WHERE format = :format"),
        {"format": format},
    )
    return int(found.scalar_one())


def _iban(session: Session, account: str) -> str:
    return next(one.iban for one in stored_bank_accounts(session) if one.account == account)

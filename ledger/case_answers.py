"""Answering cases: finance gives back, refuses or assigns; a second person agrees to more."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.approvals import Request, request_approval
from ledger.calendar import business_day
from ledger.case_rows import Case, CaseStep, add_step, case_locked, open_case_locked
from ledger.cases import LONGEST_WORDS, CaseRefused
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Posted, Refused
from ledger.goodwill import charged_meal, grant
from ledger.journal import post
from ledger.periods import first_open_day
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.families import unclear_assignment
from ledger.wallets import UnknownWallet, find_wallet

ANSWERS = ("granted", "partly", "refused")


@dataclass(frozen=True, slots=True)
class Answer:
    """What finance says. kind: granted, partly (with amount_cents) or refused (with words)."""

    kind: str
    words: str | None = None
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class UnclearReceipt:
    """Money that arrived and that nobody knows: entry, day, cents, and the bank line's name."""

    entry_id: int
    booked_on: date
    amount_cents: int
    reference: str | None


def answer_case(session: Session, by: Caller, case: UUID, said: Answer, *, at: datetime) -> Case:
    """Answer an open case as a person of finance.

    A disputed charge is given back at once, or waits for a second person above the limit; then
    the case stays open and says so. Raises UnknownCase, CaseNotOpen, CaseRefused (case_proposed,
    case_words, case_answer, goodwill_amount), GoodwillRefused.
    """
    found = open_case_locked(session, case)
    _check(found, said)
    detail = {"kind": found.kind, "answer": said.kind, "amount_cents": said.amount_cents}
    record(session, by, "case.answered", about=str(case), detail=detail)
    if said.kind != "refused" and found.kind == "charge_dispute":
        _propose(session, by, found, said, at=at)
    else:
        add_step(
            session, case, said.kind, at=at, staff=by.name, words=said.words,
            amount_cents=said.amount_cents,
        )  # fmt: skip
    return case_locked(session, case)


def unclear_receipts(session: Session) -> list[UnclearReceipt]:
    """Unclear money nobody has assigned yet, the oldest first: for finance's eyes alone."""
    rows = session.execute(text(f"{_UNCLEAR} ORDER BY e.id"), {"receipt": None})
    return [UnclearReceipt(*row) for row in rows]


def assign_receipt(session: Session, by: Caller, case: UUID, receipt: int, *, at: datetime) -> Case:
    """Book an unclear receipt onto the wallet of a missing_transfer case, once for all time.

    Raises UnknownCase, CaseNotOpen, CaseRefused (case_answer; receipt_unknown, also for one that
    has been assigned) and what the journal refuses.
    """
    found = open_case_locked(session, case)
    if found.kind != "missing_transfer" or found.wallet is None:
        raise CaseRefused("case_answer", case=str(case))
    row = session.execute(text(_UNCLEAR), {"receipt": receipt}).one_or_none()
    if row is None:
        raise CaseRefused("receipt_unknown", receipt=receipt)
    entry_id = _assign(session, found, UnclearReceipt(*row), at=at)
    assignment = {"receipt": receipt, "payer_case": case, "entry_id": entry_id}
    session.execute(insert(unclear_assignment), [assignment])
    add_step(
        session, case, "granted", at=at, staff=by.name, amount_cents=row.amount_cents,
        entry_id=entry_id,
    )  # fmt: skip
    detail = {"receipt": receipt, "amount_cents": row.amount_cents}
    record(session, by, "case.receipt_assigned", about=str(case), detail=detail)
    return case_locked(session, case)


def _check(found: Case, said: Answer) -> None:
    case = str(found.id)
    if found.awaits_approval:
        raise CaseRefused("case_proposed", case=case)
    if said.kind not in ANSWERS or (said.kind == "partly") != (said.amount_cents is not None):
        raise CaseRefused("case_answer", case=case)
    if found.kind == "missing_transfer" and said.kind != "refused":
        raise CaseRefused("case_answer", case=case)  # granted by assigning the receipt
    if said.kind == "refused" and not said.words:
        raise CaseRefused("case_words", case=case)
    if said.words is not None and not 1 <= len(said.words) <= LONGEST_WORDS:
        raise CaseRefused("case_words", case=case)


def _propose(session: Session, by: Caller, found: Case, said: Answer, *, at: datetime) -> None:
    charge = UUID(found.subject)
    charged = charged_meal(session, charge)
    if said.amount_cents is not None and not 0 < said.amount_cents < charged.total_cents:
        raise CaseRefused("goodwill_amount", most_cents=charged.own_cents)
    number = len(found.steps) + 1
    approval = uuid5(found.id, f"proposal {number}")
    asked = Request(
        approval, "meal_goodwill", str(found.id), None, None,
        said.amount_cents or charged.total_cents, (said.words or found.reason)[:200], by.name, at,
    )  # fmt: skip
    state = request_approval(session, asked)
    proposed = CaseStep(
        number, "proposed", at, by.name, said.words, said.amount_cents, None, approval
    )
    add_step(
        session, found.id, "proposed", at=at, staff=by.name, words=said.words,
        amount_cents=said.amount_cents, approval=approval,
    )  # fmt: skip
    if state == "approved":
        grant(session, charge, found.id, proposed, staff=by.name, at=at)


def _assign(session: Session, found: Case, receipt: UnclearReceipt, *, at: datetime) -> int:
    wallet = find_wallet(session, found.wallet or "")
    if wallet is None:
        raise UnknownWallet(found.wallet or "")
    day = first_open_day(session, business_day(at))
    transfers = posted_catalogue(session).rulebook.transfers(
        "unclear_assigned", amounts={"amount": receipt.amount_cents},
        roles={"assigned_to": wallet.account}, dimensions=Dimensions(),
    )  # fmt: skip
    # The key follows from the receipt: two people who assign it at once book it once.
    key = uuid5(_receipt_key(session, receipt.entry_id), "assigned")
    entry = Entry(key, "unclear_assigned", day, transfers, reference=receipt.reference)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted) or outcome.replayed:
        code = outcome.code if isinstance(outcome, Refused) else "receipt_unknown"
        raise CaseRefused(code, receipt=receipt.entry_id)
    return outcome.entry_id


def _receipt_key(session: Session, entry_id: int) -> Any:
    return session.execute(text("SELECT key FROM entry WHERE id = :id"), {"id": entry_id}).scalar()


# A receipt was assigned under its bank line's name, by a person or by the night; what was taken
# back is unclear again.
_UNCLEAR = """
    SELECT e.id, e.booked_on, t.amount_cents, e.reference
      FROM account a JOIN transfer t ON t.credit_account = a.id
      JOIN entry e ON e.id = t.entry_id
     WHERE a.code = '371100' AND e.event = 'unclear_receipt'
       AND (CAST(:receipt AS bigint) IS NULL OR e.id = :receipt)
       AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id)
       AND NOT EXISTS (SELECT FROM transfer b JOIN entry f ON f.id = b.entry_id
                        WHERE b.debit_account = a.id AND f.event = 'unclear_assigned'
                          AND f.reference = e.reference
                          AND NOT EXISTS (SELECT FROM entry t WHERE t.reverses = f.id))"""

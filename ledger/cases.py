"""Cases: what a payer asks the city to look at, and what it answers.

A charge that does not seem right, a transfer that does not show, a payment nobody knows. The
charge itself stays as it is: an answer that gives money back is a booking of its own.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.case_rows import (
    Case,
    CaseNotOpen,
    CaseStep,
    UnknownCase,
    add_step,
    case_locked,
    open_case_locked,
    read_cases,
)
from ledger.locks import lock_cases
from ledger.movements import movement
from ledger.outcomes import ServiceRefusal
from ledger.tables.families import payer_case, payer_case_step

DISPUTE_REASONS = ("was_absent", "was_cancelled", "wrong_price", "other")
DISPUTED_WITHIN = timedelta(weeks=8)
MOST_MISSED = 3  # transfers at a time: nobody can fish for foreign money
LONGEST_WORDS = 500
FINANCE_KINDS = ("unknown_payment", "payment_return", "closing", "other")

__all__ = ["Case", "CaseNotOpen", "CaseStep", "UnknownCase"]


class CaseRefused(ServiceRefusal):
    """Such a case is not opened, or not answered like this: `code` says why."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is asked; see Case. id: made where it is asked, so that asking twice opens one."""

    id: UUID
    kind: str
    reason: str
    at: datetime
    wallet: str | None = None
    subject: str | None = None
    words: str | None = None
    amount_cents: int | None = None
    paid_on: date | None = None
    iban_end: str | None = None


def open_case(
    session: Session, key: UUID, *, kind: str, wallet: str | None, subject: str | None,
    reason: str, words: str | None = None, at: datetime,
) -> Case:  # fmt: skip
    """Open a case under the key its asker made; the same key, or subject, finds it again.

    A charge_dispute is held against the wallet's own charges. Raises CaseRefused
    (dispute_unknown_charge, dispute_reason, dispute_too_late, case_words) and, for a subject that
    is another wallet's, UnknownCase.
    """
    asked = NewCase(key, kind, reason, at, wallet, subject, words)
    if kind == "charge_dispute":
        _check_dispute(session, asked)
    elif kind not in FINANCE_KINDS:
        raise ValueError(f"a case of the kind {kind!r} is not opened here")
    return _open(session, asked)


def claim_transfer(
    session: Session, wallet: str, *, key: UUID, amount_cents: int, paid_on: date,
    iban_end: str | None = None, words: str | None = None, at: datetime,
) -> Case:  # fmt: skip
    """Miss a transfer: finance looks for it among the unclear receipts.

    The payer is never told what was found until it is decided. At most three are open at a time.
    Raises CaseRefused (claim_amount, claim_day, claim_iban, claims_too_many, case_words).
    """
    lock_cases(session, wallet)
    today = business_day(at)
    asked = NewCase(
        key, "missing_transfer", "not_arrived", at, wallet, None, words, amount_cents, paid_on,
        iban_end,
    )  # fmt: skip
    if not 0 < amount_cents <= 1_000_000:
        raise CaseRefused("claim_amount", subject=wallet)
    if not today - timedelta(days=400) <= paid_on <= today:
        raise CaseRefused("claim_day", subject=wallet)
    if iban_end is not None and not (
        len(iban_end) == 4
        and iban_end.isascii()
        and iban_end.isalnum()
        and iban_end == iban_end.upper()
    ):
        raise CaseRefused("claim_iban", subject=wallet)
    known = session.scalar(select(payer_case.c.id).where(payer_case.c.id == key))
    if known is None and _open_claims(session, wallet) >= MOST_MISSED:
        raise CaseRefused("claims_too_many", subject=wallet)
    return _open(session, asked)


def ask_again(session: Session, wallet: str, case: UUID, *, words: str, at: datetime) -> Case:
    """Ask once more after a no; the case is open again. Raises UnknownCase and CaseNotOpen."""
    found = case_locked(session, case, wallet=wallet)
    if found.state == "open" and found.steps[-1].kind == "asked_again":
        return _for_payer(found)  # sent twice
    if not found.may_ask_again:
        raise CaseNotOpen(case, found.state)
    add_step(session, case, "asked_again", at=at, words=_words(words, str(case)))
    return _for_payer(case_locked(session, case))


def withdraw_case(session: Session, wallet: str, case: UUID, *, at: datetime) -> Case:
    """The payer does not ask any more; doing so twice is once. Raises as `ask_again`."""
    found = case_locked(session, case, wallet=wallet)
    if found.state != "withdrawn":
        found = open_case_locked(session, case, wallet=wallet)
        add_step(session, case, "withdrawn", at=at)
    return _for_payer(case_locked(session, case))


def forget_words(session: Session, wallet: str) -> None:
    """What the payer wrote is forgotten; that there was a case, and how it ended, stays."""
    own = select(payer_case.c.id).where(payer_case.c.wallet == wallet)
    session.execute(update(payer_case).where(payer_case.c.wallet == wallet).values(words=None))
    said = payer_case_step.c
    session.execute(
        update(payer_case_step)
        .where(said.payer_case.in_(own), said.staff.is_(None), said.words.is_not(None))
        .values(words=None)
    )


def cases_of(session: Session, wallet: str) -> list[Case]:
    """The payer's own cases, the newest first, without the names of who answered."""
    wanted = select(payer_case).where(payer_case.c.wallet == wallet)
    return [_for_payer(one) for one in read_cases(session, wanted.order_by(*_NEWEST))]


def case_of(session: Session, wallet: str, case: UUID) -> Case | None:
    """One of the payer's own cases; None for another's, as for none."""
    wanted = select(payer_case).where(payer_case.c.id == case, payer_case.c.wallet == wallet)
    found = read_cases(session, wanted)
    return _for_payer(found[0]) if found else None


def case_about(session: Session, wallet: str, kind: str, subject: str) -> Case | None:
    """The payer's case about this charge or payment, if there is one."""
    wanted = select(payer_case).where(
        payer_case.c.wallet == wallet, payer_case.c.kind == kind, payer_case.c.subject == subject
    )
    found = read_cases(session, wanted)
    return _for_payer(found[0]) if found else None


def find_case(session: Session, case: UUID) -> Case | None:
    """Any case, for finance."""
    found = read_cases(session, select(payer_case).where(payer_case.c.id == case))
    return found[0] if found else None


def open_cases(session: Session) -> list[Case]:
    """What waits for an answer, the oldest first: for finance."""
    wanted = select(payer_case).where(payer_case.c.state == "open")
    return read_cases(session, wanted.order_by(payer_case.c.opened_at, payer_case.c.id))


def answered_cases(session: Session, *, limit: int = 50) -> list[Case]:
    """What was answered or withdrawn lately, the newest first: for finance."""
    wanted = select(payer_case).where(payer_case.c.state != "open")
    newest = wanted.order_by(payer_case.c.changed_at.desc(), payer_case.c.id).limit(limit)
    return read_cases(session, newest)


_NEWEST = (payer_case.c.opened_at.desc(), payer_case.c.id)


def _open(session: Session, asked: NewCase) -> Case:
    values = {name: getattr(asked, name) for name in NewCase.__dataclass_fields__ if name != "at"}
    values |= {"state": "open", "opened_at": asked.at, "changed_at": asked.at}
    if asked.words is not None:
        values["words"] = _words(asked.words, asked.subject or asked.kind)
    added = session.scalar(
        insert(payer_case).values(values).on_conflict_do_nothing().returning(payer_case.c.id)
    )
    if added is not None:
        add_step(session, asked.id, "opened", at=asked.at)
    same = payer_case.c.id == asked.id
    if asked.subject is not None:
        about = (payer_case.c.kind == asked.kind) & (payer_case.c.subject == asked.subject)
        same = same | about
    found = read_cases(session, select(payer_case).where(same))
    if len(found) != 1 or found[0].wallet != asked.wallet or found[0].kind != asked.kind:
        raise UnknownCase(asked.id)
    return found[0] if asked.wallet is None else _for_payer(found[0])


def _check_dispute(session: Session, asked: NewCase) -> None:
    subject = asked.subject or ""
    if asked.reason not in DISPUTE_REASONS:
        raise CaseRefused("dispute_reason", subject=subject)
    charged = movement(session, asked.wallet or "", UUID(subject))
    if charged is None or charged.kind != "meal":
        raise CaseRefused("dispute_unknown_charge", subject=subject)
    is_new = case_about(session, asked.wallet or "", asked.kind, subject) is None
    if is_new and business_day(asked.at) > charged.day + DISPUTED_WITHIN:
        raise CaseRefused("dispute_too_late", subject=subject)


def _open_claims(session: Session, wallet: str) -> int:
    counted = select(func.count()).where(
        payer_case.c.wallet == wallet, payer_case.c.kind == "missing_transfer",
        payer_case.c.state == "open",
    )  # fmt: skip
    return session.scalar(counted) or 0


def _words(text: str, subject: str) -> str:
    if not 1 <= len(text) <= LONGEST_WORDS:
        raise CaseRefused("case_words", subject=subject)
    return text


def _for_payer(one: Case) -> Case:
    """Without staff, and without what was only proposed."""
    steps = tuple(
        replace(step, staff=None)
        for step in one.steps
        if step.kind not in ("proposed", "not_approved")
    )
    return replace(one, steps=steps)

"""Cases as they are stored: one row each, and every step of them added and never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, business_day
from ledger.errors import LedgerError
from ledger.tables.families import payer_case, payer_case_step

# Working days until the payer has an answer.
ANSWERED_WITHIN = {"charge_dispute": 2, "missing_transfer": 1}
OTHERS_WITHIN = 2


@dataclass
class UnknownCase(LedgerError):
    """There is no such case, or it is somebody else's."""

    case: UUID
    code = "case_unknown"


@dataclass
class CaseNotOpen(LedgerError):
    """It has been answered or withdrawn: `state` says which."""

    case: UUID
    state: str
    code = "case_not_open"


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step: opened, proposed, granted, partly, refused, not_approved, asked_again, withdrawn.

    staff: who of the city did it, None where the payer did, and in what a payer reads.
    """

    number: int
    kind: str
    at: datetime
    staff: str | None
    words: str | None
    amount_cents: int | None
    entry_id: int | None
    approval: UUID | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its steps, the first one first.

    state: open, granted, partly, refused or withdrawn. subject: what it is about by its public
    id. amount_cents, paid_on, iban_end: of a transfer that is missed.
    """

    id: UUID
    kind: str
    state: str
    wallet: str | None
    subject: str | None
    reason: str
    words: str | None
    amount_cents: int | None
    paid_on: date | None
    iban_end: str | None
    opened_at: datetime
    changed_at: datetime
    steps: tuple[CaseStep, ...]

    @property
    def answer(self) -> CaseStep | None:
        """The last answer of the city, None before there is one."""
        said = [one for one in self.steps if one.kind in ("granted", "partly", "refused")]
        return said[-1] if said else None

    @property
    def answer_by(self) -> date:
        """The working day by which an answer is promised."""
        asked = [one.at for one in self.steps if one.kind in ("opened", "asked_again")]
        within = ANSWERED_WITHIN.get(self.kind, OTHERS_WITHIN)
        return add_bank_days(business_day(asked[-1]), within)

    @property
    def may_ask_again(self) -> bool:
        """Once, after a no."""
        was_asked = any(one.kind == "asked_again" for one in self.steps)
        return self.state == "refused" and not was_asked

    @property
    def awaits_approval(self) -> bool:
        """Finance has proposed an answer that a second person has not decided yet."""
        return self.state == "open" and self.steps[-1].kind == "proposed"


def read_cases(session: Session, wanted: Select[Any]) -> list[Case]:
    """The cases of a query over `payer_case`, in its order, with their steps: two statements."""
    rows = session.execute(wanted).all()
    ids = [row.id for row in rows]
    steps: dict[UUID, list[CaseStep]] = {}
    names = CaseStep.__dataclass_fields__
    for row in session.execute(_STEPS.where(payer_case_step.c.payer_case.in_(ids))) if ids else ():
        step = CaseStep(**{name: getattr(row, name) for name in names})
        steps.setdefault(row.payer_case, []).append(step)
    columns = [name for name in Case.__dataclass_fields__ if name != "steps"]
    return [
        Case(**{name: getattr(row, name) for name in columns}, steps=tuple(steps.get(row.id, ())))
        for row in rows
    ]


def open_case_locked(session: Session, case: UUID, *, wallet: str | None = None) -> Case:
    """The case, which nobody else changes until the transaction ends.

    wallet: only if it belongs to it. Raises UnknownCase and CaseNotOpen.
    """
    found = case_locked(session, case, wallet=wallet)
    if found.state != "open":
        raise CaseNotOpen(case, found.state)
    return found


def case_locked(session: Session, case: UUID, *, wallet: str | None = None) -> Case:
    """As `open_case_locked`, whatever its state. Raises UnknownCase."""
    wanted = select(payer_case).where(payer_case.c.id == case).with_for_update()
    if wallet is not None:
        wanted = wanted.where(payer_case.c.wallet == wallet)
    found = read_cases(session, wanted)
    if not found:
        raise UnknownCase(case)
    return found[0]


def add_step(
    session: Session, case: UUID, kind: str, *, at: datetime, staff: str | None = None,
    words: str | None = None, amount_cents: int | None = None, entry_id: int | None = None,
    approval: UUID | None = None,
) -> None:  # fmt: skip
    """Add the next step and bring the case to the state that follows from it."""
    last = select(func.coalesce(func.max(payer_case_step.c.number), 0)).where(
        payer_case_step.c.payer_case == case
    )
    values = {
        "payer_case": case, "number": (session.scalar(last) or 0) + 1, "kind": kind, "at": at,
        "staff": staff, "words": words, "amount_cents": amount_cents, "entry_id": entry_id,
        "approval": approval,
    }  # fmt: skip
    session.execute(insert(payer_case_step), [values])
    state = kind if kind in ("granted", "partly", "refused", "withdrawn") else "open"
    session.execute(
        update(payer_case).where(payer_case.c.id == case).values(state=state, changed_at=at)
    )


_STEPS: Select[Any] = select(payer_case_step).order_by(
    payer_case_step.c.payer_case, payer_case_step.c.number
)

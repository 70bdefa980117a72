"""One difference as a case: what the night found, who has it, what it waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.casework.refusals import CaseChanged, CaseUnknown, CaseworkRefused
from reconciliation.casework.steps import Step, history, last_step


@dataclass(frozen=True, slots=True)
class Case:
    """A difference and where it stands.

    kind: its class, `CHARGEBACK`. amount_cents: confirmed less expected. account: the clearing
    account it stands on. proposal: as the night wrote it, None without one. owner: who has it,
    by staff code, and by name. due_on, waits_for: put off until, and whom it waits for (bank,
    provider, site). request: what waits for a second person, asked by `asker` at `asked_at`.
    last_number: of its steps, 0 for none. version: changes with every step and every find.
    """

    id: str
    number: int
    kind: str
    severity: str
    subject: str
    amount_cents: int
    since: date
    data: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    opened_run: UUID | None
    closed_run: UUID | None
    channel: str | None
    place: str | None
    reference: str | None
    account: str | None
    expected_cents: int | None
    confirmed_cents: int | None
    expected_codes: Sequence[str]
    provider_codes: Sequence[str]
    bank_codes: Sequence[str]
    tier: int | None
    proposal: Mapping[str, Any] | None
    explanation: str | None
    owner: str | None
    owner_name: str | None
    due_on: date | None
    waits_for: str | None
    request: UUID | None
    asker: str | None
    asker_name: str | None
    asked_at: datetime | None
    last_number: int
    last_kind: str | None

    @property
    def name(self) -> str:
        """What people call it: `D-1482`."""
        return f"D-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.closed_at is None

    @property
    def is_reopened(self) -> bool:
        """Somebody closed it, and the night found it again."""
        return self.is_open and self.last_kind in CLOSING_STEPS

    @property
    def version(self) -> str:
        """What a form says that it was filled in for."""
        facts = (self.amount_cents, self.closed_at, self.proposal, self.severity)
        return f"{self.last_number}.{crc32(repr(facts).encode()):08x}"


CLOSING_STEPS = frozenset({"accepted", "matched", "split", "written_off"})

# One lateral look at the newest step of a kind that was not taken back, by the index over steps.
_LIVE = "NOT EXISTS (SELECT FROM difference_step u WHERE u.undoes = s.id)"
CASES = f"""
    SELECT d.id, d.number, d.class AS kind, d.severity, d.subject, d.amount_cents, d.since, d.data,
           d.opened_at, d.closed_at, d.opened_run, d.closed_run, d.channel, d.place, d.reference,
           d.account, d.expected_cents, d.confirmed_cents, d.expected_codes, d.provider_codes,
           d.bank_codes, d.tier, d.proposal, d.explanation,
           owned.detail->>'to' AS owner, owner.name AS owner_name,
           (put_off.detail->>'on')::date AS due_on, put_off.detail->>'waits_for' AS waits_for,
           asked.id AS request, asked.asked_by AS asker, asked.name AS asker_name, asked.asked_at,
           coalesce(newest.number, 0) AS last_number, done.kind AS last_kind
      FROM difference d
      LEFT JOIN LATERAL (SELECT s.detail FROM difference_step s WHERE s.difference = d.id
                            AND s.kind = 'assigned' AND {_LIVE}
                          ORDER BY s.number DESC LIMIT 1) owned ON true
      LEFT JOIN staff owner ON owner.code = owned.detail->>'to'
      LEFT JOIN LATERAL (SELECT s.detail FROM difference_step s WHERE s.difference = d.id
                            AND s.kind IN ('due', 'file_requested') AND {_LIVE}
                          ORDER BY s.number DESC LIMIT 1) put_off ON true
      LEFT JOIN LATERAL (SELECT r.id, r.asked_by, r.asked_at, p.name FROM release_request r
                           JOIN staff p ON p.code = r.asked_by
                          WHERE r.difference = d.id AND NOT EXISTS
                                (SELECT FROM release_decision x WHERE x.request = r.id)
                          LIMIT 1) asked ON true
      LEFT JOIN LATERAL (SELECT s.number FROM difference_step s WHERE s.difference = d.id
                          ORDER BY s.number DESC LIMIT 1) newest ON true
      LEFT JOIN LATERAL (SELECT s.kind FROM difference_step s WHERE s.difference = d.id
                            AND s.kind NOT IN ('note', 'assigned', 'due', 'undone') AND {_LIVE}
                          ORDER BY s.number DESC LIMIT 1) done ON true"""
_NAMES = [each.name for each in fields(Case)]


def case_from(row: Any) -> Case:
    """A row of CASES."""
    return Case(**{name: getattr(row, name) for name in _NAMES})


def find_case(session: Session, number: int) -> Case:
    """The case with this number. Raises CaseUnknown."""
    row = session.execute(text(f"{CASES} WHERE d.number = :number"), {"number": number}).first()
    if row is None:
        raise CaseUnknown(number)
    return case_from(row)


def locked_case(session: Session, number: int, version: str | None) -> Case:
    """The case, with nobody else at it until this transaction ends.

    version: the one its reader saw; None where it does not matter (a note). Raises CaseUnknown
    and CaseChanged, which names who was faster.
    """
    lock = text("SELECT id FROM difference WHERE number = :number FOR UPDATE")
    session.execute(lock, {"number": number})
    found = find_case(session, number)
    if version is None or version == found.version:
        return found
    seen, _, _ = version.partition(".")
    last = last_step(session, found.id)
    if last is not None and str(last.number) != seen:
        raise CaseChanged(number, last.name, last.at, last.kind)
    raise CaseChanged(number, None, found.closed_at)


def open_case(session: Session, number: int, version: str | None) -> Case:
    """Like `locked_case`, of one that is open and waits for no second person.

    Raises also CaseworkRefused: difference_closed, difference_waits.
    """
    found = locked_case(session, number, version)
    if not found.is_open:
        raise CaseworkRefused("difference_closed", number=number)
    if found.request is not None:
        raise CaseworkRefused("difference_waits", number=number, asker=found.asker_name)
    return found


def case_history(session: Session, found: Case) -> list[Step]:
    """Everything people did with it, the newest first."""
    return history(session, found.id)

"""What waits for a second person, and their decision; the database holds that it is a second one.

A release books exactly what was asked for. Whoever asked sees the request and can withdraw it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.approvals import barred_from_release
from ledger.errors import constraint_of
from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.casework.cases import Case, locked_case
from reconciliation.casework.correcting import correct, take_back
from reconciliation.casework.deciding import Codes, Decision, carry_out, checked_words
from reconciliation.casework.postings import Booking, Posting, book, posting_from
from reconciliation.casework.receipts import assigned_key, find_receipt
from reconciliation.casework.refusals import CaseworkRefused, ReleaseUnknown
from reconciliation.casework.steps import Deed, add_step
from reconciliation.casework.tables import release_decision, release_request

_KEYS = UUID("2f0c6d5e-3b3c-5a44-9b61-8a3b9f3e6a90")


@dataclass(frozen=True, slots=True)
class Release:
    """What one person asked and another one releases.

    kind: accept, match, split, write_off, correct, take_back or send_back. case: number of the
    difference, None for unclear money; receipt: its entry. state: pending, released, refused or
    withdrawn.
    """

    id: UUID
    kind: str
    difference: str | None
    case: int | None
    case_kind: str | None
    receipt: int | None
    amount_cents: int
    postings: Sequence[Mapping[str, Any]]
    codes: Mapping[str, Any]
    reason: str
    asked_by: str
    asker: str
    asked_at: datetime
    state: str
    decider: str | None
    decided_at: datetime | None
    decision_reason: str | None
    entry_id: int | None

    @property
    def reversed_entry(self) -> int | None:
        """The entry that a release takes back."""
        found = self.codes.get("entry") if self.kind == "take_back" else None
        return int(found) if found is not None else None

    def what(self) -> list[Posting]:
        """What a release books."""
        return [posting_from(one) for one in self.postings]


_RELEASES = """
    SELECT r.id, r.kind, r.difference, d.number AS "case", d.class AS case_kind, r.receipt,
           r.amount_cents, r.postings, r.codes, r.reason, r.asked_by, a.name AS asker, r.asked_at,
           coalesce(x.decision, 'pending') AS state, p.name AS decider, x.decided_at,
           x.reason AS decision_reason, x.entry_id
      FROM release_request r JOIN staff a ON a.code = r.asked_by
      LEFT JOIN difference d ON d.id = r.difference
      LEFT JOIN release_decision x ON x.request = r.id
      LEFT JOIN staff p ON p.code = x.decided_by"""
_LISTED = 50


def pending_releases(session: Session) -> list[Release]:
    """What waits for a second person, the oldest first."""
    rows = session.execute(text(f"{_RELEASES} WHERE x.request IS NULL ORDER BY r.asked_at, r.id"))
    return [Release(*row) for row in rows]


def decided_releases(session: Session) -> list[Release]:
    """What was decided lately, the newest first."""
    query = text(f"{_RELEASES} WHERE x.request IS NOT NULL ORDER BY x.decided_at DESC, r.id"
                 f" LIMIT {_LISTED}")  # fmt: skip
    return [Release(*row) for row in session.execute(query)]


def find_release(session: Session, request: UUID) -> Release:
    """One request as it stands. Raises ReleaseUnknown."""
    row = session.execute(text(f"{_RELEASES} WHERE r.id = :id"), {"id": request}).first()
    if row is None:
        raise ReleaseUnknown(str(request))
    return Release(*row)


def release(session: Session, by: Caller, request: UUID, *, at: datetime) -> Release:
    """Let it happen: book it, and close the case.

    Raises ReleaseUnknown, CaseworkRefused (release_decided, release_own, release_role,
    difference_closed, difference_booking, difference_taken).
    """
    asked = _undecided(session, request)
    no = barred_from_release(by, asked.asked_by)
    if no:
        raise CaseworkRefused(no, asker=asked.asker)
    if asked.case is None:
        entry = _send_back(session, asked, at=at)
    else:
        entry = _carry_out(session, by, asked, at=at)
    _store(session, by, asked, {"decision": "released", "entry_id": entry})
    return find_release(session, request)


def refuse(session: Session, by: Caller, request: UUID, *, words: str) -> Release:
    """Say no, with a reason; the case is open again for whoever asked. Raises like `release`."""
    asked = _undecided(session, request)
    no = barred_from_release(by, asked.asked_by)
    if no:
        raise CaseworkRefused(no, asker=asked.asker)
    return _say_no(session, by, asked, "refused", checked_words(words))


def withdraw(session: Session, by: Caller, request: UUID) -> Release:
    """Take one's own request back. Raises ReleaseUnknown, CaseworkRefused."""
    asked = _undecided(session, request)
    if asked.asked_by != by.name:
        raise CaseworkRefused("release_role", asker=asked.asker)
    return _say_no(session, by, asked, "withdrawn", None)


def ask_to_send_back(session: Session, by: Caller, receipt: int, cents: int, *, words: str) -> UUID:
    """Ask to send unclear money back to whoever sent it; returns the request.

    Raises CaseworkRefused: difference_words, difference_waits.
    """
    request = uuid5(_KEYS, f"{receipt}|{_asked_before(session, receipt)}")
    posting = Posting("unclear_assigned", {"amount": cents}, {"assigned_to": "371300"})
    row = {
        "id": request, "kind": "send_back", "receipt": receipt, "amount_cents": cents,
        "reason": checked_words(words), "asked_by": by.name, "postings": [posting.as_json()],
        "codes": {},
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(release_request), [row])
    except IntegrityError as trouble:
        if constraint_of(trouble) in ("release_request_alone", "release_request_pkey"):
            raise CaseworkRefused("difference_waits") from trouble
        raise
    record(session, by, "receipt.release_asked", about=str(receipt), detail={"cents": cents})
    return request


def _asked_before(session: Session, receipt: int) -> int:
    query = text("SELECT count(*) FROM release_request WHERE receipt = :receipt")
    asked: int = session.execute(query, {"receipt": receipt}).scalar_one()
    return asked


def _undecided(session: Session, request: UUID) -> Release:
    lock = text("SELECT d.id FROM release_request r JOIN difference d ON d.id = r.difference"
                " WHERE r.id = :id FOR UPDATE OF d")  # fmt: skip
    session.execute(lock, {"id": request})
    asked = find_release(session, request)
    if asked.state != "pending":
        raise CaseworkRefused("release_decided", state=asked.state)
    return asked


def _carry_out(session: Session, by: Caller, asked: Release, *, at: datetime) -> int | None:
    case = locked_case(session, asked.case or 0, None)
    if asked.kind == "take_back":
        return take_back(session, by, case, asked, at=at)
    if not case.is_open:
        raise CaseworkRefused("difference_closed", number=case.number)
    if case.amount_cents != asked.codes.get("difference_cents"):
        raise CaseworkRefused("release_stale", number=case.number)
    if asked.kind == "correct":
        return correct(session, by, case, asked, at=at)
    codes = Codes(
        *(asked.codes.get(f"{side}_codes", ()) for side in ("expected", "provider", "bank"))
    )
    extra = {"request": str(asked.id), "asked_by": asked.asked_by, "asker": asked.asker}
    said = Decision(asked.kind, asked.what(), codes, asked.reason, extra)
    return carry_out(session, by, case, said, at=at).entry


def _send_back(session: Session, asked: Release, *, at: datetime) -> int | None:
    receipt = find_receipt(session, asked.receipt or 0)
    if receipt is None:
        raise CaseworkRefused("receipt_unknown", receipt=asked.receipt)
    # The same key as for assigning it: whichever comes first is the only one.
    key = assigned_key(session, receipt.entry_id)
    return book(session, Booking(key, asked.what(), receipt.reference or ""), at=at)


def _say_no(
    session: Session, by: Caller, asked: Release, decision: str, words: str | None
) -> Release:
    _store(session, by, asked, {"decision": decision, "reason": words})
    if asked.case is not None:
        case: Case = locked_case(session, asked.case, None)
        deed = Deed(
            f"release_{decision}", {"request": str(asked.id)} | ({"words": words} if words else {})
        )
        add_step(session, by, case.id, deed, case=case.number, after=case.last_number)
    return find_release(session, asked.id)


def _store(session: Session, by: Caller, asked: Release, values: Mapping[str, Any]) -> None:
    row = {"request": asked.id, "asked_by": asked.asked_by, "decided_by": by.name, **values}
    try:
        with session.begin_nested():
            session.execute(insert(release_decision), [row])
    except IntegrityError as trouble:
        if constraint_of(trouble) == "release_decision_pkey":
            raise CaseworkRefused("release_decided") from trouble
        raise
    detail = {"kind": asked.kind, "amount_cents": asked.amount_cents, **values}
    record(session, by, "release.decided", about=str(asked.id), detail=detail)

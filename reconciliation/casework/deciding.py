"""Accepting what the night proposes, matching by hand, splitting, writing off; or saying no.

Every decision names the rows it explains, so that no later night reports them again, and shows
before what it books. What gives money up is only asked for here: see `releases`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.errors import constraint_of
from ledger.permissions import Caller
from reconciliation.casework.cases import Case, open_case
from reconciliation.casework.postings import (
    Booking,
    Posting,
    book,
    money_is_given_up,
    posting_from,
    settling,
    transfers_of,
)
from reconciliation.casework.receipts import receipt_of
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.steps import Deed, add_step
from reconciliation.casework.tables import match_decision, release_request
from reconciliation.casework.telling import Paid, link_to_tell, tell_link
from reconciliation.tables import difference

LONGEST_WORDS = 500
CLAIMS = "161100"
_KEYS = UUID("b7e3d0a4-6a1f-5c52-8f0e-5f0c8d1a7c21")


@dataclass(frozen=True, slots=True)
class Codes:
    """Rows of the three sides, as `difference` names them."""

    expected: Sequence[str] = ()
    provider: Sequence[str] = ()
    bank: Sequence[str] = ()

    def as_row(self) -> dict[str, list[str]]:
        """As columns of a decision."""
        return {
            "expected_codes": list(self.expected), "provider_codes": list(self.provider),
            "bank_codes": list(self.bank),
        }  # fmt: skip

    def __add__(self, other: "Codes") -> "Codes":
        return Codes(
            sorted({*self.expected, *other.expected}), sorted({*self.provider, *other.provider}),
            sorted({*self.bank, *other.bank}),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides. kind: accept, match, split or write_off. words: why, in theirs."""

    kind: str
    postings: Sequence[Posting]
    codes: Codes
    words: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. step: its id. entry: what was booked, if anything; request: set where a
    second person has to release it first."""

    step: int
    entry: int | None = None
    request: UUID | None = None


STEP_OF = {"accept": "accepted", "match": "matched", "split": "split", "write_off": "written_off"}


def codes_of(case: Case) -> Codes:
    """The rows this case is about."""
    return Codes(case.expected_codes, case.provider_codes, case.bank_codes)


def proposal_postings(case: Case) -> list[Posting]:
    """What accepting the night's proposal books; nothing where it is a match alone."""
    if not case.proposal or not case.proposal.get("event"):
        return []
    return [posting_from(case.proposal)]


def accept(session: Session, by: Caller, number: int, *, version: str, at: datetime) -> Done:
    """Accept the night's proposal: book it and close the case, or ask a second person.

    Raises CaseUnknown, CaseChanged and CaseworkRefused (difference_closed, difference_waits,
    difference_proposal, difference_taken, difference_booking).
    """
    case = open_case(session, number, version)
    if case.proposal is None:
        raise CaseworkRefused("difference_proposal", number=number)
    decision = Decision("accept", proposal_postings(case), codes_of(case))
    return decide(session, by, case, decision, at=at)


def reject(session: Session, by: Caller, number: int, *, version: str, words: str) -> Done:
    """Say no to the proposal: no rule proposes this combination again. The case stays open.

    Raises like `accept`, and CaseworkRefused: difference_words.
    """
    case = open_case(session, number, version)
    if case.proposal is None:
        raise CaseworkRefused("difference_proposal", number=number)
    was = {"proposal": case.proposal, "tier": case.tier, "severity": case.severity}
    step = _write(session, by, case, Deed("rejected", {"words": checked_words(words), "was": was}))
    _decide_rows(session, by, step, "reject", codes_of(case))
    # What was refused is no suggestion any more, tonight's run will say what is left of it.
    session.execute(
        update(difference).where(difference.c.id == case.id)
        .values(proposal=None, tier=None, severity="break")
    )  # fmt: skip
    return Done(step)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a difference and where it goes: an account code; cents, positive."""

    account: str
    cents: int


def split(
    session: Session, by: Caller, number: int, *, version: str, parts: Sequence[Part], words: str,
    at: datetime,
) -> Done:  # fmt: skip
    """Take a difference apart until nothing is left: each part to an account of its own.

    Raises like `accept`, and CaseworkRefused: difference_sum, difference_account.
    """
    case = open_case(session, number, version)
    postings = parts_postings(case, parts)
    said = {"parts": [{"account": one.account, "cents": one.cents} for one in parts]}
    decision = Decision("split", postings, codes_of(case), checked_words(words), said)
    return decide(session, by, case, decision, at=at)


def write_off(
    session: Session, by: Caller, number: int, *, version: str, account: str, words: str,
    at: datetime,
) -> Done:  # fmt: skip
    """Ask a second person to give the whole amount up (or take it as income), with a reason."""
    case = open_case(session, number, version)
    postings = parts_postings(case, [Part(account, abs(case.amount_cents))])
    decision = Decision("write_off", postings, codes_of(case), checked_words(words))
    return decide(session, by, case, decision, at=at)


def parts_postings(case: Case, parts: Sequence[Part]) -> list[Posting]:
    """What taking the case apart like this books. Raises CaseworkRefused."""
    total = sum(one.cents for one in parts)
    if not parts or any(one.cents <= 0 for one in parts) or total != abs(case.amount_cents):
        rest = abs(case.amount_cents) - total
        raise CaseworkRefused("difference_sum", rest_cents=rest)
    if case.account is None:
        raise CaseworkRefused("difference_account", number=case.number)
    sign = -1 if case.amount_cents < 0 else 1
    return [settling(case.account, sign * one.cents, one.account) for one in parts]


def decide(session: Session, by: Caller, case: Case, said: Decision, *, at: datetime) -> Done:
    """Carry a decision out, or ask a second person where it gives money up."""
    transfers = transfers_of(session, said.postings) if said.postings else ()
    if transfers and (said.kind == "write_off" or money_is_given_up(session, transfers)):
        return _ask(session, by, case, said)
    return carry_out(session, by, case, said, at=at)


def carry_out(session: Session, by: Caller, case: Case, said: Decision, *, at: datetime) -> Done:
    """Book a decision, explain its rows and close the case; a claim's pay link learns of it."""
    entry = None
    paid = _link_paid_by(session, said)
    if said.postings:
        key = uuid5(_KEYS, f"{case.id}|{case.last_number + 1}|{said.kind}")
        entry = book(session, Booking(key, said.postings, _reference(session, case, said)), at=at)
    if paid is not None and entry is not None:
        tell_link(session, paid, entry, at=at)
    detail = {**_detail(said), "amount_cents": case.amount_cents}
    step = _write(session, by, case, Deed(STEP_OF[said.kind], detail, entry))
    _decide_rows(session, by, step, "pair", said.codes)
    closed = update(difference).where(difference.c.id == case.id)
    session.execute(closed.values(closed_at=max(at, case.opened_at), closed_run=None))
    return Done(step, entry)


def _link_paid_by(session: Session, said: Decision) -> Paid | None:
    """Where unclear money is accepted as the payment of one claim: the link that asked for it."""
    if said.kind != "accept" or len(said.postings) != 1:
        return None
    [posting] = said.postings
    if posting.roles.get("assigned_to") != CLAIMS:
        return None
    return link_to_tell(session, said.codes.expected, posting.amounts["amount"])


def _reference(session: Session, case: Case, said: Decision) -> str:
    """What the entry is found by; of unclear money the receipt's, so that it counts as assigned."""
    receipt = receipt_of(session, case)
    if receipt is not None and receipt.reference:
        return receipt.reference
    proposed = (case.proposal or {}).get("reference") if said.kind == "accept" else None
    return proposed or case.name


def _ask(session: Session, by: Caller, case: Case, said: Decision) -> Done:
    request = uuid5(_KEYS, f"{case.id}|{case.last_number + 1}|release")
    transfers = transfers_of(session, said.postings)
    row = {
        "id": request, "kind": said.kind, "difference": case.id, "asked_by": by.name,
        "amount_cents": sum(one.amount.cents for one in transfers),
        "postings": [one.as_json() for one in said.postings],
        "codes": {**said.codes.as_row(), "difference_cents": case.amount_cents},
        "reason": said.words or case.explanation or case.name,
    }  # fmt: skip
    session.execute(insert(release_request), [row])
    detail = {**_detail(said), "kind": said.kind, "request": str(request)}
    return Done(_write(session, by, case, Deed("release_asked", detail)), request=request)


def checked_words(words: str) -> str:
    """A reason as it is kept. Raises CaseworkRefused: difference_words."""
    said = words.strip()
    if not 1 <= len(said) <= LONGEST_WORDS:
        raise CaseworkRefused("difference_words", most=LONGEST_WORDS)
    return said


def _detail(said: Decision) -> dict[str, Any]:
    detail: dict[str, Any] = dict(said.extra)
    if said.words:
        detail["words"] = said.words
    return detail


def _write(session: Session, by: Caller, case: Case, deed: Deed) -> int:
    return add_step(session, by, case.id, deed, case=case.number, after=case.last_number)


def _decide_rows(session: Session, by: Caller, step: int, kind: str, codes: Codes) -> None:
    if not any(codes.as_row().values()):
        return  # a balance is about no row: what was booked changes it
    row = {"kind": kind, "step": step, "decided_by": by.name, **codes.as_row()}
    try:
        with session.begin_nested():
            session.execute(insert(match_decision), [row])
    except IntegrityError as trouble:
        if constraint_of(trouble) == "match_decision_exclusive":
            raise CaseworkRefused("difference_taken") from trouble
        raise

"""Accepting several proposals at once: each stays a decision of its own, with its own entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger.entries import Transfer
from reconciliation.casework.cases import Case, find_case
from reconciliation.casework.deciding import proposal_postings
from reconciliation.casework.postings import money_is_given_up, transfers_of
from reconciliation.casework.refusals import CaseworkRefused


@dataclass(frozen=True, slots=True)
class Alike:
    """Proposals that one look can judge, by number. transfers: what all of them book; takes_two:
    numbers of those that a second person has to release; unbookable: of those that book nothing
    because the rules refuse it."""

    kind: str
    tier: int | None
    cases: Sequence[Case]
    transfers: Sequence[Transfer]
    takes_two: frozenset[int]
    unbookable: frozenset[int]

    @property
    def cents(self) -> int:
        """The sum of what is matched, without sign."""
        return sum(matched_cents(case) for case in self.cases)


def alike(session: Session, numbers: Iterable[int]) -> Alike:
    """The chosen cases, if they can be accepted in one step.

    Raises CaseUnknown, CaseworkRefused (difference_unlike) unless each is open with a proposal
    that waits for nobody, and all are of one class and one tier.
    """
    chosen = [find_case(session, number) for number in sorted(set(numbers))]
    ready = all(one.is_open and one.proposal and one.request is None for one in chosen)
    if not ready or len({(one.kind, one.tier) for one in chosen}) != 1:
        raise CaseworkRefused("difference_unlike")
    booked = {one.number: _transfers(session, one) for one in chosen}
    given_up = {n for n, moved in booked.items() if moved and money_is_given_up(session, moved)}
    return Alike(
        chosen[0].kind, chosen[0].tier, chosen,
        [each for moved in booked.values() for each in moved or ()], frozenset(given_up),
        frozenset(number for number, moved in booked.items() if moved is None),
    )  # fmt: skip


def matched_cents(case: Case) -> int:
    """What accepting its proposal settles, without sign."""
    known = case.expected_cents if case.expected_cents is not None else case.confirmed_cents
    return abs(known or 0)


def _transfers(session: Session, case: Case) -> Sequence[Transfer] | None:
    postings = proposal_postings(case)
    try:
        return transfers_of(session, postings) if postings else ()
    except CaseworkRefused:
        return None  # accepting it will be refused, and said

"""Goodwill: a meal's charge given back whole or in part, once its case has been decided.

Posting rule 13. Given back whole is the exact reversal of the charge, whoever had paid which
share of it; where an authority took the lunch over later, that is taken back with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.case_rows import CaseStep, add_step, case_locked, open_case_locked
from ledger.catalogue.posted import posted_catalogue
from ledger.claims import open_claims
from ledger.entries import Dimensions, Entry, Outcome, Posted, Refused, Transfer
from ledger.journal import post, reverse
from ledger.locks import lock_cases
from ledger.outcomes import ServiceRefusal
from ledger.periods import first_open_day
from ledger.queries import JournalTransfer, find_entry
from ledger.tables.families import subsidy_moved
from ledger.tables.services import meal_charge
from ledger.tenders import meal_wallet


class GoodwillRefused(ServiceRefusal):
    """This charge cannot be given back like this."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided: approved, refused or withdrawn; staff: their code."""

    decision: str
    staff: str
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Charged:
    """A meal's charge with what may be given back: own_cents took the wallet, total_cents all."""

    entry_id: int
    child: str
    wallet: str
    own: tuple[JournalTransfer, ...]
    own_cents: int
    total_cents: int
    moved_entry: int | None


def charged_meal(session: Session, charge: UUID) -> Charged:
    """The charge of this key. Raises GoodwillRefused (dispute_unknown_charge)."""
    row = session.execute(
        select(meal_charge, subsidy_moved.c.entry_id.label("moved"))
        .outerjoin(subsidy_moved, (subsidy_moved.c.child == meal_charge.c.child)
                   & (subsidy_moved.c.day == meal_charge.c.day))
        .where(meal_charge.c.key == charge)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise GoodwillRefused("dispute_unknown_charge", charge=str(charge))
    booked = find_entry(session, row.entry_id)
    assert booked is not None
    account = meal_wallet(row.wallet).account
    own = tuple(one for one in booked.transfers if one.debit == account)
    by_others = [one for one in booked.transfers if one.debit.startswith("161900/")]
    cents = sum(one.amount_cents for one in own)
    total = cents + sum(one.amount_cents for one in by_others)
    return Charged(row.entry_id, row.child, row.wallet, own, cents, total, row.moved)


def give_back_meal(
    session: Session, charge: UUID, *, cents: int | None, key: UUID, at: datetime
) -> int:
    """Book the charge back onto the wallet that paid it, whole or `cents` of it; the entry.

    Raises GoodwillRefused: dispute_unknown_charge, goodwill_amount, already_reversed, and what
    the journal refuses.
    """
    # A subsidy entered at this moment moves the same lunch: one after the other, so that it is
    # given back once.
    lock_cases(session, charged_meal(session, charge).child)
    found = charged_meal(session, charge)
    day = first_open_day(session, business_day(at))
    if cents is not None and not 0 < cents < found.total_cents:
        raise GoodwillRefused("goodwill_amount", most_cents=found.own_cents)
    if cents is None:
        if found.moved_entry is not None:
            taken_over = uuid5(key, "subsidy_backdated")
            _posted(reverse(session, found.moved_entry, key=taken_over, booked_on=day))
        entry_id = _posted(reverse(session, found.entry_id, key=key, booked_on=day))
        _return_paid_claim(session, found, key=uuid5(key, "claim"), day=day)
        return entry_id
    if cents > found.own_cents or found.moved_entry is not None:
        raise GoodwillRefused("goodwill_amount", most_cents=found.own_cents)
    transfers = _part(session, found, cents)
    (outcome,) = post(session, [Entry(key, "meal_goodwill_part", day, transfers)])
    return _posted(outcome)


def goodwill_decided(session: Session, case: UUID, approval: UUID, said: Verdict) -> int | None:
    """What the second person's word does to the case: money back, or the case waits as before.

    A case its payer has withdrawn meanwhile cannot be approved any more, and nothing becomes of a
    no. Raises GoodwillRefused, UnknownCase and CaseNotOpen.
    """
    if said.decision != "approved":
        if case_locked(session, case).state == "open":
            add_step(
                session, case, "not_approved", at=said.at, staff=said.staff, words=said.reason,
                approval=approval,
            )  # fmt: skip
        return None
    found = open_case_locked(session, case)
    proposed = next(step for step in found.steps if step.approval == approval)
    return grant(session, UUID(found.subject), case, proposed, staff=said.staff, at=said.at)


def grant(
    session: Session, charge: UUID, case: UUID, proposed: CaseStep, *, staff: str, at: datetime
) -> int:
    """Give back what was proposed and say so; the entry."""
    whole = proposed.amount_cents is None
    entry_id = give_back_meal(
        session, charge, cents=proposed.amount_cents, key=uuid5(case, "goodwill"), at=at
    )
    charged = charged_meal(session, charge)
    add_step(
        session, case, "granted" if whole else "partly", at=at, staff=staff, words=proposed.words,
        amount_cents=(charged.own_cents or None) if whole else proposed.amount_cents,
        entry_id=entry_id, approval=proposed.approval,
    )  # fmt: skip
    return entry_id


def _return_paid_claim(session: Session, found: Charged, *, key: UUID, day: date) -> None:
    """The reversal took back a claim that had been paid meanwhile: the money is the family's."""
    overpaid = -open_claims(session, found.wallet)
    if overpaid <= 0:
        return
    transfers = posted_catalogue(session).rulebook.transfers(
        "wallet_overdrawn", amounts={"amount": overpaid},
        roles={"wallet": meal_wallet(found.wallet).account},
        dimensions=Dimensions(channel="wallet", case_reference=found.wallet),
    )  # fmt: skip
    (outcome,) = post(session, [Entry(key, "wallet_overdrawn", day, transfers)])
    _posted(outcome)


def _part(session: Session, found: Charged, cents: int) -> tuple[Transfer, ...]:
    """So much of the wallet's own lines, the first ones first, with debit and credit exchanged."""
    rulebook, transfers = posted_catalogue(session).rulebook, list[Transfer]()
    left = cents
    for line in found.own:
        amount = min(left, line.amount_cents)
        if not amount:
            continue
        left -= amount
        transfers += rulebook.transfers(
            "meal_goodwill_part", amounts={"amount": amount},
            roles={"revenue": line.credit, "wallet": line.debit},
            dimensions=_dimensions(line),
        )  # fmt: skip
    return tuple(transfers)


def _dimensions(line: JournalTransfer) -> Dimensions:
    named: Sequence[tuple[str, Any]] = list(line.dimensions.items())
    return Dimensions(**{name: value for name, value in named if name != "case_reference"})


def _posted(outcome: Outcome) -> int:
    if isinstance(outcome, Posted):
        return outcome.entry_id
    code = outcome.code if isinstance(outcome, Refused) else "conflict"
    raise GoodwillRefused(code, key=str(outcome.key))

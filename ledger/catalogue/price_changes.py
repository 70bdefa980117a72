"""Prices changed at the desk: one person drafts, another one releases, and the day brings it.

A release adds a price by the same service that loads the city's files; no price that was in
force is touched. That it is another person is held by the database
(`price_change_by_second_person`), whatever this module does.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.approvals import barred_from_release
from ledger.calendar import business_day
from ledger.catalogue.loading import add_price
from ledger.catalogue.model import Price
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.price_effect import Draft, Effect, PriceChangeRefused, effect_of
from ledger.errors import LedgerError, constraint_of
from ledger.locks import LOADING, have_alone
from ledger.money import Money
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.price_changes import price_change, price_change_decision

LONGEST_BASIS, LONGEST_REASON = 200, 500
FURTHEST = timedelta(days=5 * 366)
LISTED = 50


@dataclass
class PriceChangeUnknown(LedgerError):
    """Nobody asked for this change."""

    request: UUID
    code = "price_change_unknown"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A change as it was asked for, with names of people and what became of it.

    replaced_from, replaced_cents, replaced_basis: the price that was to be replaced, as whoever
    asked saw it. state: pending, released, refused or withdrawn.
    """

    id: UUID
    product: str
    name: str
    valid_from: date
    cents: int
    legal_basis: str
    replaced_from: date
    replaced_cents: int
    replaced_basis: str
    reason: str
    asked_by: str
    asker: str
    asked_at: datetime
    state: str
    decider: str | None
    decided_at: datetime | None
    decision_reason: str | None

    @property
    def draft(self) -> Draft:
        """What is to be recorded."""
        return Draft(self.product, self.valid_from, self.cents, self.legal_basis, self.reason)


_CHANGES = """
    SELECT c.id, c.product, p.name, c.valid_from, c.amount_cents AS cents, c.legal_basis,
           c.replaced_from, c.replaced_cents, r.legal_basis AS replaced_basis, c.reason,
           c.asked_by, a.name AS asker, c.asked_at,
           coalesce(d.decision, 'pending') AS state, b.name AS decider, d.decided_at,
           d.reason AS decision_reason
      FROM price_change c JOIN product p ON p.code = c.product JOIN staff a ON a.code = c.asked_by
      JOIN price r ON r.product = c.product AND r.valid_from = c.replaced_from
      LEFT JOIN price_change_decision d ON d.request = c.id
      LEFT JOIN staff b ON b.code = d.decided_by"""


def waiting_changes(session: Session) -> list[PriceChange]:
    """What waits for a second person, the oldest first."""
    rows = session.execute(text(f"{_CHANGES} WHERE d.request IS NULL ORDER BY c.asked_at, c.id"))
    return [PriceChange(*row) for row in rows]


def decided_changes(session: Session) -> list[PriceChange]:
    """What was decided or withdrawn lately, the newest first."""
    query = text(f"{_CHANGES} WHERE d.request IS NOT NULL ORDER BY d.decided_at DESC, c.id"
                 f" LIMIT {LISTED}")  # fmt: skip
    return [PriceChange(*row) for row in session.execute(query)]


def find_change(session: Session, request: UUID) -> PriceChange:
    """One change as it stands. Raises PriceChangeUnknown."""
    row = session.execute(text(f"{_CHANGES} WHERE c.id = :id"), {"id": request}).first()
    if row is None:
        raise PriceChangeUnknown(request)
    return PriceChange(*row)


def checked(session: Session, draft: Draft, *, at: datetime) -> Effect:
    """What a draft would change, if one can ask for it at this moment.

    Raises PriceChangeRefused: price_change_product, _past, _far, _same_day, _ended, _amount,
    _same, _words.
    """
    today = business_day(at)
    if draft.valid_from > today + FURTHEST:
        raise PriceChangeRefused("price_change_far")
    basis, reason = draft.legal_basis.strip(), draft.reason.strip()
    if not (1 <= len(basis) <= LONGEST_BASIS and 1 <= len(reason) <= LONGEST_REASON):
        raise PriceChangeRefused("price_change_words")
    return effect_of(posted_catalogue(session).offers, session, draft, today=today)


def ask_for_price(
    session: Session, by: Caller, draft: Draft, *, request: UUID, at: datetime
) -> None:
    """Ask for another price from a day to come on, under the id `request`.

    Raises PriceChangeRefused like `checked`, and price_change_waits where the product has a
    change that nobody decided yet.
    """
    effect = checked(session, draft, at=at)
    row = {
        "id": request, "product": draft.product, "valid_from": draft.valid_from,
        "amount_cents": draft.cents, "legal_basis": draft.legal_basis.strip(),
        "replaced_from": effect.before.valid_from, "replaced_cents": effect.before.amount.cents,
        "reason": draft.reason.strip(), "asked_by": by.name,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(price_change), [row])
    except IntegrityError as trouble:
        if constraint_of(trouble) in ("price_change_alone", "price_change_pkey"):
            raise PriceChangeRefused("price_change_waits") from trouble
        raise
    detail = {"product": draft.product, "valid_from": str(draft.valid_from),
              "before_cents": effect.before.amount.cents, "amount_cents": draft.cents}  # fmt: skip
    record(session, by, "price.asked", about=str(request), detail=detail)


def release_price(session: Session, by: Caller, request: UUID, *, at: datetime) -> PriceChange:
    """Record the price as the second person; it is in force from its day on by itself.

    Raises PriceChangeUnknown, PriceChangeRefused: release_decided, release_own, release_role,
    price_change_late (its day has come), price_change_stale (it would replace another price
    than was seen), price_change_unfit (the checks of a load refuse it), or like `checked`.
    """
    asked = _undecided(session, by, request)
    today = business_day(at)
    if asked.valid_from <= today:
        raise PriceChangeRefused("price_change_late")
    catalogue = posted_catalogue(session).offers
    before = effect_of(catalogue, session, asked.draft, today=today).before
    if (before.valid_from, before.amount.cents) != (asked.replaced_from, asked.replaced_cents):
        raise PriceChangeRefused("price_change_stale")
    price = Price(asked.valid_from, Money(asked.cents), asked.legal_basis)
    if add_price(session, asked.product, price):
        raise PriceChangeRefused("price_change_unfit")
    _store(session, by, asked, {"decision": "released"})
    return find_change(session, request)


def refuse_price(session: Session, by: Caller, request: UUID, *, words: str) -> PriceChange:
    """Give it back with a reason. Raises like `release_price`, and price_change_words."""
    asked = _undecided(session, by, request)
    if not 1 <= len(words.strip()) <= LONGEST_REASON:
        raise PriceChangeRefused("price_change_words")
    _store(session, by, asked, {"decision": "refused", "reason": words.strip()})
    return find_change(session, request)


def withdraw_price(session: Session, by: Caller, request: UUID) -> PriceChange:
    """Take one's own request back. Raises PriceChangeUnknown, PriceChangeRefused."""
    asked = find_change(session, request)
    if asked.asked_by != by.name:
        raise PriceChangeRefused("release_role")
    if asked.state != "pending":
        raise PriceChangeRefused("release_decided")
    _store(session, by, asked, {"decision": "withdrawn"})
    return find_change(session, request)


def _undecided(session: Session, by: Caller, request: UUID) -> PriceChange:
    have_alone(session, LOADING)  # neither a load nor another decision comes in between
    asked = find_change(session, request)
    if asked.state != "pending":
        raise PriceChangeRefused("release_decided")
    no = barred_from_release(by, asked.asked_by)
    if no:
        raise PriceChangeRefused(no)
    return asked


def _store(session: Session, by: Caller, asked: PriceChange, values: dict[str, Any]) -> None:
    row = {"request": asked.id, "asked_by": asked.asked_by, "decided_by": by.name, **values}
    try:
        with session.begin_nested():
            session.execute(insert(price_change_decision), [row])
    except IntegrityError as trouble:
        if constraint_of(trouble) == "price_change_decision_pkey":
            raise PriceChangeRefused("release_decided") from trouble
        raise
    detail = {"product": asked.product, "valid_from": str(asked.valid_from),
              "before_cents": asked.replaced_cents, "amount_cents": asked.cents,
              "decision": values["decision"], "reason": values.get("reason")}  # fmt: skip
    record(session, by, "price.decided", about=str(asked.id), detail=detail)

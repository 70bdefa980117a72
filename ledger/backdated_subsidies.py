"""Subsidies granted for days gone by: the authority takes over the lunches a family has paid.

Posting rule 12. Each lunch is moved once, however often the notice is entered again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.entries import Dimensions, Entry, Posted
from ledger.households import grant_subsidy
from ledger.journal import post
from ledger.locks import lock_cases
from ledger.outcomes import ServiceRefusal
from ledger.periods import first_open_day
from ledger.tables.books import account
from ledger.tables.families import subsidy_moved
from ledger.tables.services import child, subsidy
from ledger.tenders import meal_wallet

CLAIMS = "161900"  # on authorities, each an account below
_KEYS = UUID("5d1f3c92-4b7e-5a0c-8f21-0f6d7c1a9b34")


class SubsidyRefused(ServiceRefusal):
    """Such a subsidy is not entered: `code` says why."""


@dataclass(frozen=True, slots=True)
class Backdated:
    """What came back: on how many days a lunch had been paid, and the cents of all of them."""

    days: int
    cents: int


def backdate_subsidy(
    session: Session, child_code: str, *, authority: str, valid_from: date, valid_until: date,
    at: datetime,
) -> Backdated:  # fmt: skip
    """Grant a subsidy from a day gone by and give back what was paid for lunches since.

    The credit goes to the wallet that paid, less what goodwill has given back of that lunch.
    Raises UnknownChild and SubsidyRefused (subsidy_days, subsidy_authority, subsidy_overlaps).
    """
    lock_cases(session, child_code)
    _check(session, child_code, authority, valid_from, valid_until)
    grant_subsidy(
        session, child_code, authority=authority, valid_from=valid_from, valid_until=valid_until
    )
    return move_paid_lunches(session, child_code, at=at)


def authorities(session: Session) -> list[tuple[str, str]]:
    """Code and name of whoever pays subsidies, by name."""
    rows = session.execute(
        select(account.c.code, account.c.name)
        .where(account.c.code.startswith(f"{CLAIMS}/"))
        .order_by(account.c.name)
    )
    return [(row.code.partition("/")[2], row.name) for row in rows]


def move_paid_lunches(session: Session, child_code: str, *, at: datetime) -> Backdated:
    """Move every paid lunch of the child that a subsidy covers and that was not moved yet."""
    lock_cases(session, child_code)
    catalogue = posted_catalogue(session)
    lunches = [code for code, product in catalogue.products.items() if product.kind == "meal"]
    rows = session.execute(_PAID, {"child": child_code, "lunches": lunches}).all()
    by_day: dict[date, Any] = {row.day: row for row in rows if row.cents > 0}
    booked_on = first_open_day(session, business_day(at))
    entries = [_entry(catalogue, child_code, row, booked_on) for row in by_day.values()]
    outcomes = post(session, entries) if entries else []
    moved = [
        {"child": child_code, "day": day, "entry_id": outcome.entry_id, "amount_cents": row.cents}
        for (day, row), outcome in zip(by_day.items(), outcomes, strict=True)
        if isinstance(outcome, Posted)
    ]
    if moved:
        session.execute(insert(subsidy_moved), moved)
    return Backdated(len(moved), sum(one["amount_cents"] for one in moved))


def _check(
    session: Session, child_code: str, authority: str, valid_from: date, valid_until: date
) -> None:
    if valid_until < valid_from:
        raise SubsidyRefused("subsidy_days")
    if authority not in dict(authorities(session)):
        raise SubsidyRefused("subsidy_authority")
    of = subsidy.c
    overlapping = (
        select(of.valid_from)
        .join(child, child.c.number == of.child)
        .where(child.c.code == child_code, of.valid_from <= valid_until,
               of.valid_until >= valid_from)
        .limit(1)
    )  # fmt: skip
    if session.scalar(overlapping) is not None:
        raise SubsidyRefused("subsidy_overlaps")


def _entry(catalogue: PostedCatalogue, child_code: str, row: Any, booked_on: date) -> Entry:
    where = Dimensions(
        facility=row.facility, product=row.product, cost_centre=row.cost_centre,
        tax_code=row.tax_code, sphere=row.sphere, channel="wallet",
    )  # fmt: skip
    transfers = catalogue.rulebook.transfers(
        "subsidy_backdated", amounts={"amount": row.cents},
        roles={"authority": row.authority, "wallet": meal_wallet(row.wallet).account},
        dimensions=where,
    )  # fmt: skip
    key = uuid5(_KEYS, f"{child_code}/{row.day}")
    return Entry(key, "subsidy_backdated", booked_on, transfers)


# A charge given back whole by goodwill has nothing left to move; one given back in part, the rest.
_PAID = text("""
    SELECT m.day, m.wallet, s.account AS authority, t.facility, t.product, t.cost_centre,
           t.tax_code, t.sphere,
           CAST(t.amount_cents - coalesce((
               SELECT sum(b.amount_cents) FROM payer_case k
                 JOIN payer_case_step p ON p.payer_case = k.id AND p.kind = 'partly'
                 JOIN transfer b ON b.entry_id = p.entry_id AND b.product = t.product
                WHERE k.kind = 'charge_dispute' AND k.subject = CAST(m.key AS text)), 0)
               AS bigint) AS cents
      FROM child c
      JOIN subsidy s ON s.child = c.number
      JOIN meal_charge m ON m.child = c.code AND m.day BETWEEN s.valid_from AND s.valid_until
      JOIN account a ON a.code = '371000/' || m.wallet
      JOIN transfer t ON t.entry_id = m.entry_id AND t.debit_account = a.id
           AND t.product = ANY(:lunches)
     WHERE c.code = :child
       AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = m.entry_id)
       AND NOT EXISTS (SELECT FROM subsidy_moved v WHERE v.child = m.child AND v.day = m.day)
     ORDER BY m.day""")

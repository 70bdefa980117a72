"""A fee that was paid by its link goes back, whole or in part: rule 30, out of what it booked."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import find_charge
from ledger.entries import Entry, Posted
from ledger.journal import post
from ledger.locks import lock_refunds
from ledger.pay_links.links import PayLinkRefused
from ledger.pay_links.standing import Standing, locked_standing
from ledger.periods import first_open_day
from ledger.queries import JournalTransfer, find_entry
from ledger.refunds import posting_back, shares
from ledger.tenders import online


def give_fee_back(
    session: Session, link: UUID, amount_cents: int, *, before_cents: int, key: UUID, at: datetime
) -> int:
    """Take this much of the fee back into 371300; the entry. before_cents: what was taken before.

    Every account gives the part that lies between two rounded running sums, so that all parts
    together take exactly what the fee booked. Raises UnknownPayLink, and PayLinkRefused:
    pay_link_not_charged, pay_link_not_left (more than is left).
    """
    now = locked_standing(session, link)
    found = find_charge(session, now.notice or uuid5(link, "charge"))
    if found is None or found.entry_id is None or found.reversed_by is not None:
        raise PayLinkRefused("pay_link_not_charged", link=str(link))
    lock_refunds(session, found.key)
    sold = find_entry(session, found.entry_id)
    assert sold is not None
    parts = _between(sold.transfers, before_cents, before_cents + amount_cents, now)
    catalogue = posted_catalogue(session)
    postings = [posting_back(catalogue, found, part, online()) for part in parts]
    day = first_open_day(session, business_day(at))
    booked = catalogue.rulebook.book(postings)
    entry = Entry(key, postings[0].event, day, booked, reference=found.receipt_number)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted):
        raise PayLinkRefused(getattr(outcome, "code", "refused"), link=str(link))
    return outcome.entry_id


Part = tuple[JournalTransfer, int]


def _between(
    sold: tuple[JournalTransfer, ...], before: int, after: int, link: Standing
) -> list[list[Part]]:
    """For each product what its transfers give back."""
    whole = sum(moved.amount_cents for moved in sold)
    if not before < after <= whole:
        raise PayLinkRefused("pay_link_not_left", link=str(link.id), left_cents=whole - before)
    first, last = shares(sold, before), shares(sold, after)
    parts: dict[object, list[Part]] = {}
    for number, moved in enumerate(sold):
        product = moved.dimensions.get("product")
        parts.setdefault(product, []).append((moved, last[number] - first[number]))
    return [each for each in parts.values() if any(cents for _, cents in each)]

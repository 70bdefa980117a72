"""Electronic receipts of what was booked at the centre: online, by transfer, by pay link.

What was sold at a counter has its receipt there; here it is only found again to be checked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import Charge, find_charge
from ledger.money import Money
from ledger.pay_links import Standing, find_link
from ledger.queries import JournalEntry, find_entry
from ledger.tables.approvals import refund, refund_payment
from ledger.tables.books import entry
from ledger.tables.pay_links import pay_link, pay_link_payment, pay_link_sale, receipt_address
from ledger.tables.services import charge, charge_reversal
from ledger.vat import split_vat
from terminals.checkout.booking import paid_by
from terminals.checkout.refunds import refunds_of

ENTRY_PREFIX = "E-"  # receipts that have no other number are called by their entry
UNCLEAR = "online_unclear"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line; product: its code, None where `word` names what it is."""

    product: str | None
    word: str | None
    quantity: int
    cents: int
    vat_rate: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """What was taken back of it later: cents below zero, on that day."""

    day: date
    cents: int


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A receipt as it stands in the books. facility: None where it is the city's own page."""

    entry_id: int
    number: str
    at: datetime
    facility: str | None
    way: str
    lines: Sequence[ReceiptLine]
    total_cents: int
    corrections: Sequence[Correction]

    @property
    def taxes(self) -> Mapping[int, int]:
        """Cents of tax by rate, of taxed lines alone."""
        sums: dict[int, int] = {}
        for line in self.lines:
            if line.vat_rate:
                tax = split_vat(Money(line.cents), line.vat_rate).tax.cents
                sums[line.vat_rate] = sums.get(line.vat_rate, 0) + tax
        return sums


def receipt_by_token(session: Session, token: str) -> ReceiptFacts | None:
    """The receipt behind an address."""
    kept = select(receipt_address.c.entry_id).where(receipt_address.c.token == token.upper())
    entry_id = session.scalar(kept)
    return None if entry_id is None else receipt_of(session, entry_id)


def receipt_of(session: Session, entry_id: int) -> ReceiptFacts | None:
    """The receipt of what an entry booked; None for an entry that does not exist."""
    sold = session.scalar(select(charge.c.key).where(charge.c.entry_id == entry_id))
    if sold is not None:
        return _of_charge(session, sold)
    paid = session.scalar(
        select(pay_link_payment.c.link).where(
            pay_link_payment.c.entry_id == entry_id, pay_link_payment.c.use == "settles"
        )
    )
    link = find_link(session, paid) if paid else None
    if link is not None and link.facility is not None:
        return _of_link(session, link, entry_id)
    booked = find_entry(session, entry_id)
    return None if booked is None else _of_entry(session, booked)


def receipts_on(session: Session, number: str, day: date) -> list[ReceiptFacts]:
    """The receipts of this number that are of this day: one, or none.

    The day leads to the rows: numbers alone are no way to walk through the books.
    """
    houses = list(posted_catalogue(session).facilities)
    sold = session.scalars(
        select(charge.c.key).where(
            charge.c.facility.in_(houses), charge.c.booked_on == day,
            charge.c.receipt_number == number, charge.c.entry_id.is_not(None),
            # Of a link the receipt is the link's, also under the number its till gave.
            ~charge.c.receipt_number.startswith("ZL-"),
        )
    ).all()  # fmt: skip
    found = [_of_charge(session, key) for key in sold]
    found += [one for one in _by_link(session, number) if business_day(one.at) == day]
    found += [one for one in _by_entry(session, number) if business_day(one.at) == day]
    return found


def _by_link(session: Session, number: str) -> Iterable[ReceiptFacts]:
    """By the number of a link, or the one a till gave for it."""
    links = select(pay_link_sale.c.link).where(pay_link_sale.c.receipt_number == number)
    if number.startswith("ZL-") and number[3:].isdecimal() and len(number) <= 21:
        links = select(pay_link.c.id).where(pay_link.c.number == int(number[3:]))
    for link in session.scalars(links).all():
        now = find_link(session, link)
        if now and now.paid_entry is not None and now.paid_how != "counter":
            found = receipt_of(session, now.paid_entry)
            if found is not None:
                yield found


def _by_entry(session: Session, number: str) -> Iterable[ReceiptFacts]:
    digits = number.removeprefix(ENTRY_PREFIX)
    if not number.startswith(ENTRY_PREFIX) or not digits.isdecimal() or len(digits) > 18:
        return
    # Only what was given out as a receipt: an entry of a child's meal is nobody's to look at.
    known = select(receipt_address.c.entry_id).where(receipt_address.c.entry_id == int(digits))
    entry_id = session.scalar(known)
    found = None if entry_id is None else receipt_of(session, entry_id)
    if found is not None:
        yield found


def _of_charge(session: Session, key: UUID) -> ReceiptFacts:
    sold = find_charge(session, key)
    assert sold is not None
    assert sold.entry_id is not None
    lines = [
        ReceiptLine(line.product, None, line.quantity, line.amount_cents, line.vat_rate)
        for line in sold.lines
    ]
    return ReceiptFacts(
        sold.entry_id, sold.receipt_number or _entry_number(sold.entry_id), sold.charged_at,
        sold.facility, sold.way, lines, sold.total_cents,
        [*_corrections(session, sold), *_sent_back(session, sold.entry_id)],
    )  # fmt: skip


def _of_link(session: Session, link: Standing, entry_id: int) -> ReceiptFacts:
    lines = [
        ReceiptLine(line["product"], None, line["quantity"], _cents(line)) for line in link.lines
    ]
    assert link.paid_at is not None
    corrections = _reversed(session, entry_id, link.amount_cents)
    return ReceiptFacts(
        entry_id, link.receipt_number, link.paid_at, link.facility, link.paid_how or "online",
        lines, link.amount_cents, [*corrections, *_sent_back(session, entry_id)],
    )  # fmt: skip


def _of_entry(session: Session, booked: JournalEntry) -> ReceiptFacts:
    cents = sum(moved.amount_cents for moved in booked.transfers)
    word = "receipt.unclear" if booked.event == UNCLEAR else "receipt.top_up"
    way = "transfer" if booked.event == "top_up_transfer" else "online"
    line = ReceiptLine(None, word, 1, cents)
    return ReceiptFacts(
        booked.id, _entry_number(booked.id), booked.recorded_at, None, way, (line,), cents,
        [*_reversed(session, booked.id, cents), *_sent_back(session, booked.id)],
    )  # fmt: skip


def _cents(line: Mapping[str, Any]) -> int:
    whole: int = line["quantity"] * line["unit_cents"]
    return 0 if line["waiver_reason"] else whole


def _entry_number(entry_id: int) -> str:
    return f"{ENTRY_PREFIX}{entry_id:08d}"


def _corrections(session: Session, sold: Charge) -> list[Correction]:
    voided = session.execute(
        select(charge_reversal.c.booked_on).where(charge_reversal.c.charge == sold.key)
    )
    back = session.execute(
        select(func.min(refund_payment.c.paid_at), func.sum(refund.c.amount_cents))
        .join(refund, refund.c.id == refund_payment.c.refund)
        .where(refund.c.charge == sold.key)
    ).one()
    found = [Correction(row.booked_on, -sold.total_cents) for row in voided]
    if back[0] is not None:
        found.append(Correction(business_day(back[0]), -int(back[1])))
    return found


def _sent_back(session: Session, entry_id: int) -> list[Correction]:
    """What went back through the provider of the payment that this entry booked."""
    payment = paid_by(session, entry_id)
    refunds = refunds_of(session, payment) if payment is not None else []
    return [
        Correction(business_day(one.changed_at), -one.amount_cents)
        for one in reversed(refunds)
        if one.state == "succeeded" and one.source in ("subject", "booked")
    ]


def _reversed(session: Session, entry_id: int, cents: int) -> list[Correction]:
    days = session.scalars(select(entry.c.booked_on).where(entry.c.reverses == entry_id))
    return [Correction(day, -cents) for day in days]

"""Giving unused tickets back within 14 days: revenue and tax go back with the money.

Posting rules 30 (single tickets) and 19 (passes) put the amount into 371300; the refund of the
payment takes it from there. Who bought without an account needs no second person: it goes to
where it came from, and never more than was paid.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, dimensions_of, posted_catalogue
from ledger.catalogue.queries import tax_code_on
from ledger.charges import Charge, ChargedLine, find_charge
from ledger.entries import Entry, Posted
from ledger.journal import post
from ledger.locks import lock_ticket
from ledger.money import Money
from ledger.passes import find_pass, take_back
from ledger.queries import find_entry
from ledger.rules import Posting
from ledger.vat import split_vat
from terminals.checkout.booking import paid_by
from terminals.checkout.payments import give_back
from terminals.gate.errors import NotReturnable
from terminals.gate.offers import SUPPLEMENTS
from terminals.gate.orders import Order
from terminals.gate.tables import ticket_end
from terminals.gate.tickets import Issued, find_ticket, tickets_of

RETURN_DAYS = 14
BACK = "371300"


def return_until(sold: Charge) -> datetime:
    """Until when unused tickets of a charge may be given back."""
    return sold.charged_at + timedelta(days=RETURN_DAYS)


def is_used(one: Issued, bought: Iterable[Issued]) -> bool:
    """Whether this ticket cannot go back because it was used.

    No gate sees a supplement: it counts as used once somebody was let in with what was bought
    with it.
    """
    if one.product in SUPPLEMENTS:
        return any(each.used for each in bought)
    return one.used is not None


def return_ticket(session: Session, order: Order, code: str, *, key: UUID, at: datetime) -> int:
    """Take an unused ticket or pass of this order back and give its money back; the cents.

    Raises NotReturnable, and RefundNotPossible where the provider's payment says no.
    """
    lock_ticket(session, code)
    sold = find_charge(session, order.id)
    paid = _paid(session, sold)
    if sold is None or paid is None:
        raise NotReturnable("ticket_not_returnable")
    if at > return_until(sold):
        raise NotReturnable("ticket_return_late", until=return_until(sold).isoformat())
    found = find_ticket(session, code)
    if found is not None and found.charge == order.id:
        cents = _ticket_back(session, sold, found, key=key, at=at)
    else:
        cents = _pass_back(session, sold, code, key=key, at=at)
    give_back(
        session, paid, cents, key=key, by="ticket return", reason="returned", at=at,
        source="booked",
    )  # fmt: skip
    return cents


def _paid(session: Session, sold: Charge | None) -> UUID | None:
    """The payment that bought it: who paid twice has another one, which goes back by itself."""
    return None if sold is None or sold.entry_id is None else paid_by(session, sold.entry_id)


def _ticket_back(session: Session, sold: Charge, found: Issued, *, key: UUID, at: datetime) -> int:
    if found.ended:
        raise NotReturnable("ticket_over", how=found.ended)
    if is_used(found, tickets_of(session, [sold.key])):
        raise NotReturnable("ticket_used")
    if not found.price_cents:
        raise NotReturnable("ticket_not_returnable")
    catalogue = posted_catalogue(session)
    posting = _posting(catalogue, sold, found, _returned_before(session, sold, found))
    entry = Entry(
        key, posting.event, business_day(at), catalogue.rulebook.book([posting]),
        reference=sold.receipt_number,
    )  # fmt: skip
    outcome = post(session, [entry])[0]
    if not isinstance(outcome, Posted):
        raise NotReturnable("ticket_not_returnable")
    row = {"ticket": found.code, "kind": "returned", "key": key, "entry_id": outcome.entry_id}
    session.execute(insert(ticket_end), [row])
    return found.price_cents


def _posting(catalogue: PostedCatalogue, sold: Charge, found: Issued, before: int) -> Posting:
    """This piece's part of what its line booked: all parts together are exactly that."""
    line, product = sold.lines[found.line - 1], catalogue.products[found.product]
    tax_code = tax_code_on(catalogue.offers, product.tax_code, sold.booked_on)
    assert tax_code is not None
    tax = _tax_of(line, before + 1) - _tax_of(line, before)
    roles = {"revenue": product.revenue_account}
    if tax_code.account is not None:
        roles["vat"] = tax_code.account
    where = dimensions_of(product, catalogue.facilities[found.facility], tax_code)
    amounts: dict[str, int | Money] = {"net": found.price_cents - tax, "tax": tax}
    return Posting("refund_approved", amounts, roles, where)


def _tax_of(line: ChargedLine, pieces: int) -> int:
    whole = split_vat(Money(line.amount_cents), line.vat_rate).tax.cents
    return whole * pieces // line.quantity


def _returned_before(session: Session, sold: Charge, found: Issued) -> int:
    tickets = tickets_of(session, [sold.key])
    return sum(one.line == found.line and one.ended == "returned" for one in tickets)


def _pass_back(session: Session, sold: Charge, code: str, *, key: UUID, at: datetime) -> int:
    if not any(code in line.passes for line in sold.lines):
        raise NotReturnable("ticket_unknown")
    found = find_pass(session, code)
    if found is None or found.ended or found.card.used or found.visits:
        raise NotReturnable("ticket_used" if found and found.visits else "ticket_over")
    outcome = take_back(session, code, key=key, booked_on=business_day(at))
    if not isinstance(outcome, Posted):
        raise NotReturnable("ticket_not_returnable")
    entry = find_entry(session, outcome.entry_id)
    assert entry is not None
    return sum(moved.amount_cents for moved in entry.transfers if moved.credit == BACK)

"""What the page behind a ticket's address shows: each ticket and pass as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.cards import Pass, is_season
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.charges import Charge
from ledger.money import Money
from ledger.passes import find_pass
from ledger.vat import split_vat
from terminals.gate.offers import SUPPLEMENTS
from terminals.gate.orders import Order, passes_of
from terminals.gate.returns import is_used, return_until
from terminals.gate.shop_data import Speech, name_of
from terminals.gate.tickets import Issued, ticket_text, tickets_of
from terminals.gate.tokens import spoken
from terminals.pay_links.addresses import known_receipt_path
from terminals.qr.codes import card_text, cards_of
from terminals.qr.keys import KeyRing

STATES = {
    "valid": "good", "partly": "good", "used": "", "empty": "", "expired": "", "returned": "",
    "blocked": "", "voided": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One ticket or pass. text: what its QR code says; state: a key of STATES; happened: where
    and when it was used. return_cents: what comes back for it now, None where it cannot be
    returned. has_proof: something is to be shown at the entrance."""

    code: str
    words: str
    title: str
    note: str
    text: str
    state: str
    happened: str
    has_proof: bool
    return_cents: int | None

    @property
    def is_gone(self) -> bool:
        return self.state not in ("valid", "partly")


@dataclass(frozen=True, slots=True)
class TicketPage:
    """All tickets of an order. number: the one shown, from 1. taxes: (percent, cents) that the
    price contains. email: where they can be sent, "" while nobody said."""

    token: str
    house: str
    shown: Sequence[Shown]
    number: int
    total_cents: int
    taxes: Sequence[tuple[int, int]]
    bought_at: datetime
    return_until: date
    receipt: str | None
    email: str
    key: UUID
    problem: str

    @property
    def one(self) -> Shown:
        return self.shown[self.number - 1]


def ticket_page(
    session: Session, order: Order, sold: Charge, *, number: int, speech: Speech, ring: KeyRing,
    at: datetime, problem: str = "",
) -> TicketPage:  # fmt: skip
    """The page with ticket `number` on it; a number there is none of shows the first."""
    catalogue = posted_catalogue(session)
    may_return = at <= return_until(sold) and bool(sold.total_cents)
    given = _Given(catalogue, speech, ring, business_day(at), may_return)
    bought = tickets_of(session, [sold.key])
    shown = [_ticket(one, given, is_used=is_used(one, bought)) for one in bought]
    shown += [
        _pass(session, found, given)
        for code in passes_of(sold)
        if (found := find_pass(session, code)) is not None
    ]
    return TicketPage(
        order.token, catalogue.facilities[order.facility].name, shown,
        number if 1 <= number <= len(shown) else 1, sold.total_cents, _taxes(sold),
        sold.charged_at, return_until(sold).astimezone(CITY_TIME).date(),
        known_receipt_path(session, sold.entry_id), order.email or "", uuid4(), problem,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Given:
    """What every line of the page needs."""

    catalogue: PostedCatalogue
    speech: Speech
    ring: KeyRing
    today: date
    may_return: bool


def _ticket(one: Issued, given: _Given, *, is_used: bool) -> Shown:
    product, t = given.catalogue.products[one.product], given.speech.t
    until = given.speech.day(one.valid_until, "year")
    state = one.state(given.today)
    happened = ""
    if one.used is not None:
        at = one.used.at.astimezone(CITY_TIME)
        where = {"day": given.speech.day(at.date(), "year"), "time": f"{at:%H:%M}"}
        happened = t("ticket.used_at", gate=one.used.gate, **where)
    is_back = given.may_return and state == "valid" and one.price_cents and not is_used
    return Shown(
        one.code, spoken(one.code), name_of(product, given.speech.language),
        t("ticket.supplement" if one.product in SUPPLEMENTS else "ticket.one", day=until),
        ticket_text(one, given.ring.signing), state, happened, bool(product.concession),
        one.price_cents if is_back else None,
    )  # fmt: skip


def _pass(session: Session, one: Pass, given: _Given) -> Shown:
    product, t = given.catalogue.products[one.product], given.speech.t
    until = given.speech.day(one.valid_until, "year")
    note = t("ticket.left", left=one.card.left, units=one.card.units, day=until)
    if is_season(product):
        note = t("ticket.season", day=until)
    in_use = [card for card in cards_of(session, one.code) if card.revoked_at is None]
    state = _pass_state(one, given.today, is_blocked=not in_use, is_season=is_season(product))
    is_back = given.may_return and state == "valid" and product.kind == "pass"
    return Shown(
        one.code, one.code, name_of(product, given.speech.language), note,
        card_text(in_use[0], given.ring) if in_use else "", state, "", bool(product.concession),
        one.card.net.cents + one.card.tax.cents if is_back else None,
    )  # fmt: skip


def _pass_state(one: Pass, today: date, *, is_blocked: bool, is_season: bool) -> str:
    if one.ended:
        return one.ended
    if is_blocked:
        return "blocked"
    if today > one.valid_until:
        return "expired"
    if is_season:
        return "valid"
    if not one.card.left:
        return "empty"
    return "partly" if one.card.used else "valid"


def _taxes(sold: Charge) -> list[tuple[int, int]]:
    """The tax in the price by rate, as each line was booked."""
    sums: dict[int, int] = {}
    for line in sold.lines:
        if line.amount_cents:
            tax = split_vat(Money(line.amount_cents), line.vat_rate).tax.cents
            sums[line.vat_rate] = sums.get(line.vat_rate, 0) + tax
    return sorted(sums.items())

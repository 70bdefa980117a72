"""What a till or a parent may ask of the catalogue: prices, taxes and offers on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.catalogue.model import Catalogue, Concession, Facility, Price, Product, TaxCode


@dataclass(frozen=True, slots=True)
class Offer:
    """A product at a facility on a day.

    price: None only for a surcharge that doubles the fees it goes with.
    blocked: why it may not be sold ("tax_to_decide"), None where it may.
    """

    product: Product
    price: Price | None
    tax: TaxCode
    concession: Concession | None
    blocked: str | None


def price_on(product: Product, day: date) -> Price | None:
    """The price in force on this day, None before the first and after the last.

    A refund does not ask here: it gives back what was paid.
    """
    begun = [price for price in product.prices if price.valid_from <= day]
    if not begun:
        return None
    price = begun[-1]
    return price if price.valid_until is None or day <= price.valid_until else None


def tax_code_on(catalogue: Catalogue, code: str, day: date) -> TaxCode | None:
    """The period of this tax code that holds on this day."""
    periods = (tax for tax in catalogue.tax_codes if tax.code == code)
    return next((tax for tax in periods if tax.holds_on(day)), None)


def facility_by_code(catalogue: Catalogue, code: str) -> Facility | None:
    """The facility of this code."""
    return next((house for house in catalogue.facilities if house.code == code), None)


def catalogue_for(catalogue: Catalogue, facility: Facility, day: date) -> tuple[Offer, ...]:
    """What this facility has on offer on this day, in the order of the files.

    Blocked products are there too: a cashier who is asked for one sees why it is not for sale.
    """
    concessions = {known.code: known for known in catalogue.concessions}
    offers = []
    for product in catalogue.products:
        if product.facility_kind != facility.kind:
            continue
        if product.facilities and facility.code not in product.facilities:
            continue
        price = price_on(product, day)
        tax = tax_code_on(catalogue, product.tax_code, day)
        if tax is None or (price is None and not product.doubles):
            continue
        concession = concessions.get(product.concession or "")
        blocked = "tax_to_decide" if tax.kind == "to_decide" else None
        offers.append(Offer(product, price, tax, concession, blocked))
    return tuple(offers)


def catalogue_document(catalogue: Catalogue, facility: Facility, day: date) -> dict[str, Any]:
    """The offers of a day as plain values for JSON; equal catalogues give equal documents."""
    offers = catalogue_for(catalogue, facility, day)
    used = {offer.product.group for offer in offers}
    return {
        "facility": {"code": facility.code, "kind": facility.kind, "name": facility.name},
        "day": day.isoformat(),
        "is_open": facility.is_open(day),
        "groups": [
            {"code": group.code, "name": group.name, "name_en": group.name_en}
            for group in catalogue.groups
            if group.code in used
        ],
        "products": [_offer_document(offer) for offer in offers],
    }


def terms_of(product: Product) -> Mapping[str, Any]:
    """What only some kinds of product have (visits, shares, ...) as plain values, if given."""
    federal = product.federal_share
    terms = {
        "visits": product.visits,
        "visits_per_day": product.visits_per_day,
        "valid_months": product.valid_months,
        "valid_days": product.valid_days,
        "shares": [[share.facility, share.weight] for share in product.shares],
        "federal_share": federal
        and {"parts": federal.parts, "of": federal.of, "account": federal.account},
        "applies_to": list(product.applies_to),
        "doubles": product.doubles,
    }
    return {name: value for name, value in terms.items() if value}


def _offer_document(offer: Offer) -> dict[str, Any]:
    product, price, tax, concession = offer.product, offer.price, offer.tax, offer.concession
    return {
        "code": product.code,
        "kind": product.kind,
        "name": product.name,
        "name_en": product.name_en,
        "group": product.group,
        "sphere": product.sphere,
        "price": price
        and {
            "amount_cents": price.amount.cents,
            "currency": price.amount.currency,
            "valid_from": price.valid_from.isoformat(),
            "legal_basis": price.legal_basis,
        },
        "tax": {
            "code": tax.code,
            "kind": tax.kind,
            "rate_percent": tax.rate_percent,
            "legal_basis": tax.legal_basis,
        },
        "concession": concession
        and {
            "code": concession.code,
            "name": concession.name,
            "name_en": concession.name_en,
            "proof": concession.proof,
        },
        "blocked": offer.blocked,
        "terms": dict(terms_of(product)),
    }

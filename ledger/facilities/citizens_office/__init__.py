"""Citizens' offices: fees of a case, with surcharges and waivers, some partly the federation's.

Prices and their dates are the catalogue's. A fee that is not paid at the desk becomes a fee
notice (a claim) or a pay link.
"""

from ledger.facilities import (
    Booking,
    CaseReferenceMissing,
    FacilityType,
    Item,
    ReasonMissing,
    booked,
    counted,
    dimensions,
    sale,
)
from ledger.facilities.citizens_office.fees import FEES, WAIVED, federal_split, price
from ledger.rules import Posting
from ledger.tenders import Tender


def book(item: Item, tender: Tender) -> Booking:
    """A fee by desk, notice or pay link; one that costs nothing is counted with its reason.

    Raises CaseReferenceMissing, and ReasonMissing for one waived without.
    """
    if not item.dimensions.case_reference:
        raise CaseReferenceMissing(item.product)
    if WAIVED in item.options and not item.reason:
        raise ReasonMissing(item.product)
    if not price(item):
        return counted(item, (WAIVED in item.options and item.reason) or "free")
    # A side service can become taxable on a date (§ 2b UStG); then it is an ordinary sale.
    return sale(item, tender) if item.vat_rate else _fee(item, tender)


def _fee(item: Item, tender: Tender) -> Booking:
    own, federal = federal_split(item)
    at, roles = dimensions(item, tender), {"revenue": item.revenue, **item.accounts}
    shared = {"own": own, "federal": federal}
    match tender.way:
        case "invoice":
            return booked(Posting("fee_notice", shared, roles, at))
        case "e_payment":
            return booked(Posting("pay_link_paid", shared, roles, at))
    roles["tender"] = tender.account
    if item.kind == "fee_with_federal_share":
        return booked(Posting("fee_shared", shared, roles, at))
    return booked(Posting("fee", {"amount": own}, roles, at))


FACILITY = FacilityType(
    code="citizens_office",
    title="Bürgerservice",
    kinds=FEES,
    ways=frozenset(
        {"girocard", "credit_card", "cash", "citizen_wallet", "online", "e_payment", "invoice"}
    ),
    book=book,
    price=price,
    options=frozenset({WAIVED}),
)

"""Fee notices a till issued instead of taking money: a claim, and the pay link that settles it."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.baskets import BasketLine
from ledger.pay_links import LinkAsked, PayLinkRefused, Standing, issue_notice, make_link
from ledger.pay_links.standing import locked_standing, standing_of
from ledger.tables.pay_links import pay_link_notice, pay_link_sale
from terminals.mail.letters import address
from terminals.pay_links.addresses import link_address, link_path
from terminals.site_items.item import Item, Outcome, Place, outcome_of

BY_THEMSELVES = frozenset({"online", "transfer"})  # how a payer settles a claim


def take_fee_notice(session: Session, item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """Make the claim and its link under the key of the till's sale; answers where to pay it.

    Raises PayLinkRefused: pay_link_amount, and what `make_link` and the books refuse; nothing is
    left of the link then.
    """
    at = body["noticed_at"]
    asked = LinkAsked(
        item.key, place.device, at, place.facility,
        tuple(BasketLine(**line) for line in body["lines"]), till=place.till,
        case_reference=body.get("case_reference"), shift=body["shift"],
    )  # fmt: skip
    made = make_link(session, asked)
    link = standing_of(session, made.id)
    if link.amount_cents != body["amount_cents"]:
        raise PayLinkRefused(
            "pay_link_amount", link=str(link.id), amount_cents=link.amount_cents
        )  # fmt: skip
    outcome = outcome_of(issue_notice(session, link.id, at=at))
    if outcome.state != "taken":
        raise PayLinkRefused(outcome.code or "not_bookable", **outcome.data)
    row = {
        "link": link.id, "till": place.till, "receipt_number": body["receipt_number"],
        "sold_at": at,
    }  # fmt: skip
    session.execute(insert(pay_link_sale), [row])
    return Outcome("taken", outcome.entry_id, data=_told(link))


def charge_of_sale(session: Session, sale: UUID) -> UUID:
    """The charge of a till's sale: its own key, or the claim of a fee notice.

    Raises PayLinkRefused: notice_paid, where the claim is settled and cannot be taken back.
    """
    found = select(pay_link_notice.c.charge).where(pay_link_notice.c.link == sale)
    charge: UUID | None = session.scalar(found)
    if charge is None:
        return sale
    if locked_standing(session, sale).paid_how in BY_THEMSELVES:
        raise PayLinkRefused("notice_paid", link=str(sale))
    return charge


def _told(link: Standing) -> dict[str, Any]:
    """What the till shows and prints of it."""
    return {
        "address": link_address(link),
        "notice_address": address(f"{link_path(link.token)}/bescheid"),
        "reference": link.reference, "expires_at": link.expires_at.isoformat(),
    }  # fmt: skip

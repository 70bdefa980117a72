"""Sales that a pay link paid: the money is the link's and booked; the till adds its receipt."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.pay_links import standing_of
from ledger.tables.pay_links import pay_link_sale
from terminals.site_items.item import TAKEN, Item, Outcome, Place, refused


def take_link_sale(session: Session, _item: Item, place: Place, body: dict[str, Any]) -> Outcome:
    """Keep the number of the receipt a till gave for a link of its own; nothing is charged.

    Refused: pay_link_unknown (also another till's), pay_link_unpaid, pay_link_amount,
    pay_link_sold (it has a receipt of another number).
    """
    link = standing_of(session, body["link"])
    if (link.facility, link.till) != (place.facility, place.till):
        return refused("pay_link_unknown", link=str(link.id))
    if link.paid_at is None:
        return refused("pay_link_unpaid", link=str(link.id))
    if link.amount_cents != body["amount_cents"]:
        return refused("pay_link_amount", link=str(link.id), amount_cents=link.amount_cents)
    known = select(pay_link_sale.c.receipt_number).where(pay_link_sale.c.link == link.id)
    if session.scalar(known) is not None:
        return refused("pay_link_sold", receipt_number=link.receipt_number)
    row = {
        "link": link.id, "till": place.till, "receipt_number": body["receipt_number"],
        "sold_at": body["sold_at"],
    }  # fmt: skip
    session.execute(insert(pay_link_sale), [row])
    return TAKEN

"""A fee notice (Gebührenbescheid) as a page to print: what is owed, why, and how to pay it.

The letter's head, whom it is for, and how to object belong to the office that sends it; here
stands what the cash office knows.
"""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from ledger.pay_links import Standing
from terminals.pay_links.page_data import Bill, TransferPage, transfer_of


@dataclass(frozen=True, slots=True)
class NoticePage:
    """The notice. issued_at: of the claim. host: the domain to compare with before paying."""

    bill: Bill
    transfer: TransferPage
    issued_at: datetime
    pay_until: datetime
    total_cents: int
    is_paid: bool
    address: str
    host: str
    link_code: Markup


def notice_page(
    session: Session, link: Standing, *, recipient: str, language: str, address: str,
    link_code: Markup,
) -> NoticePage:  # fmt: skip
    """The notice of a link that was made a claim."""
    transfer, _ = transfer_of(session, link, recipient=recipient, language=language)
    host = address.partition("://")[2].partition("/")[0]
    return NoticePage(
        transfer.bill, transfer, link.made_at, link.expires_at, link.amount_cents,
        link.paid_at is not None, address, host, link_code,
    )  # fmt: skip

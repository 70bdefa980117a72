"""Addresses of pay links and electronic receipts: who has one sees what it leads to."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.pay_links import Standing
from ledger.tables.pay_links import receipt_address
from terminals.mail.letters import address
from terminals.printing.sheet import new_token


def link_path(token: str) -> str:
    """The page of a pay link on our host."""
    return f"/zahlen/{token}"


def link_address(link: Standing) -> str:
    """The whole address of a pay link, as a code on paper has it."""
    return address(link_path(link.token))


def receipt_path(session: Session, entry_id: int) -> str:
    """The page of the receipt of what this entry booked, on our host; one for each entry.

    Writes it down the first time. Raises IntegrityError for an entry that does not exist.
    """
    row = {"entry_id": entry_id, "token": new_token()}
    session.execute(insert(receipt_address).values(row).on_conflict_do_nothing())
    kept = select(receipt_address.c.token).where(receipt_address.c.entry_id == entry_id)
    return f"/beleg/{session.scalars(kept).one()}"


def known_receipt_path(session: Session, entry_id: int | None) -> str | None:
    """As `receipt_path`, where it was written down; None where not."""
    kept = select(receipt_address.c.token).where(receipt_address.c.entry_id == entry_id)
    token = session.scalar(kept)
    return None if token is None else f"/beleg/{token}"

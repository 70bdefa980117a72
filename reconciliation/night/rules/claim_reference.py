"""A transfer that carries the reference of a fee or bill, over the amount that is still open."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.entries import Dimensions, Posted
from ledger.pay_links import note_transfer, transfer_due
from ledger.rules import Posting
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.night.rules.open_lines import OPEN_CREDITS

MAIN_BANK = "181000"


def _find(session: Session, until: date) -> list[Explanation]:
    """The exact amount for what is still open; another amount is for people."""
    rows = session.execute(
        text(f"SELECT o.*, p.id AS link, w.account AS wallet FROM ({OPEN_CREDITS}) o"
             " JOIN pay_link p ON p.reference = o.rf_reference"
             " LEFT JOIN wallet w ON w.code = p.wallet"
             # Fees are the main account's; a second transfer for the same is not for it.
             f" WHERE w.code IS NOT NULL OR o.bank = '{MAIN_BANK}' ORDER BY o.id"),
        {"until": until},
    ).all()  # fmt: skip
    found: dict[UUID, Explanation] = {}
    for line in rows:
        if line.link in found or not transfer_due(session, line.link, line.amount_cents):
            continue
        event, roles = "fee_notice_paid", {}
        if line.wallet is not None:
            event, roles = "top_up_transfer", {"bank": line.bank, "wallet": line.wallet}
        posting = Posting(event, {"amount": line.amount_cents}, roles, Dimensions())
        found[line.link] = Explanation(
            line, line.rf_reference, (posting,), line.rf_reference, about=line.link
        )
    return list(found.values())


def _tell_the_link(session: Session, explained: Explanation, booked: Posted) -> None:
    # Banks name the day alone.
    noon = datetime.combine(explained.line.booked_on, time(12), CITY_TIME)
    note_transfer(
        session, explained.about, key=booked.key, amount_cents=explained.line.amount_cents,
        entry_id=booked.entry_id, at=noon,
    )  # fmt: skip


RULE = LineRule("claim_reference", 1, _find, then=_tell_the_link)

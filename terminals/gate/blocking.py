"""Tickets whose money went away again: what is unused opens no gate any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.charges import find_charge
from terminals.gate.tables import ticket_end
from terminals.gate.tickets import tickets_of
from terminals.qr.codes import cards_of, revoke_card


def block_tickets(session: Session, charge: UUID, *, key: UUID, at: datetime) -> int:
    """Block what a charge sold and nobody has used; how many that were.

    A pass keeps its money and its visits: its printed codes alone are taken back.
    """
    unused = [one for one in tickets_of(session, [charge]) if not one.ended and not one.used]
    rows = [{"ticket": one.code, "kind": "blocked", "key": key} for one in unused]
    if rows:
        session.execute(insert(ticket_end), rows)
    sold = find_charge(session, charge)
    codes = [code for line in sold.lines for code in line.passes] if sold else []
    in_use = [card for code in codes for card in cards_of(session, code) if card.revoked_at is None]
    for card in in_use:
        revoke_card(session, card.id, at=at)
    return len(rows) + len(in_use)

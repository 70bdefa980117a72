"""What became of a pay link, derived from the facts about it: nothing of this is stored.

A fee that was paid at a counter meanwhile is recognised by its case reference: a charge of the
same office, case and amount, taken after the link was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from ledger.outcomes import ServiceRefusal
from ledger.tables.pay_links import pay_link


class UnknownPayLink(ServiceRefusal):
    """Nobody made this link."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A link as it stands.

    lines: product, quantity, unit_cents, waiver_reason, applies_to; empty for a wallet.
    amount_cents: asked for now; first_cents: when it was made; change_reason: of the newest
    change. part_cents: paid of it already, when it had been less. notice: the charge that made
    it a claim. paid_how: "online", "transfer", "counter" or None; paid_entry: what booked it.
    is_unclear: paid, but the books did not take it as that yet. back_cents: what was paid too
    much and goes back; back_of: those payments. receipt: number a till gave for it.
    """

    id: UUID
    number: int
    token: str
    reference: str
    kind: str
    facility: str | None
    till: str | None
    shift: str | None
    wallet: str | None
    case_reference: str | None
    takes_transfers: bool
    made_at: datetime
    lines: tuple[Mapping[str, Any], ...]
    amount_cents: int
    first_cents: int
    expires_at: datetime
    change_count: int
    change_reason: str | None
    withdrawn_at: datetime | None
    wished_at: datetime | None
    notice: UUID | None
    part_cents: int
    paid_how: str | None
    paid_at: datetime | None
    paid_entry: int | None
    is_unclear: bool
    back_cents: int
    back_of: tuple[UUID, ...]
    receipt: str | None

    @property
    def due_cents(self) -> int:
        """What is still to be paid; of no meaning once it is paid."""
        return self.amount_cents - self.part_cents

    @property
    def receipt_number(self) -> str:
        """On the receipt of what is paid for this link."""
        return self.receipt or f"ZL-{self.number:06d}"

    def state(self, at: datetime) -> str:
        """ "paid", "withdrawn", "expired" or "open" at this instant."""
        if self.paid_at is not None:
            return "paid"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if at < self.expires_at else "expired"


def find_link(session: Session, link: UUID) -> Standing | None:
    """The link of this id as it stands."""
    row = session.execute(_STANDING, {"id": link, "token": None}).one_or_none()
    return None if row is None else _standing(row)


def link_by_token(session: Session, token: str) -> Standing | None:
    """The link of this address, as it stands; capitals or not."""
    row = session.execute(_STANDING, {"id": None, "token": token.upper()}).one_or_none()
    return None if row is None else _standing(row)


def standing_of(session: Session, link: UUID) -> Standing:
    """As `find_link`. Raises UnknownPayLink."""
    found = find_link(session, link)
    if found is None:
        raise UnknownPayLink("pay_link_unknown", link=str(link))
    return found


def locked_standing(session: Session, link: UUID) -> Standing:
    """As `standing_of`, and nobody else changes or pays this link until the transaction ends."""
    session.execute(select(pay_link.c.id).where(pay_link.c.id == link).with_for_update())
    return standing_of(session, link)


# Money of the provider or the bank comes first; a counter's is looked for where there was none.
_STANDING = text("""
    SELECT l.id, l.number, l.token, l.reference, l.kind, l.facility, l.till, l.shift, l.wallet,
           l.case_reference, l.takes_transfers, l.made_at,
           coalesce(c.lines, l.lines) AS lines,
           coalesce(c.amount_cents, l.amount_cents) AS amount_cents,
           l.amount_cents AS first_cents, coalesce(c.expires_at, l.expires_at) AS expires_at,
           coalesce(c.number, 0) AS change_count, c.reason AS change_reason,
           coalesce(w.withdrawn_at, taken.back_at) AS withdrawn_at, wish.wished_at,
           n.charge AS notice, coalesce(came.part_cents, 0) AS part_cents,
           coalesce(came.way, counter.way) AS paid_how,
           coalesce(came.paid_at, counter.charged_at) AS paid_at,
           coalesce(came.entry_id, counter.entry_id) AS paid_entry,
           coalesce(came.is_unclear, false) AS is_unclear,
           coalesce(came.back_cents, 0) AS back_cents, came.back_of, s.receipt_number AS receipt
      FROM pay_link l
      LEFT JOIN LATERAL (SELECT * FROM pay_link_change x WHERE x.link = l.id
                          ORDER BY x.number DESC LIMIT 1) c ON true
      LEFT JOIN pay_link_withdrawal w ON w.link = l.id
      LEFT JOIN pay_link_wish wish ON wish.link = l.id
      LEFT JOIN pay_link_notice n ON n.link = l.id
      LEFT JOIN pay_link_sale s ON s.link = l.id
      LEFT JOIN LATERAL (SELECT v.recorded_at AS back_at FROM charge_reversal v
                          WHERE v.charge = n.charge) taken ON true
      LEFT JOIN LATERAL (
          SELECT max(p.way) FILTER (WHERE p.use IN ('settles', 'unclear')) AS way,
                 max(p.paid_at) FILTER (WHERE p.use IN ('settles', 'unclear')) AS paid_at,
                 max(p.entry_id) FILTER (WHERE p.use IN ('settles', 'unclear')) AS entry_id,
                 bool_or(p.use = 'unclear') AS is_unclear,
                 sum(p.amount_cents) FILTER (WHERE p.use = 'part')::bigint AS part_cents,
                 sum(p.back_cents)::bigint AS back_cents,
                 array_agg(p.payment) FILTER (WHERE p.back_cents > 0) AS back_of
            FROM pay_link_payment p WHERE p.link = l.id) came ON true
      LEFT JOIN LATERAL (
          SELECT 'counter' AS way, g.charged_at, g.entry_id
            FROM charge g JOIN transfer t ON t.entry_id = g.entry_id
            JOIN case_reference r ON r.id = t.case_id AND r.value = l.case_reference
           WHERE came.paid_at IS NULL AND g.facility = l.facility
             AND g.booked_on >= (l.made_at AT TIME ZONE 'Europe/Berlin')::date
             AND g.charged_at >= l.made_at AND g.way NOT IN ('online', 'invoice', 'e_payment')
             AND g.total_cents = coalesce(c.amount_cents, l.amount_cents)
             AND NOT EXISTS (SELECT FROM charge_reversal v WHERE v.charge = g.key)
           ORDER BY g.charged_at LIMIT 1) counter ON true
     WHERE l.id = :id OR l.token = :token""")


def _standing(row: Row[Any]) -> Standing:
    values = {**row._mapping, "lines": tuple(row.lines or ()), "back_of": tuple(row.back_of or ())}
    return Standing(**{name: values[name] for name in Standing.__slots__})

"""Telling a pay link that the transfer a person found for its claim has paid it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.pay_links import note_transfer, transfer_due
from reconciliation.casework.refusals import CaseworkRefused

_KEYS = UUID("5f0c9d52-6f0b-5b1d-8a43-0e0b7b8f2d11")
_LINKS = """
    SELECT k.id, x.amount_cents FROM expected_item x JOIN pay_link k ON k.reference = x.order_ref
     WHERE x.kind = 'invoice' AND x.code = ANY (CAST(:codes AS text[])) ORDER BY k.id"""


@dataclass(frozen=True, slots=True)
class Paid:
    """A link whose claim is settled with this; cents: of the claim."""

    link: UUID
    cents: int


def link_to_tell(session: Session, expected: Sequence[str], booked_cents: int) -> Paid | None:
    """The one link whose claim the booking settles, locked; None where it is about none.

    Raises CaseworkRefused: difference_taken where the link was paid or withdrawn meanwhile.
    """
    rows = session.execute(text(_LINKS), {"codes": list(expected)}).all()
    if len(rows) != 1 or rows[0].amount_cents != booked_cents:
        return None
    [row] = rows
    if transfer_due(session, row.id, row.amount_cents) is None:
        raise CaseworkRefused("difference_taken")
    return Paid(row.id, row.amount_cents)


def tell_link(session: Session, paid: Paid, entry: int, *, at: datetime) -> None:
    """The link is paid by this entry."""
    key = uuid5(_KEYS, str(entry))
    note_transfer(
        session, paid.link, key=key, amount_cents=paid.cents, entry_id=entry, at=at
    )  # fmt: skip

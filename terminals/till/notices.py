"""Fee notices: issued here at once, and a claim with a pay link as soon as the centre has heard.

The sale's key is also the link's: it is in the journal before the centre hears of it, and an item
that is sent again after a lost answer finds the same claim and the same link.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from terminals.till.outbox import TAKEN, Item
from terminals.till.pull import keep_document, known

KIND = "fee_notice"


@dataclass(frozen=True, slots=True)
class Payable:
    """Where a notice is paid. address: of its pay link. notice_address: of the notice to print,
    with its GiroCode. reference: for the transfer. pay_until: aware."""

    address: str
    notice_address: str
    reference: str
    pay_until: datetime


def keep_links(
    connection: Connection,
    till: str,
    items: Iterable[Item],
    outcomes: Iterable[Mapping[str, Any]],
) -> None:
    """Remember what the centre answered for notices it made a claim of."""
    for item, outcome in zip(items, outcomes, strict=True):
        if item.kind == KIND and outcome["state"] == TAKEN and outcome.get("data"):
            keep_document(connection, till, _name(item.key), outcome["data"], etag=None)


def payable_at(connection: Connection, till: str, sale: UUID) -> Payable | None:
    """Where the notice of this sale is paid; None until the centre has said so."""
    said: Mapping[str, Any] | None = known(connection, till, _name(sale))
    if said is None:
        return None
    ends = datetime.fromisoformat(said["expires_at"])
    return Payable(said["address"], said["notice_address"], said["reference"], ends)


def _name(sale: UUID) -> str:
    return f"link/{sale}"

"""Passes that were sold here: their codes come from the centre, their slips from our printer."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from terminals.till.centre import Centre
from terminals.till.enrolled import Till
from terminals.till.journal import Journal
from terminals.till.journal.tables import outbox, sale, sold_pass
from terminals.till.outbox import TAKEN


@dataclass(frozen=True, slots=True)
class SoldPass:
    """A pass with its code. visits: units it was sold for. token: what its QR code says."""

    code: str
    product: str
    visits: int
    valid_until: date
    token: str
    printed_at: datetime | None


def passes_of(connection: Connection, key: UUID) -> list[SoldPass]:
    """The passes of a sale that have their codes."""
    columns = [sold_pass.c[name] for name in SoldPass.__dataclass_fields__]
    found = select(*columns).where(sold_pass.c.sale == key).order_by(sold_pass.c.code)
    return [SoldPass(*row) for row in connection.execute(found)]


def fetch_codes(journal: Journal, centre: Centre, till: Till) -> list[UUID]:
    """Ask for the codes of passes whose sale the centre has by now; the sales that got theirs.

    Raises CentreSilent and CentreRefused.
    """
    with journal.read() as connection:
        waiting = _without_codes(connection, till.code)
    for key in waiting:
        answer = centre.get(f"/till/charges/{key}/passes", till.token, quick=True)
        rows = [
            {**one, "sale": key, "valid_until": date.fromisoformat(one["valid_until"])}
            for one in answer.body["passes"]
        ]
        if rows:
            with journal.write(till.code) as connection:
                connection.execute(insert(sold_pass), rows)
    return waiting


def mark_printed(connection: Connection, key: UUID, now: datetime) -> None:
    """Keep that the slips of a sale went to the printer."""
    connection.execute(update(sold_pass).where(sold_pass.c.sale == key).values(printed_at=now))


def _without_codes(connection: Connection, till: str) -> list[UUID]:
    has_code = select(sold_pass.c.sale)
    found = (
        select(sale.c.key)
        .join(outbox, outbox.c.key == sale.c.key)
        .where(sale.c.till == till, outbox.c.state == TAKEN, sale.c.key.not_in(has_code))
        .where(sale.c.state == "paid", sale.c.passes > 0)
    )
    return list(connection.scalars(found))

"""The city's facilities as a form offers them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.tables.catalogue import facility


def site_names(session: Session) -> dict[str, str]:
    """The name of every facility by its code, in the order of the names."""
    rows = session.execute(select(facility).order_by(facility.c.name))
    return {row.code: row.name for row in rows}

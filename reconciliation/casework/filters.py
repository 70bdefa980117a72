"""Filters of the work list that a person keeps under a name; private, and gone with a click."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.tables import kept_filter

LONGEST_NAME = 40
LONGEST_QUERY = 500
MOST = 12


def keep_filter(session: Session, by: Caller, name: str, query: str) -> None:
    """Keep a filter under a name; the same name takes the new one.

    Raises CaseworkRefused: filter_name for none or one too long, filter_count above a dozen.
    """
    named = name.strip()
    if not 1 <= len(named) <= LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise CaseworkRefused("filter_name", most=LONGEST_NAME)
    kept = {known for known, _ in kept_filters(session, by)}
    if len(kept) >= MOST and named not in kept:
        raise CaseworkRefused("filter_count", most=MOST)
    row = {"person": by.name, "name": named, "query": query}
    key = [kept_filter.c.person, kept_filter.c.name]
    session.execute(
        insert(kept_filter)
        .values(row)
        .on_conflict_do_update(index_elements=key, set_={"query": query})
    )


def kept_filters(session: Session, by: Caller) -> list[tuple[str, str]]:
    """Name and query string of every filter this person keeps, by name."""
    mine = select(kept_filter.c.name, kept_filter.c.query).where(kept_filter.c.person == by.name)
    return [(row.name, row.query) for row in session.execute(mine.order_by(kept_filter.c.name))]


def forget_filter(session: Session, by: Caller, name: str) -> None:
    """Drop one; nothing happens where there is none."""
    mine = (kept_filter.c.person == by.name) & (kept_filter.c.name == name)
    session.execute(delete(kept_filter).where(mine))

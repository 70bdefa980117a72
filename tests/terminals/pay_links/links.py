"""Pay links to test with: an identity card at the Katschhof, and what the books say about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.database import Database
from ledger.baskets import BasketLine
from ledger.pay_links import Link, LinkAsked, Standing, find_link, make_link, receive

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CARD = BasketLine("PA24")
CASE = "8410 2604 1735"
LATER = timedelta(minutes=7)


def asked(**changes: Any) -> LinkAsked:
    """An identity card, 46.00 euros, at the Katschhof."""
    given: dict[str, Any] = {
        "id": uuid4(), "made_by": "S-0001", "made_at": NOW, "facility": "A01", "lines": (CARD,),
        "case_reference": CASE,
    }  # fmt: skip
    return LinkAsked(**{**given, **changes})


def a_link(database: Database, **changes: Any) -> Link:
    with database.transaction() as session:
        return make_link(session, asked(**changes))


def paid(database: Database, link: UUID, cents: int, at: datetime = NOW + LATER) -> Any:
    """Money of the provider for a link, a payment of its own."""
    with database.transaction() as session:
        return receive(session, link, payment=uuid4(), amount_cents=cents, at=at)


def do(database: Database, work: Callable[[Session], Any]) -> Any:
    with database.transaction() as session:
        return work(session)


def standing(database: Database, link: UUID) -> Standing:
    with database.read_only() as session:
        found = find_link(session, link)
    assert found is not None
    return found


def held(database: Database, account: str) -> int:
    """Debits less credits of an account, all of its sub-accounts too."""
    query = text("""
        SELECT coalesce(sum(CASE WHEN t.debit_account = a.id THEN t.amount_cents
                                 ELSE -t.amount_cents END), 0)
          FROM transfer t JOIN account a ON a.id IN (t.debit_account, t.credit_account)
         WHERE a.code = :account OR a.code LIKE :account || '/%'""")
    with database.read_only() as session:
        return int(session.execute(query, {"account": account}).scalar_one())

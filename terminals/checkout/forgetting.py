"""Being forgotten at the provider: ways to pay that were kept, and the customers they belonged to.

What shall go is written down in the transaction that ends its use; a job asks the provider, and
the sweep after it, until it has gone. Nothing goes that a payment of ours still needs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.jobs import defer
from ledger.permissions import Books
from terminals.checkout.provider import Provider
from terminals.checkout.tables import (
    online_customer,
    online_forgetting,
    online_payment,
    online_way,
)

JOB = "online_forgetting"


def want_method_gone(session: Session, payer: str, method: str, *, at: datetime) -> None:
    """Have the provider take this way to pay from its customer; nobody can charge it then."""
    _want_gone(session, {"kind": "way", "ref": method, "payer": payer}, at)


def want_customer_gone(session: Session, payer: str, *, at: datetime) -> None:
    """Have the provider delete the payer's customer with all that it was told of them there."""
    of = online_customer.c
    customer = session.scalar(select(of.customer).where(of.payer == payer))
    if customer is not None:
        _want_gone(session, {"kind": "customer", "ref": customer, "payer": payer}, at)


def forget(books: Books, provider: Provider, ref: str, *, at: datetime) -> bool:
    """Have the provider forget it, as often as one likes; False while a payment still needs it.

    The customer is let go here first, so that no page is made for one that is being deleted.
    Raises ProviderDown and ProviderRefused: it waits for the next sweep.
    """
    of = online_forgetting.c
    with books.transaction() as session:
        wanted = select(online_forgetting).where(of.ref == ref).with_for_update()
        row = session.execute(wanted).one_or_none()
        if row is None or row.done_at is not None:
            return True
        if row.kind == "way" and _way_is_needed(session, row):
            return False
        if row.kind == "customer" and not _let_go(session, row):
            return False
    (provider.forget_method if row.kind == "way" else provider.forget_customer)(ref)
    with books.transaction() as session:
        session.execute(
            update(online_forgetting).where(of.ref == ref, of.done_at.is_(None)).values(done_at=at)
        )
    return True


def waiting(session: Session) -> list[str]:
    """What shall go and has not gone, the oldest first; a customer after its ways to pay."""
    of = online_forgetting.c
    wanted = select(of.ref).where(of.done_at.is_(None))
    return list(session.scalars(wanted.order_by(of.wanted_at, of.kind.desc())))


def _want_gone(session: Session, row: dict[str, Any], at: datetime) -> None:
    session.execute(
        insert(online_forgetting).values(row | {"wanted_at": at}).on_conflict_do_nothing()
    )
    defer(session, JOB, {"ref": row["ref"]}, lock=f"forget-{row['payer']}")


def _way_is_needed(session: Session, row: Row[Any]) -> bool:
    """Whether a planned payment is still to be made with it."""
    of = online_payment.c
    planned = exists().where(of.method == row.ref, of.intent.is_(None), of.ended_at.is_(None))
    return bool(session.scalar(select(planned)))


def _let_go(session: Session, row: Row[Any]) -> bool:
    """Whether the customer is nobody's any more. The row is locked: a payment that begins now
    either is seen here or finds no customer."""
    known, of = online_customer.c, online_payment.c
    held = select(known.customer).where(known.payer == row.payer).with_for_update()
    if session.scalar(held) != row.ref:
        return True
    needed = select(
        or_(
            exists().where(of.payer == row.payer, of.ended_at.is_(None)),
            exists().where(online_way.c.payer == row.payer),
        )
    )
    if session.scalar(needed):
        return False
    session.execute(update(online_customer).where(known.payer == row.payer).values(customer=None))
    return True

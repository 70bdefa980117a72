"""Payers at the provider: a customer for our code, and the way to pay that was kept for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.permissions import Books
from terminals.checkout.forgetting import want_method_gone
from terminals.checkout.provider import Json, Provider
from terminals.checkout.tables import online_customer, online_forgetting, online_way


def customer_for(books: Books, provider: Provider, payer: str) -> str:
    """The provider's id of this payer, made at the first call. Raises ProviderDown.

    A customer whose answer was lost for more than a day is made twice; the first one then has
    nothing and is asked for nothing.
    """
    with books.read_only() as session:
        known, gone = _customer(session, payer), _gone(session, payer)
    if known is not None:
        return known
    made = provider.create_customer(payer, gone)
    with books.transaction() as session:
        session.execute(
            insert(online_customer)
            .values(payer=payer, customer=made["id"])
            .on_conflict_do_update(
                index_elements=[online_customer.c.payer], set_={"customer": made["id"]},
                where=online_customer.c.customer.is_(None),
            )
        )  # fmt: skip
        found = _customer(session, payer)
    assert found is not None
    return found


def way_of(session: Session, payer: str) -> Any:
    """What was kept for this payer: a row with method, kind, label; None where nothing was."""
    return session.execute(select(online_way).where(online_way.c.payer == payer)).one_or_none()


def keep_way(session: Session, payer: str, method: Json, *, at: datetime) -> None:
    """Keep this way to pay for the payer; an earlier one is forgotten, at the provider too."""
    kind = str(method.get("type"))
    if kind not in ("card", "sepa_debit"):
        return  # a wallet of the provider's own, not to be charged alone
    shown = method.get(kind) or {}
    label = f"{shown.get('brand') or 'IBAN'} {shown.get('last4') or ''}".strip()
    row = {"method": method["id"], "kind": kind, "label": label[:60], "saved_at": at}
    before = way_of(session, payer)
    if before is not None and before.method != method["id"]:
        want_method_gone(session, payer, before.method, at=at)
    session.execute(
        insert(online_way)
        .values(payer=payer, **row)
        .on_conflict_do_update(index_elements=[online_way.c.payer], set_=row)
    )


def forget_way(session: Session, payer: str, *, at: datetime) -> None:
    """Keep nothing any more, here and at the provider."""
    forgotten = delete(online_way).where(online_way.c.payer == payer)
    for method in session.scalars(forgotten.returning(online_way.c.method)):
        want_method_gone(session, payer, method, at=at)


def _gone(session: Session, payer: str) -> int:
    of = online_forgetting.c
    deleted = select(func.count()).where(of.payer == payer, of.kind == "customer")
    return session.scalar(deleted) or 0


def _customer(session: Session, payer: str) -> str | None:
    return session.scalar(
        select(online_customer.c.customer).where(online_customer.c.payer == payer)
    )

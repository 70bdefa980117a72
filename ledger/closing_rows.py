"""Closing accounts as they are stored, with the ways their money goes back."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from ledger.outcomes import ServiceRefusal
from ledger.tables.families import closing_payout, wallet_closing

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


class ClosingRefused(ServiceRefusal):
    """The account is not closed, released or paid out like this: `code` says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A payment that can be paid back the way it came. way: card or sepa_debit."""

    payment: UUID
    way: str
    left_cents: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class Payout:
    """One way of the money back. way: card, sepa_debit (with the payment) or transfer.

    state: released, on_the_way, paid_out, came_back or replaced.
    """

    id: UUID
    way: str
    payment: UUID | None
    amount_cents: int
    state: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A wallet on its way out.

    state: requested, released, on_the_way, paid_out, came_back or withdrawn. iban, holder: of the
    payer, until the money has arrived. amount_cents: what was on the wallet, once released.
    """

    id: UUID
    wallet: str
    state: str
    last_day: date
    iban: str | None
    holder: str | None
    requested_at: datetime
    released_at: datetime | None
    released_by: str | None
    amount_cents: int | None
    changed_at: datetime
    payouts: tuple[Payout, ...] = ()


def is_iban(text: str) -> bool:
    """Whether this is an IBAN in its electronic form, check digits included (ISO 13616)."""
    if not _IBAN.fullmatch(text):
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def closing_of(session: Session, wallet: str) -> Closing | None:
    """The closing of this wallet, unless it was withdrawn; of several the one that goes on."""
    of = wallet_closing.c
    wanted = select(wallet_closing).where(of.wallet == wallet, of.state != "withdrawn")
    newest = wanted.order_by(of.state == "paid_out", of.requested_at.desc()).limit(1)
    return next(iter(read_closings(session, newest)), None)


def closing_locked(session: Session, closing: UUID) -> Closing:
    """The closing, which nobody else changes until the transaction ends.

    Raises ClosingRefused (closing_unknown).
    """
    wanted = select(wallet_closing).where(wallet_closing.c.id == closing).with_for_update()
    found = read_closings(session, wanted)
    if not found:
        raise ClosingRefused("closing_unknown", closing=str(closing))
    return found[0]


def read_closings(session: Session, wanted: Select[Any]) -> list[Closing]:
    """The closings of a query over `wallet_closing`, in its order, with their payouts."""
    rows = session.execute(wanted).all()
    ids = [row.id for row in rows]
    payouts: dict[UUID, list[Payout]] = {}
    if ids:
        in_order = (closing_payout.c.way, closing_payout.c.id)
        of_these = select(closing_payout).where(closing_payout.c.closing.in_(ids))
        for row in session.execute(of_these.order_by(*in_order)):
            one = Payout(row.id, row.way, row.payment, row.amount_cents, row.state)
            payouts.setdefault(row.closing, []).append(one)
    columns = [name for name in Closing.__dataclass_fields__ if name != "payouts"]
    return [
        Closing(
            **{name: getattr(row, name) for name in columns},
            payouts=tuple(payouts.get(row.id, ())),
        )
        for row in rows
    ]


def set_closing(
    session: Session, closing: UUID, state: str, *, at: datetime, **changes: str | None
) -> None:
    """Bring a closing to this state; changes: of IBAN and holder."""
    session.execute(
        update(wallet_closing)
        .where(wallet_closing.c.id == closing)
        .values(state=state, changed_at=at, **changes)
    )

"""A sale: receipt number, journal and the way to the centre, in one commit or not at all."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Row, func, insert, select, update

from terminals.adapters import Evidence
from terminals.till.attempts import Attempt, document_of, evidence_of
from terminals.till.baskets import Basket, Line, charged_lines, find_basket, keep, linked_lines
from terminals.till.journal.tables import sale, till
from terminals.till.outbox import put

CARD_WAYS = frozenset({"girocard", "credit_card"})
GUESTS = frozenset({"ticket", "free_ticket"})
PASSES = frozenset({"pass", "season_pass", "combi"})  # their return has rules of its own


@dataclass(frozen=True, slots=True)
class Tender:
    """How a sale was paid. way: as the charge names it. evidence: of a card payment.
    tendered_cents: what was given in cash. wallet: its code."""

    way: str
    evidence: Evidence | None = None
    tendered_cents: int | None = None
    wallet: str | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as it stands. sold_at: when the guest asked for it, the time of the charge;
    completed_at: when it was paid. state: paid, voiding, voided or refunded. receipt_token: the
    unguessable part of the address of its electronic receipt."""

    key: UUID
    till: str
    shift: str
    number: int
    basket: UUID
    attempt: UUID | None
    person: str
    way: str
    total_cents: int
    guests: int
    passes: int
    sold_at: datetime
    completed_at: datetime
    lines: tuple[Line, ...]
    tender: Tender
    receipt_token: str
    state: str

    @property
    def receipt_number(self) -> str:
        """As it is printed: till and running number."""
        return receipt_number(self.till, self.number)


def receipt_number(till_code: str, number: int) -> str:
    """`B01-1-000231`."""
    return f"{till_code}-{number:06d}"


def complete(
    connection: Connection,
    of: Basket,
    tender: Tender,
    *,
    key: UUID,
    person: str,
    now: datetime,
    attempt: Attempt | None = None,
) -> Sale:
    """Close a basket as sold: number, sale and charge item in the caller's transaction.

    The number is drawn in this transaction alone: one that is rolled back leaves no gap.
    """
    number = draw_number(connection, of.till, till.c.next_receipt)
    sold_at = attempt.started_at if attempt else now
    row = {
        "key": key, "till": of.till, "shift": of.shift, "number": number, "basket": of.id,
        "attempt": attempt and attempt.id, "person": person, "way": tender.way,
        "total_cents": of.total_cents, "sold_at": sold_at, "completed_at": now, "state": "paid",
        "guests": sum(line.quantity for line in of.lines if line.kind in GUESTS),
        "passes": sum(line.quantity for line in of.lines if _is_pass(line)),
        "lines": [asdict(line) for line in of.lines],
        "tender": asdict(tender) | {"evidence": document_of(tender.evidence)},
        "receipt_token": secrets.token_urlsafe(16),
    }  # fmt: skip
    connection.execute(insert(sale).values(**row))
    keep(connection, replace(of, state="paid"), now)
    sold = find_sale(connection, key)
    assert sold is not None
    if tender.way == "online":
        put(connection, of.till, "link_sale", link_sale(sold), at=now, key=key)
    elif tender.way == "invoice" and not any(_with_pass(line) for line in of.lines):
        put(connection, of.till, "fee_notice", fee_notice(sold, of), at=sold_at, key=key)
    else:
        put(connection, of.till, "charge", charge_of(sold, of, attempt), at=sold_at, key=key)
    return sold


def _with_pass(line: Line) -> bool:
    """Whether no pay link can be made for it."""
    return line.kind in PASSES or line.pass_code is not None


def _is_pass(line: Line) -> bool:
    return line.kind in PASSES and line.pass_code is None


def charge_of(sold: Sale, of: Basket, attempt: Attempt | None) -> dict[str, Any]:
    """The sale as `POST /api/v1/charges` takes it."""
    if sold.tender.wallet is not None:
        return wallet_charge(of, sold.tender.wallet, sold.sold_at)
    is_card = attempt is not None and sold.way in CARD_WAYS
    return charge_document(
        of, sold.way, sold.sold_at,
        terminal=attempt.terminal if attempt and is_card else None,
        receipt_number=sold.receipt_number,
    )  # fmt: skip


def link_sale(sold: Sale) -> dict[str, Any]:
    """What the centre is told of a sale that a pay link paid: it has charged it already."""
    return {
        "link": str(sold.key), "amount_cents": sold.total_cents,
        "receipt_number": sold.receipt_number, "sold_at": sold.completed_at.isoformat(),
    }  # fmt: skip


def fee_notice(sold: Sale, of: Basket) -> dict[str, Any]:
    """What the centre is told of a fee notice: it makes the claim, and a pay link for it."""
    fields: Mapping[str, Any] = {
        "lines": linked_lines(of), "amount_cents": sold.total_cents,
        "case_reference": of.case_reference, "shift": sold.shift,
        "receipt_number": sold.receipt_number, "noticed_at": sold.sold_at.isoformat(),
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def wallet_charge(of: Basket, wallet: str, at: datetime) -> dict[str, Any]:
    """A basket to be paid from a wallet: the same bytes when it is asked for and when it is told.

    Without a receipt number: that is drawn when the centre has said yes.
    """
    return charge_document(of, "wallet", at, wallet=wallet)


def charge_document(of: Basket, way: str, at: datetime, **paid: str | None) -> dict[str, Any]:
    """A basket as `POST /api/v1/charges` takes it; `paid`: terminal, wallet, receipt_number."""
    fields: Mapping[str, Any] = {
        "facility": of.till.rpartition("-")[0], "way": way, "charged_at": at.isoformat(),
        "lines": charged_lines(of), "till": of.till, "shift": of.shift, **paid,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def find_sale(connection: Connection, key: UUID) -> Sale | None:
    """The sale of this key."""
    row = connection.execute(select(sale).where(sale.c.key == key)).one_or_none()
    return None if row is None else read_sale(row)


def case_of(connection: Connection, sold: Sale) -> str:
    """The case whose fees were sold; "" where there is none."""
    held = find_basket(connection, sold.basket)
    return (held and held.case_reference) or ""


def sale_of_basket(connection: Connection, basket: UUID) -> Sale | None:
    """The sale this basket became."""
    row = connection.execute(select(sale).where(sale.c.basket == basket)).one_or_none()
    return None if row is None else read_sale(row)


def sale_with_number(connection: Connection, till_code: str, number: int) -> Sale | None:
    """The sale with this receipt number at this till."""
    found = select(sale).where(sale.c.till == till_code, sale.c.number == number)
    row = connection.execute(found).one_or_none()
    return None if row is None else read_sale(row)


def sale_with_receipt(connection: Connection, token: str) -> Sale | None:
    """The sale whose electronic receipt has this address."""
    row = connection.execute(select(sale).where(sale.c.receipt_token == token)).one_or_none()
    return None if row is None else read_sale(row)


def last_sales(
    connection: Connection, till_code: str, *, shift: str | None = None, most: int = 100
) -> list[Sale]:
    """The newest sales of this till, of one shift or all."""
    found = select(sale).where(sale.c.till == till_code)
    if shift is not None:
        found = found.where(sale.c.shift == shift)
    rows = connection.execute(found.order_by(sale.c.number.desc()).limit(most))
    return [read_sale(row) for row in rows]


def count_sales(connection: Connection, till_code: str, shift: str) -> int:
    """How many sales there were in a shift, whatever became of them."""
    mine = select(func.count()).where(sale.c.till == till_code, sale.c.shift == shift)
    return connection.scalar(mine) or 0


def set_state(connection: Connection, key: UUID, state: str) -> None:
    """Move a sale on: voiding, voided, refunded, or paid again where a void did not go through."""
    connection.execute(update(sale).where(sale.c.key == key).values(state=state))


def takings(connection: Connection, till_code: str, shift: str) -> dict[str, int]:
    """Cents taken in a shift by way, voided sales left out."""
    found = (
        select(sale.c.way, func.sum(sale.c.total_cents))
        .where(sale.c.till == till_code, sale.c.shift == shift, sale.c.state != "voided")
        .group_by(sale.c.way)
    )
    return {way: int(cents) for way, cents in connection.execute(found).all()}


def guests_today(connection: Connection, till_code: str, shift: str) -> tuple[int, int]:
    """How many guests came in this shift, and how many of them free."""
    found = select(sale.c.guests, sale.c.lines).where(
        sale.c.till == till_code, sale.c.shift == shift, sale.c.state != "voided",
        sale.c.guests > 0,
    )  # fmt: skip
    guests = free = 0
    for came, lines in connection.execute(found):
        guests += came
        for line in (Line(**each) for each in lines):
            free += line.quantity if line.kind in GUESTS and not line.amount_cents else 0
    return guests, free


def read_sale(row: Row[Any]) -> Sale:
    """A row of the table as a sale."""
    values = {name: getattr(row, name) for name in Sale.__dataclass_fields__}
    tender = row.tender | {"evidence": evidence_of(row.tender["evidence"])}
    lines = tuple(Line(**line) for line in row.lines)
    return Sale(**{**values, "tender": Tender(**tender), "lines": lines})


def draw_number(connection: Connection, code: str, of: Column[int]) -> int:
    """The till's next number of this column of it, used up with the caller's transaction alone."""
    drawn = update(till).where(till.c.code == code).values({of: of + 1}).returning(of - 1)
    number: int = connection.scalars(drawn).one()
    return number

"""Taking a sale back: a void in the same shift, a refund later, with a second person if it is much.

Refunds follow the order of §31 KomHVO NRW: whoever asks does not release. The centre decides
about the limit; below it the till may pay at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from terminals.till.errors import TillRefusal
from terminals.till.journal.tables import take_back
from terminals.till.outbox import put
from terminals.till.sales import PASSES, Sale, find_sale, set_state

REFUND_LIMIT_CENTS = 2500  # above it a second person approves
OPEN = ("pending", "approved", "paying")


@dataclass(frozen=True, slots=True)
class TakeBack:
    """One sale on its way back. kind: void or refund. lines: [[number, quantity]] of a part, None
    for the whole. state: pending (waits for a person), approved, paying, done, refused or
    withdrawn. way: of the sale; money goes back the way it came."""

    id: UUID
    till: str
    shift: str
    sale: UUID
    kind: str
    amount_cents: int
    lines: Sequence[Sequence[int]] | None
    reason: str
    person: str
    asked_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    way: str
    done_at: datetime | None


def ask_void(
    connection: Connection, of: Sale, *, key: UUID, reason: str, person: str, now: datetime
) -> TakeBack:
    """Void a sale of the running shift. Raises TillRefusal: sale_not_paid, also where some of it
    went back or is about to."""
    if of.state != "paid" or refunded_cents(connection, of.key):
        raise TillRefusal("sale_not_paid", number=of.receipt_number)
    set_state(connection, of.key, "voiding")
    return _ask(
        connection, of, id=key, shift=of.shift, kind="void", state="paying",
        amount_cents=of.total_cents, reason=reason, person=person, asked_at=now,
    )  # fmt: skip


def ask_refund(
    connection: Connection,
    of: Sale,
    *,
    lines: Sequence[tuple[int, int]] | None,
    shift: str,
    key: UUID,
    reason: str,
    person: str,
    now: datetime,
) -> TakeBack:
    """Ask for a refund, of all that is left or by (line from 0, pieces).

    Raises TillRefusal: sale_not_paid, link_sale, line_unknown, refund_of_pass, refund_too_large
    (with what is left of the sale).
    """
    if of.state != "paid" or of.way == "invoice":
        raise TillRefusal("sale_not_paid", number=of.receipt_number)
    if of.way == "online":  # the money is with the provider: finance gives it back from there
        raise TillRefusal("link_sale")
    if lines is None and any(line.kind in PASSES for line in of.lines):
        raise TillRefusal("refund_of_pass")
    left = of.total_cents - refunded_cents(connection, of.key)
    amount = left if lines is None else _amount(connection, of, lines)
    if not 0 < amount <= left:
        raise TillRefusal("refund_too_large", left_cents=left)
    state = "approved" if amount <= REFUND_LIMIT_CENTS else "pending"
    parts = None if lines is None else [list(part) for part in lines]
    # At the centre lines are counted from 1.
    told = [{"line": number + 1, "quantity": pieces} for number, pieces in lines or ()] or None
    asked = _ask(
        connection, of, id=key, shift=shift, kind="refund", state=state, amount_cents=amount,
        lines=parts, reason=reason, person=person, asked_at=now,
    )  # fmt: skip
    body: dict[str, Any] = {
        "refund": str(key), "charge": str(of.key), "amount_cents": amount, "reason": reason,
        "person": person, "lines": told,
    }  # fmt: skip
    put(connection, of.till, "refund_requested", body, at=now, key=key)
    return asked


def decide_here(
    connection: Connection, of: TakeBack, *, person: str, decision: str, reason: str, now: datetime
) -> None:
    """A second person decides at the till. Raises TillRefusal: own_request, not_pending."""
    if person == of.person:
        raise TillRefusal("own_request")
    if of.state != "pending":
        raise TillRefusal("not_pending")
    body = {"refund": str(of.id), "person": person, "decision": decision, "reason": reason}
    put(connection, of.till, "refund_decided", body, at=now)
    _move(connection, of.id, decision, decided_at=now, decided_by=person, decision_reason=reason)


def hear_decision(connection: Connection, decision: Mapping[str, Any]) -> None:
    """Keep what was decided at the centre; one that was decided here stays as it is."""
    at = decision.get("decided_at")
    connection.execute(
        update(take_back)
        .where(take_back.c.id == UUID(decision["refund"]), take_back.c.state == "pending")
        .values(
            state=decision["state"],
            decided_by=decision.get("by"),
            decision_reason=decision.get("reason"),
            decided_at=datetime.fromisoformat(at) if at else datetime.now(UTC),
        )
    )


def hear_refusal(connection: Connection, key: UUID, code: str, now: datetime) -> None:
    """The centre does not take the request itself: no money goes back for it."""
    connection.execute(
        update(take_back)
        .where(take_back.c.id == key, take_back.c.state.in_(("pending", "approved")))
        .values(state="refused", decision_reason=code, decided_at=now)
    )


def withdraw(connection: Connection, of: TakeBack, *, person: str, now: datetime) -> None:
    """The request is taken back before anybody decided. Raises TillRefusal: not_pending."""
    if of.state != "pending":
        raise TillRefusal("not_pending")
    body = {"refund": str(of.id), "person": person, "decision": "withdrawn", "reason": ""}
    put(connection, of.till, "refund_decided", body, at=now)
    _move(connection, of.id, "withdrawn")


def begin_paying(connection: Connection, of: TakeBack, *, shift: str) -> TakeBack:
    """The money is on its way back, in this shift.

    Raises TillRefusal: not_approved; payment_open, where other money of this sale is on its way
    already, or nobody knows whether it arrived.
    """
    if on_its_way(connection, of.sale) is not None:
        raise TillRefusal("payment_open")
    if of.state != "approved":
        raise TillRefusal("not_approved")
    _move(connection, of.id, "paying", shift=shift)
    return replace(of, state="paying", shift=shift)


def not_paid(connection: Connection, of: TakeBack) -> None:
    """The device did not give the money back: a void is off, a refund may be tried again."""
    if of.kind == "void":
        _move(connection, of.id, "withdrawn")
        set_state(connection, of.sale, "paid")
        return
    _move(connection, of.id, "approved")


def finish(
    connection: Connection, of: TakeBack, *, attempt: UUID | None, person: str, now: datetime
) -> None:
    """The guest has the money: keep it and tell the centre."""
    if of.state == "done":
        return
    _move(connection, of.id, "done", done_at=now)
    if of.kind == "void":
        set_state(connection, of.sale, "voided")
        body: dict[str, Any] = {
            "charge": str(of.sale), "reversed_at": now.isoformat(), "reason": of.reason,
            "person": of.person,
        }  # fmt: skip
        put(connection, of.till, "reversal", body, at=now, key=of.id)
        return
    is_all = refunded_cents(connection, of.sale) == sale_of(connection, of).total_cents
    set_state(connection, of.sale, "refunded" if is_all else "paid")
    body = {
        "refund": str(of.id), "attempt": attempt and str(attempt), "way": of.way,
        "paid_at": now.isoformat(), "person": person,
    }  # fmt: skip
    put(connection, of.till, "refund_paid", body, at=now)


def find_take_back(connection: Connection, key: UUID) -> TakeBack | None:
    """The void or refund of this id."""
    row = connection.execute(select(take_back).where(take_back.c.id == key)).one_or_none()
    return None if row is None else _read(row)


def sale_of(connection: Connection, of: TakeBack) -> Sale:
    """The sale that is taken back."""
    sold = find_sale(connection, of.sale)
    assert sold is not None
    return sold


def on_its_way(connection: Connection, sale: UUID) -> TakeBack | None:
    """The void or refund of this sale that is being paid: one at a time."""
    found = select(take_back).where(take_back.c.sale == sale, take_back.c.state == "paying")
    row = connection.execute(found).one_or_none()
    return None if row is None else _read(row)


def pending(connection: Connection, till: str) -> list[TakeBack]:
    """Refunds that wait for a second person, oldest first."""
    return [one for one in open_take_backs(connection, till) if one.state == "pending"]


def open_take_backs(connection: Connection, till: str) -> list[TakeBack]:
    """Everything on its way back that has no end, oldest first."""
    found = select(take_back).where(take_back.c.till == till, take_back.c.state.in_(OPEN))
    return [_read(row) for row in connection.execute(found.order_by(take_back.c.asked_at))]


def refunded_cents(connection: Connection, sale: UUID) -> int:
    """What of a sale is given back or on its way back."""
    found = select(func.coalesce(func.sum(take_back.c.amount_cents), 0)).where(
        take_back.c.sale == sale, take_back.c.state.not_in(("refused", "withdrawn"))
    )
    return int(connection.scalar(found) or 0)


def refunds_by_way(connection: Connection, till: str, shift: str) -> dict[str, int]:
    """Cents refunded in a shift by way."""
    found = (
        select(take_back.c.way, func.sum(take_back.c.amount_cents))
        .where(
            take_back.c.till == till, take_back.c.shift == shift,
            take_back.c.kind == "refund", take_back.c.state == "done",
        )
        .group_by(take_back.c.way)
    )  # fmt: skip
    return {way: int(cents) for way, cents in connection.execute(found).all()}


def _ask(connection: Connection, of: Sale, **asked: Any) -> TakeBack:
    row = {"till": of.till, "sale": of.key, "way": of.way, "lines": None, **asked}
    connection.execute(insert(take_back).values(**row))
    made = find_take_back(connection, asked["id"])
    assert made is not None
    return made


def _amount(connection: Connection, of: Sale, lines: Sequence[tuple[int, int]]) -> int:
    """What these pieces cost: no piece goes back twice, and a pass has a return of its own."""
    gone = _pieces_gone(connection, of)
    cents = 0
    for number, pieces in lines:
        left = of.lines[number].quantity - gone[number] if 0 <= number < len(of.lines) else 0
        if not 0 < pieces <= left:
            raise TillRefusal("line_unknown", line=number)
        line = of.lines[number]
        if line.kind in PASSES:
            raise TillRefusal("refund_of_pass")
        gone[number] += pieces
        cents += line.amount_cents // line.quantity * pieces
    return cents


def _pieces_gone(connection: Connection, of: Sale) -> Counter[int]:
    """Pieces of each line that went back or are on their way."""
    live = take_back.c.state.not_in(("refused", "withdrawn"))
    gone: Counter[int] = Counter()
    for parts in connection.scalars(
        select(take_back.c.lines).where(take_back.c.sale == of.key, live)
    ):
        for number, pieces in parts or ():
            gone[number] += pieces
    return gone


def _move(connection: Connection, key: UUID, state: str, **values: Any) -> None:
    connection.execute(update(take_back).where(take_back.c.id == key).values(state=state, **values))


def _read(row: Row[Any]) -> TakeBack:
    return TakeBack(**{name: getattr(row, name) for name in TakeBack.__dataclass_fields__})

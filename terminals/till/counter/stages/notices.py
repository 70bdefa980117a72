"""What waits for somebody, on the stage: by urgency, each with one key."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from terminals.till import attempts, outbox, take_backs
from terminals.till.baskets import read_basket
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.journal.tables import basket
from terminals.till.pages import Conflict, Notice, Notices
from terminals.till.sales import find_sale
from terminals.till.visits import VISIT


def notices(moment: Moment) -> Notices:
    """Unclear payments first, then what waits for a person, then what is only to be known."""
    conflicts = outbox.rejected(moment.connection, moment.till.code)
    rows = (*_unclear(moment), *_take_backs(moment), *_parked(moment),
            *(_conflict_row(moment, one) for one in conflicts))  # fmt: skip
    return Notices(rows, len(conflicts), outbox.count_waiting(moment.connection, moment.till.code))


def _unclear(moment: Moment) -> Iterable[Notice]:
    for one in attempts.open_attempts(moment.connection, till=moment.till.code):
        if one.state == "unknown":
            yield Notice("unclear", str(one.id), one.lost_at or one.started_at, one.amount_cents)


def _take_backs(moment: Moment) -> Iterable[Notice]:
    for one in take_backs.open_take_backs(moment.connection, moment.till.code):
        if one.kind == "refund":
            kind = "approval" if one.state == "pending" else "approved"
            sold = take_backs.sale_of(moment.connection, one)
            yield Notice(
                "approval" if kind == "approval" else "approved", str(one.id), one.asked_at,
                one.amount_cents, sold.receipt_number,
            )  # fmt: skip


def _parked(moment: Moment) -> Iterable[Notice]:
    found = select(basket).where(basket.c.till == moment.till.code, basket.c.state == "parked")
    for row in moment.connection.execute(found.order_by(basket.c.changed_at)):
        held = read_basket(row)
        tried = attempts.attempts_of(moment.connection, held.id)
        is_locked = any(one.state in attempts.OPEN for one in tried)
        yield Notice("parked", str(held.id), held.changed_at, held.total_cents, is_locked=is_locked)


def _conflict_row(moment: Moment, one: outbox.Rejected) -> Notice:
    sold = find_sale(moment.connection, one.item.key)
    return Notice(
        "conflict", str(one.item.key), one.item.at, sold.total_cents if sold else 0,
        sold.receipt_number if sold else "", one.outcome.get("code") or "",
    )  # fmt: skip


def _conflict(moment: Moment) -> Conflict | None:
    key = UUID(moment.view.data["id"])
    listed = outbox.rejected(moment.connection, moment.till.code)
    one = next((each for each in listed if each.item.key == key), None)
    if one is None:
        return None
    sold = find_sale(moment.connection, key)
    code = one.outcome.get("code") or one.state
    told = one.outcome.get("data") or {}
    return Conflict(
        what="visit" if sold and any(line.kind == VISIT for line in sold.lines) else one.item.kind,
        at=one.item.at,
        code=code,
        number=sold.receipt_number if sold else "",
        amount_cents=sold.total_cents if sold else 0,
        technical=f"{code} · {key} · {one.answered_at:%H:%M:%S}",
        used_at=told.get("time", ""),
        gate=told.get("gate", ""),
    )


STAGES: Mapping[str, Builder] = {"screen:notices": notices, "conflict": _conflict}

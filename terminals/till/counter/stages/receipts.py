"""After the sale on the stage: the list of receipts, voids, refunds and their second person."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from ledger.calendar import business_day
from terminals.till import outbox, take_backs
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages import Builder
from terminals.till.counter.ways import way_of
from terminals.till.pages import (
    ReceiptDetail,
    ReceiptRow,
    Receipts,
    ReceiptState,
    RefundPending,
    RefundStart,
    SoldLine,
    VoidChoice,
)
from terminals.till.reminders import reminded_at
from terminals.till.sales import Sale, last_sales, sale_with_number
from terminals.till.take_backs import REFUND_LIMIT_CENTS

VOID_REASONS = ("wrong_item", "twice", "guest_leaves", "other")
REFUND_REASONS = ("ill", "closed", "wrong_item", "other")
LONG = timedelta(minutes=15)


def receipts(moment: Moment) -> Receipts:
    """The last receipts, newest first, with one of them open."""
    data = moment.view.data if moment.view.task == "receipts" else {}
    listed, text = data.get("filter", "shift"), data.get("text", "")
    shift = moment.shift.code if moment.shift and listed == "shift" else None
    found = last_sales(moment.connection, moment.till.code, shift=shift)
    if listed == "today":
        found = [one for one in found if business_day(one.sold_at) == business_day(moment.now)]
    if listed == "search" and text:
        found = [one for one in found if _fits(one, text)]
    opened = data.get("number")
    sold = next((one for one in found if one.receipt_number == opened), None)
    return Receipts(
        rows=tuple(_row(moment, one, is_open=one is sold) for one in found),
        filter=listed,
        text=text,
        detail=_detail(moment, sold, with_qr=bool(data.get("qr"))) if sold else None,
    )


def _fits(sold: Sale, text: str) -> bool:
    digits = text.replace(",", "").replace(".", "").replace("€", "").strip()
    last4 = sold.tender.evidence.last4 if sold.tender.evidence else ""
    return (
        text.upper() in sold.receipt_number
        or digits == str(sold.total_cents)
        or (bool(digits) and digits == last4)
    )


def _row(moment: Moment, sold: Sale, *, is_open: bool) -> ReceiptRow:
    evidence = sold.tender.evidence
    return ReceiptRow(
        number=sold.receipt_number, sold_at=sold.sold_at, amount_cents=sold.total_cents,
        way=way_of(sold), state=_state(moment, sold), is_open=is_open,
        last4=evidence.last4 if evidence else "",
    )  # fmt: skip


def _state(moment: Moment, sold: Sale) -> ReceiptState:
    if sold.state == "voided":
        return "voided"
    if sold.state == "refunded":
        return "refunded"
    if sold.state == "voiding":
        return "unclear"
    if take_backs.refunded_cents(moment.connection, sold.key):
        return "part_refunded"
    is_waiting = outbox.state_of(moment.connection, sold.key) == outbox.WAITING
    return "not_sent" if is_waiting else "paid"


def _detail(moment: Moment, sold: Sale, *, with_qr: bool) -> ReceiptDetail:
    same_shift = moment.shift is not None and sold.shift == moment.shift.code
    evidence = sold.tender.evidence
    left = sold.total_cents - take_backs.refunded_cents(moment.connection, sold.key)
    return ReceiptDetail(
        number=sold.receipt_number,
        sold_at=sold.sold_at,
        amount_cents=sold.total_cents,
        way=way_of(sold),
        lines=_lines(moment, sold),
        state=_state(moment, sold),
        scheme=evidence.scheme if evidence else "",
        last4=evidence.last4 if evidence else "",
        qr=f"/kasse/picture/{sold.receipt_token}.svg" if with_qr else "",
        may_void=same_shift and sold.state == "paid" and left == sold.total_cents,
        may_refund=not same_shift and sold.state == "paid" and left > 0,
    )


def _lines(moment: Moment, sold: Sale) -> tuple[SoldLine, ...]:
    return tuple(
        SoldLine(number, line.quantity, moment.name_of(line.name, line.name_en), line.amount_cents)
        for number, line in enumerate(sold.lines)
    )


def _chosen(moment: Moment) -> Sale | None:
    till, _, running = moment.view.data["number"].rpartition("-")
    return sale_with_number(moment.connection, till, int(running))


def _void(moment: Moment) -> VoidChoice | None:
    sold = _chosen(moment)
    if sold is None or sold.state != "paid":
        return None
    return VoidChoice(
        sold.receipt_number, sold.sold_at, sold.total_cents, way_of(sold),
        _lines(moment, sold), VOID_REASONS, str(uuid4()),
    )  # fmt: skip


def _refund(moment: Moment) -> RefundStart | None:
    sold = _chosen(moment)
    if sold is None or sold.state != "paid":
        return None
    left = sold.total_cents - take_backs.refunded_cents(moment.connection, sold.key)
    return RefundStart(
        sold.receipt_number, sold.sold_at, sold.total_cents, left, way_of(sold),
        _lines(moment, sold), REFUND_REASONS, REFUND_LIMIT_CENTS, str(uuid4()),
    )  # fmt: skip


def _pending(moment: Moment) -> RefundPending | None:
    data = moment.view.data
    asked = take_backs.find_take_back(moment.connection, UUID(data["id"]))
    if asked is None or asked.state in {"withdrawn", "done"}:
        return None
    sold = take_backs.sale_of(moment.connection, asked)
    reminded = reminded_at(moment.connection, asked)
    is_sent = outbox.state_of(moment.connection, asked.id) != outbox.WAITING
    step = asked.state if asked.state in {"pending", "refused"} else "approved"
    return RefundPending(
        id=str(asked.id),
        number=sold.receipt_number,
        amount_cents=asked.amount_cents,
        way=way_of(sold),
        asked_at=asked.asked_at,
        step="pending" if step == "pending" else "refused" if step == "refused" else "approved",
        limit_cents=REFUND_LIMIT_CENTS,
        key=str(uuid4()),
        reason=asked.reason,
        refusal=asked.decision_reason or "",
        decided_at=asked.decided_at,
        is_sent=is_sent,
        can_remind=is_sent and not moment.is_offline,
        reminded_at=reminded,
        is_long=moment.now - asked.asked_at > LONG,
        asks_pin=bool(data.get("asks_pin")),
        problem=data.get("problem", ""),
        lines=_lines(moment, sold),
    )


STAGES: Mapping[str, Builder] = {
    "screen:receipts": receipts, "receipts": receipts, "void": _void, "refund": _refund,
    "refund_pending": _pending,
}  # fmt: skip

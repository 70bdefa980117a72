"""Sample pages: shift, drawer, receipts, refunds and notices (S04, S41 to S48, S60 to S66)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from terminals.till.pages import (
    Audit,
    BlindCount,
    Comparison,
    Conflict,
    CountPad,
    CountRow,
    EndOfDay,
    Guests,
    HandOver,
    Notice,
    Notices,
    OpenShift,
    Page,
    ReceiptDetail,
    ReceiptRow,
    Receipts,
    RefundPending,
    RefundStart,
    SafebagDrop,
    Screen,
    ShiftClosed,
    SoldLine,
    Stage,
    TillMenu,
    VoidChoice,
)
from tests.faces.sample_till import FRAME, KEY, NOON

VALUES = (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
ROLLS = {200: 25, 100: 25, 50: 40, 20: 40, 10: 40, 5: 50, 2: 50, 1: 50}
TYPED = (0, 0, 3, 7, 6, 4, 14, 22, 18, 25, 31, 16, None, None)
QR = "/kasse/picture/sample.svg"
BAGS = (("44710092", 50000, NOON - timedelta(hours=2)), ("44710093", 30000, NOON))
LINES = (SoldLine(0, 2, "Erwachsene", 1000), SoldLine(1, 1, "Sauna-Zuschlag", 600))
PASS = (SoldLine(0, 1, "10er‑Karte Erwachsene", 4500),)
VOIDS = ("wrong_item", "twice", "guest_leaves", "other")
REFUNDS = ("ill", "closed", "wrong_item", "other")
DIFFERENCES = ("change", "typing", "unknown", "other")
PENDING = RefundPending(
    KEY, "B02-2-004655", 4500, "card", NOON - timedelta(seconds=80), "pending", 2500, KEY, "ill",
    lines=PASS,
)  # fmt: skip
ROWS = (
    ReceiptRow("B02-2-004711", NOON, 500, "card", "not_sent", "4821"),
    ReceiptRow("B02-2-004710", NOON - timedelta(minutes=2), 1600, "card", "paid", "7730", True),
    ReceiptRow("B02-2-004709", NOON - timedelta(minutes=4), 1200, "cash", "voided"),
    ReceiptRow("B02-2-004708", NOON - timedelta(minutes=9), 300, "wallet"),
    ReceiptRow("B02-2-004707", NOON - timedelta(minutes=15), 4500, "card", "part_refunded", "1102"),
    ReceiptRow("B02-2-004706", NOON - timedelta(minutes=21), 1900, "card", "unclear"),
    ReceiptRow("B02-2-004705", NOON - timedelta(minutes=40), 0, "free"),
)
DETAIL = ReceiptDetail(
    "B02-2-004710", NOON, 1600, "card", LINES, scheme="girocard", last4="7730", may_void=True
)


LATER = replace(DETAIL, qr=QR, may_void=False, may_refund=True)


def pad(typed: tuple[int | None, ...] = TYPED, here: int = 5) -> CountPad:
    """A count with these pieces by row; the pad writes to the row of `here` cents."""
    rows = tuple(
        CountRow(cents, pieces, ROLLS.get(cents, 0), cents == here)
        for cents, pieces in zip(VALUES, typed, strict=True)
    )
    missing = tuple(row.cents for row in rows if row.pieces is None)
    return CountPad(rows, sum(row.cents * (row.pieces or 0) for row in rows), missing)


EMPTY_PAD = pad((None,) * len(VALUES), 20000)
FULL_PAD = pad((*TYPED[:-2], 0, 7), 1)
DROP_PAD = replace(pad((None, 2, 2) + (None,) * 11, 2000), missing=())


def wide(stage: Stage, screen: Screen | None = "till") -> Page:
    """A page whose stage has the room of the column too."""
    return Page(replace(FRAME, screen=screen), stage)


def _opening(step: str, **more: object) -> Page:
    devices = (("terminal", "ready"), ("printer", "silent"), ("centre", "ready"))
    return wide(OpenShift(step, devices, **more))  # type: ignore[arg-type]


def _receipts(**more: object) -> Page:
    return wide(Receipts(**{"rows": ROWS, "detail": DETAIL, **more}), "receipts")  # type: ignore[arg-type]


def _pending(**more: object) -> Page:
    return wide(replace(PENDING, **more), "receipts")  # type: ignore[arg-type]


STATES: Mapping[str, Callable[[], Page]] = {
    "open_devices": lambda: _opening("devices", note="Terminal 2 ist langsam."),
    "open_float": lambda: _opening("float", pad=EMPTY_PAD),
    "open_start": lambda: _opening("start", float_cents=15000),
    "open_safe": lambda: _opening("start", float_cents=14850, safe_cents=15000),
    "till_menu": lambda: wide(
        TillMenu(
            "Früh", NOON - timedelta(hours=5), 148, Guests(214, 31), BAGS, None, 150000,
            note_before="Terminal 2 ist langsam.", note="Bitte Bonrollen bestellen.",
        )
    ),
    "till_menu_full": lambda: wide(
        TillMenu("Früh", NOON, 148, None, (), None, 150000, is_over_limit=True, can_settle=False)
    ),
    "count": lambda: wide(BlindCount("close", pad())),
    "count_empty": lambda: wide(BlindCount("audit", EMPTY_PAD)),
    "count_full": lambda: wide(BlindCount("hand_over", FULL_PAD, attempt=2)),
    "compare_exact": lambda: wide(Comparison("close", 43797, 43797)),
    "compare_differs": lambda: wide(
        Comparison("close", 43947, 43797, DIFFERENCES, may_count_again=True)
    ),
    "compare_limit": lambda: wide(
        Comparison("hand_over", 45300, 43797, DIFFERENCES, "unknown", False, True, 1000, 1)
    ),
    "settle_running": lambda: wide(EndOfDay("running")),
    "settle_agrees": lambda: wide(EndOfDay("agrees", 123400, 123400, NOON)),
    "settle_differs": lambda: wide(EndOfDay("differs", 123900, 123400, NOON, is_closing=True)),
    "settle_failed": lambda: wide(EndOfDay("failed")),
    "settle_blocked": lambda: wide(EndOfDay("blocked")),
    "hand_over": lambda: wide(HandOver(waiting=1)),
    "hand_over_second": lambda: wide(HandOver("leaving", 3, "same_person")),
    "shift_closed": lambda: wide(
        ShiftClosed(
            "Früh", (("card", 123400), ("cash", 31350), ("wallet", 4500)), 43797, -150, 214, 2, 311,
            7, "change",
        )
    ),
    "drop": lambda: wide(SafebagDrop(DROP_PAD)),
    "drop_used": lambda: wide(SafebagDrop(DROP_PAD, "44710093", "used")),
    "audit": lambda: wide(Audit(43947, 43797, NOON, BAGS, 1, 7)),
    "receipts": _receipts,
    "receipts_qr": lambda: _receipts(detail=LATER),
    "receipts_none": lambda: _receipts(rows=(), detail=None),
    "receipts_search": lambda: _receipts(rows=ROWS[:1], detail=None, filter="search", text="5,00"),
    "void": lambda: wide(
        VoidChoice("B02-2-004710", NOON, 1600, "card", LINES, VOIDS, KEY), "receipts"
    ),
    "void_cash": lambda: wide(
        VoidChoice("B02-2-004709", NOON, 500, "cash", LINES[:1], VOIDS, KEY), "receipts"
    ),
    "refund": lambda: wide(
        RefundStart("B02-2-004655", NOON, 4500, 4500, "card", PASS, REFUNDS, 2500, KEY), "receipts"
    ),
    "refund_small": lambda: wide(
        RefundStart("B02-2-004655", NOON, 1600, 1600, "cash", LINES, REFUNDS, 2500, KEY), "receipts"
    ),
    "refund_pending": _pending,
    "refund_long": lambda: _pending(is_long=True, is_sent=False, can_remind=False),
    "refund_reminded": lambda: _pending(reminded_at=NOON - timedelta(minutes=1)),
    "refund_pin": lambda: _pending(asks_pin=True, problem="own"),
    "refund_approved": lambda: _pending(step="approved", decided_at=NOON),
    "refund_refused": lambda: _pending(
        step="refused", decided_at=NOON, refusal="Karte wurde schon benutzt."
    ),
    "notices": lambda: wide(
        Notices(
            (
                Notice("unclear", KEY, NOON - timedelta(minutes=4), 1900),
                Notice("approved", KEY, NOON - timedelta(minutes=9), 4500, "B02-2-004655"),
                Notice("approval", KEY, NOON - timedelta(minutes=3), 2700, "B02-2-004601"),
                Notice("parked", KEY, NOON - timedelta(minutes=4), 1900, is_locked=True),
                Notice("conflict", KEY, NOON - timedelta(hours=2), 500, "B02-2-004612", "charge"),
            ),
            1,
            7,
        ),
        "notices",
    ),
    "notices_none": lambda: wide(Notices(()), "notices"),
    "conflict": lambda: wide(
        Conflict(
            "charge", NOON, "price_changed", "B02-2-004612", 500,
            f"price_changed · {KEY} · 11:42:31",
        ),
        "notices",
    ),
}  # fmt: skip

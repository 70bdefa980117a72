"""Sample pages: getting in, and a card at the terminal (S01 to S03, S13 to S21)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from terminals.till.pages import (
    AskPerson,
    Banner,
    Basket,
    CardRunning,
    Chip,
    ConfirmTill,
    Declined,
    Enrolment,
    Guests,
    Lock,
    Locked,
    Message,
    Page,
    Paid,
    PayKey,
    PinEntry,
    Sale,
    Shift,
    TerminalDown,
    TerminalWords,
    Unknown,
)
from tests.faces.sample_till import (
    CART,
    EMPTY,
    FRAME,
    IDLE,
    KEY,
    LOCKED,
    NOON,
    SELLING,
    on_stage,
    pool_tiles,
)

SENT = NOON + timedelta(seconds=9)
LOG = (
    TerminalWords(SENT, "sent"),
    TerminalWords(SENT + timedelta(seconds=1), "terminal", "Bitte Karte"),
    TerminalWords(SENT + timedelta(seconds=5), "terminal", "Karte erkannt"),
    TerminalWords(SENT + timedelta(seconds=7), "terminal", "PIN-Eingabe"),
)
RUNNING = CardRunning("a1", "Terminal 2", 1900, "pin", SENT, log=LOG)
AFTER = SENT + timedelta(seconds=9)
PAID = Paid(
    1900, "card", "B02-2-004712", NOON, "girocard", "contactless", qr="/kasse/picture/receipt.svg"
)
AFTER_PAID = Sale(pool_tiles(), takes_scans=True, guests=Guests(187, 18, 31))
UNKNOWN = Unknown(
    "a1", "Terminal 2", 1900, SENT, last_words="PIN-Eingabe", tries=2,
    cancelled_at=SENT + timedelta(seconds=22), next_at=AFTER + timedelta(seconds=38),
    interval_seconds=15,
)  # fmt: skip
UNCLEAR = replace(LOCKED, task="clarify", lock=Lock("unclear"))
OLD = NOON.date() - timedelta(days=12)
EMPTY_CART = Basket(KEY, 0, pay=EMPTY)
LATER = AFTER + timedelta(seconds=30)


def _unclear(stage: Unknown | AskPerson) -> Page:
    return on_stage(
        stage, UNCLEAR, now=LATER, chips=(Chip("unclear", 1),), notice_count=1, sound="unclear"
    )


def _running(**changes: object) -> Page:
    return on_stage(
        replace(RUNNING, **changes),  # type: ignore[arg-type]
        replace(LOCKED, lock=Lock("card", changes.get("cancel") or "offered", "a1")),  # type: ignore[arg-type]
        now=AFTER,
        is_rail_open=False,
    )


def _bare(stage: Enrolment | ConfirmTill | PinEntry | Locked, **frame: object) -> Page:
    return on_stage(stage, None, screen=None, **frame)


def _down() -> Page:
    pay = (PayKey("card", "terminal"), *CART.pay[1:])
    return on_stage(
        TerminalDown("Terminal 2", NOON - timedelta(minutes=3),
                     (("T1", "Terminal 1", "Kasse 1"), ("T3", "Terminal 3", "")), True, KEY,
                     technical="192.0.2.17:20007 · 6C", amount_cents=1900),
        replace(CART, pay=pay), chips=(Chip("terminal_offline"),),
    )  # fmt: skip


STATES: Mapping[str, Callable[[], Page]] = {
    "enrolment": lambda: _bare(
        Enrolment(problem="code", code="K7PQ"), till="", site="", shift=None, city="Stadt Aachen"
    ),
    "confirm_till": lambda: _bare(
        ConfirmTill("Kasse 2", "Schwimmhalle Süd"),
        till="",
        site="",
        shift=None,
        city="Stadt Aachen",
    ),
    "pin": lambda: _bare(
        PinEntry("Terminal 2 langsam", tries_left=3, is_offline=True),
        shift=None,
        chips=(Chip("not_sent", 7),),
    ),
    "pin_blocked": lambda: _bare(PinEntry(blocked_until=NOON + timedelta(minutes=15))),
    "locked": lambda: _bare(Locked("pin", 1900, has_basket=True)),
    "locked_other": lambda: _bare(Locked("unknown", 1900, other_person=True)),
    "card": _running,
    "card_waiting": lambda: _running(
        step="card", log=LOG[:1], heard_at=NOON - timedelta(minutes=2)
    ),
    "card_refused": lambda: _running(step="card_refused"),
    "card_retrying": lambda: _running(step="retrying", retry_seconds=8, log=()),
    "refund_running": lambda: _running(kind="refund", step="promised", amount_cents=-4500),
    "aborting": lambda: _running(cancel="sent", state="aborting"),
    "abort_late": lambda: _running(cancel="late", state="aborting", step="bank"),
    "approved": lambda: on_stage(AFTER_PAID, PAID, sound="sold"),
    "approved_faster": lambda: on_stage(
        AFTER_PAID, replace(PAID, said="faster", attempt="a1", key=KEY)
    ),
    "declined": lambda: on_stage(
        Declined("a1", "Terminal 2", 1900, "bank", AFTER, KEY, "ZVT 6C"),
        replace(LOCKED, lock=None),
        sound="declined",
    ),
    "declined_expired": lambda: on_stage(
        Declined("a1", "Terminal 2", 1900, "card_expired", AFTER, KEY, can_retry=False),
        replace(LOCKED, lock=None),
    ),
    "unknown": lambda: _unclear(UNKNOWN),
    "unknown_checking": lambda: _unclear(
        replace(UNKNOWN, is_checking=True, device="busy", is_slip_printed=True, code="ZVT 9C")
    ),
    "ask_person": lambda: _unclear(AskPerson("a1", "Terminal 2", 1900, SENT, code="ZVT 9C")),
    "ask_pin": lambda: _unclear(
        AskPerson("a1", "Terminal 2", 1900, SENT, said="not_paid", needs_pin=True, pin_refused=True)
    ),
    "ask_thanks": lambda: _unclear(AskPerson("a1", "Terminal 2", 1900, SENT, said="dont_know")),
    "unclear_elsewhere": lambda: on_stage(
        SELLING,
        replace(CART, pay=(PayKey("card", "unclear"), *CART.pay[1:])),
        chips=(Chip("unclear", 1),),
        notice_count=1,
        message=Message("parked", "warning"),
    ),
    "terminal_down": _down,
    "aborted": lambda: on_stage(SELLING, CART, message=Message("aborted")),
    "tse": lambda: on_stage(
        replace(IDLE, banner=Banner("tse", NOON - timedelta(minutes=22))),
        CART,
        chips=(Chip("tse", since=NOON), Chip("cash_limit", amount_cents=150_000)),
    ),
    "prices_old": lambda: on_stage(
        SELLING,
        replace(CART, lines=tuple(replace(line, price_of=OLD) for line in CART.lines)),
        chips=(Chip("prices_old", day=OLD),),
        message=Message("prices_changed", "warning", (("amount_cents", 1900),)),
    ),
    "prices_new": lambda: on_stage(
        replace(IDLE, banner=Banner("prices", on=NOON.date() + timedelta(days=1))), EMPTY_CART
    ),
    "three_notices": lambda: on_stage(
        IDLE,
        CART,
        shift=Shift("Früh", FRAME.now),
        chips=(Chip("paper"), Chip("clock", 4), Chip("not_sent", 2)),
    ),
}

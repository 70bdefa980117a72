"""What every screen of the register shows: frozen dataclasses, the only thing a template reads.

Amounts are int cents, instants are aware, words come from `terminals.till.words` by the codes
that stand here; names of articles arrive in the page's language. Whoever makes a `Page` decides
nothing about looks, whoever writes a template decides nothing about money.

A new screen adds files and edits none but three lists:

- a frozen dataclass in a module of its group here, with `template: ClassVar[str]` (below
  `templates/till/`) and a field or constant `state` (one word, for `data-state`); exported below;
- its template: `stage` is the dataclass, `frame` the frame, `t("id", ...)` a sentence, `f.euro(1)`
  and the like a format (`terminals.till.formats`). Keys, forms and pads come from
  `macros/keys.html`, heads, notices, tracks and facts from `macros/parts.html`, icons from
  `macros/icons.html`. A screen that needs no basket leaves `Page.basket` None and has the width
  of both; `<section class="task">` with head, `task__body` and `task__foot` is its usual shape;
- its words: a module in `words/` with German and English side by side;
- its styles: a file in `static/css/`, named in `register.css`, in `@layer till`, with the colours
  of `tokens.css` alone;
- a sample: a module beside `tests/faces/sample_till_stages.py`, its STATES named in
  `sample_till.states`: the browser test then walks it in every theme, size and language.

What a key of the keyboard presses is said by `data-keys` (`keys="Enter"` of the macros), what
takes the focus by `data-focus`, what counts seconds by `data-since` and `data-seconds-until`:
no JavaScript is needed for an ordinary screen.
"""

from terminals.till.pages.basket import (
    Basket,
    Blocked,
    Calculation,
    CaseField,
    IssuedPass,
    Line,
    Lock,
    Paid,
    PayKey,
    Undo,
    VatLine,
    Visit,
    Way,
)
from terminals.till.pages.card import (
    AskPerson,
    CardRunning,
    Declined,
    TerminalDown,
    TerminalWords,
    Unknown,
)
from terminals.till.pages.entry import ConfirmTill, Enrolment, Locked, PinEntry
from terminals.till.pages.frame import (
    Chip,
    Frame,
    Guests,
    Language,
    LastSale,
    Message,
    Screen,
    Shift,
)
from terminals.till.pages.guest import GuestLine, GuestPage, GuestStep
from terminals.till.pages.notices import Conflict, Notice, NoticeKind, Notices
from terminals.till.pages.page import Page, Stage
from terminals.till.pages.receipts import (
    ReceiptDetail,
    ReceiptRow,
    Receipts,
    ReceiptState,
    RefundPending,
    RefundStart,
    SoldLine,
    VoidChoice,
)
from terminals.till.pages.sale import (
    Banner,
    CasePaid,
    ReasonChoice,
    RuleEffect,
    RuleSwitch,
    Sale,
    Search,
    Tab,
    Tile,
    TileGroup,
    Unavailable,
)
from terminals.till.pages.shift import (
    Audit,
    BlindCount,
    Comparison,
    CountPad,
    CountRow,
    DeviceName,
    DeviceState,
    EndOfDay,
    HandOver,
    OpenShift,
    Purpose,
    SafebagDrop,
    ShiftClosed,
    TillMenu,
)
from terminals.till.pages.tender import CashEntry, FeeNotice, NumberEntry, PayLink, WalletScan

__all__ = [
    "AskPerson",
    "Audit",
    "Banner",
    "Basket",
    "BlindCount",
    "Blocked",
    "Calculation",
    "CardRunning",
    "CaseField",
    "CasePaid",
    "CashEntry",
    "Chip",
    "Comparison",
    "ConfirmTill",
    "Conflict",
    "CountPad",
    "CountRow",
    "Declined",
    "DeviceName",
    "DeviceState",
    "EndOfDay",
    "Enrolment",
    "FeeNotice",
    "Frame",
    "GuestLine",
    "GuestPage",
    "GuestStep",
    "Guests",
    "HandOver",
    "IssuedPass",
    "Language",
    "LastSale",
    "Line",
    "Lock",
    "Locked",
    "Message",
    "Notice",
    "NoticeKind",
    "Notices",
    "NumberEntry",
    "OpenShift",
    "Page",
    "Paid",
    "PayKey",
    "PayLink",
    "PinEntry",
    "Purpose",
    "ReasonChoice",
    "ReceiptDetail",
    "ReceiptRow",
    "ReceiptState",
    "Receipts",
    "RefundPending",
    "RefundStart",
    "RuleEffect",
    "RuleSwitch",
    "SafebagDrop",
    "Sale",
    "Screen",
    "Search",
    "Shift",
    "ShiftClosed",
    "SoldLine",
    "Stage",
    "Tab",
    "TerminalDown",
    "TerminalWords",
    "Tile",
    "TileGroup",
    "TillMenu",
    "Unavailable",
    "Undo",
    "Unknown",
    "VatLine",
    "Visit",
    "VoidChoice",
    "WalletScan",
    "Way",
]

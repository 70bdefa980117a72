"""Other ways to pay (S30, S31, S34, S37): cash, wallet, pay link, fee notice, a typed number."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class CashEntry:
    """S30. Actions: `cash tendered_cents key` (a note key does it at once), `back`.

    notes: sensible sums in cents, smallest first, without the exact one. tendered_cents: what was
    refused as too little, to be corrected; None at first.
    """

    template: ClassVar[str] = "tender/cash.html"
    total_cents: int
    notes: tuple[int, ...]
    key: str
    tendered_cents: int | None = None
    state: Literal["cash"] = "cash"


@dataclass(frozen=True, slots=True)
class WalletScan:
    """S31. Actions: `scan text`, `number` (opens the number pad), `other`, `back`.

    problem: None while waiting for the code; "short", "unknown", "expired", "blocked" or
    "offline_limit" (limit_cents a day). is_busy: the centre is being asked. The balance itself is
    never shown.
    """

    template: ClassVar[str] = "tender/wallet.html"
    total_cents: int
    problem: Literal["short", "unknown", "expired", "blocked", "offline_limit"] | None = None
    limit_cents: int = 0
    is_busy: bool = False
    state: Literal["wallet"] = "wallet"


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """ "Nummer eingeben": the printed number of a card or wallet, typed. Actions: `scan text`,
    `back`. of: what it is for. problem: "unknown" when nothing carries this number."""

    template: ClassVar[str] = "tender/number.html"
    of: Literal["any", "wallet", "receipt"] = "any"
    text: str = ""
    problem: Literal["unknown"] | None = None
    state: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class PayLink:
    """S34. Actions: `park` (Fertig: stays open under Hinweise), `link_withdraw link`.

    qr: address of the picture. step: "shown", "opened", "paying", "paid", "withdrawing" or
    "paid_meanwhile" (it was paid while being withdrawn). case: of the citizens' office, "".
    expires_at: aware. address: of the link as the guest may type it, "" before it is made.
    """

    template: ClassVar[str] = "tender/link.html"
    link: str
    amount_cents: int
    qr: str
    expires_at: datetime
    step: Literal["shown", "opened", "paying", "paid", "withdrawing", "paid_meanwhile"] = "shown"
    case: str = ""
    address: str = ""
    state: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class FeeNotice:
    """S37. Actions: `notice key` (issues it), `notice_slip number`, `back`.

    is_issued: it is out; the next guest may come. number: of the notice then. step: "payable"
    with the picture (qr) and the address of its pay link, the reference of a transfer and until
    when it is to be paid; before, "waiting" for the centre, or "offline"; "kept": there is no
    link, the claim alone.
    """

    template: ClassVar[str] = "tender/notice.html"
    amount_cents: int
    key: str
    case: str = ""
    is_issued: bool = False
    number: str = ""
    step: Literal["waiting", "offline", "payable", "kept"] = "kept"
    qr: str = ""
    address: str = ""
    reference: str = ""
    pay_until: datetime | None = None
    state: Literal["notice"] = "notice"

"""A card at the terminal, from the first byte to the truth (S13, S15 to S19, S21)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

AttemptKind = Literal["payment", "reversal", "refund"]


@dataclass(frozen=True, slots=True)
class TerminalWords:
    """One line of the terminal's log. what: "sent" (our own "Betrag an Terminal gesendet"),
    "cancel" (our abort) or "terminal" (then `text` is verbatim)."""

    at: datetime
    what: Literal["sent", "cancel", "terminal"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class CardRunning:
    """S13 and S16: the terminal works. Actions: `cancel attempt` (in the basket's column).

    step: a key of `terminals.adapters.STEPS`. text: the terminal's own words as headline, where
    the step has none of its own (code FF). started_at: aware, for the elapsed time. heard_at: the
    last news of any kind. log: the newest four, oldest first. retry_seconds: for "retrying".
    cancel: None, "sent", or "late" (cannot be stopped any more).
    """

    template: ClassVar[str] = "card/running.html"
    attempt: str
    terminal: str
    amount_cents: int
    step: str
    started_at: datetime
    kind: AttemptKind = "payment"
    heard_at: datetime | None = None
    text: str = ""
    log: tuple[TerminalWords, ...] = ()
    retry_seconds: int = 0
    cancel: Literal["sent", "late"] | None = None
    state: Literal["card", "aborting"] = "card"


@dataclass(frozen=True, slots=True)
class Declined:
    """S15. Actions: `retry key` (again by card), `other` (another way: the basket is open again),
    `back` (keep the basket).

    reason: of `terminals.adapters.REASONS`. code: the device's, for support. can_retry: False
    where the card cannot work (expired, blocked).
    """

    template: ClassVar[str] = "card/declined.html"
    attempt: str
    terminal: str
    amount_cents: int
    reason: str
    at: datetime
    key: str
    code: str = ""
    kind: AttemptKind = "payment"
    can_retry: bool = True
    state: Literal["declined"] = "declined"


@dataclass(frozen=True, slots=True)
class Unknown:
    """S17: whether money moved is open. Actions: `check attempt`, `park`, `slip attempt`.

    sent_at, cancelled_at: aware. last_words: what the terminal showed last, verbatim. tries:
    checks so far. next_at: of the next one by itself, aware; interval_seconds: how long the
    countdown was in all. is_checking: one runs now. device: how the terminal is: "unreachable",
    "busy" or "asked" (it was reached, no answer yet). is_slip_printed: the guest may go.
    """

    template: ClassVar[str] = "card/unknown.html"
    attempt: str
    terminal: str
    amount_cents: int
    sent_at: datetime
    kind: AttemptKind = "payment"
    last_words: str = ""
    cancelled_at: datetime | None = None
    tries: int = 0
    next_at: datetime | None = None
    interval_seconds: int = 30
    is_checking: bool = False
    device: Literal["unreachable", "busy", "asked"] = "unreachable"
    is_slip_printed: bool = False
    code: str = ""
    state: Literal["unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class AskPerson:
    """S19: the terminal cannot say. Actions: `say attempt what=paid|not_paid|dont_know [pin]`.

    said: the statement that was made, None before. needs_pin: "not paid" needs the manager's PIN;
    the pad is shown. pin_refused: it was not a manager's.
    """

    template: ClassVar[str] = "card/ask_person.html"
    attempt: str
    terminal: str
    amount_cents: int
    sent_at: datetime
    kind: AttemptKind = "payment"
    said: Literal["paid", "not_paid", "dont_know"] | None = None
    needs_pin: bool = False
    pin_refused: bool = False
    code: str = ""
    state: Literal["ask_person"] = "ask_person"


@dataclass(frozen=True, slots=True)
class TerminalDown:
    """S21: the panel behind the dashed key. Actions: `reconnect`, `use_terminal terminal key`,
    `pay way=notice key` (citizens' office), `back`.

    others: terminals that could take this payment instead: code, name and the name of the till
    they stand at, "" at none. amount_cents: what would be charged there. may_issue_notice: the key
    Gebührenbescheid. is_checking: a connection is being tried. technical: address and code for
    support, behind a fold.
    """

    template: ClassVar[str] = "card/terminal_down.html"
    terminal: str
    since: datetime | None = None
    others: tuple[tuple[str, str, str], ...] = ()
    may_issue_notice: bool = False
    key: str = ""
    is_checking: bool = False
    needs_end_of_day: bool = False
    technical: str = ""
    amount_cents: int = 0
    state: Literal["terminal_down"] = "terminal_down"

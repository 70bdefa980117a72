"""A receipt printer on the network: prints, opens the drawer, and says honestly how it went.

Nothing here raises for what a printer or a network may do, and everything ends in time: a
printer's trouble must never hold up a sale. What was printed is known because the printer is
asked once more behind the last line: it answers in order, after what came before.
"""

import socket
import time
from dataclasses import dataclass
from typing import Literal

from terminals.printing.paper import COLUMNS, commands, drawer_pulse
from terminals.printing.receipt import Receipt

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 0.7  # a printer that can tell does so at once; others never will
PRINT_SECONDS = 3.0
NARROWEST = 32

# Status requests and answers (ESC/POS): DLE EOT is answered at once, GS r in its turn.
_ASK_CAUSE, _ASK_PAPER, _ASK_IN_TURN = b"\x10\x04\x02", b"\x10\x04\x04", b"\x1dr\x01"
_COVER_OPEN, _PAPER_STOP, _FAULT = 0x04, 0x20, 0x40  # of the cause of being offline
_PAPER_END = 0x60  # of the roll sensor
_IN_TURN_PAPER_END = 0x0C
_AT_ONCE, _IN_TURN = (0x93, 0x12), (0x90, 0x00)  # bits that tell the two kinds of answer apart

Reason = Literal["unreachable", "paper_empty", "cover_open", "not_ready", "interrupted"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a printer listens and how many letters its lines have (80 mm: 48, 58 mm: 32).

    host: better an address than a name, whose look-up nothing here can cut short. Raises
    ValueError for a port that is none and for lines too short for an amount.
    """

    host: str
    port: int = 9100
    columns: int = COLUMNS

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError(f"a printer listens on a port from 1 to 65535, not {self.port}")
        if self.columns < NARROWEST:
            raise ValueError(f"a receipt needs {NARROWEST} columns, not {self.columns}")


@dataclass(frozen=True, slots=True)
class Printed:
    """On paper. is_confirmed: the printer said so itself; False where it cannot tell."""

    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """Not, or not completely, on paper.

    unreachable, paper_empty, cover_open, not_ready: nothing was printed. interrupted: the
    printer fell silent or ran out of paper in the middle, part of it may lie there.
    """

    reason: Reason


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing stands in the way, as far as the printer can tell."""

    can_tell: bool


def print_receipt(printer: Settings, receipt: Receipt) -> Printed | NotPrinted:
    """Print it, at most once; asks first whether there is paper. At most about six seconds."""
    return _send(printer, commands(receipt, columns=printer.columns))


def open_drawer(printer: Settings) -> Printed | NotPrinted:
    """Open the cash drawer behind the printer; works without paper as well."""
    try:
        with _connected(printer) as line:
            line.sendall(drawer_pulse())
    except OSError:
        return NotPrinted("unreachable")
    return Printed(is_confirmed=False)


def check_printer(printer: Settings) -> Ready | NotPrinted:
    """How the printer is, for the self-test of a till; prints nothing."""
    try:
        with _connected(printer) as line:
            return _state(line)
    except OSError:
        return NotPrinted("unreachable")


def _send(printer: Settings, data: bytes) -> Printed | NotPrinted:
    try:
        line = _connected(printer)
    except OSError:
        return NotPrinted("unreachable")
    with line:
        try:
            state = _state(line)
            if isinstance(state, NotPrinted):
                return state
        except OSError:
            return NotPrinted("not_ready")
        try:
            return _printed(line, data, can_tell=state.can_tell)
        except OSError:
            return NotPrinted("interrupted")


def _printed(line: socket.socket, data: bytes, *, can_tell: bool) -> Printed | NotPrinted:
    line.settimeout(PRINT_SECONDS)
    line.sendall(data + _ASK_IN_TURN)
    answer = _answer(line, PRINT_SECONDS if can_tell else ANSWER_SECONDS, _IN_TURN)
    if answer is None:
        return NotPrinted("interrupted") if can_tell else Printed(is_confirmed=False)
    if answer & _IN_TURN_PAPER_END:
        return NotPrinted("interrupted")
    return Printed(is_confirmed=True)


def _state(line: socket.socket) -> Ready | NotPrinted:
    """What keeps the printer from printing. Raises OSError when the connection breaks."""
    line.sendall(_ASK_PAPER)
    paper = _answer(line, ANSWER_SECONDS, _AT_ONCE)
    if paper is None:
        return Ready(can_tell=False)
    if paper & _PAPER_END == _PAPER_END:
        return NotPrinted("paper_empty")
    line.sendall(_ASK_CAUSE)
    cause = _answer(line, ANSWER_SECONDS, _AT_ONCE) or 0
    if cause & _PAPER_STOP:
        return NotPrinted("paper_empty")
    if cause & _COVER_OPEN:
        return NotPrinted("cover_open")
    return NotPrinted("not_ready") if cause & _FAULT else Ready(can_tell=True)


def _answer(line: socket.socket, seconds: float, kind: tuple[int, int]) -> int | None:
    """One byte of status of this kind, others passed over; None when none comes in time.

    Raises OSError for a closed line.
    """
    mask, expected = kind
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        line.settimeout(left)
        try:
            byte = line.recv(1)
        except TimeoutError:
            break
        if not byte:
            raise ConnectionResetError("the printer hung up")
        if byte[0] & mask == expected:
            return byte[0]
    return None


def _connected(printer: Settings) -> socket.socket:
    """Raises OSError, also for a host that no name can be."""
    try:
        return socket.create_connection((printer.host, printer.port), timeout=CONNECT_SECONDS)
    except UnicodeError as wrong:  # how Python refuses a label longer than 63 letters
        raise OSError(f"{printer.host!r} is no host") from wrong

"""A terminal that plays a list of bytes on a real socket, and what tests of a register need.

A step is a line of the kind in which transcripts are written:

    > 0601          wait for a frame of the register that begins like this
    < 04FF010A      say it; a command (not 80 or 84) is followed by waiting for its answer
    << 040F0327...  say it without waiting, such as two messages at once
    ~ 0.2           wait
    x               close the connection
    +               wait for the next connection
"""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep
from types import TracebackType
from typing import Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from terminals.adapters import Direction, Evidence, Kind, News, Order
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.terminal import ZvtTerminal

BERLIN = ZoneInfo("Europe/Berlin")
REGISTERED = ("> 0600", "< 800000", "< 060F00")
ASKED = ("> 0501", "< 800000", "< 060F0100")
LONG_SECONDS = 5.0  # how long a test may hang before it fails
AT = datetime(2026, 11, 23, 9, 30, 15, tzinfo=BERLIN)


class ScriptedTerminal:
    """Plays `steps` once; leaving raises what went otherwise than written."""

    def __init__(self, *steps: str) -> None:
        self._steps = steps
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LONG_SECONDS)
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[str] = []
        self._connection: socket.socket | None = None
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._play, daemon=True)

    @property
    def answers(self) -> list[str]:
        """The answers of the register, in order."""
        return [each for each in self.heard if each[:2] in ("80", "84")]

    @property
    def commands(self) -> list[str]:
        """The control fields of the register's commands, in order."""
        return [each[:4] for each in self.heard if each[:2] not in ("80", "84")]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._thread.join(LONG_SECONDS)
        self._listener.close()
        if self._connection is not None:
            self._connection.close()
        if self._trouble is not None and fault is None:
            raise self._trouble

    def _play(self) -> None:
        try:
            self._accept()
            for step in self._steps:
                self._do(step)
        except (OSError, AssertionError) as trouble:
            self._trouble = trouble

    def _accept(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, _ = self._listener.accept()
        self._connection.settimeout(LONG_SECONDS)

    def _do(self, step: str) -> None:
        assert self._connection is not None
        word, _, rest = step.partition(" ")
        match word:
            case ">":
                frame = self._hear()
                assert frame.startswith(rest), f"expected {rest}, heard {frame}"
            case "<":
                self._connection.sendall(bytes.fromhex(rest))
                if rest[:2] not in ("80", "84"):
                    answer = self._hear()
                    assert answer[:2] in ("80", "84"), f"expected an answer, heard {answer}"
            case "<<":
                self._connection.sendall(bytes.fromhex(rest))
            case "~":
                sleep(float(rest))
            case "x":
                self._connection.close()
            case "+":
                self._accept()
            case _:
                raise AssertionError(f"no step: {step}")

    def _hear(self) -> str:
        head = self._read(3)
        if head[2] == 0xFF:
            head += self._read(2)
        length = head[2] if len(head) == 3 else int.from_bytes(head[3:], "little")
        frame = (head + self._read(length)).hex().upper()
        self.heard.append(frame)
        return frame

    def _read(self, size: int) -> bytes:
        assert self._connection is not None
        read = b""
        while len(read) < size:
            piece = self._connection.recv(size - len(read))
            assert piece, f"the register hung up after {self.heard[-3:]}"
            read += piece
        return read


@dataclass
class Journal:
    """A recorder that keeps everything in the order it came."""

    events: list[tuple[str, str | News | Evidence]] = field(default_factory=list)

    def frame(self, direction: Direction, data: bytes) -> None:
        self.events.append((direction, data.hex().upper()))

    def saw(self, news: News) -> None:
        self.events.append(("saw", news))

    def claims(self, evidence: Evidence) -> None:
        self.events.append(("claims", evidence))

    @property
    def news(self) -> list[News]:
        return [each for _, each in self.events if isinstance(each, News)]

    @property
    def claimed(self) -> list[Evidence]:
        return [each for _, each in self.events if isinstance(each, Evidence)]

    def index(self, what: str, start: str) -> int:
        """Where the first such frame is, by its first hex digits."""
        return next(
            place for place, (kind, data) in enumerate(self.events)
            if kind == what and isinstance(data, str) and data.startswith(start)
        )  # fmt: skip


@dataclass
class Wish:
    """A cashier's wish to cancel, from the time it has been looked at so often."""

    looks: int = 0

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


NEVER = threading.Event()


def a_terminal(
    port: int, *, clock: Callable[[], datetime] = lambda: AT, **settings: object
) -> ZvtTerminal:
    """A terminal with short patience at this port."""
    patience: dict[str, object] = {
        "answer_seconds": 0.4, "silence_seconds": 0.6, "connect_seconds": 0.5,
        "busy_pause_seconds": 0.02, "late_print_seconds": 0.0,
    }  # fmt: skip
    return ZvtTerminal(Settings("127.0.0.1", port, **{**patience, **settings}), clock=clock)  # type: ignore[arg-type]


@contextmanager
def connected(port: int, **settings: object) -> Iterator[ZvtTerminal]:
    """The same, closed in the end."""
    terminal = a_terminal(port, **settings)  # type: ignore[arg-type]
    try:
        yield terminal
    finally:
        terminal.close()


def an_order(kind: Kind = "payment", cents: int = 1050, **more: object) -> Order:
    """An order of `AT` for 10.50 EUR."""
    known: dict[str, object] = {"started_at": AT.astimezone(UTC), "terminal": "B01-1"}
    return Order(key=uuid4(), kind=kind, amount_cents=cents, **{**known, **more})  # type: ignore[arg-type]


def evidence(number: int | str, *, at: datetime | None = AT, **more: object) -> Evidence:
    """What is known of a transaction of 10.50 EUR."""
    trace = f"{number:06d}" if isinstance(number, int) else number
    receipt = f"{number % 10_000:04d}" if isinstance(number, int) else ""
    known: dict[str, object] = {
        "amount_cents": 1050, "way": "girocard", "terminal_id": "29001006", "receipt": receipt,
    }  # fmt: skip
    return Evidence(number=trace, at=at, **{**known, **more})  # type: ignore[arg-type]


def status(
    result: int = 0,
    *,
    cents: int | None = 1050,
    trace: int | None = 12,
    original: int | None = None,
    at: datetime | None = AT,
    more: str = "",
) -> str:
    """A 04 0F in hex, as card complete writes them."""
    data = f"27{result:02X}"
    if cents is not None:
        data += f"04{cents:012d}"
    if trace is not None:
        data += f"0B{trace:06d}87{trace % 10_000:04d}"
    if original is not None:
        data += f"37{original:06d}"
    if at is not None:
        data += f"0C{at:%H%M%S}0D{at:%m%d}"
    data += "2929001006" + more
    return f"040F{len(data) // 2:02X}{data}"


def block(kind: int, lines: Sequence[str], *, is_last: bool = True, info: str = "") -> str:
    """A 06 D3 in hex: a receipt for the merchant (1), the guest (2) or the office (3)."""
    texts = "".join(f"07{len(line):02X}{line.encode('cp437').hex()}" for line in lines)
    texts += "090181" if is_last else ""
    inner = f"1F0701{kind:02X}{info}25{len(texts) // 2:02X}{texts}"
    data = f"06{len(inner) // 2:02X}{inner}"
    return f"06D3{len(data) // 2:02X}{data}".upper()

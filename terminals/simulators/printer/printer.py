"""The printer as a machine on the network: one connection after the other on one port."""

import socket
import threading
from dataclasses import dataclass
from types import TracebackType

from terminals.simulators.printer.paper import Paper, Roll, UnknownCommand

_ASKED = b"\x10\x04"  # DLE EOT n: answered at once, whatever is being printed
_FIXED = 0x12  # the bits that every such answer has
_COVER_OPEN, _PAPER_STOP, _PAPER_END = 0x04, 0x20, 0x60


@dataclass(slots=True)
class Behaviour:
    """How the printer misbehaves; by itself it does not.

    is_open: its cover. is_mute: never says how it is. is_deaf: takes connections and data and
    does nothing at all. slow_seconds: before it prints what has come. dies_after: hangs up and
    forgets everything after so many bytes.
    """

    is_open: bool = False
    is_mute: bool = False
    is_deaf: bool = False
    slow_seconds: float = 0.0
    dies_after: int | None = None


class Printer:
    """Context: a printer that listens on 127.0.0.1 from entering to leaving.

    port: 0 takes a free one. behaviour: may be changed while it runs. faults: what it was sent
    and could not read.
    """

    def __init__(self, port: int = 0, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.faults: list[str] = []
        self._roll = Roll()
        self._heard = 0
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(0.1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="printer")

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def papers(self) -> list[Paper]:
        """Everything printed and cut so far, oldest first."""
        return list(self._roll.papers)

    @property
    def drawer_pulses(self) -> int:
        """How often the cash drawer was opened."""
        return self._roll.drawer_pulses

    def load_paper(self, lines: int | None = None) -> None:
        """Put in a roll with so many lines (None: plenty); what was waiting is printed."""
        self._roll.lines_left = lines
        self._print(b"")

    def __enter__(self) -> "Printer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stopped.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                continue
            with line:
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        line.settimeout(0.1)
        while not self._stopped.is_set():
            try:
                data = line.recv(4096)
            except TimeoutError:
                continue
            except ConnectionError:
                return
            if not data or not self._heed(line, data):
                return

    def _heed(self, line: socket.socket, data: bytes) -> bool:
        """Act on what came; False when the printer died of it."""
        self._heard += len(data)
        limit = self.behaviour.dies_after
        if limit is not None and self._heard >= limit:
            self._roll.waiting.clear()
            return False
        if self.behaviour.is_deaf:
            return True
        answers, rest = self._at_once(data)
        try:
            line.sendall(answers)
            if rest:
                self._stopped.wait(self.behaviour.slow_seconds)
                in_turn = self._print(rest)
                line.sendall(b"" if self.behaviour.is_mute else in_turn)
        except ConnectionError:
            return False
        return True

    def _at_once(self, data: bytes) -> tuple[bytes, bytes]:
        answers = bytearray()
        while _ASKED in data:
            before, _, after = data.partition(_ASKED)
            if not self.behaviour.is_mute:
                answers.append(self._status(after[0]))
            data = before + after[1:]
        return bytes(answers), data

    def _status(self, kind: int) -> int:
        paper_end = self._roll.is_empty
        match kind:
            case 2:
                cover = _COVER_OPEN if self.behaviour.is_open else 0
                return _FIXED | cover | (_PAPER_STOP if paper_end else 0)
            case 4:
                return _FIXED | (_PAPER_END if paper_end else 0)
        return _FIXED

    def _print(self, data: bytes) -> bytes:
        try:
            return self._roll.take(data)
        except UnknownCommand as unknown:
            self.faults.append(str(unknown))
            self._roll.waiting.clear()
            return b""

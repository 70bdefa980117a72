"""What ESC/POS commands do to a roll of paper, told as text; bytes in, pieces of paper out.

The commands are those of Epson's public reference that receipts use. One that is not known
stops the reading, so that nothing passes a test which a printer would print as rubbish.
"""

from dataclasses import dataclass, field

COLUMNS = 48
CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}

# Commands that only set something this paper does not show, with how many bytes follow.
_SILENT = {
    b"\x1bE": 1, b"\x1bM": 1, b"\x1b-": 1, b"\x1b{": 1, b"\x1bR": 1, b"\x1bG": 1, b"\x1bV": 1,
    b"\x1b2": 0, b"\x1b3": 1, b"\x1dB": 1, b"\x1db": 1, b"\x1ba": 1, b"\x1b!": 1, b"\x1d!": 1,
    b"\x1bt": 1, b"\x1b@": 0, b"\x1c.": 0,
}  # fmt: skip
_ALIGNED = {0: str.ljust, 1: str.center, 2: str.rjust}


class UnknownCommand(Exception):
    """Bytes that are no command this printer knows."""


class _Incomplete(Exception):
    """The rest of a command is still to come."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of paper up to its cut: its lines, and what its QR codes say."""

    text: str
    codes: tuple[str, ...] = ()


@dataclass(slots=True)
class Roll:
    """The printing part: what is set, the line begun, the lines since the last cut.

    lines_left: how much paper there is, None for plenty. drawer_pulses: how often the drawer
    was opened.
    """

    lines_left: int | None = None
    papers: list[Paper] = field(default_factory=list)
    drawer_pulses: int = 0
    waiting: bytearray = field(default_factory=bytearray)
    _lines: list[str] = field(default_factory=list)
    _codes: list[str] = field(default_factory=list)
    _line: bytearray = field(default_factory=bytearray)
    _page: str = "cp437"
    _alignment: int = 0
    _width: int = 1
    _code: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the paper has run out: what comes waits for a new roll."""
        return self.lines_left == 0

    def take(self, data: bytes) -> bytes:
        """Print; returns what is answered in its turn (GS r). Raises UnknownCommand."""
        self.waiting += data
        answers = bytearray()
        while self.waiting and not self.is_empty:
            try:
                answers += self._next()
            except _Incomplete:
                break
        return bytes(answers)

    def _next(self) -> bytes:
        first = self.waiting[0]
        if first == 0x0A:
            self._drop(1)
            self._feed(1)
        elif first in (0x1B, 0x1C, 0x1D):
            return self._command(bytes(self._peek(2)))
        elif first >= 0x20 or first == 0x09:
            self._line += self._drop(1)
        else:
            raise UnknownCommand(bytes(self.waiting[:4]).hex())
        return b""

    def _command(self, name: bytes) -> bytes:
        match name:
            case b"\x1d(":
                self._two_dimensional()
            case b"\x1dV":
                with_feed = self._peek(3)[2] in (65, 66)
                self._drop(4 if with_feed and self._peek(4) else 3)
                self._cut()
            case b"\x1bp":
                self._peek(5)
                self._drop(5)
                self.drawer_pulses += 1
            case b"\x1bd":
                count = self._peek(3)[2]
                self._drop(3)
                self._feed(count)
            case b"\x1dr":
                self._peek(3)
                self._drop(3)
                return b"\x00"
            case _ if name in _SILENT:
                self._set(name)
            case _:
                raise UnknownCommand(bytes(self.waiting[:4]).hex())
        return b""

    def _set(self, name: bytes) -> None:
        size = 2 + _SILENT[name]
        value = self._peek(size)[-1]
        self._drop(size)
        match name:
            case b"\x1b@":
                self._page, self._alignment, self._width = "cp437", 0, 1
            case b"\x1bt":
                if value not in CODE_PAGES:
                    raise UnknownCommand(f"code page {value}")
                self._page = CODE_PAGES[value]
            case b"\x1ba":
                self._alignment = value % 48
            case b"\x1b!":
                self._width = 2 if value & 0x20 else 1
            case b"\x1d!":
                self._width = (value >> 4) + 1

    def _two_dimensional(self) -> None:
        head = self._peek(5)
        size = int.from_bytes(head[3:5], "little")
        body = bytes(self._peek(5 + size)[5:])
        self._drop(5 + size)
        if head[2:3] != b"k" or body[:1] != b"1":
            raise UnknownCommand(bytes(head).hex())
        if body[1:3] == b"P0":
            self._code = body[3:].decode("utf-8")
        elif body[1:3] == b"Q0":
            self._codes.append(self._code)
            self._lines.append(self._placed(f"[QR {self._code}]", COLUMNS))
            self._used(8)

    def _feed(self, count: int) -> None:
        text = bytes(self._line).decode(self._page)
        self._line.clear()
        columns = COLUMNS // self._width
        parts = [text[start : start + columns] for start in range(0, len(text), columns)] or [""]
        for part in parts:
            spread = " ".join(part) if self._width == 2 else part
            self._lines.append(self._placed(spread, COLUMNS))
            self._used(1)
        self._lines += [""] * (count - 1)

    def _placed(self, text: str, columns: int) -> str:
        return _ALIGNED[self._alignment](text, columns).rstrip()

    def _used(self, lines: int) -> None:
        if self.lines_left is not None:
            self.lines_left = max(0, self.lines_left - lines)

    def _cut(self) -> None:
        text = "\n".join(self._lines).strip("\n") + "\n"
        self.papers.append(Paper(text, tuple(self._codes)))
        self._lines.clear()
        self._codes.clear()

    def _peek(self, count: int) -> bytearray:
        if len(self.waiting) < count:
            raise _Incomplete
        return self.waiting[:count]

    def _drop(self, count: int) -> bytearray:
        dropped = self.waiting[:count]
        del self.waiting[:count]
        return dropped

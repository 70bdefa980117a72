"""One connection of a register: frames in and out, torn, glued or cut as the test wants it."""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from terminals.simulators.zvt.codec import Assembler, Frame, encode

Direction = Literal["sent", "received"]
How = Literal["close", "reset", "silence"]
MAX_PIECES = 6
GLUE_SECONDS = 0.01  # how long an answer waits to travel with the next command


class LineLost(ConnectionError):
    """The register cannot be heard any more."""


@dataclass(slots=True)
class Cut:
    """The connection ends when `byte` bytes went in `direction`, seen from the terminal.

    Counted from the first byte of the next command, or of the next `command` ("0601"). how:
    closed, reset, or silent: open, but nothing passes. passed: None until the counting begins.
    """

    direction: Direction
    byte: int
    command: str = ""
    how: How = "close"
    passed: int | None = None


@dataclass(slots=True)
class Wire:
    """What all connections share: the dice, the shape of the bytes, the cut and the log."""

    random: Random
    framing: str = "chunks"
    cut: Cut | None = None
    cut_count: int = 0
    log: deque[tuple[str, bytes]] = field(default_factory=lambda: deque(maxlen=400))


@dataclass(slots=True, eq=False)
class Line:
    """A connection; `frames` is to be read all the time, by one reader."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    wire: Wire
    is_lost: bool = False
    is_silent: bool = False
    _unanswered: list[asyncio.Future[Frame]] = field(default_factory=list)
    _held: bytearray = field(default_factory=bytearray)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _lost: asyncio.Event = field(default_factory=asyncio.Event)

    async def frames(self) -> AsyncIterator[Frame]:
        """Every command of the register until the connection ends; answers are matched here."""
        assembler = Assembler()
        while not self.is_lost and (data := await self._read()):
            for byte in data:
                frame = assembler.push(byte)
                end = self._counts_received(assembler)
                if frame is not None and frame.is_answer:
                    self._answered(frame)  # before the end, so that it counts as heard
                if end is not None:
                    self.lose(end)
                if frame is not None and not frame.is_answer:
                    self._note(frame)
                    yield frame
                if self.is_lost or self.is_silent:
                    break
        self.lose("close")

    async def ask(self, data: bytes, *, seconds: float, then: bytes = b"") -> Frame | None:
        """Say something and wait for its answer; None where there is none in time.

        then: bytes that leave right behind. Raises LineLost.
        """
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._unanswered.append(answer)
        try:
            await self.say(data + then)
            await asyncio.wait({answer}, timeout=seconds)
            return answer.result() if answer.done() else None
        finally:
            if answer in self._unanswered:
                self._unanswered.remove(answer)
            if answer.done() and not answer.cancelled():
                answer.exception()  # seen, whether or not anybody still waits

    async def say(self, data: bytes, *, may_wait: bool = False) -> None:
        """Send bytes; `may_wait` lets them travel with the next ones. Raises LineLost."""
        glues = self.wire.framing == "coalesced" or (
            self.wire.framing == "mixed" and self.wire.random.random() < 0.5
        )
        if may_wait and glues and not self.is_lost:
            self._held += data
            self.wire.log.append((">", data))
            asyncio.get_running_loop().call_later(GLUE_SECONDS, self._let_go)
            return
        async with self._writing:
            if self.is_lost:
                raise LineLost
            whole, self._held = bytes(self._held) + data, bytearray()
            self.wire.log.append((">", data))
            await self._write(whole)

    @property
    def is_waiting(self) -> bool:
        """Whether something that was said is not answered yet."""
        return any(not answer.done() for answer in self._unanswered)

    async def wait_lost(self) -> None:
        """Returns when the connection has ended."""
        await self._lost.wait()

    def lose(self, how: How) -> None:
        """End the connection; whoever waits for an answer hears LineLost, except in silence."""
        if how == "silence":
            self.is_silent = True
            return
        if self.is_lost:
            return
        self.is_lost = True
        self._lost.set()
        for answer in self._unanswered:
            if not answer.done():
                answer.set_exception(LineLost())
        if how == "reset":
            _reset_on_close(self.writer)
        self.writer.close()

    async def _read(self) -> bytes:
        """The next bytes; none at the end. A silent line hears nothing but its end."""
        try:
            while data := await self.reader.read(4096):
                if not self.is_silent:
                    return data
        except ConnectionError:
            return b""
        return b""

    async def _write(self, data: bytes) -> None:
        for piece in self._pieces(data):
            self._pass(piece)
            if self.is_silent:
                return
            if self.is_lost:
                raise LineLost
            await asyncio.sleep(0)
        try:
            await self.writer.drain()
        except ConnectionError:
            self.lose("close")
            raise LineLost from None

    def _pieces(self, data: bytes) -> list[bytes]:
        torn = self.wire.framing == "chunks" or (
            self.wire.framing == "mixed" and self.wire.random.random() < 0.5
        )
        if not torn or len(data) < 2:
            return [data]
        count = self.wire.random.randint(1, min(MAX_PIECES, len(data) - 1))
        places = sorted(self.wire.random.sample(range(1, len(data)), count))
        return [data[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]

    def _let_go(self) -> None:
        """Send what waited in vain for company."""
        if self._writing.locked():  # not into the middle of something else
            asyncio.get_running_loop().call_later(GLUE_SECONDS, self._let_go)
        elif self._held and not self.is_lost:
            held, self._held = bytes(self._held), bytearray()
            self._pass(held)

    def _pass(self, data: bytes) -> None:
        """Hand bytes to the network, as far as a cut lets them."""
        if self.is_silent:
            return
        passing, end = self._counts_sent(data)
        self.writer.write(passing)
        if end is not None:
            self.lose(end)

    def _answered(self, frame: Frame) -> None:
        self._note(frame)
        while self._unanswered:
            answer = self._unanswered.pop(0)
            if not answer.done():
                answer.set_result(frame)
                return

    def _counts_received(self, assembler: Assembler) -> How | None:
        """Count the byte just heard; how the line ends where that was the last to pass."""
        cut = self.wire.cut
        if cut is None:
            return None
        if cut.passed is None:
            head = bytes(assembler.kept).hex().upper()
            begins = len(head) == 4 and head[:2] not in ("80", "84")
            if not begins or cut.command not in ("", head):
                return None
            cut.passed = 2 if cut.direction == "received" else 0
        elif cut.direction == "received":
            cut.passed += 1
        return self._reached(cut) if cut.direction == "received" else None

    def _counts_sent(self, data: bytes) -> tuple[bytes, How | None]:
        """What of these bytes still passes, and how the line ends behind them if it does."""
        cut = self.wire.cut
        if cut is None or cut.passed is None or cut.direction == "received":
            return data, None
        passing = data[: max(cut.byte - cut.passed, 0)]
        cut.passed += len(passing)
        return passing, self._reached(cut)

    def _reached(self, cut: Cut) -> How | None:
        if cut.passed is None or cut.passed < cut.byte:
            return None
        self.wire.cut, self.wire.cut_count = None, self.wire.cut_count + 1
        return cut.how

    def _note(self, frame: Frame) -> None:
        self.wire.log.append(("<", encode(frame.control, frame.data)))


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    """Let the end of this connection be a reset instead of a goodbye."""
    line: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):  # it ended by itself meanwhile
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

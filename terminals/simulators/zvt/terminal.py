"""The terminal: one device with its ledger, heard over any number of connections."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from terminals.simulators.zvt import requests
from terminals.simulators.zvt.book import Book, Transaction
from terminals.simulators.zvt.codec import ACK, Frame, counted, encode
from terminals.simulators.zvt.dialogue import Dialogue
from terminals.simulators.zvt.line import Line, LineLost, Wire
from terminals.simulators.zvt.money import refuse_locked
from terminals.simulators.zvt.registration import Registration
from terminals.simulators.zvt.requests import COMMANDS, Command, Refused, read
from terminals.simulators.zvt.scenarios import Queue, Script
from terminals.simulators.zvt.settings import Settings

READY, BUSY, LOCKED = 0x00, 0x9C, 0xF0
NOT_REGISTERED, UNKNOWN = 0x6B, 0x83
IDLE_TEXT = "Bereit"
VERSION = "SIM 1.0"
_LINGER_SECONDS = 2.0
_NO_VERSION = 0x02  # service byte of 05 01


class NothingRuns(ValueError):
    """A key was pressed that has no meaning now."""


@dataclass(slots=True, eq=False)
class Terminal:
    """Its state; everything here runs in one event loop.

    last: the newest successful transaction with the script it went by. is_locked: F0, until an
    end of day succeeds. deaf_until: loop time before which it hears nothing.
    """

    terminal_id: str
    settings: Settings
    wire: Wire
    clock: Callable[[], datetime]
    book: Book = field(default_factory=Book)
    queue: Queue = field(default_factory=Queue)
    registration: Registration = field(default=Registration())
    dialogue: Dialogue | None = None
    display: str = IDLE_TEXT
    last: tuple[Transaction, Script] | None = None
    is_locked: bool = False
    is_unplugged: bool = False
    deaf_until: float = 0.0
    lines: set[Line] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    faults: list[BaseException] = field(default_factory=list)
    _work: asyncio.Task[None] | None = None

    @property
    def charset(self) -> str:
        """The character set of its texts."""
        fixed = self.settings.charset
        return self.registration.charset if fixed == "negotiated" else fixed

    @property
    def prints_blocks(self) -> bool:
        """Whether receipts come as text blocks instead of lines."""
        if self.settings.prints == "negotiated":
            return self.registration.takes_blocks and self.registration.has_tlv
        return self.settings.prints == "blocks"

    def now(self) -> datetime:
        """The terminal's own clock, which may be wrong."""
        return self.clock() + timedelta(seconds=self.settings.skew_seconds)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside; what goes wrong in it is kept in `faults`."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it ends."""
        line = Line(reader, writer, self.wire)
        if self.is_unplugged:
            line.lose("reset")
        self.lines.add(line)
        try:
            async for frame in line.frames():
                await self._hear(line, frame)
        finally:
            self.lines.discard(line)
            line.lose("close")
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def press(self, event: str) -> None:
        """Someone at the terminal: "card" or "stop". Raises NothingRuns."""
        if self.dialogue is None:
            raise NothingRuns("There is no payment running.")
        self.dialogue.events.put_nowait(event)

    def second_register(self, amount_cents: int) -> Transaction:
        """Another register's payment, approved and final."""
        made = Transaction(
            0, 0, 0, amount_cents, "payment", "pending", "girocard", "contactless",
            self.now(), register=2,
        )  # fmt: skip
        booked = self.book.settle(self.book.open(made), "approved")
        self.last = booked, Script()
        return booked

    def unplug(self) -> None:
        """Off the network: every connection ends, new ones are reset."""
        self.is_unplugged = True
        for line in tuple(self.lines):
            line.lose("reset")

    def power_cycle(self) -> None:
        """As new: nothing booked, nothing queued, nobody registered or connected."""
        if self._work is not None:
            self._work.cancel()
        for line in tuple(self.lines):
            line.lose("close")
        self.book, self.queue, self.registration = Book(), Queue(), Registration()
        self.dialogue, self.last, self.display = None, None, IDLE_TEXT
        self.is_locked, self.is_unplugged, self.deaf_until = False, False, 0.0
        self.wire.cut, self.wire.cut_count = None, 0
        self.wire.log.clear()

    async def _hear(self, line: Line, frame: Frame) -> None:
        if asyncio.get_running_loop().time() < self.deaf_until:
            return
        await self._let_end()
        try:
            match frame.control:
                case requests.STATUS:
                    await line.say(ACK, may_wait=True)
                    self.spawn(self._tell_status(line, frame))
                case requests.ABORT:
                    await self._hear_abort(line)
                case requests.LOG_OFF:
                    self.registration = Registration()
                    await line.say(ACK)
                case known if known in COMMANDS:
                    await self._start(line, frame, COMMANDS[known])
                case _:
                    await line.say(encode(f"84{UNKNOWN:02X}"))
        except LineLost:
            return

    async def _start(self, line: Line, frame: Frame, command: Command) -> None:
        """Begin a command, or say why not; only one runs at a time."""
        if self.dialogue is not None:
            await line.say(encode(f"84{BUSY:02X}"))
            return
        if command.on == "money" and not self._knows_the_register():
            await line.say(encode(f"84{NOT_REGISTERED:02X}"))
            return
        try:
            found = read(frame, self.settings.password)
        except Refused as refused:
            await line.say(encode(f"84{refused.code:02X}", refused.data))
            return
        script = self.queue.take(command.on)
        if script.refusal:
            await line.say(bytes.fromhex(script.refusal))
            return
        self.dialogue = Dialogue(self, line, frame, found, script, may_abort=command.on == "money")
        self._work = self.spawn(self._run(self.dialogue, command))

    def _knows_the_register(self) -> bool:
        return self.registration.is_done or self.settings.accepts_unregistered

    async def _run(self, dialogue: Dialogue, command: Command) -> None:
        try:
            await dialogue.begin(ACK)
            if self.is_locked and not command.cures:
                await refuse_locked(dialogue)
            else:
                await command.run(dialogue)
        finally:
            if self.dialogue is dialogue:
                self.dialogue = None
            dialogue.over.set()
            self.spawn(self._clear_display())
            if dialogue.script.deaf_seconds:
                loop = asyncio.get_running_loop()
                self.deaf_until = loop.time() + dialogue.script.deaf_seconds

    async def _let_end(self) -> None:
        """A command may come in one piece with the answer that ends the one before."""
        running = self.dialogue
        if running is not None and running.is_ending and not running.line.is_waiting:
            await running.over.wait()

    async def _clear_display(self) -> None:
        """The last words stand a while."""
        await asyncio.sleep(_LINGER_SECONDS * self.settings.pace)
        if self.dialogue is None:
            self.display = "Kassenschnitt\ndurchführen" if self.is_locked else IDLE_TEXT

    async def _tell_status(self, line: Line, frame: Frame) -> None:
        """05 01 is answered at any time, also in the middle of a payment."""
        idle = LOCKED if self.is_locked else READY
        status = idle if self.dialogue is None else BUSY
        service = frame.data[4] if frame.data[3:4] == b"\x03" and len(frame.data) > 4 else 0
        version = b"" if service & _NO_VERSION else counted(VERSION.encode(), 3)
        try:
            await line.ask(
                encode("060F", version + bytes([status])), seconds=self.settings.ack_seconds
            )
        except LineLost:
            return

    async def _hear_abort(self, line: Line) -> None:
        """06 B0, as the running script takes it."""
        running = self.dialogue
        refusal = encode(f"84{UNKNOWN:02X}")
        if running is None:
            await line.say(refusal)
            return
        way = running.script.abort if running.may_abort else "refuse"
        match way:
            case "accept":
                running.events.put_nowait("stop")
                running.may_abort = False
                await line.say(ACK)
            case "cross":
                running.is_hushed, running.then = True, ACK
                running.events.put_nowait("card")
            case _:
                running.events.put_nowait("card")
                if way != "ignore":
                    await line.say(ACK if way == "promise" else refusal)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self.faults.append(fault)

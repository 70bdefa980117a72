"""One command being carried out: what the terminal says meanwhile, and whom it listens to."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from terminals.simulators.zvt.codec import CHARSETS, Frame, container, encode, tag
from terminals.simulators.zvt.line import Line, LineLost
from terminals.simulators.zvt.scenarios import Script

if TYPE_CHECKING:
    from terminals.simulators.zvt.terminal import Terminal

_WANTS_STATUS = 0x08  # the bit of the registration that asks for 04 FF
_STATUS_MINUTES = 0x03  # the timeout every 04 FF names, the standard T4


class Stopped(Exception):
    """Nobody wants the running payment any more."""


@dataclass(slots=True, eq=False)
class Dialogue:
    """A running command. then: bytes that leave right behind the next 04 0F. is_hushed: no more
    04 FF. may_abort: it is about money, and the host was not asked yet. is_ending: the last word
    is said, and what is left to do needs nobody."""

    terminal: "Terminal"
    line: Line
    request: Frame
    fields: dict[int, bytes]
    script: Script
    then: bytes = b""
    is_hushed: bool = False
    may_abort: bool = False
    is_ending: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    events: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def begin(self, answer: bytes) -> None:
        """Accept the command; it is carried out even if the register does not hear that."""
        with contextlib.suppress(LineLost):
            await self.line.say(answer, may_wait=True)

    async def ask(self, data: bytes) -> Frame | None:
        """Say something and hear the answer; None where there is none. Raises LineLost."""
        then, self.then = self.then, b""
        return await self.line.ask(data, seconds=self.terminal.settings.ack_seconds, then=then)

    async def tell(self, data: bytes) -> bool:
        """Say something that must be answered; without an answer the line is given up (T3)."""
        try:
            if await self.ask(data) is not None:
                return True
        except LineLost:
            return False
        self.line.lose("close")
        return False

    async def status(self, code: int, text: str) -> None:
        """Show the guest a text, and tell the register where it wants to know (04 FF)."""
        self.terminal.display = text
        registration = self.terminal.registration
        if self.is_hushed or not registration.config & _WANTS_STATUS:
            return
        data = bytes([code, _STATUS_MINUTES])
        if registration.has_tlv:
            data += container([tag("24", tag("07", self.encoded(text)))])
        await self.tell(self.frame("04FF", data))

    async def complete(self, data: bytes = b"") -> None:
        """Give the master right back: done. Nothing is said after it."""
        self.is_ending = True
        await self.tell(self.frame("060F", data))

    async def abort(self, code: int, data: bytes = b"") -> None:
        """Give the master right back: not done. Nothing is said after it."""
        self.is_ending = True
        await self.tell(self.frame("061E", bytes([code]) + data))

    async def pause(self, seconds: float) -> None:
        """Let time pass in which nobody can stop anything."""
        await asyncio.sleep(seconds * self.terminal.settings.pace)

    async def idle(self, seconds: float) -> None:
        """Let time pass in which the guest or the cashier may stop it. Raises Stopped."""
        event = await self._event(seconds * self.terminal.settings.pace)
        if event == "stop":
            raise Stopped

    async def card(self) -> None:
        """Wait until a card is held to the reader. Raises Stopped."""
        settings = self.terminal.settings
        waits = self.script.waits or not settings.automatic_card
        if waits:
            event = await self._event(settings.card_seconds, until_lost=True)
        else:
            event = await self._event(1.2 * settings.pace)
        if event == "stop" or (waits and event == ""):
            raise Stopped

    def frame(self, control: str, data: bytes = b"") -> bytes:
        """A message in the length the script wants."""
        return encode(control, data, extended=self.script.extended)

    def encoded(self, text: str) -> bytes:
        """Text in the character set of this terminal."""
        return text.encode(CHARSETS[self.terminal.charset][0], errors="replace")

    async def _event(self, seconds: float, *, until_lost: bool = False) -> str:
        """What a person does next: "card", "stop" or "" after this time. A register that is gone
        stops it where `until_lost`."""
        event = asyncio.ensure_future(self.events.get())
        lost = asyncio.ensure_future(self.line.wait_lost())
        watched = {event, lost} if until_lost else {event}
        try:
            await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if event.done():
                return event.result()
            if not self.events.empty():  # it came in the very moment the time was over
                return self.events.get_nowait()
            return "stop" if until_lost and lost.done() else ""
        finally:
            event.cancel()
            lost.cancel()

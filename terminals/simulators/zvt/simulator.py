"""A terminal that runs beside the caller, in a thread of its own, on real sockets."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from terminals.simulators.zvt import control, controls
from terminals.simulators.zvt.book import Settlement, Transaction
from terminals.simulators.zvt.line import Direction, How, Wire
from terminals.simulators.zvt.settings import Settings
from terminals.simulators.zvt.terminal import Terminal

TERMINAL_TIME = ZoneInfo("Europe/Berlin")
_LOOK_AGAIN_SECONDS = 0.002
Result = TypeVar("Result")


def _now() -> datetime:
    return datetime.now(TERMINAL_TIME)


class Simulator:
    """A terminal between `__enter__` and `__exit__`; all its methods may be called by any thread.

    port, control_port: 0 takes any; `.port` and `.control_port` say which. seed: of the shape of
    the bytes. pace: what every step's seconds are multiplied with. clock: aware local time.
    Raises OSError where it cannot listen, and on leaving whatever went wrong inside.
    """

    def __init__(
        self,
        port: int = 0,
        control_port: int = 0,
        *,
        host: str = "127.0.0.1",
        seed: int = 1,
        pace: float = 0,
        terminal_id: str = "52000017",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if len(terminal_id) != 8 or not terminal_id.isdecimal():
            raise ValueError(f"a terminal id has eight digits, not {terminal_id!r}")
        self.host, self.port, self.control_port = host, port, control_port
        dice = Random(seed)  # noqa: S311 - it only tears messages apart
        self.terminal = Terminal(terminal_id, Settings(pace=pace), Wire(dice), clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._ready = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="zvt-simulator", daemon=True)

    @property
    def ledger(self) -> tuple[Transaction, ...]:
        """Every transaction it knows, oldest first."""
        return tuple(self.terminal.book.transactions)

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """Every end of day, oldest first."""
        return tuple(self.terminal.book.settlements)

    @property
    def frames(self) -> tuple[tuple[str, bytes], ...]:
        """The last messages: ">" sent or "<" received, and the bytes."""
        return self._call(lambda: tuple(self.terminal.wire.log))

    @property
    def is_cut_armed(self) -> bool:
        """Whether the byte of the last `cut` has not been reached yet."""
        return self.terminal.wire.cut is not None

    def next(self, scenario: str, **options: Any) -> None:
        """Queue what the next command it is for will meet; options change its `Script`."""
        self._call(lambda: controls.script(self.terminal, {"scenario": scenario, **options}))

    def now(self, act: str, **options: Any) -> None:
        """Let something happen at once: "present_card", "stop_key", "second_register"
        (amount_cents), "drop", "unplug", "plug_in"."""
        self._call(lambda: controls.act(self.terminal, {"act": act, **options}))

    def set(self, **settings: Any) -> None:
        """Change `Settings`, or what the counters trace, receipt and turnover stand at."""
        self._call(lambda: controls.change(self.terminal, settings))

    def cut(
        self, direction: Direction, byte: int, *, command: str = "", how: How = "close"
    ) -> None:
        """End the connection once `byte` bytes passed, counted from the next `command`."""
        wanted = {"direction": direction, "byte": byte, "command": command, "how": how}
        self._call(lambda: controls.cut(self.terminal, wanted))

    def heal(self) -> None:
        """Take back a cut that was not reached."""
        self._call(lambda: setattr(self.terminal.wire, "cut", None))

    def reset(self) -> None:
        """As new, with the settings as they are."""
        self._call(lambda: controls.reset(self.terminal))

    def state(self) -> dict[str, Any]:
        """What `GET /state` says."""
        return self._call(lambda: controls.state(self.terminal))

    def settled(self, seconds: float = 5.0) -> bool:
        """Wait until no command runs any more; False where that takes longer."""
        return self._wait_for(lambda: self.terminal.dialogue is None, seconds)

    def waits_for_card(self, seconds: float = 5.0) -> bool:
        """Wait until a guest is asked for a card; False where that takes longer."""
        return self._wait_for(lambda: "Karte vorhalten" in self.terminal.display, seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            self._thread.join()
            raise self._trouble
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        faults = [*self.terminal.faults, *([self._trouble] if self._trouble else [])]
        if faults and fault is None:
            raise faults[0]

    def _call(self, work: Callable[[], Result]) -> Result:
        """Do it where the terminal lives, or at once while it is not running."""
        if self._loop is None or self._loop.is_closed():
            return work()

        async def there() -> Result:
            return work()

        return asyncio.run_coroutine_threadsafe(there(), self._loop).result()

    def _wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        assert self._loop is not None

        async def watch() -> bool:
            try:
                async with asyncio.timeout(seconds):
                    while not is_so():
                        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            except TimeoutError:
                return False
            return True

        return asyncio.run_coroutine_threadsafe(watch(), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except OSError as trouble:
            self._trouble = trouble
        finally:
            self._ready.set()

    async def _live(self) -> None:
        terminal = self.terminal
        self._ending = asyncio.Event()
        device = await asyncio.start_server(
            lambda reader, writer: terminal.spawn(terminal.serve(reader, writer)),
            self.host, self.port,
        )  # fmt: skip
        async with device:
            page = await asyncio.start_server(
                lambda reader, writer: terminal.spawn(control.serve(terminal, reader, writer)),
                self.host, self.control_port,
            )  # fmt: skip
            async with page:
                self.port = device.sockets[0].getsockname()[1]
                self.control_port = page.sockets[0].getsockname()[1]
                self._loop = asyncio.get_running_loop()
                self._ready.set()
                await self._ending.wait()
                device.close()
                page.close()
                await self._end()

    async def _end(self) -> None:
        """Let go of every connection and wait until each is closed."""
        for line in tuple(self.terminal.lines):
            line.lose("close")
        for task in tuple(self.terminal.tasks):
            task.cancel()
        await asyncio.gather(*self.terminal.tasks, return_exceptions=True)
        await asyncio.sleep(0)

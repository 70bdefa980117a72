"""Lanes: one thread for each card terminal, so that it is asked one thing after the other.

A lane carries an order out, keeps what the device says in the journal, and goes on asking while
the end of an order is unknown: at once, after 5, 15 and 30 seconds, then every 30.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Literal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import DatabaseError

from terminals.adapters import (
    UNREACHED,
    Aborted,
    CardTerminal,
    Declined,
    Direction,
    Evidence,
    News,
    NotSettled,
    Readiness,
    Settlement,
    Unknown,
    Verdict,
)
from terminals.till import attempts
from terminals.till.attempts import Attempt
from terminals.till.journal import Journal
from terminals.till.journal.tables import frame

CHECK_AFTER_SECONDS = (0, 5, 15, 30)
BUSY_SECONDS = 30  # a terminal that works is not asked more often (ZVT: do not poll below 30 s)

Task = tuple[Literal["perform", "resolve", "settle", "check", "end"], UUID | None]
Decide = Callable[[Attempt, Verdict], Attempt]
Settled = Callable[["Lane", Settlement | NotSettled], None]

_KEEP_FRAME = insert(frame)

log = logging.getLogger("stadtkasse.till")


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing the device said while it worked."""

    at: datetime
    news: News


@dataclass(slots=True)
class Live:
    """What is going on at a terminal right now, for the page; nothing here decides anything.

    till: whose attempt it is, the terminal's own or one whose terminal is silent.
    """

    attempt: UUID | None = None
    till: str = ""
    heard: list[Heard] = field(default_factory=list)
    next_check: float | None = None  # on the monotonic clock
    readiness: Readiness = field(default_factory=lambda: Readiness("ready"))
    is_checking: bool = False
    is_settling: bool = False
    settled: Settlement | NotSettled | None = None


class Lane:
    """One terminal with its thread. `ask`, `cancel` and `live` may be called from anywhere.

    till: the one beside it, "" where it stands alone. neighbours: tills of the site, any of which
    may show how it is and use it while its own terminal is silent.
    """

    def __init__(
        self,
        terminal: str,
        till: str,
        device: CardTerminal,
        journal: Journal,
        *,
        decide: Decide,
        settled: Settled,
        neighbours: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.terminal, self.till, self.live = terminal, till, Live()
        self._neighbours = neighbours
        self._device, self._journal = device, journal
        self._decide, self._settled = decide, settled
        self._tasks: queue.Queue[Task] = queue.Queue()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lane {terminal}", daemon=True)

    def start(self) -> None:
        """Begin; orders whose end was lost with the last process are asked for first."""
        with self._journal.read() as connection:
            left = attempts.open_attempts(connection, terminal=self.terminal)
        for one in left:
            self._tasks.put(("resolve", one.id))
        self._thread.start()

    def perform(self, key: UUID) -> None:
        """Carry out the attempt of this key, which stands in the journal as started."""
        self._cancelled.clear()
        self.live = Live(key, readiness=self.live.readiness)
        self._tasks.put(("perform", key))

    def cancel(self) -> None:
        """Ask the device to end the order; what comes of it the device says."""
        self._cancelled.set()

    def resolve(self, key: UUID) -> None:
        """Ask now what became of an order."""
        self.live.next_check = None
        self._tasks.put(("resolve", key))

    def settle(self) -> None:
        """Run the end of day."""
        self.live.is_settling, self.live.settled = True, None
        self._tasks.put(("settle", None))

    def check(self) -> None:
        """Ask the device how it is."""
        self.live.is_checking = True
        self._tasks.put(("check", None))

    def stop(self) -> None:
        """End after the order that runs; an order waits for its device for minutes at most."""
        self._tasks.put(("end", None))
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._device.close()

    def seconds_to_next_check(self) -> int | None:
        """How long until the device is asked again by itself."""
        due = self.live.next_check
        return None if due is None else max(0, round(due - monotonic()))

    def _run(self) -> None:
        while True:
            task, key = self._next()
            if task == "end":
                return
            try:
                self._do(task, key)
            except DatabaseError:
                # A full disk: nothing may be said to the device that is not written down.
                log.exception("terminal %s: the journal cannot be written", self.terminal)
                self._ask_again_later(key)

    def _ask_again_later(self, key: UUID | None) -> None:
        self.live.is_settling = False
        if key is not None:
            self.live.attempt, self.live.next_check = key, monotonic() + BUSY_SECONDS

    def _next(self) -> Task:
        # Kept in hand: a new order gives the lane a new `live` meanwhile.
        live = self.live
        due = live.next_check
        try:
            return self._tasks.get(timeout=None if due is None else max(0, due - monotonic()))
        except queue.Empty:
            live.next_check = None
            return ("resolve", live.attempt)

    def _do(self, task: str, key: UUID | None) -> None:
        if task == "settle":
            self._settle()
        elif task == "check":
            self._check()
        elif key is not None:
            self._work(task, key)

    def _check(self) -> None:
        asked_at = datetime.now(UTC)
        found = self._device.check(Recording(self, None))
        self.live.readiness, self.live.is_checking = found, False
        if found.newest is not None:
            with self._journal.write() as connection:
                attempts.keep_newest(connection, self.terminal, found.newest, asked_at)
        self._journal.ring(self.till, *self._neighbours())

    def _work(self, task: str, key: UUID) -> None:
        with self._journal.read() as connection:
            of = attempts.find_attempt(connection, key)
            was_sent = attempts.was_ever_sent(connection, key)
        if of is None or of.state not in attempts.OPEN or of.statement is not None:
            return
        self.live.till = of.till
        recording = Recording(self, key)
        verdict: Verdict
        if task == "perform" and not was_sent:
            verdict = self._perform(of, recording)
        elif not was_sent:
            # Written down, but the process ended before a single byte could leave.
            verdict = Aborted("time", "never sent")
        else:
            self.live.attempt = key
            verdict = self._device.resolve(of.order, recording)
        self._conclude(of, verdict)

    def _perform(self, of: Attempt, recording: "Recording") -> Verdict:
        if of.cancelled_at is not None:  # before it was this order's turn
            return Aborted("cashier", "never sent")
        verdict = self._device.perform(of.order, recording, self._cancelled)
        if isinstance(verdict, Declined) and verdict.code in UNREACHED:
            self.live.readiness = Readiness("unreachable", verdict.code)
        return verdict

    def _conclude(self, of: Attempt, verdict: Verdict) -> None:
        if isinstance(verdict, Unknown):
            self._note_check(of)
        decided = self._decide(of, verdict)
        if decided.state not in attempts.OPEN:
            self.live.next_check = None
        elif not isinstance(verdict, Unknown) or verdict.reason != "cannot_say":
            busy = isinstance(verdict, Unknown) and verdict.reason == "busy"
            self.live.next_check = monotonic() + self._pause(decided.checks, is_busy=busy)
        self._journal.ring(self.till, of.till)

    def _note_check(self, of: Attempt) -> None:
        last = self.live.heard[-1] if self.live.heard else None
        words = last and {"step": last.news.step, "text": last.news.text}
        with self._journal.write() as connection:
            attempts.mark(connection, of.id, checks=of.checks + 1)
            if words:
                attempts.mark(connection, of.id, last_news=words)

    def _pause(self, checks: int, *, is_busy: bool) -> int:
        if is_busy:
            return BUSY_SECONDS
        return CHECK_AFTER_SECONDS[min(checks, len(CHECK_AFTER_SECONDS)) - 1]

    def _settle(self) -> None:
        with self._journal.read() as connection:
            left = attempts.open_attempts(connection, terminal=self.terminal)
        outcome: Settlement | NotSettled
        if left:
            outcome = NotSettled("not_possible", "a payment has no end")
        else:
            outcome = self._device.settle(Recording(self, None))
        self.live.is_settling, self.live.settled = False, outcome
        self._settled(self, outcome)
        self._journal.ring(self.till)

    def record(self, key: UUID | None, direction: Direction, data: bytes) -> None:
        """Write a frame; it is on the disk when this returns."""
        row = {"terminal": self.terminal, "attempt": key, "direction": direction,
               "bytes": data, "at": datetime.now(UTC)}  # fmt: skip
        with self._journal.write() as connection:
            connection.execute(_KEEP_FRAME, row)

    def hear(self, news: News) -> None:
        """Show what the device says."""
        self.live.heard.append(Heard(datetime.now(UTC), news))
        self._journal.ring(self.live.till or self.till)

    def claim(self, key: UUID, evidence: Evidence) -> None:
        """Keep that the device says "approved"."""
        with self._journal.write() as connection:
            attempts.claim(connection, key, evidence)


@dataclass(frozen=True, slots=True)
class Recording:
    """A lane's journal as its device may write in it: the contract's Recorder."""

    lane: Lane
    attempt: UUID | None

    def frame(self, direction: Direction, data: bytes) -> None:
        """Keep a frame."""
        self.lane.record(self.attempt, direction, data)

    def saw(self, news: News) -> None:
        """Tell the cashier."""
        self.lane.hear(news)

    def claims(self, evidence: Evidence) -> None:
        """Keep an approval before the device hears that we know."""
        if self.attempt is not None:
            self.lane.claim(self.attempt, evidence)

"""The connection to one terminal over many commands: opened, registered, quiet, or not there."""

from dataclasses import dataclass, replace
from time import monotonic

from terminals.adapters import Cancellation, News, Recorder
from terminals.adapters.zvt.dialogue import Course, Dialogue, Ears, Late, answer_idle
from terminals.adapters.zvt.protocol.frames import missing
from terminals.adapters.zvt.protocol.messages import (
    Ack,
    Registration,
    Request,
    permitted,
)
from terminals.adapters.zvt.protocol.messages.requests import PRINT_TEXT_BY_TERMINAL
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.transport import Line, connect
from terminals.adapters.zvt.wire import Wire

_MOST_IDLE = 1000  # frames in a row while nothing runs; more is a fault
_LOOK_SECONDS = 0.1
_REGISTRATION_SECONDS = 60  # the slowest seen took 9
# A terminal that has just ended a command shows its last words a moment longer.
_FIRST_PAUSE_SECONDS = 1.0
_PRINT_BLOCK = b"\x06\xd3"


@dataclass(frozen=True, slots=True)
class Trouble:
    """No wire, and no command was sent. code: of the terminal, where it refused to be registered;
    None: it could not be reached. text: for support."""

    code: int | None = None
    text: str = ""


class Session:
    """Holds at most one line. Nothing here raises what a network may cause."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line: Line | None = None

    def wire(
        self, recorder: Recorder, late: Late, cancellation: Cancellation | None = None
    ) -> Wire | Trouble:
        """A wire on which the next command may be sent: what an idle terminal said is answered, a
        dead connection is replaced, a new one registered."""
        if self._line is not None:
            wire = Wire(self._line, recorder, self._settings.charset)
            if self._is_quiet(wire, late):
                return wire
            self.drop()
        try:
            self._line = connect(
                self._settings.host,
                self._settings.port,
                connect_seconds=self._settings.connect_seconds,
                send_seconds=self._settings.answer_seconds,
            )
        except OSError as trouble:
            return Trouble(text=str(trouble))
        wire = Wire(self._line, recorder, self._settings.charset)
        return self._registered(wire, late, cancellation) if self._settings.registers else wire

    def run(
        self,
        wire: Wire,
        command: Request,
        ears: Ears,
        *,
        cancellation: Cancellation | None = None,
        is_abortable: bool = True,
        longest_seconds: float | None = None,
        resends: int = 0,
    ) -> Course:
        """One command to its end. A terminal that refuses it as busy has begun nothing: the same
        command is sent again, `resends` times at most. is_abortable: a cancellation is passed on
        while the command runs, else only looked at between two tries."""
        longest = self._settings.longest_seconds if longest_seconds is None else longest_seconds
        limits = replace(self._settings, longest_seconds=longest)
        passed_on = cancellation if is_abortable else None
        pause = min(_FIRST_PAUSE_SECONDS, self._settings.busy_pause_seconds)
        while True:
            course = Dialogue(wire, limits, ears, passed_on).run(command)
            is_busy = course.end == "refused" and course.code in self._settings.busy_codes
            if not is_busy or resends == 0:
                break
            if not self._paused(wire, course, ears, seconds=pause, cancellation=cancellation):
                break
            resends, pause = resends - 1, self._settings.busy_pause_seconds
            wire.recorder.saw(News("retrying"))
        self._leave(course)
        return course

    def hear_late_prints(self, wire: Wire, course: Course, late: Late) -> None:
        """Add what some terminals print only after the end of the command.

        They may take a payment back whose receipt nobody accepts, so they are waited for where
        the till prints and has heard no line yet. A line cut meanwhile leaves the end open.
        """
        seconds = self._settings.late_print_seconds
        is_expected = self._settings.config_byte & PRINT_TEXT_BY_TERMINAL and not course.prints
        if course.end != "completed" or not is_expected or self._line is None or not seconds:
            return
        try:
            for _ in range(_MOST_IDLE):
                message = wire.hear(monotonic() + seconds)
                if message is None:
                    return
                if (printed := answer_idle(wire, message, late)) is not None:
                    course.prints.append(printed)
        except OSError:
            course.end, course.is_cut = "lost", True
            self.drop()

    def drop(self) -> None:
        """Hang up, if there is a line."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _registered(
        self, wire: Wire, late: Late, cancellation: Cancellation | None
    ) -> Wire | Trouble:
        course = self.run(
            wire,
            _registration(self._settings),
            Ears(lambda _: Ack(), late),
            cancellation=cancellation,
            is_abortable=False,
            longest_seconds=min(self._settings.longest_seconds, _REGISTRATION_SECONDS),
            resends=0 if cancellation is None else self._settings.busy_resends,
        )
        if course.end == "completed" and self._line is not None:
            return wire
        text = missing(wire.line.pending) if wire.line.pending else course.end
        self.drop()
        return Trouble(course.code, text)

    def _is_quiet(self, wire: Wire, late: Late) -> bool:
        """Answer what has arrived meanwhile; whether the line still lives."""
        try:
            for _ in range(_MOST_IDLE):
                message = wire.hear(monotonic())
                if message is None:
                    return True
                answer_idle(wire, message, late)
        except OSError:
            return False
        return False

    def _paused(
        self,
        wire: Wire,
        course: Course,
        ears: Ears,
        *,
        seconds: float,
        cancellation: Cancellation | None,
    ) -> bool:
        """Wait before a busy terminal is asked again; whether it should be."""
        wire.recorder.saw(News("busy"))
        until = monotonic() + seconds
        while monotonic() < until:
            if cancellation is not None and cancellation.is_set():
                course.end = "withdrawn"
                return False
            try:
                message = wire.hear(min(until, monotonic() + _LOOK_SECONDS))
                if message is not None:
                    answer_idle(wire, message, ears.late)
            except OSError:
                course.is_cut = True
                return False
        return True

    def _leave(self, course: Course) -> None:
        """Keep the line only where nothing of this command can still arrive on it."""
        if self._line is None or course.is_settled_line:
            return
        if course.end in ("no_answer", "overtime"):
            self._line.cut()
            self._line = None
        else:
            self.drop()


def _registration(settings: Settings) -> Registration:
    prints = settings.config_byte & PRINT_TEXT_BY_TERMINAL
    return Registration(
        settings.password,
        config=settings.config_byte,
        service=settings.service_byte,
        tags=(permitted(_PRINT_BLOCK),) if prints else (),
    )

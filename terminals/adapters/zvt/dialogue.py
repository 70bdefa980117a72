"""One command, from sending it to its completion or abort; ends as a value, whatever happens.

It answers everything the terminal says in between, keeps T3 and T4, and passes the cashier's wish
to cancel on. What the outcome means for money is not decided here: see `verdict`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from terminals.adapters import Cancellation, News
from terminals.adapters.zvt.protocol.messages import (
    Abort,
    AbortCommand,
    Ack,
    Completion,
    IntermediateStatus,
    Malformed,
    Message,
    PrintBlock,
    PrintLine,
    Refuse,
    Request,
    StatusInformation,
)
from terminals.adapters.zvt.protocol.words import step
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.slips import Print
from terminals.adapters.zvt.wire import Wire

# completed: 06 0F. aborted: 06 1E. refused: 84 to the command itself, nothing was begun.
# withdrawn: the cashier took it back between two tries. no_answer: T3. overtime: T4. lost: the
# connection went. open: still going on.
End = Literal[
    "completed", "aborted", "refused", "withdrawn", "no_answer", "overtime", "lost", "open"
]
# Of the till's 06 B0: not sent, sent without an answer yet, 80, 84.
Cancelling = Literal["", "asked", "taken", "refused"]
Reply = Ack | Refuse
Late = Callable[[StatusInformation], Reply]

FUNCTION_NOT_POSSIBLE, GOODS_NOT_DELIVERED = 0x83, 0x66
_LOOK_SECONDS = 0.1  # how often the cashier's wish is looked at


@dataclass(slots=True)
class Course:
    """What was heard of one command. code: of the refusal or abort. status: the last 04 0F that
    was accepted. was_rejected: one was answered with 84, so the terminal takes back by itself.
    is_cut: the line is of no more use. silence: the longest, in seconds."""

    end: End = "open"
    code: int | None = None
    status: StatusInformation | None = None
    completion: Completion | None = None
    abort: Abort | None = None
    prints: list[Print] = field(default_factory=list)
    was_rejected: bool = False
    was_given_up: bool = False
    is_cut: bool = False
    cancelling: Cancelling = ""
    silence: float = 0.0

    @property
    def is_settled_line(self) -> bool:
        """The next command may use the same line: nothing of this one can still arrive."""
        ended = self.end in ("completed", "aborted", "refused", "withdrawn")
        return ended and not self.is_cut and self.cancelling != "asked"


@dataclass(frozen=True, slots=True)
class Ears:
    """Who decides how a 04 0F is answered. status: of the command that runs; late: of one that
    ended before as far as the till knows."""

    status: Callable[[StatusInformation], Reply]
    late: Late


class Dialogue:
    """One command over a wire; use it once."""

    def __init__(
        self,
        wire: Wire,
        settings: Settings,
        ears: Ears,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._wire = wire
        self._settings = settings
        self._ears = ears
        self._cancellation = cancellation
        self._course = Course()
        self._silence_seconds = settings.silence_seconds  # T4, which a 04 FF may lengthen
        self._heard_at = monotonic()
        self._deadline = 0.0

    def run(self, command: Request) -> Course:
        """Send the command and see it through. Raises nothing the network may cause."""
        try:
            self._wire.say(command)
            if self._is_accepted():
                self._listen()
        except OSError:
            self._course.is_cut = True
            if self._course.end == "open":
                self._course.end = "lost"
        return self._course

    def _is_accepted(self) -> bool:
        """Wait for the 80 or 84 that every command gets (T3). A 04 0F that comes before it is not
        of this command: its terminal had not begun."""
        until = monotonic() + self._settings.answer_seconds
        while monotonic() < until and (message := self._wire.hear(until)) is not None:
            match message:
                case Ack():
                    return True
                case Refuse(code):
                    self._course.end, self._course.code = "refused", code
                    return False
                case _:
                    answer_idle(self._wire, message, self._ears.late)
        self._course.end = "no_answer"
        return False

    def _listen(self) -> None:
        """Hear and answer until the command has ended (T4)."""
        self._heard_at = begun_at = monotonic()
        self._restart()
        longest = begun_at + self._settings.longest_seconds
        while self._course.end == "open":
            self._pass_cancellation_on()
            until = min(self._deadline, longest)
            if self._cancellation is not None and not self._course.cancelling:
                until = min(until, monotonic() + _LOOK_SECONDS)
            message = self._wire.hear(until)
            if message is not None:
                self._note_silence()
                self._take(message)
            elif monotonic() >= min(self._deadline, longest):
                self._give_up()
                longest = max(longest, self._deadline)

    def _restart(self) -> None:
        wait = self._settings.answer_seconds if self._course.was_given_up else self._silence_seconds
        self._deadline = monotonic() + wait

    def _note_silence(self) -> None:
        now = monotonic()
        self._course.silence = max(self._course.silence, now - self._heard_at)
        self._heard_at = now

    def _pass_cancellation_on(self) -> None:
        """06 B0, once. Its 80 proves nothing: the end of the command tells what became of it."""
        if self._cancellation is None or self._course.cancelling:
            return
        if self._cancellation.is_set():
            self._course.cancelling = "asked"
            self._wire.say(AbortCommand())

    def _give_up(self) -> None:
        """T4: one 06 B0, for which the terminal has T3 to end the command; then it is over."""
        if self._course.was_given_up:
            self._course.end = "overtime"
            return
        self._course.was_given_up, self._course.cancelling = True, "asked"
        self._restart()
        self._wire.say(AbortCommand())

    def _take(self, message: Message | Malformed) -> None:
        course = self._course
        match message:
            case Ack() | Refuse():
                if course.cancelling == "asked":
                    course.cancelling = "taken" if isinstance(message, Ack) else "refused"
            case StatusInformation():
                self._take_status(message)
            case IntermediateStatus():
                self._take_news(message)
            case PrintLine() | PrintBlock():
                course.prints.append(message)
                self._wire.say(Ack())
                self._restart()
            case Completion():
                course.end, course.completion = "completed", message
                self._wire.say(Ack())
            case Abort():
                course.end, course.abort, course.code = "aborted", message, message.code
                self._wire.say(Ack())
            case _:
                reply = reply_to_odd(message)
                course.was_rejected |= reply == Refuse(GOODS_NOT_DELIVERED)
                self._wire.say(reply)

    def _take_status(self, message: StatusInformation) -> None:
        reply = self._ears.status(message)
        if isinstance(reply, Ack):
            self._course.status = message  # the last one counts
        else:
            self._course.was_rejected = True
        self._wire.say(reply)
        self._restart()

    def _take_news(self, message: IntermediateStatus) -> None:
        # A terminal may announce a minute and then leave a guest two for the PIN (it was seen):
        # what it announces lengthens T4, never shortens it.
        announced = 60 * (message.timeout_minutes or 0)
        self._silence_seconds = max(self._settings.silence_seconds, announced)
        self._wire.say(Ack())
        self._restart()
        self._wire.recorder.saw(News(step(message.code), message.text))


def answer_idle(wire: Wire, message: Message | Malformed, late: Late) -> Print | None:
    """Answer what a terminal says while no command of ours runs; a line to print is returned."""
    match message:
        case Ack() | Refuse():
            return None  # of a 06 B0 that its command overtook
        case StatusInformation():
            wire.say(late(message))
        case PrintLine() | PrintBlock():
            wire.say(Ack())
            return message
        case IntermediateStatus() | Completion() | Abort():
            wire.say(Ack())
        case _:
            wire.say(reply_to_odd(message))
    return None


def reply_to_odd(message: Message | Malformed) -> Reply:
    """The answer to what we do not know or cannot read. A result that cannot be read is refused,
    so that the terminal takes the payment back; other garbage is not worth a reversal."""
    if not isinstance(message, Malformed):
        return Refuse(FUNCTION_NOT_POSSIBLE)
    return Refuse(GOODS_NOT_DELIVERED) if message.frame.command == b"\x04\x0f" else Ack()

"""A line whose every frame is in the journal: before it is sent, and before it is answered."""

from dataclasses import dataclass

from terminals.adapters import Recorder
from terminals.adapters.zvt.protocol.masking import masked_bytes
from terminals.adapters.zvt.protocol.messages import Malformed, Message, Request, build, read
from terminals.adapters.zvt.transport import Line


@dataclass(frozen=True, slots=True)
class Wire:
    """Messages instead of bytes. charset: what this terminal writes its texts in."""

    line: Line
    recorder: Recorder
    charset: str

    def say(self, message: Request) -> None:
        """Journal it, then send it. Raises OSError when the connection is gone."""
        raw = build(message)
        self.recorder.frame("sent", raw)
        self.line.send(raw)

    def hear(self, until: float) -> Message | Malformed | None:
        """The next message, in the journal already; None at `until` (`monotonic`).

        Raises OSError when the connection is gone. Card data of terminals that do not mask them
        do not reach the journal.
        """
        frame = self.line.receive(until)
        if frame is None:
            return None
        self.recorder.frame("received", masked_bytes(frame.raw))
        return read(frame, charset=self.charset)

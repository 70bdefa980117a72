"""A register made of a socket and bytes written by hand, to hold the simulated terminal to."""

import socket
from types import TracebackType
from typing import Self

ACK = "800000"
REGISTER = "06000A0000003E097803010600"  # receipts from 04 0F, with tags
REGISTER_BLOCKS = "060010000000BE09780301060626040A0206D3"
REGISTER_LINES = "06000A000000B6097803010600"  # and no 04 FF
REGISTER_PLAIN = "0600060000003E0978"  # no tags at all
PAY_1050 = "06010704000000001050"
END_OF_DAY = "065003000000"
STATUS = "0501050000000302"
REPEAT = "0620050000000303"
ABORT = "06B000"


class RawRegister:
    """One connection. Frames are hexadecimal words; waiting longer than 5 s is a failure."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # 40 ms an answer else
        self.sent = self.received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, words: str) -> None:
        data = bytes.fromhex(words)
        self.socket.sendall(data)
        self.sent += len(data)

    def ack(self) -> None:
        self.send(ACK)

    def frame(self) -> str:
        """The next whole frame. Raises ConnectionError at the end of the connection."""
        head = self._bytes(3)
        size = head[2]
        if size == 0xFF:
            more = self._bytes(2)
            head, size = head + more, int.from_bytes(more, "little")
        return (head + self._bytes(size)).hex().upper()

    def run(self, command: str) -> list[str]:
        """Send a command and answer everything until 06 0F or 06 1E; the frames that came."""
        self.send(command)
        heard = [self.frame()]
        while heard[-1][:4] not in ("060F", "061E") and heard[-1][:2] != "84":
            heard.append(self.frame())
            self.ack()
        return heard

    def until(self, start: str) -> str:
        """Answer frames up to one that begins so; that one is not answered yet."""
        while not (frame := self.frame()).startswith(start):
            if frame[:2] not in ("80", "84"):
                self.ack()
        return frame

    def is_ended(self) -> bool:
        """Whether nothing more comes because the terminal has let go."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def _bytes(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the terminal has let go")
            data += more
            self.received += len(more)
        return data


def registered(port: int, how: str = REGISTER) -> RawRegister:
    """A connection on which the register has registered."""
    register = RawRegister(port)
    try:
        assert register.run(how)[-1].startswith("060F")
    except BaseException:
        register.socket.close()
        raise
    return register


def starts(frames: list[str]) -> list[str]:
    """The kinds of these frames, with the code of a 04 FF."""
    return [frame[:4] + ("" if frame[:4] != "04FF" else frame[6:8]) for frame in frames]

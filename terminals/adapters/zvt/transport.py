"""A TCP connection to a terminal: whole frames in, bytes out, deadlines; no idea of payments.

Trouble of the network is an OSError here; whoever converses over a line makes a value of it.
"""

import socket
import struct
from collections import deque
from contextlib import suppress
from time import monotonic

from terminals.adapters.zvt.protocol.frames import Assembler, Frame

_PIECE = 4096  # bytes; a frame may take any number of reads anyway
_LINGER_NOT = struct.pack("ii", 1, 0)
# A terminal that lost its power says no goodbye: the kernel asks after some seconds of quiet.
_KEEPALIVE = (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


class Line:
    """One open connection. Not for several threads."""

    def __init__(self, connected: socket.socket, *, send_seconds: float) -> None:
        self._socket = connected
        self._send_seconds = send_seconds
        self._assembler = Assembler()
        self._frames: deque[Frame] = deque()

    def send(self, raw: bytes) -> None:
        """Hand the bytes to the network. Raises OSError where it takes them no more."""
        self._socket.settimeout(self._send_seconds)
        self._socket.sendall(raw)

    def receive(self, until: float) -> Frame | None:
        """The next whole frame, or None when the clock (`monotonic`) has reached `until` first.

        With an `until` in the past it only looks at what has arrived already. Raises OSError when
        the connection is gone; frames that arrived before that come first.
        """
        while not self._frames:
            self._socket.settimeout(max(until - monotonic(), 0))
            try:
                piece = self._socket.recv(_PIECE)
            except (TimeoutError, BlockingIOError) as nothing:
                if isinstance(nothing, TimeoutError) and nothing.errno is not None:
                    raise  # not our deadline: the network itself gave up
                return None
            if not piece:
                raise ConnectionAbortedError("the terminal closed the connection")
            self._frames.extend(self._assembler.feed(piece))
        return self._frames.popleft()

    @property
    def pending(self) -> bytes:
        """What has arrived of a frame that is not whole."""
        return self._assembler.pending

    def close(self) -> None:
        """End the connection; what was sent still arrives, even where something is left unread."""
        with suppress(OSError):  # it is gone already
            self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()

    def cut(self) -> None:
        """End the connection at once (RST): a command that still waits in some buffer, unanswered
        and given up, must not reach the terminal later and start a payment nobody expects."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._socket.close()


def connect(host: str, port: int, *, connect_seconds: float, send_seconds: float) -> Line:
    """An open line. Raises OSError where nobody answers in time."""
    connected = socket.create_connection((host, port), timeout=connect_seconds)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):  # as the operating system knows it
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return Line(connected, send_seconds=send_seconds)

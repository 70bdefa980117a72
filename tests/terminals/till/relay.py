"""A line to the centre that can be cut: bytes go through it, answers get lost in it, or nothing."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Listens on a port of its own and passes on to `target`; `address` as a centre's."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.is_losing = False
        self.lost = 0
        self._open: list[socket.socket] = []
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Pass on from now on."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Nobody listens, and whoever was talking is cut off."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            _cut(end)
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self._open += [near, far]
            for way in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self.is_losing:
                    self.lost += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            _cut(end)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

"""Programs of the product beside the demonstration: at free ports, and ended with it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection

HOST = "127.0.0.1"
ENDING_SECONDS = 10
STARTING_SECONDS = 60
_OURS = """
from config.demo.programs import end_with_the_demonstration
end_with_the_demonstration()
from config.cli import main
main()
"""


def program(*words: object) -> subprocess.Popen[bytes]:
    """`stadtkasse WORDS…`, started; it ends when we do, even when we are killed."""
    return subprocess.Popen(
        [sys.executable, "-c", _OURS, *map(str, words)],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def end_with_the_demonstration() -> None:
    """End as if told to, as soon as nobody holds the other end of our input any more."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def answers(port: int, path: str = "/healthz") -> bool:
    """Wait until a program answers there; False where it never does."""
    for _ in range(STARTING_SECONDS * 2):
        line = HTTPConnection(HOST, port, timeout=2)
        with suppress(OSError), closing(line):  # it is not there yet
            line.request("GET", path)
            if line.getresponse().status == 200:
                return True
        time.sleep(0.5)
    return False


@contextmanager
def stopped(begun: Iterable[subprocess.Popen[bytes]]) -> Iterator[None]:
    """These programs, and those that come while they are started, end with the context."""
    running = list[subprocess.Popen[bytes]]()
    try:
        for one in begun:
            running.append(one)
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(timeout=ENDING_SECONDS)


def free_port(wanted: int) -> int:
    """The port, or any other where somebody listens there already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise OSError("no port is free")

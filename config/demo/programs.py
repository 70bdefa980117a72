"""Programs of the product beside the demonstration: at free ports, and ended with it."""

import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

HOST = "127.0.0.1"
ENDING_SECONDS = 10


def program(*words: object) -> subprocess.Popen[bytes]:
    """`stadtkasse WORDS…`, started."""
    ours: Sequence[str] = (sys.executable, "-c", "from config.cli import main; main()")
    return subprocess.Popen(
        [*ours, *map(str, words)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


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

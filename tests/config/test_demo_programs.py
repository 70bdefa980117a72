"""Programs beside the demonstration end with it, even where it is killed."""

import socket
import subprocess
import sys
import time

from config.demo.programs import HOST, answers, free_port

PATIENCE_SECONDS = 30
DEMONSTRATION = """
import sys, time
from config.demo.programs import program
program("zvt", "simulate", "--port", sys.argv[1], "--control-port", sys.argv[2])
time.sleep(600)
"""


def listens(port: int) -> bool:
    """Whether somebody takes a connection there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_program_ends_with_a_demonstration_that_is_killed() -> None:
    terminal, control = free_port(0), free_port(0)
    with subprocess.Popen(
        [sys.executable, "-c", DEMONSTRATION, str(terminal), str(control)]
    ) as demonstration:
        assert answers(control, "/")
        demonstration.kill()
    until = time.monotonic() + PATIENCE_SECONDS
    while listens(control) and time.monotonic() < until:
        time.sleep(0.1)
    assert not listens(control)

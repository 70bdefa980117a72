"""Cutting the power of a database server, as nobody gives notice of."""

import os
import signal
import time
from pathlib import Path


def cut_the_power(folder: Path) -> None:
    """Kill the server and all its children in one moment, none given time to say goodbye."""
    postmaster = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGSTOP)  # or it would start new ones while we look
    children = _children(postmaster)
    for process in (postmaster, *children):
        os.kill(process, signal.SIGKILL)
    until = time.monotonic() + 30
    # Also buried: while a dead server is a zombie, pg_ctl takes it for a running one.
    while any(Path(f"/proc/{process}").exists() for process in (postmaster, *children)):
        assert time.monotonic() < until
        time.sleep(0.005)


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found

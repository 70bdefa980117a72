"""A gate that lets one in and is killed at its n-th commit: run as a program of its own.

    python killed_gate.py JOURNAL CENTRE TOKEN TEXT OPENED before|after|opening N

OPENED: a file the barrier writes when it moves. Ends with 0 when it came through.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from terminals.gate.site.gate import Gate, Place
from terminals.gate.site.tables import metadata
from terminals.till.centre import Centre
from terminals.till.journal import open_journal


def main() -> None:
    journal_file, address, token, text, opened, moment, number = sys.argv[1:]
    journal = open_journal(Path(journal_file), metadata)

    def opener() -> None:
        if moment == "opening":
            os.kill(os.getpid(), signal.SIGKILL)
        Path(opened).write_text("open", "ascii")

    gate = Gate(Place("B01", "Tor 1", token, opener), journal, Centre(address))
    gate.tidy()
    _die_at_commit(journal.engine.dialect, moment, int(number))
    gate.enter(text, datetime.now(UTC))


def _die_at_commit(dialect: object, moment: str, number: int) -> None:
    commit = dialect.do_commit  # type: ignore[attr-defined]
    count = 0

    def do_commit(connection: object) -> None:
        nonlocal count
        count += 1
        if count == number and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(connection)
        if count == number and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    dialect.do_commit = do_commit  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()

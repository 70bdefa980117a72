"""A till that pays once by card and is killed at its n-th commit: run as a program of its own.

    python killed_till.py JOURNAL PORT KEY before|after N

Ends with 0 when it came through because it has fewer commits than that.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from uuid import UUID

from terminals.till.centre import Centre
from terminals.till.counter.following import follow
from terminals.till.enrolled import find_till
from terminals.till.journal import open_journal
from terminals.till.site import Site
from tests.terminals.till.conftest import Counter, device_on


def main() -> None:
    journal_file, port, key, moment, number = sys.argv[1:]
    journal = open_journal(Path(journal_file))
    # Nothing listens at the address of this centre: the till is alone while it dies.
    site = Site(
        "B01", journal, Centre("http://127.0.0.1:9"), {"B01-1": device_on(int(port))}, {}, follow
    )
    site.start()
    with journal.read() as connection:
        till = find_till(connection, "B01-1")
    counter = Counter(site, till, "S-0002")
    die_at_commit(journal.engine.dialect, moment, int(number))
    counter.ends(counter.pay_by_card(UUID(key)))
    counter.site.lane("B01-1").stop()


def die_at_commit(dialect: object, moment: str, number: int) -> None:
    """Kill this process before or after its n-th commit from now on."""
    commit = dialect.do_commit
    count, counting = 0, threading.Lock()

    def do_commit(connection: object) -> None:
        nonlocal count
        with counting:
            count += 1
            is_it = count == number
        if is_it and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(connection)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)

    dialect.do_commit = do_commit


if __name__ == "__main__":
    main()

"""A night in a process of its own that is killed, without a warning, at a chosen transaction.

python -m tests.reconciliation.killed_night URL DAY NUMBER before|after
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from config.database import Database, engine_for
from reconciliation.night import run_night


def main(address: str, day: str, number: str, moment: str) -> None:
    """Run the night; die in its transaction `number`, just before or just after it commits."""
    url = make_url(address)
    database, numbers = Database(engine_for(url), url), count(1)

    @contextmanager
    def transaction() -> Iterator[Session]:
        is_last = next(numbers) == int(number)
        with database.transaction() as session:
            yield session
            if is_last and moment == "before":
                session.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    run_night(transaction, date.fromisoformat(day))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A worker that dies: works off what is new, and kills itself (-9) before its n-th step.

    python mortal.py DATABASE_URL STRIPE_ADDRESS N

A step is a statement sent to the database or a commit; a reply of the provider lies between two.
"""

import itertools
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import event, make_url, select

from config.database import Database, engine_for
from terminals.checkout.inbox import work_event
from terminals.checkout.provider import provider_to
from terminals.checkout.tables import provider_event


def work(url: str, address: str, last: int) -> None:
    database = Database(engine_for(make_url(url)), make_url(url))
    steps = itertools.count(1)

    def step(*_: Any) -> None:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    class Watched(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **how: Any) -> Any:
            step()
            return super().execute(*args, **how)

    @event.listens_for(database.engine, "connect")
    def watch(connection: Any, _: Any) -> None:
        connection.cursor_factory = Watched

    event.listen(database.engine, "commit", step)
    provider = provider_to("sk_test_1", address=address)
    with database.read_only() as session:
        waiting = select(provider_event.c.id).where(provider_event.c.state == "new")
        new = list(session.scalars(waiting.order_by(provider_event.c.id)))
    for each in new:
        work_event(database, provider, each, at=datetime.now(UTC))


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""Hearing the centre: offers of the next days, people with their PINs, decisions, passes."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.exc import DatabaseError

from ledger.calendar import business_day
from terminals.till import take_backs
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.enrolled import Till, find_till
from terminals.till.journal import Journal
from terminals.till.journal.tables import document
from terminals.till.line import Line
from terminals.till.pass_news import hear_passes

DAYS_AHEAD = 7  # so long a site sells right prices without a line
EVERYTHING_SECONDS = 300
NEWS_SECONDS = 10
WATCH_SECONDS = 2  # while a guest pays by link

log = logging.getLogger("stadtkasse.till")


class Pull:
    """The thread that keeps what one till knows up to date."""

    def __init__(
        self, journal: Journal, centre: Centre, till: str, line: Line, *,
        resolve: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """resolve: asks again for what the centre was asked before and did not answer; whether
        somebody stands there and waits for it."""
        self._journal, self._centre, self._till, self._line = journal, centre, till, line
        self._resolve = resolve
        self._is_waited_for = False
        self._ending = threading.Event()
        self._everything_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"pull {till}", daemon=True)

    def start(self) -> None:
        """Begin at once."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def once(self) -> None:
        """Ask for what is due now. Raises CentreSilent and CentreRefused."""
        with self._journal.read() as connection:
            till = find_till(connection, self._till)
        if till is None or till.revoked_at:
            return
        self._is_waited_for = self._resolve()
        last = self._everything_at
        if last is None or monotonic() - last > EVERYTHING_SECONDS:
            self.everything(till)
            self._everything_at = monotonic()
        self._hear_decisions(till)
        hear_passes(self._journal, self._centre, till)
        self._line.spoke()

    def everything(self, till: Till) -> None:
        """Offers of today and the days ahead, people, keys of guest codes."""
        today = business_day(datetime.now(UTC))
        for ahead in range(DAYS_AHEAD + 1):
            day = (today + timedelta(days=ahead)).isoformat()
            asked = {"facility": till.facility, "day": day}
            self._hear(till, f"catalogue/{day}", "/catalogue", asked)
        self._hear(till, "staff", "/till/staff")
        self._hear(till, "guest-keys", "/till/guest-keys")

    def _hear(
        self, till: Till, name: str, path: str, asked: Mapping[str, str] | None = None
    ) -> None:
        with self._journal.read() as connection:
            etag = known_etag(connection, till.code, name)
        answer = self._centre.get(path, till.token, etag=etag, asked=asked)
        if answer.status == 304:
            return
        with self._journal.write(till.code) as connection:
            keep_document(connection, till.code, name, answer.body, etag=answer.etag)

    def _hear_decisions(self, till: Till) -> None:
        with self._journal.read() as connection:
            waiting = take_backs.pending(connection, till.code)
        pending = {one.id for one in waiting}
        # A day more than needed: the clocks of a till and of the centre differ.
        since = min((one.asked_at for one in waiting), default=datetime.now(UTC)) - timedelta(1)
        asked = {"since": since.isoformat()}
        answer = self._centre.get("/till/decisions", till.token, asked=asked)
        news = [one for one in answer.body["decisions"]
                if one["state"] != "pending" and UUID(one["refund"]) in pending]  # fmt: skip
        if not news:
            return
        with self._journal.write(till.code) as connection:
            for one in news:
                take_backs.hear_decision(connection, one)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.once()
            except CentreSilent as silent:
                self._line.failed(silent)
            except CentreRefused as no:
                log.warning("the centre refuses: %s", no)
            except DatabaseError:
                log.exception("till %s: the journal cannot be written", self._till)
            self._ending.wait(WATCH_SECONDS if self._is_waited_for else NEWS_SECONDS)


def known_etag(connection: Connection, till: str, name: str) -> str | None:
    """The ETag of what this till knows under this name."""
    found = select(document.c.etag).where(document.c.till == till, document.c.name == name)
    return connection.scalar(found)


def known(connection: Connection, till: str, name: str) -> Any:
    """What the centre said last under this name; None: it never did."""
    found = select(document.c.body).where(document.c.till == till, document.c.name == name)
    return connection.scalar(found)


def keep_document(
    connection: Connection, till: str, name: str, body: Any, *, etag: str | None
) -> None:
    """Remember what the centre said."""
    row = {"etag": etag, "body": body, "fetched_at": datetime.now(UTC)}
    kept = insert_or(document).values(name=name, till=till, **row)
    connection.execute(kept.on_conflict_do_update(index_elements=["name", "till"], set_=row))

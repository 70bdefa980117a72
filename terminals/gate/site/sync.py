"""Telling the centre what a gate did, in order and once, and then hearing its news."""

import logging
import threading
from datetime import UTC, datetime
from time import monotonic

from sqlalchemy.exc import DatabaseError

from ledger.calendar import business_day
from terminals.gate.site import memory
from terminals.gate.site.gate import Gate
from terminals.till.centre import CentreRefused, CentreSilent

MOST_ITEMS = 100
NEWS_SECONDS = 10
PAUSES = (1, 2, 4, 8, 15, 30)

log = logging.getLogger("stadtkasse.gate")


class Sync:
    """The thread that keeps a gate and the centre of one mind."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._nudged, self._ending = threading.Event(), threading.Event()
        self._failures = 0
        self._heard_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="gate sync", daemon=True)

    def start(self) -> None:
        """Begin with what is waiting."""
        self._gate.nudge = self._nudged.set
        self._nudged.set()
        self._thread.start()

    def stop(self) -> None:
        """End; what is waiting waits in the journal."""
        self._ending.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def once(self) -> None:
        """Tell all there is, then hear the news. Raises CentreSilent and CentreRefused."""
        while self.tell():
            """More was waiting than fits into one request."""
        if self._heard_at is None or monotonic() - self._heard_at >= NEWS_SECONDS:
            self.hear()
            self._heard_at = monotonic()

    def tell(self) -> bool:
        """Send the oldest items; whether more may be waiting.

        Sent again after a lost answer, the same items get the same answers: their keys decide.
        """
        gate = self._gate
        with gate.journal.read() as connection:
            items = memory.waiting(connection, MOST_ITEMS)
        if not items:
            return False
        body = {"items": [item.body for item in items]}
        told = gate.centre.post("/gate/items", gate.place.token, body).body["outcomes"]
        if len(told) != len(items):
            raise CentreSilent("an answer to something else")
        now = datetime.now(UTC)
        with gate.journal.write() as connection:
            for item, outcome in zip(items, told, strict=True):
                memory.settle(connection, item, outcome, now)
                is_visit = item.body["kind"] == "admitted" and outcome["state"] == "admitted"
                one = memory.find_scan(connection, item.scan)
                if is_visit and one is not None and one.kind == "pass":
                    memory.count_visit(connection, one.code, 1, day=str(business_day(one.at)))
        gate.line.spoke()
        return len(items) == MOST_ITEMS

    def hear(self) -> None:
        """Ask for what is new. A gate of another house hears nothing: its journal stays empty."""
        gate = self._gate
        with gate.journal.read() as connection:
            known = memory.known_news(connection)
        asked = {"since": known["next"]} if known else None
        told = gate.centre.get("/gate/news", gate.place.token, asked=asked).body
        if told["facility"]["code"] != gate.place.site:
            log.error("this token is one of %s", told["facility"]["code"])
            return
        with gate.journal.write() as connection:
            memory.keep_news(connection, told, datetime.now(UTC))
        gate.is_revoked = False
        gate.line.spoke()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._nudged.wait(self._pause())
            self._nudged.clear()
            if self._ending.is_set():
                return
            try:
                self.once()
            except CentreSilent as silent:
                self._failures += 1
                self._gate.line.failed(silent)
            except CentreRefused as no:
                self._failures += 1
                self._gate.is_revoked = no.status == 401
                log.warning("the centre refuses to listen: %s", no)
            except DatabaseError:
                self._failures += 1
                log.exception("the journal cannot be written")
            else:
                self._failures = 0

    def _pause(self) -> int:
        if not self._failures:
            return NEWS_SECONDS
        return PAUSES[min(self._failures, len(PAUSES)) - 1]

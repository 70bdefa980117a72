"""Telling the centre: each till's items in their order, until every one has its answer."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from terminals.till import notices, take_backs, visits
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.enrolled import Till, change_till, find_till
from terminals.till.journal import Journal
from terminals.till.line import Line
from terminals.till.outbox import Item, settle, waiting

MOST_ITEMS = 1000  # of one request: a second of the centre's work
PAUSES = (1, 2, 4, 8, 15, 30)
IDLE_SECONDS = 30

log = logging.getLogger("stadtkasse.till")


_Outcomes = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One request: the till as it was when it was read, what it tells, and its bytes."""

    till: Till
    items: Sequence[Item]
    written: bytes

    @property
    def is_full(self) -> bool:
        """Whether more may be waiting."""
        return len(self.items) == MOST_ITEMS


class Push:
    """The thread that sends one till's items. `nudge` after a commit that added some.

    told: called when the centre has answered for some; raises as `Centre` does.
    """

    def __init__(
        self,
        journal: Journal,
        centre: Centre,
        till: str,
        line: Line,
        *,
        told: Callable[[Till], None] = lambda _: None,
    ) -> None:
        self._journal, self._centre, self._till, self._line = journal, centre, till, line
        self._told = told
        self._nudged = threading.Event()
        self._ending = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"push {till}", daemon=True)

    def start(self) -> None:
        """Begin with what is waiting."""
        self._nudged.set()
        self._thread.start()

    def nudge(self) -> None:
        """There is something to send."""
        self._nudged.set()

    def stop(self) -> None:
        """End; what is waiting waits in the journal."""
        self._ending.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def send_once(self) -> bool:
        """Send one request's worth of the oldest items; whether more may be waiting.

        Sent again after a lost answer, the same items get the same answers: their keys decide.
        """
        sheet = self._read()
        if sheet is None:
            return False
        self._keep(sheet, self._ask(sheet))
        return sheet.is_full

    def send_all(self) -> None:
        """Send until nothing waits, one request after the other.

        While the centre works on one, the answers to the one before are written down and the next
        one is read. Whatever breaks here, what has no answer in the journal is sent again.
        """
        if not self.send_once():
            return
        with ThreadPoolExecutor(1) as beside:
            sheet, outcomes, before = self._read(), None, None
            while sheet is not None and not self._ending.is_set():
                ahead = beside.submit(self._meanwhile, before, outcomes, sheet)
                before, outcomes = sheet, self._ask(sheet)
                sheet = ahead.result()
        if before is not None and outcomes is not None:
            self._keep(before, outcomes)

    def _meanwhile(
        self, before: _Sheet | None, outcomes: _Outcomes | None, sent: _Sheet
    ) -> _Sheet | None:
        if before is not None and outcomes is not None:
            self._keep(before, outcomes)
        return self._read(after=sent.items[-1].seq) if sent.is_full else None

    def _read(self, *, after: int = 0) -> _Sheet | None:
        with self._journal.read() as connection:
            till = find_till(connection, self._till)
            items = waiting(connection, self._till, MOST_ITEMS, after=after)
        if till is None or till.revoked_at or not items:
            return None
        written = ",".join([item.document() for item in items])
        return _Sheet(till, items, f'{{"items":[{written}]}}'.encode())

    def _ask(self, sheet: _Sheet) -> _Outcomes:
        try:
            answer = self._centre.post(
                "/till/items", sheet.till.token, sheet.written, key=str(uuid4())
            )
        except CentreRefused as no:
            if no.status == 401:
                self._is_revoked(sheet.till.token)
            raise
        outcomes = answer.body.get("outcomes")
        if not isinstance(outcomes, list) or len(outcomes) != len(sheet.items):
            raise CentreSilent("an answer to something else")
        self._line.spoke()
        return outcomes

    def _keep(self, sheet: _Sheet, outcomes: _Outcomes) -> None:
        with self._journal.write(self._till) as connection:
            _keep_answers(connection, sheet.items, outcomes)
            notices.keep_links(connection, self._till, sheet.items, outcomes)
            visits.hear(connection, sheet.items, outcomes)
        self._told(sheet.till)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._nudged.wait(self._pause())
            self._nudged.clear()
            try:
                self.send_all()
            except CentreSilent as silent:
                self._failed(silent)
            except CentreRefused as no:
                self._refused(no)
            except DatabaseError:
                self._failures += 1
                log.exception("till %s: the journal cannot be written", self._till)
            else:
                self._failures = 0

    def _pause(self) -> int:
        if not self._failures:
            return IDLE_SECONDS
        return PAUSES[min(self._failures, len(PAUSES)) - 1]

    def _failed(self, reason: object) -> None:
        self._failures += 1
        self._line.failed(reason)

    def _refused(self, no: CentreRefused) -> None:
        """The whole request was refused: nothing was answered, so all of it stays waiting."""
        log.error("the centre refuses to listen: %s", no)
        self._failures += 1

    def _is_revoked(self, token: str) -> None:
        """The centre does not know this token any more: nothing is sent until a new one is made.

        The till may have been connected again meanwhile: then it has another, and goes on.
        """
        with self._journal.write(self._till) as connection:
            till = find_till(connection, self._till)
            if till is not None and till.token == token:
                change_till(connection, self._till, revoked_at=datetime.now(UTC))


def _keep_answers(
    connection: Connection, items: Sequence[Item], outcomes: Sequence[Mapping[str, Any]]
) -> None:
    """What was not taken is for people to look at; a refund that cannot be is not paid."""
    now = datetime.now(UTC)
    refunds = {item.key for item in items if item.kind == "refund_requested"}
    for outcome in settle(connection, outcomes, now=now):
        key, code = UUID(outcome["key"]), outcome.get("code") or outcome["state"]
        log.warning("the centre did not take %s: %s", key, code)
        if key in refunds:
            take_backs.hear_refusal(connection, key, code, now)

"""One gate: what is scanned is written down, decided with the centre or alone, and then opened.

The order is what keeps a promise when the process dies: first the scan, then the question, then
the decision, all in the journal, and only then the barrier. What was asked and never decided did
not open; at the next start it is taken back at the centre, which may have said yes to nobody.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from ledger.calendar import business_day
from terminals.gate.scanned import Unread, scan
from terminals.gate.site import memory
from terminals.gate.site.alone import refusal
from terminals.gate.site.memory import Scan
from terminals.gate.values import Refusal
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.journal import Journal
from terminals.till.line import Line

SAME_CODE = timedelta(seconds=5)  # a scanner reads a code again while it is held there
UNDO = timedelta(minutes=15)
LONGEST = 200

log = logging.getLogger("stadtkasse.gate")


@dataclass(frozen=True, slots=True)
class Place:
    """Which gate this is. token: of its device at the centre; opener: moves the barrier."""

    site: str
    name: str
    token: str
    opener: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the centre said before opening: opened, or why not."""

    is_open: bool
    reason: str | None
    data: Mapping[str, Any]
    visits_left: int | None


class Gate:
    """A gate over its journal. `nudge` is called when there is something to tell."""

    def __init__(self, place: Place, journal: Journal, centre: Centre) -> None:
        self.place, self.journal, self.centre = place, journal, centre
        self.line = Line(lambda: None)
        self.is_revoked = False
        self.nudge: Callable[[], None] = lambda: None
        self._one_at_a_time = threading.Lock()

    def tidy(self) -> None:
        """After a start: what was asked and never decided did not open."""
        with self.journal.write() as connection:
            for one in memory.last_scans(connection, 1000, state="asked"):
                memory.change(connection, one.key, state="refused", reason="interrupted")
                self._withdraw(connection, one, "not_opened", datetime.now(UTC))

    def enter(self, text: str, now: datetime) -> Scan | None:
        """Somebody holds this text before the reader; None while the gate knows no keys yet."""
        text = text.strip()[:LONGEST]
        with self._one_at_a_time:
            with self.journal.read() as connection:
                news = memory.known_news(connection)
                last = memory.last_scans(connection)
            if last and last[0].text == text and timedelta(0) <= now - last[0].at <= SAME_CODE:
                return last[0]
            if news is None or self.is_revoked:
                return None
            return self._enter(text, news, now)

    def take_back(self, key: UUID, now: datetime) -> bool:
        """Somebody was let in by mistake, minutes ago; whether it could be taken back."""
        with self._one_at_a_time, self.journal.write() as connection:
            one = memory.find_scan(connection, key)
            if one is None or one.state != "opened" or now - one.at > UNDO:
                return False
            memory.change(connection, key, state="withdrawn")
            if one.kind == "ticket":
                memory.free_ticket(connection, one.code)
            else:
                memory.count_visit(connection, one.code, -1, day=str(business_day(now)))
            self._withdraw(connection, one, "mistake", now)
        self.nudge()
        return True

    def _enter(self, text: str, news: Mapping[str, Any], now: datetime) -> Scan:
        found, key = scan(text, memory.keys_of(news), now), uuid4()
        with self.journal.write() as connection:
            memory.keep_asked(connection, text, found, key=key, at=now)
        is_ours = not (isinstance(found, Unread) and found.reason == "unread")
        asks = is_ours and self.line.silent_since is None
        answer = self._ask(text, key, now) if asks else None
        with self.journal.write() as connection:
            if answer is None:
                no = refusal(connection, found, news, now, gate=self.place.name)
                self._decide_alone(connection, key, no, was_asked=asks)
            else:
                self._follow(connection, key, answer)
            decided = memory.find_scan(connection, key)
        assert decided is not None
        if decided.state == "opened":
            self.place.opener()
        self.nudge()
        return decided

    def _ask(self, text: str, key: UUID, now: datetime) -> Answer | None:
        """The centre's answer; None where it could not be asked."""
        body = {"key": str(key), "gate": self.place.name, "at": now.isoformat(), "text": text}
        try:
            told = self.centre.post("/gate/admissions", self.place.token, body, quick=True).body
        except CentreSilent as silent:
            self.line.failed(silent)
            return None
        except CentreRefused as no:
            self.is_revoked = no.status == 401
            log.warning("the centre refuses to listen: %s", no)
            return Answer(False, "closed", {}, None) if self.is_revoked else None
        is_open = told["state"] == "admitted"
        return Answer(is_open, told.get("reason"), told.get("data", {}), told.get("visits_left"))

    def _follow(self, connection: Connection, key: UUID, answer: Answer) -> None:
        if not answer.is_open:
            memory.change(
                connection, key, state="refused", reason=answer.reason, data=dict(answer.data)
            )
            return
        one = memory.find_scan(connection, key)
        assert one is not None
        memory.forget_uses(connection, one.code)
        left = answer.visits_left
        memory.change(connection, key, state="opened", is_told=True, visits_left=left)
        if one.kind == "pass":
            memory.count_visit(connection, one.code, 1, day=str(business_day(one.at)))

    def _decide_alone(
        self, connection: Connection, key: UUID, no: Refusal | None, *, was_asked: bool
    ) -> None:
        one = memory.find_scan(connection, key)
        assert one is not None
        if no is not None:
            memory.change(connection, key, state="refused", reason=no.reason, data=dict(no.data))
            if was_asked:  # the centre may have heard it and said yes: nobody went through
                self._withdraw(connection, one, "not_opened", one.at)
            return
        memory.change(connection, key, state="opened")
        body = {"kind": "admitted", "gate": self.place.name, "at": one.at.isoformat(),
                "text": one.text}  # fmt: skip
        memory.put(connection, key, body, key=key)

    def _withdraw(self, connection: Connection, one: Scan, why: str, now: datetime) -> None:
        body = {"kind": "withdrawn", "gate": self.place.name, "at": max(now, one.at).isoformat(),
                "admission": str(one.key), "why": why}  # fmt: skip
        memory.put(connection, one.key, body)

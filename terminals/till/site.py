"""The site: its journal, its terminals, its lines to the centre, started and stopped together."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from terminals.adapters import CardTerminal, NotSettled, Settlement, Verdict
from terminals.printing.escpos import Settings as Printer
from terminals.till import attempts, links, passes, payments, settling, wallets
from terminals.till.attempts import Attempt
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.enrolled import Till, enrol, find_till, tills
from terminals.till.journal import Journal
from terminals.till.lanes import Lane
from terminals.till.limits import USUAL, Limits
from terminals.till.line import Line
from terminals.till.papers import Printing, pass_slips
from terminals.till.pull import Pull
from terminals.till.push import Push
from terminals.till.sales import find_sale

log = logging.getLogger("stadtkasse.till")


@dataclass(frozen=True, slots=True)
class Device:
    """A card terminal as `till.toml` describes it. adapter: its name."""

    adapter: str
    terminal: CardTerminal


# Told in the transaction of a decision: the attempt before and after it.
Follow = Callable[[Connection, Attempt, Attempt], None]


@dataclass(frozen=True, slots=True)
class Running:
    """What runs for one till."""

    line: Line
    push: Push
    pull: Pull
    lane: Lane | None


@dataclass(slots=True)
class Site:
    """One site process. `start` begins, `stop` ends it.

    devices: by the code of the terminal; printers: by the code of the till. follow: what the
    register does when an attempt moves. address: of the register as a guest's phone reaches it,
    for the QR code of a receipt. lanes: one for each device, by the code of its terminal.
    """

    code: str
    journal: Journal
    centre: Centre
    devices: Mapping[str, Device] = field(default_factory=dict)
    printers: Mapping[str, Printer] = field(default_factory=dict)
    follow: Follow = lambda *_: None
    address: str = ""
    limits: Limits = USUAL
    running: dict[str, Running] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    _beginning: threading.Lock = field(default_factory=threading.Lock)

    @property
    def purse(self) -> wallets.Purse:
        """How this site asks for money from wallets."""
        return wallets.Purse(self.journal, self.centre, self.limits)

    def start(self) -> None:
        """Begin for every till that is connected here."""
        with self.journal.read() as connection:
            known = tills(connection)
        beside = {till.terminal: till.code for till in known}
        for terminal in self.devices:
            self._open_lane(terminal, beside.get(terminal, ""))
        for till in known:
            self._begin(till)

    def stop(self) -> None:
        """End everything; what is waiting waits in the journal."""
        for one in self.running.values():
            one.pull.stop()
            one.push.stop()
        for lane in self.lanes.values():
            lane.stop()
        self.running.clear()
        self.lanes.clear()
        self.centre.pool.clear()
        self.journal.close()

    def enrol(self, code: str) -> Till:
        """Connect a till by its code and begin working for it; connected again, it goes on."""
        till = enrol(self.journal, self.centre, code, site=self.code, now=datetime.now(UTC))
        with self._beginning:
            if till.code not in self.running:
                self._begin(till)
        running = self.running[till.code]
        try:
            running.pull.once()
        except (CentreSilent, CentreRefused) as trouble:
            # The till is connected: what it has to know comes with the next pull.
            log.warning("%s is connected and has heard nothing yet: %s", till.code, trouble)
        running.push.nudge()
        return till

    def lane(self, till: str) -> Lane | None:
        """The card terminal of a till."""
        return self.running[till].lane if till in self.running else None

    def lane_at(self, terminal: str) -> Lane | None:
        """The lane of a terminal, whichever till it stands at."""
        return self.lanes.get(terminal)

    def nudge(self, till: str) -> None:
        """There is something to tell the centre."""
        if till in self.running:
            self.running[till].push.nudge()

    def line(self, till: str) -> Line:
        """The state of the line of a till."""
        return self.running[till].line

    def ask_centre(self, till: str) -> bool:
        """Ask once more for payments whose answer was lost or has yet to come: from wallets, by
        links. Whether a link still waits for its guest."""
        with self.journal.read() as connection:
            known = find_till(connection, till)
            open_links = links.to_ask(connection, till, datetime.now(UTC))
        if known is None or known.revoked_at:
            return False
        wallets.resolve_open(self.purse, known, self.decide)
        decided = [self.ask_link(known, one) for one in open_links]
        return not all(decided)

    def ask_link(self, till: Till, of: Attempt, *, is_first: bool = False) -> bool:
        """Make the link of an attempt or ask how it stands; whether that was its end."""
        verdict = links.ask(self.journal, self.centre, till, of, is_first=is_first)
        return verdict is not None and self.decide(of, verdict).state not in attempts.OPEN

    def decide(self, of: Attempt, verdict: Verdict) -> Attempt:
        """Keep what became of an attempt, with all that follows, in one commit."""
        with self.journal.write(of.till) as connection:
            before = attempts.find_attempt(connection, of.id)
            assert before is not None
            decided = payments.decide(connection, before, verdict, datetime.now(UTC))
            self.follow(connection, before, decided)
        self.nudge(of.till)
        return decided

    def adapter_of(self, terminal: str) -> str:
        """The name of the adapter that speaks to a terminal; "" where there is none."""
        return self.devices[terminal].adapter if terminal in self.devices else ""

    def _begin(self, till: Till) -> None:
        line = Line(lambda: self._line_changed(till.code))
        lane = self.lanes.get(till.terminal or "")
        if lane is not None:
            lane.till = till.code  # connected after the site began, it stood alone until now
        push = Push(self.journal, self.centre, till.code, line, told=self._told)
        pull = Pull(
            self.journal, self.centre, till.code, line,
            resolve=lambda: self.ask_centre(till.code),
        )  # fmt: skip
        self.running[till.code] = Running(line, push, pull, lane)
        push.start()
        pull.start()

    def _open_lane(self, terminal: str, till: str) -> None:
        lane = Lane(
            terminal, till, self.devices[terminal].terminal, self.journal,
            decide=self.decide, settled=self._settled, neighbours=lambda: tuple(self.running),
        )  # fmt: skip
        self.lanes[terminal] = lane
        lane.start()
        lane.check()

    def _line_changed(self, till: str) -> None:
        """The page shows it; and what waits for its next try is sent now, if somebody listens."""
        self.journal.ring(till)
        self.nudge(till)

    def _told(self, till: Till) -> None:
        """What the centre has by now may have been a pass: fetch its code, print its slip."""
        printing = Printing(self.printers.get(till.code))
        for key in passes.fetch_codes(self.journal, self.centre, till):
            with self.journal.write(till.code) as connection:
                sold = find_sale(connection, key)
                assert sold is not None
                for slip in pass_slips(connection, sold):
                    printing.print(slip)
                if printing.printer is not None:
                    passes.mark_printed(connection, key, datetime.now(UTC))

    def _settled(self, lane: Lane, outcome: Settlement | NotSettled) -> None:
        if isinstance(outcome, Settlement):
            with self.journal.write() as connection:
                till = lane.till or settling.last_till_at(connection, lane.terminal)
                settling.freeze(connection, till, lane.terminal, outcome, datetime.now(UTC))
            self.journal.ring(till)
            self.nudge(till)

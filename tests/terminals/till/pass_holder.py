"""A register at the far end of a line, and somebody with a pass before it."""

from datetime import UTC, datetime

from config.signing import guest_keys
from ledger.cards import find_passes
from terminals.qr.tokens import phone_code, sign
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till, find_till
from terminals.till.outbox import rejected
from terminals.till.pass_news import hear_passes
from tests.terminals.gate.house import a_pass


class Pool:
    """Short ways to do what a guest and a cashier do, and to look at both sides afterwards."""

    def __init__(self, far, centre, relay):
        self.far, self.site, self.centre, self.relay = far, far.site, centre, relay
        self.till, self.register = far.till.code, Register(far.site)
        self.site.running[self.till].pull.stop()  # the news come when the test wants them
        self.browser = self.browser_of(self.till)

    def browser_of(self, till):
        with self.site.journal.write() as connection:
            change_till(connection, till, person="S-0001")
            return bind_browser(connection, till, datetime.now(UTC))

    def hears(self, till=None):
        with self.site.journal.read() as connection:
            known = find_till(connection, till or self.till)
        hear_passes(self.site.journal, self.site.centre, known)

    def pass_of(self, product="POOL-10A", **how):
        """A pass that was bought just now, and what its code says."""
        now = datetime.now(UTC)
        code, _ = a_pass(self.centre.database, product, **{"at": now, **how})
        return code, sign(phone_code("pass", code, now=now), guest_keys().signing, now=now)

    def scans(self, shown, browser=None, till=None):
        self.register.act(browser or self.browser, "scan", {"text": shown})
        with self.site.journal.read() as connection:
            return dict(view_of(connection, till or self.till).visit)

    def counted(self, code):
        """How many visits the centre counts with this pass."""
        with self.centre.database.read_only() as session:
            return find_passes(session, [code])[code].visits

    def refused(self):
        with self.site.journal.read() as connection:
            return rejected(connection, self.till)

    def conflict(self):
        """What the register shows of the only item that was not taken."""
        (one,) = self.refused()
        self.register.act(self.browser, "open_conflict", {"id": str(one.item.key)})
        return self.register.page(self.browser).stage

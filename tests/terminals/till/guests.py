"""A till at the far end of a line where somebody pays at the centre, by telephone."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import text

from ledger.pay_links import find_link, receive
from terminals.till.attempts import open_attempts
from terminals.till.baskets import current_basket
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.outbox import rejected
from terminals.till.sales import last_sales


class Guest:
    """A till where somebody is signed in, and the telephone of a guest."""

    def __init__(self, till, centre):
        self.till, self.centre = till, centre
        self.code = till.till.code
        self.register = Register(till.site)
        with till.site.journal.write() as connection:
            self.browser = bind_browser(connection, self.code, datetime.now(UTC))
            change_till(connection, self.code, person="S-0002")

    def taps(self, action, **form):
        self.register.act(self.browser, action, form)

    def wants_a_link(self, key=None):
        self.taps("pay", way="link", key=str(key or uuid4()))

    def pays(self, link, cents):
        """The money is at the centre; the till has not heard yet."""
        with self.centre.database.transaction() as session:
            return receive(session, link, payment=uuid4(), amount_cents=cents, at=datetime.now(UTC))

    def link(self, key):
        with self.centre.database.read_only() as session:
            return find_link(session, key)

    @property
    def stage(self):
        return self.register.page(self.browser).stage

    @property
    def open(self):
        with self.till.site.journal.read() as connection:
            return open_attempts(connection, till=self.code)

    @property
    def basket(self):
        with self.till.site.journal.read() as connection:
            return current_basket(connection, self.code)

    @property
    def sales(self):
        with self.till.site.journal.read() as connection:
            return last_sales(connection, self.code)

    @property
    def view(self):
        with self.till.site.journal.read() as connection:
            return view_of(connection, self.code)

    @property
    def rejected(self):
        """Codes of what the centre did not take."""
        with self.till.site.journal.read() as connection:
            return [one.outcome["code"] for one in rejected(connection, self.code)]

    def asks(self):
        return self.till.site.ask_centre(self.code)

    def charges(self):
        """How many charges the centre has, and their sum."""
        with self.centre.database.read_only() as session:
            found = session.execute(text("SELECT count(*), sum(total_cents) FROM charge"))
            return tuple(found.one())

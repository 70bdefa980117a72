"""A silent terminal: the till pays at another of the site, never while a payment is unclear."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from ledger.calendar import business_day
from terminals.simulators.zvt import Simulator
from terminals.till import settling, shifts
from terminals.till.centre import Centre
from terminals.till.counter import Counter as Register
from terminals.till.counter.following import follow
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser
from terminals.till.journal import open_journal
from terminals.till.journal.tables import attempt
from terminals.till.pages import Paid
from terminals.till.sales import last_sales
from terminals.till.site import Site
from tests.terminals.till.conftest import CASHIER_PIN, FLOAT, Counter, a_code, device_on

TILL, OTHERS = "B01-1", ("B01-2", "B01-3")


@pytest.fixture
def stand(centre, terminal, tmp_path):
    """Till B01-1 with its terminal unplugged; B01-2 stands at another till, B01-3 at none."""
    with Simulator(terminal_id="52000102") as second, Simulator(terminal_id="52000103") as third:
        ports = (terminal.port, second.port, third.port)
        devices = {code: device_on(port) for code, port in zip((TILL, *OTHERS), ports, strict=True)}
        journal = open_journal(tmp_path / "journal.sqlite")
        site = Site("B01", journal, Centre(centre.address), devices, {}, follow)
        site.start()
        stand = Stand(site, centre, terminal, second, third)
        yield stand
        site.stop()


def is_paid(page):
    return isinstance(page.basket, Paid)


_CHARGED = "SELECT till, terminal FROM charge"
_ACCOUNTS = "SELECT code FROM account WHERE code LIKE '%/B01-_/%'"


class Stand:
    def __init__(self, site, centre, own, second, third):
        self.site, self.centre, self.register = site, centre, Register(site)
        self.own, self.second, self.third = own, second, third
        site.enrol(a_code(centre, "B01-2"))
        self.counter = Counter(site, site.enrol(a_code(centre, TILL)), "S-0002")
        with site.journal.write(TILL) as connection:
            shifts.open_shift(
                connection, TILL, person="S-0002", counts=FLOAT, now=datetime.now(UTC)
            )
            self.browser = bind_browser(connection, TILL, datetime.now(UTC))
        self.tap("pin", digits=CASHIER_PIN)

    def tap(self, action, **form):
        self.register.act(self.browser, action, form)
        return self.page

    @property
    def page(self):
        return self.register.page(self.browser)

    @property
    def guest(self):
        """What the guest sees."""
        return self.register.guest(self.browser, "de")

    @property
    def said(self):
        return self.read(lambda connection: view_of(connection, TILL).message)["what"]

    def read(self, look):
        with self.site.journal.read() as connection:
            return look(connection)

    def until(self, is_so):
        """The page once it is so; fails where that takes too long."""
        deadline = datetime.now(UTC).timestamp() + 20
        while not is_so(page := self.page):
            assert datetime.now(UTC).timestamp() < deadline, page
            self.site.journal.wait(TILL, page.frame.version, 1)
        return page

    def silence(self):
        """The till's own terminal loses its power, and "Karte" was tapped with an adult's entry."""
        self.own.now("unplug")
        self.tap("add", product="POOL-AD")
        self.tap("pay", way="card", key=str(uuid4()))
        return self.until(lambda page: page.stage.state == "terminal_down")

    def tried(self):
        """Terminal and end of every payment, in order."""
        found = select(attempt.c.terminal, attempt.c.state).order_by(attempt.c.started_at)
        return [tuple(row) for row in self.read(lambda connection: connection.execute(found).all())]

    def use(self, terminal, key=None):
        return self.tap("use_terminal", terminal=terminal, key=key or str(uuid4()))


def test_a_silent_terminal_charges_nothing_and_the_others_that_answer_are_offered(stand):
    shown = stand.silence().stage
    assert (stand.said, shown.amount_cents) == ("nothing_sent", 500)
    assert shown.others == (("B01-2", "Terminal 2", "Kasse 2"), ("B01-3", "Terminal 3", ""))
    assert stand.page.basket.pay[0].blocked == "terminal"
    stand.third.now("unplug")
    stand.tap("reconnect")
    shown = stand.until(lambda page: len(page.stage.others) == 1 and not page.stage.is_checking)
    stand.use("B01-3")
    assert stand.said == "terminal_busy"
    stand.own.now("plug_in")
    stand.tap("reconnect")
    stand.until(lambda page: page.stage.state == "cart")
    stand.use("B01-2")
    assert (stand.said, stand.second.ledger) == ("terminal_answers", ())


def test_a_payment_and_its_void_are_booked_at_the_terminal_that_took_them(stand):
    stand.silence()
    stand.third.next("decline")
    stand.use("B01-3")
    shown = stand.until(lambda page: page.stage.state == "declined").stage
    assert shown.terminal == "Terminal 3"
    stand.tap("retry", key=shown.key)
    stand.until(is_paid)
    (sold,) = stand.read(lambda connection: last_sales(connection, TILL))
    assert stand.tried() == [(TILL, "declined"), ("B01-3", "declined"), ("B01-3", "approved")]
    stand.tap("void", number=sold.receipt_number, reason="twice", key=str(uuid4()))
    stand.until(lambda _: stand.read(lambda c: last_sales(c, TILL))[0].state == "voided")
    stand.counter.all_sent()
    day = business_day(datetime.now(UTC))
    with stand.centre.database.read_only() as session:
        assert session.execute(text(_CHARGED)).all() == [(TILL, "B01-3")]
        assert [code.partition("/")[2] for code in session.scalars(text(_ACCOUNTS))] == [
            f"B01-3/{day}"
        ]
    assert (len(stand.third.ledger), stand.second.ledger) == (3, ())
    assert stand.read(lambda c: settling.has_taken(c, "B01-3", till=TILL))
    stand.tap("settle")
    stand.until(lambda _: stand.third.settlements)
    stand.until(lambda _: not stand.read(lambda c: settling.has_taken(c, "B01-3", till=TILL)))


def test_the_same_tap_at_another_terminal_charges_once(stand):
    stand.silence()
    key = str(uuid4())
    for _ in range(2):
        stand.use("B01-2", key)
    stand.until(is_paid)
    stand.use("B01-2", key)
    assert [one.amount_cents for one in stand.second.ledger] == [500]


def test_no_other_terminal_is_used_while_a_payment_is_unclear(stand):
    stand.silence()
    stand.third.next("wait_for_card")
    stand.use("B01-3")
    assert stand.third.waits_for_card()
    stand.until(lambda _: stand.guest.step == "card")
    assert (stand.guest.amount_cents, len(stand.guest.lines)) == (500, 1)
    stand.third.now("unplug")
    stand.until(lambda page: page.stage.state == "unknown")
    assert stand.guest.step == "unclear"
    stand.use("B01-2")
    assert stand.said == "basket_locked"
    stand.tap("park")
    stand.tap("add", product="POOL-AD")
    assert stand.page.basket.pay[0].blocked == "unclear"
    assert stand.tap("go", screen="terminal").stage.others == ()
    stand.use("B01-2")
    assert (stand.said, stand.second.ledger) == ("payment_open", ())

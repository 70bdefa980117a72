"""Paying from a wallet: the centre decides; without it, a little; whatever is lost, never twice."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from config.signing import guest_keys
from ledger.charges import find_charge
from ledger.wallets import find_wallet, open_wallet
from terminals.adapters import Declined, Unknown
from terminals.qr.tokens import Code, phone_code, sign
from terminals.till import attempts, payments, wallets
from terminals.till.attempts import open_attempts
from terminals.till.baskets import current_basket
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.errors import TillRefusal
from terminals.till.outbox import rejected
from terminals.till.payments import Desk
from terminals.till.sales import find_sale, last_sales
from tests.api_client import a_top_up


@pytest.fixture
def guest(far, centre):
    """A guest with 20.00 on a wallet, and a browser where somebody is signed in."""
    return Guest(far, centre)


class Guest:
    def __init__(self, till, centre):
        self.till, self.centre = till, centre
        with centre.database.transaction() as session:
            self.wallet = open_wallet(session, kind="citizen", key=uuid4()).code
        path = f"/wallets/{self.wallet}/top-ups"
        till.site.centre.post(path, till.till.token, a_top_up(2000), key=str(uuid4()))
        self.register = Register(till.site)
        with till.site.journal.write() as connection:
            self.browser = bind_browser(connection, "B01-1", datetime.now(UTC))
            change_till(connection, "B01-1", person="S-0002")

    def shows(self, text=None):
        """Hold the code under the scanner."""
        self.register.act(self.browser, "scan", {"text": text or self.code()})

    def code(self, wallet=None):
        now = datetime.now(UTC)
        return sign(phone_code("wallet", wallet or self.wallet, now=now), guest_keys().signing,
                    now=now)  # fmt: skip

    @property
    def balance_cents(self):
        with self.centre.database.read_only() as session:
            return find_wallet(session, self.wallet).balance_cents

    @property
    def sales(self):
        with self.till.site.journal.read() as connection:
            return last_sales(connection, "B01-1")

    @property
    def unclear(self):
        with self.till.site.journal.read() as connection:
            return open_attempts(connection, till="B01-1")

    @property
    def basket(self):
        with self.till.site.journal.read() as connection:
            return current_basket(connection, "B01-1")

    @property
    def view(self):
        with self.till.site.journal.read() as connection:
            return view_of(connection, "B01-1")

    def books_agree(self):
        """Everything was sent and taken, each sale once."""
        self.till.all_sent()
        with self.till.site.journal.read() as connection:
            assert rejected(connection, "B01-1") == []
        with self.centre.database.read_only() as session:
            for sold in self.sales:
                assert find_charge(session, sold.key).entry_id
        assert self.balance_cents == 2000 - sum(sold.total_cents for sold in self.sales)


def test_a_wallet_pays_the_basket(guest):
    guest.till.fill("POOL-FAM")
    guest.shows()
    (sold,) = guest.sales
    assert (sold.way, sold.tender.wallet, sold.total_cents) == ("wallet", guest.wallet, 1200)
    assert guest.balance_cents == 800
    guest.shows()
    assert guest.view.message["what"] == "basket_empty"
    guest.books_agree()


def test_a_wallet_with_too_little_pays_nothing(guest):
    guest.till.fill("POOL-FAM", "POOL-FAM")
    guest.shows()
    assert (guest.view.task, guest.view.data) == ("wallet", {"problem": "short"})
    begun = begin(guest)
    assert ask(guest, begun) == Declined("short", "balance_too_low")
    guest.till.site.decide(begun, Declined("short"))
    assert (guest.basket.state, guest.sales, guest.balance_cents) == ("open", [], 2000)


def test_a_wallet_nobody_opened_pays_nothing(guest):
    guest.till.fill("POOL-AD")
    guest.shows(guest.code("W-999999"))
    assert (guest.view.data, guest.sales) == ({"problem": "unknown"}, [])


def test_a_small_payment_whose_answer_is_lost_lets_the_guest_in_and_counts_once(guest, relay):
    guest.till.fill("POOL-AD")
    relay.is_losing = True
    guest.shows()
    assert relay.lost > 1
    assert len(guest.sales) == 1
    assert guest.balance_cents == 1500
    relay.is_losing = False
    guest.books_agree()


def test_a_large_payment_whose_answer_is_lost_is_asked_for_again_and_counts_once(guest, relay):
    guest.till.fill("POOL-FAM")
    relay.is_losing = True
    guest.shows()
    assert [one.state for one in guest.unclear] == ["unknown"]
    assert (guest.basket.state, guest.sales, guest.balance_cents) == ("paying", [], 800)
    with pytest.raises(TillRefusal, match="basket_locked"):
        guest.till.pay_in_cash(1200)
    relay.is_losing = False
    guest.till.site.ask_centre("B01-1")
    assert [sold.total_cents for sold in guest.sales] == [1200]
    guest.till.site.ask_centre("B01-1")
    guest.books_agree()


def test_jetzt_pruefen_asks_the_centre_and_not_the_terminal(guest, relay):
    guest.till.fill("POOL-FAM")
    relay.is_losing = True
    guest.shows()
    relay.is_losing = False
    (unclear,) = guest.unclear
    guest.register.act(guest.browser, "check", {"attempt": str(unclear.id)})
    assert guest.unclear == []
    assert [sold.key for sold in guest.sales] == [unclear.id]


def test_an_unclear_payment_stays_unclear_while_the_line_is_down(guest, relay):
    guest.till.fill("POOL-FAM")
    relay.is_losing = True
    guest.shows()
    relay.stop()
    guest.till.site.ask_centre("B01-1")
    assert [one.state for one in guest.unclear] == ["unknown"]
    relay.is_losing = False
    relay.start()
    guest.till.site.ask_centre("B01-1")
    guest.books_agree()


def test_no_person_says_what_the_centre_will_say(guest, relay):
    guest.till.fill("POOL-FAM")
    relay.is_losing = True
    guest.shows()
    (unclear,) = guest.unclear
    relay.is_losing = False
    with (
        pytest.raises(TillRefusal, match="payment_open"),
        guest.till.site.journal.write() as connection,
    ):
        payments.state_what_was_seen(
            connection, guest.till.desk(), unclear, statement="not_paid", new_basket=uuid4()
        )


def test_without_a_line_a_wallet_pays_up_to_the_limit_of_its_day(guest, relay):
    relay.stop()
    for _ in range(2):
        guest.till.fill("POOL-AD")
        guest.shows()
    guest.till.fill("POOL-AD")
    guest.shows()
    assert len(guest.sales) == 2
    assert (guest.view.task, guest.view.data) == ("wallet", {"problem": "offline_limit"})
    assert guest.basket.state == "open"
    relay.start()
    guest.books_agree()
    relay.stop()
    guest.shows()  # what was told meanwhile was taken without a line all the same
    assert len(guest.sales) == 2


def test_without_a_line_a_large_payment_is_refused_and_the_basket_is_free(guest, relay):
    guest.till.fill("POOL-FAM")
    relay.stop()
    guest.shows()
    assert (guest.basket.state, guest.unclear) == ("open", [])
    guest.till.pay_in_cash(1200)
    assert guest.balance_cents == 2000


def test_without_a_line_a_code_that_has_expired_pays_nothing(guest, relay):
    then = datetime.now(UTC) - timedelta(hours=1)
    old = phone_code("wallet", guest.wallet, now=then)
    guest.till.fill("POOL-AD")
    relay.stop()
    guest.shows(sign(Code(old.kind, old.code, old.valid_until), guest_keys().signing, now=then))
    assert (guest.view.data, guest.sales) == ({"problem": "expired"}, [])


def test_a_payment_that_a_killed_till_never_asked_for_is_asked_for(guest):
    guest.till.fill("POOL-FAM")
    begun = begin(guest, now=datetime.now(UTC) - timedelta(minutes=1))
    guest.till.site.ask_centre("B01-1")
    with guest.till.site.journal.read() as connection:
        assert find_sale(connection, begun.id).total_cents == 1200
    guest.books_agree()


def test_a_payment_that_is_just_being_asked_for_is_left_alone(guest):
    guest.till.fill("POOL-FAM")
    begin(guest)
    guest.till.site.ask_centre("B01-1")
    assert [one.state for one in guest.unclear] == ["started"]


def test_two_answers_to_one_payment_are_one_sale(guest):
    guest.till.fill("POOL-FAM")
    begun = begin(guest)
    for _ in range(2):
        guest.till.site.decide(begun, ask(guest, begun))
    assert len(guest.sales) == 1
    guest.books_agree()


def test_who_was_first_takes_the_basket(guest):
    guest.till.fill("POOL-FAM")
    begun = begin(guest)
    with pytest.raises(TillRefusal, match="basket_locked"):
        begin(guest)
    assert ask(guest, begun, is_first=False) != Unknown("unreachable")


def begin(guest, now=None):
    with guest.till.site.journal.write() as connection:
        desk = Desk(guest.till.till, "S-0002", now or datetime.now(UTC))
        begun = wallets.begin(connection, desk, wallet=guest.wallet, key=uuid4())
    assert begun.state in attempts.OPEN
    return begun


def ask(guest, begun, **how):
    site = guest.till.site
    return wallets.ask(site.purse, guest.till.till, begun, **how)

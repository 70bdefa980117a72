"""Taps at the register, without a browser: what is refused changes nothing and says why."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from terminals.till.baskets import current_basket
from terminals.till.counter import Counter as Register
from terminals.till.counter import actions, errands
from terminals.till.counter.counting import count_of
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, find_till
from terminals.till.journal.tables import metadata
from terminals.till.pull import keep_document
from terminals.till.sales import last_sales
from terminals.till.shifts import DENOMINATIONS, current_shift, last_shift
from tests.terminals.till.conftest import FLOAT

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PINS = {"S-0002": ("482916", "cashier"), "S-0003": ("735204", "site_manager")}


@pytest.fixture
def till(bare):
    """A register where S-0002 is signed in, with a shift and nobody at the end of the line."""
    staff = [
        {"code": code, "name": code, "role": role, "pin_hash": QUICK.hash(pin)}
        for code, (pin, role) in PINS.items()
    ]
    with bare.site.journal.write() as connection:
        keep_document(connection, "B01-1", "staff", {"people": staff}, etag=None)
        browser = bind_browser(connection, "B01-1", datetime.now(UTC))
    bare.site.start()
    register = Taps(bare, browser)
    register.tap("pin", digits="482916")
    yield register
    bare.site.stop()


class Taps:
    def __init__(self, bare, browser):
        self.bare, self.browser, self.counter = bare, browser, Register(bare.site)

    def tap(self, action, **form):
        """Tap, and look: whatever happens there is a page."""
        self.counter.act(self.browser, action, form)
        return self.page

    @property
    def page(self):
        return self.counter.page(self.browser)

    @property
    def view(self):
        return self.read(view_of)

    @property
    def said(self):
        return self.view.message and self.view.message["what"]

    def read(self, look):
        with self.bare.site.journal.read() as connection:
            return look(connection, "B01-1")

    def everything(self):
        """All rows of the journal but what the screen is in the middle of."""
        with self.bare.site.journal.read() as connection:
            return {
                table.name: connection.execute(select(table)).all()
                for table in metadata.sorted_tables
                if table.name not in {"draft", "pin_failure"}
            }

    def count(self, counts):
        for coin in DENOMINATIONS:
            self.tap("count", coin=str(coin), pieces=str(counts.get(str(coin), 0)))
        self.tap("confirm_count")


FORMS = (
    {},
    {"key": "no key", "attempt": "x", "id": "1", "line": "99", "number": "B01-1-999999",
     "product": "NOTHING", "to": "fr", "screen": "moon", "what": "x", "code": "NOTHING",
     "coin": "7", "pieces": "1", "digits": "1", "way": "gold", "basket": "x", "bag": "",
     "tendered_cents": "-5", "quantity": "-1", "lines": "a:b", "reason": "\x00", "pin": "1"},
    {"key": str(uuid4()), "attempt": str(uuid4()), "id": str(uuid4()), "line": "²",
     "number": "B09-1-1", "product": "POOL-COURSE", "quantity": "1000000", "coin": "²",
     "pieces": "99999", "way": "card", "basket": str(uuid4()), "lines": "0:99999999999",
     "tendered_cents": "1", "digits": "000000", "reason": "x" * 5000, "what": "paid"},
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=["nothing", "nonsense", "strangers"])
def test_whatever_is_posted_the_books_stay_and_there_is_a_page(till, form):
    before = {name: rows for name, rows in till.everything().items() if name in MONEY}
    for action in sorted({*actions.load(), *errands.ERRANDS} - ENTRANCE):
        assert till.tap(action, **form).stage.state, action
        if action in {"lock", "sign_out"}:
            till.tap("pin", digits="482916")
        till.tap("back")
    after = till.everything()
    assert {name: after[name] for name in before} == before


MONEY = {"sale", "attempt", "take_back", "cash_drop", "terminal_total", "shift"}
ENTRANCE = {"enrol", "confirm_till", "connect_another"}


def test_what_is_refused_changes_nothing_but_the_sentence(till):
    till.tap("add", product="POOL-AD")
    before = till.everything()
    refused = [
        ("add", {"product": "POOL-COURSE"}, "article_blocked"),
        ("add", {"product": "PA24"}, "article_unknown"),
        ("line", {"line": "4", "op": "more"}, "line_unknown"),
        ("line", {"line": "0", "op": "set", "quantity": "9999999"}, "quantity_too_large"),
        ("waive", {"line": "0", "reason": "need"}, "not_waivable"),
        ("pay", {"way": "card", "key": str(uuid4())}, "no_terminal"),
        ("pay", {"way": "free", "key": str(uuid4())}, "not_free"),
        ("cash", {"key": str(uuid4()), "tendered_cents": "100"}, "tendered_too_little"),
        ("resume", {"basket": str(uuid4())}, "basket_not_empty"),
        ("close_shift", {}, "nothing_counted"),
        ("hand_over_pin", {"digits": "735204"}, "not_yours"),
        ("leave_closed", {}, "shift_open"),
        ("receipt", {"number": "B01-1-000009"}, "receipt_unknown"),
        ("rule", {"code": "RPx2"}, "article_unknown"),
    ]
    for action, form, code in refused:
        till.tap(action, **form)
        assert (action, till.said) == (action, code)
    assert till.everything() == before


def test_nobody_taps_while_nobody_is_signed_in_or_the_register_is_locked(till):
    till.tap("add", product="POOL-AD")
    till.tap("lock")
    before = till.everything()
    for action in set(actions.load()) - {"pin", "language", "back"}:
        till.tap(action, product="POOL-AD", way="cash", key=str(uuid4()), tendered_cents="500")
    assert till.everything() == before
    assert till.page.stage.has_basket


def test_a_wrong_pin_is_counted_and_the_right_one_forgives(till):
    till.tap("lock")
    till.tap("pin", digits="000000")
    assert till.page.stage.tries_left == 4
    till.tap("pin", digits="482916")
    assert till.read(find_till).is_locked is False
    till.tap("lock")
    assert till.page.stage.tries_left is None


def test_five_wrong_pins_block_and_the_manager_unlocks(till):
    till.tap("lock")
    for _ in range(5):
        till.tap("pin", digits="000000")
    assert till.page.stage.blocked_until is not None
    till.tap("pin", digits="482916")
    assert till.read(find_till).is_locked
    till.tap("pin", digits="735204")
    assert (till.read(find_till).person, till.read(find_till).is_locked) == ("S-0003", False)
    till.tap("lock")
    assert till.page.stage.blocked_until is None


def test_the_same_tap_on_cash_sells_once(till):
    till.tap("add", product="POOL-AD")
    key = str(uuid4())
    for _ in range(2):
        till.tap("cash", key=key, tendered_cents="1000")
    assert len(till.read(last_sales)) == 1
    assert till.page.basket.change_cents == 500


def test_a_second_browser_that_pays_too_finds_an_empty_basket(till):
    till.tap("add", product="POOL-AD")
    for _ in range(2):
        till.tap("cash", key=str(uuid4()), tendered_cents="500")
    assert (till.said, len(till.read(last_sales))) == ("basket_empty", 1)


def test_a_rule_nobody_offers_does_not_break_the_page(till):
    till.tap("add", product="POOL-AD")
    till.tap("rule", code="NOTHING")
    assert till.said == "article_unknown"


def test_a_count_that_is_confirmed_twice_is_one_count(till):
    till.tap("begin", what="close")
    till.count(FLOAT)
    till.tap("confirm_count")
    assert len(till.read(count_of).done) == 1


def test_nobody_counts_three_times(till):
    till.tap("begin", what="close")
    till.count({"5000": 1})
    till.tap("count_again")
    till.count({"5000": 2})
    till.tap("begin", what="close")
    till.tap("count", coin="5000", pieces="3")
    till.tap("confirm_count")
    assert till.said == "counted_twice"
    assert len(till.read(count_of).done) == 2


def test_a_shift_is_closed_once(till):
    till.tap("begin", what="close")
    till.count(FLOAT)
    for _ in range(2):
        till.tap("close_shift")
    assert till.read(current_shift) is None
    assert till.read(last_shift).closing["z_number"] == 1


def test_a_hand_over_takes_the_basket_along(till):
    till.tap("add", product="POOL-AD")
    first = till.read(current_shift).code
    till.tap("begin", what="hand_over")
    till.count(FLOAT)
    till.tap("hand_over_pins")
    till.tap("hand_over_pin", digits="482916")
    till.tap("hand_over_pin", digits="482916")
    assert till.read(current_shift).code == first
    till.tap("hand_over_pin", digits="735204")
    assert till.read(find_till).person == "S-0003"
    till.tap("cash", key=str(uuid4()), tendered_cents="500")
    (sold,) = till.read(last_sales)
    assert (sold.person, sold.shift) == ("S-0003", till.read(current_shift).code)
    assert till.read(current_basket) is None


def test_a_void_tapped_twice_gives_the_cash_back_once(till):
    till.tap("add", product="POOL-AD")
    till.tap("cash", key=str(uuid4()), tendered_cents="500")
    (sold,) = till.read(last_sales)
    key = str(uuid4())
    for _ in range(2):
        till.tap("void", number=sold.receipt_number, reason="twice", key=key)
        assert till.said == "voided"
    assert till.read(last_sales)[0].state == "voided"


def test_a_browser_that_is_no_till_any_more_changes_nothing(till):
    with till.bare.site.journal.write() as connection:
        bind_browser(connection, "B01-1", datetime.now(UTC))
    before = till.everything()
    till.tap("add", product="POOL-AD")
    assert till.everything() == before
    assert (till.counter.version(till.browser), till.counter.wait(till.browser, 0, 0)) == (0, 0)

"""Prices that are over or new: what the register says, and that nobody is charged unseen ones."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete

from ledger.calendar import business_day
from terminals.till.counter import Counter as Register
from terminals.till.counter.view import view_of
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.journal.tables import document
from terminals.till.pull import keep_document
from terminals.till.sales import last_sales

TODAY = business_day(datetime.now(UTC))
DAY = timedelta(days=1)


@pytest.fixture
def till(bare, catalogues):
    """A register where S-0002 is signed in; `knows` says which prices of which day it has."""
    with bare.site.journal.write() as connection:
        browser = bind_browser(connection, "B01-1", datetime.now(UTC))
        change_till(connection, "B01-1", person="S-0002")
    bare.site.start()
    yield Till(bare, browser, catalogues["B01"])
    bare.site.stop()


class Till:
    def __init__(self, bare, browser, catalogue):
        self.bare, self.browser, self.catalogue = bare, browser, catalogue
        self.register = Register(bare.site)
        with bare.site.journal.write() as connection:
            connection.execute(delete(document).where(document.c.name.like("catalogue/%")))

    def knows(self, day, cents, since=TODAY - 400 * DAY):
        """Hear the catalogue of a day: an adult costs so much, since then."""
        body = deepcopy(self.catalogue) | {"day": day.isoformat()}
        (adult,) = (one for one in body["products"] if one["code"] == "POOL-AD")
        adult["price"] |= {"amount_cents": cents, "valid_from": since.isoformat()}
        with self.bare.site.journal.write() as connection:
            keep_document(connection, "B01-1", f"catalogue/{day}", body, etag=None)

    def tap(self, action, **form):
        self.register.act(self.browser, action, form)
        return self.page

    @property
    def page(self):
        return self.register.page(self.browser)

    def read(self, look):
        with self.bare.site.journal.read() as connection:
            return look(connection, "B01-1")


def test_a_till_that_sells_at_old_prices_says_of_which_day_they_are(till):
    till.knows(TODAY - 3 * DAY, 500)
    page = till.tap("add", product="POOL-AD")
    assert ("prices_old", TODAY - 3 * DAY) in [(one.kind, one.day) for one in page.frame.chips]
    assert page.basket.lines[0].price_of == TODAY - 3 * DAY
    till.knows(TODAY, 500)
    page = till.page
    assert "prices_old" not in [one.kind for one in page.frame.chips]
    assert page.basket.lines[0].price_of is None


def test_around_a_change_both_prices_are_named_and_tomorrows_are_announced(till):
    till.knows(TODAY - DAY, 450)
    till.knows(TODAY, 500, since=TODAY)
    till.knows(TODAY + DAY, 550, since=TODAY + DAY)
    assert (till.page.stage.banner.kind, till.page.stage.banner.on) == ("prices", TODAY + DAY)
    (line,) = till.tap("add", product="POOL-AD").basket.lines
    assert (line.price_since, line.price_before) == (TODAY, (TODAY - DAY, 450))


@pytest.mark.parametrize("how", ["pay", "cash", "retry", "notice"])
def test_a_basket_from_before_a_change_is_charged_only_after_the_new_sum_was_shown(till, how):
    till.knows(TODAY, 450)
    till.tap("add", product="POOL-AD")
    till.knows(TODAY, 500, since=TODAY)
    key = str(uuid4())
    page = till.tap(how, key=key, way="cash", tendered_cents="1000")
    assert till.read(view_of).message["what"] == "prices_changed"
    assert (page.basket.total_cents, till.read(last_sales)) == (500, [])
    till.tap("cash", key=key, tendered_cents="1000")
    assert [sold.total_cents for sold in till.read(last_sales)] == [500]

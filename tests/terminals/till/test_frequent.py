"""The first tab of many articles: what the site sold most in the week before the shift."""

from dataclasses import replace
from datetime import UTC, datetime

from terminals.till import baskets
from terminals.till.baskets import current_basket
from terminals.till.counter import Counter as Register
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.shifts import close_shift, current_shift, open_shift
from tests.terminals.till.conftest import FLOAT

CASE, CODE = "5301004277183", "A01-1"


def test_what_sold_most_stands_first_from_the_next_shift_on(bare_till):
    office = bare_till("A01", "citizens_office")
    with office.site.journal.write() as connection:
        browser = bind_browser(connection, CODE, datetime.now(UTC))
        change_till(connection, CODE, person="S-0002")
    office.site.start()
    register = Register(office.site)
    assert "frequent" not in [tab.code for tab in register.page(browser).stage.tabs]
    for product in ("RP24", "PA24", "PA24", "FOTO"):
        sell(office, product)
    assert "frequent" not in [tab.code for tab in register.page(browser).stage.tabs]
    next_shift(office)
    shown = register.page(browser).stage
    assert (shown.tabs[0].code, shown.tabs[0].is_open) == ("frequent", True)
    often = [tile.product for tile in shown.groups[0].tiles]
    assert often == ["PA24", "FOTO", "RP24"]
    sell(office, "RP24")
    sell(office, "RP24")
    again = register.page(browser).stage
    assert [tile.product for tile in again.groups[0].tiles] == often
    register.act(browser, "group", {"code": shown.tabs[1].code})
    assert register.page(browser).stage.tabs[1].is_open
    office.site.stop()


def sell(office, product):
    office.fill(product)
    with office.site.journal.write() as connection:
        on = current_basket(connection, CODE)
        baskets.keep(connection, replace(on, case_reference=CASE), datetime.now(UTC))
    office.pay_in_cash(50_000)


def next_shift(office):
    with office.site.journal.write() as connection:
        now = datetime.now(UTC)
        close_shift(
            connection, current_shift(connection, CODE), counts=[FLOAT], reason="unknown",
            person="S-0002", next_person=None, now=now,
        )  # fmt: skip
        open_shift(connection, CODE, person="S-0002", counts=FLOAT, now=datetime.now(UTC))

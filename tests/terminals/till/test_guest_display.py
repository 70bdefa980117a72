"""The guest's display: the basket, what to do, the receipt; nothing of the cashier."""

# ruff: noqa: F401, F811 - the fixture comes in by import

from uuid import uuid4

from config.site import create_site_app
from tests.terminals.till.test_counter import till


def guest(till, language="de"):
    return till.counter.guest(till.browser, language)


def test_the_guest_sees_the_basket_the_sum_and_the_change(till):
    assert guest(till).step == "ready"
    till.tap("add", product="POOL-AD")
    till.tap("add", product="POOL-RED")
    shown = guest(till, "en")
    assert (shown.step, shown.amount_cents) == ("basket", 800)
    assert shown.lines[0].name != guest(till).lines[0].name
    till.tap("pay", way="cash", key=str(uuid4()))
    assert guest(till).step == "cash"
    till.tap("cash", key=str(uuid4()), tendered_cents="1000")
    shown = guest(till)
    assert (shown.step, shown.way, shown.change_cents, shown.lines) == ("paid", "cash", 200, ())
    assert till.counter.picture(till.browser, shown.qr.rpartition("/")[2].removesuffix(".svg"))
    till.tap("add", product="POOL-AD")
    assert guest(till).step == "basket"


def test_a_locked_or_strange_browser_shows_no_basket_to_wait_for(till):
    till.tap("lock")
    assert guest(till).step == "closed"
    till.tap("pin", digits="482916")
    till.tap("add", product="POOL-AD")
    till.tap("lock")
    assert guest(till).step == "wait"
    assert till.counter.guest("no till", "de").step == "closed"


def test_the_display_has_nothing_to_press_but_the_language(till):
    client = create_site_app(till.counter).test_client()
    client.set_cookie("stadtkasse_till", till.browser, path="/kasse")
    till.tap("add", product="POOL-AD")
    german, english = (client.get(f"/kasse/gast?sprache={code}").text for code in ("de", "en"))
    assert ("Zu zahlen" in german, "To pay" in english) == (True, True)
    assert "<form" not in german + english
    assert "<button" not in german + english
    assert 'lang="en"' in english

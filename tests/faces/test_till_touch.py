"""What fingers, the numeric pad and the scanner do at the register, with and without scripts."""

# ruff: noqa: F401, F811 - fixtures come in by import

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from tests.faces.sample_counter import SampleCounter
from tests.faces.till_stand import (
    Till,
    counter,
    register,
    till,
)


@pytest.fixture(autouse=True)
def _forget(counter: SampleCounter) -> None:
    counter.taps.clear()


def test_a_tile_goes_into_the_basket_and_the_page_stays(
    till: Till,
    counter: SampleCounter,
) -> None:
    page = till.open("idle")
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Erwachsene").first.click()
    page.wait_for_selector("body[data-state=cart]")
    assert counter.taps == [("add", {"product": "POOL-AD"})]
    assert page.evaluate("window.stays")


def test_two_quick_taps_on_a_paying_key_are_one(
    till: Till,
    counter: SampleCounter,
) -> None:
    page = till.open("cart")
    page.locator(".key--big").dblclick()
    page.wait_for_selector("body[data-state=card]")
    with page.expect_response("**/do/language"):  # answered after every tap before it
        page.get_by_role("button", name="DE, Deutsch").click()
    assert [action for action, _ in counter.taps] == ["pay", "language"]
    assert counter.taps[0][1]["way"] == "card"
    assert counter.taps[0][1]["key"]


def test_three_quick_taps_on_a_tile_are_three(
    till: Till,
    counter: SampleCounter,
) -> None:
    page = till.open("cart")
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('.tile').click()")
    page.wait_for_function(
        "() => performance.getEntriesByName(location.href + 'do/add').length === 3"
    )
    assert len(counter.taps) == 3


def test_a_dashed_key_does_nothing(till: Till, counter: SampleCounter) -> None:
    page = till.open("idle")
    page.locator(".key--big").click(force=True)
    page.keyboard.press("Enter")
    assert counter.taps == []


@pytest.mark.parametrize(
    ("state", "keys", "tap"),
    [
        ("idle", ["1"], ("add", "product", "POOL-AD")),
        ("idle", ["0"], ("add", "product", "POOL-HOL-L")),
        ("cart", ["Enter"], ("pay", "way", "card")),
        ("cart", ["/"], ("pay", "way", "cash")),
        ("cart", ["+"], ("line", "op", "more")),
        ("cart", ["-"], ("line", "op", "less")),
        ("cart", [","], ("line", "op", "remove")),
        ("cart", ["*", "1", "2", "Enter"], ("line", "quantity", "12")),
        ("card", ["Escape"], ("cancel", "attempt", "a1")),
        ("unknown", ["Enter"], ("check", "attempt", "a1")),
        ("cart", ["F3"], ("go", "screen", "receipts")),
        ("cart", ["F9"], ("print", "number", "B02-2-004711")),
    ],
)
def test_the_numeric_pad_has_the_keys_of_the_register(
    till: Till,
    counter: SampleCounter,
    state: str,
    keys: list[str],
    tap: tuple[str, str, str],
) -> None:
    page = till.open(state)
    with page.expect_response("**/do/**"):
        for key in keys:
            page.keyboard.press(key, delay=40)
    action, fields = counter.taps[0]
    assert (action, fields[tap[1]]) == (tap[0], tap[2])


def test_digits_in_a_field_are_no_articles(till: Till, counter: SampleCounter) -> None:
    page = till.open("case_missing")
    page.locator("#case").press_sequentially("5301004277183", delay=40)
    assert page.locator("#case").input_value() == "5301 0042 7718 3"
    assert counter.taps == []


@pytest.mark.parametrize("prefix", ["\u0002", ""])
def test_a_scan_is_one_code_and_presses_no_article_keys(
    till: Till,
    counter: SampleCounter,
    prefix: str,
) -> None:
    till.page.clock.install()
    page = till.open("idle")
    page.clock.pause_at(datetime.now(UTC) + timedelta(days=1))
    session = till.context.new_cdp_session(page)
    with page.expect_response("**/do/scan"):
        for place, letter in enumerate(f"{prefix}W17-123456\r"):
            key = {"\u0002": "F24", "\r": "Enter"}.get(letter, letter)
            press = {"type": "keyDown", "key": key, "timestamp": 1_800_000_000 + place * 0.005}
            text = {} if len(key) > 1 and letter != "\r" else {"text": letter}
            session.send("Input.dispatchKeyEvent", press | text)
    assert counter.taps == [("scan", {"text": "W17-123456"})]


def test_the_sixth_digit_sends_the_pin(till: Till, counter: SampleCounter) -> None:
    page = till.open("pin")
    with page.expect_response("**/do/pin"):
        for digit in "123":
            page.locator(f".pad__key[data-pad='{digit}']").click()
        page.keyboard.type("456", delay=40)
    assert counter.taps == [("pin", {"digits": "123456"})]


def test_change_is_reckoned_while_typing_and_too_little_is_said(
    till: Till,
    counter: SampleCounter,
) -> None:
    page = till.open("cash")
    page.locator("#tendered").fill("20,5")
    assert page.locator("[data-change]").inner_text() == "1,50\u00a0€"
    page.locator("#tendered").fill("15")
    assert page.locator("[data-change]").inner_text() == "Es fehlen 4,00\u00a0€."
    page.get_by_role("button", name="Bar kassieren").click()
    assert counter.taps == []
    page.locator("#tendered").fill("20")
    with page.expect_response("**/do/cash"):
        page.get_by_role("button", name="Bar kassieren").click()
    assert counter.taps[0][1]["tendered_cents"] == "2000"


def test_the_language_changes_at_once(till: Till) -> None:
    page = till.open("cart")
    page.get_by_role("button", name="EN, Englisch").click()
    page.wait_for_selector("html[lang=en]")
    assert page.get_by_text("To pay", exact=True).is_visible()


def test_the_display_is_kept_on_this_device(till: Till) -> None:
    page = till.open("cart")
    page.get_by_role("button", name="Anzeige").click()
    page.get_by_role("button", name="Sonne").click()
    page.reload()
    page.wait_for_selector("html[data-sun]")


def test_it_sells_without_scripts(
    chromium: Browser,
    register: str,
    counter: SampleCounter,
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(register)
    page.get_by_role("button", name="Familie").click()
    assert page.get_by_text("Zu zahlen", exact=True).is_visible()
    assert counter.taps == [("add", {"product": "POOL-FAM"})]
    context.close()


def test_it_locks_itself_when_nobody_touches_it(
    till: Till,
    counter: SampleCounter,
) -> None:
    till.page.clock.install()
    page = till.open("left_alone")
    with page.expect_response("**/do/lock"):
        page.clock.run_for(181_000)
    assert counter.taps == [("lock", {})]

"""The control page of the simulated Stripe: a person plays the guest."""

import pytest
import requests

from terminals.simulators.stripe import READER, Simulator

KEY = {"Authorization": "Bearer sk_test_1"}
FORM = {"amount": "1250", "currency": "eur", "allowed_payment_method_types[]": "card_present"}


@pytest.fixture
def intent(stripe: Simulator) -> str:
    """A sale that waits at the reader."""
    made = requests.post(f"{stripe.address}/v1/payment_intents", FORM, headers=KEY, timeout=5)
    path = f"/v1/terminal/readers/{READER}/process_payment_intent"
    wish = {"payment_intent": made.json()["id"]}
    requests.post(stripe.address + path, wish, headers=KEY, timeout=5)
    return str(made.json()["id"])


def page(stripe: Simulator) -> str:
    answer = requests.get(f"{stripe.address}/", timeout=5)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def press(stripe: Simulator, action: str, **values: str) -> requests.Response:
    form = {"reader": READER} | values
    path = f"{stripe.address}/_sim/{action}"
    return requests.post(path, form, timeout=5, allow_redirects=False)


def state(stripe: Simulator, intent: str) -> str:
    path = f"{stripe.address}/v1/payment_intents/{intent}"
    return str(requests.get(path, headers=KEY, timeout=5).json()["status"])


def test_the_page_says_what_the_reader_shows(stripe: Simulator) -> None:
    shown = page(stripe)
    assert "Kasse 1" in shown
    assert "Bereit" in shown
    assert "Karte vorhalten" not in shown


def test_a_card_is_presented(stripe: Simulator, intent: str) -> None:
    assert "12,50 € – Karte vorhalten" in page(stripe)
    assert press(stripe, "present", card="girocard").status_code == 303
    assert state(stripe, intent) == "succeeded"
    assert "Zahlung erfolgt" in page(stripe)
    ledger = requests.get(f"{stripe.address}/_sim/ledger", timeout=5).json()
    assert [(each["kind"], each["amount_cents"]) for each in ledger] == [("charge", 1250)]


@pytest.mark.parametrize(
    ("is_right", "status"), [("yes", "succeeded"), ("no", "requires_payment_method")]
)
def test_a_pin_is_typed(stripe: Simulator, intent: str, is_right: str, status: str) -> None:
    assert press(stripe, "pin").status_code == 400
    press(stripe, "present", card="girocard_pin")
    assert "PIN eingeben" in page(stripe)
    assert state(stripe, intent) == "requires_payment_method"
    assert press(stripe, "pin", is_right=is_right).status_code == 303
    assert state(stripe, intent) == status


def test_a_guest_walks_away(stripe: Simulator, intent: str) -> None:
    press(stripe, "cancel")
    assert "Nicht bezahlt (customer_canceled)" in page(stripe)
    assert press(stripe, "cancel").status_code == 400
    assert stripe.ledger == ()


def test_a_reader_is_taken_off_the_line(stripe: Simulator) -> None:
    press(stripe, "reader", status="offline")
    assert "Keine Verbindung" in page(stripe)
    press(stripe, "reader", status="online")
    assert "Bereit" in page(stripe)


def test_a_fault_waits_for_the_next_call(stripe: Simulator) -> None:
    assert press(stripe, "fault", name="rate_limit").status_code == 303
    assert "Vorgemerkt: 1" in page(stripe)
    answer = requests.get(f"{stripe.address}/v1/charges", headers=KEY, timeout=5)
    assert answer.status_code == 429


def test_a_guest_may_be_sent_beforehand(stripe: Simulator) -> None:
    assert press(stripe, "guest", card="visa", looks="2").status_code == 303
    assert len(stripe.world.guests) == 1
    shown = requests.get(f"{stripe.address}/_sim/state", timeout=5).json()
    assert {each["object"] for each in shown["objects"]} == {"terminal.location", "terminal.reader"}


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("present", {"card": "library"}),
        ("present", {"reader": "tmr_none"}),
        ("reader", {"status": "asleep"}),
        ("fault", {"name": "earthquake"}),
        ("guest", {"does": "sings"}),
        ("guest", {"looks": "-1"}),
        ("nothing", {}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    stripe: Simulator, action: str, values: dict[str, str]
) -> None:
    assert press(stripe, action, **values).status_code in (400, 404)

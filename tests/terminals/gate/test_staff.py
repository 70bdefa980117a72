"""The list behind a gate's screen: opened by the PIN, for a while, in one browser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask.testing import FlaskClient

from config.database import Database
from config.gate import create_gate_app
from terminals.gate.site.gate import Gate
from terminals.gate.site.memory import find_scan
from terminals.gate.site.staff import MOST_TRIES, OPEN_FOR, PAUSE, StaffDoor
from terminals.gate.site.sync import Sync
from tests.terminals.gate.house import a_ticket, text_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATH, PIN = "/tor/personal", "2468"
AtGate = Callable[[str], tuple[Gate, Sync]]


def a_browser(gate: Gate, pin: str | None = PIN) -> FlaskClient:
    return create_gate_app(gate, pin=pin).test_client()


def state_of(gate: Gate, key: UUID) -> str:
    with gate.journal.read() as connection:
        found = find_scan(connection, key)
    assert found is not None
    return found.state


def test_the_list_opens_by_the_pin_and_shuts_again(city: Database, at_gate: AtGate) -> None:
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    one = gate.enter(text_of(a_ticket(city, at=datetime.now(UTC))), datetime.now(UTC))
    assert one is not None
    browser = a_browser(gate)
    back = f"{PATH}/zuruecknehmen/{one.key}"
    assert one.code not in browser.get(PATH).text
    assert browser.post(back).status_code == 303
    assert state_of(gate, one.key) == "opened"
    wrong = browser.post(PATH, data={"pin": "1357"})
    assert (wrong.status_code, "nicht" in wrong.text) == (422, True)
    entered = browser.post(PATH, data={"pin": PIN})
    assert entered.status_code == 303
    assert "HttpOnly" in entered.headers["Set-Cookie"]
    assert "SameSite=Strict" in entered.headers["Set-Cookie"]
    assert one.code in browser.get(PATH).text
    assert one.code not in a_browser(gate).get(PATH).text
    assert browser.post(back).status_code == 303
    assert state_of(gate, one.key) == "withdrawn"
    assert browser.post(f"{PATH}/ende").status_code == 303
    assert one.code not in browser.get(PATH).text


def test_a_gate_without_a_pin_shows_nobody_its_list(city: Database, at_gate: AtGate) -> None:
    browser = a_browser(at_gate("B01 Tor 1")[0], None)
    assert "keine PIN" in browser.get(PATH).text
    assert browser.post(PATH, data={"pin": ""}).status_code == 422


def test_another_site_cannot_make_a_browser_type_the_pin(city: Database, at_gate: AtGate) -> None:
    browser = a_browser(at_gate("B01 Tor 1")[0])
    strange = {"Origin": "https://elsewhere.example"}
    assert browser.post(PATH, data={"pin": PIN}, headers=strange).status_code == 403


def test_who_guesses_has_to_wait_and_the_list_shuts_by_itself() -> None:
    door = StaffDoor(PIN)
    for _ in range(MOST_TRIES):
        assert door.enter("0000", NOW) is None
    assert door.must_wait(NOW)
    assert door.enter(PIN, NOW) is None
    later = NOW + PAUSE
    token = door.enter(PIN, later)
    assert token is not None
    assert door.is_open(token, later + OPEN_FOR - timedelta(seconds=1))
    assert door.is_open(token, later + OPEN_FOR)  # looking kept it open
    assert not door.is_open(token, later + 3 * OPEN_FOR)
    assert not door.is_open("", later)

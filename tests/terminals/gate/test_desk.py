"""The gates at the desk: what two gates contradict, with both names and times."""

from datetime import UTC, datetime, timedelta

from config.app import create_app
from config.database import Database
from tests.staff_client import a_browser, signed_in
from tests.terminals.gate.house import GATE_1, GATE_2, MUSEUM, a_ticket, ask, gates, text_of


def test_finance_and_the_site_see_what_two_gates_contradict(city: Database) -> None:
    gates(city)
    at = datetime.now(UTC)
    text = text_of(a_ticket(city, at=at))
    ask(city, text, GATE_2, at=at, was_open=True)
    ask(city, text, GATE_1, at=at + timedelta(minutes=1), was_open=True)
    app = create_app(database=city)
    seen = signed_in(app, city, "finance").get("/desk/gates").text
    for words in ("Einlass passt", "Tor 1", "zuvor: Tor 2", "Elisabethhalle"):
        assert words in seen
    manager = signed_in(app, city, "site_manager").get("/desk/gates").text
    assert "zuvor: Tor 2" in manager
    assert MUSEUM.device not in manager
    other = signed_in(app, city, "site_manager", facility="M01").get("/desk/gates").text
    assert "jeder Einlass stimmt" in other
    assert signed_in(app, city, "cashier").get("/desk/gates").status_code == 403
    assert a_browser(app).get("/desk/gates").status_code == 303

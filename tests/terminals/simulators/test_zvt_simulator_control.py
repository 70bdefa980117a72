"""The second port of the simulated ZVT terminal: JSON for programs, a page for people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from lxml import html

from config.cli.zvt_simulate import simulate
from terminals.simulators.zvt import SCENARIOS, Simulator
from tests.terminals.simulators.raw_register import END_OF_DAY, PAY_1050, registered

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator() as terminal:
        yield terminal


def ask(terminal: Simulator, method: str, path: str, body: str = "", **headers: str) -> Answered:
    connection = HTTPConnection("127.0.0.1", terminal.control_port, timeout=5)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answered(answer.status, dict(answer.getheaders()), answer.read().decode())
    finally:
        connection.close()


def post(terminal: Simulator, path: str, **wanted: Any) -> Answered:
    return ask(terminal, "POST", path, json.dumps(wanted))


def press(terminal: Simulator, path: str, **form: str) -> Answered:
    return ask(terminal, "POST", path, urlencode(form), **{"Content-Type": FORM})


def test_the_state_says_everything(terminal: Simulator) -> None:
    terminal.next("approve_visa")
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        register.run(END_OF_DAY)
        register.run(PAY_1050)
        assert terminal.settled()
        terminal.next("decline")
        state = ask(terminal, "GET", "/state").json
        assert state["connection_count"] == 1
    assert state["display"] == "Bereit"
    assert state["counters"] == {"trace": 2, "receipt": 2, "turnover": 2}
    assert [(each["card"], each["state"], each["amount_cents"]) for each in state["ledger"]] == [
        ("visa", "approved", 1050), ("girocard", "approved", 1050),
    ]  # fmt: skip
    assert (state["batch"]["count"], state["batch"]["amount_cents"]) == (1, 1050)
    assert [each["amount_cents"] for each in state["settlements"]] == [1050]
    assert state["queue"] == ["decline"]
    assert state["registration"]["config"] == 0x3E
    assert {"direction": "received", "hex": PAY_1050} in state["frames"]


def test_a_program_chooses_the_next_outcome_and_its_options(terminal: Simulator) -> None:
    assert post(terminal, "/next", scenario="decline", result=0x50, text="Nein").status == 200
    with registered(terminal.port) as register:
        assert register.run(PAY_1050)[-1] == "061E0150"


def test_a_program_changes_settings_and_presses_keys(terminal: Simulator) -> None:
    changed = post(terminal, "/settings", automatic_card=False, ack_seconds=1, trace=41)
    assert changed.json["settings"]["automatic_card"] is False
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        assert post(terminal, "/now", act="present_card").status == 200
        register.ack()
        register.until("040F")
        register.ack()
        register.until("060F")
        register.ack()
        assert post(terminal, "/now", act="second_register", amount_cents=700).status == 200
    assert [(each.number, each.amount_cents) for each in terminal.ledger] == [(42, 1050), (43, 700)]


def test_a_program_cuts_the_connection(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        wanted = post(terminal, "/cut", direction="sent", byte=2, command="0601")
        assert wanted.json["cut"]["byte"] == 2
        register.send(PAY_1050)
        assert register.socket.recv(1) == b"\x80"
        assert register.socket.recv(1) == b"\x00"
        assert register.is_ended()
    assert ask(terminal, "GET", "/state").json["cut_count"] == 1


def test_a_reset_forgets_all_but_the_settings(terminal: Simulator) -> None:
    terminal.set(ack_seconds=2)
    with registered(terminal.port) as register:
        register.run(PAY_1050)
    terminal.next("busy")
    state = post(terminal, "/reset").json
    assert (state["ledger"], state["queue"], state["counters"]["trace"]) == ([], [], 0)
    assert state["settings"]["ack_seconds"] == 2


def test_a_reset_ends_a_payment_that_runs(terminal: Simulator) -> None:
    terminal.set(automatic_card=False)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        terminal.reset()
        assert register.is_ended()
    assert terminal.settled()
    assert terminal.ledger == ()
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [("/next", '{"scenario": "nonsense"}', "nonsense"), ("/next", "{}", "no scenario"),
     ("/next", '{"scenario": "busy", "colour": 1}', "colour"),
     ("/next", '{"scenario": "approve", "card": "paper"}', "girocard"),
     ("/settings", '{"pace": "slow"}', "pace"), ("/settings", '{"automatic_card": 1}', "true"),
     ("/settings", '{"colour": 1}', "colour"), ("/settings", '{"framing": "odd"}', "chunks"),
     ("/settings", '{"trace": 1.5}', "number"), ("/now", '{"act": "dance"}', "present_card"),
     ("/now", '{"act": "present_card"}', "running"), ("/cut", '{"direction": "up"}', "received"),
     ("/now", '{"act": "second_register", "amount_cents": 0}', "between"),
     ("/settings", '{"receipt": -1}', "below zero"),
     ("/next", '{"scenario": "busy", "refusal": "8X"}', "hexadecimal"),
     ("/cut", '{"where": 1}', "where"), ("/next", "[]", "object"), ("/next", "{", "")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    terminal: Simulator, path: str, body: str, word: str
) -> None:
    answer = ask(terminal, "POST", path, body)
    assert answer.status == 422
    assert word in answer.json["error"]


def test_another_site_may_not_press_keys(terminal: Simulator) -> None:
    answer = ask(terminal, "POST", "/reset", "", Origin="http://elsewhere.example")
    assert answer.status == 403
    own = f"http://127.0.0.1:{terminal.control_port}"
    assert ask(terminal, "POST", "/reset", "", Origin=own).status == 200


def test_what_is_not_there_is_not_found(terminal: Simulator) -> None:
    assert ask(terminal, "GET", "/nothing").status == 404
    assert ask(terminal, "DELETE", "/state").status == 404


def test_the_page_offers_every_scenario_and_needs_no_script(terminal: Simulator) -> None:
    answer = ask(terminal, "GET", "/")
    page = html.fromstring(answer.body)
    assert page.get("lang") == "de"
    assert set(page.xpath("//select/option/@value")) == set(SCENARIOS)
    assert page.xpath("//script | //style | //@style | //@onclick") == []
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert page.xpath("//label/@for") == page.xpath("//select/@id")
    assert ask(terminal, "GET", "/style.css").headers["Content-Type"].startswith("text/css")


def test_every_key_of_the_page_does_something(terminal: Simulator) -> None:
    page = html.fromstring(ask(terminal, "GET", "/").body)
    pressed = set()
    for form in page.forms:
        (button,) = form.xpath(".//button")
        fields = {
            **dict(form.form_values()),
            **({button.get("name"): button.get("value")} if button.get("name") else {}),
        }
        answer = press(terminal, form.action, **fields)
        pressed.add((form.action, answer.status))
    assert {path for path, _ in pressed} == {"/now", "/settings", "/next", "/reset"}
    assert {status for _, status in pressed} == {303, 422}  # no card without a payment


def test_a_person_holds_a_card_and_sees_it_booked(terminal: Simulator) -> None:
    assert press(terminal, "/settings", automatic_card="false").headers["Location"] == "/"
    assert press(terminal, "/next", scenario="approve_visa").status == 303
    assert "Vorgemerkt" in ask(terminal, "GET", "/").body
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        register.ack()
        assert "10,50 EUR<br>Karte vorhalten" in ask(terminal, "GET", "/live").body
        assert press(terminal, "/now", act="present_card").status == 303
        register.until("040F")
        register.ack()
        register.until("060F")
        register.ack()
        assert terminal.settled()
    live = ask(terminal, "GET", "/live")
    assert live.headers["Refresh"] == "1"
    assert "1 genehmigt, zusammen 10,50\u00a0€" in live.body
    assert "genehmigt" in live.body


def test_a_key_without_effect_says_so_on_the_page(terminal: Simulator) -> None:
    answer = press(terminal, "/now", act="present_card")
    assert answer.status == 422
    said = html.fromstring(answer.body).xpath("//p[@role='alert']/text()")
    assert said == ["Gerade läuft keine Zahlung."]


def test_a_request_that_is_none_ends_quietly(terminal: Simulator) -> None:
    for words in (b"nonsense\r\n\r\n", b"POST /next HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET"):
        connection = HTTPConnection("127.0.0.1", terminal.control_port, timeout=5)
        connection.connect()
        connection.sock.sendall(words)
        connection.close()
    assert ask(terminal, "GET", "/state").status == 200


def test_a_port_that_is_taken_is_refused_with_a_sentence(terminal: Simulator) -> None:
    with pytest.raises(OSError, match="address already in use"), Simulator(terminal.port):
        """Never gets here."""
    taken = CliRunner().invoke(simulate, ["--port", str(terminal.port), "--control-port", "0"])
    assert taken.exit_code == 1
    assert "choose others with --port" in taken.output


def test_a_terminal_id_has_eight_digits() -> None:
    with pytest.raises(ValueError, match="eight digits"):
        Simulator(terminal_id="17")
    wrong = CliRunner().invoke(simulate, ["--terminal-id", "17"])
    assert wrong.exit_code == 2


def test_the_command_shows_an_example() -> None:
    said = CliRunner().invoke(simulate, ["--help"]).output
    assert "Example: stadtkasse zvt simulate" in said

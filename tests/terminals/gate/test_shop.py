"""Buying tickets without an account: chosen, paid, issued once, shown, sent and given back."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from ledger.charges import find_charge
from terminals.checkout.payments import payments_of
from terminals.gate.scanned import PassCode, scan
from terminals.gate.tables import ticket_order
from terminals.gate.tokens import Ticket
from terminals.mail.tables import letter
from terminals.qr.drawing import png
from tests.scanning import read_code, read_drawing
from tests.terminals.gate.house import RING, ask, gates
from tests.terminals.gate.shop import Shop, session_of


def test_closed_is_said_before_choosing_and_other_houses_are_not_found(shop: Shop) -> None:
    assert shop.browser.get("/tickets").status_code == 200
    assert shop.browser.get("/tickets/B01?POOL-AD=2").status_code == 200
    for stranger in ("K01", "A01", "X99", "..%2F"):
        assert shop.browser.get(f"/tickets/{stranger}").status_code == 404
    winter = datetime(2026, 12, 1, tzinfo=UTC)
    shop.app.extensions["clock"] = lambda: winter
    page = shop.browser.get("/tickets/B06").text
    assert "Heute geschlossen" in page
    assert "1. Mai 2027" in page
    assert "Ferienkarte" not in page
    assert "Geschlossen bis 1. Mai" in shop.browser.get("/tickets").text


def test_a_tap_adds_one_and_the_choice_stands_in_the_address(shop: Shop) -> None:
    tap = shop.browser.post("/tickets/B01/auswahl", data={"step": "POOL-AD+", "count-POOL-AD": "1"})
    assert (tap.status_code, tap.location) == (303, "/tickets/B01?POOL-AD=2")
    back = shop.browser.post(
        "/tickets/B01/auswahl", data={"step": "POOL-AD-", "count-POOL-AD": "1"}
    )
    assert back.location == "/tickets/B01"
    page = shop.browser.get("/tickets/B01?POOL-AD=2&POOL-RED=1").text
    assert "13,00\xa0€ bezahlen" in page
    assert "Nachweis am Einlass zeigen" in page


def test_a_typed_address_survives_a_tap_and_never_stands_in_an_address_line(shop: Shop) -> None:
    data = {"step": "POOL-AD+", "email": "gast@example.org"}
    answer = shop.browser.post("/tickets/B01/auswahl", data=data)
    assert answer.status_code == 200
    assert 'value="gast@example.org"' in answer.text


def test_paid_tickets_are_one_charge_and_their_codes_open_the_gate(shop: Shop) -> None:
    gates(shop.database)
    path = shop.buy("B01", POOL_AD=2)
    page = shop.browser.get(path).text
    assert "Ticket 1 von 2" in page
    assert "10,00\xa0€ für 2 Tickets" in page
    assert "0,65\xa0€" in page
    code = read_drawing(page).text
    held = scan(code, RING.public, datetime.now(UTC))
    assert isinstance(held, Ticket)
    assert re.search(rf"{held.code[:4]} {held.code[4:]}", page)
    assert ask(shop.database, code, at=datetime.now(UTC)).kind == "ticket"
    used = shop.browser.get(path).text
    assert "Benutzt am" in used
    assert "Tor 1" in used
    order = shop.order(path)
    with shop.database.read_only() as session:
        sold = find_charge(session, order.id)
        assert sold is not None
        assert (sold.way, sold.total_cents, sold.facility) == ("online", 1000, "B01")


def test_however_often_the_page_looks_the_tickets_are_issued_once(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=3)
    for _ in range(3):
        shop.browser.get(path)
    assert len(shop.tickets(path)) == 3
    with shop.database.read_only() as session:
        assert len(payments_of(session, "tickets", str(shop.order(path).id))) == 1


def test_a_pass_bought_online_opens_tills_and_gates(shop: Shop) -> None:
    gates(shop.database)
    path = shop.buy("B01", POOL_10A=1)
    page = shop.browser.get(path).text
    assert "noch 10 von 10" in page
    code = read_drawing(page).text
    assert isinstance(scan(code, RING.public, datetime.now(UTC)), PassCode)
    assert ask(shop.database, code, at=datetime.now(UTC)).visits_left == 9
    assert "noch 9 von 10" in shop.browser.get(path).text
    assert "Teilweise benutzt" in shop.browser.get(path).text


def test_free_tickets_need_no_provider(shop: Shop) -> None:
    del shop.app.extensions["provider"]
    path = shop.buy("M01", MUS_U21=2)
    assert "0,00\xa0€ für 2 Tickets" in shop.browser.get(path).text
    refused = shop.choose("M01", MUS_AD=1)
    assert refused.status_code == 422
    assert "Online-Zahlung geht gerade nicht" in refused.text


def test_a_double_click_is_one_order(shop: Shop) -> None:
    page = shop.browser.get("/tickets/B01?POOL-AD=1").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    data = {"key": key[1], "count-POOL-AD": "1"}
    first, again = (shop.browser.post("/tickets/B01/kaufen", data=data) for _ in range(2))
    assert first.location == again.location
    with shop.database.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM ticket_order")) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Bitte wählen Sie zuerst ein Ticket"),
        ({"count-POOL-AD": "10", "count-POOL-RED": "10", "count-POOL-FAM": "1"}, "Höchstens 20"),
        ({"count-MUS-AD": "1"}, "gibt es hier gerade nicht"),
        ({"count-POOL-AD": "1", "email": "kein Postfach"}, "E-Mail-Adresse wie"),
    ],
)
def test_what_cannot_be_bought_is_said(shop: Shop, data: dict[str, str], said: str) -> None:
    key = "6f1b6c1e-6d5e-4b0a-9d8c-2f0e5f0a1b2c"
    answer = shop.browser.post("/tickets/B01/kaufen", data=data | {"key": key})
    assert answer.status_code == 422
    assert said in answer.text


def test_who_turns_back_at_the_payment_page_finds_the_same_choice(shop: Shop) -> None:
    answer = shop.choose("B01", POOL_AD=2)
    assert answer.status_code == 303
    with shop.database.read_only() as session:
        (token,) = session.scalars(select(ticket_order.c.token)).all()
    waiting = shop.browser.get(f"/ticket/{token}").text
    assert "Wir prüfen Ihre Zahlung" in waiting
    back = shop.browser.get("/tickets/B01?POOL-AD=2&abgebrochen=1").text
    assert "Es wurde nichts abgebucht" in back
    assert "10,00\xa0€ bezahlen" in back


def test_whoever_paid_comes_back_to_the_public_address_and_not_to_the_one_behind_it(
    shop: Shop,
) -> None:
    page = shop.choose("B01", POOL_AD=1).location
    back = shop.stripe.online.pay(session_of(page), "visa")
    assert back.startswith(f"https://kasse.example/ticket/{shop.latest_order().token}")


def test_a_stranger_finds_nothing_behind_a_guessed_address(shop: Shop) -> None:
    for token in ("x", "A" * 22, "sw.js/x", "A" * 23):
        assert shop.browser.get(f"/ticket/{token}").status_code == 404


def test_the_letter_goes_to_the_first_address_alone(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=1)
    shop.browser.get(path)
    wrong = shop.browser.post(f"{path}/mail", data={"email": "a b@c"})
    assert wrong.status_code == 422
    for email in ("gast@example.org", "fremd@example.org", "gast@example.org"):
        answer = shop.browser.post(f"{path}/mail", data={"email": email})
        assert answer.status_code == 303
    assert "gast@example.org" in shop.browser.get(answer.location).text
    with shop.database.read_only() as session:
        rows = session.execute(select(letter.c.recipient, letter.c.button)).all()
    assert [row.recipient for row in rows] == ["gast@example.org"]
    assert rows[0].button[1] == f"https://kasse.example{path}"


def test_the_paper_has_every_ticket_that_still_lets_in(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=2)
    shop.browser.get(path)
    answer = shop.browser.get(f"{path}/pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.7")


def test_a_ticket_fits_the_small_letters_of_a_code(shop: Shop) -> None:
    path = shop.buy("B01", POOL_AD=1)
    code = read_drawing(shop.browser.get(path).text).text
    assert len(code) == 128
    assert read_code(png(code)).text == code

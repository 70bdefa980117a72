"""The public pages of a pay link, without a provider: every state, nothing to learn by trying."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from ledger.baskets import BasketLine
from ledger.pay_links import change_link, issue_notice, withdraw_link
from ledger.wallets import open_wallet
from tests.scanning import read_code
from tests.terminals.pay_links.links import CARD, CASE, LATER, NOW, a_link, do, paid, standing

NARROW = "\u00a0"


@pytest.fixture
def phone(city: Database) -> FlaskClient:
    """Somebody's browser at the city's pages, at nine o'clock."""
    app = create_app(database=city, city="Stadt Aachen", origin="https://kasse.example")
    app.extensions["clock"] = lambda: NOW + LATER
    browser = app.test_client()
    browser.environ_base["HTTP_ORIGIN"] = "http://localhost"
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return browser


def text_of(phone: FlaskClient, path: str, status: int = 200) -> str:
    answer = phone.get(path)
    assert answer.status_code == status, answer.text
    return answer.text.replace(NARROW, " ").replace("&nbsp;", " ")


def test_an_open_link_says_what_how_much_where_and_why(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    page = text_of(phone, f"/zahlen/{link.token}")
    for words in (
        "Personalausweis ab 24 Jahren",
        "46,00 €",
        "Bürgerservice Katschhof",
        CASE,
        "§ 1 (1) PAuswGebV",
        "Sie sind auf",
        "Überweisen",
        "Ich kenne diese Gebühr nicht",
    ):
        assert words in page
    assert "bezahlen</span>" not in page  # nobody takes money online here
    english = text_of(phone, f"/zahlen/{link.token}?sprache=en")
    assert "Identity card, from 24" in english


def test_an_unknown_and_a_withdrawn_link_are_one_page(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    do(city, lambda session: withdraw_link(
        session, link.id, reason="Irrtum", by="S-1", at=NOW))  # fmt: skip
    gone = text_of(phone, f"/zahlen/{link.token}", 404)
    never = text_of(phone, f"/zahlen/{'0' * 26}", 404)
    assert gone.replace(link.token, "0" * 26) == never
    assert "Diesen Link kennen wir nicht" in gone
    for path in ("ueberweisung", "schalter", "unbekannt", "bescheid", "girocode.png"):
        assert phone.get(f"/zahlen/{link.token}/{path}").status_code == 404
    for path in ("bezahlen", "stand", "neu"):
        assert phone.post(f"/zahlen/{link.token}/{path}").status_code == 404


def test_a_paid_link_has_no_button_to_pay(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    paid(city, link.id, 4600)
    page = text_of(phone, f"/zahlen/{link.token}")
    assert "Schon bezahlt" in page
    assert "24. November 2026 um 10:07 Uhr, online" in page
    assert "/bezahlen" not in page


def test_what_was_paid_too_much_is_said_to_go_back(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    paid(city, link.id, 4600)
    paid(city, link.id, 4600)
    assert "46,00 € gehen zurück" in text_of(phone, f"/zahlen/{link.token}")


def test_a_changed_amount_is_shown_with_its_reason(city: Database, phone: FlaskClient) -> None:
    link = a_link(city, lines=(BasketLine("PA24", 2),))
    do(city, lambda session: change_link(
        session, link.id, reason="Nur ein Ausweis", by="S-1", at=NOW, lines=(CARD,)))  # fmt: skip
    page = text_of(phone, f"/zahlen/{link.token}")
    assert "46,00 € statt 92,00 €" in page
    assert "Nur ein Ausweis" in page


def test_a_part_that_was_paid_leaves_the_rest(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    do(city, lambda session: change_link(
        session, link.id, reason="Zwei Ausweise", by="S-1", at=NOW,
        lines=(BasketLine("PA24", 2),)))  # fmt: skip
    paid(city, link.id, 4600)
    assert "46,00 € haben Sie schon bezahlt. Offen sind noch 46,00 €" in text_of(
        phone, f"/zahlen/{link.token}"
    )


def test_an_expired_link_takes_a_wish_and_a_transfer(city: Database, phone: FlaskClient) -> None:
    link = a_link(city, expires_at=NOW + timedelta(minutes=1))
    page = text_of(phone, f"/zahlen/{link.token}")
    assert "Dieser Link galt bis 24. November." in page
    for _ in range(2):
        assert phone.post(f"/zahlen/{link.token}/neu").status_code == 303
    assert standing(city, link.id).wished_at == NOW + LATER
    assert "Ihr Wunsch ist beim Amt" in text_of(phone, f"/zahlen/{link.token}")
    assert text_of(phone, f"/zahlen/{link.token}/ueberweisung")


def test_the_girocode_says_what_is_due(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    picture = phone.get(f"/zahlen/{link.token}/girocode.png")
    lines = read_code(picture.data).text.split("\n")
    reference = standing(city, link.id).reference
    assert (lines[5], lines[7], lines[9]) == ("Stadt Aachen", "EUR46", reference)
    page = text_of(phone, f"/zahlen/{link.token}/ueberweisung")
    assert "DE04 9990 0001 0000 1810 00" in page
    paid(city, link.id, 4600)
    assert phone.get(f"/zahlen/{link.token}/ueberweisung").status_code == 404


def test_a_link_of_a_till_is_not_paid_by_transfer(city: Database, phone: FlaskClient) -> None:
    link = a_link(city, takes_transfers=False, till="A01-1")
    assert "/ueberweisung" not in text_of(phone, f"/zahlen/{link.token}")
    assert phone.get(f"/zahlen/{link.token}/ueberweisung").status_code == 404


def test_a_notice_is_printed_with_both_codes(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    assert phone.get(f"/zahlen/{link.token}/bescheid").status_code == 404
    do(city, lambda session: issue_notice(session, link.id, at=NOW))
    page = text_of(phone, f"/zahlen/{link.token}/bescheid")
    assert "Gebührenbescheid" in page
    assert f"https://kasse.example/zahlen/{link.token}" in page
    assert "mit kasse.example beginnt" in page
    assert page.count("<svg xmlns") == 2


def test_the_provider_is_told_of_when_there_is_none(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    answer = phone.post(f"/zahlen/{link.token}/bezahlen", data={"key": str(UUID(int=1))})
    assert answer.status_code == 503
    assert "Es wurde nichts abgebucht" in answer.text
    assert "/ueberweisung" in answer.text


def test_other_payments_are_no_business_of_a_link(city: Database, phone: FlaskClient) -> None:
    link = a_link(city)
    assert phone.get(f"/zahlen/{link.token}/vorgang/{UUID(int=7)}").status_code == 404


def test_a_bill_of_a_wallet_names_nobody(city: Database, phone: FlaskClient) -> None:
    wallet = do(city, lambda session: open_wallet(session, kind="kita", key=uuid4()))
    link = a_link(city, facility=None, lines=(), case_reference=None, wallet=wallet.code,
                  amount_cents=850)  # fmt: skip
    page = text_of(phone, f"/zahlen/{link.token}")
    assert "Offene Essen" in page
    assert wallet.code not in page

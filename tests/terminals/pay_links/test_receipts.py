"""Receipts, checking them, and the seals: for everybody who holds the paper, and nobody else."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from ledger.baskets import BasketLine, ChargeRequest
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import charge, reverse_charge
from ledger.merkle import hash_leaf
from ledger.pay_links import issue_notice
from ledger.proofs import Proof, check_books
from ledger.seal import seal
from terminals.pay_links.addresses import receipt_path
from terminals.qr.keys import KeyRing, read_ring, with_new_key
from tests.terminals.pay_links.links import LATER, NOW, a_link, do, paid, standing

RING = read_ring(with_new_key())


@pytest.fixture
def phone(city: Database) -> FlaskClient:
    return a_phone(city, NOW + 2 * LATER)


def a_phone(city: Database, at: datetime) -> FlaskClient:
    app = create_app(database=city, city="Stadt Aachen", origin="https://kasse.example")
    app.extensions["clock"] = lambda: at

    def keys() -> KeyRing:
        return RING

    app.extensions["guest_keys"] = keys
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return browser


def a_sale(city: Database, number: str = "B01-1-000231") -> ChargeRequest:
    """Two adults at the pool, 10.00 euros in cash."""
    lines = (BasketLine("POOL-AD", 2),)
    sold = ChargeRequest(uuid4(), "B01", "cash", NOW, lines, till="B01-1", receipt_number=number)
    do(city, lambda session: charge(session, posted_catalogue(session), [sold]))
    return sold


def a_receipt(city: Database) -> str:
    """The path of the receipt of a paid link."""
    link = a_link(city)
    entry = paid(city, link.id, 4600).entry_id
    return str(do(city, lambda session: receipt_path(session, entry)))


def check(phone: FlaskClient, number: str, amount: str, day: str, status: int = 200) -> str:
    answer = phone.get(f"/pruefen?nummer={number}&betrag={amount}&datum={day}")
    assert answer.status_code == status, answer.text
    return answer.text.replace("\u00a0", " ")


def test_a_receipt_says_what_was_paid_where_and_how(city: Database, phone: FlaskClient) -> None:
    path = a_receipt(city)
    page = phone.get(path).text.replace("\u00a0", " ")
    for words in ("Personalausweis ab 24 Jahren", "46,00 €", "Bürgerservice Katschhof", "Online",
                  "steuerfrei oder nicht steuerbar", "24. November 2026", "ZL-000001"):  # fmt: skip
        assert words in page
    assert phone.get(path.lower()).status_code == 200
    paper = phone.get(f"{path}/bon").text
    assert "ZL-000001" in paper
    assert "Stadt Aachen" in paper


def test_a_receipt_nobody_got_is_not_found(phone: FlaskClient) -> None:
    for path in ("", "/bon", "/beweis.json"):
        assert phone.get(f"/beleg/{'0' * 26}{path}").status_code == 404


def test_an_entry_has_one_address(city: Database) -> None:
    link = a_link(city)
    entry = paid(city, link.id, 4600).entry_id
    first, again = (do(city, lambda session: receipt_path(session, entry)) for _ in range(2))
    assert first == again


def test_a_genuine_receipt_is_told_once_it_is_sealed(city: Database, phone: FlaskClient) -> None:
    a_sale(city)
    assert "noch nicht versiegelt" in check(phone, "B01-1-000231", "10", "2026-11-24")
    seal(city.engine)
    page = check(phone, "b01-1-000231", "10,00 €", "24.11.2026")
    assert "Dieser Beleg ist echt" in page
    assert "Siegel Nr. 1" in page


def test_all_three_have_to_be_right(city: Database, phone: FlaskClient) -> None:
    a_sale(city)
    seal(city.engine)
    assert "stimmen nicht mit unseren Büchern" in check(phone, "B01-1-000231", "9", "2026-11-24")
    assert "finden wir nicht" in check(phone, "B01-1-000231", "10", "2026-11-23")
    assert "finden wir nicht" in check(phone, "B01-1-000232", "10", "2026-11-24")


def test_what_cannot_be_read_is_said_at_its_field(phone: FlaskClient) -> None:
    page = check(phone, "", "viel", "gestern", 422)
    for field in ("nummer", "betrag", "datum"):
        assert f'href="#{field}"' in page
    assert 'href="#betrag"' not in phone.get("/pruefen").text
    assert phone.get("/pruefen?nummer=X-1").status_code == 200


def test_a_corrected_receipt_shows_both(city: Database, phone: FlaskClient) -> None:
    sold = a_sale(city)
    do(city, lambda session: reverse_charge(
        session, sold.key, key=uuid4(), booked_on=sold.booked_on, reason="vertippt"))  # fmt: skip
    seal(city.engine)
    page = check(phone, "B01-1-000231", "10", "2026-11-24")
    assert "später korrigiert am 24. November 2026: −10,00 €" in page


def test_who_guesses_has_to_wait_longer_each_time(city: Database, phone: FlaskClient) -> None:
    a_sale(city)
    for guess in range(5):
        check(phone, "B01-1-000231", str(20 + guess), "2026-11-24", 200 if guess < 4 else 429)
    assert "Zu viele Versuche" in check(phone, "B01-1-000231", "10", "2026-11-24", 429)
    answer = phone.get("/pruefen/beweis.json?nummer=B01-1-000231&betrag=10&datum=2026-11-24")
    assert answer.status_code == 429


def test_a_link_is_found_by_its_number_and_a_notice_too(city: Database, phone: FlaskClient) -> None:
    link, noticed = a_link(city), a_link(city)
    paid(city, link.id, 4600)
    do(city, lambda session: issue_notice(session, noticed.id, at=NOW))
    paid(city, noticed.id, 4600)
    seal(city.engine)
    for one in (link, noticed):
        number = standing(city, one.id).receipt_number
        assert "Dieser Beleg ist echt" in check(phone, number, "46", "2026-11-24")


def test_entries_without_a_receipt_cannot_be_asked_for(city: Database, phone: FlaskClient) -> None:
    a_sale(city)
    seal(city.engine)
    assert "finden wir nicht" in check(phone, "E-00000001", "10", "2026-11-24")


def test_the_proof_can_be_checked_without_us(city: Database, phone: FlaskClient) -> None:
    path = a_receipt(city)
    assert phone.get(f"{path}/beweis.json").status_code == 409
    seal(city.engine)
    found = json.loads(phone.get(f"{path}/beweis.json").text)
    proof = Proof(
        found["entry"], bytes.fromhex(found["canonical"]), found["index"], found["tree_size"],
        tuple(bytes.fromhex(each) for each in found["path"]), bytes.fromhex(found["root"]),
        found["block"], NOW,
    )  # fmt: skip
    assert proof.holds()
    assert hash_leaf(proof.canonical) != proof.root or proof.tree_size == 1


def test_the_books_say_how_many_entries_are_sealed(city: Database, phone: FlaskClient) -> None:
    assert "noch keines" in phone.get("/buecher").text
    assert phone.get("/buecher/pruefpunkt").status_code == 404
    a_sale(city)
    seal(city.engine)
    do(city, lambda session: check_books(session, at=NOW))
    page = phone.get("/buecher").text
    assert "Versiegelte Buchungen" in page
    assert "10:00 Uhr" in page  # when it was checked, in the city's time


def test_the_checkpoint_is_signed(city: Database, phone: FlaskClient) -> None:
    a_sale(city)
    sealed = seal(city.engine)
    assert sealed is not None
    note = phone.get("/buecher/pruefpunkt").text
    text, _, signature = note.partition("\n\n")
    name, size, root = text.split("\n")
    assert (name, size) == ("kasse.example/buecher", "1")
    assert base64.b64decode(root) == sealed.root
    signed = base64.b64decode(signature.split()[-1])[4:]
    RING.signing.private.public_key().verify(signed, f"{text}\n".encode())


def test_a_seal_that_is_late_is_said(city: Database) -> None:
    a_sale(city)
    seal(city.engine)
    a_sale(city, "B01-1-000232")
    later = a_phone(city, datetime.now(UTC) + timedelta(hours=2))
    assert "Siegel verspätet" in later.get("/buecher").text
    soon = a_phone(city, datetime.now(UTC))
    assert "Siegel verspätet" not in soon.get("/buecher").text

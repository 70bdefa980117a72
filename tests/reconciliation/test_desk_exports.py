"""The page Übergaben: made, downloaded the same again, receipted; files for the bank by two."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from ledger.permissions import Caller
from ledger.staff.people import Person, person
from reconciliation.desk.exports import words
from tests.ledger.families import a_wallet
from tests.reconciliation.export_books import all_batches, closed, rows
from tests.reconciliation.payment_stand import Stand, a_payout, a_stand, an_order, ask
from tests.staff_client import a_browser, a_session, signed_in

PATH = "/desk/uebergaben"


@pytest.fixture
def app(city: Database) -> Flask:
    return create_app(database=city)


@pytest.fixture
def finance(app: Flask, city: Database) -> FlaskClient:
    return signed_in(app, city, "finance")


@pytest.fixture
def approver(app: Flask, city: Database) -> FlaskClient:
    return signed_in(app, city, "finance_approver")


def some_entries(city: Database) -> Stand:
    """A payout that waits, booked on a day that is closed and sealed."""
    stand = a_stand(city)
    a_payout(stand, 4260)
    return stand


def close_all(city: Database) -> None:
    ((first, last),) = rows(city, "SELECT min(booked_on), max(booked_on) FROM entry")
    closed(city, first, last)  # type: ignore[arg-type]


def page(browser: FlaskClient, path: str = PATH, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_without_a_batch_the_page_says_what_is_handed_over(finance: FlaskClient) -> None:
    shown = page(finance)
    assert "Alle Übergaben sind quittiert." in shown
    assert "Noch kein Stapel." in shown


def test_the_preview_names_what_is_held_back_and_why(city: Database, finance: FlaskClient) -> None:
    some_entries(city)
    shown = page(finance, f"{PATH}/neu?format=datev")
    assert "Nichts zu übergeben." in shown
    assert "zurückgehalten: Tag noch nicht abgeschlossen" in shown
    close_all(city)
    shown = page(finance, f"{PATH}/neu?format=datev")
    assert "2 Buchungen" in shown
    assert "Je Monat eine Datei." in shown


@pytest.mark.parametrize("format", ["journal_csv", "beancount", "hledger"])
def test_a_batch_is_made_and_downloaded_the_same_again(
    city: Database, finance: FlaskClient, format: str
) -> None:
    some_entries(city)
    close_all(city)
    made = finance.post(f"{PATH}/neu", data={"format": format})
    assert (made.status_code, made.location) == (303, f"{PATH}/{format}/1?neu=1")
    (batch,) = all_batches(city)
    first = finance.get(f"{PATH}/{format}/1/datei")
    assert first.status_code == 200
    assert first.headers["Content-Disposition"] == f'attachment; filename="{batch.name}"'
    assert len(first.data) == batch.byte_count == int(first.headers["Content-Length"])
    assert finance.get(f"{PATH}/{format}/1/datei").data == first.data
    assert "Gleiche Datei, gleiche Prüfsumme. Nichts wird doppelt gebucht." in page(
        finance, made.location
    )
    again = finance.post(f"{PATH}/neu", data={"format": format})
    assert again.status_code == 422
    assert len(all_batches(city)) == 1


def test_a_receipt_is_noted_and_counted(city: Database, finance: FlaskClient) -> None:
    some_entries(city)
    close_all(city)
    finance.post(f"{PATH}/neu", data={"format": "journal_csv"})
    assert "Übergaben: 1 ohne Quittung." in page(finance)
    one = f"{PATH}/journal_csv/1"
    assert "noch nicht gesendet" in page(finance, one)
    finance.post(f"{one}/schritt", data={"kind": "sent"})
    assert "wartet auf Quittung" in page(finance, one)
    refused = finance.post(f"{one}/schritt", data={"kind": "rejected"})
    assert refused.status_code == 422
    assert "Bitte begründen" in refused.text
    finance.post(f"{one}/schritt", data={"kind": "rejected", "words": "Konto <b>441300</b> fehlt"})
    answer = finance.get(one).text
    assert "Konto &lt;b&gt;441300&lt;/b&gt; fehlt" in answer
    assert "Übergaben: 1 abgelehnt." in page(finance)
    finance.post(f"{one}/schritt", data={"kind": "accepted"})
    assert "Alle Übergaben sind quittiert." in page(finance)


def test_a_file_for_the_bank_needs_two_people(
    city: Database, app: Flask, finance: FlaskClient, approver: FlaskClient
) -> None:
    some_entries(city)
    assert "1 Zahlung, 42,60" in page(finance, f"{PATH}/neu?format=pain001")
    finance.post(f"{PATH}/neu", data={"format": "pain001"})
    one = f"{PATH}/pain001/1"
    assert "wartet auf Freigabe" in page(finance, one)
    assert words.NO_ROLE in page(finance, one)
    assert "DE89 •• 3000" in page(finance, one)
    assert "DE89370400440532013000" not in finance.get(one).text
    early = finance.get(f"{one}/datei")
    assert (early.status_code, "keine zweite Person" in early.text) == (409, True)
    assert finance.post(f"{one}/freigabe", data={"decision": "released"}).status_code == 403
    let_go = approver.post(f"{one}/freigabe", data={"decision": "released"})
    assert let_go.status_code == 303
    file = approver.get(f"{one}/datei")
    assert file.mimetype == "application/xml"
    assert b"DE89370400440532013000" in file.data
    assert rows(city, "SELECT state FROM payment_order") == [("submitted",)]


def test_who_made_a_file_sees_why_the_button_is_missing(
    city: Database, app: Flask, approver: FlaskClient
) -> None:
    some_entries(city)
    approver.post(f"{PATH}/neu", data={"format": "pain001"})
    one = f"{PATH}/pain001/1"
    assert words.OWN in page(approver, one)
    mine = approver.post(f"{one}/freigabe", data={"decision": "released"})
    assert (mine.status_code, words.OWN in mine.text) == (422, True)
    other = signed_in(app, city, "finance_approver")
    refused = other.post(f"{one}/freigabe", data={"decision": "refused", "words": ""})
    assert refused.status_code == 422
    other.post(f"{one}/freigabe", data={"decision": "refused", "words": "IBAN fraglich"})
    assert "nicht freigegeben" in page(other, one)
    again = approver.post(f"{PATH}/neu", data={"format": "pain001"})
    assert again.location == f"{PATH}/pain001/2?neu=1"


def test_orders_nobody_released_are_held_back(city: Database, finance: FlaskClient) -> None:
    stand = a_stand(city)
    ask(stand, an_order(stand))
    shown = page(finance, f"{PATH}/neu?format=pain001")
    assert "zurückgehalten: Noch nicht von einer zweiten Person freigegeben." in shown
    assert "Freigeben" not in shown
    assert "1 Zahlung" not in shown


def test_the_second_person_lets_an_order_into_the_next_file(
    city: Database, app: Flask, approver: FlaskClient
) -> None:
    stand = a_stand(city)
    mine, other = ask(stand, an_order(stand)), ask(stand, an_order(stand, 700))
    assert "Freigeben" in page(approver, f"{PATH}/neu?format=pain001")
    for order, decision in ((mine, "released"), (other, "stopped")):
        done = approver.post(f"{PATH}/auftraege/{order.id}/freigabe", data={"decision": decision})
        assert (done.status_code, done.location) == (303, f"{PATH}/neu?format=pain001")
    assert "1 Zahlung, 15,00" in page(approver, f"{PATH}/neu?format=pain001")
    again = approver.post(f"{PATH}/auftraege/{mine.id}/freigabe", data={"decision": "released"})
    assert again.status_code == 422
    manager = signed_in(app, city, "site_manager")
    assert manager.post(f"{PATH}/auftraege/{mine.id}/freigabe").status_code == 422


def test_who_asked_sees_why_the_button_is_missing(city: Database, app: Flask) -> None:
    stand = a_stand(city)
    approver = a_browser(app, a_session(city, _person(city, stand.checker)))
    order = ask(replace(stand, maker=stand.checker), an_order(stand))
    assert words.OWN_ORDER in page(approver, f"{PATH}/neu?format=pain001")
    own = approver.post(f"{PATH}/auftraege/{order.id}/freigabe", data={"decision": "released"})
    assert own.status_code == 422


def _person(city: Database, one: Caller) -> Person:
    with city.read_only() as session:
        return person(session, one.name)


def test_an_auditor_looks_and_has_no_buttons(city: Database, app: Flask) -> None:
    some_entries(city)
    close_all(city)
    finance = signed_in(app, city, "finance")
    finance.post(f"{PATH}/neu", data={"format": "journal_csv"})
    auditor = signed_in(app, city, "auditor")
    assert "Stapel erstellen" not in page(auditor)
    assert "Datei laden" not in page(auditor, f"{PATH}/journal_csv/1")
    assert auditor.get(f"{PATH}/journal_csv/1/datei").status_code == 403
    assert auditor.post(f"{PATH}/neu", data={"format": "datev"}).status_code == 403


@pytest.mark.parametrize(
    "path", [f"{PATH}/datev/99", f"{PATH}/nonsense/1", f"{PATH}/neu?format=nonsense"]
)
def test_what_is_not_there_is_not_found(finance: FlaskClient, path: str) -> None:
    assert finance.get(path).status_code == 404


def test_a_batch_over_two_months_is_two_files_for_datev(
    city: Database, finance: FlaskClient
) -> None:
    stand = some_entries(city)
    with city.transaction() as session:
        day = business_day(datetime.now(UTC)) - timedelta(days=400)
        a_wallet(session, 100, on=day)
    close_all(city)
    made = finance.post(f"{PATH}/neu", data={"format": "datev"})
    assert made.location.startswith(f"{PATH}?format=datev&neu=")
    assert "Stapel erstellt." in page(finance, made.location)
    assert stand.maker.role == "finance"

"""The page Stichproben: drawn by the auditor, read by finance, printed, and saved as files."""

import csv
import io
import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from tests.reconciliation.closing_stand import BEFORE, DAY, furnish, see
from tests.staff_client import signed_in

PATH = "/desk/stichproben"


@pytest.fixture
def app(city: Database) -> Flask:
    furnish(city)
    return create_app(database=city)


@pytest.fixture
def auditor(app: Flask, city: Database) -> FlaskClient:
    return signed_in(app, city, "auditor")


def form(**changes: str) -> dict[str, str]:
    usual = {"von": str(BEFORE), "bis": str(DAY), "anzahl": "7", "startwert": "seed.2026"}
    return {"key": str(uuid4()), **usual, **changes}


def drawn(browser: FlaskClient, **changes: str) -> str:
    """The address of a new sample."""
    answer = browser.post(PATH, data=form(**changes))
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_sample_is_drawn_and_shown(auditor: FlaskClient) -> None:
    assert "Noch keine Stichprobe gezogen." in see(auditor, PATH)
    page = see(auditor, drawn(auditor))
    assert "7 von 24 Buchungen, " in page
    assert "Grundgesamtheit 24 Buchungen, 541,90 €" in page
    assert "Startwert seed.2026 Siegelblock 1, versiegelt" in page
    assert "Nur lesen" in page
    listed = see(auditor, PATH)
    assert "1 Stichprobe gezogen" in listed
    assert "seed.2026 Mo 16.11.2026 – Di 17.11.2026 7 24 541,90 alle alle 1" in listed


def test_a_sample_can_be_drawn_again_from_its_page(auditor: FlaskClient) -> None:
    first = auditor.get(drawn(auditor)).text
    again = re.search(r'href="([^"]+startwert=[^"]+)"', first)
    assert again is not None
    filled = auditor.get(again[1].replace("&amp;", "&")).text
    names = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', filled))
    second = auditor.get(drawn(auditor, **{n: names[n] for n in ("startwert", "block", "anzahl")}))
    rows = [re.findall(r"/desk/journal/(\d+)", page) for page in (first, second.text)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 7


def test_the_system_chooses_a_seed_where_none_is_given(auditor: FlaskClient) -> None:
    pages = [see(auditor, drawn(auditor, startwert="")) for _ in range(2)]
    seeds = {re.findall(r"Startwert ([0-9a-f]{16}) ", page)[0] for page in pages}
    assert len(seeds) == 2


def test_a_sample_is_saved_in_every_form(auditor: FlaskClient) -> None:
    where = drawn(auditor)
    rows = list(csv.reader(io.StringIO(auditor.get(f"{where}.csv").data.decode("utf-8-sig")),
                           delimiter=";"))  # fmt: skip
    head = rows.index(["Buchungen"]) + 1
    assert rows[head][-2:] == ["geprüft", "Bemerkung"]
    assert rows[head + 8][0] == "Summe"
    assert ["Startwert", "seed.2026"] in rows
    numbers = {int(row[0]) for row in rows[head + 1 : head + 8]}
    shown = set(map(int, re.findall(r"/desk/journal/(\d+)", auditor.get(where).text)))
    assert numbers == shown
    book = load_workbook(io.BytesIO(auditor.get(f"{where}.xlsx").data))
    cells = list(book.worksheets[0].values)
    assert {row[0] for row in cells[1:8]} == shown
    assert book.worksheets[1]["B2"].value == "seed.2026"
    assert auditor.get(f"{where}.pdf").data.startswith(b"%PDF")
    assert auditor.get(f"{where}.doc").status_code == 404


def test_the_same_sample_is_the_same_file(auditor: FlaskClient) -> None:
    where = drawn(auditor)
    assert auditor.get(f"{where}.csv").data == auditor.get(f"{where}.csv").data


def test_finance_reads_and_the_auditor_draws(
    app: Flask, city: Database, auditor: FlaskClient
) -> None:
    finance = signed_in(app, city, "finance")
    where = drawn(auditor)
    assert finance.get(where).status_code == 200
    assert "Stichproben zieht die Rolle „Prüfung“." in see(finance, PATH)
    assert finance.post(PATH, data=form()).status_code == 403
    assert signed_in(app, city, "administrator").get(PATH).status_code == 403
    assert signed_in(app, city, "site_manager").get(where).status_code == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"von": "gestern"}, "Bitte Tage, Anzahl und Siegelblock als Zahlen angeben."),
        ({"anzahl": "²"}, "Bitte Tage, Anzahl und Siegelblock als Zahlen angeben."),
        ({"block": "x"}, "Bitte Tage, Anzahl und Siegelblock als Zahlen angeben."),
        ({"anzahl": "501"}, "Bitte 1 bis 500 Buchungen"),
        ({"startwert": "<b>"}, "Startwert: 1 bis 40"),
        ({"konto": "999999"}, "Konto"),
        ({"einrichtung": "K01"}, "Keine versiegelte Buchung passt."),
    ],
)
def test_a_form_with_a_fault_is_kept_and_says_what_to_do(
    auditor: FlaskClient, city: Database, changes: dict[str, str], sentence: str
) -> None:
    answer = auditor.post(PATH, data=form(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="seed.2026"' in answer.text or "&lt;b&gt;" in answer.text
    with city.read_only() as session:
        drawn_so_far = "SELECT count(*) FROM audit_log WHERE what = 'sample.drawn'"
        assert session.scalar(text(drawn_so_far)) == 0


def test_what_is_no_sample_is_not_found(auditor: FlaskClient) -> None:
    assert auditor.get(f"{PATH}/{uuid4()}").status_code == 404
    assert auditor.post(PATH, data=form(key="x")).status_code == 400


def test_a_draw_stands_in_the_log_in_words(auditor: FlaskClient) -> None:
    drawn(auditor)
    page = see(auditor, "/staff/audit?subject=sample")
    assert "hat eine Stichprobe gezogen" in page
    assert "Startwert: seed.2026" in page

"""The pages about payouts: the sums add up, every state has its words, and files say the same."""

import csv
import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from terminals.simulators.stripe import Simulator
from tests.faces.sample_city import sample_page
from tests.reconciliation.provider.seeds import seed
from tests.reconciliation.provider.stand import Stand, a_stand
from tests.staff_client import signed_in

LIST = "/desk/auszahlungen"


@pytest.fixture(scope="module")
def stand(module_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with Simulator() as stripe:
        stand = a_stand(module_city, stripe, tmp_path_factory.mktemp("bank"))
        seed(stand)
        yield stand


@pytest.fixture(scope="module")
def desk(stand: Stand) -> FlaskClient:
    app = create_app(database=stand.database, city_page=sample_page)
    return signed_in(app, stand.database, "finance")


def words(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def read(desk: FlaskClient, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return words(answer.text)


def test_the_list_says_how_each_payout_stands(desk: FlaskClient, stand: Stand) -> None:
    page = read(desk, LIST)
    assert "2 Auszahlungen brauchen einen Blick." in page
    for word in ("stimmt nicht", "unterwegs", "zurückgebucht", "abgebucht", "angekommen"):
        assert word in page
    assert f"{len(stand.payouts())} Auszahlungen" in page


def test_a_filter_finds_its_payouts_and_its_sums(desk: FlaskClient, stand: Stand) -> None:
    page = read(desk, f"{LIST}?zustand=returned")
    assert "1 Auszahlung " in page
    assert "angekommen" not in page.partition("Zustand")[2].partition("Summe")[0]
    assert "Keine Auszahlung passt" in read(desk, f"{LIST}?anbieter=acquirer")
    assert desk.get(f"{LIST}?zustand=anything").status_code == 400


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("arrived", "angekommen, alles stimmt"),
        ("again", "angekommen, alles stimmt"),
        ("returned", "zurückgebucht, 24,37 € wieder beim Anbieter"),
        ("drawn", "Stripe-Einzug"),
        ("dispute", "60,00 € weniger als erwartet"),
        ("held", "1,50 € mehr als erwartet"),
        ("waiting", "unterwegs, fällig am"),
    ],
)
def test_the_headline_is_the_answer(
    desk: FlaskClient, stand: Stand, name: str, sentence: str
) -> None:
    assert sentence in read(desk, f"{LIST}/{stand.named[name]}")


def test_the_equation_goes_from_the_payments_to_the_bank(desk: FlaskClient, stand: Stand) -> None:
    path = f"{LIST}/{stand.named['dispute']}"
    page = read(desk, path)
    strip = page[page.index("10 Zahlungen") : page.index("Zeilen der Auszahlung")]
    for part in ("1 Erstattung", "Entgelte nach Vertrag", "Erwartet (Hauptbuch)", "Rückbelastung",
                 "Entgelt Rückbelastung 20,00", "1 Zahlung ohne Buchung", "Auszahlung (Stripe)",
                 "Gutschrift (Bank)"):  # fmt: skip
        assert part in strip
    assert desk.get(path).text.count("sum__term--off") == 3


def test_a_payout_that_holds_money_of_an_earlier_one_says_so(
    desk: FlaskClient, stand: Stand
) -> None:
    page = read(desk, f"{LIST}/{stand.named['again']}")
    assert "Auszahlung zurück" in page
    assert "Betrag, Tag und Anbieter, eindeutig" in page


def test_the_case_stands_beside_with_what_would_be_booked(desk: FlaskClient, stand: Stand) -> None:
    page = read(desk, f"{LIST}/{stand.named['dispute']}")
    assert "Rückbelastung Kartenzahlung 40,00 € wird bestritten." in page
    assert "171200 Forderungen aus Rückbelastungen 40,00" in page
    assert "184200 Stripe-Guthaben – 60,00" in page


def test_lines_may_be_those_of_one_place(desk: FlaskClient, stand: Stand) -> None:
    page = read(desk, f"{LIST}/{stand.named['dispute']}?einrichtung=M04 Couven-Museum")
    assert "1 Zeile " in page
    assert "nur M04 Couven-Museum" in page


def test_what_is_not_its_lines_is_held_and_says_so(desk: FlaskClient, stand: Stand) -> None:
    page = read(desk, f"{LIST}/{stand.named['held']}")
    assert "Die Zeilen ergeben nicht die Auszahlung." in page
    assert "Rest ohne Zeile 1,50" in page


def test_files_hold_every_line(desk: FlaskClient, stand: Stand) -> None:
    path = f"{LIST}/{stand.named['dispute']}"
    table = desk.get(f"{path}/csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    lines = [row for row in rows if len(row) == 12 and row[0].isdecimal()]
    assert len(lines) == 14
    assert rows[rows.index(lines[-1]) + 1][-2] == "209,55"
    with ZipFile(io.BytesIO(desk.get(f"{path}/xlsx").data)) as book:
        assert "xl/workbook.xml" in book.namelist()
    assert desk.get(f"{path}/docx").status_code == 404


def test_a_payout_nobody_knows_is_no_page(desk: FlaskClient) -> None:
    assert desk.get(f"{LIST}/po_unknown").status_code == 404

"""The pages of the books over real ones: days, balances and why, journal, late items, seals."""

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from ledger.proofs import prove
from ledger.seal import seal
from tests.reconciliation.closing_stand import (
    BATCH,
    BEFORE,
    DAY,
    a_sale,
    do_post,
    furnish,
    plain,
    see,
)
from tests.staff_client import signed_in

TOTAL = sum(500 + n for n in range(20))


@pytest.fixture
def books(city: Database) -> Database:
    furnish(city)
    return city


@pytest.fixture(scope="module")
def still(module_city: Database) -> Database:
    """The same books for all who only read."""
    furnish(module_city)
    return module_city


@pytest.fixture
def reader(still: Database) -> FlaskClient:
    return signed_in(create_app(database=still), still, "auditor")


@pytest.fixture
def auditor(books: Database) -> FlaskClient:
    return signed_in(create_app(database=books), books, "auditor")


def rows_of(page: str) -> list[str]:
    return [plain(row).strip() for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]


def test_a_balance_is_explained_down_to_its_entries(reader: FlaskClient) -> None:
    page = see(reader, f"/desk/konten/184100/erklaeren?stand={DAY}")
    assert "Warum steht 184100" in page
    assert "auf 315,90 € Soll?" in page
    assert "Di 17.11. 1 101,90" in page
    assert "Mo 16.11. 1 214,00" in page
    assert "Rest" not in page
    chosen = f"tag={BEFORE}&teil={quote(f'184100/B02-1/{BEFORE}')}"
    page = see(reader, f"/desk/konten/184100/erklaeren?stand={DAY}&{chosen}")
    assert "3 · Buchungen B02-1" in page
    assert "1 Buchung" in page
    assert "Versiegelt in Block 1" in page


@pytest.mark.parametrize("account", ["181000", "441100", "184110", "371000", BATCH])
def test_every_column_adds_up_to_the_row_on_its_left(reader: FlaskClient, account: str) -> None:
    path = f"/desk/konten/{account}/erklaeren?stand={DAY}"
    page = reader.get(path)
    assert page.status_code == 200
    assert "Rest " not in plain(page.text)
    for link in re.findall(r'data-column="[12]" href="([^"]+)"', page.text):
        assert "Rest " not in see(reader, link.replace("&amp;", "&"))


def test_knowledge_of_a_sealed_moment_stays_what_it_was(
    auditor: FlaskClient, books: Database
) -> None:
    with books.read_only() as session:
        sealed = session.scalar(text("SELECT max(sealed_at) FROM block"))
    do_post(books, a_sale(BATCH, 5000))
    seal(books.engine)
    today = see(auditor, f"/desk/konten/184100/erklaeren?stand={DAY}")
    assert "auf 365,90 € Soll?" in today
    known = quote(sealed.isoformat())
    then = see(auditor, f"/desk/konten/184100/erklaeren?stand={DAY}&bekannt={known}")
    assert "auf 315,90 € Soll?" in then
    assert "Seither bekannt geworden" in then
    assert "Unterschied +50,00" in then
    statement = see(auditor, f"/desk/konten/184100?stand={DAY}&bekannt={known}")
    assert "315,90 S" in statement
    assert "365,90" not in statement


def test_the_proof_of_a_balance_is_a_file_that_adds_up(reader: FlaskClient) -> None:
    for account, wanted in (("184100", 31590), ("181000", 9000)):
        answer = reader.get(f"/desk/konten/{account}/nachweis.csv?stand={DAY}")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert int(rows[-1]["Saldo"].replace(",", "")) == wanted


def test_a_statement_runs_from_opening_to_closing(auditor: FlaskClient, books: Database) -> None:
    page = auditor.get(f"/desk/konten/184100?stand={DAY}&von={DAY}").text
    rows = rows_of(page)
    assert rows[1].endswith("304,00 S")
    assert rows[-1].endswith("101,90 90,00 315,90 S")
    assert rows[-2].split()[-2:] == ["315,90", "S"]
    by_day = rows_of(auditor.get(f"/desk/konten/184100?stand={DAY}&je=tag").text)
    assert [row for row in by_day if row.startswith(("Mo", "Di"))] == [
        "Mo 16.11.2026 304,00 0,00 304,00 S", "Di 17.11.2026 101,90 90,00 315,90 S",
    ]  # fmt: skip
    do_post(books, *(a_sale(BATCH, 10) for _ in range(150)))
    second = plain(auditor.get(f"/desk/konten/184100?stand={DAY}&von={DAY}&seite=2").text)
    assert "Übertrag" in second
    assert "330,90 S" in second
    assert "171 Zeilen" in second


def test_the_chart_balances(reader: FlaskClient) -> None:
    page = see(reader, f"/desk/konten?stand={DAY}")
    assert "Soll gleich Haben" in page
    assert "184100 Transit girocard" in page
    assert "315,90 S" in page
    assert see(reader, "/desk/konten?stand=2020-01-01").count("Noch ist nichts gebucht") == 1


@pytest.mark.parametrize("path", ["/desk/konten/999999", "/desk/konten/999999/erklaeren",
                                  "/desk/konten/1/nachweis.csv", "/desk/journal/999999999",
                                  "/desk/tage/2026-13-01", "/desk/siegel/beweis/77777.json",
                                  "/desk/journal/9999999999999999999999"])  # fmt: skip
def test_what_is_not_there_is_not_found(reader: FlaskClient, path: str) -> None:
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/desk/konten/184100?stand=x", "/desk/konten/184100?seite=0",
                                  "/desk/konten/184100?von=2019-01-01", "/desk/journal?vor=x",
                                  "/desk/siegel/beweis?nummer=x", "/desk/siegel?seite=-1",
                                  "/desk/konten/184100/erklaeren?bekannt=gestern",
                                  "/desk/konten/184100/erklaeren?buchung=x"])  # fmt: skip
def test_what_makes_no_sense_is_refused(reader: FlaskClient, path: str) -> None:
    assert reader.get(path).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/desk/konten/184100/erklaeren?tag=x&teil=y&buchung=77",
        f"/desk/konten/184100/erklaeren?tag={DAY}&teil=y",
    ],
)
def test_a_choice_that_is_gone_falls_back_to_the_first_row(reader: FlaskClient, path: str) -> None:
    assert "Rest " not in see(reader, path)


def test_the_journal_is_read_from_the_newest_on(auditor: FlaskClient, books: Database) -> None:
    do_post(books, *(a_sale(BATCH, 10) for _ in range(100)))
    page = auditor.get("/desk/journal").text
    assert "Neueste Buchung: 124" in plain(page)
    numbers = re.findall(r'<a data-row href="/desk/journal/(\d+)"', page)
    assert numbers[0] == "124"
    assert len(numbers) == 100
    older = auditor.get("/desk/journal?vor=25").text
    assert re.findall(r'<a data-row href="/desk/journal/(\d+)"', older)[0] == "24"
    filtered = auditor.get(f"/desk/journal?art=batch&von={DAY}&bis={DAY}&konto=181000").text
    assert "181000 an 184100" in plain(filtered)
    assert filtered.count('"versiegelt"') == 1
    assert "Keine Buchung passt" in see(auditor, "/desk/journal?einrichtung=M01")
    assert "Das Konto 5 gibt es nicht." in see(auditor, "/desk/journal?konto=5")


def test_an_entry_shows_where_it_came_from_and_what_came_of_it(
    auditor: FlaskClient, books: Database
) -> None:
    page = see(auditor, "/desk/journal/1")
    assert "Buchung 1: Verkauf, 90,00 €" in page
    assert "Versiegelt in Block 1" in page
    assert "noch nicht übergeben" in page
    [number] = do_post(books, a_sale(BATCH, 10))
    assert "Noch nicht versiegelt" in see(auditor, f"/desk/journal/{number}")


def test_seals_are_listed_proved_and_checked(auditor: FlaskClient, books: Database) -> None:
    do_post(books, a_sale(BATCH, 10))
    page = see(auditor, "/desk/siegel")
    assert "1 Buchung wartet" in page
    assert "Noch nie ganz geprüft" in page
    assert "Der Beweis ist gültig." in see(auditor, "/desk/siegel/beweis?nummer=1")
    assert "noch nicht versiegelt" in see(auditor, "/desk/siegel/beweis?nummer=25")
    assert "gibt es nicht" in see(auditor, "/desk/siegel/beweis?nummer=77")
    file = json.loads(auditor.get("/desk/siegel/beweis/3.json").data)
    with books.read_only() as session:
        found = prove(session, 3)
    assert found is not None
    assert file["root"] == found.root.hex()
    assert auditor.post("/desk/siegel").status_code == 403
    finance = signed_in(create_app(database=books), books, "finance")
    assert finance.post("/desk/siegel").status_code == 303
    assert "Geprüft: 24 Blätter" in see(finance, "/desk/siegel?geprueft=1")


def a_divided_night(books: Database) -> None:
    """A night that divided the balance of 184100."""
    with books.transaction() as session:
        run = session.scalar(
            text("INSERT INTO night_start (run, day) VALUES (gen_random_uuid(), :day)"
                 " RETURNING run"), {"day": DAY},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO night_run (run, day, started_at, result)"
                 " SELECT run, day, started_at, '{}' FROM night_start WHERE run = :run"),
            {"run": run},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO night_account VALUES (:run, '184100', 31590, 10190, 0, 21400, 1, 6,"
                 " '2026-11-15'), (:run, '184300', 0, 0, 0, 0, 0, NULL, NULL)"),
            {"run": run},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO night_total VALUES (:run, 'bank', '181000', :day, 9000, 9000)"),
            {"run": run, "day": DAY},
        )


def test_every_cent_of_a_clearing_account_has_a_reason(
    auditor: FlaskClient, books: Database
) -> None:
    assert "Noch kein Nachtlauf" in see(auditor, "/desk/verrechnung")
    a_divided_night(books)
    page = see(auditor, "/desk/verrechnung")
    assert "1 Konto mit Differenz, zusammen 214,00 € ungeklärt." in page
    assert "315,90 S 101,90 S 0,00 214,00 S 1 6 BT" in page
    assert "1 Konto steht auf 0,00" in page
    explained = see(auditor, f"/desk/konten/184100/erklaeren?stand={DAY}")
    assert "noch offen: in Frist 101,90" in explained
    assert "9.000" not in see(auditor, f"/desk/tage/{DAY}")
    assert "1 von 1 gleich" in see(auditor, f"/desk/tage/{DAY}")

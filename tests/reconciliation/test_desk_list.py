"""The work list as a whole: downloaded, and decided on in one step."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from config.database import Database
from ledger.calendar import business_day
from reconciliation.casework.noting import assign
from reconciliation.desk.case_filters import HIDEABLE
from reconciliation.tables import difference
from tests.reconciliation.casework_stand import Desk, a_desk, browser_of, now
from tests.reconciliation.desk_books import (
    CHARGEBACK,
    GROUPED,
    SHORT,
    SWAPPED,
    UNMATCHED,
    open_finding,
    the_case,
)

LIST = "/desk/differenzen"


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def browser(desk: Desk, who: str = "anna") -> FlaskClient:
    """A browser in which anna, ben or carla is signed in."""
    return browser_of(desk, getattr(desk, who))


def test_the_list_is_downloaded_as_filtered_with_every_page_and_no_formula(desk: Desk) -> None:
    with desk.database.transaction() as session:
        row = {"kind": "CASH_SHORT", "amount_cents": -100, "since": business_day(now()), "data": {}}
        session.execute(difference.insert(), [
            row | {"id": f"X:{number}", "subject": str(number), "opened_at": now(),
                   "severity": "break", "expected_codes": [], "provider_codes": [],
                   "bank_codes": [], "channel": "cash", "place": "=1+1", "reference": "@SUM\x07"}
            for number in range(120)])  # fmt: skip
    client = browser(desk)
    whole = client.get(f"{LIST}/liste.csv")
    assert whole.content_type.startswith("text/csv")
    assert whole.text.count("\r\nD-") == 141
    assert ";'=1+1;'@SUM;" in whole.text
    oldest = f"D-{desk.numbers['Safebag 7730418']};Differenz;Safebag fehlt bei der Bank;"
    assert oldest in whole.text
    assert ";412,50;;-412,50;12;" in whole.text
    narrowed = client.get(f"{LIST}/liste.csv?kanal=girocard").text
    assert narrowed.count("\r\nD-") == 3
    assert "\r\nOffen, girocard, Stand " in narrowed
    book = load_workbook(BytesIO(client.get(f"{LIST}/liste.xlsx?ort=A05").data))
    (_, row) = list(book.worksheets[0].values)
    assert row[9] == -412.5
    formulas = load_workbook(BytesIO(client.get(f"{LIST}/liste.xlsx?kanal=cash").data))
    places = {row[4] for row in formulas.worksheets[0].iter_rows(min_row=2)}
    assert {cell.data_type for cell in places} == {"s"}
    assert client.get(f"{LIST}/liste.pdf").status_code == 404
    assert browser(desk, "ben").get(f"{LIST}/liste.csv?ansicht=alles").status_code == 400


def summary_of(desk: Desk, client: FlaskClient, *numbers: int) -> tuple[str, list[str]]:
    """The page before accepting these cases in one step, and what its form sends."""
    page = client.post(f"{LIST}/gemeinsam", data={"fall": [str(one) for one in numbers]})
    assert page.status_code == 200
    return page.text, re.findall(r'name="fall" value="([^"]+)"', page.text)


def test_proposals_of_one_kind_are_accepted_in_one_step_and_what_is_gone_is_named(
    desk: Desk,
) -> None:
    client = browser(desk)
    first = desk.numbers[SWAPPED.reference]
    second, third = (
        open_finding(desk.database, replace(SWAPPED, reference=name, sides={}))
        for name in ("8030.2026.000001-1", "8030.2026.000002-2")
    )
    page, chosen = summary_of(desk, client, first, second, third)
    assert "3\u00a0Vorschläge annehmen, zusammen 138,00\u00a0€" in page
    assert "Kein Geld fließt, eine Person genügt." in page
    with desk.database.transaction() as session:
        assign(session, desk.ben, second, desk.ben.name)
    entries = desk.entries()
    answer = client.post(f"{LIST}/angenommen", data={"fall": chosen})
    assert answer.status_code == 303
    said = client.get(answer.location).text
    assert "2\u00a0Fälle angenommen, 1\u00a0Fall nicht angenommen." in said
    assert f'href="{LIST}/D-{second}"' in said
    assert desk.entries() == entries + 2
    assert [the_case(desk.database, one).is_open for one in (first, second, third)] == [
        False, True, False
    ]  # fmt: skip
    again = client.post(f"{LIST}/angenommen", data={"fall": chosen})
    assert "3\u00a0Fälle nicht angenommen." in client.get(again.location).text
    assert desk.entries() == entries + 2
    undo = re.findall(r'action="(/desk/schritte/\d+/zurueck)"', said)
    assert len(undo) == 2
    assert client.post(undo[0]).status_code == 303


def test_what_gives_money_up_is_only_asked_for_each_by_itself(desk: Desk) -> None:
    client = browser(desk)
    other = open_finding(desk.database, replace(CHARGEBACK, reference="Auszahlung 18.11."))
    page, chosen = summary_of(desk, client, desk.numbers[CHARGEBACK.reference], other)
    assert "2\u00a0Vorschläge zur Freigabe geben" in page
    entries = desk.entries()
    answer = client.post(f"{LIST}/angenommen", data={"fall": chosen})
    assert "2\u00a0Fälle zur Freigabe gegeben." in client.get(answer.location).text
    assert desk.entries() == entries
    assert the_case(desk.database, other).asker == desk.anna.name


def test_what_is_unlike_is_not_accepted_together(desk: Desk) -> None:
    client = browser(desk)
    for chosen in ((SWAPPED, GROUPED), (UNMATCHED,), (SHORT, SHORT)):
        numbers = [str(desk.numbers[one.reference]) for one in chosen]
        answer = client.post(f"{LIST}/gemeinsam", data={"fall": numbers})
        assert answer.status_code == 422
        assert "einer Art und Stufe" in answer.text
    assert client.post(f"{LIST}/gemeinsam", data={}).status_code == 422
    assert client.post(f"{LIST}/gemeinsam", data={"fall": "999999"}).status_code == 404
    for wrong in ({}, {"fall": "1"}, {"fall": ["1:a", "1:b"]}):
        assert client.post(f"{LIST}/angenommen", data=wrong).status_code == 400
    assert client.get(f"{LIST}/angenommen?schritte=x").status_code == 400
    nothing = client.get(f"{LIST}/angenommen?offen=1.nonsense;x&schritte=999999999").text
    assert "Nichts angenommen." in nothing


def test_columns_are_left_out_by_the_address_but_never_from_the_file(desk: Desk) -> None:
    client = browser(desk)
    whole = client.get(LIST).text
    chosen = [one for one in HIDEABLE if one not in ("kanal", "erwartet")]
    answer = client.post(f"{LIST}/spalten?sort=betrag", data={"spalte": chosen})
    assert answer.location == f"{LIST}?sort=betrag&ohne=kanal+erwartet"
    page = client.get(answer.location).text
    table = page[page.index("<table") : page.index("</table>")]
    for words, is_there in (("Kanal", False), ("Erwartet €", False), ("Bestätigt €", True)):
        assert (f">{words}<" in table) is is_there
    assert 'colspan="13"' in table
    assert 'colspan="15"' in whole
    assert table.count("<td") == whole[: whole.index("</table>")].count("<td") - 2 * 21
    assert '<input type="hidden" name="ohne" value="kanal erwartet">' in page
    assert "ohne=kanal+erwartet" in re.search(r'data-row href="([^"]+)"', page)[1]
    assert client.get(f"{LIST}/liste.csv?ohne=kanal").text.count(";Kanal;") == 1
    assert client.get(f"{LIST}?ohne=fall").status_code == 400

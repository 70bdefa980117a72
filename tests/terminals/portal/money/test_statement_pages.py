"""Statements: they add up, as a page, as CSV and as PDF, for all or for one child alone."""

import re
import sys
import zlib
from datetime import date

import pytest

from ledger.documents.spreadsheet import csv_of
from terminals.portal.periods import Period, period_of, years_since
from tests.money_stand import Stand, a_family

EURO = "\N{NO-BREAK SPACE}€"
PATH = "/portal/uebersicht"


def rows(text: str) -> list[list[str]]:
    """The cells of a CSV."""
    return [line.split(";") for line in text.splitlines()]


def cents(cell: str) -> int:
    """`-4,50` → -450."""
    assert re.fullmatch(r"-?\d+,\d\d", cell), cell
    return int(cell.replace(",", ""))


def test_a_statement_adds_up_to_the_balance(stand: Stand) -> None:
    home = a_family(stand.database)
    page = stand.get(stand.signed_in(home), f"{PATH}/2026-11")
    assert stand.balance(home) == 100
    for words in (f"100,00{EURO}", f"−49,50{EURO}", "11 Essen", f"1,00{EURO}", "Konto W-"):
        assert words in page


def test_the_csv_adds_up_line_by_line_and_opens_in_a_spreadsheet(stand: Stand) -> None:
    home = a_family(stand.database)
    answer = stand.signed_in(home).get(f"{PATH}/2026-11.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].endswith('"stadtkasse-2026-11.csv"')
    table = rows(answer.data.decode("utf-8-sig"))
    assert table[0] == ["Tag", "Kind", "Text", "Betrag EUR", "Guthaben EUR"]
    running = cents(table[1][4])
    for row in table[2:-1]:
        running += cents(row[3])
        assert cents(row[4]) == running
    assert cents(table[-1][4]) == running == stand.balance(home)


def test_every_month_goes_on_where_the_last_one_ended(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database))
    year = rows(phone.get(f"{PATH}/2026.csv").data.decode("utf-8-sig"))
    month = rows(phone.get(f"{PATH}/2026-11.csv").data.decode("utf-8-sig"))
    october = rows(phone.get(f"{PATH}/2026-10.csv").data.decode("utf-8-sig"))
    assert year[1][4] == october[-1][4] == month[1][4] == "0,00"
    assert [row[1:] for row in year[2:-1]] == [row[1:] for row in month[2:-1]]


def test_for_an_office_one_child_stands_alone(stand: Stand) -> None:
    home = a_family(stand.database)
    phone, child = stand.signed_in(home), home.children[0].code
    page = stand.get(phone, f"{PATH}/2026-11?kind={child}")
    assert "Essen Kind 1, November 2026" in page
    assert "Essen Kind 2</td>" not in page
    assert "Aufladung" not in page
    table = rows(phone.get(f"{PATH}/2026-11.csv?kind={child}").data.decode("utf-8-sig"))
    assert len(table) == 12
    assert sum(cents(row[3]) for row in table[1:]) == -11 * 450


def test_the_subsidy_is_a_column_for_the_entitled_who_ask_for_it(stand: Stand) -> None:
    entitled = stand.signed_in(a_family(stand.database, subsidised=True))
    assert "Zuschuss EUR" not in entitled.get(f"{PATH}/2026-11.csv").text
    assert "Zuschuss EUR" in entitled.get(f"{PATH}/2026-11.csv?zuschuss=ja").text
    assert "Zuschuss zeigen" in stand.get(entitled, f"{PATH}/2026-11")
    others = stand.signed_in(a_family(stand.database))
    assert "Zuschuss" not in stand.get(others, f"{PATH}/2026-11?zuschuss=ja")
    assert "Zuschuss" not in others.get(f"{PATH}/2026-11.csv?zuschuss=ja").text


def test_nobody_sees_the_statement_of_another_household(stand: Stand) -> None:
    home = a_family(stand.database)
    stranger = stand.signed_in(a_family(stand.database, cents=0, eats=False))
    page = stand.get(stranger, f"{PATH}/2026-11?kind={home.children[0].code}")
    assert home.wallet not in page
    assert "In dieser Zeit gab es keine Umsätze." in page


@pytest.mark.parametrize("name", ["2026-13", "2027", "1999", "2026-1", "x", "2026-12"])
def test_a_period_that_is_none_is_not_found(stand: Stand, name: str) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    assert phone.get(f"{PATH}/{name}").status_code == 404


def test_the_pdf_is_tagged_and_says_what_its_tables_head(stand: Stand) -> None:
    answer = stand.signed_in(a_family(stand.database)).get(f"{PATH}/2026-11.pdf")
    assert answer.content_type == "application/pdf"
    inside = _inflated(answer.data)
    assert b"pdfuaid" in inside
    assert b"/Lang (de)" in inside
    assert b"/Marked true" in inside
    heads = re.findall(rb"/S /TH\b", inside)
    assert len(heads) == len(re.findall(rb"/Scope /(?:Row|Column)", inside)) > 20


def _inflated(pdf: bytes) -> bytes:
    """Everything that is said in the streams of a PDF."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.S)
    return b"".join(zlib.decompress(each) for each in streams)


def test_without_the_library_one_clear_sentence_stands_on_the_page(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = stand.signed_in(a_family(stand.database)).get(f"{PATH}/2026-11.pdf")
    assert answer.status_code == 503
    assert "PDF geht hier gerade nicht. Seite drucken oder CSV laden." in answer.text


def test_a_text_that_a_spreadsheet_would_run_is_only_a_text() -> None:
    table = csv_of(["a"], [["=1+1"], ["+49"], ["-x"], ["@x"], ["\tx"], [-450], [None]])
    assert table.decode("utf-8-sig").splitlines() == [
        "a", "'=1+1", "'+49", "'-x", "'@x", "'\tx", "-4,50", '""',
    ]  # fmt: skip


def test_a_text_with_the_separator_stays_one_cell() -> None:
    assert csv_of(["a"], [['x;y"z']]).decode("utf-8-sig") == 'a\r\n"x;y""z"\r\n'


def test_periods_are_read_and_written_alike() -> None:
    assert [period_of(name) for name in ("2026", "2026-02")] == [Period(2026), Period(2026, 2)]
    assert Period(2024, 2).last == date(2024, 2, 29)
    assert Period(2026).first == date(2026, 1, 1)
    ((year, months),) = years_since(date(2026, 11, 9), date(2026, 11, 24))
    assert (year.name, [each.name for each in months]) == ("2026", ["2026-11"])


def test_the_list_begins_where_the_account_did(stand: Stand) -> None:
    page = stand.get(stand.signed_in(a_family(stand.database)), PATH)
    assert re.findall(rf'href="{PATH}/([\d-]+)"', page) == ["2026", "2026-11"]

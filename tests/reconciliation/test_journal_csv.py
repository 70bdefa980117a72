"""The neutral journal: columns, signs and accounts as a city's settings say."""

import csv
import io

import pytest

from config.database import Database
from reconciliation.exports import books_of
from reconciliation.exports.batches import write_plain
from reconciliation.exports.journal_csv import EXPORT
from reconciliation.exports.refusals import SettingsWrong
from tests.reconciliation.export_books import AT, SETTINGS, some_books


@pytest.fixture
def books(database: Database) -> Database:
    some_books(database)
    return database


def lines(books: Database, settings: object) -> list[list[str]]:
    layout = EXPORT.layout(settings)  # type: ignore[arg-type]
    with books.read_only() as session:
        stream = io.BytesIO()
        write_plain(books_of(session, made_at=AT), layout, stream)
    text = stream.getvalue().decode(layout.encoding)
    delimiter = settings.get("delimiter", ";")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def columns(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "field": name} for name in names]


def test_without_settings_every_field_is_there(books: Database) -> None:
    head, first, *_ = lines(books, {})
    row = dict(zip(head, first, strict=True))
    assert (row["debit"], row["credit"], row["amount"]) == ("181000", "371010", "50,00")
    assert (row["booked_on"], row["currency"], row["reference"]) == ("17.11.2026", "EUR", "")
    assert "case_reference" not in head


def test_the_demo_citys_settings_give_its_columns(books: Database) -> None:
    head, first, second, *_ = lines(books, SETTINGS["journal_csv"])
    assert head[:4] == ["Mandant", "Stapel", "Buchung", "Zeile"]
    assert first[0] == "Aachen"
    assert second[head.index("Beleg")] == '\'=say "Kita"; 1'  # no spreadsheet calculates it


def test_the_full_account_is_shown_where_it_is_wanted(books: Database) -> None:
    shown = lines(books, {"account": "full", "column": columns("credit"),
                          "accounts": {"371010": "37-10"}})  # fmt: skip
    assert shown[1] == ["37-10/W-000017"]


@pytest.mark.parametrize(
    ("sign", "signed"),
    [("none", (5000, 5000)), ("debit_positive", (5000, -5000)), ("credit_positive", (-5000, 5000))],
)
def test_the_sign_of_legs_is_the_citys_choice(
    books: Database, sign: str, signed: tuple[int, int]
) -> None:
    wanted = {
        "rows": "legs", "sign": sign, "decimal": ".", "delimiter": ",", "sides": ["D", "C"],
        "column": columns("account", "counter_account", "side", "amount"),
    }  # fmt: skip
    _, debit, credit, *rest = lines(books, wanted)
    assert debit[:3] == ["181000", "371010", "D"]
    assert credit[:3] == ["371010", "181000", "C"]
    assert tuple(int(row[3].replace(".", "")) for row in (debit, credit)) == signed
    total = sum(int(row[3].replace(".", "")) for row in (debit, credit, *rest))
    assert (total == 0) == (sign != "none")


def test_head_quotes_and_line_ends_are_the_citys_choice(books: Database) -> None:
    layout = EXPORT.layout({"head": False, "quote": "all", "line_end": "lf",
                            "column": columns("entry", "amount")})  # fmt: skip
    with books.read_only() as session:
        stream = io.BytesIO()
        write_plain(books_of(session), layout, stream)
    first = stream.getvalue().split(b"\n")[0]
    assert first.endswith(b'"50,00"')
    assert b"\r" not in stream.getvalue()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": "lines"},
        {"column": [{"name": "x", "field": "debit"}], "rows": "legs"},
        {"column": [{"name": "x", "feld": "debit"}]},
        {"delimiter": ","},
        {"delimiter": ";;"},
        {"encoding": "utf-7"},
        {"sides": ["S"]},
        {"decimals": ","},
        {"accounts": {"1": 2}},
    ],
)
def test_wrong_settings_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsWrong, match="settings of journal_csv"):
        EXPORT.layout(wrong)

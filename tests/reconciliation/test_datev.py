"""The DATEV batch, read by a reader that we did not write."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TextIO

import pytest
from mloda.community.feature_groups.experimental.german_ledger.datev import read_batch

from config.database import Database
from ledger.balances import trial_balance
from ledger.journal import post
from reconciliation.exports import Books, Layout, books_of
from reconciliation.exports.batches import write_plain
from reconciliation.exports.datev import EXPORT
from reconciliation.exports.datev.columns import COLUMNS, TEXTS
from reconciliation.exports.refusals import ExportRefused, SettingsWrong
from tests.builders import DAY, a_bill, an_entry
from tests.reconciliation.export_books import (
    AT,
    NEXT,
    SETTINGS,
    closed,
    file_of,
    made,
    some_books,
    taxed,
)

MINE = {"consultant": 29098, "client": 55003}


@pytest.fixture
def books(database: Database) -> Database:
    some_books(database)
    return database


def legs_of(content: bytes, folder: Path) -> tuple[object, dict[str, list[object]]]:
    file = folder / "EXTF_Buchungsstapel.csv"
    file.write_bytes(content)
    header, legs = read_batch(str(file))
    return header, legs


def written(books: Database, layout: Layout) -> bytes:
    with books.read_only() as session:
        stream = io.BytesIO()
        write_plain(books_of(session, made_at=AT), layout, stream)
    return stream.getvalue()


def cells_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("cp1252")), delimiter=";"))


def test_an_independent_reader_finds_every_leg_and_their_sum_is_zero(
    books: Database, tmp_path: Path
) -> None:
    made(books, "datev")
    batch, content = file_of(books, "datev", 1)
    header, legs = legs_of(content, tmp_path)
    amounts = legs["Betrag"]
    assert len(amounts) == 2 * batch.transfer_count
    assert sum(amounts) == 0  # type: ignore[arg-type]
    positive = sum(one for one in amounts if one > 0)  # type: ignore[operator]
    assert positive == Decimal(batch.amount_cents) / 100
    assert {*legs["Buchungsdatum"]} == {DAY}
    assert (header.datum_von, header.datum_bis) == (DAY, DAY)  # type: ignore[attr-defined]


def test_the_legs_are_the_movements_of_our_accounts(books: Database, tmp_path: Path) -> None:
    made(books, "datev")
    _, legs = legs_of(file_of(books, "datev", 1)[1], tmp_path)
    moved: dict[object, Decimal] = {}
    for account, amount in zip(legs["Konto"], legs["Betrag"], strict=True):
        moved[account] = moved.get(account, Decimal(0)) + amount  # type: ignore[operator]
    with books.read_only() as session:
        ours = trial_balance(session, as_of=DAY)
    assert moved == {
        line.code: Decimal(line.balance.debit_balance_cents) / 100
        for line in ours if line.balance.debit_cents or line.balance.credit_cents
    }  # fmt: skip
    assert sum(moved.values()) == 0


def test_header_and_column_names_are_complete(books: Database) -> None:
    made(books, "datev")
    content = file_of(books, "datev", 1)[1]
    header, names, *lines = content.decode("cp1252").split("\r\n")
    assert header == (
        '"EXTF";700;21;"Buchungsstapel";13;20261119083000000;;"SK";"";"";29098;55003;20260101;6;'
        '20261117;20261117;"Stapel 1";"SK";1;0;1;"EUR";;"";;;"";;;"";""'
    )
    assert header.count(";") == 30
    assert len(names.split(";")) == len(COLUMNS) == 125
    assert lines.pop() == ""
    assert {line.count(";") for line in lines} == {124}
    assert "\n" not in "".join(lines)


def test_texts_stand_in_quotes_and_numbers_never(books: Database) -> None:
    made(books, "datev")
    line = file_of(books, "datev", 1)[1].decode("cp1252").split("\r\n")[3]
    for place, cell in enumerate(line.split(";"), start=1):
        assert cell.startswith('"') == (place in TEXTS), place


def test_a_reference_and_the_number_of_the_entry_lead_back(books: Database) -> None:
    made(books, "datev")
    rows = cells_of(file_of(books, "datev", 1)[1])[2:]
    first, second = rows[0], rows[1]
    assert (first[9], first[10] == first[11]) == ("1711", True)
    assert second[10] == "-say--Kita---1"
    assert all(len(row[13]) <= 60 and row[113] == "1" for row in rows)


def test_a_file_holds_one_month(books: Database, tmp_path: Path) -> None:
    earlier = date(2025, 12, 30)
    with books.transaction() as session:
        post(session, [an_entry(booked_on=earlier), an_entry(booked_on=date(2026, 1, 2))])
    closed(books, earlier, date(2026, 1, 2))
    assert made(books, "datev") == [1, 2, 3]
    years = [cells_of(file_of(books, "datev", number)[1])[0][12] for number in (1, 2, 3)]
    assert years == ["20250101", "20260101", "20260101"]
    for number in (1, 2, 3):
        legs_of(file_of(books, "datev", number)[1], tmp_path)


def test_a_file_has_room_for_so_many_rows(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with books.transaction() as session:
        post(session, [a_bill(*[("184100", "441100", 1)] * 300, booked_on=DAY + timedelta(days=1))
                       for _ in range(4)])  # fmt: skip
    closed(books, DAY, DAY + timedelta(days=1))
    monkeypatch.setattr("reconciliation.exports.datev.MOST_ROWS", 900)
    numbers = made(books, "datev")
    assert len(numbers) == 3
    counts = [len(cells_of(file_of(books, "datev", number)[1])) - 2 for number in numbers]
    assert max(counts) <= 900
    assert sum(counts) == 5 + 1 + 1200


def test_accounts_and_tax_keys_are_the_citys_choice(books: Database, tmp_path: Path) -> None:
    with books.transaction() as session:
        post(session, [taxed(119, "VAT19", booked_on=NEXT)])
    layout = EXPORT.layout(
        MINE | {"accounts": {"441100": "8400"}, "tax_keys": {"VAT19": "40"}, "is_final": False}
    )
    content = written(books, layout)
    last = cells_of(content)[-1]
    assert (last[7], last[8], last[36], last[113]) == ("8400", "40", "5201", "0")
    legs_of(content, tmp_path)


def test_an_account_that_datev_has_no_number_for_stops_the_batch(books: Database) -> None:
    layout = EXPORT.layout(MINE | {"account_length": 4})
    with pytest.raises(ExportRefused, match="export_account"):
        written(books, layout)


def test_two_fiscal_years_are_no_batch(books: Database) -> None:
    with books.transaction() as session:
        post(session, [an_entry(booked_on=date(2025, 6, 1))])
    with pytest.raises(ExportRefused, match="export_mixed"):
        written(books, EXPORT.layout(MINE))


def test_a_sign_that_the_encoding_lacks_stops_the_batch(books: Database) -> None:
    def write(_: Books, stream: TextIO) -> None:
        stream.write("Πόλη")

    with pytest.raises(ExportRefused, match="export_sign"):
        written(books, Layout(write, ".csv", "cp1252"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": 1},
        {"consultant": 5, "client": 1},
        MINE | {"account_length": 9},
        MINE | {"is_final": 1},
        MINE | {"chart": "49"},
        MINE | {"initials": "§"},
        MINE | {"tax_keys": {"VAT19": "neunzehn"}},
        MINE | {"acounts": {}},
    ],
)
def test_wrong_settings_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsWrong, match="settings of datev"):
        EXPORT.layout(wrong)


def test_the_settings_of_the_demo_city_are_right() -> None:
    assert EXPORT.layout(SETTINGS["datev"]).encoding == "cp1252"

"""The data carrier: described as the standard asks, and everything on it is what the books say."""

import csv
import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from ledger.balances import trial_balance
from ledger.seal import seal
from reconciliation.data_carrier.archive import INDEX, SUMS, archive_of
from reconciliation.data_carrier.content import TABLES
from reconciliation.data_carrier.shape import CarrierTable, Column, line_of
from reconciliation.reports.period import Period
from tests.reconciliation.closing_stand import (
    BATCH,
    BEFORE,
    DAY,
    a_sale,
    do_post,
    do_sign,
    furnish,
    see,
    two_people,
)
from tests.staff_client import signed_in

PATH = "/desk/datentraeger"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EVER = Period(BEFORE, date(2040, 1, 1))
ODD = '=say "Kita"; 1'

# The children each element has, in their order: the standard's rules, as far as we use them.
RULES = {
    "DataSet": "Version DataSupplier Media",
    "DataSupplier": "Name Location Comment",
    "Media": "Name( Table)+",
    "Table": "URL Name Description( Validity)? UTF8 DecimalSymbol DigitGroupingSymbol Range"
    " VariableLength",
    "Validity": "Range Format",
    "Range": "From( To)?",
    "VariableLength": "ColumnDelimiter RecordDelimiter TextEncapsulator( VariablePrimaryKey)+"
    "( VariableColumn)*( ForeignKey)*",
    "VariablePrimaryKey": "Name Description (Numeric|AlphaNumeric|Date)",
    "VariableColumn": "Name Description (Numeric|AlphaNumeric|Date)",
    "ForeignKey": "Name References",
    "Numeric": "Accuracy",
    "Date": "Format",
    "AlphaNumeric": "",
    "UTF8": "",
}
LEAVES = {
    "Version", "Name", "Location", "Comment", "URL", "Description", "DecimalSymbol", "From", "To",
    "DigitGroupingSymbol", "Format", "ColumnDelimiter", "RecordDelimiter", "TextEncapsulator",
    "References", "Accuracy",
}  # fmt: skip
LOOKS = {
    "0": re.compile(r"-?\d+"), "2": re.compile(r"-?\d+,\d\d"),
    "Date": re.compile(r"\d\d\.\d\d\.\d{4}"), "AlphaNumeric": re.compile(r'"([^"]|"")*"'),
}  # fmt: skip


@pytest.fixture(scope="module")
def books(module_city: Database) -> Database:
    furnish(module_city)
    do_post(module_city, replace(a_sale(BATCH, 370), reference=ODD))
    seal(module_city.engine)
    for place, person in enumerate(two_people(module_city), start=1):
        do_sign(module_city, person, place)
    return module_city


@pytest.fixture(scope="module")
def app(books: Database) -> Flask:
    return create_app(database=books)


def parts_of(books: Database, period: Period = EVER) -> Iterator[bytes]:
    with books.read_only() as session:
        yield from archive_of(session, period, city="Stadt A & B", made_at=AT)


def files_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def carrier(books: Database) -> dict[str, bytes]:
    return files_of(b"".join(parts_of(books)))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode()), delimiter=";"))


def cents(amount: str) -> int:
    return int(Decimal(amount.replace(",", ".")) * 100)


def index_of(carrier: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(carrier[INDEX])  # noqa: S314 - our own


def test_the_index_keeps_the_rules_of_the_standard(carrier: dict[str, bytes]) -> None:
    head = carrier[INDEX].decode().splitlines()[:2]
    assert head == ['<?xml version="1.0" encoding="UTF-8"?>',
                    '<!DOCTYPE DataSet SYSTEM "gdpdu-01-08-2002.dtd">']  # fmt: skip
    for element in index_of(carrier).iter():
        children = " ".join(child.tag for child in element)
        if element.tag in LEAVES:
            assert children == ""
            assert element.text, element.tag
        else:
            assert re.fullmatch(RULES[element.tag], children), (element.tag, children)
            assert not (element.text or "").strip()
    assert index_of(carrier).findtext("DataSupplier/Name") == "Stadt A & B"


def test_every_table_is_there_and_every_reference_meets_a_key(carrier: dict[str, bytes]) -> None:
    tables = {table.findtext("Name"): table for table in index_of(carrier).iter("Table")}
    files = {table.findtext("URL") for table in tables.values()}
    assert files | {INDEX, SUMS} == carrier.keys()
    for table in tables.values():
        names = [name.text for name in table.findall("VariableLength/*/Name")]
        for key in table.iter("ForeignKey"):
            there = tables[key.findtext("References")].findall(".//VariablePrimaryKey")
            assert len(there) == 1, "a reference by one column meets a key of one"
            (mine,) = [each for each in table.findall("VariableLength/*")
                       if each.findtext("Name") == key.findtext("Name")
                       and each.tag != "ForeignKey"]  # fmt: skip
            assert mine[2].tag == there[0][2].tag
        assert len(names) > 2


def test_every_field_looks_as_the_index_says(carrier: dict[str, bytes]) -> None:
    seen = 0
    for table in index_of(carrier).iter("Table"):
        columns = [each for each in table.findall("VariableLength/*")
                   if each.tag in ("VariablePrimaryKey", "VariableColumn")]  # fmt: skip
        text_of_file = carrier[table.findtext("URL") or ""].decode()
        assert text_of_file.endswith("\r\n")
        head, *lines = text_of_file.split("\r\n")[:-1]
        assert [each.findtext("Name") for each in columns] == next(
            csv.reader([head], delimiter=";")
        )
        for line in lines:
            fields = re.findall(r'("(?:[^"]|"")*"|[^;"]*)(?:;|$)', line)[: len(columns)]
            for column, field in zip(columns, fields, strict=True):
                kind = column[2]
                look = LOOKS[kind.findtext("Accuracy") or kind.tag]
                assert field == "" or look.fullmatch(field), (table.findtext("Name"), field)
                assert field or column.tag != "VariablePrimaryKey"
                seen += 1
    assert seen > 100


def test_the_transfers_lead_from_the_opening_to_the_closing_balance(
    carrier: dict[str, bytes], books: Database
) -> None:
    moved: dict[str, int] = defaultdict(int)
    for row in rows_of(carrier["buchungssaetze.csv"]):
        moved[row["Soll"]] += cents(row["Betrag"])
        moved[row["Haben"]] -= cents(row["Betrag"])
    accounts = {row["Konto"]: row for row in rows_of(carrier["konten.csv"])}
    assert moved.keys() <= accounts.keys()
    for code, row in accounts.items():
        assert cents(row["Anfangssaldo"]) + moved[code] == cents(row["Endsaldo"])
    with books.read_only() as session:
        held = {one.code: one.balance.debit_balance_cents
                for one in trial_balance(session, as_of=EVER.last, sub_ledgers=True)}  # fmt: skip
    assert {code: cents(row["Endsaldo"]) for code, row in accounts.items()} == held


def test_texts_stay_as_they_are(carrier: dict[str, bytes]) -> None:
    assert ODD in {row["Beleg"] for row in rows_of(carrier["buchungen.csv"])}


def test_an_entry_names_its_block_and_its_leaf(carrier: dict[str, bytes], books: Database) -> None:
    entries = rows_of(carrier["buchungen.csv"])
    assert [int(row["Nummer"]) for row in entries] == sorted(int(row["Nummer"]) for row in entries)
    blocks = {row["Block"]: row for row in rows_of(carrier["siegel.csv"])}
    counted = Counter(row["Siegelblock"] for row in entries)
    assert counted == {number: int(row["Buchungen"]) for number, row in blocks.items()}
    assert counted == {"1": 24, "2": 1}
    with books.read_only() as session:
        leaves = set(session.scalars(text("SELECT encode(leaf, 'hex') FROM entry")))
        roots = set(session.scalars(text("SELECT encode(root, 'hex') FROM block")))
    assert {row["Blatt"] for row in entries} == leaves
    assert {row["Wurzel"] for row in blocks.values()} == roots


def test_who_approved_what_is_on_it(carrier: dict[str, bytes]) -> None:
    (row,) = rows_of(carrier["freigaben.csv"])
    assert (row["Art"], row["Gegenstand"]) == ("Tagesabschluss", f"{DAY:%d.%m.%Y}")
    assert row["Beantragt_von"] != row["Entschieden_von"]


def test_a_period_holds_its_days_alone(books: Database) -> None:
    first = files_of(b"".join(parts_of(books, Period(BEFORE, BEFORE))))
    entries = rows_of(first["buchungen.csv"])
    assert {row["Buchungstag"] for row in entries} == {f"{BEFORE:%d.%m.%Y}"}
    transfers = [row["Buchung"] for row in rows_of(first["buchungssaetze.csv"])]
    assert transfers == [row["Nummer"] for row in entries]
    assert [row["Block"] for row in rows_of(first["siegel.csv"])] == ["1"]
    empty = files_of(b"".join(parts_of(books, Period(date(2020, 1, 1), date(2020, 1, 2)))))
    assert rows_of(empty["buchungen.csv"]) == rows_of(empty["siegel.csv"]) == []


def test_the_sums_are_those_of_the_files(carrier: dict[str, bytes]) -> None:
    told = dict(reversed(line.split("  ")) for line in carrier[SUMS].decode().splitlines())
    assert told.keys() == carrier.keys() - {SUMS}
    for name, digest in told.items():
        assert hashlib.sha256(carrier[name]).hexdigest() == digest


def test_the_same_books_give_the_same_bytes(books: Database) -> None:
    assert b"".join(parts_of(books)) == b"".join(parts_of(books))


def test_it_is_sent_as_it_is_made(books: Database) -> None:
    parts = list(parts_of(books))
    assert sum(len(part) > 0 for part in parts) > len(TABLES)


def test_a_line_break_in_a_text_is_no_new_record() -> None:
    columns = Column("A", "text", "a"), Column("B", "amount", "b"), Column("C", "text", "c")
    table = CarrierTable("T", "t.csv", "t", columns, lambda *_: [])
    assert line_of(table, ('say "so"\r\nnow', -5, None)) == '"say ""so"" now";-0,05;\r\n'


@pytest.fixture
def auditor(app: Flask, books: Database) -> FlaskClient:
    return signed_in(app, books, "auditor")


def test_the_auditor_takes_it_and_that_is_written_down(
    auditor: FlaskClient, books: Database
) -> None:
    assert "buchungssaetze.csv" in see(auditor, PATH)
    answer = auditor.post(PATH, data={"von": str(BEFORE), "bis": str(DAY)})
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    name = f'attachment; filename="z3-{BEFORE}_{DAY}.zip"'
    assert answer.headers["Content-Disposition"] == name
    assert len(rows_of(files_of(answer.data)["buchungen.csv"])) == 25
    with books.read_only() as session:
        row = session.execute(text("SELECT about, detail FROM audit_log"
                                   " WHERE what = 'data_carrier.taken'")).one()  # fmt: skip
    assert row.about == f"{BEFORE}_{DAY}"
    assert row.detail == {"first": str(BEFORE), "last": str(DAY)}


@pytest.mark.parametrize(
    ("first", "last"), [("x", "2026-01-01"), ("", ""), ("2026-01-02", "2026-01-01")]
)
def test_days_that_are_none_are_asked_for_again(
    auditor: FlaskClient, first: str, last: str
) -> None:
    answer = auditor.post(PATH, data={"von": first, "bis": last})
    assert answer.status_code == 422
    assert "Bitte zwei Tage von früh nach spät angeben." in answer.text


def test_nobody_else_takes_it(app: Flask, books: Database) -> None:
    for role in ("administrator", "site_manager", "cashier"):
        browser = signed_in(app, books, role)
        assert browser.get(PATH).status_code == 403
        assert browser.post(PATH, data={"von": str(BEFORE), "bis": str(DAY)}).status_code == 403
    assert signed_in(app, books, "finance").get(PATH).status_code == 200

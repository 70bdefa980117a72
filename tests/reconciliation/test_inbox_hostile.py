"""Files that would do harm, and files that are none: one calm sentence, and nothing else."""

import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from config.database import Database
from reconciliation.inbox import Delivered, State
from reconciliation.inbox.archives import FILE_BYTES, UNPACKED_BYTES
from reconciliation.inbox.parts import Diff
from reconciliation.inbox.words import outcome_words
from reconciliation.tables import source_file
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    a_zip,
    bring,
    bring_one,
    file_of,
    line,
    live_lines,
    statement,
)

GOOD = xml.document(statement(line("1.00", "R1"), number=1, opening="0", closing="1.00"))


def sentence(found: Delivered) -> str:
    return outcome_words(found.state, found.code, found.data or {}, Diff(), 1)


def must_be_refused(city: Database, found: Delivered) -> None:
    assert found.state is State.REFUSED
    assert live_lines(city) == []
    with city.read_only() as session:
        assert session.scalar(select(func.count()).select_from(source_file)) == 0
        assert session.scalar(text("SELECT count(*) FROM delivery")) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Datei nicht lesbar: die Datei ist leer."),
        (b"   \n", "Datei nicht lesbar: die Datei ist leer."),
        (b"\x7fELF\x00\x01", "Datei nicht lesbar: kein bekanntes Format."),
        (b"%PDF-1.7", "Datei nicht lesbar: kein bekanntes Format."),
        (b"a;b;c\n1;2;3\n", "Datei nicht lesbar: kein bekanntes Format."),
        (GOOD[:-30], "sie bricht vor ihrem Ende ab."),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document/>", "DOCTYPE"),
        (GOOD.replace(b"1.00", b"1,5O", 1), "„1,5O“ ist keine Zahl."),
        (b":20:X\n:25:1\n:28C:1\n:60F:C261117EUR1,00\n", "sie bricht vor ihrem Ende ab."),
        (b":20:X\x00\n:25:1\n-\n", "Kodierung"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    city: Database, tmp_path: Path, content: bytes, words: str
) -> None:
    found = bring_one(city, file_of(tmp_path, content))

    must_be_refused(city, found)
    assert words in sentence(found)


def test_a_file_of_another_citys_account_is_refused(city: Database, tmp_path: Path) -> None:
    foreign = statement(number=1, opening="0", closing="0", iban=xml.OWN_IBAN)
    found = bring_one(city, file_of(tmp_path, xml.document(foreign)))

    must_be_refused(city, found)
    assert sentence(found) == f"Konto {xml.OWN_IBAN} gehört nicht der Stadt. Nicht gebucht."


def test_a_gigabyte_is_refused_without_being_read(city: Database, tmp_path: Path) -> None:
    path = tmp_path / "riesig.xml"
    with path.open("wb") as out:
        out.truncate(FILE_BYTES + 1)  # a hole: the size is there, the bytes are not

    found = bring_one(city, path)

    must_be_refused(city, found)
    assert sentence(found) == "Datei zu groß oder gefährlich (268 MB). Abgelehnt."


def test_a_bomb_is_refused_by_what_it_says(city: Database, tmp_path: Path) -> None:
    path = tmp_path / "bombe.zip"
    zeros = b"\x00" * (UNPACKED_BYTES // 8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for number in range(9):
            out.writestr(f"{number}.xml", zeros)

    found = bring_one(city, path)

    must_be_refused(city, found)
    assert sentence(found) == ("Datei zu groß oder gefährlich (ZIP entpackt 603 MB). Abgelehnt.")


def test_a_bomb_that_lies_about_its_size_is_refused_while_unpacking(
    city: Database, tmp_path: Path
) -> None:
    path = a_zip(tmp_path, ("a.xml", b"<" * 2_000_000))
    content = path.read_bytes()
    path.write_bytes(content.replace((2_000_000).to_bytes(4, "little"), (5).to_bytes(4, "little")))

    found = bring_one(city, path)

    must_be_refused(city, found)
    assert "Datei zu groß oder gefährlich" in sentence(found)


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "a/../../x.xml", "C:\\x.xml", "a\nb.xml"])
def test_a_name_that_leads_elsewhere_is_refused(city: Database, tmp_path: Path, name: str) -> None:
    found = bring_one(city, a_zip(tmp_path, (name, GOOD)))

    must_be_refused(city, found)
    assert "ZIP mit dem Namen" in sentence(found)


def test_an_archive_in_an_archive_is_refused(city: Database, tmp_path: Path) -> None:
    inner = a_zip(tmp_path, ("a.xml", GOOD), name="innen.zip")
    found = bring_one(city, a_zip(tmp_path, ("innen.zip", inner.read_bytes())))

    must_be_refused(city, found)
    assert "ZIP in einem ZIP" in sentence(found)


def test_a_link_in_an_archive_is_refused(city: Database, tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    link = zipfile.ZipInfo("auszug.xml")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(link, "/etc/passwd")

    must_be_refused(city, bring_one(city, path))


def test_a_damaged_archive_is_refused_whole(city: Database, tmp_path: Path) -> None:
    path = a_zip(tmp_path, ("a.xml", GOOD), ("b.xml", GOOD))
    content = bytearray(path.read_bytes())
    content[60:70] = b"\x00" * 10
    path.write_bytes(content)

    found = bring_one(city, path)

    must_be_refused(city, found)
    assert sentence(found) == "Datei zu groß oder gefährlich (ZIP beschädigt). Abgelehnt."


def test_too_many_files_and_none_are_refused(city: Database, tmp_path: Path) -> None:
    many = a_zip(tmp_path, *((f"{n}.xml", b"x") for n in range(1_001)), name="viele.zip")
    empty = a_zip(tmp_path, name="leer.zip")

    assert [sentence(one) for one in (*bring(city, many), *bring(city, empty))] == [
        "Datei zu groß oder gefährlich (ZIP mit 1001 Dateien). Abgelehnt.",
        "Datei zu groß oder gefährlich (ZIP mit 0 Dateien). Abgelehnt.",
    ]


def test_junk_of_any_kind_never_breaks_the_inbox(city: Database, tmp_path: Path) -> None:
    starts = (b"", b"PK\x03\x04", b"<", b":20:", b"S;", b"terminal;", b"\xef\xbb\xbf<", b"\xff\xfe")
    for number, start in enumerate(starts * 4):
        junk = file_of(tmp_path, start + os.urandom(200 + number))
        assert bring_one(city, junk).state is State.REFUSED
    assert live_lines(city) == []


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b"<ElctrncSeqNb>1<", b"<ElctrncSeqNb>" + b"9" * 40 + b"<"),
        GOOD.replace(b"<Btch>", b"<Btch><NbOfTxs>99999999999</NbOfTxs>"),
        b":20:X\n:25:99900001/181000\n:28C:99999999999999999999/99999999999\n:60F:C261116EUR1,00\n"
        b":62F:C261117EUR1,00\n-\n",
    ],
)
def test_numbers_beyond_all_measure_are_no_numbers(
    city: Database, tmp_path: Path, content: bytes
) -> None:
    own = content.replace(b"99900001/181000", b"DE04999000010000181000")

    assert bring_one(city, file_of(tmp_path, own)).state is State.TAKEN


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("M04-1;1;2026-11-17T18:00:00;;;99999999999;1;EUR", "bad_amount"),
        ("M04-1;1;2026-11-17T18:00:00;;;1;1e3;EUR", "bad_amount"),
        ("M04-1;1;2026-11-17T18:00:00Z;;;1;1;EUR", "bad_date"),
        ("M0\x004;1;2026-11-17T18:00:00;;;1;1;EUR", "text_too_long"),
    ],
)
def test_totals_that_no_table_can_hold_are_refused(
    city: Database, tmp_path: Path, row: str, problem: str
) -> None:
    head = "terminal;number;closed_at;first_receipt;last_receipt;count;amount_cents;currency"
    content = f"{head}\n{row}\ntotal;1;;;;;1;\n".encode()

    found = bring_one(city, file_of(tmp_path, content, "eod.csv"))

    assert found.state is State.REFUSED
    assert (found.data or {})["problem"] == problem

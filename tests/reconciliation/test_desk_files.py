"""The page of statements and files: is everything here, and bringing one by hand."""

import hashlib
import html
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.app import create_app
from config.database import Database
from ledger.calendar import is_bank_day
from reconciliation.desk import files
from reconciliation.desk.files.matrix import matrix
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    a_zip,
    bring,
    bring_one,
    deliveries_of,
    file_of,
    line,
    live_lines,
    statement,
)
from tests.staff_client import signed_in

AT = "/desk/dateien"
FIRST = xml.document(statement(line("1.00", "R1"), number=1, opening="0", closing="1.00"))
CHANGED = xml.document(
    statement(line("1.00", "R1"), line("2.00", "R2"), number=1, opening="0", closing="3.00")
)


@pytest.fixture
def app(city: Database) -> Flask:
    return create_app(database=city)


@pytest.fixture
def clerk(app: Flask, city: Database) -> FlaskClient:
    return signed_in(app, city, "finance")


def page(client: FlaskClient, address: str = AT) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return said(answer)


def said(answer: TestResponse) -> str:
    """What a person reads: tags gone, blanks made one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def look(client: FlaskClient, content: bytes, name: str = "auszug.xml") -> TestResponse:
    # The body is made here: the client would leave large ones in a file that nobody closes.
    head = f'Content-Disposition: form-data; name="datei"; filename="{name}"\r\n\r\n'
    body = b"--B\r\n" + head.encode() + content + b"\r\n--B--\r\n"
    kind = "multipart/form-data; boundary=B"
    return client.post(f"{AT}/ansehen", data=body, content_type=kind)


def bring_seen(client: FlaskClient, content: bytes, **more: str) -> TestResponse:
    form = {"pruefsumme": hashlib.sha256(content).hexdigest()} | more
    return client.post(f"{AT}/einlesen", data=form, follow_redirects=True)


def test_the_page_says_that_everything_is_here(clerk: FlaskClient) -> None:
    shown = page(clerk)

    assert "Alles da. Kein Auszug und keine Datei fehlt." in shown
    assert "Noch keine Lieferung in diesem Zustand." in shown


def test_a_file_is_looked_at_before_it_is_taken(city: Database, clerk: FlaskClient) -> None:
    seen = look(clerk, FIRST)

    assert seen.status_code == 200
    assert "Noch nichts gebucht. So würde die Datei eingelesen." in said(seen)
    assert "Neu: 1 Zeile." in said(seen)
    assert (live_lines(city), deliveries_of(city)) == ([], [])

    taken = bring_seen(clerk, FIRST)

    assert "Neu: 1 Zeile." in said(taken)
    assert live_lines(city) == [(100, "R1")]
    assert "S-1/1/1" in page(clerk)
    assert "Diese Datei war schon da" in said(look(clerk, FIRST))


def test_another_content_shows_what_would_change_and_a_person_decides(
    city: Database, clerk: FlaskClient
) -> None:
    look(clerk, FIRST)
    bring_seen(clerk, FIRST)

    seen = said(look(clerk, CHANGED))
    held = said(bring_seen(clerk, CHANGED))

    assert "Gleiche Kennung, anderer Inhalt, keine Version: angehalten, nicht gebucht." in seen
    assert "Als Korrektur: Korrigierte Fassung ersetzt Fassung 1: 1 neu." in seen
    assert "angehalten" in held
    assert live_lines(city) == [(100, "R1")]
    assert "1 Datei ist angehalten." in page(clerk)

    with city.read_only() as session:
        number = session.scalar(text("SELECT id FROM delivery WHERE state = 'held'"))
    released = clerk.post(f"{AT}/{number}/uebernehmen", follow_redirects=True)

    assert "Korrigierte Fassung ersetzt Fassung 1: 1 neu." in said(released)
    assert live_lines(city) == [(100, "R1"), (200, "R2")]
    assert clerk.post(f"{AT}/{number}/uebernehmen").status_code == 404
    assert "übernommen" in page(clerk)


def test_the_right_version_replaces_at_once_when_a_person_says_so(
    city: Database, clerk: FlaskClient
) -> None:
    look(clerk, FIRST)
    bring_seen(clerk, FIRST)
    look(clerk, CHANGED)

    bring_seen(clerk, CHANGED, korrektur="ja")

    assert deliveries_of(city) == ["taken", "corrected"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Datei nicht lesbar: die Datei ist leer."),
        (b"<script>alert(1)</script>", "Datei nicht lesbar: kein bekanntes Format."),
        (FIRST.replace(b"1.00", b"1,5O", 1), "Betrag „1,5O“ ist keine Zahl."),
    ],
)
def test_a_file_that_cannot_be_read_is_explained_and_not_kept(
    city: Database, clerk: FlaskClient, content: bytes, words: str
) -> None:
    seen = look(clerk, content)

    assert seen.status_code == 422
    assert words in said(seen)
    assert "<script>alert" not in seen.text
    assert bring_seen(clerk, content).status_code == 404
    assert deliveries_of(city) == []


def test_a_file_that_is_too_large_for_a_browser_says_so(
    clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "UPLOAD_BYTES", 1_000)

    seen = look(clerk, b"x" * 5_000)

    assert seen.status_code == 413
    assert "Datei zu groß oder gefährlich" in said(seen)


def test_a_file_larger_than_an_ordinary_request_is_taken(
    city: Database, clerk: FlaskClient
) -> None:
    large = FIRST + b"\n" * 2_000_000

    assert look(clerk, large).status_code == 200
    bring_seen(clerk, large)
    assert live_lines(city) == [(100, "R1")]


def test_the_name_of_a_file_is_a_text_and_no_path(
    city: Database, clerk: FlaskClient, tmp_path: Path
) -> None:
    look(clerk, FIRST, "../../etc/x;<b>=1+1.xml")
    shown = bring_seen(clerk, FIRST)

    assert "x__b__1_1.xml" in said(shown)
    with city.read_only() as session:
        number = session.scalar(text("SELECT id FROM delivery"))
    raw = clerk.get(f"{AT}/{number}/roh")
    assert raw.data == FIRST
    assert raw.headers["Content-Disposition"] == 'attachment; filename="x__b__1_1.xml"'
    assert raw.mimetype == "application/octet-stream"


def test_an_archive_shows_each_of_its_files(
    city: Database, clerk: FlaskClient, tmp_path: Path
) -> None:
    archive = a_zip(tmp_path, ("a.xml", FIRST), ("b.txt", b"Guten Tag")).read_bytes()

    seen = said(look(clerk, archive, "auszuege.zip"))
    bring_seen(clerk, archive)

    assert "a.xml" in seen
    assert "kein bekanntes Format" in seen
    assert deliveries_of(city) == ["taken", "refused"]


def test_the_matrix_shows_what_is_here_missing_corrected_and_double(
    city: Database, tmp_path: Path
) -> None:
    days = [date(2026, 11, 9) + timedelta(days=n) for n in range(14)]
    bank_days = [day for day in days if is_bank_day(day)]
    paths = {}
    for number, day in enumerate(bank_days, start=1):
        whole = statement(
            line("1.00", f"R{number}", day=day.isoformat()), number=number,
            opening=f"{number - 1}.00", closing=f"{number}.00", day=day.isoformat(),
        )  # fmt: skip
        paths[day] = file_of(tmp_path, xml.document(whole), f"{day}.xml")
        if day != date(2026, 11, 12):
            bring(city, paths[day])
    bring(city, paths[date(2026, 11, 10)])
    corrected = statement(
        line("1.00", "X9", day="2026-11-18"), number=8, opening="7.00", closing="8.00",
        day="2026-11-18",
    )  # fmt: skip
    bring_one(city, file_of(tmp_path, xml.document(corrected), "auszug_v2.xml"))

    with city.read_only() as session:
        grid = matrix(session, date(2026, 11, 23))

    [row] = [row for row in grid.rows if row.note == "Konto 181000"]
    words = {cell.day.day: cell.words for cell in row.cells}
    assert (words[9], words[10], words[12], words[18]) == ("da", "doppelt", "fehlt", "korrigiert")
    assert (words[14], words[15]) == ("kein Banktag", "kein Banktag")
    assert grid.missing == ("Auszug 4 fehlt: Endsaldo 3 ≠ Anfangssaldo 5, Lücke 1,00 €.",)


def test_who_may_only_read_sees_no_upload(app: Flask, city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, FIRST))
    auditor = signed_in(app, city, "auditor")

    assert "Datei hochladen" not in page(auditor)
    assert look(auditor, CHANGED).status_code == 403
    assert auditor.post(f"{AT}/1/uebernehmen").status_code == 403
    assert auditor.get(f"{AT}/1/roh").status_code == 200


@pytest.mark.parametrize("address", ["?zustand=quatsch", "?seite=0", "?seite=x"])
def test_an_address_that_is_none_is_refused(clerk: FlaskClient, address: str) -> None:
    assert clerk.get(AT + address).status_code == 400


def test_deliveries_are_shown_by_state_and_a_hundred_at_a_time(
    city: Database, clerk: FlaskClient
) -> None:
    with city.transaction() as session:
        session.execute(
            text("""INSERT INTO delivery (sha256, name, size_bytes, way, brought_by, state, code,
                                          data)
                    SELECT sha256(n::text::bytea), n || '.xml', 1, 'inbox', 'inbox', 'refused',
                           'unknown_format', '{"begins_with": "x"}'
                      FROM generate_series(1, 150) n""")
        )

    assert "Seite 1 von 2" in page(clerk, f"{AT}?zustand=refused")
    second = page(clerk, f"{AT}?zustand=refused&seite=2")
    assert "50.xml" in second
    assert "51.xml" not in second
    assert "Noch keine Lieferung" in page(clerk, f"{AT}?zustand=held")

"""The daycare's letter: its codes are read back, it names nobody, and who may print it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from config.cli.family import family
from config.database import Database
from ledger.permissions import Caller
from ledger.wallets import find_wallet
from terminals.portal.invitations import letters_page, waiting_children, write_letter
from tests.payer_client import DAYCARE, a_child, a_household, a_phone
from tests.scanning import read_drawing
from tests.staff_client import signed_in as staff_signed_in
from tests.terminals.portal.conftest import START

BY = Caller("S-0001", "administrator")
CITY = "Stadt Aachen"


def test_both_codes_of_a_letter_can_be_scanned(app: Flask, city: Database) -> None:
    child = a_child(city)
    with city.transaction() as session:
        letter = write_letter(session, BY, child.code, city=CITY, at=START)
        wallet = find_wallet(session, child.wallet)
    link = read_drawing(letter.link).text
    assert link == f"http://localhost:8000/portal/willkommen/{letter.made.code}"
    assert a_phone(app).get(link.removeprefix("http://localhost:8000")).status_code == 200
    lines = read_drawing(letter.giro_code).text.splitlines()
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[5] == CITY
    assert lines[6] == letter.iban.replace(" ", "")
    assert wallet is not None
    assert lines[9] == wallet.reference


def test_a_letter_says_the_same_in_words_and_names_nobody(city: Database) -> None:
    child = a_child(city)
    with city.transaction() as session:
        letter = write_letter(session, BY, child.code, city=CITY, at=START)
    page = letters_page([letter])
    for said in (letter.made.spoken, letter.iban, letter.reference, letter.daycare, child.code):
        assert said in page
    assert "localhost:8000/portal/willkommen" in page
    assert "<style>" in page  # a file of its own brings its styles
    assert '<section lang="en"' in page
    assert "<script" not in page


def test_the_command_writes_a_file_for_each_child(
    city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", city.engine.url.render_as_string(hide_password=False))
    children = [a_child(city).code for _ in range(2)]
    result = CliRunner().invoke(family, ["letter", *children, "--out", str(tmp_path / "letters")])
    assert (result.exit_code, result.output) == (0, f"2 letters in {tmp_path / 'letters'}\n")
    files = sorted(one.name for one in (tmp_path / "letters").iterdir())
    assert files == [f"{code}.html" for code in sorted(children)]
    unknown = CliRunner().invoke(family, ["letter", "C-999999", "--out", str(tmp_path)])
    assert unknown.exit_code == 1


def test_a_head_writes_for_the_own_daycare_alone(app: Flask, city: Database) -> None:
    own, other = a_child(city), a_child(city, facility="K02")
    head = staff_signed_in(app, city, "site_manager", facility=DAYCARE)
    page = head.get("/desk/families").text
    assert own.code in page
    assert other.code not in page
    assert head.get("/desk/families?house=K02").status_code == 404
    asked = {"house": "K02", "child": other.code}
    assert head.post("/desk/families/letters", data=asked).status_code == 404
    hidden = {"house": DAYCARE, "child": other.code}
    assert head.post("/desk/families/letters", data=hidden).status_code == 404
    letters = head.post("/desk/families/letters", data={"house": DAYCARE, "child": own.code})
    assert letters.status_code == 200
    assert letters.text.count('<main class="sheet">') == 1
    assert "<style" not in letters.text


def test_the_administrator_writes_for_every_daycare_and_sees_who_is_done(
    app: Flask, city: Database
) -> None:
    a_household(city, facility="K02")
    child = a_child(city, facility="K02")
    admin = staff_signed_in(app, city, "administrator")
    with city.read_only() as session:
        waiting = waiting_children(session, "K02", at=START)
    assert [(one.child, one.has_letter) for one in waiting] == [(child.code, False)]
    assert "noch keiner" in admin.get("/desk/families?house=K02").text
    admin.post("/desk/families/letters", data={"house": "K02", "child": child.code})
    assert "unterwegs" in admin.get("/desk/families?house=K02").text


def test_a_head_of_a_pool_has_no_daycare(app: Flask, city: Database) -> None:
    head = staff_signed_in(app, city, "site_manager", facility="B01")
    assert "für keine Kita zuständig" in head.get("/desk/families").text


def test_who_printed_a_letter_is_in_the_log_and_its_code_is_not(app: Flask, city: Database) -> None:
    child = a_child(city)
    admin = staff_signed_in(app, city, "administrator")
    admin.post("/desk/families/letters", data={"house": DAYCARE, "child": child.code})
    with city.read_only() as session:
        [row] = session.execute(
            text("SELECT * FROM audit_log WHERE what = 'family.code_made'")
        ).all()
    assert (row.about, row.role, row.detail) == (child.code, "administrator", {})

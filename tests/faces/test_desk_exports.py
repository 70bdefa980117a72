"""Hand-overs in a real browser: made, released and receipted by hand; no page breaks a rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from config.app import create_app
from config.database import Database
from tests.faces.conftest import served
from tests.faces.desk_stand import a_page
from tests.faces.every_page import assert_usable
from tests.reconciliation.export_books import closed, rows
from tests.reconciliation.payment_stand import a_payout, a_stand, an_order, ask

PATH = "/desk/uebergaben"


@dataclass(frozen=True, slots=True)
class House:
    """The application on books with a payout to send and closed days to hand over."""

    address: str
    database: Database
    codes: dict[str, str]


@pytest.fixture
def house(city: Database) -> Iterator[House]:
    stand = a_stand(city)
    a_payout(stand, 4260)
    ask(stand, an_order(stand))
    ((first, last),) = rows(city, "SELECT min(booked_on), max(booked_on) FROM entry")
    closed(city, first, last)  # type: ignore[arg-type]
    codes = {"finance": stand.maker.name, "approver": stand.checker.name}
    with served(create_app(database=city)) as address:
        yield House(address, city, codes)


def test_a_batch_is_made_downloaded_and_receipted_by_keyboard(
    chromium: Browser, house: House, tmp_path: Path
) -> None:
    view = a_page(chromium, house, "finance", width=1440)
    page = view.page
    page.goto(f"{PATH}/neu?format=journal_csv")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Buchungen, 115,20")
    assert_usable(view)
    page.get_by_role("button", name="Stapel erstellen").click()
    expect(page.get_by_role("status")).to_contain_text("Stapel 1 erstellt.")
    assert_usable(view)
    with page.expect_download() as started:
        page.get_by_role("link", name="Datei laden").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.name == "journal_csv-000001.csv"
    page.keyboard.press("q")
    page.get_by_label("Was ist geschehen?").select_option("rejected")
    page.get_by_label("Bemerkung").fill("Konto 441300 fehlt")
    assert_usable(view)
    page.get_by_role("button", name="Vermerken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("abgelehnt: Konto 441300 fehlt")
    page.goto(PATH)
    expect(page.get_by_role("heading", level=1)).to_have_text("Übergaben: 1 abgelehnt.")
    assert_usable(view)
    page.context.close()


def test_two_people_let_a_file_for_the_bank_go(chromium: Browser, house: House) -> None:
    view = a_page(chromium, house, "finance", theme="dark", width=390)
    page = view.page
    page.goto(f"{PATH}/neu?format=pain001")
    expect(page.get_by_text("Noch nicht von einer zweiten Person freigegeben.")).to_be_visible()
    assert_usable(view)
    page.get_by_role("button", name="Stapel erstellen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("wartet auf Freigabe")
    assert_usable(view)
    page.context.close()
    view = a_page(chromium, house, "approver")
    page = view.page
    page.goto(f"{PATH}/pain001/1")
    assert_usable(view)
    page.get_by_role("button", name="Freigeben", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("noch nicht gesendet")
    expect(page.get_by_role("link", name="Datei laden")).to_be_visible()
    assert_usable(view)
    page.context.close()

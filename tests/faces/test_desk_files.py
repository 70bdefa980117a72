"""Statements and files in a real browser: the matrix, one delivery, and a file brought by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

import reconciliation.sources.acquirer_csv
from config.app import create_app
from config.database import Database
from ledger.calendar import business_day, is_bank_day
from ledger.staff.people import Post, add_person
from tests.faces.conftest import View, Window, served
from tests.faces.desk_stand import a_page, looking
from tests.faces.every_page import (
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.sample_city import sample_page
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import KITA, MAIN, bring, file_of, line, statement
from tests.staff_client import OPERATOR

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]

ADVICES = Path(reconciliation.sources.acquirer_csv.__file__).parent / "samples"


@dataclass(frozen=True, slots=True)
class House:
    """The application after two weeks of deliveries; held: the one that waits for a person."""

    address: str
    database: Database
    codes: dict[str, str]
    held: int


@pytest.fixture(scope="module")
def house(module_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("bank")
    _two_weeks(module_city, folder)
    bring(module_city, ADVICES / "arvato.csv")
    bring(module_city, file_of(folder, b"Guten Tag", "brief.txt"))
    with module_city.transaction() as session:
        clerk = add_person(session, OPERATOR, login="kasse.f", name="Kasse", post=Post("finance"))
        held = session.scalar(text("SELECT max(id) FROM delivery WHERE state = 'held'"))
    app = create_app(database=module_city, city_page=sample_page)
    with served(app) as address:
        yield House(address, module_city, {"finance": clerk.code}, held)


def a_day(number: int, day: date, *, iban: str = MAIN, cents: int = 100) -> bytes:
    opening, amount = (number - 1) * 100, f"{cents // 100}.{cents % 100:02d}"
    closing = opening + cents
    whole = statement(
        line(amount, f"R{number}", day=day.isoformat()), number=number, iban=iban,
        opening=f"{opening // 100}.00", closing=f"{closing // 100}.{closing % 100:02d}",
        day=day.isoformat(),
    )  # fmt: skip
    return xml.document(whole)


def _two_weeks(city: Database, folder: Path) -> None:
    """One account with everything, one where all is well."""
    today = business_day(datetime.now(UTC))
    days = [today - timedelta(days=n) for n in range(20, 0, -1)]
    bank_days = [day for day in days if is_bank_day(day)]
    for number, day in enumerate(bank_days, start=1):
        bring(city, file_of(folder, a_day(number, day, iban=KITA), f"kita-{day}.xml"))
        if number != 8:
            bring(city, file_of(folder, a_day(number, day), f"haupt-{day}.xml"))
    bring(city, folder / f"haupt-{bank_days[5]}.xml")
    right = a_day(7, bank_days[6]).replace(b"<AcctSvcrRef>R7", b"<AcctSvcrRef>R7a")
    bring(city, file_of(folder, right, "haupt_v2.xml"))
    wrong = a_day(10, bank_days[9], cents=300)
    bring(city, file_of(folder, wrong, "haupt-anders.xml"))


VIEWS = [("", "light", 1600), ("", "dark", 820), ("/{held}", "light", 1280)]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    path, theme, width = request.param
    path = f"/desk/dateien{path.format(held=house.held)}"
    with looking(window, house, "finance", path, theme=theme, width=width) as view:
        yield view


def test_a_clerk_looks_at_a_file_and_takes_it(
    chromium: Browser, house: House, tmp_path: Path
) -> None:
    page = a_page(chromium, house, "finance", width=1440).page
    page.goto("/desk/dateien")
    page.set_input_files("#datei", file_of(tmp_path, (ADVICES / "adyen.csv").read_bytes(), "a.csv"))
    page.get_by_role("button", name="Ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Noch nichts gebucht. So würde die Datei eingelesen."
    )
    page.get_by_role("button", name="Einlesen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Neu: 4 Zeilen.")
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk/dateien")
    page.context.close()

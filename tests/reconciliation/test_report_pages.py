"""Month end and cash on the desk: figures, checks, files, and two signatures under a month."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from config.app import create_app
from config.database import Database
from config.postgres import EmbeddedServer
from ledger.accounts import find_accounts
from ledger.balances import cut_at
from ledger.periods import close_period
from ledger.turnovers import moved_by_day
from reconciliation.desk.accounts.lines import Wanted, statement_lines
from reconciliation.reports.takings import refresh_takings
from tests.config.demo_city import lived
from tests.conftest import cloned_database
from tests.staff_client import signed_in

TODAY = date(2026, 11, 4)
OCTOBER = "/desk/monate/2026-10"
MOST_STATEMENTS = 28  # eight steps, two signatures, the frame and whoever asks


@pytest.fixture(scope="module")
def lived_city(
    server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with cloned_database(server, template) as database:
        lived(database, tmp_path_factory.mktemp("pages"), days=5, today=TODAY)
        with database.transaction() as session:
            refresh_takings(session, TODAY)
        yield database


@pytest.fixture(scope="module")
def app(lived_city: Database) -> Any:
    return create_app(database=lived_city)


def the_form(page: str) -> dict[str, str]:
    seen = page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]
    place = page.split('name="place" value="')[1].split('"', maxsplit=1)[0]
    return {"seen": seen, "place": place}


def test_every_step_of_a_month_shows_its_figures(app: Any, lived_city: Database) -> None:
    finance = signed_in(app, lived_city, "finance")
    titles = (
        "Alle Tage gesperrt", "Umsatzsteuer nach Satz", "Zuschüsse je Behörde", "Bundesanteil",
        "Mehrfachkarten", "Guthaben = Kontrollkonto", "Ungeklärtes Geld", "Übergabe",
    )  # fmt: skip
    for number, title in enumerate(titles, start=1):
        answer = finance.get(f"{OCTOBER}?schritt={number}")
        assert answer.status_code == 200
        assert f"{number} · {title}" in answer.text
    assert finance.get("/desk/monate/2027-01").status_code == 404
    assert finance.get("/desk/monate/2026").status_code == 404


def test_a_month_is_read_in_few_statements(app: Any, lived_city: Database) -> None:
    finance = signed_in(app, lived_city, "finance")
    finance.get(OCTOBER)
    asked: list[str] = []

    def note(*facts: Any) -> None:
        asked.append(facts[2])

    event.listen(lived_city.engine, "before_cursor_execute", note)
    try:
        assert finance.get(OCTOBER).status_code == 200
    finally:
        event.remove(lived_city.engine, "before_cursor_execute", note)
    assert len(asked) <= MOST_STATEMENTS, asked


def test_the_pages_of_a_statement_follow_one_another(lived_city: Database) -> None:
    with lived_city.read_only() as session:
        cut = cut_at(session, as_of=TODAY, known_at=None)
        days = (date(2026, 10, 30), date(2026, 11, 3))
        wanted = Wanted(find_accounts(session, ["183000"])["183000"], *days)
        pages = [statement_lines(session, wanted, cut, page=1)]
        while pages[-1].lines:
            following = len(pages) + 1
            pages.append(statement_lines(session, wanted, cut, page=following))
        moved = moved_by_day(session, "183000", cut, first=days[0], last=days[1])
    lines = [line for page in pages for line in page.lines]
    assert pages[0].count == len(lines) > 200
    assert {page.count for page in pages} == {pages[0].count}
    running = 0
    for line in lines:
        running += line.cents
        assert line.running_cents == running
    assert running == sum(each.net_cents for each in moved)
    ordered = [(line.booked_on, line.entry_id, line.line) for line in lines]
    assert ordered == sorted(ordered)


def test_two_people_sign_a_month_once_its_days_are_locked(app: Any, lived_city: Database) -> None:
    first, second = (signed_in(app, lived_city, role) for role in ("finance", "finance_approver"))
    assert 'name="seen"' not in first.get(OCTOBER).text  # days are open: nothing to sign
    with lived_city.transaction() as session:
        close_period(session, date(2026, 10, 1), date(2026, 10, 31), closed_by="test")
    form = the_form(first.get(OCTOBER).text)
    assert first.post(OCTOBER, data=form | {"seen": "00" * 32}).status_code == 409
    assert first.post(OCTOBER, data=form | {"seen": "x"}).status_code == 422
    assert first.post(OCTOBER, data=form).status_code == 303
    page = first.get(OCTOBER).text
    assert "Eine andere Person muss sperren." in page
    own = first.post(OCTOBER, data={"seen": form["seen"], "place": "2"})
    assert own.status_code == 409
    assert "sperren muss jemand anderes" in own.text
    assert second.post(OCTOBER, data=the_form(second.get(OCTOBER).text)).status_code == 303
    assert "ist gesperrt." in second.get(OCTOBER).text
    with lived_city.read_only() as session:
        signers = session.scalars(text("SELECT person FROM closing_signature")).all()
    assert len(set(signers)) == 2


def test_an_auditor_looks_and_signs_nothing(app: Any, lived_city: Database) -> None:
    auditor = signed_in(app, lived_city, "auditor")
    assert auditor.get(OCTOBER).status_code == 200
    assert auditor.post(OCTOBER, data={"seen": "", "place": "1"}).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_report_can_be_saved(app: Any, lived_city: Database, form: str) -> None:
    finance = signed_in(app, lived_city, "finance")
    answer = finance.get(f"/desk/berichte/vat/2026-10.{form}?bekannt=2026-11-04T02:00:00%2B01:00")
    assert answer.status_code == 200
    assert f"vat-2026-10.{form}" in answer.headers["Content-Disposition"]
    assert len(answer.data) > 100


@pytest.mark.parametrize(
    ("path", "status"),
    [("vat/2026-10.doc", 404), ("nothing/2026-10.csv", 404), ("vat/2026-99.csv", 404),
     ("vat/2026-10.csv?bekannt=gestern", 400), ("vat/2026-10.csv?bekannt=2026-11-04", 400)],
)  # fmt: skip
def test_what_is_no_report_is_said(app: Any, lived_city: Database, path: str, status: int) -> None:
    assert signed_in(app, lived_city, "finance").get(f"/desk/berichte/{path}").status_code == status


def test_cash_is_shown_by_place_and_month(app: Any, lived_city: Database) -> None:
    client: FlaskClient = signed_in(app, lived_city, "finance")
    page = client.get("/desk/bargeld?monat=2026-11")
    assert page.status_code == 200
    assert "Cent je Bar-Euro" in page.text
    assert "B01" in page.text
    assert client.get("/desk/bargeld?monat=2026").status_code == 404
    assert "nichts bar eingenommen" in client.get("/desk/bargeld?monat=2020-01").text

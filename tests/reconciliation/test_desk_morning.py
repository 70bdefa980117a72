"""The morning page in its states, tasks, search, and money that nobody knows."""

import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from config.app import create_app
from config.database import Database
from config.web.formats import long_day
from ledger.balances import balance
from ledger.calendar import CITY_TIME, is_bank_day
from ledger.entries import Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.permissions import Caller
from ledger.wallets import Wallet, open_wallet
from reconciliation.casework.noting import assign
from reconciliation.casework.steps import history
from reconciliation.casework.undoing import undo
from reconciliation.desk.search.finding import read_asked
from reconciliation.night.steps import STEPS
from reconciliation.tables import bank_line, bank_match, bank_statement
from tests.reconciliation.casework_stand import Desk, a_desk, browser_of, now
from tests.reconciliation.desk_books import TODAY, UNKNOWN, a_morning, a_night, a_run
from tests.staff_client import signed_in

MORNING = "/desk/"
UNCLEAR = "/desk/ungeklaert"


def client_of(database: Database, role: str = "finance") -> FlaskClient:
    return signed_in(create_app(database=database), database, role)


def test_before_the_first_night_the_page_says_so(city: Database) -> None:
    page = client_of(city).get(MORNING)
    assert page.status_code == 200
    assert "Noch kein Nachtlauf." in page.text


def test_the_headline_is_the_answer_and_the_sums_are_those_of_the_cases(city: Database) -> None:
    numbers = a_morning(city)
    page = client_of(city).get(MORNING).text
    for words in ("13 Differenzen und 8 Vorschläge. Der Rest ist geschlossen oder in Frist.",
                  "964,70\u00a0€", "1.402,30\u00a0€ zuzuordnen", "12\u00a0BT",
                  "Safebag fehlt bei der Bank",
                  f"D-{numbers['Safebag 7730418']}", "3\u00a0min\u00a008\u00a0s"):  # fmt: skip
        assert words in page
    assert re.search(r"girocard, 14 Nächte: 1 noch offen, 13 geschlossen", page)
    assert ("Kein Banktag." in page) == (not is_bank_day(TODAY))


def test_when_all_is_closed_nothing_on_the_page_is_red(city: Database) -> None:
    with city.transaction() as session:
        a_run(session, ())
    page = client_of(city).get(MORNING).text
    assert "Alles geschlossen. 3.200 Posten geprüft, 800 in Frist." in page
    assert "icon--difference" not in page.split('id="kanaele"')[0].split("<h1")[1]
    assert "Keine offene Differenz." in page


def test_a_run_that_is_under_way_shows_its_step_and_the_figures_before(city: Database) -> None:
    with city.transaction() as session:
        a_run(session, (), nights=3)
    with city.transaction() as session:
        a_run(session, (), nights=1, finished=False)
    page = client_of(city).get(MORNING).text
    assert f"Schritt 7 von {len(STEPS)}" in page
    assert "Zahlen sind vom Lauf davor." in page
    assert "Alles geschlossen." in page


def test_a_missing_night_is_said_first(city: Database) -> None:
    with city.transaction() as session:
        a_night(session, uuid4(), date(2026, 1, 5), ())
    page = client_of(city).get(MORNING).text
    assert re.search(r"Der Nachtlauf für \w\w.[\d.]+ fehlt", page)


def test_the_next_case_is_mine_before_it_is_anybodys(city: Database) -> None:
    desk = a_desk(city)
    client = client_of(city)
    first = desk.numbers["Safebag 7730418"]
    assert f'href="/desk/differenzen/D-{first}" data-key="enter"' in client.get(MORNING).text


def test_the_day_to_close_is_the_oldest_open_one(city: Database) -> None:
    a_desk(city)  # fourteen nights have looked at their days
    page = client_of(city).get(MORNING).text
    oldest = TODAY - timedelta(days=14)
    assert f'href="/desk/tage/{oldest}"' in page
    assert f"Tag {oldest:%d.%m.} abschließen" in page
    assert "danach 13 weitere Tage" in page


def test_my_tasks_are_my_cases_and_days_to_sign(city: Database) -> None:
    desk = a_desk(city)
    with city.transaction() as session:
        assign(session, desk.anna, desk.numbers[UNKNOWN.reference], desk.anna.name)
    mine = browser_of(desk, desk.anna)
    page = mine.get("/desk/aufgaben").text
    assert f"D-{desk.numbers[UNKNOWN.reference]} Unbekannte Gutschrift" in page
    assert "abschließen" in page
    assert "Unbekannte Gutschrift" not in client_of(city).get("/desk/aufgaben").text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("46,00", "Fehlt beim Anbieter"), ("-37,9", "Rückbelastung"),
        ("Safebag 773", "Safebag fehlt"),
        ("8030.2026.004716-3", "E-4716"), ("EP-77301-204418", "Anbieterzeilen"),
        ("DANKE", "Auszug 222, Eintrag 31"), ("184110", "Transit Kreditkarten"),
        ("camt053", "Dateien"), ("2051", "Bankeinträge"), ("nirgends", "Nichts gefunden"),
        ("100%", "Nichts gefunden"),
    ],
)  # fmt: skip
def test_one_field_finds_what_is_written_on_things(
    morning: FlaskClient, words: str, found: str
) -> None:
    page = morning.get("/desk/suche", query_string={"q": words})
    assert page.status_code == 200
    assert found in page.text


@pytest.fixture(scope="module")
def morning(module_city: Database) -> FlaskClient:
    a_morning(module_city)
    return client_of(module_city)


def test_a_case_that_is_named_opens_at_once(morning: FlaskClient) -> None:
    assert morning.get("/desk/suche?q=d-3").location == "/desk/differenzen/D-3"
    assert "Nichts gefunden" in morning.get("/desk/suche?q=D-99999").text
    assert "Was sich suchen lässt" in morning.get("/desk/suche").text


def test_what_is_typed_is_read_in_every_way_it_can_be_meant() -> None:
    at = datetime(2026, 11, 18, 7, tzinfo=UTC)
    assert read_asked("1.118,40", at).cents == 111840
    assert read_asked("−37,9", at).cents == -3790
    assert str(read_asked("17.11.", at).day) == "2026-11-17"
    assert str(read_asked("17.11.25", at).day) == "2025-11-17"
    assert read_asked("31.2.", at).day is None
    assert read_asked("RF18 O539-0075", at).folded == "RF1805390075"


def an_unclear_receipt(database: Database, words: str, cents: int = 4000) -> int:
    """Money with these words on the account for unclear money; the entry."""
    with database.transaction() as session:
        known = session.scalar(select(bank_statement.c.id))
        moved = Transfer("181010", "371100", Money(cents))
        name = f"S/{uuid4()}"
        [outcome] = post(
            session, [Entry(uuid4(), "unclear_receipt", TODAY, (moved,), reference=name)]
        )
        line = session.execute(insert(bank_line).values(
            statement_id=known, amount_cents=cents, ordinal=900 + outcome.entry_id, detail=0,
            booked_on=TODAY, currency="EUR", remittance=words, is_reversal=False,
            counterparty_iban="DE02120300000000202051", counterparty_name="Erika Muster",
        ).returning(bank_line.c.id)).scalar_one()  # fmt: skip
        match = {"bank_line_id": line, "rule": "unclear", "rule_version": 1, "key_used": ""}
        session.execute(insert(bank_match).values(match | {"entry_id": outcome.entry_id}))
        entry: int = outcome.entry_id
        return entry


def a_wallet(database: Database) -> Wallet:
    with database.transaction() as session:
        return open_wallet(session, kind="kita", key=UUID(int=7))


def credit(database: Database, account: str) -> int:
    with database.read_only() as session:
        return balance(session, account).credit_cents


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def swapped(reference: str) -> str:
    """The reference with two different neighbours exchanged, from the end."""
    for at in range(len(reference) - 2, 4, -1):
        if reference[at] != reference[at + 1]:
            return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    raise AssertionError(reference)


def test_unclear_money_is_suggested_by_a_reference_with_a_slip(desk: Desk) -> None:
    wallet = a_wallet(desk.database)
    receipt = an_unclear_receipt(desk.database, f"Essen {swapped(wallet.reference)} danke")
    client = client_of(desk.database)
    assert wallet.code in client.get(UNCLEAR).text
    page = client.get(f"{UNCLEAR}/{receipt}").text
    assert "Referenz mit einem Tippfehler, eindeutig" in page
    assert "Stufe 3 von 5" in page
    answer = client.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account})
    assert answer.status_code == 303
    assert credit(desk.database, wallet.account) == 4000
    assert client.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account}).status_code == 404
    assert credit(desk.database, wallet.account) == 4000


def test_unclear_money_is_found_a_home_by_hand(desk: Desk) -> None:
    wallet = a_wallet(desk.database)
    receipt = an_unclear_receipt(desk.database, "ohne Worte")
    client = client_of(desk.database)
    spaced = " ".join(re.findall("....", wallet.reference)).lower()
    page = client.get(f"{UNCLEAR}/{receipt}", query_string={"q": spaced[:9]}).text
    assert f"Guthaben {wallet.code}" in page
    assert "Nichts gefunden" in client.get(f"{UNCLEAR}/{receipt}?q=ZZZZZZ").text
    for wrong in ({"konto": "441200"}, {"konto": wallet.account, "link": "x"}, {}):
        assert client.post(f"{UNCLEAR}/{receipt}", data=wrong).status_code == 400
    assert client.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account}).status_code == 303


def test_assigning_unclear_money_closes_the_case_about_it_and_can_be_undone(desk: Desk) -> None:
    wallet, case = a_wallet(desk.database), desk.case(UNKNOWN.reference)
    client = client_of(desk.database)
    receipt = re.search(rf"{UNCLEAR}/(\d+)", client.get(UNCLEAR).text)[1]
    assert case.name in client.get(f"{UNCLEAR}/{receipt}").text
    assert client.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account}).status_code == 303
    assert not desk.case(UNKNOWN.reference).is_open
    assert credit(desk.database, wallet.account) == 15000
    with desk.database.transaction() as session:
        step = history(session, case.id)[0]
        undo(session, Caller(step.person, "finance", person=step.name), step.id, at=now())
    assert client.get(f"{UNCLEAR}/{receipt}").status_code == 200
    assert client.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account}).status_code == 303


def test_money_goes_back_to_its_sender_by_two_people_and_only_once(desk: Desk) -> None:
    receipt = an_unclear_receipt(desk.database, "Irrtum")
    anna = client_of(desk.database)
    assert anna.post(f"{UNCLEAR}/{receipt}/zurueck", data={"worte": " "}).status_code == 422
    asked = anna.post(f"{UNCLEAR}/{receipt}/zurueck", data={"worte": "Falscher Empfänger"})
    assert asked.status_code == 303
    wallet = a_wallet(desk.database)
    assert anna.post(f"{UNCLEAR}/{receipt}", data={"konto": wallet.account}).status_code == 409
    assert anna.post(f"{UNCLEAR}/{receipt}/zurueck", data={"worte": "Noch mal"}).status_code == 422
    assert anna.post(asked.location, data={"entscheidung": "released"}).status_code == 403
    carla = client_of(desk.database, "finance_approver")
    assert "Rücksendung freigeben" in carla.get(asked.location).text
    assert carla.post(asked.location, data={"entscheidung": "released"}).status_code == 303
    assert credit(desk.database, "371300") >= 4000
    assert anna.get(f"{UNCLEAR}/{receipt}").status_code == 404


def test_the_navigation_counts_what_waits(desk: Desk) -> None:
    page = client_of(desk.database).get(MORNING).text
    assert '<span class="nav__count">21</span>' in page


def test_the_palette_finds_cases_accounts_and_payments(morning: FlaskClient) -> None:
    def hits(words: str) -> list[tuple[str, str]]:
        found = morning.get("/desk/suche/treffer", query_string={"q": words}).json["hits"]
        return [(one["kind"], one["href"]) for one in found]

    assert hits("d-3") == [("Fall", "/desk/differenzen/D-3")]
    assert ("Konten", "/desk/konten/371100") in hits("ungeklärte")
    assert ("Fälle", "/desk/differenzen/D-1") in hits("7730418")
    assert {kind for kind, _ in hits("46,00")} >= {"Fälle", "Buchungen"}
    assert hits("4") == hits("x%_x") == []


def test_after_midnight_it_is_the_next_day_in_the_city(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_desk(city)
    half_past = datetime.combine(TODAY, time(0, 30), CITY_TIME).astimezone(UTC)  # yesterday
    monkeypatch.setattr("reconciliation.desk.morning.now", lambda: half_past)
    assert long_day(TODAY) in client_of(city).get(MORNING).text

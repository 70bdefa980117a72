"""The page of night runs: what each did, and one more by hand."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from ledger.calendar import CITY_TIME
from reconciliation.night import run_night
from reconciliation.night.steps import STEPS
from tests.reconciliation.night_stand import DAY, a_bag
from tests.staff_client import signed_in


@pytest.fixture
def finance(city: Database) -> FlaskClient:
    return signed_in(create_app(database=city), city, "finance")


def see(client: FlaskClient, path: str = "/desk/laeufe") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_before_the_first_night_the_page_says_when_it_comes(finance: FlaskClient) -> None:
    assert "Noch kein Nachtlauf." in see(finance)


def test_a_second_run_says_that_it_wrote_nothing(city: Database, finance: FlaskClient) -> None:
    a_bag(city, 30000)
    run_night(city.transaction, DAY + timedelta(days=14))
    assert re.search(r"Der letzte Lauf schrieb [1-9]\d* Zeilen\.", see(finance))
    run_night(city.transaction, DAY + timedelta(days=14))
    page = see(finance)
    assert "Zweiter Lauf: 0 Zeilen geschrieben." in page
    assert "Vergleich mit Lauf 1" in page
    assert "Differenzen" in see(finance, "/desk/laeufe?lauf=1")
    assert finance.get("/desk/laeufe?lauf=77").status_code == 404


def test_a_run_that_goes_on_shows_its_step_and_one_that_died_that_it_did(
    city: Database, finance: FlaskClient
) -> None:
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO night_start (run, day) VALUES (gen_random_uuid(), :day)"),
            {"day": DAY},
        )
    assert f"Der Nachtlauf läuft: Schritt 1 von {len(STEPS)}." in see(finance)
    run_night(city.transaction, DAY + timedelta(days=1))
    assert "abgebrochen nach Schritt 0" in see(finance)


def test_asking_for_a_run_puts_one_job_on_the_queue(city: Database, finance: FlaskClient) -> None:
    answer = finance.post("/desk/laeufe")
    assert answer.status_code == 303
    assert "vorgemerkt" in see(finance, answer.headers["Location"])
    with city.read_only() as session:
        jobs = session.execute(text("SELECT task_name, lock FROM procrastinate_jobs")).all()
    assert [tuple(job) for job in jobs] == [("night_now", "night")]


def test_whoever_only_reads_is_offered_no_run(city: Database) -> None:
    auditor = signed_in(create_app(database=city), city, "auditor")
    assert "Jetzt abgleichen" not in see(auditor)
    assert auditor.post("/desk/laeufe").status_code == 403


def test_a_night_that_is_missing_stands_on_top(city: Database, finance: FlaskClient) -> None:
    long_ago = datetime.now(UTC).astimezone(CITY_TIME).date() - timedelta(days=5)
    run_night(city.transaction, long_ago)
    assert "Zahlen sind von gestern." in see(finance)

"""The demo city: it lives days once, goes on where the books end, and survives being cut off."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from config.database import Database
from config.migrations.checks import find_faults
from config.page_data import city_page
from config.postgres import EmbeddedServer
from ledger.balances import TrialBalanceLine, balance, sub_ledger_balances, trial_balance
from ledger.periods import last_closed_day
from reconciliation.differences import ASKS_FOR_A_PERSON, open_differences
from reconciliation.night.totals import control_totals
from tests.config.demo_city import a_stage, lived
from tests.conftest import cloned_database

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)  # a Friday: Wednesday and Thursday are lived
DAYS = 2


@dataclass(frozen=True, slots=True)
class Lived:
    """A city that was left alone while it lived."""

    database: Database
    folder: Path


@pytest.fixture(scope="module")
def undisturbed(
    server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with cloned_database(server, template) as database:
        result = lived(database, folder, days=DAYS, today=TODAY)
        assert result.days == [TODAY - timedelta(days=2), TODAY - timedelta(days=1)]
        assert result.outcomes["charged"] > 500
        assert result.outcomes["refused"] == 0
        yield Lived(database, folder)


def books(database: Database) -> tuple[list[TrialBalanceLine], dict[str, int]]:
    """The trial balance and how many entries of each event there are."""
    with database.read_only() as session:
        events = session.execute(text("SELECT event, count(*) FROM entry GROUP BY event"))
        return trial_balance(session), {row[0]: row[1] for row in events}


def test_every_promise_holds_over_the_lived_days(undisturbed: Lived) -> None:
    with undisturbed.database.with_patience(120).read_only() as session:
        assert find_faults(session) == []
        lines = trial_balance(session)
    assert sum(line.balance.debit_balance_cents for line in lines) == 0
    assert all(line.balance.debit_cents for line in lines if line.code.startswith("183"))


def test_the_books_agree_with_the_bank_after_the_last_night(undisturbed: Lived) -> None:
    with undisturbed.database.read_only() as session:
        for total in control_totals(session, TODAY):
            assert total.bank_cents == total.ledger_cents
        open_ones = open_differences(session)
    kinds = {each.kind for each in open_ones if each.severity in ASKS_FOR_A_PERSON}
    assert kinds - {"CASH_SHORT", "CASH_OVER"} == {"UNKNOWN_CREDIT"}


def test_tills_are_empty_at_night_and_floats_back_in_the_safe(undisturbed: Lived) -> None:
    with undisturbed.database.read_only() as session:
        assert balance(session, "183000").debit_balance_cents == 0
        assert balance(session, "183900").debit_balance_cents == 0
        assert balance(session, "184000").debit_balance_cents > 0  # bags on their way to the bank


def test_all_four_kinds_of_facility_do_business_and_museums_rest_on_monday(
    undisturbed: Lived,
) -> None:
    page = city_page(undisturbed.database, city="Stadt Aachen", person=None)
    kinds = {kind.kind: kind.cents for kind in page.takings.kinds}
    assert kinds.keys() == {"daycare", "pool", "museum", "citizens_office"}
    assert all(cents[-1] > 0 for cents in kinds.values())
    assert len(page.takings.facilities) == 41
    freibad = next(row for row in page.takings.facilities if row.code == "B06")
    assert freibad.cents == (None,) * 14


def test_the_page_takes_its_figures_from_the_books(undisturbed: Lived) -> None:
    page = city_page(undisturbed.database, city="Stadt Aachen", person=None)
    with undisturbed.database.read_only() as session:
        # Another way to the same takings: what the charges say, less voids, and the meals.
        charged = session.execute(text("""
            SELECT facility, sum(total_cents)::bigint FROM charge c
             WHERE refused IS NULL AND booked_on = :day
               AND NOT EXISTS (SELECT FROM charge_reversal r WHERE r.charge = c.key)
             GROUP BY facility HAVING sum(total_cents) > 0"""), {"day": page.day.on})  # fmt: skip
        expected = {row[0]: row[1] for row in charged}
        wallets = -balance(session, "371000").debit_balance_cents
        wallets -= balance(session, "371010").debit_balance_cents
        entries = session.scalar(text("SELECT count(*) FROM entry"))
        voided = session.scalar(text(
            "SELECT coalesce(sum(total_cents), 0) FROM charge JOIN charge_reversal r"
            " ON r.charge = charge.key WHERE way = 'wallet' AND charge.booked_on = :day"),
            {"day": page.day.on})  # fmt: skip
    shown = {row.code: row.cents[-1] for row in page.takings.facilities if row.kind != "daycare"}
    assert {code: cents for code, cents in shown.items() if cents} == expected
    assert page.balances
    assert page.channels_agree
    assert page.wallets.total_cents == wallets
    assert page.wallets.other_cents == voided
    assert page.day.all_entry_count == page.day.sealed_count == entries
    assert page.night is not None
    assert page.night.statement_count == 2
    assert page.night.in_time_cents > 0
    assert page.shell.open_day is not None


def test_a_second_start_on_the_same_day_adds_nothing(undisturbed: Lived) -> None:
    before = books(undisturbed.database)
    result = lived(undisturbed.database, undisturbed.folder, days=DAYS, today=TODAY)
    assert result.days == []
    assert books(undisturbed.database) == before


@pytest.mark.parametrize("charges", [300, 1100], ids=["first day", "second day"])
def test_killed_in_the_middle_of_a_day_it_comes_to_the_same_books(
    undisturbed: Lived, server: EmbeddedServer, template: str, tmp_path: Path, charges: int
) -> None:
    with cloned_database(server, template) as database:
        _live_and_be_killed(database, tmp_path, charges)
        result = lived(database, tmp_path, days=DAYS, today=TODAY)
        assert result.days
        assert books(database) == books(undisturbed.database)
        with database.with_patience(120).read_only() as session:
            assert find_faults(session) == []


def test_the_next_morning_it_lives_the_missing_days_and_closes_old_ones(
    server: EmbeddedServer, template: str, tmp_path: Path
) -> None:
    with cloned_database(server, template) as database:
        lived(database, tmp_path, days=1, today=date(2026, 11, 14))  # Friday the 13th
        result = lived(database, tmp_path, days=1, today=date(2026, 11, 23))
        assert result.days == [date(2026, 11, 14) + timedelta(days=n) for n in range(9)]
        with database.with_patience(120).read_only() as session:
            assert last_closed_day(session) == date(2026, 11, 14)
            assert find_faults(session) == []
            batches = sub_ledger_balances(session, "184100").items()
        settled = date(2026, 11, 19)  # Thursday's batches came on Friday
        days = {code: date.fromisoformat(code[-10:]) for code, _ in batches}
        unpaid = {code for code, held in batches if held.debit_balance_cents}
        assert {code for code in unpaid if days[code] <= settled} == {"184100/B02-1/2026-11-15"}


def _live_and_be_killed(database: Database, folder: Path, charges: int) -> None:
    """Live in another process and kill it, without a warning, once it has charged so many."""
    a_stage(folder)
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.config.demo_city", url, folder, str(DAYS), str(TODAY)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    while process.poll() is None:
        with database.read_only() as session:
            done = session.scalar(text("SELECT count(*) FROM charge")) or 0
        if done >= charges:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.02)
    assert process.wait() == -signal.SIGKILL, "it was to be killed before it was done"

"""However entries are split into batches, each is handed over once; settings are checked."""

import csv
import io
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.exports import export_settings
from config.postgres import EmbeddedServer
from ledger.journal import post
from reconciliation.exports import load
from reconciliation.exports.refusals import ExportRefused, SettingsWrong
from reconciliation.exports.settings import read_settings, usable
from tests.builders import CLEARING, DAY, REVENUE, a_chart, an_entry
from tests.conftest import cloned_database
from tests.reconciliation.export_books import (
    SETTINGS,
    all_batches,
    closed,
    file_of,
    made,
    rows,
)

Day = st.integers(0, 3)
SALES = st.lists(st.tuples(Day, st.integers(1, 99999)), min_size=1, max_size=12)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(sales=SALES, rounds=st.lists(Day, max_size=4))
def test_however_it_is_split_every_entry_is_handed_over_once(
    server: EmbeddedServer, template: str, sales: list[tuple[int, int]], rounds: list[int]
) -> None:
    with cloned_database(server, template) as database:
        with database.transaction() as session:
            a_chart(session)
            post(session, [an_entry(cents=cents, booked_on=DAY + timedelta(days=n))
                           for n, cents in sales])  # fmt: skip
        for last in [*sorted(rounds), 3]:
            closed(database, DAY, DAY + timedelta(days=last))
            with suppress(ExportRefused):  # nothing new may be there
                made(database, "journal_csv")
        listed = [row for batch in all_batches(database)
                  for row in table(file_of(database, "journal_csv", batch.number)[1])]  # fmt: skip
        entries = rows(database, "SELECT id FROM entry ORDER BY id")
    assert sorted(int(row["Buchung"]) for row in listed) == [entry for (entry,) in entries]
    by_account = [(row["Soll"], row["Haben"]) for row in listed]
    assert set(by_account) == {(CLEARING, REVENUE)}
    assert sum(cents_of(row["Betrag"]) for row in listed) == sum(cents for _, cents in sales)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def cents_of(amount: str) -> int:
    return int(amount.replace(",", ""))


def test_only_formats_the_settings_do_for_are_usable() -> None:
    assert usable(SETTINGS) == sorted(load())
    assert usable({}) == ["beancount", "hledger", "journal_csv"]


def test_settings_that_are_no_toml_are_named(tmp_path: Path) -> None:
    (tmp_path / "datev.toml").write_text("consultant = = 1", "utf-8")
    with pytest.raises(SettingsWrong, match=r"settings of datev: datev\.toml is no TOML"):
        read_settings(tmp_path)


def test_the_settings_of_the_city_are_checked_when_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert export_settings() == SETTINGS
    (tmp_path / "sepa.toml").write_text('name = "Stadt"\ncreditor = "DE98"', "utf-8")
    monkeypatch.setattr("config.exports.FOLDER", tmp_path)
    with pytest.raises(SettingsWrong, match="there is no creditor"):
        export_settings.__wrapped__()

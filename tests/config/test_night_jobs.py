"""The night as a job: at two o'clock whatever the clocks do, an alarm at five, a letter at six."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from config.database import Database
from config.jobs.means import Means
from config.jobs.night import night_due, reconcile, sound_alarm, write_digest
from ledger.calendar import CITY_TIME
from reconciliation.night import run_night
from reconciliation.night.summary import last_summary, missing
from tests.reconciliation.night_stand import a_bag, a_batch

AUTUMN, SPRING = date(2026, 10, 25), date(2027, 3, 28)
DAY = date(2026, 11, 19)
FINANCE = ("finanzen@aachen.example", "kasse@aachen.example")


def letters(database: Database) -> list[Any]:
    with database.read_only() as session:
        return list(
            session.execute(
                text(
                    "SELECT recipient, subject, paragraphs, button FROM letter ORDER BY subject, 1"
                )
            )
        )


def in_the_city(day: date, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CITY_TIME, fold=fold)


@pytest.mark.parametrize("day", [AUTUMN, SPRING, DAY])
def test_every_night_is_due_once_from_two_on_whatever_the_clocks_do(day: date) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=CITY_TIME).astimezone(UTC)
    asked = [(start + timedelta(minutes=5 * n)).astimezone(CITY_TIME) for n in range(100)]
    due = [night_due(at) for at in asked if at.date() == day]
    yesterday = day - timedelta(days=1)
    assert set(due) == {None, yesterday}
    first = next(at for at in asked if night_due(at))
    assert first.hour == (3 if day == SPRING else 2)
    # Once it is due it stays due: in autumn the second two o'clock finds the day done.
    assert due[due.index(yesterday) :].count(None) == 0


def test_in_autumn_the_second_two_oclock_starts_no_second_run(database: Database) -> None:
    means = Means(database)
    for fold in (0, 1):
        day = night_due(in_the_city(AUTUMN, 2, 5, fold=fold))
        assert day == AUTUMN - timedelta(days=1)
        with database.read_only() as session:
            done = session.scalar(text("SELECT count(*) FROM night_run WHERE day >= :day"),
                                  {"day": day})  # fmt: skip
        if not done:
            reconcile(means, day)
    with database.read_only() as session:
        assert session.scalar(text("SELECT count(*) FROM night_run")) == 1


def test_a_night_that_was_missed_is_made_up_for_by_the_next(city: Database) -> None:
    a_bag(city, 30000, day=DAY)
    means = Means(city)
    reconcile(means, DAY)
    reconcile(means, DAY + timedelta(days=14))  # nobody worked for two weeks
    with city.read_only() as session:
        classes = session.scalars(text("SELECT class FROM difference WHERE closed_at IS NULL"))
        assert list(classes) == ["DEPOSIT_MISSING"]


def test_from_five_on_a_missing_night_is_told_once_to_each(city: Database) -> None:
    means = Means(city, finance=FINANCE)
    morning = DAY + timedelta(days=2)
    sound_alarm(means, in_the_city(morning, 5, 1))
    assert letters(city) == []  # nothing was ever reconciled here: nothing is missing
    run_night(city.transaction, DAY)
    sound_alarm(means, in_the_city(morning, 4, 59))
    assert letters(city) == []
    for minute in (0, 10, 20):
        sound_alarm(means, in_the_city(morning, 5, minute))
    assert [row.recipient for row in letters(city)] == list(FINANCE)
    assert {row.subject for row in letters(city)} == {"Nachtlauf 20.11.2026 fehlt"}
    with city.read_only() as session:
        assert missing(session, in_the_city(morning, 5)) == DAY + timedelta(days=1)
        assert missing(session, in_the_city(morning, 1)) is None


def test_the_morning_letter_has_numbers_and_a_link_and_no_reference(city: Database) -> None:
    a_bag(city, 30000, day=DAY)
    a_batch(city, 12345)
    run_night(city.transaction, DAY + timedelta(days=14))
    means, morning = Means(city, finance=FINANCE[:1]), DAY + timedelta(days=15)
    write_digest(means, in_the_city(morning, 5, 59))
    assert letters(city) == []
    write_digest(means, in_the_city(morning, 6))
    write_digest(means, in_the_city(morning, 7))
    [letter] = letters(city)
    assert letter.subject == "Nachtlauf 03.12.2026: 2 offene Fälle"
    words = " ".join(letter.paragraphs)
    assert words.startswith("2 Differenzen. Der Rest ist geschlossen oder in Frist.")
    assert "girocard: 1 geprüft" in words
    assert "Bargeld: 1 geprüft" in words
    assert "4711007" not in words
    assert "B01" not in words
    assert letter.button[1].endswith("/desk/")


def test_an_old_night_is_no_news(city: Database) -> None:
    run_night(city.transaction, DAY)
    write_digest(Means(city, finance=FINANCE), in_the_city(DAY + timedelta(days=3), 8))
    assert letters(city) == []


def test_a_summary_adds_up_by_channel_and_account(city: Database) -> None:
    a_bag(city, 30000, day=DAY)
    a_batch(city, 12345)
    run_night(city.transaction, DAY)
    with city.read_only() as session:
        summary = last_summary(session)
    assert summary is not None
    accounts = {each.account: each for each in summary.accounts}
    assert (accounts["184000"].balance_cents, accounts["184000"].in_time_cents) == (30000, 30000)
    assert accounts["184100"].at_zero_on == DAY - timedelta(days=1)
    assert accounts["184200"].at_zero_on == DAY
    channels = {each.channel: each for each in summary.channels}
    assert (channels["cash"].in_time, channels["cash"].in_transit_cents) == (1, 30000)
    assert (channels["girocard"].in_time, channels["girocard"].in_transit_cents) == (1, 12345)
    assert [step.step for step in summary.run.steps][-1] == "channels"

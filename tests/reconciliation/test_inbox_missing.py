"""What did not come: by the calendar of the banks, by number and by balance."""

from datetime import date
from pathlib import Path

import pytest

from config.database import Database
from reconciliation.inbox import Missing, missing
from reconciliation.inbox.words import missing_words
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import bring, file_of, line, statement

WEEK = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
S_ROW = "S;90017;{number};{day};1;1.00;N;EUR;1.00\nR;K;VISA;SALE;T{number};{day};1.00\n"


def lost(city: Database, day: date) -> list[Missing]:
    with city.read_only() as session:
        return missing(session, day)


def a_day(number: int, day: str, *, opening: int, cents: int = 100) -> bytes:
    """A day's statement that begins with so many cents and has one line."""
    whole = statement(
        line(f"{cents // 100}.{cents % 100:02d}", f"R{number}", day=day), number=number,
        opening=f"{opening // 100}.{opening % 100:02d}",
        closing=f"{(opening + cents) // 100}.{(opening + cents) % 100:02d}", day=day,
    )  # fmt: skip
    return xml.document(whole)


def a_week(city: Database, folder: Path, *, without: int = 0) -> None:
    for number, day in enumerate(WEEK, start=220):
        if number != without:
            bring(city, file_of(folder, a_day(number, day, opening=(number - 220) * 100)))


def test_nothing_is_missing_before_anything_came(city: Database) -> None:
    assert lost(city, date(2026, 11, 20)) == []


def test_nothing_is_missing_over_a_weekend(city: Database, tmp_path: Path) -> None:
    a_week(city, tmp_path)

    # Saturday, Sunday, and Monday whose statement is due on Tuesday.
    for day in range(20, 24):
        assert lost(city, date(2026, 11, day)) == []


def test_the_statement_of_yesterdays_bank_day_is_missing(city: Database, tmp_path: Path) -> None:
    a_week(city, tmp_path)

    [found] = lost(city, date(2026, 11, 24))

    assert (found.kind, found.account, found.since) == (
        "STATEMENT_MISSING",
        "181000",
        date(2026, 11, 23),
    )
    assert found.anchor == "181000/2026-11-23"
    assert missing_words(found) == "Auszug für Konto 181000 fehlt seit dem 23.11.2026."
    # It is one case and stays the same one, however long it lasts.
    assert [one.anchor for one in lost(city, date(2026, 11, 27))] == [found.anchor]


def test_christmas_is_no_bank_day(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, a_day(1, "2026-12-24", opening=0)))

    assert lost(city, date(2026, 12, 28)) == []
    assert [one.since for one in lost(city, date(2026, 12, 29))] == [date(2026, 12, 28)]


@pytest.mark.parametrize("cents", [100, 421_000])
def test_a_gap_in_the_numbers_is_one_missing_statement(
    city: Database, tmp_path: Path, cents: int
) -> None:
    bring(city, file_of(tmp_path, a_day(220, "2026-11-18", opening=0)))
    bring(city, file_of(tmp_path, a_day(222, "2026-11-20", opening=100 + cents)))

    [found] = lost(city, date(2026, 11, 20))

    assert (found.before, found.after, found.gap_cents) == (220, 222, cents)
    amount = {100: "1,00", 421_000: "4.210,00"}[cents]
    assert missing_words(found) == (
        f"Auszug 221 fehlt: Endsaldo 220 ≠ Anfangssaldo 222, Lücke {amount} €."
    )
    assert found.since == date(2026, 11, 19)


def test_a_gap_closes_when_the_statement_comes_late(city: Database, tmp_path: Path) -> None:
    a_week(city, tmp_path, without=222)
    assert len(lost(city, date(2026, 11, 20))) == 1

    bring(city, file_of(tmp_path, a_day(222, WEEK[2], opening=200)))

    assert lost(city, date(2026, 11, 20)) == []


def test_a_statement_that_covers_the_gap_closes_it(city: Database, tmp_path: Path) -> None:
    a_week(city, tmp_path, without=222)
    lines = [line("1.00", f"R{220 + n}", day=day) for n, day in enumerate(WEEK)]
    whole = statement(*lines, number=900, opening="0", closing="5.00", day=WEEK[-1], name="W")

    bring(city, file_of(tmp_path, xml.document(whole)))

    assert lost(city, date(2026, 11, 20)) == []


def test_a_bank_that_is_silent_on_quiet_days_misses_nothing(city: Database, tmp_path: Path) -> None:
    for number, day in enumerate(("2026-11-09", "2026-11-12", "2026-11-16"), start=1):
        bring(city, file_of(tmp_path, a_day(number, day, opening=(number - 1) * 100)))

    assert lost(city, date(2026, 11, 19)) == []
    assert len(lost(city, date(2026, 11, 20))) == 1


def test_an_advice_is_missing_by_its_rhythm(city: Database, tmp_path: Path) -> None:
    for number, day in ((1, "2026-11-16"), (2, "2026-11-18")):
        content = S_ROW.format(number=number, day=day).encode()
        bring(city, file_of(tmp_path, content, f"{number}.csv"))

    assert [(one.kind, one.anchor) for one in lost(city, date(2026, 11, 20))] == [
        ("FILE_MISSING", "90017/2026-11-17"),
        ("FILE_MISSING", "90017/2026-11-19"),
    ]
    assert missing_words(lost(city, date(2026, 11, 20))[0]) == (
        "Datei von 90017 für den 17.11.2026 fehlt."
    )

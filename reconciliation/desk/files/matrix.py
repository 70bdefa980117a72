"""Sources × days: for each series what came for each of the last two weeks' days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ledger.calendar import is_bank_day
from reconciliation.inbox import Missing, missing
from reconciliation.inbox.queries import Day, arrivals_by_day, series_names, terminal_days
from reconciliation.inbox.words import missing_words

DAYS = 14
TILLS = "tills"


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one series. words: what its shape means; delivery: which one, to open it."""

    day: date
    shape: str
    words: str
    delivery: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One row: what comes again and again."""

    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table, and what is missing in sentences."""

    days: tuple[date, ...]
    rows: tuple[Series, ...]
    missing: tuple[str, ...]


def matrix(session: Session, today: date) -> Matrix:
    """The last two weeks up to yesterday, by the city's calendar."""
    last = today - timedelta(days=1)
    days = tuple(last - timedelta(days=n) for n in reversed(range(DAYS)))
    lost = missing(session, last)
    arrived = {(day.series, day.day): day for day in arrivals_by_day(session, days[0], last)}
    rows = []
    for series, (name, first) in series_names(session).items():
        cells = tuple(
            _cell(day, arrived.get((series, day)), _is_lost(series, day, lost))
            if day >= first
            else Cell(day, "", "vor der ersten Lieferung")
            for day in days
        )
        rows.append(Series(name, _note(series), cells))
    rows.append(_till_row(days, terminal_days(session, days[0], last)))
    return Matrix(days, tuple(rows), tuple(missing_words(one) for one in lost))


def _note(series: str) -> str:
    source, _, rest = series.partition(":")
    if source == "bank":
        return f"Konto {rest}"
    return {"acquirer": "Kartenabrechnung", "zvt": "Kassenschnitte (Datei)"}.get(source, source)


def _is_lost(series: str, day: date, lost: Sequence[Missing]) -> bool:
    """Whether the day lies in a gap: a later statement ends one, a file is its own day."""
    for one in lost:
        if one.series != series or day < one.since:
            continue
        if one.kind == "STATEMENT_MISSING" or day == one.since:
            return True
    return False


def _cell(day: date, arrived: Day | None, is_lost: bool) -> Cell:
    if arrived is not None:
        if "corrected" in arrived.states:
            return Cell(day, "suggestion", "korrigiert", arrived.delivery_id)
        if arrived.times > 1:
            return Cell(day, "open", "doppelt", arrived.delivery_id)
        return Cell(day, "closed", "da", arrived.delivery_id)
    if not is_bank_day(day):
        return Cell(day, "", "kein Banktag")
    return Cell(day, "break", "fehlt") if is_lost else Cell(day, "in_time", "in Frist")


def _till_row(days: Sequence[date], reported: Mapping[date, int]) -> Series:
    cells = tuple(
        Cell(day, "closed", f"{reported[day]} da") if day in reported else Cell(day, "", "keiner")
        for day in days
    )
    return Series("Kassenschnitte", "von den Kassen, ohne Datei", cells)

"""Deliveries as they are listed: newest first, each with what was in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from reconciliation.inbox.tables import delivery, delivery_part
from reconciliation.tables import source_file

PAGE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One delivery. parts: what was in it, or where it was known, in the one that came first.

    is_open: it is held and nobody has taken it after all.
    """

    id: int
    name: str
    archive: str | None
    sha256: bytes
    size_bytes: int
    way: str
    brought_by: str
    arrived_at: datetime
    source: str | None
    state: str
    code: str | None
    data: Mapping[str, Any]
    file_id: int | None
    is_open: bool
    parts: tuple[Row[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """What came of one series for one day."""

    series: str
    day: date
    states: frozenset[str]
    delivery_id: int
    times: int


def deliveries(session: Session, *, state: str = "", page: int = 1) -> tuple[list[Listed], int]:
    """A page of deliveries, and how many there are in this state ("": in any)."""
    chosen = delivery.c.state == state if state else delivery.c.id.is_not(None)
    count = session.scalar(select(func.count()).select_from(delivery).where(chosen)) or 0
    rows = session.execute(
        select(delivery, is_open().label("is_open")).where(chosen)
        .order_by(delivery.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()  # fmt: skip
    return _with_parts(session, rows), count


def delivery_of(session: Session, number: int) -> Listed | None:
    """One delivery, None if there is none with this number."""
    rows = session.execute(
        select(delivery, is_open().label("is_open")).where(delivery.c.id == number)
    ).all()
    return next(iter(_with_parts(session, rows)), None)


def raw_file(session: Session, number: int) -> tuple[str, bytes] | None:
    """Name and content of a delivery's file as it came, None where nothing was kept."""
    row = session.execute(
        select(delivery.c.name, source_file.c.content)
        .join(source_file, source_file.c.id == delivery.c.file_id)
        .where(delivery.c.id == number)
    ).one_or_none()
    return None if row is None else (row.name, row.content)


def open_count(session: Session) -> int:
    """How many files are held and wait for a person."""
    found = select(func.count()).select_from(delivery).where(is_open())
    return session.scalar(found) or 0


def arrivals_by_day(session: Session, first: date, last: date) -> list[Day]:
    """For each series and day between the two what arrived for it, whenever that was."""
    rows = session.execute(
        text("""
            SELECT p.series, d.day::date AS day, array_agg(DISTINCT p.state) AS states,
                   max(p.delivery_id) AS delivery_id, count(DISTINCT again.id) AS times
              FROM delivery_part p
              JOIN delivery own ON own.id = p.delivery_id
              JOIN delivery again ON again.file_id = own.file_id
              CROSS JOIN generate_series(
                  greatest(coalesce(p.period_from, p.period_to), CAST(:first AS date)),
                  least(p.period_to, CAST(:last AS date)), interval '1 day') AS d(day)
             WHERE p.period_to >= :first AND p.series NOT LIKE 'notice:%' AND p.state <> 'held'
             GROUP BY p.series, d.day ORDER BY p.series, d.day"""),
        {"first": first, "last": last},
    )
    return [
        Day(row.series, row.day, frozenset(row.states), row.delivery_id, row.times) for row in rows
    ]


def series_names(session: Session) -> dict[str, tuple[str, date]]:
    """Every series that ever came: the name of its account where the city has one, else the
    provider's number, and its first day."""
    rows = session.execute(
        text("""
            SELECT p.series, coalesce(min(b.name), min(p.account)) AS name,
                   min(coalesce(p.period_from, p.period_to)) AS first
              FROM delivery_part p
              LEFT JOIN bank_account b ON b.account = p.account AND p.series LIKE 'bank:%'
             WHERE p.series NOT LIKE 'notice:%' AND p.period_to IS NOT NULL
             GROUP BY p.series ORDER BY p.series DESC""")
    )
    return {row.series: (row.name, row.first) for row in rows}


def terminal_days(session: Session, first: date, last: date) -> dict[date, int]:
    """How many ends of day the tills' terminals reported for each day."""
    rows = session.execute(
        text("SELECT day, count(*) AS times FROM terminal_total"
             " WHERE day BETWEEN :first AND :last GROUP BY day"),
        {"first": first, "last": last},
    )  # fmt: skip
    return {row.day: row.times for row in rows}


def is_open() -> Any:
    """Over `delivery`: it is held, and nobody has taken it after all."""
    released = delivery.alias()
    return (delivery.c.state == "held") & ~(
        select(released.c.id).where(released.c.releases == delivery.c.id).exists()
    )


def _with_parts(session: Session, rows: Sequence[Row[Any]]) -> list[Listed]:
    of = {row.id: row.data.get("delivery", row.id) for row in rows}
    parts: dict[int, list[Row[Any]]] = defaultdict(list)
    found = session.execute(
        select(delivery_part)
        .where(delivery_part.c.delivery_id.in_(set(of.values())))
        .order_by(delivery_part.c.delivery_id, delivery_part.c.position)
    )
    for part in found:
        parts[part.delivery_id].append(part)
    return [
        Listed(
            row.id, row.name, row.archive, row.sha256, row.size_bytes, row.way, row.brought_by,
            row.arrived_at, row.source, row.state, row.code, row.data, row.file_id, row.is_open,
            tuple(parts[of[row.id]]),
        )
        for row in rows
    ]  # fmt: skip

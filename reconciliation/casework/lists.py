"""The work list: which cases, in which order, and how many there are of each sort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, bank_days_between, business_day
from reconciliation.casework.cases import CASES, Case, case_from

PAGE = 100
OLD_BANK_DAYS = 5
VIEWS = ("open", "mine", "new", "old", "free", "waiting", "done")
ORDERS: Mapping[str, str] = {
    "age": "since, abs(amount_cents) DESC, number",
    "amount": "abs(amount_cents) DESC, number",
    "number": "number",
    "channel": "channel NULLS LAST, since, number",
    "kind": "kind, since, number",
    "place": "place NULLS LAST, since, number",
    "day": "since DESC, number",
    "owner": "owner_name NULLS LAST, since, number",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases. view: one of VIEWS; the others by code, None for all. person: whose "mine".

    at: aware, the moment that "new" and "old" are counted from.
    """

    person: str
    at: datetime
    view: str = "open"
    channel: str | None = None
    kind: str | None = None
    place: str | None = None
    severity: str | None = None
    order: str = "age"


@dataclass(frozen=True, slots=True)
class Totals:
    """Over the whole filter. unexplained_cents: sum of differences without sign; suggested_cents:
    what suggestions would match; places, kinds: what the filter may still be narrowed to."""

    count: int
    differences: int
    suggestions: int
    unexplained_cents: int
    suggested_cents: int


def cases(session: Session, only: Filter, *, page: int = 1) -> list[Case]:
    """One page of the list: differences first, then suggestions, each in the asked order."""
    query = text(f"{_ordered(only)} LIMIT {PAGE} OFFSET :skipped")
    rows = session.execute(query, _values(only) | {"skipped": (page - 1) * PAGE})
    return [case_from(row) for row in rows]


def every_case(session: Session, only: Filter) -> list[Case]:
    """All pages of the list, in its order."""
    return [case_from(row) for row in session.execute(text(_ordered(only)), _values(only))]


def _ordered(only: Filter) -> str:
    order = f"CASE severity WHEN 'break' THEN 0 ELSE 1 END, {ORDERS[only.order]}"
    if only.view == "done":
        order = "closed_at DESC, number DESC"
    return f"SELECT * FROM ({CASES}) c WHERE {_where(only)} ORDER BY {order}"


def totals(session: Session, only: Filter) -> Totals:
    """Counts and sums over all pages of the filter."""
    query = text(f"""
        SELECT count(*), count(*) FILTER (WHERE severity = 'break'),
               count(*) FILTER (WHERE severity = 'suggestion'),
               coalesce(sum(abs(amount_cents)) FILTER (WHERE severity = 'break'), 0)::bigint,
               coalesce(sum(abs(coalesce(expected_cents, confirmed_cents, 0)))
                        FILTER (WHERE severity = 'suggestion'), 0)::bigint
          FROM ({CASES}) c WHERE {_where(only)}""")
    return Totals(*session.execute(query, _values(only)).one())


def counts(session: Session, only: Filter) -> dict[str, int]:
    """How many cases each view has, whatever else is filtered."""
    parts = ", ".join(f"count(*) FILTER (WHERE {_VIEW[view]})" for view in VIEWS if view != "done")
    query = text(f"SELECT {parts} FROM ({CASES}) c WHERE closed_at IS NULL AND {_IS_WORK}")
    found = session.execute(query, _values(only)).one()
    return dict(zip((view for view in VIEWS if view != "done"), found, strict=True))


def choices(session: Session) -> Mapping[str, Sequence[str]]:
    """The channels, kinds and places of open cases, to choose from."""
    rows = session.execute(
        text("""
        SELECT array_agg(DISTINCT channel) FILTER (WHERE channel IS NOT NULL) AS channel,
               array_agg(DISTINCT class) AS kind,
               array_agg(DISTINCT place) FILTER (WHERE place IS NOT NULL) AS place
          FROM difference WHERE closed_at IS NULL AND severity IN ('break', 'suggestion')""")
    ).one()
    return {"channel": rows.channel or (), "kind": rows.kind or (), "place": rows.place or ()}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a case stands in a list: position from 1, of `count`; the numbers beside it."""

    position: int | None
    count: int
    before: int | None
    after: int | None


def neighbours(session: Session, only: Filter, number: int) -> Neighbours:
    """The cases before and after this one in the list of the filter."""
    order = f"CASE severity WHEN 'break' THEN 0 ELSE 1 END, {ORDERS[only.order]}"
    query = text(f"SELECT number FROM ({CASES}) c WHERE {_where(only)} ORDER BY {order}")
    numbers = list(session.scalars(query, _values(only)))
    if number not in numbers:
        return Neighbours(None, len(numbers), None, numbers[0] if numbers else None)
    at = numbers.index(number)
    before = numbers[at - 1] if at else None
    after = numbers[at + 1] if at + 1 < len(numbers) else None
    return Neighbours(at + 1, len(numbers), before, after)


def age(case: Case, at: datetime) -> int:
    """Bank days since the difference began; a closed one is as old as it was then."""
    until = case.closed_at or at
    return bank_days_between(case.since, business_day(until))


def last_closed(session: Session) -> Case | None:
    """The case that was closed last."""
    query = f"SELECT * FROM ({CASES}) c WHERE closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT 1"
    row = session.execute(text(query)).first()
    return None if row is None else case_from(row)


_IS_WORK = "severity IN ('break', 'suggestion')"
_VIEW: Mapping[str, str] = {
    "open": "true",
    "mine": "owner = :person",
    "new": "opened_at >= :morning",
    "old": "since <= :old",
    "free": "owner IS NULL",
    "waiting": "(request IS NOT NULL OR (waits_for IS NOT NULL AND due_on > :today))",
}


def _where(only: Filter) -> str:
    state = (
        "closed_at IS NOT NULL"
        if only.view == "done"
        else f"closed_at IS NULL AND {_VIEW[only.view]}"
    )
    names = [name for name in ("channel", "kind", "place", "severity") if getattr(only, name)]
    return " AND ".join((state, _IS_WORK, *(f"{name} = :{name}" for name in names)))


def _values(only: Filter) -> dict[str, Any]:
    today = business_day(only.at)
    midnight = datetime.combine(today, time.min, CITY_TIME)
    names = ("channel", "kind", "place", "severity")
    chosen = {name: getattr(only, name) for name in names if getattr(only, name)}
    return chosen | {
        "person": only.person, "today": today, "old": _bank_days_ago(today, OLD_BANK_DAYS),
        "morning": midnight,
    }  # fmt: skip


def _bank_days_ago(today: date, count: int) -> date:
    day = today
    while bank_days_between(day, today) < count:
        day -= timedelta(days=1)
    return day

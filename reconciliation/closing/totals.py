"""The totals of a day that two people sign: channels, control totals, carried cases, matches."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.turnovers import EntryRange, entries_between
from reconciliation.closing.channels import ChannelTotal, channel_totals


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """Two ways to one figure, in cents as the account's side shows it. name: bank, provider, ..."""

    name: str
    account: str
    as_of: date
    ledger_cents: int
    other_cents: int


@dataclass(frozen=True, slots=True)
class CarriedCase:
    """An open case that goes on after the day is locked, by its name."""

    number: int
    kind: str
    severity: str
    channel: str | None
    amount_cents: int
    since: date


@dataclass(frozen=True, slots=True)
class Entries:
    """The journal of the day: how many entries, both sides, the largest id."""

    count: int
    debit_cents: int
    credit_cents: int
    last_entry: int


@dataclass(frozen=True, slots=True)
class Matches:
    """How many lines of the day are matched, and the SHA-256 of what is matched with what."""

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What is signed. Everything in it is a fact of the day, so it only changes when one does."""

    day: date
    channels: tuple[ChannelTotal, ...]
    controls: tuple[ControlTotal, ...]
    cases: tuple[CarriedCase, ...]
    entries: Entries
    matches: Matches

    def plain(self) -> Mapping[str, Any]:
        """As JSON: what the signature stands under."""
        plain: Mapping[str, Any] = _plain(asdict(self))
        return plain


def day_totals(session: Session, day: date) -> DayTotals:
    """The totals of this business day as they are now."""
    within = entries_between(session, day, day)
    return DayTotals(
        day, channel_totals(session, day), _controls(session, day), _cases(session, day),
        _entries(session, day, within), _matches(session, day),
    )  # fmt: skip


# Of the newest finished night that covers the day.
_CONTROLS = """
    SELECT t.name, t.account, t.as_of, t.ledger_cents, t.other_cents FROM night_total t
     WHERE t.run = (SELECT r.run FROM night_run r WHERE r.day >= :day AND r.run IS NOT NULL
                     ORDER BY r.day, r.id DESC LIMIT 1)
     ORDER BY t.account, t.name"""

_CASES = """
    SELECT number, class, severity, channel, amount_cents, since FROM difference
     WHERE closed_at IS NULL AND since <= :day AND severity IN ('break', 'suggestion')
     ORDER BY number"""

_ENTRIES = """
    SELECT count(DISTINCT e.id) AS entries, coalesce(sum(t.amount_cents), 0)::bigint AS cents,
           coalesce(max(e.id), 0) AS last_entry
      FROM entry e JOIN transfer t ON t.entry_id = e.id
     WHERE e.booked_on = :day
       AND ((e.id > :before AND e.id <= :until) OR e.id > :sealed)"""

_MATCHES = """
    SELECT count(*), encode(sha256(convert_to(
               coalesce(string_agg(what, ',' ORDER BY what), ''), 'UTF8')), 'hex')
      FROM (SELECT m.bank_line_id || ':' || m.rule || ':' || m.entry_id AS what
              FROM bank_line l JOIN bank_match m ON m.bank_line_id = l.id
             WHERE l.booked_on = :day
            UNION ALL
            SELECT 'item:' || m.expected_id || ':' || coalesce(m.provider_id, 0) || ':' || m.rule
              FROM expected_item x JOIN item_match m ON m.expected_id = x.id
             WHERE x.business_day = :day AND m.ended_at IS NULL) matched"""


def _controls(session: Session, day: date) -> tuple[ControlTotal, ...]:
    return tuple(ControlTotal(*row) for row in session.execute(text(_CONTROLS), {"day": day}))


def _cases(session: Session, day: date) -> tuple[CarriedCase, ...]:
    return tuple(CarriedCase(*row) for row in session.execute(text(_CASES), {"day": day}))


def _entries(session: Session, day: date, within: EntryRange) -> Entries:
    """Debits equal credits in every transfer; both sides are summed up where they are kept twice,
    in the turnover, so that a fault there is seen."""
    row = session.execute(text(_ENTRIES), {"day": day, **asdict(within)}).one()
    sides = session.execute(
        text("SELECT coalesce(sum(debit_cents), 0)::bigint, coalesce(sum(credit_cents), 0)::bigint"
             " FROM turnover WHERE booked_on = :day"),
        {"day": day},
    ).one()  # fmt: skip
    unsealed = row.cents - sides[0]
    return Entries(row.entries, row.cents, sides[1] + unsealed, row.last_entry)


def _matches(session: Session, day: date) -> Matches:
    return Matches(*session.execute(text(_MATCHES), {"day": day}).one())


def totals_from(plain: Mapping[str, Any]) -> DayTotals:
    """The totals that were signed, read back from their JSON."""
    return DayTotals(
        _date(plain["day"]),
        tuple(ChannelTotal(**each) for each in plain["channels"]),
        tuple(ControlTotal(**_dated(each, "as_of")) for each in plain["controls"]),
        tuple(CarriedCase(**_dated(each, "since")) for each in plain["cases"]),
        Entries(**plain["entries"]),
        Matches(**plain["matches"]),
    )


def _dated(plain: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**plain, name: _date(plain[name])}


def _date(words: str) -> date:
    return date.fromisoformat(words)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value

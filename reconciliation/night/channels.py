"""Channels after a run: what was checked, what closed by itself, what is in time, what is left."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.orm import Session

from ledger.balances import sub_ledger_balances
from ledger.calendar import bank_days_between
from reconciliation.night.findings.bank_lines import CHANNEL_OF_LINE
from reconciliation.night.rules.safebag import OPEN_BAGS
from reconciliation.tables import night_channel

CHANNELS = (
    "girocard", "card", "stripe", "transfer", "direct_debit", "cash", "bank", "files",
)  # fmt: skip
ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "girocard": ("184100",), "card": ("184110",), "stripe": ("184200", "184210", "184400"),
    "transfer": ("371100", "371300"), "direct_debit": ("184300",),
    "cash": ("184000", "171300", "371400"),
}  # fmt: skip

# Lines that a run for this day has explained; unclear money is booked, and not closed.
_LINES_CLOSED = f"""
    SELECT CASE WHEN m.key_used LIKE '184100/%' THEN 'girocard'
                WHEN m.key_used LIKE '184110/%' THEN 'card'
                WHEN m.rule = 'safebag' THEN 'cash' WHEN m.rule = 'payout' THEN 'stripe'
                WHEN m.rule = 'bank_fee' THEN 'bank' ELSE {CHANNEL_OF_LINE} END AS channel,
           count(*) AS count
      FROM bank_match m JOIN bank_line l ON l.id = m.bank_line_id
     WHERE m.rule <> 'unclear'
       AND m.matched_at >= (SELECT min(started_at) FROM night_start WHERE day = :day)
     GROUP BY 1"""

_FILES = """
    SELECT count(*) FROM source_file
     WHERE received_at > coalesce(
               (SELECT max(finished_at) FROM night_run WHERE day < :day), '-infinity')"""

_FOUND = """
    SELECT channel, count(*) FILTER (WHERE severity = 'suggestion') AS suggestions,
           count(*) FILTER (WHERE severity = 'break') AS differences,
           count(*) FILTER (WHERE severity = 'timing') AS timing,
           count(*) FILTER (
               WHERE severity IN ('break', 'suggestion') AND opened_run = :run) AS opened,
           coalesce(sum(abs(amount_cents)) FILTER (WHERE severity = 'break'), 0)::bigint AS cents,
           min(since) FILTER (WHERE severity IN ('break', 'suggestion')) AS since
      FROM difference WHERE closed_at IS NULL GROUP BY channel"""

_IN_TRANSIT = "SELECT account, in_time_cents FROM night_account WHERE run = :run"


@dataclass(frozen=True, slots=True)
class _Left:
    suggestions: int = 0
    differences: int = 0
    timing: int = 0
    opened: int = 0
    cents: int = 0
    since: date | None = None


def keep_channels(session: Session, run: UUID, day: date) -> int:
    """Write down every channel; how many items were checked in all."""
    values = {"run": run, "day": day}
    left = {row.channel: _left(row) for row in session.execute(text(_FOUND), values)}
    closed: Counter[str] = Counter()
    closed.update({row[0]: row[1] for row in session.execute(text(_LINES_CLOSED), values)})
    closed["files"] += session.scalar(text(_FILES), values) or 0
    in_time = _in_time(session)
    transit = {row[0]: row[1] for row in session.execute(text(_IN_TRANSIT), values)}
    rows = []
    for channel in CHANNELS:
        found = left.get(channel, _Left())
        # The matcher counts payments and payouts, the books terminal days and bags: the same money.
        waiting = max(in_time[channel], found.timing)
        rows.append({
            "run": run, "channel": channel, "closed": closed[channel], "in_time": waiting,
            "checked": closed[channel] + waiting + found.suggestions + found.differences,
            "suggestions": found.suggestions, "differences": found.differences,
            "opened": found.opened, "unexplained_cents": found.cents,
            "in_transit_cents": sum(transit.get(a, 0) for a in ACCOUNTS.get(channel, ())),
            "oldest_days": bank_days_between(found.since, day) if found.since else None,
        })  # fmt: skip
    session.execute(insert(night_channel), rows)
    return sum(row["checked"] for row in rows)


def _left(row: Row[Any]) -> _Left:
    values = dict(row._mapping)
    values.pop("channel")
    return _Left(**values)


_PAYOUTS = "SELECT count(*) FROM payout WHERE state IN ('pending', 'in_transit')"


def _in_time(session: Session) -> Counter[str]:
    """What is on its way and in no case: terminal days, safebags, payouts."""
    due = set(session.scalars(text("SELECT subject FROM difference WHERE closed_at IS NULL")))
    waiting: Counter[str] = Counter()
    for channel in ("girocard", "card"):
        for control in ACCOUNTS[channel]:
            held = sub_ledger_balances(session, control)
            waiting[channel] += sum(
                one.debit_balance_cents != 0 and code not in due for code, one in held.items()
            )
    bags = session.scalars(text(f"SELECT reference FROM ({OPEN_BAGS}) bag"))
    waiting["cash"] = sum(bag not in due for bag in bags)
    waiting["stripe"] = session.scalar(text(_PAYOUTS)) or 0
    return waiting

"""The end of day of a terminal, frozen beside what the till believes it should be."""

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, func, insert, select

from ledger.calendar import business_day
from terminals.adapters import Settlement
from terminals.till.journal.tables import attempt, terminal_total
from terminals.till.outbox import put
from terminals.till.shifts import last_shift


def expected_at_terminal(connection: Connection, terminal: str) -> int:
    """Cents the till had approved at this terminal since its last end of day, less what it gave
    back."""
    begin = connection.scalar(_last_end(terminal)) or datetime(2000, 1, 1, tzinfo=UTC)
    found = (
        select(attempt.c.kind, func.sum(attempt.c.amount_cents))
        .where(
            attempt.c.terminal == terminal, attempt.c.state == "approved",
            attempt.c.decided_at > begin,
        )
        .group_by(attempt.c.kind)
    )  # fmt: skip
    sums = {kind: int(cents) for kind, cents in connection.execute(found).all()}
    return sums.get("payment", 0) - sums.get("reversal", 0) - sums.get("refund", 0)


def has_taken(connection: Connection, terminal: str, *, till: str) -> bool:
    """Whether this till took or gave back money at a terminal since its last end of day."""
    since = connection.scalar(_last_end(terminal))
    found = select(attempt.c.id).where(
        attempt.c.terminal == terminal, attempt.c.till == till, attempt.c.state == "approved"
    )
    if since is not None:
        found = found.where(attempt.c.decided_at > since)
    return connection.scalar(found.limit(1)) is not None


def last_till_at(connection: Connection, terminal: str) -> str:
    """The till that used a terminal last, which answers for one that stands at no till."""
    found = select(attempt.c.till).where(attempt.c.terminal == terminal)
    used = connection.scalars(found.order_by(attempt.c.started_at.desc()).limit(1)).one()
    return str(used)


def _last_end(terminal: str) -> Select[tuple[datetime]]:
    """When a terminal had its last end of day, aware."""
    ends = select(terminal_total.c.at).where(terminal_total.c.terminal == terminal)
    return ends.order_by(terminal_total.c.at.desc()).limit(1)


def freeze(
    connection: Connection, till: str, terminal: str, counted: Settlement, now: datetime
) -> None:
    """Keep the totals the terminal counted, and tell the centre whether they agree."""
    expected = expected_at_terminal(connection, terminal)
    shift = last_shift(connection, till)
    totals = [asdict(total) for total in counted.totals]
    row = {
        "till": till, "shift": shift.code if shift else "", "terminal": terminal, "at": now,
        "number": counted.number, "amount_cents": counted.amount_cents,
        "expected_cents": expected, "totals": totals,
    }  # fmt: skip
    connection.execute(insert(terminal_total).values(**row))
    body = {
        "terminal": terminal, "day": business_day(now).isoformat(), "number": counted.number,
        "amount_cents": counted.amount_cents, "totals": totals,
        "agrees": counted.amount_cents == expected, "expected_cents": expected,
    }  # fmt: skip
    put(connection, till, "terminal_totals", body, at=now)

"""The journal, the newest entry first, a hundred on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts
from ledger.turnovers import entries_between

PAGE = 100
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: of business days, of an event, touching an account or what is below it, at a
    facility; before: numbers below this one."""

    first: date | None = None
    last: date | None = None
    event: str | None = None
    account: str | None = None
    facility: str | None = None
    before: int = NEWEST

    @property
    def is_newest(self) -> bool:
        """Whether this is the first page."""
        return self.before == NEWEST


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in the list. debit, credit: of its first transfer; more: how many others there
    are; batch: of the first export it went into; is_sealed: a block has it."""

    id: int
    recorded_at: datetime
    booked_on: date
    event: str
    reverses: int | None
    reversed_by: int | None
    debit: str
    credit: str
    more: int
    cents: int
    facility: str | None
    product: str | None
    cost_centre: str | None
    tax_code: str | None
    sphere: str | None
    channel: str | None
    batch: str | None
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Entries with the largest number first; `before` goes on, None at the end."""

    rows: Sequence[Row]
    before: int | None


# Of one account its own index says which entries; a control account's are so many that looking at
# the newest entries finds them at once.
_TOUCHES = """ AND e.id IN (
    SELECT entry_id FROM transfer WHERE debit_account = :account AND entry_id < :before
     UNION ALL
    SELECT entry_id FROM transfer WHERE credit_account = :account AND entry_id < :before)"""
_TOUCHES_BELOW = """ AND EXISTS (
    SELECT FROM transfer t JOIN account a ON a.id IN (t.debit_account, t.credit_account)
     WHERE t.entry_id = e.id AND a.control_id = :account)"""

_CONDITIONS = {
    "event": " AND e.event = :event",
    "account": _TOUCHES,
    "control": _TOUCHES_BELOW,
    "facility": " AND EXISTS (SELECT FROM transfer t"
    " WHERE t.entry_id = e.id AND t.facility = :facility)",
    "days": " AND e.booked_on BETWEEN :first AND :last"
    " AND ((e.id > :after AND e.id <= :until) OR e.id > :sealed)",
}

_ROWS = """
    SELECT e.id, e.recorded_at, e.booked_on, e.event, e.reverses,
           (SELECT r.id FROM entry r WHERE r.reverses = e.id) AS reversed_by,
           d.code AS debit, c.code AS credit, e.line_count - 1 AS more,
           (SELECT sum(amount_cents)::bigint FROM transfer s WHERE s.entry_id = e.id) AS cents,
           t.facility, p.name AS product, t.cost_centre, t.tax_code, t.sphere, t.channel,
           (SELECT x.format || ' ' || x.number FROM export_entry x WHERE x.entry_id = e.id
             ORDER BY x.format LIMIT 1) AS batch,
           e.id <= (SELECT coalesce(max(last_entry), 0) FROM block) AS is_sealed
      FROM entry e JOIN transfer t ON t.entry_id = e.id AND t.line = 1
      JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
      LEFT JOIN product p ON p.code = t.product
     WHERE e.id = ANY (CAST(:ids AS bigint[])) ORDER BY e.id DESC"""


def journal_page(session: Session, chosen: Filter) -> Page:
    """One page. Reads the entries of the page alone, whatever the journal holds.

    Raises UnknownAccount.
    """
    conditions, values = _conditions(session, chosen)
    ids = session.scalars(
        text(f"SELECT e.id FROM entry e WHERE e.id < :before{conditions}"
             " ORDER BY e.id DESC LIMIT :limit"),
        {**values, "limit": PAGE + 1},
    ).all()  # fmt: skip
    rows = session.execute(text(_ROWS), {"ids": list(ids[:PAGE])})
    return Page([Row(*row) for row in rows], ids[PAGE - 1] if len(ids) > PAGE else None)


def _conditions(session: Session, chosen: Filter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"before": chosen.before}
    parts = ""
    if chosen.first or chosen.last:
        first, last = chosen.first or date(1, 1, 1), chosen.last or date.max
        within = entries_between(session, first, last)
        values |= {"first": first, "last": last, "after": within.before, "until": within.until,
                   "sealed": within.sealed}  # fmt: skip
        parts += _CONDITIONS["days"]
    if chosen.event:
        values["event"] = chosen.event
        parts += _CONDITIONS["event"]
    if chosen.account:
        found = find_accounts(session, [chosen.account])[chosen.account]
        values["account"] = found.id
        parts += _CONDITIONS["control" if found.is_control else "account"]
    if chosen.facility:
        values["facility"] = chosen.facility
        parts += _CONDITIONS["facility"]
    return parts, values

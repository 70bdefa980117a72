"""The few rows that are looked at one by one: payments and provider lines without a pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from reconciliation.engine.context import Run


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment the books expect; `at` is an instant, `local` the clock on the wall."""

    id: int
    code: str
    kind: str
    channel: str
    office: str | None
    terminal: str | None
    trace: str | None
    receipt: str | None
    order_ref: str | None
    psp_ref: str | None
    at: datetime
    local: datetime
    day: date
    cents: int
    currency: str
    key: int | None
    related: str | None

    @property
    def is_charge(self) -> bool:
        """Money taken; otherwise given back."""
        return self.kind == "charge"


@dataclass(frozen=True, slots=True)
class Line:
    """A provider's line; `local` is the clock on the wall in the city."""

    id: int
    code: str
    source: str
    kind: str
    account: str
    terminal: str | None
    trace: str | None
    receipt: str | None
    order_ref: str | None
    psp_ref: str | None
    at: datetime
    local: datetime
    file_code: str
    cents: int
    auth_cents: int | None
    fee_cents: int
    currency: str
    key: int | None

    @property
    def is_charge(self) -> bool:
        """Money taken; otherwise given back."""
        return self.kind == "charge"

    @property
    def day(self) -> date:
        """The day in the city."""
        return self.local.date()

    @property
    def channel(self) -> str:
        """As the desk groups them. girocard accounts of German acquirers begin with N."""
        if self.source == "stripe":
            return "stripe"
        return "girocard" if self.account.startswith("N") else "card"


EXPECTED = """e.id, e.code, e.kind, e.channel, e.office, e.terminal, e.trace, e.receipt,
       e.order_ref, e.psp_ref, e.booked_at, e.booked_at AT TIME ZONE :zone AS local,
       e.business_day, e.amount_cents, e.currency, e.match_key, e.related_ref"""
LINE = """p.id, p.txn_id, p.source, p.record_type, p.account, p.terminal, p.trace, p.receipt,
       p.order_ref, p.psp_ref,
       coalesce(p.happened_at, p.local_at AT TIME ZONE :zone),
       coalesce(p.local_at, p.happened_at AT TIME ZONE :zone) AS local, p.file_code,
       p.gross_cents, p.auth_cents, p.fee_cents, p.currency, p.match_key"""

_LONE_EXPECTED = f"""
SELECT {EXPECTED} FROM engine_lone l JOIN expected_item e ON e.id = l.expected_id
 WHERE NOT EXISTS (SELECT FROM item_match m WHERE m.expected_id = l.expected_id
        AND m.ended_at IS NULL)
 ORDER BY e.booked_at, e.code
"""
_LONE_LINES = f"""
SELECT {LINE} FROM engine_lone l JOIN provider_line p ON p.id = l.provider_id
 WHERE NOT EXISTS (SELECT FROM item_match m WHERE m.provider_id = l.provider_id
        AND m.ended_at IS NULL)
   AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = l.provider_id)
 ORDER BY 12, p.txn_id, p.delivery, p.file_code
"""


@dataclass(frozen=True, slots=True)
class Lone:
    """What has no pair yet; each step takes out what it has explained."""

    expected: dict[int, Expected]
    lines: dict[int, Line]

    def take(self, expected: tuple[Expected, ...] = (), lines: tuple[Line, ...] = ()) -> None:
        """These are explained."""
        for item in expected:
            del self.expected[item.id]
        for line in lines:
            del self.lines[line.id]


def lone_rows(run: Run) -> Lone:
    """Everything the key left over, in the order of time."""
    zone = str(run.knowledge.zone)
    expected = (Expected(*row) for row in run.rows(_LONE_EXPECTED, zone=zone))
    lines = (Line(*row) for row in run.rows(_LONE_LINES, zone=zone))
    return Lone({each.id: each for each in expected}, {each.id: each for each in lines})


def pairs_where(run: Run, condition: str, **values: object) -> Iterator[tuple[Expected, Line, str]]:
    """Live pairs with both rows and what came of them, in the order of the expected codes."""
    rows = run.rows(
        f"""SELECT {EXPECTED}, {LINE}, m.outcome
              FROM item_match m JOIN expected_item e ON e.id = m.expected_id
              JOIN provider_line p ON p.id = m.provider_id
             WHERE m.ended_at IS NULL AND {condition} ORDER BY e.code""",
        zone=str(run.knowledge.zone), **values,
    )  # fmt: skip
    for row in rows:
        yield Expected(*row[:17]), Line(*row[17:35]), row[35]

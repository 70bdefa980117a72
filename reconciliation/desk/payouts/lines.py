"""The lines of a payout, down to the single payment: where each came from and what booked it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from reconciliation.desk.payouts.words import PORTAL, place_words, service_words

_RETURNS = ("payout_failed", "payout_draw_failed")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A difference about a line or the whole. severity: break or suggestion."""

    number: int
    kind: str
    severity: str
    amount_cents: int
    explanation: str | None
    proposal: Mapping[str, Any] | None
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. place, service: in words; reference: what people know it by; payment: ours, where
    it was made online; entry: that booked it, None where nothing did. running_cents: net of all
    lines up to this one."""

    position: int
    txn_id: str
    at: datetime
    record_type: str
    category: str | None
    place_code: str | None
    place: str
    service: str
    reference: str
    payment: str | None
    entry: int | None
    gross_cents: int
    fee_cents: int
    net_cents: int
    running_cents: int
    case: OpenCase | None

    @property
    def is_settled(self) -> bool:
        """Whether it is booked and nothing is open about it."""
        return self.entry is not None and self.case is None


@dataclass(frozen=True, slots=True)
class PlaceSum:
    """What one place took, of payments alone."""

    place: str
    count: int
    gross_cents: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of the bank's about this payout, and by which rule and key that is known."""

    account: str
    statement: str
    ordinal: int
    booked_on: date
    value_on: date | None
    amount_cents: int
    end_to_end_id: str | None
    rule: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry about the payout as a whole."""

    event: str
    entry: int
    at: datetime
    booked_on: date


def lines_of(session: Session, number: str) -> tuple[list[Line], list[OpenCase]]:
    """Every line in the order of time, refunds and disputes below zero; and what is open about
    them or the whole, breaks first."""
    rows = session.execute(_HEARD, {"number": number}).all()
    rows = rows or session.execute(_DELIVERED, {"number": number}).all()
    cases = _open_cases(session, [number, *(row.txn_id for row in rows)])
    by_code = {code: case for case in reversed(cases) for code in case.codes}
    found: list[Line] = []
    running = 0
    for position, row in enumerate(rows, start=1):
        running += row.net_cents
        found.append(_line(row, position, running, by_code.get(row.txn_id)))
    return found, cases


def _open_cases(session: Session, codes: list[str]) -> list[OpenCase]:
    rows = session.execute(_CASES, {"codes": codes})
    return [
        OpenCase(
            row.number, row.kind, row.severity, row.amount_cents, row.explanation, row.proposal,
            tuple(row.provider_codes),
        )
        for row in rows
    ]  # fmt: skip


def by_place(lines: Iterable[Line]) -> list[PlaceSum]:
    """What the payments of each place come to, the most first."""
    sums: dict[str, PlaceSum] = {}
    for line in lines:
        if line.record_type == "charge":
            had = sums.get(line.place, PlaceSum(line.place, 0, 0, 0))
            sums[line.place] = PlaceSum(
                line.place, had.count + 1, had.gross_cents + line.gross_cents,
                had.fee_cents + line.fee_cents,
            )  # fmt: skip
    return sorted(sums.values(), key=lambda each: (-each.gross_cents, each.place))


def bank_lines(session: Session, number: str) -> list[BankLine]:
    """What the bank says about it, the oldest first."""
    rows = session.execute(_BANK, {"number": number})
    return [BankLine(*row) for row in rows]


def bookings(session: Session, number: str) -> list[Booked]:
    """The entries about the payout itself, the oldest first."""
    rows = session.execute(
        text("""SELECT b.event, b.entry_id, e.recorded_at, e.booked_on FROM provider_booking b
                  JOIN entry e ON e.id = b.entry_id WHERE b.ref = :number ORDER BY e.id"""),
        {"number": number},
    )
    return [Booked(*row) for row in rows]


def returned_on(entries: Iterable[Booked]) -> date | None:
    """When the provider had the money back; None where it never had."""
    return next((each.booked_on for each in entries if each.event in _RETURNS), None)


def _line(row: Row[Any], position: int, running_cents: int, case: OpenCase | None) -> Line:
    place_code = row.facility or row.terminal_facility
    place = place_words(place_code, row.facility_name) if place_code else PORTAL
    wallet = row.wallet.rpartition("/")[2] if row.wallet else None
    reference = wallet or row.receipt or row.psp_ref or row.txn_id
    return Line(
        position, row.txn_id, row.at, row.record_type, row.scheme, place_code,
        place if row.record_type in ("charge", "refund") or place_code else "",
        service_words(row.purpose, row.event), reference,
        str(row.payment) if row.payment else None, row.entry_id, row.gross_cents, row.fee_cents,
        row.net_cents, running_cents, case,
    )  # fmt: skip


# What was asked for record by record: of each only the newest version counts.
_NEWEST_HEARD = """
    SELECT l.*, l.happened_at AS at FROM provider_line l
     WHERE l.batch = :number AND l.delivery = 0 AND l.record_type <> 'payout'
       AND NOT EXISTS (SELECT FROM provider_line v
                        WHERE v.delivery = 0 AND v.source = l.source AND v.account = l.account
                          AND v.txn_id = l.txn_id AND v.file_version > l.file_version)"""

# What came in files: a record may have come again.
_NEWEST_DELIVERED = """
    SELECT DISTINCT ON (l.account, l.txn_id) l.*,
           coalesce(l.happened_at, l.local_at AT TIME ZONE 'Europe/Berlin') AS at
      FROM provider_line l
     WHERE l.batch = :number AND l.delivery > 0 AND l.record_type NOT IN ('payout', 'batch', 'eod')
     ORDER BY l.account, l.txn_id, l.file_version DESC, l.id DESC"""

# Online payments are known by the provider's ids of their facts, what the night books by the
# record itself, and payments at terminals by the match.
_BOOKED = """
    WITH newest AS MATERIALIZED ({newest}),
    booked AS (
        SELECT n.id, o.payment, coalesce(o.entry_id, x.entry_id, own.entry_id) AS entry_id
          FROM newest n
          LEFT JOIN online_booking o
            ON (o.kind, o.ref) = (
                CASE n.record_type WHEN 'charge' THEN 'received' WHEN 'refund' THEN 'refund_out'
                     WHEN 'other' THEN 'refund_back' ELSE 'dispute' END,
                CASE WHEN n.record_type IN ('chargeback', 'chargeback_reversal')
                     THEN n.order_ref || ':' || n.txn_id ELSE n.psp_ref END)
          LEFT JOIN LATERAL (
               SELECT b.entry_id FROM provider_booking b
                WHERE (b.ref = n.txn_id AND n.record_type = 'fee')
                   OR (b.ref = n.txn_id AND b.event LIKE 'reader%')
                   OR (b.ref = n.psp_ref AND n.record_type = 'other'
                       AND b.event IN ('payout_failed', 'payout_draw_failed'))
                ORDER BY b.entry_id LIMIT 1) own ON true
          LEFT JOIN item_match m ON m.provider_id = n.id AND m.ended_at IS NULL
          LEFT JOIN expected_item x ON x.id = m.expected_id)
    SELECT n.*, b.payment, b.entry_id, e.event, p.purpose, w.facility, w.wallet,
           CASE WHEN e.reference !~ '^(pi|txn|re|po)_' THEN e.reference END AS receipt,
           coalesce(f.name, tf.name) AS facility_name, t.facility AS terminal_facility
      FROM newest n JOIN booked b ON b.id = n.id
      LEFT JOIN entry e ON e.id = b.entry_id
      LEFT JOIN online_payment p ON p.id = b.payment
      LEFT JOIN LATERAL (
           SELECT min(r.facility) AS facility,
                  min(a.code) FILTER (WHERE a.code LIKE '3710%/%') AS wallet
             FROM transfer r JOIN account a ON a.id IN (r.credit_account, r.debit_account)
            WHERE r.entry_id = e.id) w ON true
      LEFT JOIN facility f ON f.code = w.facility
      LEFT JOIN terminal t ON t.code = n.terminal
      LEFT JOIN facility tf ON tf.code = t.facility
     ORDER BY n.at, n.txn_id"""
_HEARD = text(_BOOKED.format(newest=_NEWEST_HEARD))
_DELIVERED = text(_BOOKED.format(newest=_NEWEST_DELIVERED))

_CASES = text("""
    SELECT d.number, d.class AS kind, d.severity, d.amount_cents, d.explanation, d.proposal,
           d.provider_codes
      FROM difference d
     WHERE d.closed_at IS NULL AND d.severity IN ('break', 'suggestion')
       AND d.provider_codes && CAST(:codes AS text[])
     ORDER BY d.severity, abs(d.amount_cents) DESC, d.number""")

_BANK = text("""
    SELECT DISTINCT s.account, s.statement_id, l.ordinal, l.booked_on, l.value_on, l.amount_cents,
           l.end_to_end_id, found.rule, m.entry_id
      FROM (SELECT m.bank_line_id, m.rule FROM bank_match m
             WHERE m.key_used = :number AND m.rule LIKE 'payout%'
             UNION ALL
            SELECT c.bank_line_id, c.rule FROM credit_match c
              JOIN provider_line r ON r.id = c.provider_id
             WHERE c.ended_at IS NULL AND r.txn_id = :number
               AND r.record_type IN ('payout', 'batch') AND c.bank_line_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM bank_match m WHERE m.bank_line_id = c.bank_line_id
                                  AND m.key_used = :number)) found
      JOIN bank_line l ON l.id = found.bank_line_id JOIN bank_statement s ON s.id = l.statement_id
      LEFT JOIN bank_match m ON m.bank_line_id = l.id
     ORDER BY l.booked_on, s.statement_id, l.ordinal""")

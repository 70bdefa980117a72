"""Acts of two people: what one asked for or signed first, and another one let go or did not.

Read from where each act is kept, not from the log: these rows cannot change, and their
constraints hold that the two are two people. What a rule approved up to its limit is counted
apart, and what was withdrawn was never decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.reports.period import Period, instants

PAYER = "Zahlende Person"
KINDS = {
    "refund": "Erstattung",
    "cash_difference": "Kassendifferenz",
    "meal_goodwill": "Kulanz Essen",
    "accept": "Buchung aus Vorschlag",
    "match": "Zuordnung von Hand",
    "split": "Aufteilung",
    "write_off": "Ausbuchung",
    "send_back": "Rücksendung",
    "correct": "Korrekturbuchung",
    "take_back": "Storno einer Buchung",
    "payment_order": "Zahlungsauftrag",
    "bank_file": "Datei für die Bank",
    "online_refund": "Online-Rückzahlung",
    "wallet_closing": "Auflösung eines Guthabens",
    "price_change": "Preisänderung",
    "day": "Tagesabschluss",
    "month": "Monatsabschluss",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act. kind: a key of KINDS. subject: what people know it by. amount_cents: signed, None
    where no single amount is meant. maker, checker: names with codes; a payer has none. outcome:
    approved or refused. reason: of the maker; words: of the checker. Times are aware."""

    kind: str
    subject: str
    amount_cents: int | None
    maker: str
    asked_at: datetime
    checker: str
    decided_at: datetime
    outcome: str
    reason: str | None
    words: str | None
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class ByRule:
    """What needed no second person: how many of a kind, and their cents without sign."""

    kind: str
    count: int
    cents: int


def acts(session: Session, period: Period) -> Sequence[Act]:
    """Every act decided on the days of the period, the newest first."""
    begin, end = instants(period)
    rows = session.execute(text(_ACTS), {"begin": begin, "end": end, "payer": PAYER})
    return [Act(*row) for row in rows]


def acts_by_rule(session: Session, period: Period) -> Sequence[ByRule]:
    """What the limits let through in the same days, by kind."""
    begin, end = instants(period)
    return [ByRule(*row) for row in session.execute(text(_BY_RULE), {"begin": begin, "end": end})]


_APPROVALS = """
    SELECT a.kind, a.subject, a.amount_cents, a.requested_by AS maker, a.requested_at AS asked_at,
           d.decided_by AS checker, d.decided_at,
           CASE d.decision WHEN 'approved' THEN 'approved' ELSE 'refused' END AS outcome,
           a.reason, d.reason AS words, d.entry_id
      FROM approval a JOIN approval_decision d ON d.approval = a.id
     WHERE NOT d.is_by_rule AND d.decision <> 'withdrawn'"""

_RELEASES = """
    SELECT r.kind, coalesce('Fall D-' || x.number, 'Eingang ' || r.receipt), r.amount_cents,
           r.asked_by, r.asked_at, d.decided_by, d.decided_at,
           CASE d.decision WHEN 'released' THEN 'approved' ELSE 'refused' END,
           r.reason, d.reason, d.entry_id
      FROM release_request r JOIN release_decision d ON d.request = r.id
      LEFT JOIN difference x ON x.id = r.difference
     WHERE d.decision <> 'withdrawn'"""

# A payout of a closed account is released with the account, and stands there.
_ORDERS = """
    SELECT 'payment_order', subject, amount_cents, requested_by, requested_at,
           released_by, released_at, 'approved', purpose, NULL, booked_entry
      FROM payment_order WHERE released_by IS NOT NULL AND kind <> 'closing_payout'"""

_BANK_FILES = """
    SELECT 'bank_file', b.format || ' ' || b.number, b.amount_cents, b.created_by, b.created_at,
           d.decided_by, d.decided_at,
           CASE d.decision WHEN 'released' THEN 'approved' ELSE 'refused' END,
           NULL, d.words, NULL
      FROM export_batch b JOIN export_decision d USING (format, number)"""

# When it was decided is in the log alone: the row itself goes on to tell what the provider did.
_ONLINE = """
    SELECT 'online_refund', r.payment::text, r.amount_cents, r.asked_by, r.asked_at,
           l.who, l.at,
           CASE l.what WHEN 'payment.refund_released' THEN 'approved' ELSE 'refused' END,
           r.reason, NULL, r.entry_id
      FROM audit_log l JOIN online_refund r ON r.id::text = l.detail->>'refund'
     WHERE l.what IN ('payment.refund_released', 'payment.refund_turned_down')"""

_CLOSINGS = """
    SELECT 'wallet_closing', wallet, amount_cents, NULL, requested_at,
           released_by, released_at, 'approved', NULL, NULL, entry_id
      FROM wallet_closing WHERE released_by IS NOT NULL"""

_PRICES = """
    SELECT 'price_change', c.product || ' ab ' || to_char(c.valid_from, 'DD.MM.YYYY'),
           c.amount_cents, c.asked_by, c.asked_at, d.decided_by, d.decided_at,
           CASE d.decision WHEN 'released' THEN 'approved' ELSE 'refused' END,
           c.reason, d.reason, NULL
      FROM price_change c JOIN price_change_decision d ON d.request = c.id
     WHERE d.decision <> 'withdrawn'"""

_SIGNATURES = """
    SELECT two.scope, to_char(two.period, CASE two.scope WHEN 'day' THEN 'DD.MM.YYYY'
                                                         ELSE 'MM/YYYY' END),
           NULL, one.person, one.signed_at, two.person, two.signed_at, 'approved',
           one.remark, two.remark, NULL
      FROM closing_signature two
      JOIN closing_signature one USING (scope, period, round)
     WHERE one.place = 1 AND two.place = 2"""

_EVERY = " UNION ALL ".join(
    (_APPROVALS, _RELEASES, _ORDERS, _BANK_FILES, _ONLINE, _CLOSINGS, _PRICES, _SIGNATURES)
)

_ACTS = f"""
    SELECT e.kind, e.subject, e.amount_cents::bigint,
           coalesce(m.name || ' (' || m.code || ')', e.maker, :payer), e.asked_at,
           coalesce(c.name || ' (' || c.code || ')', e.checker), e.decided_at,
           e.outcome, e.reason, e.words, e.entry_id
      FROM ({_EVERY}) e
      LEFT JOIN staff m ON m.code = e.maker LEFT JOIN staff c ON c.code = e.checker
     WHERE e.decided_at >= :begin AND e.decided_at < :end
     ORDER BY e.decided_at DESC, e.kind, e.subject"""

_BY_RULE = """
    SELECT a.kind, count(*), sum(abs(a.amount_cents))::bigint
      FROM approval a JOIN approval_decision d ON d.approval = a.id
     WHERE d.is_by_rule AND d.decided_at >= :begin AND d.decided_at < :end
     GROUP BY a.kind ORDER BY a.kind"""

"""Lines of the bank that nothing explains, and unclear money that nobody has assigned yet."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference
from reconciliation.german import euros, german_day
from reconciliation.night.findings.deposits import COUNTED_DIFFERENTLY
from reconciliation.night.rules.open_lines import DECIDED, WAITS_FOR_REVERSAL

UNCLEAR = "371100"
OLD_DAYS = 10  # calendar days; unclear money that is older is the month's business

# What kind of payment the bank itself says it is: by ISO 20022 code, then by GVC.
CHANNEL_OF_LINE = """
    CASE WHEN l.bank_tx_code = 'PMNT/MCRD/POSP' OR l.gvc IN ('106', '110', '190', '198')
           OR l.remittance ~* '\\mgirocard\\M' THEN 'girocard'
         WHEN l.bank_tx_code LIKE 'PMNT/MCRD/%' THEN 'card'
         WHEN l.remittance ~* '\\mstripe\\M' THEN 'stripe'
         WHEN l.gvc = '082' OR l.remittance ~* '\\msafebag\\M' THEN 'cash'
         WHEN l.gvc IN ('108', '109', '171', '192', '193') OR l.bank_tx_code LIKE 'PMNT/IDDT/%'
           THEN 'direct_debit'
         WHEN l.amount_cents > 0 THEN 'transfer' ELSE 'bank' END"""

# Unclear money is assigned under the name of its line, whole or in parts.
_OPEN = f"""
    WITH assigned AS (
        SELECT e.reference, sum(t.amount_cents)::bigint AS cents
          FROM account a JOIN transfer t ON t.debit_account = a.id JOIN entry e ON e.id = t.entry_id
         WHERE a.code = '{UNCLEAR}' AND e.reference IS NOT NULL GROUP BY e.reference)
    SELECT l.*, s.account AS bank, s.statement_id AS statement_name, m.rule,
           {CHANNEL_OF_LINE} AS channel,
           CASE WHEN m.rule IS NULL THEN l.amount_cents
                ELSE l.amount_cents - coalesce(d.cents, 0) END AS open_cents
      FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id
      LEFT JOIN bank_match m ON m.bank_line_id = l.id
      LEFT JOIN assigned d
        ON d.reference = concat_ws('.', s.statement_id || '/' || l.ordinal, nullif(l.detail, 0))
     WHERE l.booked_on <= :until
       AND (m.rule IS NULL OR (m.rule = 'unclear' AND l.amount_cents > coalesce(d.cents, 0)))
       AND (m.rule = 'unclear' OR (l.id::text NOT IN ({DECIDED})
                                   AND coalesce(l.bank_reference, '') NOT IN ({DECIDED})))
       AND l.id NOT IN (SELECT c.id FROM ({COUNTED_DIFFERENTLY}) c)
       AND NOT {WAITS_FOR_REVERSAL}
     ORDER BY l.id"""


def find(session: Session, day: date) -> Iterator[Difference]:
    """Each open line once, by the account, the statement and its place in it."""
    for row in session.execute(text(_OPEN), {"until": day}):
        yield _unclear(row, day) if row.rule else _unexplained(row)


def subject_of(row: Row[Any]) -> str:
    """The name of a line that stays when the statement is read again."""
    return f"{row.bank}/{row.statement_name}/{row.ordinal}.{row.detail}"


def _unclear(row: Row[Any], day: date) -> Difference:
    age = (day - row.booked_on).days
    old = f" Seit {age} Tagen ungeklärt." if age > OLD_DAYS else ""
    return Difference(
        "UNKNOWN_CREDIT", subject_of(row), row.open_cents, row.booked_on, _data(row),
        channel="transfer", place=f"Konto {row.bank}",
        reference=_name_of(row), account=UNCLEAR, expected_cents=0,
        confirmed_cents=row.open_cents, bank_codes=(str(row.id),),
        explanation=(
            f"Gutschrift über {euros(row.amount_cents)} vom {german_day(row.booked_on)} ohne"
            f" Referenz, die zu einem Guthaben oder einer Forderung passt.{old}"
        ),
    )  # fmt: skip


def _unexplained(row: Row[Any]) -> Difference:
    what = "Gutschrift" if row.amount_cents > 0 else "Belastung"
    return Difference(
        "UNEXPLAINED_LINE", subject_of(row), row.amount_cents, row.booked_on, _data(row),
        channel=row.channel, place=f"Konto {row.bank}",
        reference=_name_of(row), expected_cents=0,
        confirmed_cents=row.amount_cents, bank_codes=(str(row.id),),
        explanation=(
            f"{what} über {euros(abs(row.amount_cents))} vom {german_day(row.booked_on)}: keine"
            " Regel erklärt sie, gebucht ist nichts."
        ),
    )  # fmt: skip


def _name_of(row: Row[Any]) -> str:
    """As `NAME_OF_LINE`: what the entry of unclear money is called."""
    return f"{row.statement_name}/{row.ordinal}{f'.{row.detail}' if row.detail else ''}"


def _data(row: Row[Any]) -> dict[str, Any]:
    return {"booked_on": row.booked_on.isoformat(), "gvc": row.gvc}

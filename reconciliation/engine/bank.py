"""What the bank says now: each entry once, and the references that can be read out of its text."""

import re
from dataclasses import dataclass
from datetime import date

from reconciliation.engine.context import Run

RULE, VERSION = "reference", 1

# An entry that two statements repeat is the same: its reference, not its amount and day, says so.
_BANK = """
CREATE TEMP TABLE engine_bank ON COMMIT DROP AS
SELECT id, code, statement_id, amount_cents AS cents, currency, booked_on, repeats,
       regexp_replace(coalesce(remittance, ''), '[^0-9]', '', 'g') AS digits
  FROM (SELECT l.id, l.statement_id, l.amount_cents, l.currency, l.booked_on, l.remittance,
               coalesce(l.bank_reference, l.id::text) AS code,
               dense_rank() OVER (
                   PARTITION BY s.account, coalesce(l.bank_reference, l.id::text), l.detail,
                          l.amount_cents
                   ORDER BY s.closing_on, s.sequence, s.statement_id) AS repeats
          FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id) line
"""

# What the bank should credit under a reference that payers or couriers write down.
_CLAIMS = """
CREATE TEMP TABLE engine_claim ON COMMIT DROP AS
SELECT id, amount_cents AS cents, currency, ref AS digits, length(ref) AS long
  FROM (SELECT e.id, e.amount_cents, e.currency,
               regexp_replace(CASE kind WHEN 'invoice' THEN order_ref ELSE related_ref END,
                      '[^0-9]', '', 'g') AS ref
          FROM expected_item e
         WHERE kind IN ('invoice', 'cash_deposit')
           AND NOT EXISTS (SELECT FROM credit_match m WHERE m.expected_id = e.id
                  AND m.ended_at IS NULL)) claim
 WHERE length(ref) >= :shortest
"""

# Banks break the text wherever it is full, payers write groups: the digits alone are compared.
_HITS = """
CREATE TEMP TABLE engine_hit ON COMMIT DROP AS
SELECT DISTINCT b.id AS bank_line_id, c.id AS expected_id, c.digits,
       b.cents = c.cents AND b.currency = c.currency AS agrees
  FROM engine_bank b
 CROSS JOIN (SELECT DISTINCT long FROM engine_claim) lengths
 CROSS JOIN LATERAL generate_series(1, length(b.digits) - long + 1) AS start
  JOIN engine_claim c ON c.long = lengths.long AND c.digits = substr(b.digits, start, lengths.long)
 WHERE b.cents > 0 AND b.repeats = 1
   AND NOT EXISTS (SELECT FROM credit_match m WHERE m.bank_line_id = b.id AND m.ended_at IS NULL)
"""

_WRITE = """
INSERT INTO credit_match (bank_line_id, expected_id, rule, rule_version, key_used, outcome, run_id)
SELECT bank_line_id, expected_id, :rule, :version, digits, 'agrees', :run
  FROM (SELECT *, count(*) OVER (PARTITION BY bank_line_id) AS claims,
               count(*) OVER (PARTITION BY expected_id) AS credits FROM engine_hit) hit
 WHERE agrees AND claims = 1 AND credits = 1
"""

_CREDITS = """
SELECT b.id, b.code, b.cents, b.currency, b.booked_on, l.remittance, l.end_to_end_id,
       l.counterparty_name, l.bank_tx_code, l.is_reversal
  FROM engine_bank b JOIN bank_line l USING (id)
 WHERE b.repeats = 1
   AND NOT EXISTS (SELECT FROM credit_match m WHERE m.bank_line_id = b.id AND m.ended_at IS NULL)
 ORDER BY b.booked_on, b.code
"""


@dataclass(frozen=True, slots=True)
class Credit:
    """An entry of the bank that is not explained yet; cents below zero left the account."""

    id: int
    code: str
    cents: int
    currency: str
    day: date
    text: str
    end_to_end: str | None
    name: str
    tx_code: str
    is_reversal: bool

    @property
    def compact(self) -> str:
        """The text without blanks, in capitals: breaks of lines and groups no longer count."""
        return "".join(self.text.split()).upper()

    @property
    def label(self) -> str:
        """Its words alone: the same for every credit of one kind."""
        return re.sub(r"[^A-Z]", "", self.compact)


def match_references(run: Run) -> int:
    """Match credits that carry exactly one reference and its amount; returns how many."""
    run.execute(_BANK)
    run.execute(_CLAIMS, shortest=6)
    for table in ("engine_bank", "engine_claim"):
        run.execute(f"ANALYZE {table}")
    run.execute(_HITS)
    return run.execute(_WRITE, rule=RULE, version=VERSION, run=run.run_id).rowcount


def open_credits(run: Run) -> dict[int, Credit]:
    """Entries no rule has explained, in the order of days."""
    found = {}
    for row in run.stream(_CREDITS):
        name, code = row.counterparty_name or "", row.bank_tx_code or ""
        end_to_end = None if row.end_to_end_id in (None, "", "NOTPROVIDED") else row.end_to_end_id
        found[row.id] = Credit(
            row.id, row.code, row.cents, row.currency, row.booked_on, row.remittance or "",
            end_to_end, name, code, row.is_reversal,
        )  # fmt: skip
    return found


def write_credits(
    run: Run, pairs: list[tuple[int, int | None, int | None, str]], *, rule: str, version: int
) -> int:
    """Write (bank line id, provider id, expected id, key) as agreeing; returns how many."""
    cursor = run.session.connection().connection.cursor()
    columns = (
        "bank_line_id, provider_id, expected_id, rule, rule_version, key_used, outcome, run_id"
    )
    with cursor.copy(f"COPY credit_match ({columns}) FROM STDIN") as copy:
        for line, provider, expected, key in pairs:
            copy.write_row((line, provider, expected, rule, version, key, "agrees", run.run_id))
    return len(pairs)

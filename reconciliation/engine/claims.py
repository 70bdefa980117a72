"""What the bank should credit and has not: open claims and safebags, and entries that name them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from reconciliation.engine.bank import Credit
from reconciliation.engine.context import Run

_CLAIMS = """
SELECT e.id, e.code, e.kind, CASE e.kind WHEN 'invoice' THEN e.order_ref ELSE e.related_ref END,
       e.business_day, e.amount_cents, e.currency, e.payer, e.office, e.till
  FROM expected_item e
 WHERE e.kind IN ('invoice', 'cash_deposit')
   AND NOT EXISTS (SELECT FROM credit_match m WHERE m.expected_id = e.id AND m.ended_at IS NULL)
 ORDER BY e.business_day, e.code
"""
_HITS = """
SELECT bank_line_id, expected_id FROM engine_hit h
 WHERE NOT EXISTS (SELECT FROM credit_match m WHERE m.expected_id = h.expected_id
        AND m.ended_at IS NULL)
   AND NOT EXISTS (SELECT FROM credit_match m WHERE m.bank_line_id = h.bank_line_id
          AND m.ended_at IS NULL)
 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on somebody, or a safebag on its way, that the bank has not credited yet."""

    id: int
    code: str
    kind: str
    ref: str | None
    day: date
    cents: int
    currency: str
    payer: str | None
    office: str | None
    till: str | None

    @property
    def digits(self) -> str:
        """The reference as digits, as it is looked for in the bank's text."""
        return "".join(each for each in self.ref or "" if each.isdigit())


@dataclass(frozen=True, slots=True)
class OpenClaims:
    """Open claims and the entries whose text names them."""

    claims: dict[int, Claim]
    named_by: dict[int, list[Credit]]
    names: dict[int, list[Claim]]


def open_claims(run: Run, credits: dict[int, Credit]) -> OpenClaims:
    """What is left after exact references; `credits`: entries nothing has explained yet."""
    claims = {row[0]: Claim(*row) for row in run.stream(_CLAIMS)}
    named_by, names = defaultdict(list), defaultdict(list)
    for line, expected in run.rows(_HITS):
        if line in credits and expected in claims:
            named_by[expected].append(credits[line])
            names[line].append(claims[expected])
    return OpenClaims(claims, dict(named_by), dict(names))

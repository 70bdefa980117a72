"""Payouts and batches of the providers: do their lines add up to them, and who is still to pay?"""

from dataclasses import dataclass
from datetime import date

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.words import euro

# The bank's sign: what arrives is positive. A payout leaves the provider's balance: negative there.
_HEADERS = """
CREATE TEMP TABLE engine_header ON COMMIT DROP AS
SELECT DISTINCT ON (txn_id) id, txn_id AS code, source, account, coalesce(batch, txn_id) AS batch,
       CASE record_type WHEN 'payout' THEN -net_cents ELSE net_cents END AS cents,
       gross_cents, currency, settle_on, trace_id, item_count,
       coalesce(to_date(substring(file_code FROM '[0-9]{4}-[0-9]{2}-[0-9]{2}'), 'YYYY-MM-DD'),
                settle_on) AS day
  FROM engine_record p
 WHERE record_type IN ('payout', 'batch') AND NOT EXISTS (SELECT FROM provider_line_ended d
        WHERE d.provider_id = p.id)
 ORDER BY txn_id, delivery, file_code
"""

# The bank is not expected to pay a payout that failed: one that is put back by a record that names
# it, or whose provider says so, which it may do before the record is there to be read.
_FAILED = """
DELETE FROM engine_header h
 WHERE EXISTS (SELECT FROM engine_record p
                WHERE p.record_type = 'other' AND p.psp_ref = h.code AND p.source = h.source)
    OR EXISTS (SELECT FROM payout p WHERE p.id = h.code AND p.source = h.source
                                      AND p.state IN ('failed', 'canceled'))
"""

_SUMS = """
SELECT h.*, t.net FROM engine_header h
  JOIN (SELECT source, account, batch, sum(net)::bigint AS net FROM engine_taking
         WHERE batch IS NOT NULL GROUP BY source, account, batch) t USING (source, account, batch)
 WHERE t.net <> h.cents ORDER BY h.code
"""

_OPEN = """
SELECT * FROM engine_header h
 WHERE cents <> 0
   AND NOT EXISTS (SELECT FROM credit_match m WHERE m.provider_id = h.id AND m.ended_at IS NULL)
 ORDER BY settle_on, code
"""


@dataclass(frozen=True, slots=True)
class Header:
    """A payout or batch: `due` is the day on which the bank should credit `cents`."""

    id: int
    code: str
    source: str
    account: str
    batch: str
    cents: int
    gross_cents: int
    currency: str
    due: date
    trace_id: str | None
    item_count: int | None
    day: date

    @property
    def channel(self) -> str:
        """As the desk groups them."""
        if self.source == "stripe":
            return "stripe"
        return "girocard" if self.prefix == "N" else "card"

    @property
    def digits(self) -> str:
        """The account as it stands in bank texts."""
        return "".join(each for each in self.account if each.isdigit())

    @property
    def prefix(self) -> str:
        """What stands before the digits."""
        return account_prefix(self.account)


def account_prefix(account: str) -> str:
    """What stands before an account's digits; N tells girocard accounts from those of cards."""
    return account.rstrip("0123456789")


def find_sums_that_differ(run: Run) -> None:
    """Payouts whose lines do not add up to them: between the provider and itself."""
    run.execute(_HEADERS)
    run.execute(_FAILED)
    for row in run.rows(_SUMS):
        header = Header(*row[:12])
        words = (
            f"Auszahlung {header.code} über {euro(header.cents)}: "
            f"die Einzelposten ergeben {euro(row.net)}."
        )
        run.found.append(
            Finding(
                "PAYOUT_SUM_MISMATCH",
                header.code,
                header.due,
                words,
                expected_cents=row.net,
                confirmed_cents=header.cents,
                provider=(header.code,),
                channel=header.channel,
                reference=header.code,
            )
        )  # fmt: skip


def open_headers(run: Run) -> dict[int, Header]:
    """Payouts and batches no entry of the bank is matched with yet, in the order of their days."""
    headers = (Header(*row) for row in run.rows(_OPEN))
    return {header.id: header for header in headers if header.due is not None}


# Lines that wait for the next payout; foreign money waits for nothing here and has its own case.
_WAITING = """
SELECT p.account, p.settle_on, sum(p.net_cents)::bigint AS cents, array_agg(p.txn_id
       ORDER BY p.txn_id) AS codes
  FROM provider_line p
 WHERE p.source = 'stripe' AND p.batch IS NULL AND p.settle_on >= :today
   AND p.record_type NOT IN ('payout', 'batch', 'eod')
   AND p.currency = (SELECT currency FROM expected_item LIMIT 1)
   AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
 GROUP BY p.account, p.settle_on ORDER BY p.account, p.settle_on
"""


def find_lines_in_transit(run: Run) -> None:
    """What a provider holds until its day has come."""
    for row in run.rows(_WAITING, today=run.today):
        words = f"{euro(row.cents)} zahlt {row.account} am {row.settle_on:%d.%m.%Y} aus."
        run.found.append(
            Finding(
                "IN_TRANSIT",
                f"{row.account}/{row.settle_on.isoformat()}",
                row.settle_on,
                words,
                expected_cents=row.cents,
                confirmed_cents=0,
                provider=tuple(row.codes),
                channel="stripe",
                reference=row.account,
            )
        )  # fmt: skip

"""Which lines of the providers count: the newest version of a file, and each delivery once."""

import re
from datetime import date

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.words import day

# One pass over the lines takes out whatever is no ordinary payment: totals, disputes, fees.
_RECORDS = """
CREATE TEMP TABLE engine_record ON COMMIT DROP AS
SELECT * FROM provider_line WHERE record_type NOT IN ('charge', 'refund', 'reversal')
"""

# Only files that came more than once are looked at; most never do.
_FILES = """
CREATE TEMP TABLE engine_again ON COMMIT DROP AS
SELECT p.id, p.file_code, p.file_version, p.delivery, p.txn_id, p.account, p.source,
       p.record_type, p.gross_cents,
       coalesce(p.local_at, p.happened_at AT TIME ZONE :zone)::date AS day,
       max(p.file_version) OVER (PARTITION BY p.file_code) AS newest,
       min(p.delivery) OVER (PARTITION BY p.file_code, p.file_version, p.txn_id) AS first
  FROM provider_line p
  JOIN (SELECT DISTINCT file_code FROM provider_line
         WHERE file_version > 1 OR delivery > 1) f USING (file_code)
"""

_ENDED = """
INSERT INTO provider_line_ended (provider_id, reason, run_id)
SELECT id, CASE WHEN file_version < newest THEN 'superseded' ELSE 'redelivered' END, :run
  FROM engine_again WHERE file_version < newest OR delivery > first
    ON CONFLICT DO NOTHING
"""

# Records nothing is paired with are folded here; payments are, where their keys are compared.
_FOLDED = """
INSERT INTO provider_line_ended (provider_id, reason, run_id)
SELECT id, 'repeated', :run
  FROM (SELECT p.id, row_number() OVER (PARTITION BY p.source, p.record_type, p.txn_id
                                            ORDER BY p.file_code, p.delivery, p.id) AS same
          FROM engine_record p
         WHERE NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)) line
 WHERE same > 1
"""

# A match with a line that no longer counts has ended; its partner is free again.
_END_MATCHES = """
UPDATE {table} m SET ended_at = now(), ended_by = :run
  FROM provider_line_ended d WHERE d.provider_id = m.provider_id AND m.ended_at IS NULL
"""

# Records that come one by one, each as a file of its own, are completed in later versions: no case.
_STORIES = """
SELECT file_code, count(DISTINCT file_version) AS versions, min(account) AS account,
       array_agg(DISTINCT txn_id ORDER BY txn_id) AS codes, min(day) AS since,
       count(DISTINCT delivery) FILTER (WHERE file_version = newest) AS deliveries,
       sum(gross_cents) FILTER (WHERE file_version = newest AND delivery = first
                                  AND record_type IN ('charge', 'refund', 'reversal')) AS cents
  FROM engine_again GROUP BY file_code HAVING count(DISTINCT txn_id) > 1 ORDER BY file_code
"""

_DAY_IN_CODE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def file_day(code: str) -> date | None:
    """The day a file is for, where its name says so: `acq-4711-2026-03-16`."""
    found = _DAY_IN_CODE.search(code)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:  # 2026-02-30: digits, but no day
        return None


def find_live_lines(run: Run) -> int:
    """Note what no longer counts and end its matches; returns how many rows that wrote."""
    run.execute(_RECORDS)
    run.execute("ANALYZE engine_record")
    run.execute(_FILES, zone=str(run.knowledge.zone))
    written = sum(run.execute(each, run=run.run_id).rowcount for each in (_ENDED, _FOLDED))
    if written:
        for table in ("item_match", "credit_match"):
            written += run.execute(_END_MATCHES.format(table=table), run=run.run_id).rowcount
    return written


def find_repeated_files(run: Run) -> None:
    """Files that came again unchanged, and files that came corrected: told, not to be worked on."""
    for row in run.rows(_STORIES):
        since = file_day(row.file_code) or row.since
        if row.versions > 1:
            kind, what = "FILE_CORRECTED", "kam in einer berichtigten Fassung; nur diese gilt"
        elif row.deliveries > 1:
            kind, what = "FILE_REDELIVERED", "kam mehrmals gleich und wurde einmal gezählt"
        else:
            continue
        words = f"Die Datei {row.file_code} vom {day(since)} {what}."
        run.found.append(
            Finding(
                kind,
                row.file_code,
                since,
                words,
                confirmed_cents=row.cents,
                expected_cents=row.cents,
                provider=tuple(row.codes),
                channel="files",
                reference=row.file_code,
            )
        )  # fmt: skip

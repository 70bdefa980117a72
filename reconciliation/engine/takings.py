"""One pass over the providers' lines that adds them up: by file, terminal and batch.

Days of terminals, files and batches are then checked on a few hundred sums instead of a million
lines; only where a sum does not fit are lines looked at.
"""

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.records import LINE, Line, pairs_where
from reconciliation.engine.words import day

_DAY = "to_date(substring(file_code FROM '[0-9]{4}-[0-9]{2}-[0-9]{2}'), 'YYYY-MM-DD')"

_TAKINGS = f"""
CREATE TEMP TABLE engine_taking ON COMMIT DROP AS
SELECT *, {_DAY} AS day, coalesce(local_from, instant_from AT TIME ZONE 'UTC') AS earliest,
       coalesce(local_until, instant_until AT TIME ZONE 'UTC') AS latest
  FROM (SELECT file_code, terminal, batch, record_type, min(source) AS source,
         min(account) AS account,
               count(*) AS lines, sum(gross_cents)::bigint AS gross, sum(net_cents)::bigint AS net,
               min(local_at) AS local_from, max(local_at) AS local_until,
               min(happened_at) AS instant_from, max(happened_at) AS instant_until
          FROM provider_line p
         WHERE record_type NOT IN ('payout', 'batch', 'eod')
           AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
         GROUP BY file_code, terminal, batch, record_type) taking
"""

# The terminal's own totals, each with the stretch of time it closes.
_CLOSES = """
CREATE TEMP TABLE engine_close ON COMMIT DROP AS
SELECT *, coalesce(lag(closed_at) OVER same, closed_at - interval '31 days') AS opened_at,
       lag(id) OVER same IS NULL AS is_first
  FROM (SELECT DISTINCT ON (txn_id) id, txn_id AS code, account, terminal, local_at AS closed_at,
               coalesce(to_date(substring(file_code FROM '[0-9]{4}-[0-9]{2}-[0-9]{2}'),
                      'YYYY-MM-DD'),
                        (local_at - interval '6 hours')::date) AS day,
               CASE WHEN first_receipt ~ '^[0-9]+$' THEN first_receipt::int END AS first,
               CASE WHEN receipt ~ '^[0-9]+$' THEN receipt::int END AS last,
               item_count, gross_cents
          FROM engine_record p
         WHERE record_type = 'eod' AND terminal IS NOT NULL AND local_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
         ORDER BY txn_id, id) closed
WINDOW same AS (PARTITION BY terminal ORDER BY closed_at, code)
"""

# A terminal that closes after midnight counts the first hours to the day before.
_NIGHTS = """
CREATE TEMP TABLE engine_terminal ON COMMIT DROP AS
SELECT terminal,
       max(closed_at::time) FILTER (WHERE closed_at::time < time '12:00') AS closes_at_night,
       max(closed_at) AS last_closed_at
  FROM engine_close GROUP BY terminal
"""

# The day a line belongs to against the day of the file it came in; only groups that hold a line
# from before their day are opened.
_LATE = f"""
SELECT {LINE}, t.day
  FROM engine_taking t
  JOIN provider_line p ON (p.file_code, p.record_type) = (t.file_code, t.record_type)
       AND p.terminal IS NOT DISTINCT FROM t.terminal AND p.batch IS NOT DISTINCT FROM t.batch
  LEFT JOIN engine_terminal n ON n.terminal = t.terminal
 WHERE t.record_type = 'charge' AND t.source <> 'zvt'
   AND t.earliest - coalesce(n.closes_at_night, time '00:00')::interval < t.day
   AND (coalesce(p.local_at, p.happened_at AT TIME ZONE 'UTC')
        - coalesce(n.closes_at_night, time '00:00')::interval)::date < t.day
   AND NOT EXISTS (SELECT FROM engine_close c WHERE c.terminal = p.terminal AND c.day >= t.day
                      AND p.local_at > c.opened_at AND p.local_at <= c.closed_at)
   AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
 ORDER BY p.txn_id
"""


def add_up_takings(run: Run) -> None:
    """Fill engine_taking, engine_close and engine_terminal."""
    for statement in (_TAKINGS, _CLOSES, _NIGHTS):
        run.execute(statement)
    for table in ("engine_taking", "engine_close", "engine_terminal"):
        run.execute(f"ANALYZE {table}")


def find_late_lines(run: Run) -> None:
    """Lines that arrived with the file of a later day, told where they agree with the books."""
    late = {}
    for row in run.rows(_LATE, zone=str(run.knowledge.zone)):
        late[row[0]] = (Line(*row[:-1]), row[-1])
    pairs = pairs_where(run, "m.provider_id = ANY (:ids) AND m.outcome = 'agrees'", ids=[*late])
    for item, line, _ in pairs:
        arrived = late[line.id][1]
        words = (
            f"Die Zahlung vom {day(line.day)} kam erst mit der Datei vom {day(arrived)}; sie passt."
        )
        run.found.append(
            Finding(
                "LATE_ARRIVAL",
                line.code,
                line.day,
                words,
                expected_cents=item.cents,
                confirmed_cents=line.cents,
                expected=(item.code,),
                provider=(line.code,),
                channel=line.channel,
                place=item.office,
                reference=line.receipt or line.order_ref,
                tier=1,
            )
        )  # fmt: skip

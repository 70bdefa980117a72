"""A month of card and online payments on three sides, made by the server: 2 in 1,000 go wrong.

June 2026: no holiday of the banks. Four in ten payments at terminals (half of them girocard), the
rest online; one total a terminal and day, one batch a merchant number and day, one payout an
account and day, all of them at the bank when due. Faults: one side only, or a cent too much.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
AS_OF = datetime(2026, 7, 1, 6, tzinfo=UTC)
FAULTS = 3  # kinds, each at one payment in 1,500

_DAYS = """
CREATE TABLE bench_day AS
SELECT d::date AS day,
       d::date + CASE extract(isodow FROM d) WHEN 5 THEN 3 WHEN 6 THEN 2 ELSE 1 END AS after_one,
       d::date + CASE WHEN extract(isodow FROM d) IN (4, 5) THEN 4
                      WHEN extract(isodow FROM d) = 6 THEN 3 ELSE 2 END AS after_two
  FROM generate_series('{first}'::timestamp, '{last}'::timestamp, '1 day') d
"""

# fault: 0 not at the provider, 1 a cent too much there, 2 not in the books
_SALES = """
CREATE UNLOGGED TABLE bench_sale AS
SELECT i, day, day + time '06:00' + make_interval(secs => i % 28800) AS at, after_one, after_two,
       seat, kind, CASE WHEN i % 1500 < {faults} THEN i % 1500 END AS fault,
       100 + abs(hashint8(i)) % 9900 AS cents,
       (60000000 + seat)::text AS terminal, (4000000000 + seat % {merchants})::text AS merchant,
       row_number() OVER (PARTITION BY kind = 'online', seat ORDER BY i) AS turn
  FROM (SELECT i, (i / 5) % {terminals} AS seat,
               CASE i % 5 WHEN 0 THEN 'girocard' WHEN 1 THEN 'card' ELSE 'online' END AS kind,
               '{first}'::date + (i - 1) * 30 / {count} AS day
          FROM generate_series(1::int, {count}) i) one JOIN bench_day USING (day)
"""

_LEDGER = """
SELECT 'E' || i AS ledger_id, 'charge' AS kind,
       CASE kind WHEN 'online' THEN 'online' ELSE 'terminal' END AS channel,
       'Amt ' || seat % 10 AS office, NULL AS till_id,
       CASE WHEN kind <> 'online' THEN terminal END AS terminal_id,
       CASE WHEN kind <> 'online' THEN lpad((turn + 1000)::text, 6, '0') END AS trace_no,
       CASE WHEN kind <> 'online' THEN lpad(((turn - 1) % 9999 + 1)::text, 4, '0') END
           AS receipt_no,
       CASE WHEN kind <> 'online' THEN lpad((i % 999983)::text, 6, '0') END AS auth_code,
       lpad(i::text, 13, '5') AS order_ref,
       CASE WHEN kind = 'online' THEN 'pi_3' || md5(i::text) END AS psp_ref,
       at AT TIME ZONE 'UTC' AS booked_at, day AS business_date, cents AS amount_cents,
       'EUR' AS currency, NULL AS payer_name, NULL AS related_ref
  FROM bench_sale WHERE fault IS DISTINCT FROM 2 ORDER BY at, i
"""

_LINES = """
CREATE UNLOGGED TABLE bench_line AS
SELECT CASE kind WHEN 'online' THEN 'stripe-acct_00-' || day
                 ELSE 'acq-' || account || '-' || day END AS file_code,
       CASE kind WHEN 'online' THEN 'stripe' ELSE 'acquirer' END AS source, 'charge' AS record_type,
       account, 'txn_' || md5('t' || i) AS txn_id,
       CASE WHEN kind = 'online' THEN 'pi_3' || md5(i::text) END AS psp_ref,
       CASE WHEN kind = 'online' THEN lpad(i::text, 13, '5') END AS order_ref,
       CASE WHEN kind <> 'online' THEN terminal END AS terminal,
       CASE WHEN kind <> 'online' THEN lpad((turn + 1000)::text, 6, '0') END AS trace,
       CASE WHEN kind <> 'online' THEN lpad(((turn - 1) % 9999 + 1)::text, 4, '0') END AS receipt,
       NULL AS first_receipt,
       CASE WHEN kind <> 'online' THEN lpad((i % 999983)::text, 6, '0') END AS auth_code,
       CASE kind WHEN 'girocard' THEN 'girocard' ELSE 'visa' END AS scheme,
       CASE WHEN kind = 'online' THEN 'eea' END AS card_region,
       CASE WHEN kind = 'online' THEN at AT TIME ZONE 'UTC' END AS happened_at,
       CASE WHEN kind <> 'online' THEN at + interval '2 hours' END AS local_at,
       gross, gross AS auth_cents, fee, gross - fee AS net, 'EUR' AS currency,
       CASE WHEN kind <> 'online' THEN account || to_char(day, 'YYMMDD')
            WHEN settle_on <= '{last}' THEN 'po_' || md5(settle_on::text) END AS batch,
       settle_on, NULL::int AS item_count, NULL AS trace_id, turn, day
  FROM (SELECT *, cents + (fault = 1 AND fault IS NOT NULL)::int AS gross,
               CASE kind WHEN 'girocard' THEN 0 WHEN 'card' THEN 4 ELSE 25 END
               + ((cents + (fault = 1 AND fault IS NOT NULL)::int)
                  * CASE kind WHEN 'girocard' THEN 0 WHEN 'card' THEN 89 ELSE 150 END + 5000)
                 / 10000 AS fee,
               CASE kind WHEN 'online' THEN 'acct_00' WHEN 'girocard' THEN 'N' || merchant
                         ELSE merchant END AS account,
               CASE kind WHEN 'girocard' THEN after_one ELSE after_two END AS settle_on
          FROM bench_sale WHERE fault IS DISTINCT FROM 0) one
"""

_HEADS = """
INSERT INTO bench_line
SELECT min(file_code), 'acquirer', 'batch', account, batch, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL::timestamptz, day + 1 + time '06:00', sum(gross), 0, sum(fee),
       sum(net), 'EUR', batch, min(settle_on), count(*)::int, NULL, NULL::bigint, day
  FROM bench_line WHERE source = 'acquirer' GROUP BY account, batch, day
UNION ALL
SELECT 'stripe-acct_00-' || settle_on, 'stripe', 'payout', account, batch, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, settle_on + interval '10 minutes', NULL, -sum(net), 0, 0,
       -sum(net), 'EUR', batch, settle_on, count(*), md5(batch), NULL, settle_on
  FROM bench_line WHERE source = 'stripe' AND batch IS NOT NULL GROUP BY account, batch, settle_on
UNION ALL
SELECT 'zvt-' || terminal || '-' || day, 'zvt', 'eod', ltrim(min(account), 'N'),
       'EOD-' || terminal || '-' || day, NULL, NULL, terminal, NULL,
       (array_agg(receipt ORDER BY turn DESC))[1], (array_agg(receipt ORDER BY turn))[1],
       NULL, NULL, NULL, NULL, day + time '20:00', sum(gross), 0, 0, sum(gross), 'EUR', NULL, NULL,
       count(*), NULL, NULL, day
  FROM bench_line WHERE source = 'acquirer' GROUP BY terminal, day
"""

_SETTLEMENT = """
SELECT file_code AS file_id, 1 AS file_version, 1 AS delivery_no, source, record_type, account,
       txn_id, psp_ref, order_ref, terminal AS terminal_id, trace AS trace_no,
       receipt AS receipt_no, first_receipt AS first_receipt_no, auth_code, scheme, card_region,
       coalesce(happened_at AT TIME ZONE 'UTC', local_at) AS created_at,
       CASE WHEN happened_at IS NULL THEN 'local' ELSE 'UTC' END AS tz, gross AS gross_cents,
       auth_cents, fee AS fee_cents, net AS net_cents, currency, batch AS batch_id,
       settle_on AS settle_date, item_count, trace_id
  FROM bench_line
"""

# Opening, entries and closing of each bank day's statement.
_BANK = """
WITH moved AS (
     SELECT d.day, coalesce(sum(abs(net)), 0)::bigint AS cents
       FROM bench_day d LEFT JOIN bench_line
         ON settle_on = d.day AND record_type IN ('batch', 'payout')
      WHERE extract(isodow FROM d.day) < 6 GROUP BY d.day),
     statement AS (
     SELECT 'S' || day AS id, 100 + row_number() OVER days AS seq, day,
            sum(cents) OVER days - cents AS opening, sum(cents) OVER days AS closing
       FROM moved WINDOW days AS (ORDER BY day)),
     line AS (
     SELECT 'OPBD' AS row_type, id, seq, day, opening AS cents, NULL AS reference, NULL AS trace,
            NULL AS code, NULL AS name, NULL AS words FROM statement
      UNION ALL
     SELECT 'CLBD', id, seq, day, closing, NULL, NULL, NULL, NULL, NULL FROM statement
      UNION ALL
     SELECT 'NTRY', id, seq, s.day, abs(net), 'B' || txn_id, trace_id, 'PMNT+RCDT+ESCT',
            CASE source WHEN 'stripe' THEN 'Stripe' ELSE 'Nexi' END,
            CASE WHEN l.account LIKE 'N%'
                 THEN 'GIROCARD UMSATZ NETZBETREIBER-NR ' || ltrim(l.account, 'N')
                      || ' KASSENSCHNITT ' || to_char(l.day, 'DD.MM.YYYY')
                 WHEN source = 'acquirer' THEN 'VU ' || l.account || ' BATCH ' || txn_id
                 ELSE 'STRIPE AMT' END
       FROM bench_line l JOIN statement s ON s.day = settle_on
      WHERE record_type IN ('batch', 'payout'))
SELECT row_type, id AS statement_id, seq AS statement_seq, day AS booking_date, day AS value_date,
       cents AS amount_cents, 'CRDT' AS credit_debit, 'EUR' AS currency,
       reference AS acct_svcr_ref, trace AS end_to_end_id, code AS bank_txn_code,
       false AS reversal_ind, name AS counterparty_name, NULL AS counterparty_iban,
       words AS remittance
  FROM line
"""

_LIMIT = """
CREATE UNLOGGED TABLE limit_expected AS
SELECT 'pi_3' || md5(i::text) AS key FROM bench_sale WHERE fault IS DISTINCT FROM 2;
CREATE UNLOGGED TABLE limit_confirmed AS
SELECT 'pi_3' || md5(i::text) AS key FROM bench_sale WHERE fault IS DISTINCT FROM 0;
ANALYZE limit_expected; ANALYZE limit_confirmed
"""

LIMIT = "SELECT count(*) FROM limit_expected FULL OUTER JOIN limit_confirmed USING (key)"


@dataclass(frozen=True, slots=True)
class Files:
    """The month as `stadtkasse reconcile-files` reads it."""

    ledger: Path
    settlement: Path
    bank: Path


def write_files(connection: psycopg.Connection, count: int, folder: Path) -> Files:
    """A month of `count` payments as files in `folder`; the tables of the limit stay behind."""
    terminals = max(6, count // 4000)
    values = {
        "first": FIRST, "last": LAST, "count": count, "terminals": terminals,
        "merchants": max(3, terminals // 8), "faults": FAULTS,
    }  # fmt: skip
    for statement in (_DAYS, _SALES, _LINES, _HEADS):
        connection.execute(statement.format(**values))
    for statement in _LIMIT.split(";\n"):
        connection.execute(statement)
    return Files(
        _copied(connection, _LEDGER, folder / "ledger.csv"),
        _copied(connection, _SETTLEMENT, folder / "psp.csv"),
        _copied(connection, _BANK, folder / "bank.csv"),
    )


def _copied(connection: psycopg.Connection, query: str, path: Path) -> Path:
    with (
        path.open("wb") as out,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
    ):
        for block in copy:
            out.write(block)
    return path

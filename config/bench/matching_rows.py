"""A month of card and online payments on three sides, made by the server: 2 in 1,000 go wrong.

June 2026: no holiday of the banks. Four in ten payments at terminals (half of them girocard), the
rest online; one total a terminal and day, one batch a merchant number and day, one payout an
account and day, all of them at the bank when due. Faults: one side only, or a cent too much.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
AS_OF = datetime(2026, 7, 1, 6, tzinfo=UTC)
FAULTS = 3  # kinds, each at one payment in 1,500
EXPECTED = (
    "code, kind, channel, office, terminal, trace, receipt, auth_code, order_ref, psp_ref, "
    "booked_at, business_day, amount_cents, currency"
)
CONFIRMED = (
    "file_code, source, record_type, account, txn_id, psp_ref, order_ref, terminal, trace, "
    "receipt, first_receipt, auth_code, scheme, card_region, happened_at, local_at, gross_cents, "
    "auth_cents, fee_cents, net_cents, currency, batch, settle_on, item_count, trace_id"
)

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

_EXPECTED = """
SELECT 'E' || i, 'charge', CASE kind WHEN 'online' THEN 'online' ELSE 'terminal' END,
       'Amt ' || seat % 10, CASE WHEN kind <> 'online' THEN terminal END,
       CASE WHEN kind <> 'online' THEN lpad((turn + 1000)::text, 6, '0') END,
       CASE WHEN kind <> 'online' THEN lpad(((turn - 1) % 9999 + 1)::text, 4, '0') END,
       CASE WHEN kind <> 'online' THEN lpad((i % 999983)::text, 6, '0') END,
       lpad(i::text, 13, '5'), CASE WHEN kind = 'online' THEN 'pi_3' || md5(i::text) END,
       at AT TIME ZONE 'UTC', day, cents, 'EUR'
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

_BANK = """
INSERT INTO bank_account (account, name, iban, bank)
VALUES ('181000', 'Bank', 'DE02120300000000202051', 'Bank');
INSERT INTO source_file (sha256, name, content) VALUES (sha256('bench'), 'bench', 'bench');
INSERT INTO bank_statement (file_id, account, statement_id, sequence, page, currency, opening_cents,
                            closing_cents, closing_on, line_count, movement_cents)
SELECT (SELECT max(id) FROM source_file), (SELECT min(account) FROM bank_account), 'S' || day,
       100 + row_number() OVER days, 1, 'EUR', coalesce(sum(moved) OVER before, 0),
       sum(moved) OVER days, day, lines, moved
  FROM (SELECT d.day, coalesce(sum(abs(net)), 0)::bigint AS moved, count(net)::int AS lines
          FROM bench_day d LEFT JOIN bench_line
            ON settle_on = d.day AND record_type IN ('batch', 'payout')
         WHERE extract(isodow FROM d.day) < 6 GROUP BY d.day) of_day
WINDOW days AS (ORDER BY day),
       before AS (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
INSERT INTO bank_line (statement_id, amount_cents, ordinal, detail, booked_on, value_on, currency,
                       end_to_end_id, remittance, counterparty_name, bank_tx_code, bank_reference)
SELECT s.id, abs(net), row_number() OVER (PARTITION BY s.id ORDER BY txn_id), 1, settle_on,
       settle_on, 'EUR', trace_id,
       CASE WHEN l.account LIKE 'N%%'
            THEN 'GIROCARD UMSATZ NETZBETREIBER-NR ' || ltrim(l.account, 'N')
                 || ' KASSENSCHNITT ' || to_char(l.day, 'DD.MM.YYYY')
            WHEN source = 'acquirer' THEN 'VU ' || l.account || ' BATCH ' || txn_id
            ELSE 'STRIPE AMT' END,
       CASE source WHEN 'stripe' THEN 'Stripe' ELSE 'Nexi' END, 'PMNT+RCDT+ESCT', 'B' || txn_id
  FROM bench_line l JOIN bank_statement s ON s.closing_on = settle_on
 WHERE record_type IN ('batch', 'payout')
"""

_LIMIT = """
CREATE UNLOGGED TABLE limit_expected AS
SELECT 'pi_3' || md5(i::text) AS key FROM bench_sale WHERE fault IS DISTINCT FROM 2;
CREATE UNLOGGED TABLE limit_confirmed AS
SELECT 'pi_3' || md5(i::text) AS key FROM bench_sale WHERE fault IS DISTINCT FROM 0;
ANALYZE limit_expected; ANALYZE limit_confirmed
"""

LIMIT = "SELECT count(*) FROM limit_expected FULL OUTER JOIN limit_confirmed USING (key)"


def write_rows(connection: psycopg.Connection, count: int, folder: Path) -> tuple[Path, Path]:
    """Files of both narrow tables as COPY reads them; the bank's side is put into its tables."""
    terminals = max(6, count // 4000)
    values = {
        "first": FIRST, "last": LAST, "count": count, "terminals": terminals,
        "merchants": max(3, terminals // 8), "faults": FAULTS,
    }  # fmt: skip
    for statement in (_DAYS, _SALES, _LINES, _HEADS):
        connection.execute(statement.format(**values))
    for statement in (_BANK + ";" + _LIMIT).replace("%%", "%").split(";\n"):
        connection.execute(statement)
    columns = CONFIRMED.replace("gross_cents", "gross").replace("fee_cents", "fee")
    columns = columns.replace("net_cents", "net")
    return (
        _copied(connection, _EXPECTED, folder / "expected.copy"),
        _copied(connection, f"SELECT {columns} FROM bench_line", folder / "confirmed.copy"),
    )


def load(connection: psycopg.Connection, table: str, columns: str, path: Path) -> None:
    """Stream a file into its table."""
    with (
        path.open("rb") as rows,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        while block := rows.read(1 << 20):
            copy.write(block)


def tidy(connection: psycopg.Connection) -> None:
    """What only made the rows is dropped before anything is timed."""
    connection.execute("DROP TABLE bench_sale, bench_line, bench_day")


def _copied(connection: psycopg.Connection, query: str, path: Path) -> Path:
    with (
        path.open("wb") as out,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT") as copy,
    ):
        for block in copy:
            out.write(block)
    return path

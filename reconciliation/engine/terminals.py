"""What a terminal counted at its close against what its provider and the books know.

Receipt numbers of a terminal have no gaps and begin again after 9999. A close covers what
happened since the one before it, whatever day that was.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.records import Expected, Lone
from reconciliation.engine.words import day, euro

_LAST_RECEIPT = 9999
_SLACK = timedelta(hours=12)

# Closes whose day adds up in the provider's files need no look at single lines.
_DOUBTFUL = """
CREATE TEMP TABLE engine_doubt ON COMMIT DROP AS
SELECT c.* FROM engine_close c
  LEFT JOIN (SELECT terminal, day, sum(lines) FILTER (WHERE record_type = 'charge') AS charges,
                    coalesce(sum(lines) FILTER (WHERE record_type <> 'charge'), 0) AS taken_back,
                    sum(gross) AS gross
               FROM engine_taking
              WHERE source = 'acquirer' AND record_type IN ('charge', 'reversal')
                     AND terminal IS NOT NULL
              GROUP BY terminal, day) t ON t.terminal = c.terminal AND t.day = c.day
 WHERE c.terminal IN (SELECT terminal FROM engine_taking WHERE source = 'acquirer')
   AND (t.charges IS NULL OR t.charges - t.taken_back <> c.item_count OR t.gross <> c.gross_cents
        OR c.first IS NULL OR c.last IS NULL
        OR t.charges <> (c.last - c.first + :wrap) % :wrap + 1)
"""

# By receipt: a charge and its reversal are nothing, and a charge sent twice was made once.
_COUNTED = """
CREATE TEMP TABLE engine_counted ON COMMIT DROP AS
SELECT c.id, CASE WHEN p.receipt ~ '^[0-9]+$' THEN p.receipt::int END AS receipt,
       max(p.gross_cents) FILTER (WHERE p.record_type = 'charge') AS cents,
       bool_or(p.record_type = 'reversal') AS reversed
  FROM engine_doubt c
 CROSS JOIN LATERAL generate_series(c.opened_at::date, c.closed_at::date,
        interval '1 day') AS on_day
  JOIN provider_line p ON p.terminal = c.terminal AND p.local_at::date = on_day::date
       AND p.local_at > c.opened_at AND p.local_at <= c.closed_at
       AND NOT (c.is_first AND p.receipt ~ '^[0-9]+$'
                AND (p.receipt::int - c.first + :wrap) % :wrap > (c.last - c.first + :wrap) % :wrap)
 WHERE p.source = 'acquirer' AND p.record_type IN ('charge', 'reversal')
   AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
 GROUP BY c.id, 2, coalesce(p.receipt, p.txn_id)
"""

_CLOSES = """
SELECT c.id, c.code, c.terminal, c.account, c.opened_at, c.closed_at, c.day, c.item_count,
       c.gross_cents,
       coalesce(k.known, 0), coalesce(k.cents, 0)::bigint, a.absent
  FROM engine_doubt c
  LEFT JOIN (SELECT id, count(*) FILTER (WHERE NOT reversed) AS known,
         sum(cents) FILTER (WHERE NOT reversed) AS cents
               FROM engine_counted GROUP BY id) k USING (id)
  LEFT JOIN (SELECT id, array_agg(receipt ORDER BY receipt) AS absent
               FROM (SELECT d.id, (d.first - 1 + step) % :wrap + 1 AS receipt
                       FROM engine_doubt d
                      CROSS JOIN LATERAL generate_series(0,
                             (d.last - d.first + :wrap) % :wrap) AS step
                     EXCEPT SELECT id, receipt FROM engine_counted) missing GROUP BY id) a
                            USING (id)
 ORDER BY c.terminal, c.closed_at
"""

# A booking whose receipt none of the closes around it covers; a later close says they are there.
_NEVER_COUNTED = """
SELECT e.id
  FROM expected_item e
 CROSS JOIN LATERAL (SELECT e.receipt::int AS number,
                            e.booked_at AT TIME ZONE :zone AS at) receipt
 WHERE e.id = ANY (:ids)
   AND EXISTS (SELECT FROM engine_close c
                WHERE c.terminal = e.terminal AND c.closed_at > receipt.at + :slack)
   AND NOT EXISTS (SELECT FROM engine_close c
                    WHERE c.terminal = e.terminal AND c.opened_at < receipt.at + :slack
                      AND c.closed_at > receipt.at - :slack
                      AND (c.first IS NULL OR c.last IS NULL
                           OR (receipt.number - c.first + :wrap) % :wrap
                              <= (c.last - c.first + :wrap) % :wrap))
"""


@dataclass(frozen=True, slots=True)
class Close:
    """A terminal's close whose sums do not fit the files of its day at once."""

    id: int
    code: str
    terminal: str
    account: str
    opened_at: datetime
    closed_at: datetime
    day: date
    item_count: int | None
    gross_cents: int
    known: int
    known_cents: int
    absent: list[int] | None


def check_closes(run: Run, lone: Lone) -> dict[int, bool]:
    """Compare closes with lines and open bookings; returns for these whether they were counted.

    Whether the terminal counted a booking without a line tells a lost file from a payment that
    never was. Open bookings of closes that leave it open are not in the answer.
    """
    run.execute(_DOUBTFUL, wrap=_LAST_RECEIPT)
    run.execute("ANALYZE engine_doubt")
    run.execute(_COUNTED, wrap=_LAST_RECEIPT)
    run.execute("ANALYZE engine_counted")
    open_by_terminal = defaultdict(list)
    for item in lone.expected.values():
        if item.terminal and item.receipt and item.receipt.isdecimal() and item.is_charge:
            open_by_terminal[item.terminal].append(item)
    answers: dict[int, bool] = {}
    for row in run.rows(_CLOSES, wrap=_LAST_RECEIPT):
        close = Close(*row)
        absent = set(close.absent or ())
        items = [
            item for item in open_by_terminal[close.terminal]
            if int(item.receipt or 0) in absent
            and close.opened_at - _SLACK < item.local < close.closed_at + _SLACK
        ]  # fmt: skip
        gaps = sorted(absent - {int(item.receipt or 0) for item in items})
        answers |= _check(run, close, items, gaps)
    return answers | _never_counted(run, open_by_terminal)


def _never_counted(run: Run, open_by_terminal: Mapping[str, list[Expected]]) -> dict[int, bool]:
    """Receipts between two closes, or after the last of a day, that the terminal knows nothing of.

    The closes themselves do not show them: what they counted is complete without.
    """
    ids = [item.id for items in open_by_terminal.values() for item in items]
    if not ids:
        return {}
    rows = run.rows(
        _NEVER_COUNTED, ids=ids, zone=str(run.knowledge.zone), slack=_SLACK, wrap=_LAST_RECEIPT
    )
    return {row.id: False for row in rows}


def _check(run: Run, close: Close, items: list[Expected], gaps: list[int]) -> dict[int, bool]:
    if close.item_count is None:
        return {}
    more = close.item_count - close.known
    counted_gaps = gaps if more >= len(gaps) else []
    for receipt in counted_gaps:
        run.found.append(_gap(close, receipt))
    more -= len(counted_gaps)
    over = close.gross_cents - close.known_cents
    if more <= 0 or not items:
        if not counted_gaps and (over != 0 or more != 0) and not (gaps and more > 0):
            run.found.append(_sum_differs(close, over))
        return dict.fromkeys((item.id for item in items), False)
    left_out = len(items) - more
    if left_out <= 0:
        rest = over - sum(item.cents for item in items)
        if not counted_gaps and rest != 0:
            run.found.append(_sum_differs(close, rest))
        return dict.fromkeys((item.id for item in items), True)
    return {} if counted_gaps else _which_were_counted(items, left_out, over)


def _which_were_counted(items: list[Expected], left_out: int, over: int) -> dict[int, bool]:
    """Some open bookings were counted and some not: the sum may tell which, if only one way."""
    if left_out > 2 or len(items) > 200:
        return {}
    total = sum(item.cents for item in items)
    ways = [
        some for some in combinations(items, left_out)
        if total - sum(item.cents for item in some) == over
    ]  # fmt: skip
    if len(ways) != 1:
        return {}
    missing = {item.id for item in ways[0]}
    return {item.id: item.id not in missing for item in items}


def _gap(close: Close, receipt: int) -> Finding:
    words = (
        f"Terminal {close.terminal} zählt am {day(close.day)} den Beleg {receipt:04d}, "
        f"den weder Kasse noch Anbieter kennen."
    )
    return Finding(
        "TERMINAL_COUNTER_GAP", f"{close.code}/{receipt:04d}", close.day, words,
        provider=(close.code,), channel="card", place=close.terminal, reference=f"{receipt:04d}",
    )  # fmt: skip


def _sum_differs(close: Close, over: int) -> Finding:
    words = (
        f"Der Tagesabschluss von Terminal {close.terminal} am {day(close.day)} nennt "
        f"{euro(close.gross_cents)}, die Einzelzahlungen ergeben {euro(close.gross_cents - over)}."
    )
    return Finding(
        "EOD_SUM_MISMATCH", close.code, close.day, words, expected_cents=close.gross_cents - over,
        confirmed_cents=close.gross_cents, provider=(close.code,), channel="card",
        place=close.terminal, reference=close.code,
    )  # fmt: skip


# Days on which a terminal took money and was not closed; its next close holds them.
_NOT_CLOSED = """
SELECT t.terminal, t.day, sum(t.gross)::bigint AS cents, n.last_closed_at,
       (SELECT c.code FROM engine_close c WHERE c.terminal = t.terminal
              AND c.closed_at >= max(t.latest)
         ORDER BY c.closed_at LIMIT 1) AS next_code,
       (SELECT c.day FROM engine_close c WHERE c.terminal = t.terminal
              AND c.closed_at >= max(t.latest)
         ORDER BY c.closed_at LIMIT 1) AS next_day
  FROM engine_taking t JOIN engine_terminal n USING (terminal)
 WHERE t.source = 'acquirer' AND t.record_type = 'charge'
   AND (t.latest - coalesce(n.closes_at_night, time '00:00')::interval)::date = t.day
   AND NOT EXISTS (SELECT FROM engine_close c WHERE c.terminal = t.terminal AND c.day = t.day)
 GROUP BY t.terminal, t.day, n.last_closed_at ORDER BY t.terminal, t.day
"""


def find_days_not_closed(run: Run) -> None:
    """Terminal days without a close, once a later close, or the next day's noon, says so."""
    for row in run.rows(_NOT_CLOSED):
        if row.next_code is None and (run.today - row.day).days < 2:
            continue
        words = (
            f"Terminal {row.terminal} wurde am {day(row.day)} nicht abgeschlossen; "
            f"{euro(row.cents)} dieses Tages stehen im nächsten Abschluss."
        )
        codes = [row.next_code] if row.next_code else []
        if row.next_code and row.next_day.isoformat() in row.next_code:
            codes.insert(0, row.next_code.replace(row.next_day.isoformat(), row.day.isoformat()))
        run.found.append(
            Finding(
                "EOD_MISSING",
                f"{row.terminal}/{row.day.isoformat()}",
                row.day,
                words,
                expected_cents=row.cents,
                confirmed_cents=0,
                provider=tuple(codes),
                channel="card",
                place=row.terminal,
                reference=f"{row.terminal} {day(row.day)}",
            )
        )  # fmt: skip

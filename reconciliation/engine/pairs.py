"""The bulk: pairs with the same key on both sides, found by one join and written at once."""

from collections.abc import Iterable
from datetime import date

from reconciliation.engine.context import Run
from reconciliation.engine.knowledge import Tariff

RULE, VERSION = "key", 1

# What came of a pair of expected item `e` and provider line `p`: the first that holds.
_OUTCOME = """
WHEN p.currency <> e.currency THEN 'CURRENCY_MISMATCH'
            WHEN p.gross_cents <> e.amount_cents
            THEN CASE WHEN p.gross_cents < p.auth_cents AND p.auth_cents = e.amount_cents
                      THEN 'PARTIAL_CAPTURE' ELSE 'AMOUNT_DIFF' END
            WHEN e.booked_at - p.at NOT BETWEEN - interval '{hours:d} hours'
                   AND interval '{hours:d} hours'
            THEN 'WRONG_DAY'
            WHEN p.fee_cents <> p.due_fee THEN 'FEE_MISMATCH'
            ELSE 'agrees'"""

# One pass over what is still open on both sides. Rows without a partner, or without a key, stay in
# it one-sided and are what the later steps work on.
_JOIN = """
CREATE TEMP TABLE engine_pair ON COMMIT DROP AS
SELECT match_key, e.id AS expected_id, p.id AS provider_id,
       e.key_words, CASE WHEN e.id IS NULL OR p.id IS NULL THEN NULL {outcome} END AS outcome
  FROM (SELECT id, match_key, amount_cents, currency, booked_at,
               coalesce(psp_ref, terminal || '/' || trace || '/' || receipt) AS key_words
          FROM expected_item e
         WHERE channel IN ('terminal', 'online')
           AND NOT EXISTS (SELECT FROM item_match m WHERE m.expected_id = e.id
                  AND m.ended_at IS NULL)
       ) e
  FULL JOIN
       (SELECT id, match_key, gross_cents, auth_cents, currency, fee_cents,
               coalesce(happened_at, local_at AT TIME ZONE :zone) AS at, {due_fee} AS due_fee
          FROM provider_line p
         WHERE record_type IN ('charge', 'refund', 'reversal')
           AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
           AND NOT EXISTS (SELECT FROM item_match m WHERE m.provider_id = p.id
                  AND m.ended_at IS NULL)
       ) p USING (match_key)
"""

# Windows over a million rows make such runs slow: only keys that are there twice get any.
_SEVERAL = """
CREATE TEMP TABLE engine_several ON COMMIT DROP AS
SELECT match_key FROM provider_line WHERE match_key IS NOT NULL GROUP BY match_key
       HAVING count(*) > 1
"""
_TWICE = """
CREATE TEMP TABLE engine_twice ON COMMIT DROP AS
SELECT match_key FROM expected_item WHERE match_key IS NOT NULL GROUP BY match_key
       HAVING count(*) > 1
 UNION
SELECT match_key FROM engine_several JOIN provider_line p USING (match_key)
 WHERE NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
 GROUP BY match_key HAVING count(*) > 1
 UNION
SELECT e.match_key FROM engine_rejected r JOIN expected_item e ON e.id = r.expected_id
       WHERE e.match_key IS NOT NULL
"""

# One-sided rows, and whatever stands under a key that is there twice: few.
_LONE = """
CREATE TEMP TABLE engine_lone ON COMMIT DROP AS
SELECT DISTINCT side.expected_id, side.provider_id, p.match_key, t.match_key IS NOT NULL AS is_twice
  FROM engine_pair p LEFT JOIN engine_twice t USING (match_key)
 CROSS JOIN LATERAL (VALUES (p.expected_id, NULL::bigint), (NULL,
        p.provider_id)) side (expected_id, provider_id)
 WHERE (p.expected_id IS NULL OR p.provider_id IS NULL OR t.match_key IS NOT NULL)
   AND num_nonnulls(side.expected_id, side.provider_id) = 1
"""

_WRITE = """
INSERT INTO item_match (expected_id, provider_id, rule, rule_version, key_used, outcome, run_id)
SELECT p.expected_id, p.provider_id, :rule, :version, p.key_words, p.outcome, :run
  FROM engine_pair p
 WHERE p.expected_id IS NOT NULL AND p.provider_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM engine_twice t WHERE t.match_key = p.match_key)
"""


def match_by_key(run: Run) -> int:
    """Pair what has the same key on both sides, each once; returns how many pairs are new."""
    outcome = _OUTCOME.format(hours=run.knowledge.other_day_hours)
    join = _JOIN.format(due_fee=_due_fee(run), outcome=outcome)
    run.execute(_SEVERAL)
    run.execute("ANALYZE engine_several")
    run.execute(_TWICE)
    run.execute(join, zone=str(run.knowledge.zone))
    run.execute("ANALYZE engine_pair")
    run.execute("ANALYZE engine_twice")
    run.execute(_LONE)
    run.execute("ANALYZE engine_lone")
    return run.execute(_WRITE, rule=RULE, version=VERSION, run=run.run_id).rowcount


_WRITE_CHOSEN = """
INSERT INTO item_match (expected_id, provider_id, rule, rule_version, key_used, outcome, run_id)
SELECT e.id, p.id, :rule, :version, c.key_used, coalesce(c.outcome, CASE {outcome} END), :run
  FROM engine_chosen c JOIN expected_item e ON e.id = c.expected_id
  JOIN (SELECT p.*, coalesce(happened_at, local_at AT TIME ZONE :zone) AS at, {due_fee} AS due_fee
          FROM provider_line p) p ON p.id = c.provider_id
"""


def write_chosen(
    run: Run, pairs: Iterable[tuple[int, int, str, str | None]], *, rule: str, version: int
) -> int:
    """Write pairs (expected id, provider id, key, outcome) that were chosen one by one.

    An outcome of None is worked out as for every other pair. Returns how many were written.
    """
    run.execute("DROP TABLE IF EXISTS pg_temp.engine_chosen")
    run.execute(
        "CREATE TEMP TABLE engine_chosen (expected_id bigint, provider_id bigint, key_used text,"
        " outcome text) ON COMMIT DROP"
    )
    cursor = run.session.connection().connection.cursor()
    with cursor.copy("COPY engine_chosen FROM STDIN") as copy:
        for pair in pairs:
            copy.write_row(pair)
    outcome = _OUTCOME.format(hours=run.knowledge.other_day_hours)
    write = _WRITE_CHOSEN.format(outcome=outcome, due_fee=_due_fee(run))
    values = {"zone": str(run.knowledge.zone), "run": run.run_id}
    return run.execute(write, rule=rule, version=version, **values).rowcount


def _due_fee(run: Run) -> str:
    """SQL for the fee the contract allows on provider line `p`; NULL where no tariff is known.

    Half a cent is rounded up, as providers bill it. Numbers come from the city's own settings
    and are written into the statement, because they are its constants. Of several rates for one
    kind of card the youngest is asked first.
    """
    if not run.knowledge.tariffs:
        return "NULL::bigint"
    youngest_first = sorted(
        run.knowledge.tariffs,
        key=lambda each: (each.source, each.kind, each.valid_from or date.min), reverse=True,
    )  # fmt: skip
    branches = " ".join(f"WHEN {_applies(each)} THEN {_fee(each)}" for each in youngest_first)
    return f"CASE WHEN p.record_type <> 'charge' THEN NULL {branches} END"


def _applies(tariff: Tariff) -> str:
    column = "p.card_region" if tariff.source == "stripe" else "p.scheme"
    asked = f"p.source = {_quoted(tariff.source)} AND {column} = {_quoted(tariff.kind)}"
    if tariff.valid_from is None:
        return asked
    day = "coalesce(p.local_at, p.happened_at AT TIME ZONE :zone)::date"
    return f"{asked} AND {day} >= DATE '{tariff.valid_from.isoformat()}'"


def fees_due(run: Run, lines: Iterable[int]) -> dict[int, int]:
    """What the contract allows on each of these provider lines, in cents, where it is known."""
    rows = run.rows(
        f"SELECT p.id, {_due_fee(run)} AS due FROM provider_line p WHERE p.id = ANY (:ids)",
        ids=[*lines], zone=str(run.knowledge.zone),
    )  # fmt: skip
    return {row.id: row.due for row in rows if row.due is not None}


def _fee(tariff: Tariff) -> str:
    share = f"div(p.gross_cents * {tariff.basis_points:d} + 5000, 10000)::bigint"
    return f"{share} + {tariff.fixed_cents:d}"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''").replace(":", r"\:") + "'"

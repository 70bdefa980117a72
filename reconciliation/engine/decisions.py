"""What people decided comes before every rule, and what they tore apart stays apart."""

from reconciliation.engine.context import Run

# One row for each member: the first expected item with the first line, and so on; where one side
# has more, its rows stand alone.
_PAIRS = """
CREATE TEMP TABLE engine_decided ON COMMIT DROP AS
SELECT d.id::text AS decision, e.id AS expected_id, p.id AS provider_id, b.id AS bank_line_id,
       cardinality(d.bank_codes) > 0 AS is_credit
  FROM match_decision d
 CROSS JOIN LATERAL unnest(d.expected_codes, d.provider_codes, d.bank_codes)
            AS member (item, line, entry)
  LEFT JOIN expected_item e ON e.code = member.item
  LEFT JOIN LATERAL (
       SELECT min(p.id) AS id FROM provider_line p
        WHERE p.txn_id = member.line
          AND NOT EXISTS (SELECT FROM provider_line_ended x WHERE x.provider_id = p.id)) p ON true
  LEFT JOIN LATERAL (
       SELECT min(l.id) AS id FROM live_bank_line l
        WHERE member.entry IN (l.bank_reference, l.id::text)) b ON true
 WHERE d.kind = 'pair' AND d.ended_at IS NULL AND num_nonnulls(e.id, p.id, b.id) > 0
"""

_END_OUTRANKED = """
UPDATE {table} m SET ended_at = now(), ended_by = :run
 WHERE m.ended_at IS NULL
   AND CASE WHEN m.rule = 'manual'
            THEN NOT EXISTS (SELECT FROM engine_decided d WHERE d.decision = m.key_used)
            ELSE EXISTS (SELECT FROM engine_decided d
                          WHERE d.is_credit = {is_credit}
                            AND (d.expected_id = m.expected_id
                                 OR d.provider_id = m.provider_id)) END
"""

_END_REJECTED = """
UPDATE item_match m SET ended_at = now(), ended_by = :run
  FROM engine_rejected r
 WHERE m.expected_id = r.expected_id AND m.provider_id = r.provider_id
   AND m.ended_at IS NULL AND m.rule <> 'manual'
"""

_MATCH_ITEMS = """
INSERT INTO item_match (expected_id, provider_id, rule, rule_version, key_used, outcome, run_id)
SELECT expected_id, provider_id, 'manual', 1, decision, 'agrees', :run
  FROM engine_decided WHERE NOT is_credit AND num_nonnulls(expected_id, provider_id) > 0
    ON CONFLICT DO NOTHING
"""
_MATCH_CREDITS = """
INSERT INTO credit_match (bank_line_id, provider_id, expected_id, rule, rule_version, key_used,
       outcome, run_id)
SELECT bank_line_id, provider_id, expected_id, 'manual', 1, decision, 'agrees', :run
  FROM engine_decided WHERE is_credit
    ON CONFLICT DO NOTHING
"""

_REJECTED = """
CREATE TEMP TABLE engine_rejected ON COMMIT DROP AS
SELECT e.id AS expected_id, p.id AS provider_id
  FROM match_decision d
  JOIN expected_item e ON e.code = ANY (d.expected_codes)
  JOIN provider_line p ON p.txn_id = ANY (d.provider_codes)
 WHERE d.kind = 'reject' AND d.ended_at IS NULL
"""
_TORN_APART = """
SELECT DISTINCT one.code AS one, other.code AS other
  FROM match_decision d
 CROSS JOIN LATERAL unnest(d.expected_codes || d.provider_codes) AS one (code)
 CROSS JOIN LATERAL unnest(d.provider_codes || d.bank_codes) AS other (code)
 WHERE d.kind = 'reject' AND d.ended_at IS NULL AND one.code <> other.code
"""


def apply_decisions(run: Run) -> int:
    """Write what people paired, end what they outrank; returns how many rows that changed."""
    run.execute(_PAIRS)
    run.execute(_REJECTED)
    run.rejected.update((row.one, row.other) for row in run.rows(_TORN_APART))
    changed = run.execute(_END_REJECTED, run=run.run_id).rowcount
    for table, is_credit in (("item_match", "false"), ("credit_match", "true")):
        end = _END_OUTRANKED.format(table=table, is_credit=is_credit)
        changed += run.execute(end, run=run.run_id).rowcount
    for statement in (_MATCH_ITEMS, _MATCH_CREDITS):
        changed += run.execute(statement, run=run.run_id).rowcount
    return changed

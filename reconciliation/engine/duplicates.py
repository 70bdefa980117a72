"""Keys that are there more than once: fold the same record, pair the nearest, leave the rest."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from reconciliation.engine.context import Run
from reconciliation.engine.pairs import write_chosen

RULE, VERSION = "nearest of several", 1

# The same record twice, or a terminal's own note of what the acquirer confirms: one of them counts.
_FOLD = """
INSERT INTO provider_line_ended (provider_id, reason, run_id)
SELECT id, CASE WHEN same > 1 THEN 'repeated' ELSE 'noted' END, :run
  FROM (SELECT p.id, p.source,
               row_number() OVER (PARTITION BY p.txn_id ORDER BY p.file_code, p.delivery,
                      p.id) AS same,
               bool_or(p.source <> 'zvt') OVER (PARTITION BY p.match_key) AS confirmed
          FROM engine_lone l JOIN provider_line p ON p.id = l.provider_id
         WHERE l.is_twice) line
 WHERE same > 1 OR (source = 'zvt' AND confirmed)
"""

# The same against what was paired before this run.
_FOLD_INTO_PAIRS = """
INSERT INTO provider_line_ended (provider_id, reason, run_id)
SELECT DISTINCT p.id, CASE WHEN first.txn_id = p.txn_id THEN 'repeated' ELSE 'noted' END,
       CAST(:run AS uuid)
  FROM engine_lone l JOIN provider_line p ON p.id = l.provider_id
  JOIN provider_line first ON first.match_key = l.match_key AND first.id <> p.id
  JOIN item_match m ON m.provider_id = first.id AND m.ended_at IS NULL
 WHERE first.txn_id = p.txn_id OR (p.source = 'zvt' AND first.source <> 'zvt')
    ON CONFLICT DO NOTHING
"""

_SEVERAL = """
SELECT 'e' AS side, e.match_key, e.id, e.code, e.amount_cents AS cents, e.currency,
       extract(epoch FROM e.booked_at)::bigint AS at
  FROM engine_lone l JOIN expected_item e ON e.id = l.expected_id WHERE l.is_twice
 UNION ALL
SELECT 'p', p.match_key, p.id, p.txn_id, p.gross_cents, p.currency,
       extract(epoch FROM coalesce(p.happened_at, p.local_at AT TIME ZONE :zone))::bigint
  FROM engine_lone l JOIN provider_line p ON p.id = l.provider_id
 WHERE l.is_twice AND NOT EXISTS (SELECT FROM provider_line_ended d WHERE d.provider_id = p.id)
 ORDER BY 2, 1, 7, 4
"""

_REJECTED = "SELECT expected_id, provider_id FROM engine_rejected"


class _Row(NamedTuple):
    side: str
    key: int
    id: int
    code: str
    cents: int
    currency: str
    at: int


def match_several(run: Run) -> int:
    """Fold what was said twice, pair equal amounts under one key by time; returns rows written."""
    folded = sum(run.execute(each, run=run.run_id).rowcount for each in (_FOLD, _FOLD_INTO_PAIRS))
    rejected = {tuple(row) for row in run.rows(_REJECTED)}
    zone = str(run.knowledge.zone)
    found = run.stream(_SEVERAL, zone=zone)
    pairs = list(_pairs((_Row(*row) for row in found), rejected))
    return folded + write_chosen(run, pairs, rule=RULE, version=VERSION)


def _pairs(rows: Iterator[_Row], rejected: set[Any]) -> Iterator[tuple[int, int, str, None]]:
    for key, members in groupby(rows, key=attrgetter("key")):
        both = list(members)
        expected = [each for each in both if each.side == "e"]
        lines = [each for each in both if each.side == "p"]
        for item, line in _nearest(expected, lines, rejected):
            yield item.id, line.id, f"{key} {item.code}", None


def _nearest(
    expected: list[_Row], lines: list[_Row], rejected: set[Any]
) -> Iterator[tuple[_Row, _Row]]:
    """Equal amounts, the nearest in time first; codes decide what time does not."""
    likely = sorted(
        (abs(item.at - line.at), item.code, line.code, item, line)
        for item in expected
        for line in lines
        if (item.cents, item.currency) == (line.cents, line.currency)
        and (item.id, line.id) not in rejected
    )
    used: set[tuple[str, int]] = set()
    for *_, item, line in likely:
        if ("e", item.id) not in used and ("p", line.id) not in used:
            used |= {("e", item.id), ("p", line.id)}
            yield item, line

"""Whether anything happened since the last run: the same facts have the same answer."""

import hashlib
import json

from reconciliation.engine.context import Run

# Raised whenever a rule changes: what was found before is then found anew.
RULES_VERSION = 2

# Facts are only added, and each has a number: how many there are and the highest say it all.
_FACTS = """
SELECT (SELECT count(*) || '/' || coalesce(max(id), 0) FROM expected_item),
       (SELECT count(*) || '/' || coalesce(max(id), 0) FROM provider_line),
       (SELECT count(*) || '/' || coalesce(max(id), 0) FROM bank_line),
       (SELECT count(*) FROM bank_line_ended),
       (SELECT count(*) || '/' || count(superseded_by) FROM bank_statement)
"""
_DECISIONS = """
SELECT md5(coalesce(string_agg(id || ':' || (ended_at IS NULL), ',' ORDER BY id), ''))
       FROM match_decision
"""
_LAST = "SELECT fingerprint FROM match_run ORDER BY finished_at DESC LIMIT 1"
_KEEP = """
INSERT INTO match_run (run_id, as_of, fingerprint, counts)
VALUES (:run, :as_of, :fingerprint, CAST(:counts AS jsonb))
"""


def fingerprint(run: Run) -> str:
    """Of all facts, the moment, what is known and the rules."""
    seen = [RULES_VERSION, run.as_of.isoformat(), repr(run.knowledge), *run.execute(_FACTS).one()]
    seen.append(run.execute(_DECISIONS).scalar())
    return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()


def is_unchanged(run: Run, seen: str) -> bool:
    """Whether the last run looked at exactly this."""
    return run.execute(_LAST).scalar() == seen


def keep_run(run: Run, seen: str, counts: dict[str, int]) -> None:
    """Note what this run saw and did."""
    values = {"run": run.run_id, "as_of": run.as_of, "fingerprint": seen}
    run.execute(_KEEP, counts=json.dumps(counts), **values)

"""The matcher's run: every step in its order, in one transaction, and nothing twice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reconciliation.engine.bank import match_references, open_credits
from reconciliation.engine.bank_words import Ledger, unknown_batches
from reconciliation.engine.batches import find_lines_in_transit, find_sums_that_differ, open_headers
from reconciliation.engine.candidates import propose_candidates
from reconciliation.engine.cash import find_cash_differences, find_deposit_differences
from reconciliation.engine.claims import open_claims
from reconciliation.engine.context import Run
from reconciliation.engine.decisions import apply_decisions
from reconciliation.engine.duplicates import match_several
from reconciliation.engine.files import find_missing_files, find_not_due
from reconciliation.engine.findings import write_findings
from reconciliation.engine.groups import match_groups
from reconciliation.engine.knowledge import Knowledge
from reconciliation.engine.live import find_live_lines, find_repeated_files
from reconciliation.engine.outcomes import find_one_sided, find_outcomes, find_unknown_terminals
from reconciliation.engine.pairs import match_by_key
from reconciliation.engine.payouts import find_unpaid, match_payouts
from reconciliation.engine.records import Lone, lone_rows
from reconciliation.engine.returns import find_returns
from reconciliation.engine.siblings import explain_by_siblings, find_disputes, find_siblings
from reconciliation.engine.statements import find_gaps, find_missing_statements
from reconciliation.engine.takings import add_up_takings, find_late_lines
from reconciliation.engine.terminals import check_closes, find_days_not_closed
from reconciliation.engine.transfers import (
    explain_transfers,
    find_open_invoices,
    find_unknown_credits,
)
from reconciliation.engine.unchanged import fingerprint, is_unchanged, keep_run
from reconciliation.engine.waiting import waiting_by_day


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What a run did. written_count: rows of any table that were added, ended or changed."""

    run_id: UUID
    pair_count: int
    credit_count: int
    finding_count: int
    written_count: int


def run(session: Session, *, as_of: datetime, knowledge: Knowledge, run_id: UUID) -> EngineResult:
    """Match what is open in the session's transaction; as_of is the instant it looks from.

    Writes item_match, credit_match and finding. The same facts give the same rows, and a second
    run over them writes none.
    """
    work = Run(session, run_id, as_of, knowledge)
    seen = fingerprint(work)
    if is_unchanged(work, seen):
        count = work.execute("SELECT count(*) FROM finding").scalar_one()
        return EngineResult(run_id, 0, 0, count, 0)
    _make_room(work)
    ended = find_live_lines(work) + apply_decisions(work)
    pairs = match_by_key(work) + match_several(work)
    add_up_takings(work)
    credits = match_references(work)
    more_pairs, more_credits = _explain(work)
    pairs, credits = pairs + more_pairs, credits + more_credits
    changed = write_findings(session, work.found)
    counts = {"pairs": pairs, "credits": credits, "findings": len(work.found), "changed": changed}
    keep_run(work, seen, counts)
    return EngineResult(
        run_id, pairs, credits, len(work.found), sum((ended, pairs, credits, changed))
    )


_OURS = """
SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'engine\\_%'
   AND relkind = 'r'
"""


def _make_room(work: Run) -> None:
    """Away with the notes of another run in this transaction; joins are done in memory."""
    for row in work.rows(_OURS):
        work.execute(f'DROP TABLE pg_temp."{row.relname}"')
    for setting in ("work_mem = '256MB'", "jit = off",
                    "max_parallel_workers_per_gather = 2"):  # fmt: skip
        work.execute(f"SET LOCAL {setting}")


def _explain(work: Run) -> tuple[int, int]:
    """What the keys left over, the surest first; returns pairs and payouts matched."""
    lone = lone_rows(work)
    pairs = match_groups(work, lone)
    siblings = find_siblings(work, lone)
    in_parts = explain_by_siblings(work, lone, siblings)
    find_unknown_terminals(work, lone)
    propose_candidates(work, lone)
    counted = check_closes(work, lone)
    find_days_not_closed(work)
    find_not_due(work, lone)
    ledger = _bank_side(work, lone, counted)
    find_one_sided(work, lone)
    find_outcomes(work, in_parts)
    find_late_lines(work)
    find_disputes(work, siblings)
    find_repeated_files(work)
    return pairs, len(ledger.matched)


def _bank_side(work: Run, lone: Lone, counted: dict[int, bool]) -> Ledger:
    gaps = find_gaps(work)
    gap_days = frozenset(gap.day for gap in gaps)
    find_sums_that_differ(work)
    find_lines_in_transit(work)
    find_cash_differences(work)
    credits = open_credits(work)
    opened = open_claims(work, credits)
    explain_transfers(work, opened, credits)
    bags = find_deposit_differences(work, opened, credits, gap_days)
    ledger = match_payouts(work, open_headers(work), credits)
    find_returns(work, ledger)
    for line in find_missing_files(work, lone, counted, unknown_batches(work, ledger)):
        ledger.credits.pop(line, None)
    payouts = find_unpaid(work, ledger, gap_days)
    find_unknown_credits(work, ledger.credits)
    claims = find_open_invoices(work, opened, gaps)
    find_missing_statements(work, gaps, waiting_by_day(gaps, payouts, bags, claims))
    return ledger

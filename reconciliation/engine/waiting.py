"""What a missing statement may hold: it waits, and is neither overdue nor missing meanwhile."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache

from ledger.calendar import add_bank_days
from reconciliation.engine.batches import Header
from reconciliation.engine.claims import Claim
from reconciliation.engine.context import Run
from reconciliation.engine.statements import Gap, Waiting

_CLAIMS_BY_DAY = """
SELECT business_day AS day, count(*) AS claims FROM expected_item
 WHERE kind = 'invoice' GROUP BY business_day
"""

# In any month a few claims are never paid, however few there are.
_FEW = 2.1
# To miss one that is never paid is as bad as to call so many overdue that are paid.
_WRONG_FOR_ONE = 2.5
_ENOUGH_CLAIMS = 100
_PAYING_DAYS = 10  # bank days within which claims are paid


def last_day(claim_day: date, days: int) -> date:
    """The bank day until which a claim is in time; a transfer due on a holiday comes after it."""
    return add_bank_days(claim_day + timedelta(days=days), 0)


def find_hidden_claims(run: Run, claims: list[Claim], gaps: list[Gap]) -> list[Claim]:
    """Overdue claims that were more likely paid in a missing statement than not at all.

    That one is missing alone excuses nobody. But where far more claims are open than usually stay
    so (measured on the days the gap does not touch), it is the statement that is missing.
    """
    days = [gap.day for gap in gaps]

    @cache
    def latest(when: date) -> date:
        return last_day(when, run.knowledge.claim_days)

    def may_hide(when: date) -> bool:
        return any(when < gap <= latest(when) for gap in days)

    overdue = [claim for claim in claims if latest(claim.day) < run.today]
    hidden = [claim for claim in overdue if may_hide(claim.day)]
    if not hidden:
        return []
    by_day = run.rows(_CLAIMS_BY_DAY)
    touched = sum(row.claims for row in by_day if may_hide(row.day))
    free = sum(row.claims for row in by_day
               if not may_hide(row.day) and latest(row.day) < run.today)  # fmt: skip
    never = len(overdue) - len(hidden)
    unpaid = _FEW + (touched * never / free if free >= _ENOUGH_CLAIMS else 0)
    if _are_worth_it(len(hidden) - _FEW, _FEW):
        return []
    likely_paid = touched / _PAYING_DAYS  # on the one day the statement is missing of
    is_usual = _are_worth_it(len(hidden) - unpaid, unpaid) and _are_worth_it(likely_paid, unpaid)
    return [] if is_usual else hidden


def _are_worth_it(wrong: float, right: float) -> bool:
    return wrong <= _WRONG_FOR_ONE * right


def waiting_by_day(
    gaps: list[Gap], payouts: list[Header], bags: list[Claim], claims: list[Claim]
) -> dict[date, Waiting]:
    """For each gap what may stand in it: payouts due on it, bags; claims if it is the only one."""
    expected, provider = defaultdict(list), defaultdict(list)
    days = sorted(gap.day for gap in gaps)
    for header in payouts:
        provider[next((each for each in days if each >= header.due), days[-1])].append(header.code)
    certain = [*bags, *claims] if len(days) == 1 else bags
    for claim in certain:
        expected[next((each for each in days if each > claim.day), days[-1])].append(claim.code)
    return {each: Waiting(tuple(expected[each]), tuple(provider[each])) for each in days}

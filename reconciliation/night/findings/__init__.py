"""What the run finds at the end: differences from the books, the bank and the matcher, each once.

Every module looks at one side; the first that finds a case keeps it. What a missing statement
would explain does not age: it waits with the statement.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference, each_once
from reconciliation.inbox import missing
from reconciliation.night.findings import (
    bank_lines,
    clearing,
    matcher,
    payouts,
    standing,
    statements,
    superseded,
    tills,
)
from reconciliation.night.findings.proposals import with_proposals
from reconciliation.night.totals import Total

Codes = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def find_differences(session: Session, day: date, totals: Iterable[Total]) -> list[Difference]:
    """Everything open at the end of business day `day`, each once, in a fixed order."""
    matched = list(matcher.find(session))
    absent = missing(session, day)
    own = [
        *superseded.find(session, day),
        *bank_lines.find(session, day),
        *clearing.find(session, day, absent),
        *tills.find(session, day),
        *payouts.find(session, day),
        *statements.find(session, totals, absent),
    ]
    found = [*matched, *_without(own, matched)]
    found += standing.find(session, day, found, absent)
    return _as_decided(session, with_proposals(session, each_once(found)))


def _without(own: Sequence[Difference], matched: Sequence[Difference]) -> list[Difference]:
    """What the matcher has a name for is no second case: the same line, the same terminal day."""
    lines = {code for each in matched for code in each.bank_codes}
    breaks = [each for each in matched if each.severity == "break"]
    return [
        each
        for each in own
        if not (lines.intersection(each.bank_codes) and each.account != "184000")
        and not (each.kind == "CLEARING_OVERDUE" and _is_told_by(each, breaks))
    ]


def _is_told_by(overdue: Difference, breaks: Sequence[Difference]) -> bool:
    """Whether cases of that day name the terminal, or its house with just this sum."""
    same_day = [each for each in breaks if each.since == overdue.since and each.place]
    if any(each.place == overdue.place for each in same_day):
        return True
    at_house = [each for each in same_day if (overdue.place or "").startswith(f"{each.place}-")]
    return bool(at_house) and sum(each.amount_cents for each in at_house) == overdue.amount_cents


_DECISIONS = """
    SELECT kind, expected_codes, provider_codes, bank_codes FROM match_decision
     WHERE ended_at IS NULL"""


def _as_decided(session: Session, found: Sequence[Difference]) -> list[Difference]:
    """People outrank rules: what they explained is no case, what they rejected no proposal."""
    decided: dict[str, set[Codes]] = {"pair": set(), "reject": set()}
    for kind, *codes in session.execute(text(_DECISIONS)):
        expected, provider, bank = (tuple(sorted(each)) for each in codes)
        decided[kind].add((expected, provider, bank))
    kept = [each for each in found if _codes(each) not in decided["pair"]]
    return [
        replace(each, proposal=None, tier=None, severity="break")
        if each.proposal and _codes(each) in decided["reject"]
        else each
        for each in kept
    ]


def _codes(each: Difference) -> Codes:
    return (
        tuple(sorted(each.expected_codes)), tuple(sorted(each.provider_codes)),
        tuple(sorted(each.bank_codes)),
    )  # fmt: skip

"""Booking what rules have explained: each line once, with the entry that stands for it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.catalogue.stored import stored_rulebook
from ledger.entries import Entry, Posted
from ledger.journal import post
from ledger.periods import first_open_day
from ledger.rules import Rulebook
from reconciliation.night.rules.contract import Explanation, LineRule
from reconciliation.tables import bank_match

_KEYS = UUID("6a1c1b0e-5d3f-5a7e-9d38-2f3a3e7f5b11")


def explain_lines(session: Session, rules: Sequence[LineRule], *, until: date) -> Counter[str]:
    """Explain and book every open bank line up to `until`; how many by the rule's name.

    The rules take turns in their order. Safe to run again: a line that is matched is never looked
    at again, and the same state of the books gives the same matches.
    """
    rulebook = stored_rulebook(session)
    found: Counter[str] = Counter()
    for rule in rules:
        explained = rule.find(session, until)
        if not explained:
            continue
        if rule.book is not None:
            found[rule.name] += _booked_elsewhere(session, rule, explained)
        else:
            found[rule.name] += _book(session, rulebook, rule, explained)
    return +found


def _booked_elsewhere(session: Session, rule: LineRule, explained: Sequence[Explanation]) -> int:
    assert rule.book is not None
    matches = []
    for each in explained:
        entry_id = rule.book(session, each)
        if entry_id is not None:
            matches.append(_match(rule, each, entry_id))
    if matches:
        session.execute(insert(bank_match), matches)
    return len(matches)


def _book(
    session: Session, rulebook: Rulebook, rule: LineRule, explained: Sequence[Explanation]
) -> int:
    """Post what the lines mean in one call and remember which entry explains which line."""
    days = {each.line.booked_on for each in explained}
    open_days = {day: first_open_day(session, day) for day in days}
    entries = [_entry(rulebook, rule, each, open_days[each.line.booked_on]) for each in explained]
    booked = [
        (each, outcome)
        for each, outcome in zip(explained, post(session, entries), strict=True)
        if isinstance(outcome, Posted)
    ]
    if booked:
        matches = [_match(rule, each, outcome.entry_id) for each, outcome in booked]
        session.execute(insert(bank_match), matches)
    if rule.then is not None:
        for each, outcome in booked:
            rule.then(session, each, outcome)
    return len(booked)


def _match(rule: LineRule, each: Explanation, entry_id: int) -> dict[str, object]:
    return {
        "bank_line_id": each.line.id, "rule": rule.name, "rule_version": rule.version,
        "key_used": each.key_used, "entry_id": entry_id,
    }  # fmt: skip


def _entry(rulebook: Rulebook, rule: LineRule, each: Explanation, booked_on: date) -> Entry:
    line = each.line
    # The day is part of the key: a day closed meanwhile refuses its key for good, not the line.
    name = (line.bank, line.statement_name, line.sequence, line.page, line.ordinal, line.detail)
    version = () if line.version == 1 else (line.version,)  # a correction is booked anew
    key = uuid5(_KEYS, "|".join(map(str, (*name, rule.name, booked_on, *version))))
    return Entry(key, each.event, booked_on, rulebook.book(each.postings), reference=each.reference)

"""Explaining bank lines: exact keys only, each line once, every match with the rule that made it.

The candidates are found by set-based SQL; what they mean is booked by the city's posting rules
in one call. A line that no rule explains is booked as unclear money when it is a plain credit,
and otherwise waits as a difference: nothing is guessed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, insert, text
from sqlalchemy.orm import Session

from ledger.balances import sub_ledger_balances
from ledger.catalogue.stored import stored_rulebook
from ledger.entries import Dimensions, Entry, Posted
from ledger.journal import post
from ledger.money import Money
from ledger.periods import first_open_day
from ledger.rules import Rulebook
from reconciliation.tables import bank_match

RULE_VERSION = 1
TERMINAL_CONTROLS = ("184100", "184110")
SAFEBAGS = "184000"
SETTLED_WITHIN_DAYS = 10  # calendar days; five bank days span nine with Easter

_KEYS = UUID("6a1c1b0e-5d3f-5a7e-9d38-2f3a3e7f5b11")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a bank line is, by which rule and key, and the accounts its posting needs."""

    line: Row[Any]
    rule: str
    key_used: str
    event: str
    amounts: Mapping[str, int]
    roles: Mapping[str, str]
    reference: str


def match_lines(session: Session, *, until: date) -> Mapping[str, int]:
    """Explain and book every open bank line up to `until`; returns how many by rule.

    Safe to run again: a line that is matched is never looked at again, and the same state of
    the books gives the same matches.
    """
    rulebook = stored_rulebook(session)
    found: Counter[str] = Counter()
    # Exact keys first; what is left and names no batch of ours is unclear money.
    for rule in (_by_wallet_reference, _by_batch_and_day, _by_batch, _by_safebag, _unclear):
        explanations = rule(session, until)
        found.update(_book(session, rulebook, explanations))
    return dict(found)


_OPEN_LINES = """
    SELECT l.*, s.account AS bank, s.statement_id AS statement_name, s.sequence, s.page
      FROM bank_line l JOIN bank_statement s ON s.id = l.statement_id
      LEFT JOIN bank_match m ON m.bank_line_id = l.id
     WHERE l.booked_on <= :until AND m.bank_line_id IS NULL AND l.amount_cents > 0
       AND l.return_reason IS NULL
       -- Our own transfers that came back are no customer's payment (BTC RRTN; GVC 159, 160).
       AND coalesce(l.bank_tx_code, '') NOT LIKE '%/RRTN'
       AND coalesce(l.gvc, '') NOT IN ('159', '160')"""


def _by_wallet_reference(session: Session, until: date) -> list[Explanation]:
    rows = session.execute(
        text(f"SELECT o.*, w.account AS wallet FROM ({_OPEN_LINES}) o"
             " JOIN wallet w ON w.reference = o.rf_reference ORDER BY o.id"),
        {"until": until},
    )  # fmt: skip
    return [
        Explanation(
            line, "wallet_reference", line.rf_reference, "top_up_transfer",
            {"amount": line.amount_cents}, {"bank": line.bank, "wallet": line.wallet},
            line.rf_reference,
        )
        for line in rows
    ]  # fmt: skip


_BATCH_CANDIDATES = f"""
    WITH batch AS (
        SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:terminals AS text[]),
                             CAST(:days AS date[]), CAST(:cents AS bigint[]))
                 AS b (code, terminal, day, cents)),
    candidate AS (
        SELECT o.*, batch.code, batch.day,
               count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY batch.code) AS for_batch
          FROM ({_OPEN_LINES}) o JOIN batch ON batch.cents = o.amount_cents
           AND o.booked_on BETWEEN batch.day AND batch.day + {SETTLED_WITHIN_DAYS}
           AND o.remittance ~ ('\\m' || batch.terminal || '\\M')
           -- Two batches of a terminal's day may be equal: the code tells debit and credit cards.
           AND batch.code NOT LIKE CASE o.bank_tx_code WHEN 'PMNT/MCRD/POSP' THEN '184110/%'
                                        WHEN 'PMNT/MCRD/POSC' THEN '184100/%' ELSE '' END
           AND (o.remittance ~ '\\d\\d\\.\\d\\d\\.\\d\\d\\d\\d') = :names_day
           AND (NOT :names_day
                OR position(to_char(batch.day, 'DD.MM.YYYY') IN o.remittance) > 0))
    SELECT * FROM candidate WHERE for_line = 1 AND for_batch = 1 ORDER BY id"""


def _by_batch_and_day(session: Session, until: date) -> list[Explanation]:
    """A credit that names a terminal and a day and is, to the cent, what that day has open."""
    return _batches(session, until, names_day=True)


def _by_batch(session: Session, until: date) -> list[Explanation]:
    """A credit that names only the terminal, where one day alone has that amount open."""
    return _batches(session, until, names_day=False)


def _batches(session: Session, until: date, *, names_day: bool) -> list[Explanation]:
    batches = [
        (code, *code.split("/")[1:], open_cents)
        for control in TERMINAL_CONTROLS
        for code, open_cents in _open_by_code(session, control)
        if open_cents > 0
    ]
    if not batches:
        return []
    codes, terminals, days, cents = (list(column) for column in zip(*batches, strict=True))
    values = {"until": until, "codes": codes, "terminals": terminals, "days": days, "cents": cents}
    rows = session.execute(text(_BATCH_CANDIDATES), values | {"names_day": names_day})
    return [
        Explanation(
            line, "terminal_batch", line.code, "acquirer_credit",
            {"net": line.amount_cents, "fee": 0}, {"terminal": line.code}, line.code,
        )
        for line in rows
    ]  # fmt: skip


def _by_safebag(session: Session, until: date) -> list[Explanation]:
    """A credit that names a safebag whose content it is, to the cent."""
    rows = session.execute(
        text(f"""
            WITH bag AS (
                SELECT e.reference, t.amount_cents AS cents, e.booked_on AS day
                  FROM transfer t JOIN account a ON a.id = t.debit_account AND a.code = '{SAFEBAGS}'
                  JOIN entry e ON e.id = t.entry_id
                 WHERE e.event = 'cash_drop' AND e.reference IS NOT NULL
                   AND NOT EXISTS (SELECT FROM bank_match m
                                    WHERE m.rule = 'safebag' AND m.key_used = e.reference)),
            candidate AS (
                SELECT o.*, bag.reference AS bag, count(*) OVER (PARTITION BY o.id) AS for_line,
                       count(*) OVER (PARTITION BY bag.reference) AS for_bag
                  FROM ({_OPEN_LINES}) o JOIN bag ON bag.cents = o.amount_cents
                   AND o.booked_on >= bag.day AND o.remittance ~ ('\\m' || bag.reference || '\\M'))
            SELECT * FROM candidate WHERE for_line = 1 AND for_bag = 1 ORDER BY id"""),
        {"until": until},
    )
    return [
        Explanation(
            line, "safebag", line.bag, "cash_counted",
            {"amount": line.amount_cents}, {"safebag": SAFEBAGS}, line.bag,
        )
        for line in rows
    ]  # fmt: skip


def _unclear(session: Session, until: date) -> list[Explanation]:
    """Credits no rule explains, but for those that name a terminal or safebag: they may yet."""
    rows = session.execute(
        text(f"""
            SELECT o.* FROM ({_OPEN_LINES}) o
             WHERE NOT EXISTS (SELECT FROM terminal t
                                WHERE o.remittance ~ ('\\m' || t.code || '\\M'))
               AND coalesce(o.remittance, '') !~* '\\msafebag\\M' ORDER BY o.id"""),
        {"until": until},
    )
    return [
        Explanation(
            line, "unclear", "", "unclear_receipt", {"amount": line.amount_cents},
            {"bank": line.bank}, f"{line.statement_name}/{line.ordinal}",
        )
        for line in rows
    ]  # fmt: skip


def _book(session: Session, rulebook: Rulebook, explanations: list[Explanation]) -> Counter[str]:
    """Post what the lines mean and remember which entry explains which line."""
    days = {each.line.booked_on for each in explanations}
    open_days = {day: first_open_day(session, day) for day in days}
    entries = [_entry(rulebook, each, open_days[each.line.booked_on]) for each in explanations]
    outcomes = post(session, entries) if entries else []
    matches = [
        {
            "bank_line_id": each.line.id, "rule": each.rule, "rule_version": RULE_VERSION,
            "key_used": each.key_used, "entry_id": outcome.entry_id,
        }
        for each, outcome in zip(explanations, outcomes, strict=True)
        if isinstance(outcome, Posted)
    ]  # fmt: skip
    if matches:
        session.execute(insert(bank_match), matches)
    return Counter(match["rule"] for match in matches)


def _entry(rulebook: Rulebook, each: Explanation, booked_on: date) -> Entry:
    line = each.line
    transfers = rulebook.transfers(
        each.event,
        amounts={name: Money(cents, line.currency) for name, cents in each.amounts.items()},
        roles=each.roles,
        dimensions=Dimensions(),
    )
    # The day is part of the key: a day closed meanwhile refuses its key for good, not the line.
    name = (line.bank, line.statement_name, line.sequence, line.page, line.ordinal, line.detail)
    key = uuid5(_KEYS, "|".join(map(str, (*name, each.rule, booked_on))))
    return Entry(key, each.event, booked_on, transfers, reference=each.reference)


def _open_by_code(session: Session, control: str) -> list[tuple[str, int]]:
    balances = sub_ledger_balances(session, control)
    return [(code, held.debit_balance_cents) for code, held in balances.items()]

"""One entry with everything that is known of it: where it came from, its seal, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.queries import JournalEntry, find_entry


@dataclass(frozen=True, slots=True)
class Seal:
    """The block that sealed an entry. entry_count: how many entries it holds, and so how much
    work a proof is."""

    number: int
    sealed_at: datetime
    tree_size: int
    entry_count: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the money. state: closed, in_time or break; at: aware UTC."""

    at: datetime
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry as its page shows it. names: of accounts by code; origin: words and values in
    order; seal: None while it waits for one; batches: (format, number) of exports."""

    entry: JournalEntry
    names: Mapping[str, str]
    origin: Sequence[tuple[str, str]]
    reversed_by: int | None
    seal: Seal | None
    steps: Sequence[Step]
    batches: Sequence[tuple[str, int]]

    @property
    def total_cents(self) -> int:
        """The sum of its transfers."""
        return sum(moved.amount_cents for moved in self.entry.transfers)


def entry_facts(session: Session, entry_id: int) -> EntryFacts | None:
    """All of it; None where the books have no such entry."""
    entry = find_entry(session, entry_id)
    if entry is None:
        return None
    seal = _seal(session, entry_id)
    charge = _charge(session, entry_id)
    line = session.execute(text(_BANK_LINE), {"id": entry_id}).one_or_none()
    return EntryFacts(
        entry, _names(session, entry), _origin(session, entry, charge, line),
        session.scalar(text("SELECT id FROM entry WHERE reverses = :id"), {"id": entry_id}),
        seal, _steps(session, entry, charge, seal, line), _batches(session, entry_id),
    )  # fmt: skip


def _seal(session: Session, entry_id: int) -> Seal | None:
    row = session.execute(
        text("SELECT number, sealed_at, tree_size, entry_count FROM block"
             " WHERE last_entry >= :id ORDER BY last_entry LIMIT 1"),
        {"id": entry_id},
    ).one_or_none()  # fmt: skip
    return Seal(*row) if row else None


def _names(session: Session, entry: JournalEntry) -> Mapping[str, str]:
    codes = {code for moved in entry.transfers for code in (moved.debit, moved.credit)}
    rows = session.execute(
        text("SELECT code, name FROM account WHERE code = ANY (CAST(:codes AS text[]))"),
        {"codes": sorted(codes)},
    )
    return {row.code: row.name for row in rows}


_CHARGE = """
    SELECT c.way, c.charged_at, c.till, c.terminal, c.shift, c.receipt_number, f.name AS place
      FROM charge c LEFT JOIN facility f ON f.code = c.facility WHERE c.entry_id = :id"""


def _charge(session: Session, entry_id: int) -> Any:
    return session.execute(text(_CHARGE), {"id": entry_id}).one_or_none()


_BANK_LINE = """
    SELECT s.account, s.statement_id, l.ordinal, l.booked_on, m.rule, m.key_used, m.matched_at,
           l.amount_cents
      FROM bank_match m JOIN bank_line l ON l.id = m.bank_line_id
      JOIN bank_statement s ON s.id = l.statement_id WHERE m.entry_id = :id"""


_CASE_STEP = """
    SELECT d.number, p.name, s.detail->>'asker' AS asker, s.detail->>'words' AS words
      FROM difference_step s JOIN difference d ON d.id = s.difference
      JOIN staff p ON p.code = s.person WHERE s.entry_id = :id"""


def _origin(
    session: Session, entry: JournalEntry, charge: Any, line: Any
) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if charge is not None:
        place = " · ".join(part for part in (charge.place, charge.till) if part)
        found += [
            ("Einrichtung, Kasse", place), ("Schicht", charge.shift or ""),
            ("Terminal", charge.terminal or ""), ("Beleg", charge.receipt_number or ""),
        ]  # fmt: skip
    item = session.execute(
        text("SELECT till, seq FROM till_item WHERE key = :key AND entry_id = :id"),
        {"key": entry.key, "id": entry.id},
    ).one_or_none()
    if item is not None:
        found.append(("Kassenjournal", f"{item.till}, Zeile {item.seq}"))
    if line is not None:
        found += [("Auszug", f"{line.account} {line.statement_id}, Eintrag {line.ordinal}"),
                  ("Regel, Schlüssel", f"{line.rule}, {line.key_used}")]  # fmt: skip
    step = session.execute(text(_CASE_STEP), {"id": entry.id}).one_or_none()
    if step is not None:
        who = f"{step.asker} beantragt, {step.name} freigegeben" if step.asker else step.name
        found += [("Fall", f"D-{step.number}, {who}"), ("Grund", step.words or "")]
    found.append(("Referenz", entry.reference or ""))
    found.append(("Schlüssel", str(entry.key)))
    return [(name, value) for name, value in found if value]


def _steps(
    session: Session, entry: JournalEntry, charge: Any, seal: Seal | None, line: Any
) -> Sequence[Step]:
    """The way of this amount, in order of time."""
    found: list[Step] = []
    if charge is not None:
        where = f", Kasse {charge.till}" if charge.till else ""
        found.append(Step(charge.charged_at, "closed", f"genehmigt{where}"))
    found.append(Step(entry.recorded_at, "closed", "gebucht in der Zentrale"))
    if charge is not None and charge.terminal:
        found += _terminal_total(session, charge.terminal, entry.booked_on)
    found += _matched(session, entry, line)
    if seal:
        found.append(Step(seal.sealed_at, "closed", f"versiegelt in Block {seal.number}"))
    return sorted(found, key=lambda step: step.at)


def _terminal_total(session: Session, terminal: str, day: date) -> list[Step]:
    rows = session.execute(
        text("SELECT reported_at, number, agrees FROM terminal_total"
             " WHERE terminal = :terminal AND day = :day ORDER BY reported_at"),
        {"terminal": terminal, "day": day},
    )  # fmt: skip
    return [
        Step(row.reported_at, "closed" if row.agrees else "break",
             f"Kassenschnitt {row.number}{', stimmt' if row.agrees else ', weicht ab'}")
        for row in rows
    ]  # fmt: skip


_CONFIRMED = """
    SELECT m.matched_at, m.outcome, m.rule FROM expected_item x
      JOIN item_match m ON m.expected_id = x.id AND m.ended_at IS NULL
     WHERE x.business_day = :day AND x.entry_id = :id AND m.provider_id IS NOT NULL
     ORDER BY m.matched_at LIMIT 3"""


def _matched(session: Session, entry: JournalEntry, line: Any) -> list[Step]:
    steps = [
        Step(row.matched_at, "closed" if row.outcome == "agrees" else "break",
             f"bestätigt vom Anbieter ({row.rule})")
        for row in session.execute(text(_CONFIRMED), {"id": entry.id, "day": entry.booked_on})
    ]  # fmt: skip
    if line is not None:
        words = f"Bankeintrag vom {line.booked_on:%d.%m.} zugeordnet ({line.rule})"
        steps.append(Step(line.matched_at, "closed", words))
    return steps


def _batches(session: Session, entry_id: int) -> Sequence[tuple[str, int]]:
    rows = session.execute(
        text("SELECT format, number FROM export_entry WHERE entry_id = :id ORDER BY format"),
        {"id": entry_id},
    )
    return [(row.format, row.number) for row in rows]

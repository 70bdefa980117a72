"""Finding anything by what is written on it: a number, a reference, an amount, a day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from reconciliation.casework.receipts import fold
from reconciliation.desk.event_words import event_word
from reconciliation.words import class_word

SHOWN = 12
AROUND_DAYS = 7
_CASE = re.compile(r"[dD]-?\s?(\d{1,12})")
_AMOUNT = re.compile(r"-?\d{1,3}(?:\.\d{3})*(?:,\d{1,2})?|-?\d{1,9}(?:,\d{1,2})?")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2,4})?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, read in every way it can be meant; None where it cannot."""

    words: str
    folded: str
    case: int | None
    number: int | None
    cents: int | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    words: str
    on: date | None
    cents: int | None
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind; `more` where there were too many to show."""

    title: str
    hits: Sequence[Hit]
    more: bool


def read_asked(words: str, at: datetime) -> Asked:
    """`D-1482`, `46`, `-37,9`, `1.118,40`, `17.11.` or any reference."""
    said = words.strip().replace("\u2212", "-")
    case = _CASE.fullmatch(said)
    digits = said.isdecimal() and len(said) < 19
    return Asked(
        said, fold(said), int(case[1]) if case else None, int(said) if digits else None,
        _cents(said), _day(said, business_day(at)),
    )  # fmt: skip


def _cents(said: str) -> int | None:
    plain = said.replace("€", "").strip()
    if not _AMOUNT.fullmatch(plain):
        return None
    whole, _, rest = plain.lstrip("-").replace(".", "").partition(",")
    cents = int(whole + rest.ljust(2, "0"))
    return -cents if plain.startswith("-") else cents


def _day(said: str, today: date) -> date | None:
    found = _DAY.fullmatch(said)
    if not found:
        return None
    year = int(found[3]) if found[3] else today.year
    try:
        return date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
    except ValueError:
        return None


def exact_case(session: Session, asked: Asked) -> int | None:
    """The case that is named outright."""
    query = text("SELECT number FROM difference WHERE number = :number")
    return session.scalar(query, {"number": asked.case}) if asked.case else None


def find(session: Session, asked: Asked, at: datetime) -> list[Group]:
    """Everything found, in groups, the likeliest kind first; empty groups are left out."""
    values = {
        "words": asked.words, "like": f"%{_escaped(asked.words)}%", "folded": asked.folded,
        "number": asked.number, "cents": asked.cents, "day": asked.day,
        "near": asked.day or business_day(at), "around": AROUND_DAYS, "most": SHOWN + 1,
    }  # fmt: skip
    groups = []
    for title, query, hit in _KINDS:
        rows = session.execute(text(query), values).all()
        if rows:
            groups.append(Group(title, [hit(row) for row in rows[:SHOWN]], len(rows) > SHOWN))
    return groups


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _case(row: Any) -> Hit:
    title = f"D-{row.number} {class_word(row.kind)}"
    words = " ".join(filter(None, (row.place, row.reference)))
    href = url_for("desk_case.show", number=row.number)
    return Hit(title, words, row.since, row.amount_cents, href)


def _entry(row: Any) -> Hit:
    words = " ".join(filter(None, (event_word(row.event), row.reference)))
    return Hit(f"Buchung {row.id}", words, row.booked_on, row.cents, f"/desk/journal/{row.id}")


def _provider(row: Any) -> Hit:
    words = " ".join(filter(None, (row.source, row.record_type, row.order_ref, row.terminal)))
    return Hit(row.txn_id, words, row.on, row.cents, url_for("desk_search.show", q=row.txn_id))


def _expected(row: Any) -> Hit:
    words = " ".join(filter(None, (row.till, row.receipt, row.order_ref)))
    href = (
        f"/desk/journal/{row.entry_id}" if row.entry_id else url_for("desk_search.show", q=row.code)
    )
    return Hit(row.code, words, row.on, row.cents, href)


def _bank(row: Any) -> Hit:
    return Hit(f"Auszug {row.statement_id}, Eintrag {row.ordinal}", (row.remittance or "")[:120],
               row.on, row.cents, "/desk/dateien")  # fmt: skip


def _file(row: Any) -> Hit:
    return Hit(row.name, row.source, business_day(row.received_at), None, "/desk/dateien")


def _account(row: Any) -> Hit:
    return Hit(row.code, row.name, None, None, f"/desk/konten/{row.code}")


# By references where something was typed that is none of the other; by amount within a week of
# the day first; by day where one was typed.
_BY_AMOUNT = "(CAST(:cents AS bigint) IS NOT NULL AND abs({cents}) = abs(CAST(:cents AS bigint)))"
_NEAR = "abs({day} - CAST(:near AS date))"
_KINDS: Sequence[tuple[str, str, Callable[[Any], Hit]]] = (
    ("Fälle", f"""
        SELECT number, class AS kind, place, reference, since, amount_cents FROM difference
         WHERE number = :number OR reference ILIKE :like OR subject ILIKE :like OR place = :words
            OR :words = ANY(expected_codes) OR :words = ANY(provider_codes)
            OR since = CAST(:day AS date)
            OR {_BY_AMOUNT.format(cents="amount_cents")}
            OR {_BY_AMOUNT.format(cents="coalesce(expected_cents, confirmed_cents)")}
         ORDER BY closed_at IS NOT NULL, {_NEAR.format(day="since")}, number LIMIT :most""", _case),
    ("Buchungen", f"""
        SELECT e.id, e.event, e.reference, e.booked_on,
               (SELECT sum(t.amount_cents) FROM transfer t WHERE t.entry_id = e.id)::bigint AS cents
          FROM entry e
         WHERE e.id = :number OR e.reference = :words
            OR e.id IN (SELECT t.entry_id FROM transfer t
                         WHERE CAST(:cents AS bigint) IS NOT NULL
                           AND t.booked_on BETWEEN CAST(:near AS date) - :around
                                               AND CAST(:near AS date) + :around
                           AND t.amount_cents = abs(CAST(:cents AS bigint)) LIMIT :most)
         ORDER BY {_NEAR.format(day="e.booked_on")}, e.id DESC LIMIT :most""", _entry),
    ("Erwartet", f"""
        SELECT code, entry_id, till, receipt, order_ref, business_day AS "on", amount_cents AS cents
          FROM expected_item
         WHERE code = :words OR receipt = :words OR psp_ref = :words OR auth_code = :words
            OR order_ref = :words OR related_ref = :words
         ORDER BY {_NEAR.format(day="business_day")}, code LIMIT :most""", _expected),
    ("Anbieterzeilen", """
        SELECT DISTINCT ON (txn_id) txn_id, source, record_type, order_ref, terminal,
               coalesce(local_at::date, (happened_at AT TIME ZONE 'Europe/Berlin')::date) AS "on",
               gross_cents AS cents
          FROM provider_line
         WHERE txn_id = :words OR psp_ref = :words OR order_ref = :words OR batch = :words
            OR auth_code = :words OR receipt = :words OR terminal = :words
         ORDER BY txn_id, file_version DESC LIMIT :most""", _provider),
    ("Bankeinträge", f"""
        SELECT s.statement_id, l.ordinal, l.remittance, l.booked_on AS "on", l.amount_cents AS cents
          FROM live_bank_line l JOIN bank_statement s ON s.id = l.statement_id
         WHERE l.rf_reference = :folded OR l.end_to_end_id = :words OR l.bank_reference = :words
            OR (length(:words) > 3 AND l.remittance ILIKE :like)
            OR (length(:words) = 4 AND right(l.counterparty_iban, 4) = :words)
            OR l.booked_on = CAST(:day AS date) OR {_BY_AMOUNT.format(cents="l.amount_cents")}
         ORDER BY {_NEAR.format(day="l.booked_on")}, l.id LIMIT :most""", _bank),
    ("Dateien", """
        SELECT name, source, received_at FROM source_file WHERE name ILIKE :like
         ORDER BY received_at DESC LIMIT :most""", _file),
    ("Konten", """
        SELECT code, name FROM account
         WHERE code = :words OR (length(:words) > 3 AND code LIKE :words || '/%')
            OR (length(:words) > 3 AND NOT code LIKE '%/%' AND name ILIKE :like)
         ORDER BY code LIMIT :most""", _account),
)  # fmt: skip

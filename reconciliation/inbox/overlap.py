"""Lines that arrive twice: folded where statements overlap, replaced where one is corrected.

A line is never changed or taken away; one that counts no longer is written down as ended, and
`live_bank_line` shows the others. What a correction leaves as it was keeps its line and whatever
that line is matched with.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, insert, text, update
from sqlalchemy.orm import Session

from reconciliation.inbox.parts import Change, Diff
from reconciliation.inbox.tables import bank_line_ended
from reconciliation.tables import bank_statement

CHANGES_SHOWN = 100

# Two statements of which one goes on where the other ends do not overlap, by the bank's own word.
_NEIGHBOURS = """
    SELECT other.id
      FROM bank_statement own JOIN bank_statement other ON other.account = own.account
     WHERE own.id = :own AND other.id <> own.id AND other.line_count > 0
       AND (other.closing_cents <> own.opening_cents
            OR other.closing_on > own.closing_on) IS NOT FALSE
       AND (own.closing_cents <> other.opening_cents
            OR own.closing_on > other.closing_on) IS NOT FALSE
       AND EXISTS (
           SELECT FROM bank_line l WHERE l.statement_id = other.id AND l.booked_on BETWEEN
                  (SELECT min(booked_on) FROM bank_line WHERE statement_id = :own)
              AND (SELECT max(booked_on) FROM bank_line WHERE statement_id = :own))"""

# An entry is told by the account and the bank's reference. Real banks repeat that too, so day,
# amount and its turn among equals have to agree as well: two equal real payments both stay.
_FOLD = """
    WITH own AS (
        SELECT *, row_number() OVER (
                   PARTITION BY bank_reference, booked_on, currency, cents ORDER BY ordinal) AS turn
          FROM (SELECT ordinal, bank_reference, booked_on, currency, sum(amount_cents) AS cents
                  FROM live_bank_line WHERE statement_id = :own AND bank_reference IS NOT NULL
                 GROUP BY ordinal, bank_reference, booked_on, currency) entries),
    other AS (
        SELECT DISTINCT ON (bank_reference, booked_on, currency, cents, turn) * FROM (
            SELECT *, row_number() OVER (
                       PARTITION BY statement_id, bank_reference, booked_on, currency, cents
                       ORDER BY ordinal) AS turn
              FROM (SELECT statement_id, ordinal, bank_reference, booked_on, currency,
                           sum(amount_cents) AS cents, min(id) AS first_id
                      FROM live_bank_line
                     WHERE statement_id = ANY(:others)
                       AND bank_reference IN (SELECT bank_reference FROM own)
                     GROUP BY statement_id, ordinal, bank_reference, booked_on, currency) entries
            ) ranked
         ORDER BY bank_reference, booked_on, currency, cents, turn, first_id)
    INSERT INTO bank_line_ended (bank_line_id, reason, lives_on)
    SELECT l.id, 'folded', coalesce(twin.id, other.first_id)
      FROM own JOIN other USING (bank_reference, booked_on, currency, cents, turn)
      JOIN live_bank_line l ON l.statement_id = :own AND l.ordinal = own.ordinal
      LEFT JOIN live_bank_line twin
        ON twin.statement_id = other.statement_id AND twin.ordinal = other.ordinal
           AND twin.detail = l.detail AND twin.amount_cents = l.amount_cents
    RETURNING 1"""

_SAYS = """md5((
    amount_cents, booked_on, value_on, currency, end_to_end_id, rf_reference, remittance,
    counterparty_name, counterparty_iban, bank_tx_code, gvc, return_reason, mandate_id,
    bank_reference, is_reversal, batch_id, charges_cents)::text)"""

_UNCHANGED = f"""
    WITH before AS (
        SELECT id, says, row_number() OVER (PARTITION BY says ORDER BY ordinal, detail, id) AS turn
          FROM (SELECT id, ordinal, detail, {_SAYS} AS says FROM live_bank_line
                 WHERE statement_id = ANY(:before)) lines),
    after AS (
        SELECT id, says, row_number() OVER (PARTITION BY says ORDER BY ordinal, detail, id) AS turn
          FROM (SELECT id, ordinal, detail, {_SAYS} AS says FROM live_bank_line
                 WHERE statement_id = :after) lines)
    INSERT INTO bank_line_ended (bank_line_id, reason, lives_on)
    SELECT after.id, 'folded', before.id FROM before JOIN after USING (says, turn)"""

_LEFT = """
    SELECT id, ordinal, detail, bank_reference, amount_cents, booked_on, remittance
      FROM live_bank_line l WHERE statement_id = ANY(:statements)
       AND NOT EXISTS (
           SELECT FROM bank_line_ended e WHERE e.lives_on = l.id AND e.reason = 'folded'
              AND e.bank_line_id IN (SELECT id FROM bank_line WHERE statement_id = :after))
     ORDER BY ordinal, detail, id"""


def fold_overlaps(session: Session, statement_id: int) -> int:
    """Fold what other statements of the account brought before; returns how many lines."""
    own = {"own": statement_id}
    others = session.scalars(text(_NEIGHBOURS), own).all()
    if not others:
        return 0
    return len(session.execute(text(_FOLD), own | {"others": list(others)}).all())


def supersede(session: Session, before: Sequence[int], after: int) -> Diff:
    """Let the statement `after` take the place of its versions `before`, as a whole."""
    session.execute(text(_UNCHANGED), {"before": list(before), "after": after})
    gone = _left(session, before, after)
    new = _left(session, [after], after)
    pairs = dict(_pairs(gone, new))
    for row in gone:
        partner = pairs.get(row.id)
        session.execute(
            insert(bank_line_ended).values(
                bank_line_id=row.id, reason="superseded", lives_on=partner.id if partner else None
            )
        )
    session.execute(
        update(bank_statement)
        .where(bank_statement.c.id.in_(before), bank_statement.c.superseded_by.is_(None))
        .values(superseded_by=after)
    )
    fold_overlaps(session, after)
    changes = tuple(_changes(gone, new, pairs))
    return Diff(len(pairs), len(new) - len(pairs), len(gone) - len(pairs), changes[:CHANGES_SHOWN])


def _left(session: Session, statements: Sequence[int], after: int) -> list[Row[Any]]:
    found = session.execute(text(_LEFT), {"statements": list(statements), "after": after})
    return list(found)


def _pairs(gone: Sequence[Row[Any]], new: Sequence[Row[Any]]) -> Iterator[tuple[int, Row[Any]]]:
    """Which line stands for which: by the bank's reference, else by its place."""
    free = {row.id: row for row in new}
    rest = []
    by_reference = {row.bank_reference: row for row in reversed(new) if row.bank_reference}
    for row in gone:
        partner = by_reference.pop(row.bank_reference, None) if row.bank_reference else None
        if partner is None:
            rest.append(row)
            continue
        del free[partner.id]
        yield row.id, partner
    by_place = {(row.ordinal, row.detail): row for row in free.values()}
    for row in rest:
        partner = by_place.pop((row.ordinal, row.detail), None)
        if partner is not None:
            yield row.id, partner


def _changes(
    gone: Sequence[Row[Any]], new: Sequence[Row[Any]], pairs: dict[int, Row[Any]]
) -> Iterator[Change]:
    for row in gone:
        partner = pairs.get(row.id)
        after = partner.amount_cents if partner else None
        yield Change(row.booked_on, row.amount_cents, after, _words(partner or row))
    taken = {row.id for row in pairs.values()}
    for row in new:
        if row.id not in taken:
            yield Change(row.booked_on, None, row.amount_cents, _words(row))


def _words(row: Row[Any]) -> str:
    return (row.remittance or row.bank_reference or "")[:140]

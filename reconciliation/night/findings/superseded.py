"""What was booked from a version of a statement that a corrected one has replaced.

A booking is never taken back by itself: a person looks at both versions and accepts. Until then the
corrected line waits, and is booked the night after.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference
from reconciliation.german import euros, german_day
from reconciliation.night.findings.bank_lines import CHANNEL_OF_LINE, subject_of

# A line the newest version repeats as it was is folded into the older one and lives on with it.
_STALE = f"""
    SELECT l.*, s.account AS bank, s.statement_id AS statement_name, m.entry_id, m.rule,
           {CHANNEL_OF_LINE} AS channel, c.amount_cents AS corrected_cents
      FROM bank_line_ended g JOIN bank_line l ON l.id = g.bank_line_id
      JOIN bank_match m ON m.bank_line_id = l.id JOIN bank_statement s ON s.id = l.statement_id
      LEFT JOIN bank_line c ON c.id = g.lives_on
     WHERE g.reason = 'superseded' AND l.booked_on <= :until
       AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = m.entry_id)
     ORDER BY l.id"""


def find(session: Session, day: date) -> Iterator[Difference]:
    """Every booked line that a correction changed or left out, until its entry is reversed."""
    for row in session.execute(text(_STALE), {"until": day}):
        yield _difference(row)


def corrected_cents(session: Session, bank: str, until: date) -> int:
    """By how much the bank's corrections differ from what is booked on this account of it."""
    query = text("SELECT coalesce(sum(coalesce(o.corrected_cents, 0) - o.amount_cents), 0)::bigint"
                 f" FROM ({_STALE}) o WHERE o.bank = :bank")  # fmt: skip
    return int(session.execute(query, {"until": until, "bank": bank}).scalar_one())


def _difference(row: Row[Any]) -> Difference:
    now = row.corrected_cents or 0
    what = "Gutschrift" if row.amount_cents > 0 else "Belastung"
    if row.corrected_cents is None:
        said = "enthält sie nicht mehr"
    elif now == row.amount_cents:
        said = "nennt sie mit anderen Angaben"
    else:
        said = f"nennt {euros(now)}"
    reasons = [
        {"fits": True, "words": f"Gebucht aus der ersten Fassung: Buchung {row.entry_id}."},
        {"fits": False, "words": f"Der berichtigte Auszug {said}."},
    ]
    return Difference(
        "SUPERSEDED_BOOKING", subject_of(row), now - row.amount_cents, row.booked_on,
        {"entry": row.entry_id, "rule": row.rule}, severity="suggestion", channel=row.channel,
        place=f"Konto {row.bank}", reference=f"{row.statement_name}/{row.ordinal}",
        expected_cents=row.amount_cents, confirmed_cents=now, bank_codes=(str(row.id),), tier=1,
        proposal={
            "event": "reversal", "reverses": row.entry_id, "amounts": {}, "roles": {},
            "reference": f"{row.statement_name}/{row.ordinal}", "reasons": reasons,
        },
        explanation=(
            f"{what} über {euros(abs(row.amount_cents))} vom {german_day(row.booked_on)} ist"
            f" gebucht; der berichtigte Auszug {said}. Vorschlag: Buchung {row.entry_id} stornieren"
            " – die neue Fassung wird danach gebucht."
        ),
    )  # fmt: skip

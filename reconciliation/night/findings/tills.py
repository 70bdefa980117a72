"""What counts at tills were off by and nobody has accepted yet (171300, 371400)."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference
from reconciliation.german import euros, german_day

SHORT, OVER = "171300", "371400"

# A shortage is accepted, an overage released, by shift and till: what came in less what went out.
_OPEN = """
    SELECT c.code AS account, t.till, t.shift, min(t.facility) AS facility,
           min(t.booked_on) FILTER (WHERE is_in) AS since,
           sum(CASE WHEN is_in THEN t.amount_cents ELSE -t.amount_cents END)::bigint AS cents
      FROM account c
      JOIN LATERAL (
          SELECT d.*, c.code = :short AS is_in FROM transfer d WHERE d.debit_account = c.id
          UNION ALL
          SELECT d.*, c.code = :over FROM transfer d WHERE d.credit_account = c.id) t ON true
     WHERE c.code IN (:short, :over) AND t.booked_on <= :day AND t.till IS NOT NULL
     GROUP BY c.code, t.till, t.shift
    HAVING sum(CASE WHEN is_in THEN t.amount_cents ELSE -t.amount_cents END) > 0
     ORDER BY since, t.till, t.shift, c.code"""


# What a terminal counted at its end of day and what its till had taken there, frozen by the till.
_TOTALS = """
    SELECT terminal, day, number, amount_cents, expected_cents FROM terminal_total
     WHERE NOT agrees AND amount_cents <> expected_cents AND day <= :day ORDER BY id"""


def find(session: Session, day: date) -> Iterator[Difference]:
    """Shifts whose count was off, and ends of day where terminal and till say different sums."""
    yield from _counts(session, day)
    for row in session.execute(text(_TOTALS), {"day": day}):
        yield Difference(
            "EOD_SUM_MISMATCH", f"{row.terminal}/{row.day}/{row.number}",
            row.amount_cents - row.expected_cents, row.day, channel="girocard",
            place=row.terminal, reference=row.number, expected_cents=row.expected_cents,
            confirmed_cents=row.amount_cents,
            explanation=(
                f"Kassenschnitt {row.number} des Terminals {row.terminal} vom"
                f" {german_day(row.day)} nennt {euros(row.amount_cents)}, die Kasse hat"
                f" {euros(row.expected_cents)} gezählt."
            ),
        )  # fmt: skip


def _counts(session: Session, day: date) -> Iterator[Difference]:
    """One case for each shift whose count was off, until a second person has accepted it."""
    for row in session.execute(text(_OPEN), {"short": SHORT, "over": OVER, "day": day}):
        is_short = row.account == SHORT
        word = "zu wenig" if is_short else "zu viel"
        yield Difference(
            "CASH_SHORT" if is_short else "CASH_OVER", f"{row.till}/{row.shift}",
            -row.cents if is_short else row.cents, row.since, channel="cash", place=row.till,
            reference=row.shift, account=row.account,
            explanation=(
                f"Schicht {row.shift} an Kasse {row.till} hatte am {german_day(row.since)}"
                f" {euros(row.cents)} {word} in der Kasse."
            ),
        )  # fmt: skip

"""What is wrong at the provider itself: payouts that are not their lines, movements nobody books,
nights in which it did not answer."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from reconciliation.differences import Difference
from reconciliation.german import euros, german_day
from reconciliation.sources.stripe.categories import BOOKED_ELSEWHERE

CHANNEL, BALANCE = "stripe", "184200"

_PROBLEMS: Mapping[str, str] = {
    "sum": "Stripe zahlt {amount} aus, die {lines} Zeilen der Auszahlung ergeben {sum}.",
    "own": "Stripe bucht die Auszahlung über {amount} mit einem anderen Betrag vom Guthaben ab.",
    "twice": "In der Auszahlung über {amount} steht eine Zeile zweimal.",
    "currency": "In der Auszahlung über {amount} steht eine Zeile in anderer Währung.",
}


def find(session: Session, day: date) -> Iterator[Difference]:
    """Everything of the kind that began by business day `day`."""
    yield from _not_their_lines(session, day)
    yield from _nobody_books(session, day)
    yield from _not_read(session)


def _not_their_lines(session: Session, day: date) -> Iterator[Difference]:
    rows = session.execute(
        text("""SELECT *, charge_cents + refund_cents - fee_cents + other_cents AS lines_cents
                  FROM payout WHERE problem IS NOT NULL ORDER BY made_at, id""")
    )
    for row in rows:
        if business_day(row.made_at) <= day + timedelta(days=1):
            yield _mismatch(row)


def _mismatch(row: Row[Any]) -> Difference:
    words = _PROBLEMS[row.problem].format(
        amount=euros(row.amount_cents), lines=row.line_count, sum=euros(row.lines_cents)
    )
    return Difference(
        "PAYOUT_SUM_MISMATCH", row.id, row.amount_cents - row.lines_cents,
        business_day(row.made_at), channel=CHANNEL, reference=row.id, account=BALANCE,
        expected_cents=row.lines_cents, confirmed_cents=row.amount_cents,
        provider_codes=(row.id,),
        explanation=f"{words} Gebucht wird sie erst, wenn beides stimmt.",
    )  # fmt: skip


def _nobody_books(session: Session, day: date) -> Iterator[Difference]:
    """Movements of a kind no rule of ours knows, until somebody has booked them by their id."""
    for row in session.execute(_UNKNOWN, {"booked": list(BOOKED_ELSEWHERE)}):
        since = business_day(row.happened_at)
        if since <= day + timedelta(days=1):
            yield Difference(
                "UNKNOWN_CATEGORY", row.txn_id, row.net_cents, since, channel=CHANNEL,
                reference=row.txn_id, account=BALANCE, expected_cents=0,
                confirmed_cents=row.net_cents, provider_codes=(row.txn_id,),
                data={"category": row.scheme},
                explanation=(
                    f"Stripe bewegt am {german_day(since)} unser Guthaben um"
                    f" {euros(row.net_cents)} („{row.scheme}“). Dafür gibt es keine Buchungsregel."
                ),
            )  # fmt: skip


_UNKNOWN = text("""
    WITH other AS (
        SELECT DISTINCT ON (l.account, l.txn_id) l.* FROM provider_line l
         WHERE l.delivery = 0 AND l.record_type = 'other' AND l.source = 'stripe'
         ORDER BY l.account, l.txn_id, l.file_version DESC)
    SELECT o.* FROM other o
     WHERE o.net_cents <> 0 AND o.scheme <> ALL (CAST(:booked AS text[]))
       AND NOT EXISTS (SELECT FROM entry e WHERE e.reference = o.txn_id
                          AND e.booked_on >= CAST(o.happened_at AS date))
     ORDER BY o.happened_at, o.txn_id""")


def _not_read(session: Session) -> Iterator[Difference]:
    """The provider did not answer the newest run: one case for the whole; what is missing waits."""
    row = session.execute(_TROUBLE).one_or_none()
    if row is None or not row.troubles:
        return
    since = business_day(row.read_until or row.started_at)
    known = "noch nichts"
    if row.read_until is not None:
        known = f"bis {german_day(since)}, {row.read_until.astimezone(CITY_TIME):%H:%M} Uhr"
    yield Difference(
        "FILE_MISSING", "stripe", 0, since, channel=CHANNEL, reference="Stripe",
        explanation=(
            f"Stripe hat dem Nachtlauf nicht geantwortet. Gelesen ist {known};"
            " der nächste Nachtlauf holt den Rest."
        ),
    )  # fmt: skip


_TROUBLE = text("""
    SELECT (counts ->> 'troubles')::int AS troubles, started_at,
           (SELECT max(until) FROM provider_window) AS read_until
      FROM night_step WHERE step = 'provider' ORDER BY finished_at DESC LIMIT 1""")

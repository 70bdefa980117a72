"""A day by channel: what the books expect, what providers confirm, what the bank credited.

Expected comes from the books themselves: what a clearing account was debited by sales, less what
refunds and reversals credited. Arrived is what the bank was credited against it on that day.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.turnovers import entries_between

# In the order in which every page shows them; the accounts of the chart that each fills.
CHANNEL_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "girocard": ("184100",),
    "card": ("184110",),
    "stripe": ("184200", "184210"),
    "e_payment": ("184400",),
    "direct_debit": ("184300",),
    "transfer": (),
    "cash": ("184000",),
}


@dataclass(frozen=True, slots=True)
class ChannelTotal:
    """One channel of one day; None: does not apply, or nobody said.

    count: payments, or counted shifts. expected_cents: of the books. confirmed_cents: of
    provider or count. arrived_cents: credited by the bank that day. open_count: open cases.
    """

    channel: str
    count: int
    expected_cents: int | None
    confirmed_cents: int | None
    arrived_cents: int | None

    @property
    def difference_cents(self) -> int | None:
        """Confirmed less expected."""
        if self.expected_cents is None or self.confirmed_cents is None:
            return None
        return self.confirmed_cents - self.expected_cents


def channel_totals(session: Session, day: date) -> tuple[ChannelTotal, ...]:
    """Every channel of this business day, in fixed order."""
    moved = _moved(session, day)
    confirmed = _confirmed(session, day)
    totals = []
    for channel, accounts in CHANNEL_ACCOUNTS.items():
        found = [moved[account] for account in accounts if account in moved]
        arrived = sum(each.arrived_cents for each in found)
        sales = sum(each.count for each in found)
        expected = sum(each.expected_cents for each in found)
        match channel:
            case "transfer":
                banks = [each for code, each in moved.items() if code.startswith("181")]
                arrived = sum(each.arrived_cents for each in banks)
                total = ChannelTotal(
                    channel, sum(each.count for each in banks), None, None, arrived
                )
            case "cash":
                total = _cash(session, day, arrived)
            case _:
                total = ChannelTotal(channel, sales, expected, confirmed.get(channel), arrived)
        totals.append(total)
    return tuple(totals)


@dataclass(slots=True)
class _Moves:
    count: int = 0
    expected_cents: int = 0
    arrived_cents: int = 0


# The other side says what a transfer is: revenue and liabilities sell or give back, a bank pays,
# and between clearing accounts, fees and claims nothing is expected of anybody.
_MOVES = """
    WITH moved AS (
        SELECT t.entry_id, t.amount_cents AS cents,
               split_part(d.code, '/', 1) AS debit, split_part(c.code, '/', 1) AS credit
          FROM transfer t JOIN account d ON d.id = t.debit_account
          JOIN account c ON c.id = t.credit_account
         WHERE t.booked_on = :day AND t.currency = 'EUR'
           AND ((t.entry_id > :before AND t.entry_id <= :until) OR t.entry_id > :sealed))
    SELECT account, kind, count(DISTINCT entry_id), sum(cents)::bigint FROM (
        SELECT debit AS account, entry_id, cents,
               CASE WHEN debit LIKE '181%' AND credit !~ '^18' THEN 'paid_in'
                    WHEN credit !~ '^(18|171|543)' THEN 'sold' END AS kind FROM moved
        UNION ALL
        SELECT credit, entry_id, cents,
               CASE WHEN debit LIKE '181%' THEN 'arrived'
                    WHEN debit !~ '^(18|171|543)' THEN 'given_back' END FROM moved) sides
     WHERE account LIKE '18%' AND kind IS NOT NULL GROUP BY 1, 2"""


def _moved(session: Session, day: date) -> Mapping[str, _Moves]:
    found: dict[str, _Moves] = defaultdict(_Moves)
    within = entries_between(session, day, day)
    values = {"day": day, "before": within.before, "until": within.until, "sealed": within.sealed}
    for account, kind, count, cents in session.execute(text(_MOVES), values):
        moves = found[account]
        match kind:
            case "sold":
                moves.count += count
                moves.expected_cents += cents
            case "given_back" if not account.startswith("181"):
                moves.count += count
                moves.expected_cents -= cents
            case "paid_in":
                moves.count += count
                moves.arrived_cents += cents
            case "arrived":
                moves.arrived_cents += cents
    return found


_SHIFTS = """
    SELECT count(*) AS shifts, coalesce(sum(expected_cents), 0)::bigint AS expected,
           coalesce(sum(counted_cents), 0)::bigint AS counted
      FROM till_shift WHERE business_day = :day AND closed_at IS NOT NULL"""


def _cash(session: Session, day: date, arrived: int) -> ChannelTotal:
    """Cash is confirmed by counting: the shifts of the day."""
    found = session.execute(text(_SHIFTS), {"day": day}).one()
    if not found.shifts:
        return ChannelTotal("cash", 0, None, None, arrived)
    return ChannelTotal("cash", found.shifts, found.expected, found.counted, arrived)


# What the matcher paired with the day's items; the clearing account says which channel it is.
_CONFIRMED = """
    SELECT split_part(a.code, '/', 1) AS account, sum(p.gross_cents)::bigint AS cents
      FROM expected_item x
      JOIN item_match m ON m.expected_id = x.id AND m.ended_at IS NULL
      JOIN provider_line p ON p.id = m.provider_id
      JOIN LATERAL (
           SELECT a.code FROM transfer t
             JOIN account a ON a.id IN (t.debit_account, t.credit_account)
            WHERE t.entry_id = x.entry_id AND a.code LIKE '184%' LIMIT 1) a ON true
     WHERE x.business_day = :day AND p.currency = 'EUR' GROUP BY 1"""


def _confirmed(session: Session, day: date) -> Mapping[str, int]:
    """Cents by channel; a channel of which nothing is confirmed yet is left out."""
    rows = session.execute(text(_CONFIRMED), {"day": day})
    by_account: dict[str, int] = {row.account: row.cents for row in rows}
    return {
        channel: sum(by_account[account] for account in accounts if account in by_account)
        for channel, accounts in CHANNEL_ACCOUNTS.items()
        if any(account in by_account for account in accounts)
    }

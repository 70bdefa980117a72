"""Fills the page "Ein Tag der Stadt" from the books, in one read-only moment.

Takings are what payers owed at the counters: debits of the accounts that ways to pay stand for,
gross, less what was taken back. Money onto wallets is not among them; what is spent from one is.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from config.database import Database
from config.page_night import last_night_of
from config.web.pages import (
    AccountLine,
    ChannelTakings,
    CityPage,
    CounterLink,
    Day,
    FacilityTakings,
    Shell,
    Takings,
    Wallets,
)
from ledger.accounts import ids_below
from ledger.balances import TrialBalanceLine, trial_balance
from ledger.calendar import CITY_TIME
from ledger.catalogue.model import FACILITY_KINDS
from ledger.periods import first_open_day
from ledger.tenders import CONTROL_ACCOUNTS
from ledger.turnovers import last_entry_before
from ledger.wallets import CONTROLS
from reconciliation.reports.takings import CHANNELS, SUBSIDY_CONTROL

DAYS = 14
Books = Sequence[TrialBalanceLine]  # every account that ever moved, sub-ledgers one by one


def city_page(
    database: Database,
    *,
    city: str,
    person: str | None,
    now: datetime | None = None,
    counters: tuple[CounterLink, ...] = (),
) -> CityPage:
    """Everything the page shows, as the books stand; `now` is aware, the clock's if left out.

    city, person: what the header says; counters: tills to try. The day reported on is that of
    the last night, before the first night the last one with an entry.
    """
    now = now or datetime.now(UTC)
    with database.read_only() as session:
        day = _day_reported(session) or now.astimezone(CITY_TIME).date()
        days = tuple(day - timedelta(days=DAYS - 1 - n) for n in range(DAYS))
        rows, books = _takings(session, days), trial_balance(session, sub_ledgers=True)
        return CityPage(
            shell=_shell(session, city, person, now),
            counters=counters,
            as_of=now,
            day=_day(session, day),
            takings=Takings(days, _facilities(session, days, rows)),
            channels=_channels(days, rows),
            wallets=_wallets(session, books, day),
            accounts=_accounts(session, books),
            night=last_night_of(session, books),
        )


def _day_reported(session: Session) -> date | None:
    found: date | None = session.scalar(
        text(
            "SELECT coalesce((SELECT max(day) FROM night_run), (SELECT max(booked_on) FROM entry))"
        )
    )
    return found


def _shell(session: Session, city: str, person: str | None, now: datetime) -> Shell:
    sealed_until = session.scalar(text("SELECT sealed_at FROM block ORDER BY number DESC LIMIT 1"))
    today = now.astimezone(CITY_TIME).date()
    return Shell(city, person, first_open_day(session, today), sealed_until)


_COUNTS = """
    WITH sealed AS (SELECT last_entry, tree_size FROM block ORDER BY number DESC LIMIT 1)
    SELECT coalesce((SELECT tree_size FROM sealed), 0) AS sealed,
           (SELECT count(*) FROM entry
             WHERE id > coalesce((SELECT last_entry FROM sealed), 0)) AS unsealed,
           (SELECT count(*) FROM entry WHERE booked_on = :day) AS entries,
           (SELECT count(*) FROM charge WHERE facility IN (SELECT code FROM facility)
               AND booked_on = :day AND refused IS NULL)
         + (SELECT count(*) FROM meal_charge WHERE day = :day) AS charges"""


def _day(session: Session, day: date) -> Day:
    found = session.execute(text(_COUNTS), {"day": day}).one()
    return Day(
        on=day,
        charge_count=found.charges,
        entry_count=found.entries,
        all_entry_count=found.sealed + found.unsealed,
        sealed_count=found.sealed,
    )


# One pass over the days' transfers: a product stands on what was sold, and on nothing else. What
# was taken back has debit and credit exchanged.
_TAKINGS = """
    SELECT booked_on, facility,
           CASE WHEN debit_account = ANY (CAST(:authorities AS int[]))
                  OR credit_account = ANY (CAST(:authorities AS int[]))
                THEN 'subsidy' ELSE channel END AS channel,
           sum(CASE WHEN credit_account = ANY (CAST(:tenders AS int[]))
                    THEN -amount_cents ELSE amount_cents END)::bigint AS cents
      FROM transfer
     WHERE entry_id > :before AND booked_on BETWEEN :first AND :last AND product IS NOT NULL
       AND facility IS NOT NULL AND channel = ANY (CAST(:channels AS text[]))
     GROUP BY 1, 2, 3"""


def _takings(session: Session, days: Sequence[date]) -> Sequence[Row[Any]]:
    """Cents by day, facility and channel."""
    before = last_entry_before(session, days[0])
    return session.execute(
        text(_TAKINGS),
        {
            "first": days[0], "last": days[-1], "before": before, "channels": list(CHANNELS),
            "tenders": ids_below(session, [*CONTROL_ACCOUNTS.values(), SUBSIDY_CONTROL]),
            "authorities": ids_below(session, [SUBSIDY_CONTROL]),
        },
    ).all()  # fmt: skip


def _facilities(
    session: Session, days: Sequence[date], rows: Sequence[Row[Any]]
) -> tuple[FacilityTakings, ...]:
    taken: dict[tuple[str, date], int] = defaultdict(int)
    for row in rows:
        taken[row.facility, row.booked_on] += row.cents
    houses = session.execute(text("SELECT code, name, kind FROM facility ORDER BY code")).all()
    order = {kind: place for place, kind in enumerate(FACILITY_KINDS)}
    return tuple(
        FacilityTakings(
            house.code, house.name, house.kind, tuple(taken.get((house.code, day)) for day in days)
        )
        for house in sorted(houses, key=lambda house: order.get(house.kind, len(order)))
    )


def _channels(days: Sequence[date], rows: Sequence[Row[Any]]) -> tuple[ChannelTakings, ...]:
    taken: dict[tuple[str, date], int] = defaultdict(int)
    for row in rows:
        taken[row.channel, row.booked_on] += row.cents
    return tuple(
        ChannelTakings(channel, tuple(taken[channel, day] for day in days))
        for channel in CHANNELS
        if any(row.channel == channel for row in rows)
    )


def _accounts(session: Session, books: Books) -> tuple[AccountLine, ...]:
    """The accounts of the chart that ever moved, each with all that is below it."""
    sums: dict[str, tuple[int, int]] = {}
    for line in books:
        number = line.code.partition("/")[0]
        debit, credit = sums.get(number, (0, 0))
        held = line.balance
        sums[number] = debit + held.debit_cents, credit + held.credit_cents
    chart = session.execute(
        text("SELECT code, name, kind FROM account WHERE control_id IS NULL ORDER BY code")
    )
    return tuple(
        AccountLine(row.code, row.name, row.kind, *sums[row.code])
        for row in chart
        if row.code in sums
    )


# What moved on the wallets on the day and after it, and which of it brought money.
_MOVED = """
    SELECT coalesce(sum(cents) FILTER (WHERE booked_on > :day), 0)::bigint AS later,
           coalesce(sum(cents) FILTER (WHERE booked_on = :day), 0)::bigint AS change,
           coalesce(sum(cents) FILTER (WHERE booked_on = :day AND is_top_up), 0)::bigint
               AS topped_up,
           count(*) FILTER (WHERE booked_on = :day AND is_top_up) AS top_ups,
           coalesce(-sum(cents) FILTER (WHERE booked_on = :day AND is_sale), 0)::bigint AS spent
      FROM (SELECT t.booked_on, t.amount_cents AS cents, false AS is_sale,
                   e.event LIKE 'top\\_up%'
                   OR e.event IN ('direct_debit_submitted', 'unclear_assigned') AS is_top_up
              FROM transfer t JOIN entry e ON e.id = t.entry_id
             WHERE t.credit_account = ANY (CAST(:purses AS int[]))
               AND t.entry_id > :before AND t.booked_on >= :day
            UNION ALL
            SELECT t.booked_on, -t.amount_cents, t.product IS NOT NULL, false
              FROM transfer t
             WHERE t.debit_account = ANY (CAST(:purses AS int[]))
               AND t.entry_id > :before AND t.booked_on >= :day) moved"""


def _wallets(session: Session, books: Books, day: date) -> Wallets:
    controls = tuple(CONTROLS.values())
    now = [-line.balance.debit_balance_cents for line in books if line.code.startswith(controls)]
    before = last_entry_before(session, day)
    purses = ids_below(session, controls)
    moved = session.execute(text(_MOVED), {"purses": purses, "day": day, "before": before}).one()
    total = sum(now) - moved.later
    below = [cents for cents in now if cents < 0]
    return Wallets(
        count=session.scalar(text("SELECT count(*) FROM wallet")) or 0,
        opening_cents=total - moved.change,
        topped_up_count=moved.top_ups,
        topped_up_cents=moved.topped_up,
        spent_cents=moved.spent,
        total_cents=total,
        below_zero_count=len(below),
        below_zero_cents=sum(below),
    )

"""One day of the city: takings, ways to pay, wallets, trial balance and the night's result.

Amounts are whole cents. What follows from other figures is a property: no page contradicts itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from config.web.pages.shell import Shell

DEBIT_KINDS = frozenset({"asset", "expense"})


@dataclass(frozen=True, slots=True)
class Day:
    """The business day the page reports on, and the state of the books behind it.

    charge_count: sales and meals of the day. entry_count: entries booked on it.
    all_entry_count: entries in the books. sealed_count of them are in the sealed tree.
    """

    on: date
    charge_count: int
    entry_count: int
    all_entry_count: int
    sealed_count: int


@dataclass(frozen=True, slots=True)
class FacilityTakings:
    """What one facility took on each day of the table.

    kind: `daycare`, `pool`, `museum`, `citizens_office` or a later one. cents: one per day of
    `Takings.days`, in their order; None where the facility had no business at all.
    """

    code: str
    name: str
    kind: str
    cents: tuple[int | None, ...]

    @property
    def total_cents(self) -> int | None:
        """All days together; None where there was no business on any of them."""
        amounts = [amount for amount in self.cents if amount is not None]
        return sum(amounts) if amounts else None


@dataclass(frozen=True, slots=True)
class KindTakings:
    """The facilities of one kind with their sums."""

    kind: str
    facilities: tuple[FacilityTakings, ...]

    @property
    def cents(self) -> tuple[int | None, ...]:
        """The sum of each day; None where none of them had any business."""
        columns = zip(*(facility.cents for facility in self.facilities), strict=True)
        return tuple(
            None if set(column) == {None} else sum(amount or 0 for amount in column)
            for column in columns
        )

    @property
    def total_cents(self) -> int:
        return sum(amount or 0 for amount in self.cents)

    @property
    def highest_cents(self) -> int:
        """The best day of the best facility: what the tint of a cell is measured by."""
        return max((amount or 0 for row in self.facilities for amount in row.cents), default=0)


@dataclass(frozen=True, slots=True)
class Takings:
    """Takings per facility and day.

    days: ascending, usually 14, the last one being the day reported on. facilities: all of the
    city in the order they shall appear, those of one kind together.
    """

    days: tuple[date, ...]
    facilities: tuple[FacilityTakings, ...]

    @property
    def kinds(self) -> tuple[KindTakings, ...]:
        groups = groupby(self.facilities, key=lambda facility: facility.kind)
        return tuple(KindTakings(kind, tuple(rows)) for kind, rows in groups)

    @property
    def cents(self) -> tuple[int, ...]:
        """The city's takings of each day."""
        rows = [tuple(amount or 0 for amount in row.cents) for row in self.facilities]
        return _by_day(rows, len(self.days))

    @property
    def total_cents(self) -> int:
        return sum(self.cents)

    @property
    def last_cents(self) -> int:
        """The takings of the day reported on."""
        return self.cents[-1] if self.days else 0

    @property
    def open_count(self) -> int:
        """How many facilities did business on the day reported on."""
        return sum(row.cents[-1] is not None for row in self.facilities) if self.days else 0


@dataclass(frozen=True, slots=True)
class ChannelTakings:
    """What came in by one way to pay (`girocard`, `cash`, …), per day of `Takings.days`."""

    channel: str
    cents: tuple[int, ...]

    @property
    def total_cents(self) -> int:
        return sum(self.cents)

    @property
    def last_cents(self) -> int:
        return self.cents[-1] if self.cents else 0


@dataclass(frozen=True, slots=True)
class Wallets:
    """All prepaid wallets together, over the day reported on.

    opening_cents: their sum at the end of the day before. topped_up_cents and spent_cents: what
    came in and went out, both positive. total_cents: their sum at the end of the day.
    below_zero_cents: the sum of those below zero, zero or negative.
    """

    count: int
    opening_cents: int
    topped_up_count: int
    topped_up_cents: int
    spent_cents: int
    total_cents: int
    below_zero_count: int
    below_zero_cents: int

    @property
    def other_cents(self) -> int:
        """Movements that are neither: refunds, reversals, lapsed balances."""
        return self.total_cents - self.opening_cents - self.topped_up_cents + self.spent_cents


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account of the chart with everything ever posted to it and its sub-accounts.

    kind: `asset`, `liability`, `income` or `expense`. debit_cents, credit_cents: both sides,
    unsigned.
    """

    number: str
    name: str
    kind: str
    debit_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        """Debits minus credits: positive is a debit balance."""
        return self.debit_cents - self.credit_cents

    @property
    def is_on_usual_side(self) -> bool:
        """Whether the balance stands where accounts of this kind stand, or is zero."""
        if self.kind in DEBIT_KINDS:
            return self.balance_cents >= 0
        return self.balance_cents <= 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What the night could not explain.

    number: how finance calls it (`D-12`). title: its kind in German ("Fehlt bei der Bank").
    place: facility, terminal or account. cents: confirmed minus expected, signed.
    age_bank_days: since it was due, 0 when found this night. reason: one German sentence.
    """

    number: str
    title: str
    place: str
    cents: int
    age_bank_days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Night:
    """The last nightly reconciliation.

    statement_count files with line_count lines were read. Of all open items checked,
    matched_count agreed and were closed, in_time_count (in_time_cents) may still arrive in
    time; the rest are the differences. booked_count: entries the night wrote.
    """

    started_at: datetime
    seconds: int
    statement_count: int
    line_count: int
    matched_count: int
    booked_count: int
    in_time_count: int
    in_time_cents: int
    differences: tuple[Difference, ...]

    @property
    def checked_count(self) -> int:
        return self.matched_count + self.in_time_count + len(self.differences)

    @property
    def differences_cents(self) -> int:
        """The sum of all differences without their signs."""
        return sum(abs(difference.cents) for difference in self.differences)

    @property
    def oldest_bank_days(self) -> int:
        return max((difference.age_bank_days for difference in self.differences), default=0)


@dataclass(frozen=True, slots=True)
class CounterLink:
    """Something to try in the demonstration: its name and address, and what stands beside it."""

    name: str
    address: str
    beside: str
    beside_address: str


@dataclass(frozen=True, slots=True)
class CityPage:
    """Everything the page "Ein Tag der Stadt" shows.

    as_of: aware; when the figures were read. channels: in the order of the table, which is the
    stack of the chart from the bottom up; cash first keeps its trend readable. accounts: every
    account with a movement, by number, sub-accounts included. night: None before the first.
    counters: what there is to try, in the demonstration.
    """

    shell: Shell
    as_of: datetime
    day: Day
    takings: Takings
    channels: tuple[ChannelTakings, ...]
    wallets: Wallets
    accounts: tuple[AccountLine, ...]
    night: Night | None
    counters: tuple[CounterLink, ...] = ()

    @property
    def debit_cents(self) -> int:
        return sum(account.debit_cents for account in self.accounts)

    @property
    def credit_cents(self) -> int:
        return sum(account.credit_cents for account in self.accounts)

    @property
    def balances(self) -> bool:
        """Whether debits equal credits: false is the one thing that must never be seen."""
        return self.debit_cents == self.credit_cents

    @property
    def account_kinds(self) -> tuple[tuple[str, tuple[AccountLine, ...]], ...]:
        """The accounts by kind, in the order of the chart."""
        groups = groupby(self.accounts, key=lambda account: account.kind)
        return tuple((kind, tuple(lines)) for kind, lines in groups)

    @property
    def channel_cents(self) -> tuple[int, ...]:
        """What all ways to pay brought on each day."""
        return _by_day([channel.cents for channel in self.channels], len(self.takings.days))

    @property
    def cash_cents(self) -> tuple[int, ...]:
        """What was paid in cash on each day."""
        rows = [channel.cents for channel in self.channels if channel.channel == "cash"]
        return _by_day(rows, len(self.takings.days))

    @property
    def channels_agree(self) -> bool:
        """Whether ways to pay and facilities give the same takings on every day."""
        return self.channel_cents == self.takings.cents


def _by_day(rows: Sequence[tuple[int, ...]], day_count: int) -> tuple[int, ...]:
    if not rows:
        return (0,) * day_count
    return tuple(sum(column) for column in zip(*rows, strict=True))

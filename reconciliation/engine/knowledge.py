"""What a city knows besides its records: tariffs, its terminals, how long things may take."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ledger.calendar import CITY_TIME


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a provider may keep of a charge: hundredths of a percent and a fixed part in cents.

    kind: what the fee depends on: the card's region at Stripe, its scheme at an acquirer.
    valid_from: the first day of the rate; None: it was always this one.
    """

    source: str
    kind: str
    basis_points: int
    fixed_cents: int
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the matcher may rely on; what is not known is not checked.

    tariffs: of several for one kind of card the youngest counts that was valid on the day.
    terminals: the city's own; None: not known. The rest are patience: bank days after which a
    payout is missing and a safebag must have been credited, days a claim may stay open.
    """

    tariffs: tuple[Tariff, ...] = ()
    dispute_fee_cents: int | None = None
    terminals: frozenset[str] | None = None
    zone: ZoneInfo = CITY_TIME
    payout_grace_bank_days: int = 2
    deposit_bank_days: int = 2
    claim_days: int = 14
    # Clocks of tills and providers differ by seconds; a whole working day apart is another day.
    other_day_hours: int = 20
    window_days: int = 3

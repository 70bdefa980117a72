"""What every part of a month's making needs at hand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from tests.reconciliation.made_city.layout import City
from tests.reconciliation.made_city.rows import Ledger
from tests.reconciliation.made_city.truth import Truth


@dataclass(slots=True)
class Month:
    """A month in the making. `last` is its last day, `end` the instant it is over."""

    rng: Random
    city: City
    ledger: Ledger
    truth: Truth
    start: date
    last: date
    end: datetime
    missing: set[date]  # days whose bank statement never arrives

    def later(self, at: datetime, least: timedelta, most: timedelta) -> datetime:
        """Some time between `least` and `most` after `at`, but within the month."""
        room = min(most, self.end - at - timedelta(minutes=5))
        if room <= least:
            return min(at + timedelta(seconds=5), self.end - timedelta(seconds=1))
        return (
            at + least + timedelta(seconds=self.rng.randrange(int((room - least).total_seconds())))
        )

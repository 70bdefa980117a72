"""Meals: until when one may be ordered or cancelled, and who pays which share."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ledger.calendar import CITY_TIME, business_day
from ledger.money import Money

CUT_OFF = time(8)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a meal can still be cancelled for free, and why.

    cut_off: the instant that decides, for the sentence on the screen.
    reason: `before_cut_off`, `after_cut_off` (same day) or `day_over`.
    """

    is_free: bool
    reason: str
    cut_off: datetime


@dataclass(frozen=True, slots=True)
class MealShares:
    """Who pays one meal: the authority its subsidy, the family its own share."""

    subsidy: Money
    own: Money


def cut_off(meal_day: date) -> datetime:
    """The first instant that is too late for this day's meal: 08:00 in the city."""
    return datetime.combine(meal_day, CUT_OFF, CITY_TIME)


def may_order(meal_day: date, at: datetime) -> bool:
    """Whether a meal of this day can be ordered at this instant; raises as `cancellation`."""
    return cancellation(meal_day, at).is_free


def cancellation(meal_day: date, at: datetime) -> Verdict:
    """The verdict on cancelling a meal of this day at this instant (aware, any time zone).

    Raises ValueError for an instant without a time zone.
    """
    today = business_day(at)
    limit = cut_off(meal_day)
    # Compared in UTC: two times of one zone are compared by the clock on the wall, which
    # shows the same hour twice in October.
    if at.astimezone(UTC) < limit.astimezone(UTC):
        return Verdict(True, "before_cut_off", limit)
    return Verdict(False, "day_over" if today > meal_day else "after_cut_off", limit)


def shares(kind: str, amount: Money, *, is_subsidised: bool) -> MealShares:
    """Lunch (kind `meal`) is subsidised in full, breakfast and snack (`snack`) never.

    § 28 (6) SGB II and its likes cover the common lunch; the family's share of one euro a
    meal fell away on 1 August 2019.
    """
    if is_subsidised and kind == "meal":
        return MealShares(subsidy=amount, own=amount * 0)
    return MealShares(subsidy=amount * 0, own=amount)

"""Meals: the cut-off to the instant, and who pays which share."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import CITY_TIME
from ledger.entries import Dimensions
from ledger.facilities import Item, WayNotAccepted
from ledger.facilities.daycare import FACILITY
from ledger.facilities.daycare.meals import (
    cancellation,
    cut_off,
    may_order,
    shares,
)
from ledger.money import Money
from ledger.tenders import meal_wallet, online

WINTER, SUMMER = date(2026, 11, 17), date(2026, 7, 14)
SPRING_FORWARD, FALL_BACK = date(2026, 3, 29), date(2026, 10, 25)
SECOND = timedelta(seconds=1)
JUST_BEFORE = timedelta(milliseconds=100)


@pytest.mark.parametrize(
    ("day", "utc_hour"), [(WINTER, 7), (SUMMER, 6), (SPRING_FORWARD, 6), (FALL_BACK, 7)]
)
def test_eight_in_the_city_is_too_late_and_a_tenth_of_a_second_before_is_not(
    day: date, utc_hour: int
) -> None:
    eight = datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert cancellation(day, eight - JUST_BEFORE).is_free
    assert not cancellation(day, eight).is_free
    assert may_order(day, eight - JUST_BEFORE)
    assert not may_order(day, eight)


@pytest.mark.parametrize("day", [SPRING_FORWARD, FALL_BACK])
def test_the_nights_of_the_clock_change_are_before_the_cut_off(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=CITY_TIME).astimezone(UTC)
    until_eight = cut_off(day).astimezone(UTC) - midnight
    assert until_eight == timedelta(hours=7 if day == SPRING_FORWARD else 9)
    quarter_hours = range(int(until_eight.total_seconds()) // 900)
    assert all(cancellation(day, midnight + n * timedelta(minutes=15)).is_free
               for n in quarter_hours)  # fmt: skip


def test_the_hour_that_comes_twice_is_in_time_both_times() -> None:
    for fold in (0, 1):
        at = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=CITY_TIME)
        assert cancellation(FALL_BACK, at).is_free


def test_a_verdict_gives_its_reason_and_the_cut_off() -> None:
    eight = datetime(2026, 11, 17, 8, tzinfo=CITY_TIME)
    early = cancellation(WINTER, eight - SECOND)
    late = cancellation(WINTER, eight + SECOND)
    after = cancellation(WINTER, eight + timedelta(days=1))
    assert [v.reason for v in (early, late, after)] == [
        "before_cut_off", "after_cut_off", "day_over",
    ]  # fmt: skip
    assert late.cut_off == eight


@given(st.integers(-200_000, 200_000), st.integers(-12, 14))
def test_the_verdict_does_not_depend_on_the_zone_of_the_clock(seconds: int, hours: int) -> None:
    instant = cut_off(SUMMER).astimezone(UTC) + seconds * SECOND
    abroad = instant.astimezone(timezone(timedelta(hours=hours)))
    assert cancellation(SUMMER, instant) == cancellation(SUMMER, abroad)


def test_a_clock_without_a_zone_decides_nothing() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cancellation(WINTER, datetime(2026, 11, 17, 7))  # noqa: DTZ001


@given(st.integers(0, 10**6))
def test_the_subsidy_covers_lunch_in_full_and_a_snack_never(cents: int) -> None:
    price = Money(cents)
    lunch = shares("meal", price, is_subsidised=True)
    snack = shares("snack", price, is_subsidised=True)
    assert (lunch.subsidy, lunch.own) == (price, Money(0))
    assert (snack.subsidy, snack.own) == (Money(0), price)
    assert shares("meal", price, is_subsidised=False).own == price


def test_a_child_pays_from_a_wallet_and_a_guest_may_pay_online() -> None:
    lunch = Item("KITA-L", "daycare", "meal", Money(370), "441300", Dimensions())
    guest = Item("KITA-G", "daycare", "guest_meal", Money(550), "441310", Dimensions(),
                 vat_rate=7, vat_account="372007")  # fmt: skip
    with pytest.raises(WayNotAccepted):
        FACILITY.book(lunch, online())
    assert FACILITY.book(lunch, meal_wallet("W-000017")).postings[0].event == "meal"
    assert FACILITY.book(guest, online()).postings[0].event == "sale"


def test_tax_on_a_childs_meal_is_a_fault() -> None:
    taxed = Item("KITA-L", "daycare", "meal", Money(370), "441300", Dimensions(),
                 vat_rate=7, vat_account="372007")  # fmt: skip
    with pytest.raises(ValueError, match="exempt"):
        FACILITY.book(taxed, meal_wallet("W-000017"))

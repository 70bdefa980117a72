"""Cents are whole, splits lose none, and tax plus net is the gross."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import add_bank_days, bank_days_between, business_day, is_bank_day
from ledger.money import Money
from ledger.vat import split_vat

CENTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize("wrong", [1.0, "1", True, None])
def test_money_is_whole_cents_and_nothing_else(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["eur", "EURO", "", "€€€"])
def test_a_currency_is_three_capital_letters(wrong: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, wrong)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="does not add"):
        Money(1) + Money(1, "CHF")


@pytest.mark.parametrize(("cents", "text"), [(123450, "1234.50 EUR"), (-5, "-0.05 EUR")])
def test_money_reads_as_units_and_cents(cents: int, text: str) -> None:
    assert str(Money(cents)) == text


@given(CENTS, st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any))
def test_a_split_loses_no_cent_and_is_fair(cents: int, weights: list[int]) -> None:
    shares = Money(cents).split(weights)
    assert sum(share.cents for share in shares) == cents
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.cents * sum(weights) - cents * weight) < sum(weights)


@given(CENTS, st.sampled_from([0, 7, 19]))
def test_net_and_tax_are_the_gross_and_a_refund_mirrors_it(cents: int, rate: int) -> None:
    split = split_vat(Money(cents), rate)
    assert split.net + split.tax == Money(cents)
    back = split_vat(Money(-cents), rate)
    assert (back.net, back.tax) == (-split.net, -split.tax)


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(500, 7, 33), (600, 19, 96), (4500, 7, 294), (550, 7, 36), (1, 19, 0)],
)
def test_tax_is_rounded_half_up(gross: int, rate: int, tax: int) -> None:
    assert split_vat(Money(gross), rate).tax == Money(tax)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_the_business_day_is_the_citys_calendar_day(instant: datetime, day: date) -> None:
    assert business_day(instant) == day


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        business_day(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_bank_days_skip_weekends_and_the_holidays_of_target() -> None:
    closed = [date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1),
              date(2026, 12, 25), date(2026, 12, 26), date(2026, 11, 22)]  # fmt: skip
    assert not any(map(is_bank_day, closed))
    assert is_bank_day(date(2026, 10, 3)) is False  # a Saturday
    assert is_bank_day(date(2026, 11, 18))  # Repentance Day is none of TARGET's
    assert add_bank_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert bank_days_between(date(2026, 4, 2), date(2026, 4, 7)) == 1

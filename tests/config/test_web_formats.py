"""Figures and days as a German screen shows them."""

from datetime import UTC, date, datetime

import pytest

from config.web import formats
from config.web.words import word

NARROW = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0,00"), (5, "0,05"), (-3790, "−37,90"), (111_840, "1.118,40"), (None, "–")],
)
def test_amounts_have_two_decimals_and_a_true_minus(amount: int | None, shown: str) -> None:
    assert formats.cents(amount) == shown


def test_amounts_and_units_never_part() -> None:
    assert formats.euro(111_840) == f"1.118,40{NARROW}€"
    assert formats.euro(None) == "–"
    assert formats.bank_days(4) == f"4{NARROW}BT"
    assert formats.bank_days(0) == "neu"
    assert formats.plural(1, "Tag", "Tage") == f"1{NARROW}Tag"
    assert formats.plural(1234, "Tag", "Tage") == f"1.234{NARROW}Tage"


def test_differences_carry_their_sign() -> None:
    assert formats.signed(5000) == "+50,00"
    assert formats.signed(-5000) == "−50,00"
    assert formats.signed(0) == "0,00"


def test_balances_name_their_side_and_have_no_minus() -> None:
    assert formats.balance(984_620) == f"9.846,20{NARROW}S"
    assert formats.balance(-160_430) == f"1.604,30{NARROW}H"
    assert formats.balance(0) == "0,00"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (97, 1000, "9,7"),
        (1, 3, "33,3"),
        (2, 3, "66,7"),
        (1, 2000, "0,1"),
        (-37, 1000, "−3,7"),
        (5, 5, "100,0"),
    ],
)
def test_shares_are_rounded_half_up_to_one_decimal(part: int, whole: int, shown: str) -> None:
    assert formats.share(part, whole) == f"{shown}{NARROW}%"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert formats.share(0, 0) == "–"
    assert formats.tenths(0, 0) == 0


def test_days_and_instants_are_those_of_the_city() -> None:
    assert formats.day(date(2026, 11, 17)) == f"Di{NARROW}17.11.2026"
    assert formats.long_day(date(2026, 11, 17)) == "Dienstag, 17. November 2026"
    assert formats.short_day(date(2026, 3, 1)) == "01.03."
    assert formats.instant(datetime(2026, 7, 17, 22, 3, tzinfo=UTC)) == "18.07.2026, 00:03"
    assert formats.clock(datetime(2026, 11, 18, 1, 3, tzinfo=UTC)) == "02:03"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.clock(datetime(2026, 11, 18, 1, 3))  # noqa: DTZ001 - the case under test


def test_durations_are_read_in_minutes() -> None:
    assert formats.duration(188) == f"3{NARROW}min{NARROW}08{NARROW}s"
    assert formats.duration(9) == f"9{NARROW}s"


def test_tints_grow_with_the_amount_and_never_leave_the_scale() -> None:
    levels = [formats.heat(amount, 1000) for amount in (None, 0, -5, 1, 500, 999, 1000)]
    assert levels == [0, 0, 0, 1, 3, 6, 6]


def test_codes_without_a_word_are_shown_as_they_are() -> None:
    assert word("pool") == "Bäder"
    assert word("theatre") == "theatre"

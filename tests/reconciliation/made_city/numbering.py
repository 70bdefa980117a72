"""References as tills, acquirers, Stripe and banks give them; none hints at a fault."""

import string
from datetime import date
from random import Random

_LETTERS = string.ascii_letters + string.digits


def with_check_digit(digits: str) -> str:
    """`digits` and their Luhn digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def is_checked(reference: str) -> bool:
    """Whether the last digit fits the others."""
    return with_check_digit(reference[:-1]) == reference


def swapped(rng: Random, number: str, *, first: int = 0, last: int | None = None) -> str:
    """`number` with two different neighbours changed over, from `first` up to `last`.

    A swap of 0 and 9 is left alone: Luhn does not see it. All equal: the number as it was.
    """
    last = len(number) - 1 if last is None else last
    places = [
        place for place in range(first, last)
        if number[place] != number[place + 1] and {number[place], number[place + 1]} != {"0", "9"}
    ]  # fmt: skip
    if not places:
        return number
    at = rng.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def stripe_id(rng: Random, kind: str) -> str:
    """`pi_3…`, `re_3…`, `txn_3…`, `po_1…` as Stripe makes them up."""
    return f"{kind}_{'1' if kind == 'po' else '3'}{''.join(rng.choices(_LETTERS, k=23))}"


def digits(rng: Random, count: int) -> str:
    """`count` digits."""
    return f"{rng.randrange(10**count):0{count}d}"


def acquirer_id(rng: Random) -> str:
    """An acquirer's reference number: 23 digits, the first a 7."""
    return "7" + digits(rng, 22)


def bank_id(rng: Random, day: date) -> str:
    """The bank's own reference of an entry."""
    return f"{day:%Y%m%d}{digits(rng, 10)}"


def iban(rng: Random) -> str:
    """Looks like a German IBAN."""
    return f"DE{digits(rng, 20)}"

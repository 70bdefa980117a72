"""Money: whole cents with their currency, and splitting them without losing one.

Floats never enter: they cannot hold 0.10, and a ledger that rounds is not a ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

EUR = "EUR"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole cents of one currency; may be negative as an intermediate result.

    Raises TypeError for anything but an int (floats and bools are refused) and ValueError
    for a currency that is not three capital letters.
    """

    cents: int
    currency: str = EUR

    def __post_init__(self) -> None:
        if type(self.cents) is not int:
            raise TypeError(f"money is a whole number of cents, not {self.cents!r}")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"a currency is three capital letters, not {self.currency!r}")

    def __add__(self, other: Self) -> Self:
        return type(self)(self.cents + self._cents_of(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.cents - self._cents_of(other), self.currency)

    def __mul__(self, times: int) -> Self:
        if type(times) is not int:
            raise TypeError(f"money is multiplied by whole numbers only, not {times!r}")
        return type(self)(self.cents * times, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.cents, self.currency)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d} {self.currency}"

    def split(self, weights: Sequence[int]) -> tuple[Self, ...]:
        """Shares in proportion to `weights`, summing to exactly this amount.

        Largest remainder: each share is rounded towards zero, then the cents left over go to
        the shares that lost most, earlier ones first. `Money(4206).split([1] * 10)` gives six
        shares of 4.21 followed by four of 4.20.
        """
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights are not negative and at least one is positive")
        sign = -1 if self.cents < 0 else 1
        shares = [divmod(abs(self.cents) * weight, total) for weight in weights]
        left = abs(self.cents) - sum(whole for whole, _ in shares)
        by_loss = sorted(range(len(shares)), key=lambda index: -shares[index][1])
        rounded_up = set(by_loss[:left])
        return tuple(
            type(self)(sign * (whole + (index in rounded_up)), self.currency)
            for index, (whole, _) in enumerate(shares)
        )

    def _cents_of(self, other: Self) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money adds to money only, not {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} does not add to {self.currency}")
        return other.cents

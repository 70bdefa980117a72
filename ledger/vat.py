"""The tax inside a gross price."""

from dataclasses import dataclass

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class VatSplit:
    """Net and tax of one gross amount; net + tax is the gross, to the cent."""

    net: Money
    tax: Money


def split_vat(gross: Money, rate_percent: int) -> VatSplit:
    """Take `rate_percent` (7, 19, 0) out of a gross amount, half a cent rounded away from zero.

    tax = gross * rate / (100 + rate), § 10 (1) UStG read backwards. A refund of the same gross
    gives exactly the opposite split.
    """
    if type(rate_percent) is not int or not 0 <= rate_percent < 100:
        raise ValueError(f"a tax rate is a whole percentage from 0 to 99, not {rate_percent!r}")
    sign = -1 if gross.cents < 0 else 1
    parts = 100 + rate_percent
    tax_cents = (2 * abs(gross.cents) * rate_percent + parts) // (2 * parts)
    tax = Money(sign * tax_cents, gross.currency)
    return VatSplit(net=gross - tax, tax=tax)

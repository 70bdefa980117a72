"""What moves on an account: transfers, card batches, counted safebags and the bank's own fees."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a payment is, in the bank's words."""

    TRANSFER = "transfer"
    INSTANT = "instant"
    GIROCARD = "girocard"
    CREDIT_CARD = "credit_card"
    CASH = "cash"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement of an account.

    id: the sender's own; the bank takes each once. cents: signed, money in is positive.
    on: the day it reaches the bank; booked then or on the next bank day. reference: structured
    creditor reference. remittance: free text.
    """

    id: str
    iban: str
    cents: int
    on: date
    kind: Kind = Kind.TRANSFER
    name: str = ""
    payer_iban: str = ""
    reference: str | None = None
    remittance: str = ""
    end_to_end_id: str | None = None

    def __post_init__(self) -> None:
        if type(self.cents) is not int or self.cents == 0:
            raise ValueError(f"a payment moves whole cents, not {self.cents!r}")


def card_batch(
    iban: str, terminal: str, day: date, cents: int, *, on: date, kind: Kind = Kind.GIROCARD
) -> Payment:
    """What the acquirer pays for one terminal's end of day, gross."""
    what = "GIROCARD-UMSATZ" if kind is Kind.GIROCARD else "KREDITKARTEN-UMSATZ"
    return Payment(
        id=f"{kind}/{terminal}/{day:%Y-%m-%d}",
        iban=iban,
        cents=cents,
        on=on,
        kind=kind,
        name="Demo Netzbetrieb GmbH",
        payer_iban="DE60999000020000000200",
        remittance=f"{what} TERMINAL {terminal} KASSENSCHNITT {day:%d.%m.%Y}",
        end_to_end_id=f"KS-{terminal}-{day:%Y%m%d}",
    )


def safebag(iban: str, number: str, cents: int, *, on: date) -> Payment:
    """A bag of cash, counted by the bank."""
    text = f"BARGELDEINZAHLUNG SAFEBAG {number}"
    return Payment(f"bag/{number}", iban, cents, on, Kind.CASH, remittance=text)


def fee(iban: str, cents: int, *, on: date, text: str = "ABRECHNUNG KONTOFÜHRUNG") -> Payment:
    """What the bank takes for itself; `cents` is positive."""
    return Payment(f"fee/{iban}/{on:%Y-%m-%d}", iban, -cents, on, Kind.FEE, remittance=text)

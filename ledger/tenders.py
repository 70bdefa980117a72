"""Ways to pay: from what a payer used to the account that is debited.

Each way has one clearing account of the chart; a terminal's day, a till and a wallet are its
sub-accounts, so that what arrives later can be held against exactly what was promised.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

CONTROL_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "girocard": "184100",
        "credit_card": "184110",
        "cash": "183000",
        "meal_wallet": "371000",
        "citizen_wallet": "371010",
        "online": "184200",
        "e_payment": "184400",
        "invoice": "161100",
    }
)


@dataclass(frozen=True, slots=True)
class Tender:
    """How one basket is paid, and where.

    way: a key of CONTROL_ACCOUNTS. account: the account it debits. till, shift: the session at
    the counter, None where there is none (portal, meal batch). Raises ValueError for an unknown
    way or an account that does not belong to it.
    """

    way: str
    account: str
    till: str | None = None
    shift: str | None = None

    def __post_init__(self) -> None:
        control = CONTROL_ACCOUNTS.get(self.way)
        if control is None:
            raise ValueError(f"no way to pay is called {self.way!r}")
        if self.account.partition("/")[0] != control:
            raise ValueError(f"{self.way} is booked to {control}, not to {self.account}")

    @property
    def channel(self) -> str:
        """The channel finance counts by; both kinds of wallet are one."""
        return "wallet" if self.way in {"meal_wallet", "citizen_wallet"} else self.way


def girocard(terminal: str, day: date, **at: str) -> Tender:
    """Paid by girocard at this terminal; `at`: till and shift. One sub-account per day."""
    return _tender("girocard", f"{_code(terminal)}/{day:%Y-%m-%d}", at)


def credit_card(terminal: str, day: date, **at: str) -> Tender:
    """Paid by credit card at this terminal; `at`: till and shift. One sub-account per day."""
    return _tender("credit_card", f"{_code(terminal)}/{day:%Y-%m-%d}", at)


def cash(till: str, **at: str) -> Tender:
    """Paid in cash at this till; what was given and the change belong on the receipt."""
    return _tender("cash", _code(till), {"till": till, **at})


def meal_wallet(code: str, **at: str) -> Tender:
    """Paid from a daycare family's wallet, `W-000017`."""
    return _tender("meal_wallet", _code(code), at)


def citizen_wallet(code: str, **at: str) -> Tender:
    """Paid from a citizen's wallet, `W-000017`."""
    return _tender("citizen_wallet", _code(code), at)


def online() -> Tender:
    """Paid on the payment page of the provider."""
    return _tender("online", None, {})


def e_payment() -> Tender:
    """Paid by pay link through the administration's e-payment service."""
    return _tender("e_payment", None, {})


def invoice(**at: str) -> Tender:
    """Not paid yet: a fee notice is issued and the claim stays open under its case reference."""
    return _tender("invoice", None, at)


def _tender(way: str, name: str | None, at: Mapping[str, str]) -> Tender:
    control = CONTROL_ACCOUNTS[way]
    return Tender(way, control if name is None else f"{control}/{_code(name)}", **at)


def _code(name: str) -> str:
    if not name or name != name.strip():
        raise ValueError(f"a terminal, till or wallet has a code, not {name!r}")
    return name

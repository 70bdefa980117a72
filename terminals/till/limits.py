"""What a city allows at its tills without asking: cents and visits, from `till.toml`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """wallet_offline_cents: from one wallet and day while the centre cannot be heard.
    cash_cents: in the drawer before the till asks for a safebag.
    pass_offline_visits: with one pass and day while the centre cannot be heard; 0: none."""

    wallet_offline_cents: int = 1_000
    cash_cents: int = 150_000
    pass_offline_visits: int = 4


USUAL = Limits()

"""What each page shows, as one documented frozen dataclass per page.

A template reads nothing but its page; whoever fills the page decides where figures come from.
"""

from config.web.pages.city import (
    AccountLine,
    ChannelTakings,
    CityPage,
    CounterLink,
    Day,
    Difference,
    FacilityTakings,
    Night,
    Takings,
    Wallets,
)
from config.web.pages.reference import ApiReference
from config.web.pages.shell import Shell

__all__ = [
    "AccountLine",
    "ApiReference",
    "ChannelTakings",
    "CityPage",
    "CounterLink",
    "Day",
    "Difference",
    "FacilityTakings",
    "Night",
    "Shell",
    "Takings",
    "Wallets",
]

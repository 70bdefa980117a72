"""How a sale was paid, as the pages name it: both kinds of card are one way."""

from collections.abc import Mapping

from terminals.till.pages import Way
from terminals.till.sales import Sale

_SHOWN: Mapping[str, Way] = {
    "cash": "cash", "wallet": "wallet", "invoice": "notice", "online": "link",
}  # fmt: skip


def shown_way(way: str) -> Way:
    """The way of a charge as a page shows it."""
    return _SHOWN.get(way, "card")


def way_of(sold: Sale) -> Way:
    """How a sale was paid; what cost nothing is free."""
    return shown_way(sold.way) if sold.total_cents else "free"

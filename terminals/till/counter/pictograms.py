"""Which picture stands in a tile: by what is sold, never by who buys it."""

from collections.abc import Mapping

from terminals.till.offers import Offer

_BY_KIND: Mapping[str, str] = {
    "pass": "passes", "season_pass": "sun", "combi": "passes", "fee": "stamp",
    "surcharge": "flash", "fee_with_federal_share": "form", "free_ticket": "child",
}  # fmt: skip
# The beginning of a product's code, the longest that fits; the demo city's codes.
_BY_CODE: Mapping[str, str] = {
    "POOL-AD": "person", "POOL-RED": "reduced", "POOL-PASS-CH": "child", "POOL-FAM": "family",
    "POOL-U6": "baby", "SAUNA": "sauna", "POOL-SAUNA": "sauna", "MUS-AD": "person",
    "MUS-RED": "reduced", "MUS-U21": "child", "MUS-APASS": "person", "MUS-SP": "eye",
    "MUS-TOUR": "headphones", "MUS-SIX": "grid-plus", "MUS-BOOK": "book", "MUS-MUG": "cup",
    "PA": "id", "RP": "passport", "FOTO": "camera", "PAV": "hourglass", "RPV": "hourglass",
}  # fmt: skip


def pictogram_of(offer: Offer) -> str:
    """The name of an icon; an article nobody drew one for gets its kind's, or a ticket."""
    fitting = [code for code in _BY_CODE if offer.code.startswith(code)]
    if fitting:
        return _BY_CODE[max(fitting, key=len)]
    return _BY_KIND.get(offer.kind, "ticket")

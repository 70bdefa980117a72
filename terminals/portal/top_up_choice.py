"""What somebody chose on the top-up page: an amount, typed or tapped, and a way to pay it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terminals.face.amounts import cents_of

TILES_CENTS = (2000, 4000, 6000)
LEAST_CENTS, MOST_CENTS = 500, 20000  # [policy]
OTHER = "anders"
# What stands in an address or form, by the name of the way.
WAYS = {
    "card": "karte", "sepa_debit": "lastschrift", "transfer": "ueberweisung", "cash": "bar",
}  # fmt: skip
ONLINE = ("card", "sepa_debit")
_NAMED = {word: way for way, word in WAYS.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """An amount and a way.

    cents: None where there is no amount, and then `problem` says by a message id why, or is None
    too where nothing was chosen yet. typed: what stands in the field for another amount.
    """

    cents: int | None
    way: str
    typed: str = ""
    problem: str | None = None

    @property
    def is_other(self) -> bool:
        """Whether the amount is none of the tiles."""
        return bool(self.typed or self.problem) or self.cents not in (None, *TILES_CENTS)

    @property
    def query(self) -> dict[str, Any]:
        """The same choice in an address."""
        amount = "" if self.cents is None else plain(self.cents)
        return {"betrag": amount, "weg": WAYS[self.way]}


def choice_of(form: Mapping[str, str], *, way: str) -> Choice:
    """What a form or an address says; `way` is taken where it names none.

    Without scripts the field for another amount is always there: whoever typed into it and forgot
    the tile meant the field.
    """
    way = _NAMED.get(form.get("weg", ""), way)
    tapped, typed = form.get("betrag", "").strip(), form.get("anderer", "").strip()
    is_other = tapped == OTHER or (bool(typed) and not tapped)
    wanted = typed if is_other else tapped
    if not wanted and not is_other:
        return Choice(None, way)
    cents = cents_of(wanted)
    if cents is None:
        return Choice(None, way, wanted, "amt.invalid")
    if not LEAST_CENTS <= cents <= MOST_CENTS:
        return Choice(None, way, wanted, "amt.range")
    return Choice(cents, way, typed if is_other else "")


def plain(cents: int) -> str:
    """As a form carries it: `40` or `12,50`."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)

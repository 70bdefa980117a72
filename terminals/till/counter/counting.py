"""A count in the making: kept row by row, so that a lock or a reload loses no digit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import Connection

from terminals.till.drafts import find_draft, keep_draft
from terminals.till.errors import TillRefusal
from terminals.till.pages import CountPad, CountRow, Purpose
from terminals.till.shifts import DENOMINATIONS, total_of

NAME = "count"
MOST_PIECES = 9999
MOST_COUNTS = 2
# Pieces in a roll of the Bundesbank by the cents of the coin.
ROLLS: Mapping[int, int] = {200: 25, 100: 25, 50: 40, 20: 40, 10: 40, 5: 50, 2: 50, 1: 50}


@dataclass(frozen=True, slots=True)
class Count:
    """counts: pieces by cents of the coin, only what was counted. row: where the pad writes.
    done: confirmed counts, the first one first. reason: of the difference, "" before."""

    purpose: Purpose
    counts: Mapping[str, int] = field(default_factory=dict)
    row: int = DENOMINATIONS[0]
    done: tuple[Mapping[str, int], ...] = ()
    reason: str = ""

    @property
    def missing(self) -> tuple[int, ...]:
        """Coins and notes nobody has counted: empty is not zero."""
        return tuple(coin for coin in DENOMINATIONS if str(coin) not in self.counts)

    def pad(self, *, must_be_complete: bool = True) -> CountPad:
        """As the page shows it."""
        rows = tuple(
            CountRow(coin, self.counts.get(str(coin)), ROLLS.get(coin, 0), coin == self.row)
            for coin in DENOMINATIONS
        )
        missing = self.missing if must_be_complete else ()
        return CountPad(rows, total_of(self.counts), missing)

    def with_pieces(self, coin: int, pieces: int | None) -> "Count":
        """A row typed, or taken back; the next row becomes current.

        Raises TillRefusal: count_malformed.
        """
        if coin not in DENOMINATIONS or (pieces or 0) > MOST_PIECES:
            raise TillRefusal("count_malformed", coin=str(coin))
        counts = {name: known for name, known in self.counts.items() if name != str(coin)}
        if pieces is not None:
            counts[str(coin)] = pieces
        place = DENOMINATIONS.index(coin) + (pieces is not None)
        return replace(self, counts=counts, row=DENOMINATIONS[min(place, _LAST)])

    def rest_is_zero(self) -> "Count":
        """Everything not yet counted is not there."""
        return replace(self, counts={**{str(coin): 0 for coin in self.missing}, **self.counts})

    def confirmed(self) -> "Count":
        """The count stands. Raises TillRefusal: count_incomplete, counted_twice."""
        if self.missing:
            raise TillRefusal("count_incomplete")
        if len(self.done) >= MOST_COUNTS and self.purpose != "open":
            raise TillRefusal("counted_twice")
        return replace(self, done=(*self.done, dict(self.counts)))

    def again(self) -> "Count":
        """Once more from the beginning; the first is kept. Raises TillRefusal: counted_twice."""
        if len(self.done) != 1:
            raise TillRefusal("counted_twice")
        return replace(self, counts={}, row=DENOMINATIONS[0])

    @property
    def is_again(self) -> bool:
        """Whether a second count is being made: the first is confirmed, this one is not."""
        return bool(self.done) and self.counts != self.done[-1]


_LAST = len(DENOMINATIONS) - 1


def count_of(connection: Connection, till: str) -> Count | None:
    """The count in the making, None where there is none."""
    body = find_draft(connection, till, NAME)
    return Count(**{**body, "done": tuple(body["done"])}) if body else None


def keep_count(connection: Connection, till: str, count: Count | None) -> None:
    """Keep it; None: it is over."""
    keep_draft(connection, till, NAME, asdict(count) if count else None)

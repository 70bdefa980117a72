"""What goes wrong in the demo city, so that the desk has real differences: rare, always the same.

Whether something goes wrong depends on its own number or day alone: a life that was cut off and
goes on meets the same.
"""

from datetime import date, timedelta

from config.demo.chance import draws

SHORT_BAG_IN_1000, LOST_BAG_IN_1000 = 3, 2
SHORT_BY_CENTS = 1000
LOST_BATCH_IN_100 = 3  # days on which one batch never reaches the bank
TERMINALS_AT_RISK = ("B02-1", "B01-2", "A01-1", "B04-1")


def deposited_cents(bag: str, cents: int) -> int | None:
    """What the bank counts in this safebag; None for one that never arrives."""
    luck = draws(bag, "deposit").randrange(1000)
    if luck < LOST_BAG_IN_1000:
        return None
    if luck < LOST_BAG_IN_1000 + SHORT_BAG_IN_1000 and cents > SHORT_BY_CENTS:
        return cents - SHORT_BY_CENTS
    return cents


def lost_batches(first: date, last: date) -> frozenset[str]:
    """The girocard batches of these days that the bank never sees, by its payment's id."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(
        f"girocard/{chance.choice(TERMINALS_AT_RISK)}/{day}"
        for day in days
        if (chance := draws(day, "lost batch")).randrange(100) < LOST_BATCH_IN_100
    )

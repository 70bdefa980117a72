"""Which of a few amounts make up a sum: answered only when there is exactly one way.

At municipal prices sums say little: among eight candidates half of the answers are not unique,
among twenty almost all. More than ten are therefore not tried.
"""

from collections.abc import Sequence
from itertools import combinations

MOST_CANDIDATES = 10
MOST_PARTS = 4


def only_way(
    amounts: Sequence[int], target: int, *, least: int = 2, with_first: bool = False
) -> tuple[int, ...] | None:
    """Positions of the amounts that add up to `target`, or None when there is no or another way.

    with_first: the first amount is known to belong to them.
    """
    if len(amounts) > MOST_CANDIDATES:
        return None
    ways: list[tuple[int, ...]] = []
    for size in range(least, min(MOST_PARTS, len(amounts)) + 1):
        for some in combinations(range(len(amounts)), size):
            if with_first and some[0] != 0:
                continue
            if sum(amounts[at] for at in some) == target:
                ways.append(some)
        if ways:
            break
    return ways[0] if len(ways) == 1 else None

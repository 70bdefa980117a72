"""Two references beside each other: which characters differ, and how that is said."""

from collections.abc import Sequence
from difflib import SequenceMatcher

Cells = Sequence[tuple[str, bool]]


def differing(left: str, right: str) -> tuple[Cells, Cells, str]:
    """Two references as characters with marks, and a sentence on where they differ.

    `("…4716", "…4176")` → both marked at two places, "Stellen 2 und 3: 71 statt 17". The sentence
    is empty where they are equal.
    """
    if left == right:
        return [(one, False) for one in left], [(one, False) for one in right], ""
    if len(left) == len(right):
        places = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        marks = ([(one, at in places) for at, one in enumerate(left)],
                 [(one, at in places) for at, one in enumerate(right)])  # fmt: skip
        return *marks, _places(left, right, places)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    kept_left = {at for block in blocks for at in range(block.a, block.a + block.size)}
    kept_right = {at for block in blocks for at in range(block.b, block.b + block.size)}
    return (
        [(one, at not in kept_left) for at, one in enumerate(left)],
        [(one, at not in kept_right) for at, one in enumerate(right)],
        f"{abs(len(left) - len(right))} Zeichen {'fehlen' if len(right) < len(left) else 'mehr'}",
    )


def _places(left: str, right: str, places: Sequence[int]) -> str:
    a, b = ("".join(side[at] for at in places) for side in (left, right))
    named = [str(at + 1) for at in places]
    if len(places) == 1:
        return f"Stelle {named[0]}: {b} statt {a}"
    if len(places) > 4:
        return f"{len(places)} Stellen weichen ab"
    swapped = "vertauscht, " if len(places) == 2 and a == b[::-1] else ""
    return f"{swapped}Stellen {', '.join(named[:-1])} und {named[-1]}: {b} statt {a}"

"""The chart of cash shares as points of an SVG: whole numbers in a field of 720 by 200."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciliation.reports.cash import KindLine

WIDTH, HEIGHT, LEFT, RIGHT, TOP = 720, 200, 44, 150, 12
SHAPES = ("round", "square", "triangle", "diamond")
_STEPS = (50, 100, 200, 250, 500)  # tenths of a percent between two lines of the grid
LABEL_HEIGHT = 15


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its points (x, y), the words at its end and their height, its marker."""

    name: str
    shape: str
    points: tuple[tuple[int, int], ...]
    last: int | None
    label_y: int

    @property
    def path(self) -> str:
        """The points as `polyline` wants them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines of the grid as (y, tenths of a percent), months as x, the series and the target."""

    grid: tuple[tuple[int, int], ...]
    xs: tuple[int, ...]
    series: tuple[Series, ...]
    target_y: int


def chart_of(lines: Sequence[KindLine], target: int) -> Chart:
    """Twelve months from left to right, the share of cash upwards."""
    highest = max([target, *(each for line in lines for each in line.months if each is not None)])
    step = next((one for one in _STEPS if highest <= one * 5), _STEPS[-1])
    top = step * -(-highest // step)
    count = max((len(line.months) for line in lines), default=2)
    xs = tuple(LEFT + place * (WIDTH - LEFT - RIGHT) // max(count - 1, 1) for place in range(count))

    def y_of(value: int) -> int:
        return HEIGHT - (HEIGHT - TOP) * value // top

    ends = [
        next((each for each in reversed(line.months) if each is not None), None) for line in lines
    ]
    heights = _apart([HEIGHT if end is None else y_of(end) for end in ends])
    series = tuple(
        Series(
            line.name, SHAPES[place % len(SHAPES)],
            tuple((x, y_of(value)) for x, value in zip(xs, line.months, strict=False)
                  if value is not None),
            ends[place], heights[place],
        )
        for place, line in enumerate(lines)
    )  # fmt: skip
    grid = tuple((y_of(value), value) for value in range(0, top + 1, step))
    return Chart(grid, xs, series, y_of(target))


def _apart(heights: Sequence[int]) -> list[int]:
    """The labels' heights, moved so that none covers another."""
    placed = list(heights)
    lowest = None
    for place in sorted(range(len(placed)), key=lambda each: placed[each]):
        if lowest is not None and placed[place] < lowest + LABEL_HEIGHT:
            placed[place] = lowest + LABEL_HEIGHT
        lowest = placed[place]
    return placed

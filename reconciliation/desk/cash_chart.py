"""A chart of cash shares as points of an SVG, in whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciliation.german import NO_BREAK_SPACE, percent
from reconciliation.reports.cash import ShareLine

LEFT, TOP = 44, 12
SHAPES = ("round", "square", "triangle", "diamond")
_STEPS = (50, 100, 200, 250, 500)  # tenths of a percent between two lines of the grid
LABEL_HEIGHT = 15


@dataclass(frozen=True, slots=True)
class Field:
    """How large it is; right: what the words behind the last point need."""

    width: int
    height: int
    right: int

    @property
    def end(self) -> int:
        """Where the lines end."""
        return self.width - self.right


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its marker, its points (x, y), the words at its end and their height."""

    shape: str
    points: tuple[tuple[int, int], ...]
    words: str
    words_y: int

    @property
    def path(self) -> str:
        """The points as `polyline` wants them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines of the grid as (y, words), columns as (x, words or nothing), the series, the height
    of the target and of its words."""

    field: Field
    grid: tuple[tuple[int, str], ...]
    columns: tuple[tuple[int, str], ...]
    series: tuple[Series, ...]
    target_y: int
    target_words_y: int


def chart_of(lines: Sequence[ShareLine], words: Sequence[str], target: int, field: Field) -> Chart:
    """Months or weeks from left to right, the share of cash upwards; words: one for each column."""
    highest = max([target, *(each for line in lines for each in line.shares if each is not None)])
    step = next((one for one in _STEPS if highest <= one * 5), _STEPS[-1])
    top = step * -(-highest // step)
    steps = max(len(words) - 1, 1)
    xs = tuple(LEFT + place * (field.end - LEFT) // steps for place in range(len(words)))

    def y_of(value: int) -> int:
        return field.height - (field.height - TOP) * value // top

    ends = [
        next((each for each in reversed(line.shares) if each is not None), None) for line in lines
    ]
    *heights, target_height = _apart([y_of(end or 0) for end in ends] + [y_of(target)])
    series = tuple(
        Series(
            SHAPES[place % len(SHAPES)],
            tuple((x, y_of(value)) for x, value in zip(xs, line.shares, strict=True)
                  if value is not None),
            "" if end is None else f"{line.name} {percent(end)}".strip(), height,
        )
        for place, (line, end, height) in enumerate(zip(lines, ends, heights, strict=True))
    )  # fmt: skip
    grid = tuple(
        (y_of(value), f"{value // 10}{NO_BREAK_SPACE}%") for value in range(0, top + 1, step)
    )
    columns = tuple(zip(xs, words, strict=True))
    return Chart(field, grid, columns, series, y_of(target), target_height)


def _apart(heights: Sequence[int]) -> list[int]:
    """The labels' heights, moved so that none covers another."""
    placed = list(heights)
    lowest = None
    for place in sorted(range(len(placed)), key=lambda each: placed[each]):
        if lowest is not None and placed[place] < lowest + LABEL_HEIGHT:
            placed[place] = lowest + LABEL_HEIGHT
        lowest = placed[place]
    return placed

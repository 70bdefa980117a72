"""A table as CSV that a German spreadsheet opens as it is: semicolons, comma, UTF-8, BOM."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet would take for a formula, and run. § OWASP: CSV injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | None


def csv_of(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a file. Cells that are numbers are cents, and become `-4,50`."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_written(cell) for cell in head])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return (BOM + file.getvalue()).encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int):
        whole, rest = divmod(abs(cell), 100)
        return f"{'-' if cell < 0 else ''}{whole},{rest:02d}"
    # An apostrophe in front is what spreadsheets themselves write before a text.
    return f"'{cell}" if cell.startswith(FORMULA) else cell

"""Our own plain CSV: `;` between columns, UTF-8, whole cents, and a last row that counts it all.

    terminal;number;closed_at;count;amount_cents;currency
    M04-1;0093;2026-11-17T18:02:11;41;61240;EUR
    total;1;;;61240;

The last row, "total", the number of rows and their sum, proves that the file arrived whole.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO

from reconciliation.sources.errors import Problem, UnreadableStatement, shown

if TYPE_CHECKING:
    from _csv import Reader

_TOTAL = "total"
_ROWS_MAX = 1_000_000
_CELL_CHARACTERS = 1_000
_DIGITS_MAX = 15


@dataclass(frozen=True, slots=True)
class PlainRow:
    """One row by the names in the header; `line` counts from 1."""

    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str:
        """What stands in the column; raises MISSING."""
        found = self.cells[name].strip()
        if not found:
            raise self.fault(Problem.MISSING, name)
        return found

    def count(self, name: str) -> int:
        """How many, up to nine digits; raises BAD_AMOUNT."""
        found = self.whole(name)
        if not 0 <= found < 10**9:
            raise self.fault(Problem.BAD_AMOUNT, name)
        return found

    def whole(self, name: str) -> int:
        """A whole number of cents with a sign where it is negative; raises BAD_AMOUNT."""
        text = self.text(name)
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > _DIGITS_MAX:
            raise self.fault(Problem.BAD_AMOUNT, name)
        return int(text)

    def day(self, name: str) -> date:
        """A day as ISO 8601; raises BAD_DATE."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise self.fault(Problem.BAD_DATE, name) from error

    def local_time(self, name: str) -> datetime:
        """City time without offset as ISO 8601; raises BAD_DATE."""
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise self.fault(Problem.BAD_DATE, name) from error
        if found.tzinfo is not None:
            raise self.fault(Problem.BAD_DATE, name)
        return found

    def currency(self, name: str) -> str:
        """Three capital letters; raises BAD_CURRENCY."""
        found = self.text(name)
        if len(found) != 3 or not (found.isascii() and found.isalpha() and found.isupper()):
            raise self.fault(Problem.BAD_CURRENCY, name)
        return found

    def fault(self, problem: Problem, name: str) -> UnreadableStatement:
        """The error for this column of this row."""
        return UnreadableStatement(
            problem, self.line, element=name, found=shown(self.cells[name].strip())
        )


def begins_with(head: bytes, header: Sequence[str]) -> bool:
    """Whether a file with these first bytes has this header."""
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
    return first == ";".join(header).encode()


def plain_rows(stream: BinaryIO, header: Sequence[str], amount: str) -> Iterator[PlainRow]:
    """The rows between the header and the total, whose last proof is the column `amount`.

    Raises UnreadableStatement: BAD_COLUMNS, TRUNCATED without a total, BAD_TOTAL where it is
    another than the rows make, ENCODING, MALFORMED, and what `PlainRow` raises.
    """
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=";", strict=True)
    try:
        yield from _until_total(reader, header, amount)
    except UnicodeDecodeError as error:
        raise UnreadableStatement(Problem.ENCODING, reader.line_num + 1, found="utf-8") from error
    except csv.Error as error:
        raise UnreadableStatement(
            Problem.MALFORMED, reader.line_num, found=shown(str(error))
        ) from error
    finally:
        text.detach()  # the stream belongs to the caller


def _until_total(reader: "Reader", header: Sequence[str], amount: str) -> Iterator[PlainRow]:
    total = 0
    next(reader)
    for count, cells in enumerate(reader):
        row = _row(cells, header, reader.line_num)
        if cells[0] == _TOTAL:
            _must_agree(row, header, (count, total), amount)
            return
        total += row.whole(amount)
        yield row
    raise UnreadableStatement(Problem.TRUNCATED, reader.line_num)


def _row(cells: list[str], header: Sequence[str], line: int) -> PlainRow:
    if len(cells) != len(header):
        # A row that was cut has too few, and so has a file that ends in the middle of one.
        found = f"{len(cells)} ≠ {len(header)}"
        raise UnreadableStatement(Problem.BAD_COLUMNS, line, found=found)
    if line > _ROWS_MAX or any(len(cell) > _CELL_CHARACTERS or "\0" in cell for cell in cells):
        raise UnreadableStatement(Problem.TEXT_TOO_LONG, line, found=f"> {_CELL_CHARACTERS}")
    return PlainRow(line, dict(zip(header, cells, strict=True)))


def _must_agree(row: PlainRow, header: Sequence[str], found: tuple[int, int], amount: str) -> None:
    told = (row.whole(header[1]), row.whole(amount))
    if told != found:
        raise UnreadableStatement(
            Problem.BAD_TOTAL, row.line, element=amount, found=f"{told} ≠ {found}"
        )

"""Read an advice row by row, in the layout it is written in."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO

from reconciliation.sources.acquirer_csv.layouts import Layout, RecordLayout
from reconciliation.sources.acquirer_csv.rows import Row, day_of, provider_line
from reconciliation.sources.errors import Problem, UnreadableStatement, shown
from reconciliation.sources.provider_lines import (
    SUMS,
    ProviderEnd,
    ProviderFile,
    ProviderLine,
    ProviderPart,
)

if TYPE_CHECKING:
    from _csv import Reader

_ROWS_MAX = 3_000_000
_CELL_CHARACTERS = 4_000


def read_advice(stream: BinaryIO, layout: Layout) -> Iterator[ProviderPart]:
    """The parts of the file, in order.

    Raises UnreadableStatement with the line: BAD_COLUMNS where a row has more or fewer columns
    than it should, BAD_TOTAL where the rows are not what their sum says, and what a row says.
    """
    seen = _Seen()
    for row in _rows(stream, layout):
        line = provider_line(row)
        if seen.count == 0:
            yield _head(row, line)
        seen.add(row, line)
        yield line
    if seen.count == 0:
        raise UnreadableStatement(Problem.NO_STATEMENT)
    yield seen.end()


@dataclass(slots=True)
class _Seen:
    """What was read so far, and the sum that has to come out."""

    count: int = 0
    net_cents: int = 0
    first_on: date | None = None
    last_on: date | None = None
    announced: ProviderLine | None = None
    announced_at: int = 0
    rows: int = 0
    gross_cents: int = 0

    def add(self, row: Row, line: ProviderLine) -> None:
        self.count += 1
        day = day_of(line)
        if day is not None:
            self.first_on = min(self.first_on or day, day)
            self.last_on = max(self.last_on or day, day)
        if line.record_type in SUMS:
            if row.layout.records:
                self.must_agree()
                self.announced, self.announced_at = line, row.line
                self.rows = self.gross_cents = 0
            return
        self.net_cents += line.net_cents
        self.rows += 1
        self.gross_cents += line.gross_cents

    def must_agree(self) -> None:
        """Raises BAD_TOTAL where the rows are not those their sum announces."""
        told = self.announced
        if told is None:
            return
        for element, announced, found in (
            ("item_count", told.item_count, self.rows),
            ("gross", told.gross_cents, self.gross_cents),
        ):
            if announced is not None and announced != found:
                raise UnreadableStatement(
                    Problem.BAD_TOTAL, self.announced_at, element=element,
                    found=f"{announced} ≠ {found}",
                )  # fmt: skip

    def end(self) -> ProviderEnd:
        self.must_agree()
        return ProviderEnd(self.count, self.net_cents, self.first_on, self.last_on)


def _head(row: Row, line: ProviderLine) -> ProviderFile:
    layout = row.layout
    code = "-".join([layout.name, *(row.required(name) for name in layout.identity)])
    version = row.text("version")
    return ProviderFile(
        "acquirer", layout.title, line.account, code,
        int(version) if version and re.fullmatch("[0-9]{1,6}", version) else None, layout.rhythm,
    )  # fmt: skip


def _rows(stream: BinaryIO, layout: Layout) -> Iterator[Row]:
    text = TextIOWrapper(stream, encoding=layout.encoding, newline="")
    reader = csv.reader(text, delimiter=layout.delimiter, strict=True)
    try:
        yield from _named(reader, layout)
    except UnicodeDecodeError as error:
        raise UnreadableStatement(
            Problem.ENCODING, reader.line_num + 1, found=layout.encoding
        ) from error
    except csv.Error as error:
        raise UnreadableStatement(
            Problem.MALFORMED, reader.line_num, found=shown(str(error))
        ) from error
    finally:
        text.detach()  # the stream belongs to the caller


def _named(reader: "Reader", layout: Layout) -> Iterator[Row]:
    header: list[str] | None = None
    above: Row | None = None
    for cells in reader:
        line = reader.line_num
        _must_be_harmless(cells, line)
        if not any(cells):
            continue
        if layout.records:
            row = _of_record(cells, layout, line, above)
            above = row if row.kind in SUMS else above
            yield row
        elif header is None:
            header = [cell.lstrip("\ufeff") for cell in cells]
        else:
            yield _of_header(cells, header, layout, line)


def _must_be_harmless(cells: list[str], line: int) -> None:
    if line > _ROWS_MAX:
        raise UnreadableStatement(Problem.TOO_MANY_ENTRIES, line, found=f"> {_ROWS_MAX}")
    if any(len(cell) > _CELL_CHARACTERS or "\x00" in cell for cell in cells):
        raise UnreadableStatement(Problem.TEXT_TOO_LONG, line, found=f"> {_CELL_CHARACTERS}")


def _of_header(cells: list[str], header: list[str], layout: Layout, line: int) -> Row:
    if len(cells) != len(header):
        raise _columns(line, len(cells), len(header))
    by_name = dict(zip(header, cells, strict=True))
    texts = {
        ours: tuple(by_name[name].strip() for name in theirs)
        for ours, theirs in layout.columns.items()
    }
    return Row(layout, line, texts)


def _of_record(cells: list[str], layout: Layout, line: int, above: Row | None) -> Row:
    record = next((one for one in layout.records if one.starts == cells[0]), None)
    if record is None:
        raise UnreadableStatement(Problem.BAD_KIND, line, found=shown(cells[0]))
    if len(cells) != len(record.fields):
        raise _columns(line, len(cells), len(record.fields))
    texts = _inherited(above, record)
    for name, cell in zip(record.fields, cells, strict=True):
        if name:
            texts[name] = (*texts.get(name, ()), cell.strip())
    return Row(layout, line, texts, record.kind)


def _inherited(above: Row | None, record: RecordLayout) -> dict[str, tuple[str, ...]]:
    """What a single row takes from the sum it belongs to."""
    if above is None or record.sums:
        return {}
    names = ("account", "batch", "settle_on", "currency")
    return {
        name: above.texts[name]
        for name in names
        if name in above.texts and name not in record.fields
    }


def _columns(line: int, found: int, wanted: int) -> UnreadableStatement:
    return UnreadableStatement(Problem.BAD_COLUMNS, line, found=f"{found} ≠ {wanted}")

"""A report as a file: CSV, XLSX and PDF of the same tables."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from jinja2 import Environment, PackageLoader, Template
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ledger.documents.pdf import pdf_of
from ledger.documents.spreadsheet import FORMULA, csv_of
from reconciliation.german import MINUS, euros, german_instant, grouped, percent
from reconciliation.reports.document import Cell, Column, Document, Table

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_FORMATS = {"euro": "#,##0.00", "number": "#,##0", "percent": "0.0"}
_WIDTHS = {"text": 32, "euro": 16, "number": 12, "percent": 14, "tick": 10, "remark": 40}
_BY_HAND = ("tick", "remark")
_BOLD = Font(bold=True)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands below a report: when it was made, whose it is. made_at: aware."""

    city: str
    made_at: datetime


def in_form(document: Document, form: str, stamp: Stamp) -> bytes:
    """The document as one of KINDS. Raises PdfMissing."""
    if form == "csv":
        return as_csv(document)
    return as_xlsx(document) if form == "xlsx" else as_pdf(document, stamp)


def as_csv(document: Document) -> bytes:
    """Every table below its title, semicolons and UTF-8 with BOM; amounts as `-4,50`."""
    rows: list[list[Cell]] = []
    for table in document.tables:
        rows += [[], [table.title], [column.name for column in table.columns]]
        rows += [_plain(table, row) for row in table.rows]
        if table.has_sums:
            rows.append(_plain(table, ("Summe", *table.sums[1:])))
    return csv_of([document.title, document.period.words], rows)


def as_xlsx(document: Document) -> bytes:
    """A sheet for each table; amounts are numbers in euros, words are never formulas."""
    book = Workbook(write_only=True)
    for place, table in enumerate(document.tables, start=1):
        _fill(book.create_sheet(f"{place} {_sheet_name(table.title)}"[:31]), table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_pdf(document: Document, stamp: Stamp, *, fonts: Mapping[int, bytes] | None = None) -> bytes:
    """A4, tagged (PDF/UA). Raises PdfMissing where WeasyPrint is not installed."""
    return pdf_of(as_html(document, stamp), sheet=_sheet(), fonts=fonts)


def as_html(document: Document, stamp: Stamp) -> str:
    """The page that becomes the PDF; `digest` names the CSV of the same tables."""
    known_at = document.period.known_at
    return _paper().render(
        document=document, stamp=stamp, shown=shown, known_at=known_at,
        digest=hashlib.sha256(as_csv(document)).hexdigest(), at=german_instant, zip=zip,
    )  # fmt: skip


def shown(column: Column, cell: Cell) -> str:
    """A cell as people read it: `1.118,40 €` without the sign of the head, `9,7 %`, `12.345`."""
    if column.kind in _BY_HAND:
        return ""
    if cell is None:
        return "\N{EN DASH}"
    if isinstance(cell, str):
        return cell
    if column.kind == "euro":
        return euros(cell)[:-2]
    if column.kind == "percent":
        return percent(cell)[:-2]
    return grouped(cell).replace("-", MINUS)


def _plain(table: Table, row: Sequence[Cell]) -> list[Cell]:
    return [_word(column, cell) for column, cell in zip(table.columns, row, strict=True)]


def _word(column: Column, cell: Cell) -> Cell:
    # csv_of writes whole numbers as cents: counts and shares go in as words.
    if not isinstance(cell, int) or column.kind == "euro":
        return cell
    if column.kind == "percent":
        return f"{_sign(cell)}{abs(cell) // 10},{abs(cell) % 10}"
    return str(cell)


def _sign(cell: int) -> str:
    return "-" if cell < 0 else ""


def _fill(sheet: WriteOnlyWorksheet, table: Table) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns):
        sheet.column_dimensions[_letter(place)].width = _WIDTHS[column.kind]
    sheet.append([_cell(sheet, column.name, "@", is_bold=True) for column in table.columns])
    for row in table.rows:
        sheet.append([_typed(sheet, c, cell) for c, cell in zip(table.columns, row, strict=True)])
    if table.has_sums:
        foot = zip(table.columns, ("Summe", *table.sums[1:]), strict=True)
        sheet.append([_typed(sheet, c, cell, is_bold=True) for c, cell in foot])


def _typed(
    sheet: WriteOnlyWorksheet, column: Column, cell: Cell, *, is_bold: bool = False
) -> WriteOnlyCell:
    if cell is None or isinstance(cell, str):
        return _cell(sheet, cell, "@", is_bold=is_bold)
    form = _FORMATS.get(column.kind, "@")
    scale = {"euro": 100, "percent": 10}.get(column.kind, 1)
    whole, rest = divmod(abs(cell), scale)
    # Written as decimal digits: what a spreadsheet stores is the number nearest to them.
    digits = f"{_sign(cell)}{whole}" + (f".{rest:0{len(str(scale)) - 1}d}" if scale > 1 else "")
    found = _cell(sheet, digits, form, is_bold=is_bold)
    found.data_type = "n"
    return found


def _cell(
    sheet: WriteOnlyWorksheet, value: str | None, form: str, *, is_bold: bool
) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    if value is not None and value.startswith(FORMULA):
        cell.data_type = "s"  # a text whatever it begins with
    cell.number_format = form
    if is_bold:
        cell.font = _BOLD
    return cell


def _sheet_name(title: str) -> str:
    return "".join("-" if sign in r"[]:*?/\=" else sign for sign in title)


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _sheet() -> str:
    return resources.files(__package__).joinpath("templates/paper.css").read_text("utf-8")


def _paper() -> Template:
    folder = PackageLoader("reconciliation.reports")
    return Environment(loader=folder, autoescape=True).get_template("paper.html")

"""Blocks as ESC/POS commands: 80 mm paper, 48 columns, umlauts and € in code page 858."""

import textwrap
import unicodedata
from collections.abc import Iterator

from escpos.escpos import QR_ECLEVEL_M
from escpos.printer import Dummy

from terminals.printing.content import (
    Block,
    Code,
    Heading,
    Notice,
    Pair,
    Rule,
    Slip,
    Table,
    Text,
    content,
)
from terminals.printing.receipt import Receipt

COLUMNS = 48
LABEL_WIDTH = 8  # of a table's first column
QR_DOT = 5  # of at most 16: a receipt's address then fills a third of the paper
NO_KANJI = b"\x1c."  # printers sold in Asia read two letters above 127 as one sign until told

_PLAIN = str.maketrans({
    "\u00a0": " ", "\u202f": " ", "\u2212": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-",
    "\u00ad": "", "\u2026": "...", "\u2022": "*", "\u201e": '"', "\u201c": '"', "\u201d": '"',
    "\u201a": "'", "\u2018": "'", "\u2019": "'",
})  # fmt: skip


def commands(receipt: Receipt, *, columns: int = COLUMNS) -> bytes:
    """Everything a printer needs for this receipt, from reset to cut."""
    printer = Dummy()
    printer.hw("INIT")
    printer._raw(NO_KANJI)
    printer.charcode("CP858")
    for block in content(receipt):
        _draw(printer, block, columns)
    printer.cut()
    return bytes(printer.output)


def drawer_pulse() -> bytes:
    """What opens the cash drawer on the printer's first connector."""
    printer = Dummy()
    printer.cashdraw(2)
    return bytes(printer.output)


def printable(text: str) -> str:
    """The same in code page 858: its nearest letters for what the page does not have."""
    plain = text.translate(_PLAIN)
    return "".join(letter for sign in plain for letter in _nearest(sign))


def _nearest(sign: str) -> str:
    if _fits(sign):
        return sign
    letters = "".join(each for each in unicodedata.normalize("NFKD", sign) if _fits(each))
    return letters or "?"


def _fits(sign: str) -> bool:
    return sign.isprintable() and bool(sign.encode("cp858", "ignore"))


def _draw(printer: Dummy, block: Block, columns: int) -> None:
    match block:
        case Heading(text):
            printer.set(align="center", bold=True, double_width=True, double_height=True)
            _say(printer, _wrapped(text, columns // 2))
        case Notice(text):
            printer.set(align="center", bold=True, double_height=True)
            _say(printer, ["", *_wrapped(text, columns), ""])
        case Text(text, is_centred, is_bold):
            printer.set(align="center" if is_centred else "left", bold=is_bold)
            _say(printer, _wrapped(text, columns))
        case Pair(left, right, size):
            printer.set(bold=size == "big", double_height=size == "big")
            _say(printer, _pair(left, right, columns))
        case Table(head, rows):
            _say(printer, [_row(cells, columns) for cells in (head, *rows)])
        case Slip(lines):
            _say(printer, [part for line in lines for part in _cut(line, columns)])
        case Code(text, caption):
            printer.set(align="center")
            printer.ln()
            printer.qr(text, ec=QR_ECLEVEL_M, size=QR_DOT, native=True)
            _say(printer, _wrapped(caption, columns))
        case Rule():
            _say(printer, ["-" * columns])
    printer.set(align="left", bold=False, normal_textsize=True)


def _say(printer: Dummy, lines: list[str]) -> None:
    for line in lines:
        printer.textln(printable(line))


def _wrapped(text: str, columns: int) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    plain = printable(text)
    return textwrap.wrap(plain, columns, subsequent_indent=indent) or [""]


def _pair(left: str, right: str, columns: int) -> list[str]:
    """Left and right on one line; a left that is too long goes on above."""
    right = printable(right)
    room = columns - len(right) - 1
    if room < columns // 4:  # both are long: each has lines of its own
        return [
            *_wrapped(left, columns),
            *(line.rjust(columns) for line in _wrapped(right, columns)),
        ]
    *above, last = _wrapped(left, room)
    return [*above, f"{last}{right.rjust(columns - len(last))}"]


def _row(cells: tuple[str, ...], columns: int) -> str:
    first, *others = (printable(cell) for cell in cells)
    width = (columns - LABEL_WIDTH) // len(others)
    right = "".join(f" {cell.rjust(width - 1)}" for cell in others)
    return first.ljust(columns - len(right)) + right


def _cut(line: str, columns: int) -> Iterator[str]:
    plain = printable(line)
    for start in range(0, max(len(plain), 1), columns):
        yield plain[start : start + columns]

"""From physical lines to the tagged fields of each statement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from reconciliation.sources.errors import Problem, UnreadableStatement, shown

FILE_BYTES = 64 * 2**20
_LINE_CHARACTERS = 4_000
_FIELD_CHARACTERS = 20_000
_TAG = re.compile(r":([0-9]{2}[A-Z]?):")
_SWIFT_BLOCKS = re.compile(r"^\s*(?:\{[^{}]*\}|\{4:)+")
_ENDS = ("-", "-}")


@dataclass(slots=True)
class Field:
    """One tag with its lines as they stand; `line` counts from 1."""

    tag: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines joined without a blank, as they were before the bank cut them."""
        return "".join(self.lines)

    def fault(self, problem: Problem, found: str) -> UnreadableStatement:
        """The error for what stands in this field."""
        return UnreadableStatement(
            problem, self.line, element=f":{self.tag}:", found=shown(found.strip())
        )


def read_blocks(stream: BinaryIO) -> Iterator[list[Field]]:
    """The fields of each statement, which ends with a line "-".

    Raises UnreadableStatement: TOO_LARGE, TEXT_TOO_LONG, MALFORMED for text before the first tag
    and TRUNCATED for a file that ends within a statement.
    """
    fields: list[Field] = []
    number = 0
    for number, raw in enumerate(_lines(stream), start=1):
        line = _SWIFT_BLOCKS.sub("", raw)
        if line.strip() in _ENDS:
            if fields:
                yield fields
            fields = []
        elif tag := _TAG.match(line):
            fields.append(Field(tag.group(1), number, [line[tag.end() :]]))
        elif line.strip():
            _continue(fields, line, number)
    if fields:
        raise UnreadableStatement(Problem.TRUNCATED, number)


def _continue(fields: list[Field], line: str, number: int) -> None:
    if not fields:
        raise UnreadableStatement(Problem.MALFORMED, number, found=shown(line))
    fields[-1].lines.append(line)
    if len(fields[-1].text) > _FIELD_CHARACTERS:
        raise UnreadableStatement(Problem.TEXT_TOO_LONG, number, found=f"> {_FIELD_CHARACTERS}")


def _lines(stream: BinaryIO) -> Iterator[str]:
    content = stream.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise UnreadableStatement(Problem.TOO_LARGE, found=f"> {FILE_BYTES}")
    if b"\x00" in content:
        raise UnreadableStatement(Problem.ENCODING, found="NUL")
    for number, line in enumerate(_decoded(content).split("\n"), start=1):
        if len(line) > _LINE_CHARACTERS:
            raise UnreadableStatement(Problem.TEXT_TOO_LONG, number, found=f"> {_LINE_CHARACTERS}")
        yield line.removesuffix("\r").lstrip("\x01")


def _decoded(content: bytes) -> str:
    """UTF-8 where it is; older files are in the code page of Windows, which reads any byte."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")

"""What can be wrong with a file that claims to be a statement or a provider's advice.

    SourceError
    ├── UnknownFormat          no source recognises the file
    ├── AmbiguousFormat        more than one does: a fault in our sources
    └── UnreadableStatement    a source recognises it and cannot read it; `problem` says why

The classes carry data; the sentence for a person is made where the person is.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

SHOWN_CHARACTERS = 60


class Problem(StrEnum):
    """Why a statement cannot be read; stable names."""

    EMPTY = "empty"
    ENCODING = "encoding"
    DOCTYPE = "doctype"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    WRONG_MESSAGE = "wrong_message"
    NO_STATEMENT = "no_statement"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_ENTRIES = "too_many_entries"
    TEXT_TOO_LONG = "text_too_long"
    MISPLACED = "misplaced"
    MISSING = "missing"
    BAD_AMOUNT = "bad_amount"
    BAD_CURRENCY = "bad_currency"
    BAD_DATE = "bad_date"
    BAD_INDICATOR = "bad_indicator"
    BAD_COLUMNS = "bad_columns"
    BAD_KIND = "bad_kind"
    BAD_TOTAL = "bad_total"


class SourceError(Exception):
    """Anything that keeps a statement file from being read."""

    code: ClassVar[str] = "source_error"


@dataclass(eq=False)
class UnknownFormat(SourceError):
    """No source recognises the file. begins_with: its first characters, printable."""

    code: ClassVar[str] = "unknown_format"
    begins_with: str

    def __str__(self) -> str:
        return f"no source recognises a file that begins with {self.begins_with!r}"


@dataclass(eq=False)
class AmbiguousFormat(SourceError):
    """Several sources claim the file. sources: their names."""

    code: ClassVar[str] = "ambiguous_format"
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"the file is claimed by {' and '.join(self.sources)}"


@dataclass(eq=False)
class UnreadableStatement(SourceError):
    """The file cannot be read, from here on or at all; nothing read before counts.

    line, column: where in the file, counted from 1.
    entry: which entry of its statement, counted from 1; files often are one single line.
    element: the name the format gives the place ("Amt").
    found: what stands there, printable and cut short, or the limit that was passed.
    """

    code: ClassVar[str] = "unreadable_statement"
    problem: Problem
    line: int | None = None
    column: int | None = None
    entry: int | None = None
    element: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        places = (("line", self.line), ("column", self.column), ("entry", self.entry))
        where = ", ".join(f"{name} {number}" for name, number in places if number is not None)
        what = " ".join(part for part in (self.element, self.found and repr(self.found)) if part)
        return ": ".join(part for part in (self.problem.value, where, what) if part)


def shown(text: str) -> str:
    """The text as it may be shown: printable characters, cut after 60."""
    cut = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(character if character.isprintable() else "·" for character in cut)

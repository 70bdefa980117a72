"""The XML parser behind the reader: turns a stream into records, within limits.

Expat expands nothing and loads nothing here: a document type declaration, the door to entity
bombs and foreign files, is refused at its first byte, in whatever encoding it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from reconciliation.sources.camt.shapes import DOCUMENT, ENTRY, Place, Shape, places
from reconciliation.sources.errors import Problem, UnreadableStatement, shown

_CHUNK_BYTES = 65_536
_LONG = 100  # characters; most texts have fewer and take the short way
_ENCODING_FAULTS = frozenset({18, 19})  # XML_ERROR_UNKNOWN_ENCODING, …_INCORRECT_ENCODING


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold; generous for a bank, small for a server.

    entry_bytes: from the end of one entry to the end of the next; bounds the memory in use.
    details: payments in one entry, balances in one statement.
    ignored_depth: of elements nobody asks for; the others are only as deep as their shape.
    """

    file_bytes: int = 512 * 2**20
    entry_bytes: int = 32 * 2**20
    entries: int = 1_000_000
    details: int = 100_000
    ignored_depth: int = 64
    text_characters: int = 10_000


USUAL = Limits()


class Record:
    """One element of interest as it was read.

    values: path -> text without blanks around it, never empty; "Amt@Ccy" beside "Amt".
    lists: path -> texts as they stand.
    inner: the records within, by shape name. A statement does not keep its entries: it is
        the entry that knows its `statement`, as far as that has been read.
    before_entries: of a statement, its copy from the end of its first entry.
    """

    __slots__ = ("before_entries", "inner", "line", "lists", "shape", "statement", "values")

    def __init__(self, shape: Shape, line: int) -> None:
        self.shape = shape
        self.line = line
        self.statement: Record | None = None
        self.before_entries: Record | None = None
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.inner: dict[str, list[Record]] = {}

    def copy(self) -> "Record":
        """The record as it is now; its inner records, which have ended, are shared."""
        copy = Record(self.shape, self.line)
        copy.values = dict(self.values)
        copy.inner = {name: list(records) for name, records in self.inner.items()}
        return copy


@dataclass(frozen=True, slots=True)
class Root:
    """The root element: local name, namespace ("" for none) and its line."""

    name: str
    namespace: str
    line: int


def read_records(
    first: bytes, stream: BinaryIO, namespace: str, limits: Limits
) -> Iterator[Record]:
    """Every entry and every statement, each when its element ends.

    `first` are bytes already read. Raises UnreadableStatement.
    """
    building = _Building(namespace, limits)
    chunk, file_bytes, held_bytes = first, 0, 0
    while chunk:
        file_bytes += len(chunk)
        held_bytes += len(chunk)
        if file_bytes > limits.file_bytes:
            raise building.fault(Problem.TOO_LARGE, f"> {limits.file_bytes}")
        if held_bytes > limits.entry_bytes:
            raise building.fault(Problem.TOO_LARGE, f"> {limits.entry_bytes}")
        if ended := building.feed(chunk):
            held_bytes = 0
            yield from ended
        chunk = stream.read(_CHUNK_BYTES)
    building.close()


def root_of(head: bytes) -> Root:
    """The root element of the document that begins with these bytes.

    Raises UnreadableStatement: EMPTY, ENCODING, DOCTYPE, MALFORMED or TRUNCATED.
    """
    if not head.strip():
        raise UnreadableStatement(Problem.EMPTY)
    found: list[Root] = []

    def start(name: str, _: dict[str, str]) -> None:
        if not found:
            namespace, _separator, local = name.rpartition(" ")
            found.append(Root(local, namespace, parser.CurrentLineNumber))

    parser = _parser()
    parser.StartElementHandler = start
    try:
        parser.Parse(head)
    except expat.ExpatError as error:
        if not found:
            raise _fault(error, Problem.MALFORMED) from error
    except UnreadableStatement:
        if not found:
            raise
    except (LookupError, ValueError) as error:
        # What pyexpat raises for an encoding Python does not know or expat cannot use.
        raise UnreadableStatement(Problem.ENCODING, line=1, found=shown(str(error))) from error
    if not found:
        raise UnreadableStatement(Problem.TRUNCATED, parser.CurrentLineNumber)
    return found[0]


class _Building:
    """The records that are open, those that have ended, and the parser that makes them."""

    def __init__(self, namespace: str, limits: Limits) -> None:
        self._limits = limits
        self._open = [Record(DOCUMENT, 1)]
        self._ended: list[Record] = []
        self._parser = _parser()
        self._wire(places(namespace))

    def feed(self, chunk: bytes) -> list[Record]:
        """The entries and statements that ended within the chunk."""
        try:
            self._parser.Parse(chunk)
        except expat.ExpatError as error:
            raise _fault(error, Problem.MALFORMED) from error
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        """Raises TRUNCATED if the document has not ended."""
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _fault(error, Problem.TRUNCATED) from error

    def fault(self, problem: Problem, found: str) -> UnreadableStatement:
        """The error for where the parser is."""
        parser = self._parser
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        return UnreadableStatement(problem, line, column, found=found)

    def _wire(self, place: Place) -> None:
        # The handlers run eight million times for 100,000 entries: hence closures over plain
        # names; whatever is rare has a method of its own.
        ignored, texts, values = 0, list[str](), self._open[-1].values

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal place, ignored, values
            below = None if ignored else place.below.get(name)
            if below is None:
                ignored += 1
                self._must_not_be_deep(ignored)
                return
            place = below
            if texts:
                texts.clear()
            if place.shape is not None:
                values = self._begin(place.shape)
            elif attributes and place.currency_path is not None:
                values.setdefault(place.currency_path, attributes.get("Ccy", ""))

        def end(_: str) -> None:
            nonlocal place, ignored, values
            if ignored:
                ignored -= 1
                return
            if texts:
                path, text = place.path, "".join(texts)
                texts.clear()
                if path is None or place.is_list or len(text) > _LONG or path in values:
                    self._keep_or_refuse(place, text)
                elif stripped := text.strip():
                    values[path] = stripped
            if place.shape is not None:
                values = self._end()
            place = place.above

        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.CharacterDataHandler = texts.append

    def _keep_or_refuse(self, place: Place, text: str) -> None:
        """Texts that are not simply the first of their path and short."""
        if place.path is None or not (stripped := text.strip()):
            return
        if len(text) > self._limits.text_characters:
            raise self.fault(Problem.TEXT_TOO_LONG, f"> {self._limits.text_characters}")
        if place.is_list:
            self._open[-1].lists.setdefault(place.path, []).append(text)
        else:
            self._open[-1].values.setdefault(place.path, stripped)

    def _begin(self, shape: Shape) -> dict[str, str]:
        """Open a record; returns its values."""
        self._open.append(Record(shape, self._parser.CurrentLineNumber))
        return self._open[-1].values

    def _end(self) -> dict[str, str]:
        """End the innermost record; returns the values of the one around it."""
        record = self._open.pop()
        above = self._open[-1]
        if record.shape is ENTRY:
            record.statement = above
            if above.before_entries is None:
                above.before_entries = above.copy()
            self._ended.append(record)
        elif above.shape is DOCUMENT:
            self._ended.append(record)
        else:
            siblings = above.inner.setdefault(record.shape.name, [])
            siblings.append(record)
            if len(siblings) > self._limits.details:
                raise self.fault(Problem.TOO_MANY_ENTRIES, f"> {self._limits.details} in one")
        return above.values

    def _must_not_be_deep(self, ignored_depth: int) -> None:
        if ignored_depth > self._limits.ignored_depth:
            raise self.fault(Problem.TOO_DEEP, f"> {self._limits.ignored_depth}")


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(name: str, *_: object) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise UnreadableStatement(Problem.DOCTYPE, line, column, found=shown(name))

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _fault(error: expat.ExpatError, problem: Problem) -> UnreadableStatement:
    if error.code in _ENCODING_FAULTS:
        problem = Problem.ENCODING
    found = shown(expat.ErrorString(error.code) or "")
    return UnreadableStatement(problem, error.lineno, error.offset + 1, found=found)

"""Sources: one folder per kind of statement file, found by `load()`, read by one function.

A source translates a file into parts and knows nothing else: no database, no routes, no other
source. What it yields is either the statements of a bank, as here, or the lines of a provider
(`ProviderSource`, see `provider_lines`). A new one is a folder beside `camt` whose `__init__.py`
has a `SOURCE`; a folder without one asks somebody else's API and is no file.

    class SparbuchSource:
        name = "sparbuch"

        def recognises(self, head: bytes) -> bool:
            return head.startswith(b"SPARBUCH;")

        def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
            yield StatementHead("sparbuch.1", account_iban="DE02120300000000202051")
            yield StatementEntry(ordinal=1, amount_cents=1250, currency="EUR")
            yield StatementEnd(entry_count=1, movement_cents=1250)

    SOURCE = SparbuchSource()

and a folder `samples/` with files and, beside each, `NAME.expected.json`: what it says.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from reconciliation.sources.errors import (
    AmbiguousFormat,
    Problem,
    SourceError,
    UnknownFormat,
    UnreadableStatement,
    shown,
)
from reconciliation.sources.provider_lines import (
    ProviderEnd,
    ProviderFile,
    ProviderLine,
    ProviderPart,
    RecordType,
)
from reconciliation.sources.statements import (
    EntryDetail,
    Kind,
    Statement,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
    unexplained_cents,
    whole_statements,
)

HEAD_BYTES = 16_384


@runtime_checkable
class Source(Protocol):
    """One kind of bank statement."""

    name: str

    def recognises(self, head: bytes) -> bool:
        """Whether a file with these first bytes (up to 16 KiB) is for this source to read."""
        ...

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        """The parts of the file in order, read as they are asked for.

        Raises UnreadableStatement at any point; what came before does not count then.
        """
        ...


@runtime_checkable
class ProviderSource(Protocol):
    """One kind of file in which a provider says what it took, kept and paid out."""

    name: str

    def recognises(self, head: bytes) -> bool:
        """Whether a file with these first bytes (up to 16 KiB) is for this source to read."""
        ...

    def read_provider(self, stream: BinaryIO) -> Iterator[ProviderPart]:
        """The parts of the file in order, read as they are asked for.

        Raises UnreadableStatement at any point; what came before does not count then.
        """
        ...


AnySource = Source | ProviderSource
AnyPart = StatementPart | ProviderPart


@cache
def load() -> tuple[AnySource, ...]:
    """Every source of files: the `SOURCE` of each folder here that has one, by name."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    modules = (importlib.import_module(f"{__name__}.{name}") for name in folders)
    return tuple(module.SOURCE for module in modules if hasattr(module, "SOURCE"))


def read_statements(file: Path | BinaryIO) -> Iterator[StatementPart]:
    """The parts of every statement in the file, read by the one source that recognises it.

    As `read_file`, for callers that want nothing but statements: UnknownFormat for others.
    """
    with _opened(file) as stream:
        source = source_of(stream)
        if not isinstance(source, Source):
            raise UnknownFormat(source.name)
        yield from source.read(stream)


def read_file(file: Path | BinaryIO) -> Iterator[AnyPart]:
    """The parts of whatever is in the file, of a bank or of a provider.

    `file`: a path, or a binary stream that can seek. Nothing counts before the iterator ends:
    the last line of a file may prove that it was cut or forged, so import in one transaction.
    Raises UnknownFormat, AmbiguousFormat, UnreadableStatement; OSError if it cannot be opened.
    """
    with _opened(file) as stream:
        source = source_of(stream)
        yield from (
            source.read(stream) if isinstance(source, Source) else source.read_provider(stream)
        )


def source_of(stream: BinaryIO) -> AnySource:
    """The one source that recognises what the stream holds from here on; it is not moved.

    Raises UnknownFormat, AmbiguousFormat, UnreadableStatement.
    """
    start = stream.tell()
    head = stream.read(HEAD_BYTES)
    stream.seek(start)
    if not head.strip():
        raise UnreadableStatement(Problem.EMPTY)
    matching = [source for source in load() if source.recognises(head)]
    if not matching:
        raise UnknownFormat(shown(head[:200].decode("utf-8", "replace").strip()))
    if len(matching) > 1:
        raise AmbiguousFormat(tuple(source.name for source in matching))
    return matching[0]


def _opened(file: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return file.open("rb") if isinstance(file, Path) else nullcontext(file)


__all__ = [
    "HEAD_BYTES",
    "AmbiguousFormat",
    "AnyPart",
    "AnySource",
    "EntryDetail",
    "Kind",
    "Problem",
    "ProviderEnd",
    "ProviderFile",
    "ProviderLine",
    "ProviderPart",
    "ProviderSource",
    "RecordType",
    "Source",
    "SourceError",
    "Statement",
    "StatementEnd",
    "StatementEntry",
    "StatementHead",
    "StatementPart",
    "UnknownFormat",
    "UnreadableStatement",
    "load",
    "read_file",
    "read_statements",
    "source_of",
    "unexplained_cents",
    "whole_statements",
]

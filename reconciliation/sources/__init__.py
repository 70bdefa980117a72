"""Sources: one folder per kind of statement file, found by `load()`, read by one function.

A source translates a file into parts and knows nothing else: no database, no routes, no other
source. A new one is a folder beside `camt` whose `__init__.py` has a `SOURCE`:

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
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol

from reconciliation.sources.errors import (
    AmbiguousFormat,
    Problem,
    SourceError,
    UnknownFormat,
    UnreadableStatement,
    shown,
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


class Source(Protocol):
    """One kind of statement file."""

    name: str

    def recognises(self, head: bytes) -> bool:
        """Whether a file with these first bytes (up to 16 KiB) is for this source to read."""
        ...

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        """The parts of the file in order, read as they are asked for.

        Raises UnreadableStatement at any point; what came before does not count then.
        """
        ...


@cache
def load() -> tuple[Source, ...]:
    """Every source: the `SOURCE` of each folder here, by name."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(importlib.import_module(f"{__name__}.{name}").SOURCE for name in folders)


def read_statements(file: Path | BinaryIO) -> Iterator[StatementPart]:
    """The parts of every statement in the file, read by the one source that recognises it.

    `file`: a path, or a binary stream that can seek. Nothing counts before the iterator ends:
    the last line of a file may prove that it was cut or forged, so import in one transaction.
    Raises UnknownFormat, AmbiguousFormat, UnreadableStatement; OSError if it cannot be opened.
    """
    with file.open("rb") if isinstance(file, Path) else nullcontext(file) as stream:
        start = stream.tell()
        source = _source_for(stream.read(HEAD_BYTES))
        stream.seek(start)
        yield from source.read(stream)


def _source_for(head: bytes) -> Source:
    if not head.strip():
        raise UnreadableStatement(Problem.EMPTY)
    matching = [source for source in load() if source.recognises(head)]
    if not matching:
        raise UnknownFormat(shown(head[:200].decode("utf-8", "replace").strip()))
    if len(matching) > 1:
        raise AmbiguousFormat(tuple(source.name for source in matching))
    return matching[0]


__all__ = [
    "HEAD_BYTES",
    "AmbiguousFormat",
    "EntryDetail",
    "Kind",
    "Problem",
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
    "read_statements",
    "unexplained_cents",
    "whole_statements",
]

"""Exports: the journal in formats that other programs read, one folder for each.

A folder's `__init__.py` has an `EXPORT` with a name, a title for people and a `layout`: it takes
the city's settings for this format (the file of that name in `exports/` of the city; empty where
there is none) and returns how a file is written.

    def layout(settings: Settings) -> Layout:
        return Layout(write, ".journal")

    def write(books: Books, stream: TextIO) -> None:
        for entry in books.entries:
            stream.write(f"{entry.booked_on} {entry.event}\n")

    EXPORT = Export("ledger_cli", "ledger", layout)

`load()` finds it; nothing else is to be registered. The same books must always give the same
bytes: whatever depends on the moment or on chance comes from `books`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TextIO

from reconciliation.exports.books import (
    WHOLE,
    Books,
    Excerpt,
    ExportedEntry,
    ExportedTransfer,
    account_name,
    books_of,
    units,
)

Settings = Mapping[str, Any]

__all__ = [
    "WHOLE", "Books", "Excerpt", "Export", "ExportedEntry", "ExportedTransfer", "Layout",
    "Settings", "account_name", "books_of", "load", "units",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file of a format is written.

    by_month: a file holds days of one calendar month. room: the most transfers a file may hold.
    prefix, suffix: of the file's name.
    """

    write: Callable[[Books, TextIO], None]
    suffix: str
    encoding: str = "utf-8"
    by_month: bool = False
    room: int | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """One format. layout: raises SettingsWrong where the city's settings for it do not do."""

    name: str
    title: str
    layout: Callable[[Settings], Layout]


@cache
def load() -> Mapping[str, Export]:
    """Every format of the journal: the `EXPORT` of each folder here that has one, by name."""
    folders = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    modules = (importlib.import_module(f"{__name__}.{name}") for name in folders)
    exports = (module.EXPORT for module in modules if hasattr(module, "EXPORT"))
    return {export.name: export for export in exports}

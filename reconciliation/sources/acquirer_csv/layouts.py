"""What a layout file says, and whether a file is written that way.

    title      who writes it, for people
    delimiter, encoding
    decimal    "." or ","; "" for whole cents. thousands: a separator to leave out
    times      formats (strptime) of dates and times, tried in order
    rhythm     when the next file is due: "bank_days", "days" or "none"
    identity   which of our fields make the code of the file, from its first row
    sign       "signed": as written. "by_kind": unsigned, refunds and chargebacks go out.
               "debit_credit": two columns, of which one is filled
    [columns]  our field = the acquirer's column; a list is joined (ids) or added up (fee)
    [kinds]    the acquirer's word = our record type; a word that is not here becomes "other"
    [[record]] for files without a header: `starts` in the first column, `columns` by position,
               `kind` of all rows of this record. `sums = true`: item_count and gross of the rows
               that follow; those take from it what they lack

Our fields are those of `ProviderLine`, with `gross`, `fee`, `net` for cents, `debit`, `credit`,
`net_debit`, `net_credit` for pairs of columns, `at` for the time, and `kind`.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reconciliation.sources.provider_lines import RecordType

_FOLDER = Path(__file__).parent / "layouts"


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """Rows that begin with `starts`. fields: ours by position, "" for a column nobody asks for."""

    starts: str
    fields: tuple[str, ...]
    kind: RecordType | None
    sums: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """One acquirer's way to write; see the module for the keys."""

    name: str
    title: str
    delimiter: str
    encoding: str
    decimal: str
    thousands: str
    times: tuple[str, ...]
    rhythm: str
    identity: tuple[str, ...]
    sign: str
    currency: str | None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, RecordType] = field(default_factory=dict)
    records: tuple[RecordLayout, ...] = ()


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout, by name. Raises KeyError or ValueError for a file that is none."""
    files = sorted(_FOLDER.glob("*.toml"))
    return tuple(read_layout(file.stem, tomllib.loads(file.read_text("utf-8"))) for file in files)


def read_layout(name: str, told: Mapping[str, Any]) -> Layout:
    """A layout from its file's content."""
    if told["sign"] not in ("signed", "by_kind", "debit_credit"):
        raise ValueError(f"{name}: sign is {told['sign']!r}")
    columns = {
        ours: tuple([theirs] if isinstance(theirs, str) else theirs)
        for ours, theirs in told.get("columns", {}).items()
    }
    kinds = {word: RecordType(kind) for word, kind in told.get("kinds", {}).items()}
    return Layout(
        name=name, title=told["title"], delimiter=told["delimiter"], encoding=told["encoding"],
        decimal=told["decimal"], thousands=told.get("thousands", ""), times=tuple(told["times"]),
        rhythm=told["rhythm"], identity=tuple(told["identity"]), sign=told["sign"],
        currency=told.get("currency"), columns=columns, kinds=kinds,
        records=tuple(_record(record) for record in told.get("record", ())),
    )  # fmt: skip


def _record(told: Mapping[str, Any]) -> RecordLayout:
    kind = told.get("kind")
    return RecordLayout(
        told["starts"], tuple(told["columns"]), RecordType(kind) if kind else None,
        told.get("sums", False),
    )  # fmt: skip


def recognised(layout: Layout, head: bytes) -> bool:
    """Whether a file with these first bytes is written in this layout."""
    lines = head.decode(layout.encoding, "replace").lstrip("\ufeff").splitlines()
    if not lines or "\x00" in lines[0]:
        return False
    row = next(csv.reader([lines[0]], delimiter=layout.delimiter), [])
    if layout.records:
        first = layout.records[0]
        return len(row) == len(first.fields) and row[0] == first.starts
    return {name for names in layout.columns.values() for name in names} <= set(row)

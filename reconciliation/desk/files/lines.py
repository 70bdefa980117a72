"""What the page of files shows of a delivery: texts and figures, ready to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reconciliation.desk.files.matrix import Matrix
from reconciliation.inbox import Change, Delivered, Diff, State
from reconciliation.inbox.preview import Preview
from reconciliation.inbox.queries import Listed
from reconciliation.inbox.words import gigabytes, outcome_words

SOURCES = {
    "camt": "Kontoauszug (camt)", "mt940": "Kontoauszug (MT940)", "cash": "Safebag-Liste",
    "acquirer_csv": "Kartenabrechnung", "terminal_totals": "Kassenschnitte", "archive": "ZIP",
}  # fmt: skip
STATES = {
    "taken": "da", "corrected": "korrigiert", "known": "doppelt", "outdated": "ältere Fassung",
    "kept": "aufbewahrt", "held": "angehalten", "refused": "abgelehnt",
}  # fmt: skip
SHAPES = {
    "taken": "closed", "corrected": "suggestion", "known": "open", "outdated": "open",
    "kept": "closed", "held": "break", "refused": "break",
}  # fmt: skip
WAYS = {"inbox": "Ordner", "upload": "hochgeladen", "command": "Befehl"}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One statement or provider's file in a delivery."""

    identity: str
    version: int
    account: str
    first: date | None
    last: date | None
    opening_cents: int | None
    closing_cents: int | None
    lines: int
    folded: int
    changed: int
    new: int
    gone: int


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One row of the table, and the head of its page. shape, state: of the desk's states."""

    id: int
    arrived_at: datetime
    source: str
    name: str
    way: str
    brought_by: str
    said: str
    shape: str
    state: str
    sha256: str
    size: str
    has_file: bool
    identity: str
    parts: tuple[PartLine, ...]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What one file of an upload is and would do."""

    name: str
    said: str
    shape: str
    source: str = ""
    parts: tuple[PartLine, ...] = ()
    changes: tuple[Change, ...] = ()
    if_right: str = ""


def line_of(one: Listed) -> DeliveryLine:
    """A delivery as it is listed."""
    parts = tuple(
        PartLine(
            part.identity, part.version, part.account or "–", part.period_from, part.period_to,
            part.opening_cents, part.closing_cents, part.line_count, part.folded_count,
            part.changed_count, part.new_count, part.gone_count,
        )
        for part in one.parts
    )  # fmt: skip
    diff = Diff(*(sum(getattr(part, name) for part in parts) for name in _COUNTS))
    version = max((part.version for part in parts), default=1)
    is_done = one.state == "held" and not one.is_open
    return DeliveryLine(
        one.id, one.arrived_at, SOURCES.get(one.source or "", "unbekannt"), one.name,
        WAYS[one.way], one.brought_by,
        outcome_words(one.state, one.code, one.data, diff, version),
        "closed" if is_done else SHAPES[one.state],
        "übernommen" if is_done else STATES[one.state],
        one.sha256.hex(), gigabytes(one.size_bytes), one.file_id is not None,
        parts[0].identity if parts else str(one.data.get("identity", "–")), parts,
    )  # fmt: skip


_COUNTS = ("changed", "new", "gone")


def preview_lines(seen: Preview) -> list[PreviewLine]:
    """Each file of an upload; where it would be held, also what a correction would change."""
    corrections: Sequence[Delivered | None] = seen.as_correction or [None] * len(seen.found)
    return [
        _preview_line(found, right) for found, right in zip(seen.found, corrections, strict=True)
    ]


def _preview_line(found: Delivered, right: Delivered | None) -> PreviewLine:
    shown = right if right is not None and found.state is State.HELD else found
    changes = tuple(change for part in shown.parts for change in part.diff.changes)
    parts = tuple(
        PartLine(
            part.identity, part.version, part.account or "–", part.period_from, part.period_to,
            part.opening_cents, part.closing_cents, part.line_count, part.folded,
            part.diff.changed, part.diff.new, part.diff.gone,
        )
        for part in shown.parts
    )  # fmt: skip
    return PreviewLine(
        found.name, _said(found), SHAPES[found.state], SOURCES.get(shown.source or "", ""), parts,
        changes, _said(right) if right is not None and found.state is State.HELD else "",
    )  # fmt: skip


def _said(found: Delivered) -> str:
    diffs = [part.diff for part in found.parts]
    diff = Diff(*(sum(getattr(one, name) for one in diffs) for name in _COUNTS))
    version = max((part.version for part in found.parts), default=1)
    return outcome_words(found.state, found.code, found.data or {}, diff, version)


def answer(grid: Matrix, held: int) -> tuple[str, str]:
    """The headline, and its shape."""
    missing = len(grid.missing)
    if not missing and not held:
        return "Alles da. Kein Auszug und keine Datei fehlt.", "closed"
    said = []
    if missing:
        said.append("1 Auszug oder Datei fehlt" if missing == 1 else f"{missing} Auszüge oder"
                    " Dateien fehlen")  # fmt: skip
    if held:
        said.append("1 Datei ist angehalten" if held == 1 else f"{held} Dateien sind angehalten")
    return ", ".join(said) + ".", "difference"

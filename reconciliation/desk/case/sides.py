"""Three views of one case: what the books expect, the provider confirms and the bank says, field
by field, with the characters that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.casework.cases import Case
from reconciliation.desk.case.comparing import Cells, differing
from reconciliation.desk.case.looks import FIELDS, REFERENCES, Looks
from reconciliation.german import euros

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a field. cells: its characters and whether each differs, for references;
    absent: why there is nothing."""

    words: str = ""
    cells: Cells = ()
    absent: str = ""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field across the three sides. verdict: equal, differs or none (nothing to compare)."""

    name: str
    ledger: Cell
    provider: Cell
    bank: Cell
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class Sides:
    """The fields, and the rows of each side as they are. expected_cents and so on: their sums,
    None where a side has no row. others_cents, batch_cents: the rest of the provider's batch and
    its sum, None without a batch."""

    fields: Sequence[FieldLine]
    ledger: Rows
    provider: Rows
    bank: Rows
    expected_cents: int | None
    provider_cents: int | None
    bank_cents: int | None
    others_count: int
    others_cents: int | None

    @property
    def differing(self) -> int:
        """How many fields differ."""
        return sum(line.verdict == "differs" for line in self.fields)

    @property
    def agreeing(self) -> int:
        """How many fields agree."""
        return sum(line.verdict == "equal" for line in self.fields)


def sides_of(session: Session, case: Case) -> Sides:
    """What the three sides say about this case."""
    ledger = _ledger(session, case.expected_codes)
    provider = _provider(session, case.provider_codes)
    bank = _bank(session, case.bank_codes)
    count, others = _rest_of_batch(session, provider)
    rows = (ledger, provider, bank)
    return Sides(
        [line for line in (_line(name, rows, case, look) for name, look in FIELDS) if line],
        ledger, provider, bank, _sum(ledger), _sum(provider), _sum(bank), count, others,
    )  # fmt: skip


def _ledger(session: Session, codes: Sequence[str]) -> Rows:
    query = text("SELECT x.*, x.amount_cents AS cents, e.event, e.reference AS entry_reference"
                 " FROM expected_item x LEFT JOIN entry e ON e.id = x.entry_id"
                 " WHERE x.code = ANY(:codes) ORDER BY x.booked_at, x.code LIMIT 50")  # fmt: skip
    return _rows(session, query, codes)


def _provider(session: Session, codes: Sequence[str]) -> Rows:
    query = text("""
        SELECT DISTINCT ON (l.txn_id) l.*, l.gross_cents AS cents, f.name AS file_name
          FROM provider_line l LEFT JOIN source_file f ON f.id = l.file_id
         WHERE l.txn_id = ANY(:codes)
         ORDER BY l.txn_id, l.file_version DESC, l.delivery DESC, l.id LIMIT 50""")
    return _rows(session, query, codes)


def _bank(session: Session, codes: Sequence[str]) -> Rows:
    ids = [int(code) for code in codes if code.isdecimal() and len(code) < 19]
    if not codes:
        return []
    query = text("SELECT l.*, l.amount_cents AS cents, s.statement_id AS statement_name, s.account,"
                 " f.name AS file_name FROM bank_line l"
                 " JOIN bank_statement s ON s.id = l.statement_id"
                 " JOIN source_file f ON f.id = s.file_id"
                 " WHERE l.id = ANY(CAST(:ids AS bigint[])) OR l.bank_reference = ANY(:codes)"
                 " ORDER BY l.booked_on, l.id LIMIT 50")  # fmt: skip
    found = session.execute(query, {"ids": ids, "codes": list(codes)})
    return [dict(row._mapping) for row in found]


def _rows(session: Session, query: Any, codes: Sequence[str]) -> Rows:
    if not codes:
        return []
    return [dict(row._mapping) for row in session.execute(query, {"codes": list(codes)})]


def _rest_of_batch(session: Session, provider: Rows) -> tuple[int, int | None]:
    batches = {row["batch"] for row in provider if row["batch"]}
    if len(batches) != 1:
        return 0, None
    query = text("""
        SELECT count(*), coalesce(sum(cents), 0)::bigint FROM (
            SELECT DISTINCT ON (txn_id) txn_id, gross_cents AS cents FROM provider_line
             WHERE batch = :batch AND record_type IN ('charge', 'refund', 'reversal')
             ORDER BY txn_id, file_version DESC, id) l
         WHERE NOT txn_id = ANY(:own)""")
    own = [row["txn_id"] for row in provider]
    count, cents = session.execute(query, {"batch": batches.pop(), "own": own}).one()
    return count, cents


def _sum(rows: Rows) -> int | None:
    return sum(row["cents"] for row in rows) if rows else None


_ABSENT = (
    "nicht gebucht", "vom Anbieter nicht bestätigt", "kein Bankeintrag zugeordnet",
)  # fmt: skip
_MOST_SHOWN = 3


def _line(name: str, rows: tuple[Rows, Rows, Rows], case: Case, looks: Looks) -> FieldLine | None:
    if name == "Betrag":
        return _amounts(rows, case)
    said = [[look(row) for row in side] for side, look in zip(rows, looks, strict=True)]
    known = [[words for words in side if words] for side in said]
    if not any(known):
        return None
    cells = [
        _cell(name, words, side, absent)
        for words, side, absent in zip(known, rows, _ABSENT, strict=True)
    ]
    if name not in REFERENCES:
        return _field(name, cells, "none", _hint(name, rows))
    return _references(name, cells, known)


def _field(name: str, cells: Sequence[Cell], verdict: str, words: str) -> FieldLine:
    ledger, provider, bank = cells
    return FieldLine(name, ledger, provider, bank, verdict, words)


def _cell(name: str, words: Sequence[str], rows: Rows, absent: str) -> Cell:
    if not rows:
        return Cell(absent=absent if name in ("Referenz", "Betrag") else "–")
    if not words:
        return Cell(absent="nicht genannt")
    shown = " · ".join(dict.fromkeys(words[:_MOST_SHOWN]))
    more = len(words) - _MOST_SHOWN
    return Cell(f"{shown} und {more} weitere" if more > 0 else shown)


def _amounts(rows: tuple[Rows, Rows, Rows], case: Case) -> FieldLine:
    sums = [_sum(side) for side in rows]
    expected = sums[0] if sums[0] is not None else case.expected_cents
    provider = sums[1]
    if provider is None and sums[2] is None:
        provider = case.confirmed_cents
    amounts = zip((expected, provider, sums[2]), rows, _ABSENT, strict=True)
    shown = [_amount(cents, len(side), absent) for cents, side, absent in amounts]
    there = {cents for cents in (expected, provider, sums[2]) if cents is not None}
    is_equal = case.amount_cents == 0 and len(there) == 1
    words = "gleich" if is_equal else f"Differenz {_signed(case.amount_cents)}"
    return _field("Betrag", shown, "equal" if is_equal else "differs", words)


def _amount(cents: int | None, count: int, absent: str) -> Cell:
    if cents is None:
        return Cell(absent=absent)
    return Cell(euros(cents) + (f" in {count} Posten" if count > 1 else ""))


def _references(name: str, cells: Sequence[Cell], known: Sequence[Sequence[str]]) -> FieldLine:
    first, second = next(
        ((a, b) for a, b in ((0, 1), (0, 2), (1, 2)) if len(known[a]) == len(known[b]) == 1),
        (None, None),
    )
    if first is None or second is None:
        return _field(name, cells, "none", "nur eine Seite nennt sie")
    left, right, words = differing(known[first][0], known[second][0])
    if not words:
        return _field(name, cells, "equal", "gleich")
    marked = list(cells)
    marked[first] = Cell(known[first][0], left)
    marked[second] = Cell(known[second][0], right)
    return _field(name, marked, "differs", words)


def _hint(name: str, rows: tuple[Rows, Rows, Rows]) -> str:
    if name != "Zeit (Aachen)" or not (len(rows[0]) == len(rows[1]) == 1):
        return "nur zur Suche" if name in ("Nummer", "Quelle") else ""
    first, second = rows[0][0].get("booked_at"), rows[1][0].get("happened_at")
    if first is None or second is None:
        return ""
    apart = abs(second - first)
    seconds = apart.days * 86400 + apart.seconds
    return f"{seconds} s auseinander" if seconds < 600 else f"{seconds // 60} min auseinander"


def _signed(cents: int) -> str:
    return f"+{euros(cents)}" if cents > 0 else euros(cents)

"""The matcher's answer as files: cases, pairs that agree, and a summary to read."""

import csv
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.engine import EngineResult
from reconciliation.engine.words import euro

_CASES = """
SELECT class, array_to_string(expected_codes, ';') AS ledger_ids, array_to_string(provider_codes,
       ';') AS psp_ids,
       array_to_string(bank_codes, ';') AS bank_ids, since AS day, explanation, severity,
              amount_cents, id
  FROM finding ORDER BY class, since, id
"""

# A pair about which there is nothing to say. A payment that was cancelled on both sides is no
# payment: both its pairs stay out, as do pairs a case is about; a dispute leaves its payment paid.
_PAIRS = """
WITH about AS MATERIALIZED (
         SELECT DISTINCT unnest(expected_codes) AS code FROM finding
          WHERE channel <> 'files' AND class NOT LIKE 'CHARGEBACK%'),
     cancelled AS MATERIALIZED (
         SELECT DISTINCT terminal, trace, receipt FROM expected_item WHERE kind = 'reversal')
SELECT e.code AS ledger_ids, p.txn_id AS psp_ids
  FROM item_match m JOIN expected_item e ON e.id = m.expected_id
         JOIN provider_line p ON p.id = m.provider_id
 WHERE m.ended_at IS NULL AND m.outcome = 'agrees'
   AND NOT EXISTS (SELECT FROM about a WHERE a.code = e.code)
   AND NOT EXISTS (SELECT FROM cancelled c
                    WHERE c.terminal = e.terminal AND c.trace = e.trace AND c.receipt = e.receipt)
 ORDER BY e.code, p.txn_id
"""

CASE_COLUMNS = (
    "class", "ledger_ids", "psp_ids", "bank_ids", "day", "explanation", "severity", "amount_cents",
    "id",
)  # fmt: skip


def write_answer(session: Session, folder: Path, result: EngineResult) -> dict[str, int]:
    """Write breaks.csv, matches.csv and summary.md into `folder`, all of them or none.

    Returns how many rows each has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cases = session.execute(text(_CASES)).all()
    with TemporaryDirectory(dir=folder, prefix=".unfinished-") as unfinished:
        here = Path(unfinished)
        _write(here / "breaks.csv", CASE_COLUMNS, cases)
        # Nobody has counted these matches yet: the planner would take a million for a few.
        session.execute(text("SET LOCAL enable_nestloop = off"))
        count = _copy(session, _PAIRS, here / "matches.csv")
        (here / "summary.md").write_text(_summary(cases, count, result), encoding="utf-8")
        for name in ("matches.csv", "breaks.csv", "summary.md"):
            os.replace(here / name, folder / name)
    return {"breaks.csv": len(cases), "matches.csv": count}


def _write(file: Path, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _copy(session: Session, query: str, file: Path) -> int:
    """The server writes the rows of a query itself; returns how many."""
    cursor = session.connection().connection.cursor()
    command = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')"
    with file.open("wb") as stream, cursor.copy(command) as rows:
        for block in rows:
            stream.write(block)
    return int(cursor.rowcount)


_SEVERITIES = (
    ("break", "To be worked on"), ("suggestion", "Proposed"), ("info", "Handled"),
    ("timing", "Not due yet"),
)  # fmt: skip


def _summary(cases: Any, pairs: int, result: EngineResult) -> str:
    lines = ["# Reconciliation", ""]
    lines.append(
        f"{pairs} payments agree on both sides; "
        f"{result.credit_count} entries of the bank are matched."
    )
    for severity, title in _SEVERITIES:
        found = [case for case in cases if case.severity == severity]
        if not found:
            continue
        lines += [
            "",
            f"## {title}: {len(found)}",
            "",
            "| Class | Cases | Amount |",
            "| --- | ---: | ---: |",
        ]
        counts = Counter(case[0] for case in found)
        for kind in sorted(counts):
            cents = sum(case.amount_cents for case in found if case[0] == kind)
            lines.append(f"| {kind} | {counts[kind]} | {euro(cents)} |")
    return "\n".join([*lines, ""])

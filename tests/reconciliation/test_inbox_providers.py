"""Providers' files in the database: every version kept, the newest counts, nothing twice."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

import reconciliation.sources.acquirer_csv
from config.database import Database
from reconciliation.inbox import State, bring_terminal_totals
from tests.reconciliation.delivered_files import bring_one, file_of

SAMPLES = Path(reconciliation.sources.acquirer_csv.__file__).parent / "samples"
ARVATO = (SAMPLES / "arvato.csv").read_text("utf-8")
CORRECTED = ARVATO.replace(";9.50", ";8.50").replace("19.50;N;EUR;19.11", "18.50;N;EUR;18.11")


def rows_of(city: Database) -> list[tuple[object, ...]]:
    with city.read_only() as session:
        found = session.execute(
            text("SELECT file_version, record_type, txn_id, gross_cents, net_cents, settle_on"
                 "  FROM provider_line ORDER BY id")
        )  # fmt: skip
        return [tuple(row) for row in found]


def test_an_advice_becomes_lines_of_the_acquirers_side(city: Database, tmp_path: Path) -> None:
    found = bring_one(city, file_of(tmp_path, ARVATO.encode(), "arvato.csv"))

    assert (found.state, found.source) == (State.TAKEN, "acquirer_csv")
    [part] = found.parts
    assert (part.series, part.identity) == (
        "acquirer:90017:bank_days",
        "arvato_settlement-90017-2026-0177",
    )
    assert [row[:5] for row in rows_of(city)] == [
        (1, "batch", "2026-0177", 1950, 1911),
        (1, "charge", "T1", 1200, 1200),
        (1, "charge", "T2", 950, 950),
        (1, "refund", "T3", -200, -200),
    ]


@pytest.mark.parametrize("name", ["payengine.csv", "adyen.csv"])
def test_the_other_layouts_are_taken_too(city: Database, name: str) -> None:
    assert bring_one(city, SAMPLES / name).state is State.TAKEN
    assert bring_one(city, SAMPLES / name).state is State.KNOWN
    assert len(rows_of(city)) == 4


def test_a_corrected_advice_stands_beside_the_first(city: Database, tmp_path: Path) -> None:
    bring_one(city, file_of(tmp_path, ARVATO.encode(), "arvato.csv"))

    held = bring_one(city, file_of(tmp_path, CORRECTED.encode(), "other.csv"))
    found = bring_one(city, file_of(tmp_path, CORRECTED.encode(), "arvato_v2.csv"))

    assert (held.state, found.state) == (State.HELD, State.CORRECTED)
    diff = found.parts[0].diff
    assert (diff.changed, diff.new, diff.gone) == (2, 0, 0)
    assert {(one.before_cents, one.after_cents) for one in diff.changes} == {
        (950, 850),
        (1911, 1811),
    }
    assert {row[0] for row in rows_of(city)} == {1, 2}


def test_a_formula_in_a_reference_stays_a_text(city: Database, tmp_path: Path) -> None:
    evil = ARVATO.replace("K-4711", '"=HYPERLINK(""http://x"")"')
    bring_one(city, file_of(tmp_path, evil.encode(), "arvato.csv"))

    with city.read_only() as session:
        assert session.scalar(text("SELECT order_ref FROM provider_line WHERE txn_id = 'T1'")) == (
            '=HYPERLINK("http://x")'
        )


def test_totals_the_tills_reported_become_lines_once(city: Database) -> None:
    with city.transaction() as session:
        session.execute(
            text("""
            INSERT INTO terminal_total (terminal, till, day, number, amount_cents, expected_cents,
                                        agrees, totals, reported_at)
            SELECT code, till, '2026-11-17', '0093', 61240, 61240, true,
                   '[{"scheme": "girocard", "way": "girocard", "count": 40, "amount_cents": 61000},
                     {"scheme": "visa", "way": "card", "count": 1, "amount_cents": 240}]',
                   '2026-11-17T17:02:11Z'
              FROM terminal WHERE till IS NOT NULL ORDER BY code LIMIT 1""")
        )

    counts = []
    for _ in range(2):
        with city.transaction() as session:
            counts.append(bring_terminal_totals(session))

    assert counts == [1, 0]
    with city.read_only() as session:
        [row] = session.execute(text("SELECT * FROM provider_line")).all()
    assert (row.source, row.record_type, row.gross_cents, row.item_count, row.batch) == (
        "zvt", "eod", 61240, 41, "0093",
    )  # fmt: skip
    assert row.local_at.isoformat() == "2026-11-17T18:02:11"
    assert row.txn_id == f"EOD-{row.terminal}-2026-11-17-0093"


@pytest.mark.parametrize(
    ("wrong", "problem", "at"),
    [
        (ARVATO.replace(";9.50", ";9,50"), "bad_amount", 3),
        (ARVATO.replace(";9.50", ";9.5O"), "bad_amount", 3),
        (ARVATO.replace(";9.50", ";9.501"), "bad_amount", 3),
        (ARVATO.replace(";3;19.50", ";4;19.50"), "bad_total", 1),
        (ARVATO.replace("12.00", "13.00"), "bad_total", 1),
        (ARVATO.rsplit("\n", 2)[0] + "\n", "bad_total", 1),
        (ARVATO.replace("2026-11-17;12", "2026-02-30;12"), "bad_date", 2),
        (ARVATO.replace("R;K-4712", "X;K-4712"), "bad_kind", 3),
        (ARVATO.replace("R;K-4712;", "R;"), "bad_columns", 3),
        (ARVATO.replace("EUR", "eur"), "bad_currency", 1),
    ],
)
def test_a_fault_is_named_with_its_line(
    city: Database, tmp_path: Path, wrong: str, problem: str, at: int
) -> None:
    found = bring_one(city, file_of(tmp_path, wrong.encode(), f"{uuid4()}.csv"))

    assert (found.state, found.code) == (State.REFUSED, "unreadable_statement")
    assert found.data is not None
    assert (found.data["problem"], found.data["line"]) == (problem, at)
    assert rows_of(city) == []

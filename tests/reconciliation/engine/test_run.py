"""The run itself: exclusive, the same every time, and nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from reconciliation.engine.subset import only_way
from reconciliation.engine.words import euro
from reconciliation.tables import item_match
from tests.reconciliation.engine.stand import DAY, NOON, Stand, entry


def a_mixed_day(stand: Stand) -> None:
    """Some of everything, with ties that only codes can break."""
    for n in range(4):
        stand.at_terminal(1000, receipt=17 + n, at=NOON, code=f"T{n}")
        stand.card(1000, receipt=17 + n, at=NOON, txn_id=f"7{n}")
    for n in range(2):
        stand.online(500, "pi_twin", code=f"D{n}")
        stand.stripe(500, "pi_twin", txn_id=f"d{n}")
        stand.online(300, None, code=f"R{n}", order_ref="5000")
        stand.stripe(300, f"pi_r{n}", txn_id=f"r{n}", order_ref="5000")
    stand.online(700, "pi_lost", code="LOST")
    stand.stripe(800, "pi_new", txn_id="NEW")
    stand.stripe(500, "pi_twin", txn_id="d3")
    stand.close(4, 4100, 17, 20)
    stand.invoice(code="I1")
    stand.statement(DAY, entry(4000, "5000027559678", ref="B1"), entry(10, "Spende", ref="B2"))
    stand.statement(DAY + timedelta(days=1))


def answer(stand: Stand) -> list[tuple[object, ...]]:
    """Findings and matches by their codes alone."""
    findings = stand.session.execute(
        text("""SELECT id, class, since, amount_cents, expected_codes, provider_codes, bank_codes,
                       explanation, proposal::text FROM finding ORDER BY id""")
    )
    pairs = stand.session.execute(
        text("""SELECT e.code, p.txn_id, m.rule, m.outcome FROM item_match m
                  JOIN expected_item e ON e.id = m.expected_id
                  JOIN provider_line p ON p.id = m.provider_id
                 WHERE m.ended_at IS NULL ORDER BY 1""")
    )
    return [tuple(map(str, row)) for row in (*findings, *pairs)]


def test_the_order_in_which_rows_arrived_does_not_matter(stand: Stand) -> None:
    a_mixed_day(stand)
    with stand.session.begin_nested() as forwards:
        rows = [*stand.rows]
        stand.run()
        first = answer(stand)
        forwards.rollback()
    stand.rows[:] = rows
    stand.run(backwards=True)
    assert answer(stand) == first
    assert len(first) > 10


def test_a_second_run_writes_nothing(stand: Stand) -> None:
    a_mixed_day(stand)
    assert stand.run().written_count > 0
    before = answer(stand)
    assert stand.run().written_count == 0
    stand.as_of += timedelta(minutes=1)  # looks at everything again
    assert stand.run().written_count == 0
    assert answer(stand) == before


def test_a_late_line_closes_what_was_open(stand: Stand) -> None:
    stand.online()
    stand.stripe(ref="pi_other")
    stand.online(ref="pi_other")
    stand.run()
    assert [*stand.found()] == ["MISSING_AT_PSP"]
    stand.stripe()
    result = stand.run()
    assert (result.pair_count, stand.found()) == (1, {})


def test_the_second_line_of_a_pair_from_an_earlier_run_is_a_second_payment(stand: Stand) -> None:
    stand.at_terminal()
    stand.card()
    stand.run()
    stand.card()
    stand.run()
    assert [*stand.found()] == ["DUPLICATE_CHARGE"]


def test_the_same_record_in_a_later_run_is_folded(stand: Stand) -> None:
    stand.online()
    stand.stripe(txn_id="same")
    stand.run()
    stand.stripe(txn_id="same", file_code="stripe-acct-2026-03-19")
    stand.run()
    assert [*stand.found()] == ["DUPLICATE_PSP_LINE"]


@pytest.mark.parametrize("side", ["expected_id", "provider_id"])
def test_nothing_is_matched_twice_whatever_the_code_does(stand: Stand, side: str) -> None:
    row = {"rule": "key", "rule_version": 1, "key_used": "k", "outcome": "agrees"}
    add = insert(item_match).values(row | {"run_id": uuid4(), side: 1})
    stand.session.execute(add)
    with pytest.raises(IntegrityError), stand.session.begin_nested():
        stand.session.execute(add)


@pytest.fixture
def decisions(stand: Stand) -> Callable[[str, list[str], list[str], list[str]], None]:
    """Writes what a person decided, without the person: the desk has tests of its own."""
    stand.session.execute(
        text("CREATE TEMP TABLE match_decision (LIKE match_decision INCLUDING IDENTITY)")
    )
    for column in ("step", "decided_by"):
        stand.session.execute(text(f"ALTER TABLE match_decision ALTER {column} DROP NOT NULL"))

    def decide(kind: str, items: list[str], lines: list[str], entries: list[str]) -> None:
        stand.session.execute(
            text("""INSERT INTO match_decision
                           (kind, expected_codes, provider_codes, bank_codes, decided_at)
                    VALUES (:kind, :items, :lines, :entries, now())"""),
            {"kind": kind, "items": items, "lines": lines, "entries": entries},
        )

    return decide


def test_a_pair_made_by_hand_outranks_the_key_and_stays(
    stand: Stand, decisions: Callable[..., None]
) -> None:
    item, line, other = stand.online(), stand.stripe(), stand.stripe(900, "pi_2")
    stand.run()
    decisions("pair", [item], [other], [])
    stand.run()
    rows = [row for row in answer(stand) if row[0] == item]
    assert rows == [(item, other, "manual", "agrees")]
    assert stand.found()["DUPLICATE_CHARGE"].provider_codes == [other, line]
    stand.as_of += timedelta(minutes=1)
    assert stand.run().written_count == 0


def test_what_was_torn_apart_is_not_put_together_again(
    stand: Stand, decisions: Callable[..., None]
) -> None:
    item, line = stand.online(), stand.stripe()
    stand.run()
    decisions("reject", [item], [line], [])
    stand.run()
    assert [*stand.found()] == ["MISSING_AT_PSP", "MISSING_IN_LEDGER"]


def test_a_claim_given_an_entry_by_hand_is_paid(
    stand: Stand, decisions: Callable[..., None]
) -> None:
    item = stand.invoice()
    stand.statement(DAY, entry(4711, "Spende", ref="B1"))
    stand.statement(DAY + timedelta(days=1))
    stand.run()
    assert [*stand.found()] == ["IN_TRANSIT", "UNKNOWN_CREDIT"]
    decisions("pair", [item], [], ["B1"])
    stand.run()
    assert stand.found() == {}


def test_one_sum_is_answered_only_if_there_is_one_way() -> None:
    assert only_way([100, 200, 400], 600) == (1, 2)
    assert only_way([100, 200, 200], 300) is None
    assert only_way([100] * 11, 200) is None
    assert only_way([100, 250, 150], 250, with_first=True) == (0, 2)


def test_amounts_are_written_as_clerks_read_them() -> None:
    assert [euro(cents) for cents in (123450, -5, 100000000)] == [
        "1.234,50 €", "-0,05 €", "1.000.000,00 €",
    ]  # fmt: skip

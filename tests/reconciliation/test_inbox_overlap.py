"""Statements that overlap, in any order, and bundles whose payments another file tells."""

from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import text

from config.database import Database
from reconciliation.inbox import State
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    FIRST,
    V054,
    bring,
    bring_one,
    file_of,
    line,
    live_lines,
    statement,
)


def test_statements_that_overlap_fold_by_the_banks_reference(
    city: Database, tmp_path: Path
) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST)))
    both = statement(
        line("2.00", "R2"), line("7.00", "R9", day="2026-11-21"),
        number=2, opening="1.00", closing="10.00", day="2026-11-21",
    )  # fmt: skip

    found = bring_one(city, file_of(tmp_path, xml.document(both)))

    assert found.parts[0].folded == 1
    assert live_lines(city) == [(100, "R1"), (200, "R2"), (700, "R9")]


def test_two_equal_payments_of_one_day_both_stay(city: Database, tmp_path: Path) -> None:
    twins = line("2.00", "R2"), line("2.00", "R2")
    bring(city, file_of(tmp_path, xml.document(
        statement(*twins, number=1, opening="0", closing="4.00"))))  # fmt: skip
    overlapping = statement(
        *twins, line("1.00", "R3"), number=2, opening="0", closing="5.00", day="2026-11-21"
    )

    bring(city, file_of(tmp_path, xml.document(overlapping)))

    assert [cents for cents, _ in live_lines(city)] == [200, 200, 100]


def test_statements_that_join_are_not_folded_though_the_bank_repeats_itself(
    city: Database, tmp_path: Path
) -> None:
    morning = statement(line("2.00", "SAME"), number=1, opening="0", closing="2.00")
    evening = statement(line("2.00", "SAME"), number=2, opening="2.00", closing="4.00")
    for one in (morning, evening):
        bring(city, file_of(tmp_path, xml.document(one)))

    assert [cents for cents, _ in live_lines(city)] == [200, 200]


def test_without_a_reference_nothing_is_folded(city: Database, tmp_path: Path) -> None:
    for number in (1, 2):
        other = statement(line("2.00", "NONREF"), number=number, opening="0", closing="2.00")
        bring(city, file_of(tmp_path, xml.document(other)))

    assert [cents for cents, _ in live_lines(city)] == [200, 200]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_decides_nothing(
    city: Database, tmp_path: Path, order: tuple[int, ...]
) -> None:
    whole = statement(
        line("1.00", "R1"), line("2.00", "R2"), line("3.00", "R3", day="2026-11-21"),
        number=3, opening="0", closing="6.00", day="2026-11-21",
    )  # fmt: skip
    next_day = statement(
        line("3.00", "R3", day="2026-11-21"),
        number=2, opening="3.00", closing="6.00", day="2026-11-21",
    )  # fmt: skip
    files = [xml.document(one) for one in (FIRST, next_day, whole)]

    for number in order:
        bring(city, file_of(tmp_path, files[number]))

    assert sorted(live_lines(city)) == [(100, "R1"), (200, "R2"), (300, "R3")]


def batch_line() -> str:
    inner = xml.tag("Btch", xml.text("PmtInfId", "LAUF-7") + xml.text("NbOfTxs", "2"))
    return line("3.00", "B7", inner=inner)


def notice(*details: str) -> bytes:
    entry = xml.tag(
        "Ntry", xml.amount("3.00"), xml.text("CdtDbtInd", "CRDT"), "<Sts><Cd>BOOK</Cd></Sts>",
        xml.text("BookgDt/Dt", "2026-11-20"), xml.text("AcctSvcrRef", "B7"),
        xml.tag("NtryDtls", *details),
    )  # fmt: skip
    told = xml.tag("Ntfctn", xml.text("Id", "N-1"), xml.text(
        "Acct/Id/IBAN", "DE04999000010000181000"), entry)  # fmt: skip
    return xml.document(told, namespace=V054, message="BkToCstmrDbtCdtNtfctn")


def payment(value: str, end_to_end: str) -> str:
    return xml.tag(
        "TxDtls", xml.text("Refs/EndToEndId", end_to_end), xml.amount(value),
        xml.text("CdtDbtInd", "CRDT"),
    )  # fmt: skip


@pytest.mark.parametrize("is_notice_first", [True, False])
def test_a_notification_gives_a_bundle_its_payments_and_counts_nothing_twice(
    city: Database, tmp_path: Path, *, is_notice_first: bool
) -> None:
    bundle = xml.document(statement(batch_line(), number=1, opening="0", closing="3.00"))
    files = [
        file_of(tmp_path, notice(payment("1.00", "E1"), payment("2.00", "E2"))),
        file_of(tmp_path, bundle),
    ]

    states = [bring_one(city, each).state for each in (files if is_notice_first else files[::-1])]

    assert sorted(states) == [State.KEPT, State.TAKEN]
    with city.read_only() as session:
        rows = session.execute(
            text("SELECT amount_cents, end_to_end_id, batch_id FROM live_bank_line ORDER BY detail")
        ).all()
    assert [tuple(row) for row in rows] == [(100, "E1", "LAUF-7"), (200, "E2", "LAUF-7")]


def test_a_notification_that_does_not_add_up_changes_no_line(
    city: Database, tmp_path: Path
) -> None:
    bundle = xml.document(statement(batch_line(), number=1, opening="0", closing="3.00"))
    bring(city, file_of(tmp_path, notice(payment("1.00", "E1"), payment("1.00", "E2"))))
    bring(city, file_of(tmp_path, bundle))

    assert live_lines(city) == [(300, "B7")]


def test_the_counting_houses_list_tells_the_bags_of_one_credit_apart(
    city: Database, tmp_path: Path
) -> None:
    credit = xml.tag(
        "Ntry", xml.amount("750.50"), xml.text("CdtDbtInd", "CRDT"), "<Sts><Cd>BOOK</Cd></Sts>",
        xml.text("BookgDt/Dt", "2026-11-18"), xml.text("BkTxCd/Prtry/Cd", "NCHK+082+00900"),
    )  # fmt: skip
    bring(city, file_of(tmp_path, xml.document(
        statement(credit, number=1, opening="0", closing="750.50", day="2026-11-18"))))  # fmt: skip
    counted = (
        "account_iban;list;credited_on;bank_reference;bag;amount_cents;currency\n"
        "DE04999000010000181000;L1;2026-11-18;;4711007;30000;EUR\n"
        "DE04999000010000181000;L1;2026-11-18;;4711008;45050;EUR\n"
        "total;2;;;;75050;\n"
    )

    found = bring_one(city, file_of(tmp_path, counted.encode(), "bags.csv"))

    assert (found.state, found.source) == (State.KEPT, "cash")
    with city.read_only() as session:
        rows = session.execute(text("SELECT amount_cents, remittance FROM live_bank_line"))
        assert {tuple(row) for row in rows} == {
            (30000, "SAFEBAG 4711007"),
            (45050, "SAFEBAG 4711008"),
        }

"""`stadtkasse statement show`: a table for people, lines of JSON for machines."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.cli.statement import refusal, statement
from reconciliation.sources import AmbiguousFormat, Problem, UnreadableStatement
from tests.reconciliation import camt_xml
from tests.reconciliation.camt_xml import balance, detail, document, entry, path, tag, text

FIELDS = {
    "amount_cents", "currency", "booking_date", "value_date", "end_to_end_id", "rf_reference",
    "remittance", "counterparty_name", "counterparty_iban", "bank_tx_code", "gvc", "reversal",
    "return_reason", "mandate_id", "details",
}  # fmt: skip


def show(tmp_path: Path, content: bytes, *options: str) -> Result:
    file = tmp_path / "auszug.xml"
    file.write_bytes(content)
    return CliRunner(env={"COLUMNS": "200"}).invoke(statement, ["show", str(file), *options])


def lines_of(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def a_statement(*inner: str, sequence: str = "7") -> str:
    return camt_xml.statement(*inner, sequence=sequence)


def test_json_is_one_line_per_statement_with_exactly_the_promised_fields(tmp_path: Path) -> None:
    first = a_statement(
        balance("OPBD", "0.00"), balance("CLBD", "2.00"), entry("1.00", detail()), entry("1")
    )
    file = document(first, a_statement(sequence="8"), a_statement(entry("3"), sequence="9"))

    found = lines_of(show(tmp_path, file, "--json"))

    assert [list(line) for line in found] == [
        ["account_iban", "statement_id", "sequence", "currency", "opening_cents", "closing_cents",
         "entries"]
    ] * 3  # fmt: skip
    assert [line["sequence"] for line in found] == [7, 8, 9]
    assert [[one["amount_cents"] for one in line["entries"]] for line in found] == [
        [100, 100],
        [],
        [300],
    ]
    only = found[0]["entries"][0]
    assert set(only) == FIELDS
    assert (only["booking_date"], only["end_to_end_id"], only["reversal"]) == (
        "2026-11-20",
        None,
        False,
    )
    assert set(only["details"][0]) == (FIELDS - {"details", "booking_date", "value_date"}) - {
        "reversal"
    } | {"charges_cents"}


def test_json_holds_more_entries_than_are_written_at_once(tmp_path: Path) -> None:
    file = document(a_statement(*(entry("1") for _ in range(1201))), a_statement(entry("2")))

    first, second = lines_of(show(tmp_path, file, "--json"))

    assert (len(first["entries"]), len(second["entries"])) == (1201, 1)


def test_the_table_shows_amounts_as_people_write_them_and_that_the_sum_is_right(
    tmp_path: Path,
) -> None:
    file = document(
        a_statement(balance("PRCD", "1000.00"), balance("CLBD", "2234567.89"), entry("2233567.89"))
    )

    result = show(tmp_path, file)

    assert result.exit_code == 0
    assert "2.233.567,89 €" in result.stdout
    assert "20.11.2026" in result.stdout
    assert (
        "Opening 1.000,00 € + movement 2.233.567,89 € (1 entry) = closing 2.234.567,89 €: the"
        " statement adds up." in result.stdout
    )


def test_the_table_says_what_does_not_add_up_and_what_was_left_out(tmp_path: Path) -> None:
    announced = text("TxsSummry/TtlNtries/NbOfNtries", "35")
    pending = entry("5", status="<Sts>PDNG</Sts>")
    returned = detail(
        path("RtrInf/Rsn", text("Cd", "AC04")), path("Chrgs/Rcrd", camt_xml.amount("2.50"))
    )
    file = document(
        a_statement(
            balance("OPBD", "1.00"), balance("CLBD", "9.00"), announced, pending,
            entry("3.50", returned, sign="DBIT", above="<RvslInd>1</RvslInd>"),
            entry("2.00", tag("Btch", text("NbOfTxs", "4"))),
        )
    )  # fmt: skip

    shown = show(tmp_path, file).stdout

    assert "does NOT add up, 9,50 € unexplained" in shown
    assert "left out: 1 PDNG" in shown
    assert "announces 35 entries" in shown
    for mark in ("returned: AC04", "charges in it: 2,50 €", "reversal", "batch of 4", "-3,50 €"):
        assert mark in shown


def test_the_table_says_when_nothing_can_be_checked(tmp_path: Path) -> None:
    foreign = a_statement(balance("OPBD", "0"), balance("CLBD", "0"), entry("1", currency="CHF"))

    assert "nothing to check" in show(tmp_path, document(a_statement(entry("1")))).stdout
    assert "cannot be checked" in show(tmp_path, document(foreign)).stdout


def test_a_long_statement_is_cut_in_the_table_only(tmp_path: Path) -> None:
    shown = show(tmp_path, document(a_statement(*(entry("1") for _ in range(503))))).stdout

    assert "3 more entries" in shown
    assert "(503 entries)" in shown


def test_a_statement_cannot_steer_the_terminal(tmp_path: Path) -> None:
    evil = detail(tag("RmtInf", text("Ustrd", "[red]\x9b31m\u202eevil")))

    shown = show(tmp_path, document(a_statement(entry("1", evil)))).stdout

    assert "[red]·31m·evil" in shown


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_unreadable_file_shows_one_sentence_and_nothing_else(
    tmp_path: Path, options: list[str]
) -> None:
    whole = document(a_statement(*(entry("1") for _ in range(700))))

    result = show(tmp_path, whole[:-40], *options)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: auszug.xml: line 2, column ")
    assert "breaks off before its end. Fetch it again" in result.stderr


def test_an_unknown_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    result = show(tmp_path, b"PK\x03\x04")

    assert result.exit_code == 1
    assert "unpack ZIP archives first" in result.stderr


def test_a_missing_path_is_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(statement, ["show", str(tmp_path / "none.xml")])

    assert result.exit_code == 2
    assert "does not exist" in result.stderr


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_sentence(problem: Problem) -> None:
    sentence = refusal(UnreadableStatement(problem, 3, 4, 5, "Ntry/Amt", "x"))

    assert sentence.startswith("line 3, column 4, entry 5: ")
    assert sentence.endswith(".")


def test_a_file_two_sources_claim_names_them() -> None:
    assert "camt, other" in refusal(AmbiguousFormat(("camt", "other")))

"""Statements of real banks, where they are at hand; what they say is asserted figure by figure."""

from pathlib import Path

import pytest

from reconciliation.sources import (
    Kind,
    Statement,
    UnreadableStatement,
    read_statements,
    unexplained_cents,
    whole_statements,
)

SAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "bank" / "samples"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no real statements at hand")


def read(name: str) -> list[Statement]:
    return list(whole_statements(read_statements(SAMPLES / name)))


def test_a_german_statement_with_batch_returns_and_reversal() -> None:
    (found,) = read("s01_camt053_08_de_mixed_batch_return_reversal.xml")
    entries = found.entries

    assert found.head.sequence == 220000003
    assert (found.head.opening_cents, found.end.closing_cents) == (604144043, 1234567)
    assert unexplained_cents(found.head, found.end) != 0
    assert [entry.amount_cents for entry in entries] == [500, -2167, 6600, -1350, -2200, -600]
    assert [entry.gvc for entry in entries] == ["152", "808", "192", "109", "105", "109"]
    assert [entry.reversal for entry in entries] == [False] * 4 + [True, False]
    assert [entry.return_reason for entry in entries] == [None, None, None, "AC04", None, "AM04"]
    assert sum(len(entry.details) for entry in entries) == 8
    assert [part.amount_cents for part in entries[2].details] == [1100, 2200, 3300]
    assert [part.mandate_id for part in entries[2].details] == ["Mandat15", "Mandat21", "Mandat22"]
    assert [part.bank_tx_code for part in entries[2].details] == ["PMNT/IDDT/ESDD"] * 3
    assert entries[0].end_to_end_id is None
    assert entries[1].bank_tx_code == "ACMT/MDOP/CHRG"
    assert entries[1].value_date is not None
    assert entries[1].value_date.isoformat() == "2021-11-30"
    assert entries[3].charges_cents == 250
    assert entries[3].end_to_end_id == "Mandat15-05.01.2022"
    assert (entries[3].remittance or "").endswith("RETURN/REFUNDDibbel dabbel zweite Zeile")
    assert [entry.counterparty_name for entry in entries] == [
        "J.P. Morgan",
        "Unsere Bank",
        None,
        "David Rockefeller",
        "Mayer Amschel Rothschild",
        "Throatwobbler Mangrove",
    ]


def test_two_dutch_statements_in_one_file() -> None:
    first, second = read("s02_camt053_02_two_statements.xml")

    assert (first.head.opening_cents, first.end.closing_cents) == (1815, 2700)
    assert (second.head.opening_cents, second.end.closing_cents) == (2700, 2000)
    assert [unexplained_cents(one.head, one.end) for one in (first, second)] == [0, 0]
    assert first.entries[0].counterparty_name == "Company Name 1"
    assert (first.head.sequence, second.head.sequence) == (12312, None)
    assert second.entries[0].amount_cents == -700


def test_a_swiss_notification_with_payments_in_another_currency() -> None:
    (found,) = read("s03_camt054_08_batch_scor_refs.xml")
    (batch,) = found.entries

    assert found.head.kind is Kind.NOTIFICATION
    assert (batch.amount_cents, batch.currency) == (-20000000, "SEK")
    assert [(part.amount_cents, part.currency) for part in batch.details] == [
        (310, "CHF"),
        (320, "CHF"),
        (320, "CHF"),
    ]
    assert batch.details[0].structured_reference == "ISR ref number V1"
    assert batch.details[2].remittance == (
        "Unstructured Remittance Information V3 block 1"
        "Unstructured Remittance Information V3 block 2"
    )


def test_an_outgoing_batch_adds_up() -> None:
    (found,) = read("s04_camt053_08_de_outgoing_batch.xml")

    assert unexplained_cents(found.head, found.end) == 0
    assert (found.head.opening_cents, found.end.closing_cents) == (200000, 196000)
    assert [part.amount_cents for part in found.entries[0].details] == [-2000, -2000]
    assert [part.counterparty_name for part in found.entries[0].details] == [
        "Donald Duck",
        "Sir Isaac Newton",
    ]
    assert found.entries[0].gvc == "191"


def test_an_extract_with_a_batch_without_its_payments() -> None:
    (found,) = read("s11_camt053_02_batch_without_txdtls.xml")

    assert (found.head.announced_entries, found.end.entry_count) == (35, 3)
    assert (found.head.opening_cents, found.end.closing_cents) == (732980, 2303820)
    assert found.entries[0].details == ()
    assert (found.entries[0].batch_id, found.entries[0].batch_count) == (
        "O0OpeAYTkhjerKu3eE9asw",
        3,
    )
    assert found.entries[0].gvc is None


def test_statements_of_an_independent_bank_program() -> None:
    (credits,) = read("made_with_mock-bank/10_camt.053.001.08.xml")
    (returned,) = read("made_with_mock-bank/24_camt.053.001.08.xml")

    assert [entry.rf_reference for entry in credits.entries] == ["RF18539007547034"] * 2
    assert [entry.counterparty_name for entry in credits.entries] == [
        "Müller, Jürgen",
        "Erika Beispiel",
    ]
    assert unexplained_cents(credits.head, credits.end) == 0
    assert (returned.entries[0].return_reason, returned.entries[0].mandate_id) == ("MD01", "M-1")
    assert returned.entries[0].counterparty_name == "Schuldner 1"
    assert unexplained_cents(returned.head, returned.end) == 0


@pytest.mark.parametrize("name", ["pain001.xml", "pain008.xml", "03_pain.002.001.10.xml"])
def test_other_messages_are_refused(name: str) -> None:
    with pytest.raises(UnreadableStatement):
        read(f"made_with_mock-bank/{name}")

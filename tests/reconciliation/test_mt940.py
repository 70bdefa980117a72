"""MT940: the fields of German banks, signs, days without a year, and faults by their line."""

from datetime import date
from io import BytesIO
from pathlib import Path

import mt940
import pytest

from reconciliation.sources import (
    Statement,
    StatementEntry,
    UnreadableStatement,
    read_statements,
    unexplained_cents,
    whole_statements,
)
from reconciliation.sources.mt940.scalars import german_iban

SAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "bank" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no real statements at hand")


def read(*fields: str, closing: str = "C261117EUR0,00", after: str = "-\n") -> Statement:
    text = "\n".join(
        [":20:STARTUMS", ":25:99900001/0000181000", ":28C:221/1", ":60F:C261116EUR0,00", *fields]
    )
    content = f"{text}\n:62F:{closing}\n{after}".encode()
    [found] = whole_statements(read_statements(BytesIO(content)))
    return found


def entry(line: str, said: str = "") -> StatementEntry:
    found = read(f":61:{line}", *([f":86:{said}"] if said else []))
    return found.entries[0]


@pytest.mark.parametrize(
    ("mark", "cents", "reversal"),
    [
        ("C", 102725, False), ("D", -102725, False), ("RC", -102725, True), ("RD", 102725, True),
        ("CR", 102725, False), ("DR", -102725, False), ("RDR", 102725, True),
    ],
)  # fmt: skip
def test_the_mark_says_the_direction_and_whether_it_takes_back(
    mark: str, cents: int, *, reversal: bool
) -> None:
    found = entry(f"2611171117{mark}1027,25NTRFNONREF")

    assert (found.amount_cents, found.reversal) == (cents, reversal)


@pytest.mark.parametrize(
    ("amount", "cents"), [("15000,", 1500000), ("0,08", 8), ("1125250,4", 112525040)]
)
def test_amounts_with_no_one_and_two_decimals(amount: str, cents: int) -> None:
    assert entry(f"261117C{amount}NMSC").amount_cents == cents


@pytest.mark.parametrize(
    ("value", "booked", "expected"),
    [
        ("261117", "1118", date(2026, 11, 18)),
        ("261231", "0102", date(2027, 1, 2)),
        ("270102", "1230", date(2026, 12, 30)),
        ("280228", "0229", date(2028, 2, 29)),
        ("261117", "", date(2026, 11, 17)),
    ],
)
def test_the_year_of_the_booking_day_is_the_nearest_one(
    value: str, booked: str, expected: date
) -> None:
    assert entry(f"{value}{booked}C1,00NMSC").booking_date == expected


def test_texts_that_the_bank_cut_are_joined_without_a_blank() -> None:
    said = (
        "166?00GUTSCHRIFT?10931?20EREF+BAD-2026-\n7?21KREF+NONREF?22SVWZ+Kursg"
        "?23eld RF18 5390\n?24 0754 7034?30TESTDE99XXX?31DE0212030000000020205\n1?32Erika Muster"
        "?33mann"
    )

    found = entry("261117C62,90NTRFNONREF//2026321000001", said)

    assert found.end_to_end_id == "BAD-2026-7"
    assert found.remittance == "Kursgeld RF18 5390 0754 7034"
    assert found.rf_reference == "RF18539007547034"
    assert (found.counterparty_name, found.counterparty_iban) == (
        "Erika Mustermann",
        "DE02120300000000202051",
    )
    assert (found.gvc, found.booking_text) == ("166", "GUTSCHRIFT")
    assert found.bank_reference == "2026321000001"


def test_a_returned_debit_has_its_reason_mandate_and_charges() -> None:
    said = "109?00RETOURE?20EREF+K-1?21MREF+M15?22OAMT+11,00?23SVWZ+Rueckgabegrund: AC04 Konto"

    found = entry("261117D13,50NRTIKREF+//77\n/OCMT/EUR11,00//CHGS/EUR2,50/", said)

    assert (found.return_reason, found.mandate_id, found.charges_cents) == ("AC04", "M15", 250)
    assert entry("261117D13,50NRTINONREF", said).charges_cents == 250
    assert entry("261117D13,50NTRFNONREF", "105?20SVWZ+AC04").return_reason is None


def test_a_bundle_is_known_by_our_own_reference() -> None:
    found = entry("261117C3,00NTRFNONREF", "192?00SAMMLER?20KREF+LAUF-7?21SVWZ+Einzug")

    assert (found.batch_id, found.gvc) == ("LAUF-7", "192")


def test_a_text_without_structure_is_what_the_payer_wrote() -> None:
    assert entry("261117C3,00NMSC", "Vielen Dank\n fuer alles").remittance == (
        "Vielen Dank fuer alles"
    )


def test_the_account_becomes_an_iban() -> None:
    assert read().head.account_iban == german_iban("99900001", "181000")
    assert german_iban("37040044", "0532013000") == "DE89370400440532013000"


def test_the_number_of_the_statement_counts_within_its_year() -> None:
    assert (read().head.statement_id, read().head.sequence) == ("2026-00221", 221)


@pytest.mark.parametrize(
    ("fields", "problem", "line"),
    [
        ((":61:261131C1,00NMSC",), "bad_date", 5),
        ((":61:2611170230C1,00NMSC",), "bad_date", 5),
        ((":61:261117C1,00NMSC", ":61:261117C1.00NMSC"), "malformed", 6),
        ((":61:261117X1,00NMSC",), "malformed", 5),
    ],
)
def test_a_fault_is_named_with_its_line(fields: tuple[str, ...], problem: str, line: int) -> None:
    with pytest.raises(UnreadableStatement) as raised:
        read(*fields)

    assert (raised.value.problem, raised.value.line) == (problem, line)


@pytest.mark.parametrize("closing", ["C261131EUR0,00", "C261117EUR1.000,00", "X261117EUR0,00"])
def test_a_closing_balance_that_is_none_is_a_fault_of_its_line(closing: str) -> None:
    with pytest.raises(UnreadableStatement) as raised:
        read(closing=closing)

    assert raised.value.line == 5


def test_a_statement_without_its_end_is_cut() -> None:
    with pytest.raises(UnreadableStatement, match="truncated"):
        read(after="")


def test_swift_blocks_around_the_text_are_passed_over() -> None:
    content = (
        b"{1:F01TESTDE99XXXX0000000000}{2:I940TESTDE99XXXXN}{4:\n:20:X\n:25:99900001/181000\n"
        b":28C:1\n:60F:C261116EUR1,00\n:62F:C261117EUR1,00\n-}"
    )
    [found] = whole_statements(read_statements(BytesIO(content)))

    assert found.end.closing_cents == 100


@needs_samples
@pytest.mark.parametrize(
    ("name", "entries", "unexplained"),
    [
        ("s06_mt940_de_vr_multi_statement.sta", [2, 1, 2, 3, 1, 1, 1, 1], [0] * 8),
        ("s07_mt940_de_return109_ocmt_chgs.sta", [1], [1235]),
        ("s08_mt940_de_sepa_rejects.sta", [4, 7], [0, 30008]),
        ("s09_mt940_de_sparkasse_crlf_2stmts.sta", [1, 1], [0, 0]),
    ],
)
def test_statements_of_real_banks_are_read_whole(
    name: str, entries: list[int], unexplained: list[int]
) -> None:
    found = list(whole_statements(read_statements(SAMPLES / name)))

    assert [len(one.entries) for one in found] == entries
    assert [unexplained_cents(one.head, one.end) for one in found] == unexplained


@needs_samples
@pytest.mark.parametrize("name", sorted(file.name for file in SAMPLES.glob("*.sta")))
def test_an_independent_reader_finds_the_same_entries(name: str) -> None:
    found = list(whole_statements(read_statements(SAMPLES / name)))
    theirs = mt940.parse((SAMPLES / name).read_text("utf-8"))

    ours = [(one.amount_cents, one.value_date, one.gvc) for whole in found for one in whole.entries]
    assert ours == [
        (
            int(other.data["amount"].amount * 100),
            other.data["date"],
            other.data.get("transaction_code"),
        )
        for other in theirs
    ]

"""RF references: found wherever payers and their banks put them, checked by their own sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from reconciliation.sources.creditor_reference import exact_reference, find_references
from tests.reconciliation.camt_xml import detail, entry, one_entry, path, tag, text
from tests.reconciliation.test_camt_reading import only_entry

REFERENCE = "RF18539007547034"
LETTERS = "RF35STADT2026000123"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    "written",
    [
        "RF18539007547034",
        "RF18 5390 0754 7034",
        "Aufladung Karte RF18 5390 0754 7034 Danke",
        "Aufladung Karte RF18 5390 0754 7034 Dank",
        "rf18 5390 0754 7034",
        "RF18-5390-0754-7034/Nov",
        "KarteRF18539007547034",
        "RF18539007547034Danke",
        "RF18539007 547034, Mia",
        "RF00 nein, RF18539007547034 ja",
    ],
)
def test_a_reference_is_found_in_what_people_write(written: str) -> None:
    assert next(find_references(written)) == REFERENCE


def test_letters_are_part_of_a_reference() -> None:
    assert next(find_references(f"zu {LETTERS}Danke")) == LETTERS
    assert next(find_references("RF35 STAD T202 6000 123")) == LETTERS


@pytest.mark.parametrize(
    "written", ["RF19539007547034", "RF18 5390 0754 7043", "Surf 24", "RF18", "", "RF71 2"]
)
def test_what_has_no_right_checksum_is_no_reference(written: str) -> None:
    assert list(find_references(written)) == []


def test_an_exact_reference_holds_nothing_else() -> None:
    assert exact_reference("rf18 5390 0754 7034") == REFERENCE
    assert exact_reference("RF18539007547034 Danke") is None
    assert exact_reference("RF18-5390-0754-7034") is None
    assert exact_reference("RF") is None


@given(body=st.text(ALPHABET, min_size=1, max_size=21))
def test_the_checksum_is_the_one_of_the_standard(body: str) -> None:
    digits = "".join(str(int(char, 36)) for char in body + "RF00")
    reference = f"RF{98 - int(digits) % 97:02d}{body}"

    assert iso11649.is_valid(reference)
    assert exact_reference(reference) == reference


@given(check=st.integers(0, 99), body=st.text(ALPHABET, min_size=1, max_size=21))
def test_we_and_the_standards_library_agree_on_what_is_valid(check: int, body: str) -> None:
    written = f"RF{check:02d}{body}"

    assert (exact_reference(written) is not None) == iso11649.is_valid(written)


def strd(reference: str) -> str:
    return path("Strd/CdtrRefInf", text("Ref", reference))


def test_a_structured_reference_comes_first_then_the_text_then_the_end_to_end_id() -> None:
    structured = detail(tag("RmtInf", text("Ustrd", LETTERS), strd(REFERENCE)))
    wrong = detail(tag("RmtInf", text("Ustrd", LETTERS), strd("RF19539007547034")))
    by_id = detail(text("Refs/EndToEndId", REFERENCE))

    assert only_entry(one_entry(entry("1", structured))).rf_reference == REFERENCE
    assert only_entry(one_entry(entry("1", wrong))).rf_reference == LETTERS
    assert only_entry(one_entry(entry("1", wrong))).structured_reference == "RF19539007547034"
    assert only_entry(one_entry(entry("1", by_id))).rf_reference == REFERENCE


def test_a_reference_is_found_across_and_beside_the_end_of_a_line() -> None:
    cut = tag("RmtInf", text("Ustrd", "Karte RF18 5390 07"), text("Ustrd", "54 7034 Danke"))
    beside = tag("RmtInf", text("Ustrd", "Karte 12"), text("Ustrd", REFERENCE), text("Ustrd", "11"))

    assert only_entry(one_entry(entry("1", detail(cut)))).rf_reference == REFERENCE
    assert only_entry(one_entry(entry("1", detail(beside)))).rf_reference == REFERENCE


def test_references_of_other_kinds_are_kept_but_not_called_rf() -> None:
    swiss = detail(tag("RmtInf", strd("210000000003139471430009017")))

    found = only_entry(one_entry(entry("1", swiss)))

    assert (found.rf_reference, found.structured_reference) == (None, "210000000003139471430009017")

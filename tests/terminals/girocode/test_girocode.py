"""GiroCodes: the bytes of a foreign encoder, and a foreign reader reads them back."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from segno.helpers import _make_epc_qr_data as segno_payload
from segno.helpers import make_epc_qr

from terminals.girocode import GirocodeInvalid, girocode_png, girocode_svg, payload
from tests.scanning import read_code, read_drawing

IBAN = "DE04999000010000181000"
REFERENCE = "RF18539007547034"
BANK_LETTERS = "ABCXYZ abcxyz0189ÄÖÜäöüß/-?:().,'+é"

cents = st.integers(1, 99_999_999_999)
words = st.text(BANK_LETTERS, min_size=1).filter(lambda text: text == text.strip())


@given(words.filter(lambda text: len(text) <= 70), cents)
def test_with_a_reference_the_bytes_are_those_of_another_encoder(name: str, amount: int) -> None:
    ours = payload(name, IBAN, amount, reference=REFERENCE)
    euros = Decimal(amount).scaleb(-2)
    assert ours.encode() == segno_payload(name, IBAN, euros, reference=REFERENCE, encoding=1)


@given(words.filter(lambda text: len(text) <= 140), cents)
def test_with_a_text_the_bytes_are_those_of_another_encoder(text: str, amount: int) -> None:
    ours = payload("Stadt Aachen", IBAN, amount, text=text, bic="BELADEBEXXX")
    theirs = segno_payload(
        "Stadt Aachen", IBAN, Decimal(amount).scaleb(-2), text=text, bic="BELADEBEXXX", encoding=1
    )
    assert ours.encode() == theirs


def test_the_payload_stands_line_by_line_as_the_standard_says() -> None:
    assert payload("Stadt Aachen", IBAN, 1205, reference="rf18 5390 0754 7034").split("\n") == [
        "BCD", "002", "1", "SCT", "", "Stadt Aachen", IBAN, "EUR12.05", "", REFERENCE,
    ]  # fmt: skip


def test_without_an_amount_the_payer_chooses_it() -> None:
    lines = payload("Stadt Aachen", IBAN, None, reference=REFERENCE).split("\n")
    assert lines[7] == ""


@pytest.mark.parametrize("amount", [4600, None, 1])
def test_a_foreign_reader_reads_the_picture_back(amount: int | None) -> None:
    text = payload("Bürgerbüro Würselen", IBAN, amount, reference=REFERENCE)
    assert read_code(girocode_png(text)).text == text


def test_the_largest_code_is_level_m_and_version_13_at_most() -> None:
    text = payload("ä" * 70, IBAN, 99_999_999_999, text="x" * 134)
    assert len(text.encode()) == 331
    image = Image.open(BytesIO(girocode_png(text)))
    found = read_code(image)
    assert found.text == text
    assert found.ec_level == "M"
    assert image.width == (17 + 4 * 13 + 8) * 10  # modules of version 13, and white around
    assert make_epc_qr("ä" * 70, IBAN, Decimal("999999999.99"), text="x" * 134, encoding=1)


def test_the_svg_shows_the_modules_of_the_picture() -> None:
    text = payload("Stadt Aachen", IBAN, 4600, reference=REFERENCE)
    svg = girocode_svg(text, label="GiroCode: 46,00 € & mehr").decode()
    assert 'aria-label="GiroCode: 46,00 € &amp; mehr"' in svg
    assert read_drawing(svg).text == text


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("iban", {"iban": "DE05999000010000181000"}),
        ("iban", {"iban": ""}),
        ("name", {"name": ""}),
        ("name", {"name": "x" * 71}),
        ("name", {"name": "Stadt\nAachen"}),
        ("name", {"name": "Stadt 亜"}),
        ("amount", {"amount_cents": 0}),
        ("amount", {"amount_cents": 100_000_000_000}),
        ("reference", {"reference": "RF19539007547034"}),
        ("reference", {"reference": "539007547034"}),
        ("reference", {"reference": None}),
        ("reference", {"text": "beides"}),
        ("text", {"reference": None, "text": "x" * 141}),
        ("text", {"reference": None, "text": "Grundlage: § 1"}),
        ("text", {"reference": None, "name": "ä" * 70, "text": "ü" * 140}),
        ("bic", {"bic": "AACHEN"}),
    ],
)
def test_what_no_bank_would_take_is_refused_by_its_part(part: str, change: dict[str, str]) -> None:
    sound = {"name": "Stadt Aachen", "iban": IBAN, "amount_cents": 100, "reference": REFERENCE}
    with pytest.raises(GirocodeInvalid) as refused:
        payload(**{**sound, **change})  # type: ignore[arg-type]
    assert refused.value.part == part
    assert refused.value.reason

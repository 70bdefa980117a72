"""What stands on a receipt: everything the law wants, in the guest's language, to the cent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminals.adapters import Evidence
from terminals.printing.content import Code, Notice, Pair, Slip, Table, Text, content
from terminals.printing.receipt import (
    Item,
    Payment,
    Place,
    Receipt,
    Tax,
    TseOutage,
    by_card,
    copy_of,
    sale,
    taken_back,
    vat_table,
)
from tests.terminals.printing.papers import (
    ADDRESS,
    AT,
    BEGUN,
    CARD,
    MUSEUM,
    NINETEEN,
    OFFICE,
    POOL,
    SEVEN,
    SIGNED,
    SLIP,
    at_the_pool,
    in_the_office,
    the_slips,
)

taxes = st.sampled_from([SEVEN, NINETEEN, MUSEUM])
items = st.lists(st.builds(Item, st.just("x"), st.integers(0, 10**6), tax=taxes), max_size=12)


def said(receipt: Receipt) -> str:
    """All words of a receipt, one block a line."""
    lines = []
    for block in content(receipt):
        match block:
            case Pair(left, right):
                lines.append(f"{left}|{right}")
            case Table(head, rows):
                lines += ["|".join(cells) for cells in (head, *rows)]
            case Slip(texts):
                lines += texts
            case Text(text) | Notice(text) | Code(text):
                lines.append(text)
    return "\n".join(lines).replace("\u00a0", " ")


def test_a_receipt_has_what_the_regulation_lists() -> None:
    text = said(at_the_pool())
    for wanted in (
        "Schwimmhalle Süd", "Am Höfling 12", "52066 Aachen",  # name and address
        "Kasse 2|17.11.2026 11:41", "Beginn 11:40:48|Ende 11:41:07",  # issued, begun, ended
        "2 × Erwachsene|14,00 €", "2 × 7,00 €", "Sauna|11,00 €",  # how many of what
        "TSE-Transaktion|20311", "Signaturzähler|40622",
        "A 19 %|9,24|1,76|11,00", "B 7 %|13,08|0,92|14,00",  # amount, rate and tax
        "Seriennummer Kasse|B02-2-4F7A91", f"Seriennummer TSE: {SIGNED.serial}",
        f"Prüfwert: {SIGNED.check_value}",
        ADDRESS,
    ):  # fmt: skip
        assert wanted in text


def test_a_sovereign_fee_names_its_exemption_and_no_tse() -> None:
    text = said(in_the_office())
    assert "Amtliche Gebühr, ohne Umsatzsteuer|46,00 €" in text
    assert "TSE" not in text
    assert "Gegeben|50,00 €\nRückgeld|4,00 €" in text


def test_an_exempt_ticket_names_the_law_and_its_letter() -> None:
    both = [Item("Eintritt", 600, tax=MUSEUM), Item("Katalog", 2500, tax=SEVEN)]
    text = said(_sold(both))
    assert "B steuerfrei, § 4 Nr. 20 a UStG|6,00 €" in text
    assert "Eintritt|6,00 € B" in text
    assert "Katalog|25,00 € A" in text


def _sold(sold: list[Item]) -> Receipt:
    total = sum(item.amount_cents for item in sold)
    return sale(
        OFFICE, "R-1", sold, payment=Payment("cash", total), started_at=BEGUN, finished_at=AT
    )


def test_while_the_tse_is_out_the_receipt_says_so() -> None:
    text = said(at_the_pool(tse=TseOutage(BEGUN)))
    assert "TSE ausgefallen seit 17.11.2026 11:40" in text
    assert "Signaturzähler" not in text


def test_a_card_is_named_by_its_last_digits_or_by_the_terminals_own_lines() -> None:
    assert "Karte|•••• 4711\nTerminal|68254711\nTrace-Nr.|000231" in said(at_the_pool())
    with_slip = said(at_the_pool(slip=SLIP))
    assert "\n".join(SLIP) in with_slip
    assert "Trace-Nr." not in with_slip
    assert said(the_slips()["card_slip"]) == "\n".join(SLIP)


def test_what_a_terminal_says_goes_onto_the_receipt() -> None:
    evidence = Evidence(
        "000231", 2500, "girocard", terminal_id="68254711", scheme="girocard", last4="4711",
        authorisation="482910",
    )  # fmt: skip
    assert by_card(evidence) == CARD


def test_a_copy_says_that_it_is_one_and_else_the_same() -> None:
    receipt = at_the_pool()
    assert said(copy_of(receipt)).replace("Kopie\n", "") == said(receipt)


@pytest.mark.parametrize(("kind", "title"), [("void", "Storno"), ("refund", "Erstattung")])
def test_what_is_taken_back_names_its_receipt_and_turns_every_sign(kind: str, title: str) -> None:
    receipt = at_the_pool()
    back = taken_back(
        receipt, "B02-2-004713", kind=kind, at=AT,  # type: ignore[arg-type]
        payment=Payment("girocard", -2500), reason="Doppelt erfasst",
    )  # fmt: skip
    text = said(back)
    assert title in text
    assert "Beleg|B02-2-004713\nzu Beleg|B02-2-004712\nGrund|Doppelt erfasst" in text
    assert "Sauna|−11,00 € A" in text
    assert "Zurück|25,00 €" in text
    assert [-row.tax_cents for row in back.vat] == [row.tax_cents for row in receipt.vat]


def test_one_line_can_be_taken_back_alone() -> None:
    receipt = at_the_pool()
    back = taken_back(
        receipt, "R-2", kind="refund", at=AT, payment=Payment("girocard", -1100),
        items=receipt.items[1:],
    )  # fmt: skip
    assert (back.total_cents, [row.tax for row in back.vat]) == (-1100, [NINETEEN])


@given(items=items)
def test_the_tax_table_adds_up_to_the_total(items: list[Item]) -> None:
    rows = vat_table(items)
    assert sum(row.gross_cents for row in rows) == sum(item.amount_cents for item in items)
    assert all(row.net_cents + row.tax_cents == row.gross_cents for row in rows)


def test_every_paper_speaks_english_to_whoever_reads_it() -> None:
    english = at_the_pool(language="en")
    text = said(english)
    assert "Total|€25.00" in text
    assert "A 19 %|9.24|1.76|11.00" in text
    assert "Till serial number|B02-2-4F7A91" in text
    assert "17 Nov 2026 11:41" in text
    german = ("Beleg", "Summe", "Karte", "Steuer", "Prüfwert", "Vielen")
    assert [word for word in german if word in text] == []


def test_slips_say_what_they_are_for() -> None:
    texts = {kind: said(slip) for kind, slip in the_slips().items()}
    assert "Klärungsbeleg" in texts["clarification"]
    assert "Betrag|19,00 €\nOb diese Zahlung erfolgt ist, wird geklärt." in texts["clarification"]
    assert "for receipt|B02-2-004640" in texts["pick_up"]
    assert "Gilt bis|17.11.2029" in texts["pass"]
    assert "Differenz|−1,50 €\nGrund|Wechselgeldfehler" in texts["shift"]
    assert "Z-Nummer|Z 318" in texts["shift"]
    assert "Noch nicht übertragen|7" in texts["shift"]
    assert "4 × 50,00 €|200,00 €" in texts["safebag"]
    assert "Geldtasche Nr.|4471 0093" in texts["safebag"]
    assert "8 × 50,00 €|400,00 €\n18 × 2,00 €|36,00 €\nGezählt|436,00 €" in texts["audit"]
    assert "Erwartet|437,90 €\nDifferenz|−1,90 €" in texts["audit"]
    assert "Geldtasche Nr.|4471 0093\nSiegel unversehrt [ ]|300,00 €" in texts["audit"]
    assert "Unterschrift Prüfung" in texts["audit"]
    signed = [kind for kind, text in texts.items() if "Unterschrift" in text]
    assert signed == ["shift", "audit", "safebag"]


def test_a_serial_that_the_fiscal_format_forbids_is_no_serial() -> None:
    for serial in ("B02/2", "B02_2"):
        with pytest.raises(ValueError, match="neither"):
            Place(POOL.house, "Kasse 2", serial)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = replace(at_the_pool(), finished_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        content(naive)


def test_the_same_rate_for_other_reasons_has_its_own_row() -> None:
    fee = Tax(0, "Amtliche Gebühr")
    rows = vat_table([Item("a", 100, tax=MUSEUM), Item("b", 200, tax=fee)])
    assert [row.gross_cents for row in rows] == [200, 100]

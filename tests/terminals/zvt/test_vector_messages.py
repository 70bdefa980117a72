"""Messages and whole conversations of other people, where the collection of them is at hand."""

from typing import Any

import pytest

from terminals.adapters.zvt.protocol.charset import SEVEN_BIT
from terminals.adapters.zvt.protocol.frames import Assembler, Frame
from terminals.adapters.zvt.protocol.messages import (
    Abort,
    Ack,
    Authorisation,
    EndOfDay,
    Initialisation,
    Malformed,
    PrintBlock,
    PrintLine,
    Refuse,
    Registration,
    RepeatReceipt,
    Request,
    StatusEnquiry,
    StatusInformation,
    Unsupported,
    build,
    permitted,
    read,
)
from terminals.adapters.zvt.protocol.tlv import Tag
from tests.terminals.zvt.collection import COLLECTION, VECTORS, needs_collection, one_frame, raw_of


@needs_collection
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("V003", {"last4": "4771", "card_type": 46, "authorisation": "611804"}),
        ("V005", {"entry": "nfc", "original_trace": 606, "cardholder": "unknown"}),
        ("V006", {"entry": "nfc", "cardholder": "none", "aid": "A0000000041010",
                  "trace": 10015008, "terminal_id": "00000006"}),
        ("V008", {"result": 108, "terminal_id": "52500295", "amount_cents": 1200, "pan": ""}),
        ("V009", {"result": 5, "merchant_text": "Abgelehnt", "card_type": 6}),
        ("V054", {"pan": "559883******8074", "last4": "8074"}),
        ("V095", {"entry": "chip", "cardholder": "offline_pin_encrypted", "turnover": 163}),
        ("V112", {"result": 0xF0, "merchant_text": "Kassenschnitt\ndurchführen"}),
        ("V156", {"card_name": "VISA", "entry": "nfc", "aid": "A0000000031010"}),
        ("V197", {"card_type": 2, "trace": 613995}),
        ("V198", {"is_approved": True, "pan": "5413****", "card_type": 5}),
        ("V199", {"is_approved": True, "rest": bytes.fromhex("FE0102")}),
    ],
)  # fmt: skip
def test_outcomes_of_transactions(key: str, said: dict[str, Any]) -> None:
    message = read(one_frame(raw_of(VECTORS[key])))
    assert isinstance(message, StatusInformation)
    assert {name: getattr(message, name) for name in said} == said


@needs_collection
def test_totals_of_a_day() -> None:
    message = read(one_frame(raw_of(VECTORS["V056"])))
    assert isinstance(message, StatusInformation)
    assert message.totals is not None
    assert (message.totals.receipt_first, message.totals.receipt_last) == (233, 234)
    counted = {each.scheme: (each.count, each.amount_cents) for each in message.totals.schemes}
    assert counted.pop("Mastercard") == (2, 958)
    assert set(counted.values()) == {(0, 0)}


@needs_collection
@pytest.mark.parametrize(
    ("key", "kind", "line_count", "is_last", "contained"),
    [
        ("V032", 2, None, None, "KUNDENBELEG"),
        ("V033", 1, None, None, "HÄNDLERBELEG"),
        ("V034", 3, None, True, "Abschluss - keine TX"),
        ("V070", 3, 118, False, "** Konfiguration **"),
        ("V080", 3, None, True, "** KASSENSCHNITT **"),
        ("V087", 1, None, True, "** HÄNDLERBELEG **"),
        ("V157", 2, None, True, "** Kundenbeleg **"),
    ],
)
def test_receipts(
    key: str, kind: int, line_count: int | None, is_last: bool | None, contained: str
) -> None:
    block = read(one_frame(raw_of(VECTORS[key])))
    assert isinstance(block, PrintBlock)
    assert block.receipt_type == kind
    assert line_count in (None, len(block.lines))
    assert is_last in (None, block.is_last)
    assert any(contained in each.text for each in block.lines)


@needs_collection
@pytest.mark.parametrize(
    ("key", "charset", "text"),
    [
        ("V042", "auto", "** HÄNDLERBELEG **"),
        ("V045", "auto", "VERKAUF"),
        ("V159", "auto", "Test ä ö ü ß"),
        ("V162", SEVEN_BIT, "Test ä ö ü ß"),
        ("V188", "auto", "Gesamt      0       0,00"),
        ("V211", "auto", "RECEIPT LINE"),
    ],
)
def test_printed_lines(key: str, charset: str, text: str) -> None:
    line = read(one_frame(raw_of(VECTORS[key])), charset=charset)
    assert isinstance(line, PrintLine)
    assert line.text == text


@needs_collection
def test_aborts_and_answers() -> None:
    vendor = read(one_frame(raw_of(VECTORS["V164"])))
    assert isinstance(vendor, Abort)
    assert (vendor.code, vendor.vendor_code) == (0x6C, "FF00001441")
    assert vendor.text == "Abbruch durch externes Kommando!"
    open_one = read(one_frame(raw_of(VECTORS["V166"])))
    assert isinstance(open_one, Abort)
    assert open_one.receipts == (123,)
    miscounted = read(one_frame(raw_of(VECTORS["V168"])))
    assert isinstance(miscounted, Abort)
    assert (miscounted.code, miscounted.receipts) == (0xB8, (123,))
    assert read(one_frame(raw_of(VECTORS["V017"]))) == Ack()
    assert read(one_frame(raw_of(VECTORS["V019"]))) == Refuse(0x83)


SENT: dict[str, Request] = {
    "V010": Authorisation(1000, currency=False),
    "V011": Authorisation(3300, currency=False, max_status=10),
    "V066": EndOfDay("123456"),
    "V091": Registration("123456", 0x3E, service=3, tags=(permitted(b"\x06\xd3"),)),
    "V092": Authorisation(5050, currency=False),
    "V096": Authorisation(1200, currency=False),
    "V098": Authorisation(1, currency=False),
    "V104": StatusEnquiry("123456", 7),
    "V123": Registration("123456", 0xBE, tags=(permitted(b"\x06\xd3"),)),
    "V124": Registration("123456", 0x08, tlv=False),
    "V126": Registration("123456", 0xBE, service=1, tags=(permitted(b"\x06\xd3"),)),
    "V135": Registration("000000", 0x9E, tags=(permitted(b"\x06\xd3"), Tag(0x1F73, b"\0\0\0"))),
    "V138": Authorisation(100, payment_type=0x44, tags=(Tag(0x1F73, b"\0\0\1"),)),
    "V170": Initialisation("999999"),
    "V171": Registration("987654", 0x41, currency=None, tlv=False),
    "V172": Registration("987654", 0x41, tlv=False),
    "V179": Registration("777777", 0xA0, service=10, tlv=False),
    "V214": RepeatReceipt("000000"),
    "V217": Authorisation(479, currency=False),
}


@needs_collection
@pytest.mark.parametrize("key", list(SENT))
def test_what_we_send_is_exact_to_the_byte(key: str) -> None:
    assert build(SENT[key]).hex() == raw_of(VECTORS[key]).hex()


@needs_collection
@pytest.mark.parametrize("key", [each["id"] for each in COLLECTION["sequences"]])
def test_sequences_are_cut_into_their_frames(key: str) -> None:
    sequence = next(each for each in COLLECTION["sequences"] if each["id"] == key)
    pieces = sequence.get("chunks") or [each["hex"] for each in sequence["frames"]]
    heard = frames_of(pieces)
    if "chunks" in sequence:
        assert [each.command.hex() for each in heard] == {
            "S01": ["06d3"], "S03": ["8000"], "S28": ["04ff", "060f", "06d3"]
        }.get(key, [each.command.hex() for each in heard])  # fmt: skip
    else:
        assert [each.raw.hex().upper() for each in heard] == pieces
    assert not any(isinstance(read(each), Malformed) for each in heard)


def frames_of(pieces: list[str]) -> list[Frame]:
    assembler = Assembler()
    return [frame for piece in pieces for frame in assembler.feed(bytes.fromhex(piece))]


@needs_collection
def test_transcripts_hold_nothing_a_till_does_not_know() -> None:
    unknown = set()
    for sequence in COLLECTION["sequences"]:
        for each in sequence.get("frames", []):
            message = read(one_frame(bytes.fromhex(each["hex"])))
            if each["dir"] == "PT->ECR" and isinstance(message, Unsupported):
                unknown.add(each["hex"])
    assert unknown == set()

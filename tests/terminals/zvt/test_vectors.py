"""Byte strings of other people's tests, documents and terminals, where the collection is at hand.

`test_messages.py` covers the same ground with frames of our own. Two claims of the collection are
not ours: a masked digit (E) is no number to add up, and what a source calls its serial number 1F42
is such a sum.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from terminals.adapters.zvt.protocol import fields, layouts, tlv
from terminals.adapters.zvt.protocol.explain import explain_all
from terminals.adapters.zvt.protocol.frames import Assembler, encode
from terminals.adapters.zvt.protocol.messages import (
    read,
)
from terminals.adapters.zvt.protocol.numbers import bcd, digits
from terminals.adapters.zvt.protocol.tlv import Tag
from tests.terminals.zvt.collection import (
    COLLECTION,
    VECTORS,
    WELL_FORMED,
    explained,
    needs_collection,
    one_frame,
    raw_of,
)

# Claims by the name our explanation gives the same thing.
NAMES = {
    "auth_attribute": "auth_attribute", "card_seq": "card_seq", "expiry": "expiry_yymm",
    "date": "date_mmdd", "turnover_no": "turnover_no", "card_type_netop": "card_type_netop",
    "config_byte": "config_byte", "password": "password", "service_byte": "service_byte",
    "result_code": "result_code", "additional_text": "additional_text", "pump_no": "pump_no",
    "card_name": "card_name", "vu_number": "vu_number", "currency": "currency",
    "amount_cents": "amount_cents", "trace": "trace", "receipt_no": "receipt_no",
    "sw_version": "sw_version", "max_status_infos": "max_status_infos", "timeout_s": "timeout_s",
    "dialog_control": "dialog_control", "device_name": "device_name", "line1": "text_line_1",
    "msg_seq": "message_number", "status_byte": "type_or_status_byte",
}  # fmt: skip


@needs_collection
@pytest.mark.parametrize("key", WELL_FORMED)
def test_every_field_is_what_an_independent_decoder_says(key: str) -> None:
    vector = VECTORS[key]
    decoded, ours = vector.get("decoded") or {}, explained(vector)
    assert ours.is_ok, (ours.problem, ours.rest.hex())
    if decoded.get("control"):
        assert ours.command.hex().upper() == decoded["control"]
    by_key = {each.key: each for each in ours.parts}
    by_name = {each.name: each.value for each in ours.parts}
    for each in decoded.get("bmps", []):
        if each["bmp"] == "06":
            assert tree(tags_of(raw_of(vector))) == [expected_tree(one) for one in each["tlv"]]
        elif each["bmp"] == "60":
            assert sum(one["amount_cents"] for one in by_key["60"].value["schemes"].values()) >= 0
        else:
            assert by_key[each["bmp"]].name == each["name"]
            assert said_alike(by_key[each["bmp"]].value, each)
    for name in ("password", "config_byte", "intermediate_status", "terminal_status", "sw_version"):
        if name in decoded:
            assert by_name[name] == decoded[name]


def said_alike(ours: Any, theirs: dict[str, Any]) -> bool:
    value = theirs["value"]
    if theirs["bmp"] == "22":
        return (
            len(ours) >= 4 and ours[-4:] == value.split("D")[0].rstrip("F").replace("E", "*")[-4:]
        )
    return ours in value.values() if isinstance(value, dict) else ours == value


def tags_of(raw: bytes) -> tuple[Tag, ...]:
    return fields.parse(layouts.lay_out(one_frame(raw)).after).tags


def tree(tags: tuple[Tag, ...]) -> list[Any]:
    return [
        (each.name, tree(each.children) if each.children else each.raw.hex().upper())
        for each in tags
    ]


def expected_tree(theirs: dict[str, Any]) -> tuple[str, Any]:
    if "children" in theirs:
        return theirs["tag"], [expected_tree(each) for each in theirs["children"]]
    return theirs["tag"], theirs.get("raw", "")


@needs_collection
def test_every_frame_says_what_its_source_claims() -> None:
    checked = 0
    for vector in VECTORS.values():
        claims = vector.get("asserted")
        if not isinstance(claims, dict) or "incomplete" in vector.get("flags", []):
            continue
        by_name = {each.name: each.value for each in explained(vector).parts}
        for claim, name in NAMES.items():
            if claim in claims and claims[claim] not in ("supported", "not supported"):
                where = (vector["id"], claim)
                assert alike(by_name.get(name), claims[claim]), where
                checked += 1
    assert checked >= 90


def alike(ours: Any, theirs: Any) -> bool:
    """Sources write numbers as 22, "22" or "0022", times as 223953 or 22:39:53."""
    if ours == theirs:
        return True
    return str(ours).lstrip("0") == str(theirs).replace(":", "").lstrip("0")


@needs_collection
def test_amounts_in_euros_and_parts_of_dates_are_as_claimed() -> None:
    checked = 0
    for vector in VECTORS.values():
        claims = vector.get("asserted") or {}
        by_name = {each.name: each.value for each in explained(vector).parts}
        if "amount" in claims:
            assert by_name["amount_cents"] == int(Decimal(claims["amount"]) * 100)
            checked += 1
        if "date_day" in claims:
            day = f"{claims['date_month']:02}{claims['date_day']:02}"
            assert by_name["date_mmdd"] == day
            checked += 1
    assert checked >= 6


@needs_collection
@pytest.mark.parametrize(
    "key", [key for key, each in VECTORS.items() if each["category"] in ("malformed", "framing")]
)
def test_what_is_malformed_is_a_value_and_never_raises(key: str) -> None:
    raw = bytes.fromhex(VECTORS[key]["hex"])
    assert not all(each.is_ok for each in explain_all(raw))
    for frame in Assembler().feed(raw):
        read(frame)


@needs_collection
@pytest.mark.parametrize(
    "key", [key for key, each in VECTORS.items() if "incomplete" in each.get("flags", [])]
)
def test_what_is_incomplete_waits_for_more(key: str) -> None:
    raw, assembler = bytes.fromhex(VECTORS[key]["hex"]), Assembler()
    assert assembler.feed(raw) == []
    assert assembler.pending == raw


@needs_collection
@pytest.mark.parametrize(
    "key", [key for key, each in VECTORS.items() if each["transport"] == "serial"]
)
def test_serial_blocks_are_intact(key: str) -> None:
    vector = VECTORS[key]
    (ours,) = explain_all(bytes.fromhex(vector["hex"]))
    assert vector["crc_ok"]
    assert ours.problem == ""
    damaged = bytearray.fromhex(vector["hex"])
    damaged[-1] ^= 1
    assert "checksum" in explain_all(bytes(damaged))[0].problem


@needs_collection
def test_tags_are_built_again_as_they_were() -> None:
    rebuilt = 0
    for key in WELL_FORMED:
        for each in fields.parse(layouts.lay_out(one_frame(raw_of(VECTORS[key]))).after).values:
            if isinstance(each.value, tuple):
                assert tlv.build(each.value) == each.raw
                rebuilt += 1
    assert rebuilt >= 40


@needs_collection
@pytest.mark.parametrize("key", [each["id"] for each in COLLECTION["primitives"]])
def test_primitives(key: str) -> None:
    primitive = next(each for each in COLLECTION["primitives"] if each["id"] == key)
    checks = list(primitive_checks(primitive))
    assert all(checks), primitive


def primitive_checks(primitive: dict[str, Any]) -> Iterator[bool]:
    given, expected = primitive["input"], primitive["expected"]
    match primitive["kind"]:
        case "LL length" | "LLL length":
            yield fields.length_digits(bytes.fromhex(given)) == expected
        case "LL length encode" | "LLL length encode":
            count = 2 if primitive["kind"].startswith("LL ") else 3
            yield fields.encoded_digits(given, count).hex().upper() == expected
        case "TLV length encode":
            yield tlv.encoded_length(given).hex().upper() == expected
        case "TLV length decode":
            yield decoded_length(bytes.fromhex(given)) == expected
        case "TLV tag":
            yield tlv.tag_at(bytes.fromhex(given)).hex().upper() == expected["tag"]
        case "APDU length encode":
            # One source writes the long form high byte first; the standard says low byte first.
            right = {255: "FFFF00"}.get(given, expected)
            yield encode(b"\x04\x0f", bytes(given))[2 : -given or None].hex().upper() == right
        case "BCD int":
            yield bcd(given["value"], given["bytes"]).hex().upper() == expected
        case "BCD decode":
            yield (digits(bytes.fromhex(given)) is None) == (expected == "error")
        case "TLV container" if isinstance(expected, list):
            (container,) = fields.parse(bytes.fromhex(given)).values
            assert isinstance(container.value, tuple)
            yield [(each.name, each.raw.hex().upper()) for each in container.value] == [
                (each["tag"], each["raw"]) for each in expected
            ]


def decoded_length(raw: bytes) -> dict[str, int] | str:
    try:
        head, size = tlv.length(raw)
    except tlv.TlvTrouble:
        return "error"
    return {"length": size, "bytes": head}

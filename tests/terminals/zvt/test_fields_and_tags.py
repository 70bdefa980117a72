"""Fields, TLV objects and characters: the small parts of a frame."""

import pytest

from terminals.adapters.zvt.protocol import charset, fields, tlv


def test_a_set_that_a_device_announces_is_believed() -> None:
    assert charset.announced(b"\xff") == "cp437"
    assert charset.announced(b"\xfe") == "utf-8"
    assert charset.announced(b"\x0f") == "iso8859-15"
    assert charset.announced(b"\x0c") is None
    assert charset.announced(None) is None


def test_tags_nest_and_are_found_at_any_depth() -> None:
    tags = tlv.parse(bytes.fromhex("2F071F100102430155FF410101"))
    assert [each.name for each in tags] == ["2F", "FF41"]
    assert tlv.find(tags, 0x43) == tlv.Tag(0x43, b"\x55")
    assert tlv.find(tags, 0x99) is None
    assert tlv.build(tags) == bytes.fromhex("2F071F100102430155FF410101")
    deep = bytes.fromhex("2400")
    for _ in range(100):
        deep = b"\x24" + tlv.encoded_length(len(deep)) + deep
    assert tlv.build(tlv.parse(deep)) == deep


@pytest.mark.parametrize(
    ("size", "length"), [(0, "00"), (127, "7F"), (128, "8180"), (255, "81FF"), (43981, "82ABCD")]
)
def test_lengths_of_tags_have_the_high_byte_first(size: int, length: str) -> None:
    assert tlv.encoded_length(size).hex().upper() == length
    assert tlv.length(bytes.fromhex(length)) == (len(length) // 2, size)


@pytest.mark.parametrize("raw", ["80", "83000001", "82AB", "", "FA1F5B"])
def test_what_is_no_length_of_a_tag_is_refused(raw: str) -> None:
    with pytest.raises(tlv.TlvTrouble):
        tlv.length(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ["1F", "1F8182838485", "0705", "9F"])
def test_what_are_no_tags_is_refused(raw: str) -> None:
    with pytest.raises(tlv.TlvTrouble):
        tlv.parse(bytes.fromhex(raw))


def test_a_private_container_may_hold_plain_bytes() -> None:
    (tag,) = tlv.parse(bytes.fromhex("FF4003123456"))
    assert (tag.name, tag.raw, tag.children) == ("FF40", b"\x12\x34\x56", ())


def test_length_digits_are_read_and_written() -> None:
    assert fields.length_digits(bytes.fromhex("F0F1F9")) == 19
    assert fields.encoded_digits(387, 3).hex().upper() == "F3F8F7"
    for odd in ("F0E0", "FAF0", "3031"):
        with pytest.raises(ValueError, match="no length"):
            fields.length_digits(bytes.fromhex(odd))
    with pytest.raises(ValueError, match="does not fit"):
        fields.encoded_digits(100, 2)

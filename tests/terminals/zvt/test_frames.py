"""Frames out of a stream: in any pieces, in both forms of length, nothing lost or doubled."""

import random

import pytest

from terminals.adapters.zvt.protocol import serial
from terminals.adapters.zvt.protocol.frames import Assembler, Frame, encode, missing
from tests.terminals.zvt import frames_of_our_own as ours


def test_frames_come_out_as_they_went_in_however_they_are_cut() -> None:
    stream = b"".join(ours.FROM_TERMINALS)
    for seed in range(50):
        chance, assembler, heard = random.Random(seed), Assembler(), []
        position = 0
        while position < len(stream):
            end = position + chance.choice((0, 1, 2, 3, 7, 1460))
            heard += assembler.feed(stream[position:end])
            position = end
        assert [each.raw for each in heard] == list(ours.FROM_TERMINALS)
        assert assembler.pending == b""


def test_one_byte_at_a_time_completes_a_frame_at_its_last_byte() -> None:
    assembler = Assembler()
    raw = ours.LONG_BLOCK
    for byte in raw[:-1]:
        assert assembler.feed(bytes([byte])) == []
    assert assembler.pending == raw[:-1]
    assert assembler.feed(raw[-1:]) == [Frame(b"\x06\xd3", raw[5:], is_extended=True)]


def test_an_answer_and_what_follows_it_in_the_same_piece_are_two_things() -> None:
    assembler = Assembler()
    assert [each.raw.hex() for each in assembler.feed(bytes.fromhex("8000000102"))] == ["800000"]
    assert assembler.pending == b"\x01\x02"


@pytest.mark.parametrize(
    ("size", "length"), [(0, "00"), (1, "01"), (254, "FE"), (255, "FFFF00"), (256, "FF0001")]
)
def test_the_length_is_short_up_to_254_and_then_low_byte_first(size: int, length: str) -> None:
    assert encode(b"\x04\x0f", bytes(size))[2 : -size or None].hex().upper() == length


def test_the_longest_frame_is_65535_bytes() -> None:
    raw = encode(b"\x06\xd3", b"x" * 65535)
    assert Assembler().feed(raw)[0].data == b"x" * 65535
    with pytest.raises(ValueError, match="at most 65535"):
        encode(b"\x06\xd3", b"x" * 65536)
    with pytest.raises(ValueError, match="2 bytes"):
        encode(b"\x06", b"")


def test_a_long_form_for_little_data_is_kept_as_it_came() -> None:
    raw = bytes.fromhex("060FFF010000")
    (frame,) = Assembler().feed(raw)
    assert (frame.data, frame.raw) == (b"\x00", raw)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("04", "3 bytes, 1 are here"),
        ("1E01FF", "5 bytes, 3 are here"),
        ("040F0600", "6 bytes of data announced, 1 here"),
        ("040FFF00016C", "256 bytes of data announced, 1 here"),
        ("150369", "NAK of the serial protocol"),
    ],
)
def test_what_is_missing_is_said_in_words(held: str, said: str) -> None:
    assert said in missing(bytes.fromhex(held))


def test_a_frame_shows_no_data_when_it_is_printed() -> None:
    (frame,) = Assembler().feed(ours.SECRETS[0])
    assert ours.PAN not in repr(frame)
    assert "data" not in repr(frame)


def test_a_serial_block_is_taken_off_and_its_checksum_is_checked() -> None:
    assert serial.checksum(bytes.fromhex("800000")).hex() == "f51f"
    assert serial.checksum(bytes.fromhex("067000")).hex() == "d9f9"
    doubled = bytes.fromhex("10 02 06 01 07 04 00 00 00 00 10 10 10 10 10 03")
    inner = bytes.fromhex("06 01 07 04 00 00 00 00 10 10")
    block = serial.unwrap(doubled + serial.checksum(inner))
    assert (block.apdu, block.problem) == (inner, "")
    assert "checksum" in serial.unwrap(doubled + b"\0\0").problem
    assert "checksum" in serial.unwrap(doubled).problem
    assert "does not end" in serial.unwrap(doubled[:-2]).problem
    assert "single 10" in serial.unwrap(bytes.fromhex("1002061077")).problem

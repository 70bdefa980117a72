"""What card terminals want printed, line by line or in blocks, in four character sets."""

import pytest

from terminals.adapters.zvt.protocol import charset
from terminals.adapters.zvt.protocol.frames import Assembler
from terminals.adapters.zvt.protocol.messages import (
    Malformed,
    Message,
    PrintBlock,
    PrintLine,
    read,
)
from terminals.adapters.zvt.protocol.messages.receipts import style
from tests.terminals.zvt import frames_of_our_own as ours


def heard(raw: bytes | str, texts: str = charset.AUTO) -> Message | Malformed:
    (frame,) = Assembler().feed(bytes.fromhex(raw) if isinstance(raw, str) else raw)
    return read(frame, charset=texts)


def test_a_block_is_read_with_its_lines_and_their_looks() -> None:
    block = heard(ours.BLOCK)
    assert isinstance(block, PrintBlock)
    assert (block.receipt_type, block.receipt_info, block.is_last) == (2, 0x80, True)
    assert [(each.text, each.attribute) for each in block.lines] == [
        ("Hallenbad Süd", 0x40),
        ("", 0),
        ("für Sie", 0),
    ]
    long = heard(ours.LONG_BLOCK)
    assert isinstance(long, PrintBlock)
    assert (len(long.lines), long.is_last) == (30, False)


def test_lines_are_read_with_what_some_devices_hang_on_them() -> None:
    line = heard(ours.LINE)
    assert isinstance(line, PrintLine)
    assert (line.text, line.attribute, line.is_last) == ("** Händlerbeleg **", 0x40, False)
    hung = heard(ours.LINE_WITH_CONTAINER)
    assert isinstance(hung, PrintLine)
    assert (hung.text, hung.receipt_type) == ("HÄNDLERBELEG", 1)
    last, feeds, one = heard(ours.LAST_LINE), heard(ours.LINE_FEEDS), heard("06D101FF")
    assert isinstance(last, PrintLine)
    assert isinstance(feeds, PrintLine)
    assert isinstance(one, PrintLine)
    assert last.is_last
    assert (feeds.line_feeds, one.line_feeds, feeds.is_last) == (3, 1, False)


def test_an_attribute_says_how_a_line_looks() -> None:
    assert style(0x40).is_centred
    assert style(0x20).is_wide
    assert style(0x10).is_high
    assert style(0x05).indent == 5
    assert style(0x0F).is_right
    assert style(0x81) == style(0x80)


@pytest.mark.parametrize(
    ("raw", "texts", "text"),
    [
        ("Test ä ö ü ß".encode("cp437"), charset.AUTO, "Test ä ö ü ß"),
        ("Test ä ö ü".encode("latin-1"), charset.AUTO, "Test ä ö ü"),
        ("Grüße".encode(), charset.AUTO, "Grüße"),
        ("ß".encode("cp437"), charset.AUTO, "ß"),
        (b"Test { | } ~ [\\]", charset.SEVEN_BIT, "Test ä ö ü ß ÄÖÜ"),
        (b"[1]", charset.AUTO, "[1]"),
        ("ä".encode("latin-1"), charset.CP437, "Σ"),
    ],
)
def test_characters_of_four_sets(raw: bytes, texts: str, text: str) -> None:
    assert charset.decode(raw, texts) == text
    line = heard(ours.apdu("06D1", "00" + raw.hex()), texts)
    assert isinstance(line, PrintLine)
    assert line.text == text

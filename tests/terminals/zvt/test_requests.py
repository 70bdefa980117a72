"""What a till says to a card terminal, exact to the byte."""

import pytest

from terminals.adapters.zvt.protocol import tlv
from terminals.adapters.zvt.protocol.messages import (
    AbortCommand,
    Ack,
    Authorisation,
    Diagnosis,
    EndOfDay,
    Initialisation,
    LogOff,
    Refund,
    Refuse,
    Registration,
    RepeatReceipt,
    Request,
    Reversal,
    SendTotals,
    StatusEnquiry,
    build,
    permitted,
)

PRINT_BLOCK = permitted(b"\x06\xd3")


@pytest.mark.parametrize(
    ("message", "raw"),
    [
        (Registration("123456", 0xBE, service=1, tags=(PRINT_BLOCK,)),
         "060010123456BE09780301060626040A0206D3"),
        (Registration("123456", 0x3E, service=1), "06000A1234563E097803010600"),
        (Registration("123456", 0x08, tlv=False), "060006123456080978"),
        (Registration("987654", 0x41, currency=None, tlv=False), "06000498765441"),
        (Authorisation(1000, currency=False), "06010704000000001000"),
        (Authorisation(1234, 0x40), "06010C040000000012344909781940"),
        (Authorisation(3300, currency=False, max_status=10), "06010904000000003300020A"),
        (Reversal("000000", 42), "063006000000870042"),
        (Reversal("000000", 42, 1234), "06300D00000087004204000000001234"),
        (Refund("000000", 500), "06310D00000004000000000500490978"),
        (EndOfDay("123456"), "065003123456"),
        (SendTotals("123456"), "061003123456"),
        (StatusEnquiry(), "050100"),
        (StatusEnquiry("123456", 3), "0501051234560303"),
        (RepeatReceipt("000000"), "062003000000"),
        (RepeatReceipt("000000", 3), "0620050000000303"),
        (Diagnosis(), "067000"),
        (Diagnosis(1), "06700506031B0101"),
        (Initialisation("999999"), "069303999999"),
        (AbortCommand(), "06B000"),
        (LogOff(), "060200"),
        (Ack(), "800000"),
        (Ack((tlv.Tag(0x1F73, b"\0\0\1"),)), "80000806061F7303000001"),
        (Refuse(0x9C), "849C00"),
    ],
)  # fmt: skip
def test_what_the_till_says_is_exact_to_the_byte(message: Request, raw: str) -> None:
    assert build(message).hex().upper() == raw


@pytest.mark.parametrize(
    "message",
    [
        Authorisation(-1),
        Authorisation(10**12),
        Reversal("000000", 10_000),
        EndOfDay("12345"),
        EndOfDay("12345x"),
        EndOfDay("１２３４５６"),
        Registration("000000", currency=None),
    ],
)
def test_what_no_frame_can_carry_is_not_sent(message: Request) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds above have a sentence each
        build(message)


def test_passwords_do_not_show() -> None:
    assert "123456" not in repr([Registration("123456"), EndOfDay("123456")])

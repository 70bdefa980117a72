"""Codes in words, and what they mean for a cashier and a guest."""

import pytest

from terminals.adapters import REASONS, STEPS
from terminals.adapters.zvt.protocol import words


def test_every_code_has_words_and_a_place() -> None:
    for code in range(256):
        result, progress = words.result(code), words.progress(code)
        assert result.reason in (*REASONS, words.ABORT) or (code == 0 and result.reason == "")
        assert progress.step in STEPS
        for phrase in (result.phrase, progress.phrase, words.status(code)):
            assert all(phrase)


@pytest.mark.parametrize(
    ("codes", "step"),
    [
        ("0A 2A", "card"), ("00", "amount"), ("01 02 CC", "pin"), ("15 55", "pin_again"),
        ("04 D2 D3 0E 17", "bank"), ("0B 41 5D", "remove_card"),
        ("03 07 08 09 10 0C 13", "card_refused"), ("0D 12 14 16 18 19 1D", "refusing"),
        ("1B 1C", "promised"), ("05", "reversing"), ("E0 E1 28 29 2C 69", "choosing"),
        ("0F C9 CA 06", "busy"), ("C8", "cashier"), ("F1", "offline"), ("F2", "online"),
        ("1A 99 FF", "working"),
    ],
)  # fmt: skip
def test_the_track_of_the_cashier_follows_the_design(codes: str, step: str) -> None:
    assert {words.step(code) for code in bytes.fromhex(codes)} == {step}


def test_a_state_may_ask_for_the_card_as_well() -> None:
    assert words.progress(0x44).phrase.english == "waiting for the bank; please remove the card"
    assert words.progress(0x5E).step == "working"
    assert words.progress(0x5B).step == "remove_card"


def test_reasons_are_those_a_guest_may_hear() -> None:
    told = {0x05: "bank", 0x36: "card_expired", 0x37: "wrong_pin", 0x6C: "abort", 0x9B:
            "no_connection", 0xF0: "end_of_day_needed", 0x6E: "card_blocked", 0xFF: "device",
            0x20: "bank", 0xC3: "amount", 0x00: ""}  # fmt: skip
    assert {code: words.reason(code) for code in told} == told


def test_the_brand_is_that_of_the_application_before_name_and_type() -> None:
    assert words.scheme(46, "Debit Mastercard", "A0000000041010") == "Mastercard"
    assert words.scheme(46, "Debit Mastercard", "") == "Debit Mastercard"
    assert words.scheme(5, "", "") == "girocard"
    assert words.scheme(None, "", "") == ""
    assert words.is_girocard(None, "", "A0000003591010028001")
    assert not words.is_girocard(10, "VISA", "A0000000031010")

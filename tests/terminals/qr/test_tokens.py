"""Signed guest codes: what goes in comes out, and nothing else ever does."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminals.qr.keys import public_text as as_text
from terminals.qr.keys import read_public, read_ring, with_new_key
from terminals.qr.tokens import LENGTH, MOST, Code, Refused, SigningKey, phone_code, read, sign
from tests.terminals.qr.codes import LATER, NOW, RING, TEXT, a_card_code, a_ring

ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")  # of QR, ISO 18004
KEYS = a_ring()

numbers = st.integers(0, MOST)
minutes = st.integers(1, 30 * 365 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n))
codes = st.one_of(
    st.builds(
        lambda number, until, card: Code("wallet", f"W-{number:06d}", until, card),
        numbers, minutes, st.integers(1, MOST),
    ),
    st.builds(
        lambda number, until, card: Code("pass", f"P-{number:06d}", until, card),
        numbers, minutes, st.integers(1, MOST),
    ),
    st.builds(lambda number: phone_code("wallet", f"W-{number:06d}", now=NOW), numbers),
)  # fmt: skip


@given(code=codes)
def test_what_was_signed_is_read(code: Code) -> None:
    text = sign(code, KEYS.signing, now=NOW)
    assert read(text, KEYS.public, NOW) == code
    assert len(text) == LENGTH
    assert set(text) <= ALPHANUMERIC


def test_a_keyboard_of_another_language_types_the_same() -> None:
    assert not set(TEXT) & set("YZ-/+:IO")
    assert read(f" {TEXT.lower()}\r\n", KEYS.public, NOW) == a_card_code()


@given(place=st.integers(0, LENGTH - 1), letter=st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWX"))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    forged = TEXT[:place] + letter + TEXT[place + 1 :]
    answer = read(forged, KEYS.public, NOW)
    if letter == TEXT[place]:
        assert answer == a_card_code()
    else:
        assert isinstance(answer, Refused)
        assert answer.reason in ("malformed", "unknown", "wrong_key")
        assert answer.code is None


@given(text=st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin1")))
def test_what_is_no_code_is_malformed(text: str) -> None:
    assert read(text, KEYS.public, NOW) == Refused("malformed")


@pytest.mark.parametrize(
    "text", [TEXT[:-1], TEXT + "0", "ſ" + TEXT[1:], "1" * LENGTH, "X" * LENGTH]
)
def test_what_is_nearly_a_code_is_malformed(text: str) -> None:
    assert read(text, KEYS.public, NOW) == Refused("malformed")


def test_a_code_ends_to_the_minute() -> None:
    assert read(TEXT, KEYS.public, LATER - timedelta(microseconds=1)) == a_card_code()
    assert read(TEXT, KEYS.public, LATER) == Refused("expired", a_card_code())


@given(seconds=st.integers(0, 10**6))
def test_a_phones_code_lives_nine_to_ten_minutes(seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    left = phone_code("wallet", "W-000017", now=now).valid_until - now
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


def test_only_what_can_be_revoked_lives_long() -> None:
    longest = NOW + timedelta(minutes=11)
    with pytest.raises(ValueError, match="ten minutes"):
        sign(a_card_code(None, longest), KEYS.signing, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(a_card_code(), code="P-000017"),
        replace(a_card_code(), code="W-17"),
        replace(a_card_code(), code="W-16777216"),
        replace(a_card_code(), code="W-00001²"),
        replace(a_card_code(), card=0),
        replace(a_card_code(), card=MOST + 1),
        replace(a_card_code(), valid_until=LATER + timedelta(seconds=1)),
        replace(a_card_code(), valid_until=datetime(2025, 12, 31, tzinfo=UTC)),
        replace(a_card_code(), valid_until=datetime(2090, 1, 1, tzinfo=UTC)),
    ],
)
def test_what_a_code_cannot_say_is_not_signed(wrong: Code) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sign(wrong, KEYS.signing, now=NOW)


def test_a_new_key_signs_and_the_old_codes_still_hold() -> None:
    renewed = read_ring(with_new_key(RING))
    assert renewed.signing.id == KEYS.signing.id + 1
    assert read(TEXT, renewed.public, NOW) == a_card_code()
    fresh = sign(a_card_code(), renewed.signing, now=NOW)
    assert read(fresh, renewed.public, NOW) == a_card_code()
    # A till that has not heard of the new key says so, and does not guess.
    assert read(fresh, KEYS.public, NOW) == Refused("unknown")


def test_a_key_of_somebody_else_under_our_number_signs_nothing() -> None:
    theirs = SigningKey(KEYS.signing.id, read_ring(with_new_key()).signing.private)
    forged = sign(a_card_code(), theirs, now=NOW)
    assert read(forged, KEYS.public, NOW) == Refused("wrong_key")


def test_a_till_reads_with_the_public_keys_alone() -> None:
    public = {number: read_public(as_text(key)) for number, key in KEYS.public.items()}
    assert read(TEXT, public, NOW) == a_card_code()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at least one"),
        ("\n,\n", "at least one"),
        ("x AAAA", "number"),
        ("0 AAAA", "number"),
        ("256 AAAA", "number"),
        ("1 AAAA", "32 bytes"),
        ("1 !", "32 bytes"),
        (RING + RING, "same number"),
    ],
    ids=["empty", "blank", "no number", "zero", "large", "short", "no base64", "twice"],
)
def test_a_ring_that_is_none_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_ring(text)

"""Tickets as text: signed, short, renewable, and never a reason to fall over."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from terminals.gate.scanned import PassCode, Unread, scan
from terminals.gate.tokens import NoTicket, Ticket, mark, new_code, read, sign, spoken
from terminals.qr.keys import read_ring, with_new_key
from terminals.qr.letters import LETTERS
from terminals.qr.tokens import Code, phone_code
from terminals.qr.tokens import read as read_code
from terminals.qr.tokens import sign as sign_code

RING_TEXT = with_new_key()
RING = read_ring(RING_TEXT)
NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)


def a_ticket(**how: object) -> Ticket:
    given = {"code": new_code(), "house": mark("B01"), "valid_from": date(2026, 11, 17),
             "valid_until": date(2029, 12, 31)} | how  # fmt: skip
    return Ticket(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("is_supplement", [True, False])
def test_what_was_signed_is_read_back(is_supplement: bool) -> None:
    held = a_ticket(is_supplement=is_supplement)
    text = sign(held, RING.signing)
    assert (len(text), set(text) <= set(LETTERS)) == (128, True)
    assert read(text, RING.public) == held
    assert read(f" {text.lower()}\r\n", RING.public) == held


def test_only_holders_of_our_keys_sign_tickets() -> None:
    other = read_ring(with_new_key())
    assert read(sign(a_ticket(), other.signing), RING.public) == NoTicket("wrong_key")
    renewed = read_ring(with_new_key(RING_TEXT))
    new = sign(a_ticket(), renewed.signing)
    assert read(new, RING.public) == NoTicket("unknown")
    assert isinstance(read(new, renewed.public), Ticket)
    assert isinstance(read(sign(a_ticket(), RING.signing), renewed.public), Ticket)
    retired = read_ring(with_new_key(RING_TEXT).splitlines()[-1])
    assert read(sign(a_ticket(), RING.signing), retired.public) == NoTicket("unknown")


def test_a_ticket_is_no_guest_code_and_a_guest_code_no_ticket() -> None:
    ticket = sign(a_ticket(), RING.signing)
    refused = read_code(ticket, RING.public, NOW)
    assert not isinstance(refused, Code)
    assert refused.reason == "malformed"
    wallet = sign_code(phone_code("wallet", "W-000017", now=NOW), RING.signing, now=NOW)
    assert read(wallet, RING.public) == NoTicket("malformed")
    assert scan(wallet, RING.public, NOW) == Unread("unknown")
    held = scan(
        sign_code(phone_code("pass", "P-000004", now=NOW), RING.signing, now=NOW), RING.public, NOW
    )
    assert isinstance(held, PassCode)
    assert held.code == "P-000004"


@pytest.mark.parametrize(
    "how",
    [
        {"code": "7KQ4"}, {"house": b"x"}, {"valid_from": date(2025, 1, 1)},
        {"valid_until": date(2026, 11, 16)}, {"valid_until": date(2300, 1, 1)},
    ],
)  # fmt: skip
def test_what_no_ticket_can_say_is_not_signed(how: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="ticket"):
        sign(a_ticket(**how), RING.signing)


def test_a_thousand_mutated_codes_open_nothing_and_break_nothing() -> None:
    dice = random.Random(20261117)
    whole = sign(a_ticket(), RING.signing)
    for _ in range(1000):
        letters = list(whole)
        for _ in range(dice.randint(1, 4)):
            what, where = dice.randrange(4), dice.randrange(len(letters))
            other = dice.choice(LETTERS + "ÄÖ0\x00🎫- ")
            if what == 0:
                letters[where] = other
            elif what == 1:
                del letters[where]
            elif what == 2:
                letters.insert(where, other)
            else:
                letters = letters[where:] + letters[:where]
        text = "".join(letters)
        if text.strip().upper() != whole:
            assert isinstance(scan(text, RING.public, NOW + timedelta(dice.randint(0, 9))), Unread)


def test_the_letters_below_are_read_in_two_halves() -> None:
    assert spoken("7KQ4M2XW") == "7KQ4 M2XW"
    assert len({new_code() for _ in range(1000)}) == 1000

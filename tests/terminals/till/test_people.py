"""PINs at the till: checked without a line, blocked after five wrong ones, then unlocked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from terminals.till.errors import TillRefusal
from terminals.till.people import (
    BLOCKED,
    TRIES,
    ProofMissing,
    blocked_until,
    forget_failures,
    note_failure,
    person_with,
    prove,
    role_of,
    tries_left,
)
from terminals.till.pull import keep_document

NOW = datetime(2026, 11, 17, 6, 20, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STAFF = [
    {"code": "S-0007", "name": "Kern", "role": "cashier", "pin_hash": QUICK.hash("482916")},
    {"code": "S-0008", "name": "Broken", "role": "cashier", "pin_hash": "no hash at all"},
    {"code": "S-0009", "name": "Roth", "role": "site_manager", "pin_hash": QUICK.hash("735204")},
]  # fmt: skip


@pytest.fixture
def journal(bare):
    with bare.site.journal.write() as connection:
        keep_document(connection, "B01-1", "staff", {"people": STAFF}, etag=None)
    return bare.site.journal


def test_a_pin_is_somebody(journal):
    cashier, manager = typed(journal, "482916"), typed(journal, "735204")
    assert (cashier.code, cashier.is_manager) == ("S-0007", False)
    assert (manager.code, manager.is_manager) == ("S-0009", True)
    with journal.read() as connection:
        assert role_of(connection, "B01-1", "S-0007") == "cashier"
        assert role_of(connection, "B01-1", "S-0001") is None


def test_a_till_that_never_heard_of_anybody_says_so(bare):
    with pytest.raises(TillRefusal, match="nobody_known"):
        typed(bare.site.journal, "482916")


def test_a_wrong_pin_says_how_many_tries_are_left(journal):
    assert left(journal, NOW) is None
    for expected in (4, 3, 2, 1, 0):
        with pytest.raises(TillRefusal, match="pin_wrong") as no:
            typed(journal, "000000")
        assert no.value.data["tries_left"] == expected
        fail(journal, NOW)
        assert left(journal, NOW) == expected


def test_after_five_wrong_pins_no_cashier_gets_in_for_five_minutes(journal):
    for minute in range(TRIES):
        fail(journal, NOW + timedelta(minutes=minute))
    last = NOW + timedelta(minutes=TRIES - 1)
    soon, later = last + BLOCKED - timedelta(seconds=1), last + BLOCKED
    assert until(journal, soon) == later
    with pytest.raises(TillRefusal, match="pin_wrong"):
        typed(journal, "482916", soon)
    assert until(journal, later) is None
    assert typed(journal, "482916", later).code == "S-0007"


def test_wrong_pins_of_an_hour_ago_block_nobody(journal):
    for _ in range(TRIES - 1):
        fail(journal, NOW - timedelta(hours=1))
    fail(journal, NOW)
    assert until(journal, NOW) is None


def test_the_manager_unlocks_at_once(journal):
    for _ in range(TRIES):
        fail(journal, NOW)
    assert typed(journal, "735204").code == "S-0009"
    with journal.write() as connection:
        forget_failures(connection, "B01-1")
    assert typed(journal, "482916").code == "S-0007"


def test_nobody_can_go_on_guessing_the_managers_pin(journal):
    for _ in range(2 * TRIES):
        fail(journal, NOW)
    with pytest.raises(TillRefusal, match="pin_blocked") as no:
        typed(journal, "735204")
    assert no.value.data["until"] == NOW + BLOCKED


def test_a_pin_is_not_compared_while_others_wait_for_the_journal(journal):
    with journal.write() as connection, pytest.raises(ProofMissing) as asked:
        person_with(connection, "B01-1", "482916", now=NOW, proof=None)
    assert (asked.value.till, asked.value.pin) == ("B01-1", "482916")


def test_a_proof_of_another_pin_or_of_other_people_proves_nothing(journal):
    with journal.read() as connection:
        known = prove(connection, "B01-1", "482916")
    of_nobody = replace(known, compared=frozenset())
    for proof, pin in ((known, "482917"), (of_nobody, "482916")):
        with journal.write() as connection, pytest.raises(ProofMissing):
            person_with(connection, "B01-1", pin, now=NOW, proof=proof)


def typed(journal, pin, now=NOW):
    with journal.read() as connection:
        proof = prove(connection, "B01-1", pin)
    with journal.write() as connection:
        return person_with(connection, "B01-1", pin, now=now, proof=proof)


def fail(journal, now):
    with journal.write() as connection:
        note_failure(connection, "B01-1", now)


def until(journal, now):
    with journal.read() as connection:
        return blocked_until(connection, "B01-1", now)


def left(journal, now):
    with journal.read() as connection:
        return tries_left(connection, "B01-1", now)

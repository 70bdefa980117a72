"""Signing in: two proofs, each code once, waits that grow, sessions that end."""

import base64
import threading

import pytest
from argon2 import extract_parameters
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import Database
from ledger.staff import passwords
from ledger.staff.audit import Filter, deeds
from ledger.staff.passwords import hash_secret
from ledger.staff.people import give_password
from ledger.staff.sessions import (
    OPEN,
    find_session,
)
from ledger.staff.sign_in import (
    Proven,
    Wait,
    Wrong,
    doubt,
    secret_to_set_up,
    with_new_password,
)
from ledger.staff.throttle import FREE_PER_LOGIN
from ledger.staff.totp import code_of, matching_step, setup_address
from ledger.tables.staff import sign_in_attempt, staff
from tests.ledger.staff_house import (
    ADMIN,
    NOW,
    PASSWORD,
    RULE,
    a_house,
    a_person,
    enter,
    right_code,
    the_session,
    type_code,
    visit,
)

# RFC 6238, appendix B: the secret of its SHA-1 examples, and the last six of the eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
             2000000000: "279037", 20000000000: "353130"}  # fmt: skip


@pytest.fixture(autouse=True)
def house(session: Session) -> None:
    a_house(session)


@pytest.mark.parametrize(("seconds", "digits"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds: int, digits: str) -> None:
    assert code_of(RFC_SECRET, seconds // 30) == digits


def test_a_code_is_good_for_its_step_and_one_either_way() -> None:
    now = int(NOW.timestamp()) // 30
    found = {
        off: matching_step(RFC_SECRET, code_of(RFC_SECRET, now + off), at=NOW, after=None)
        for off in range(-3, 4)
    }
    assert found == {-3: None, -2: None, -1: now - 1, 0: now, 1: now + 1, 2: None, 3: None}


def test_a_code_is_taken_once_and_never_an_older_one() -> None:
    now = int(NOW.timestamp()) // 30
    code = code_of(RFC_SECRET, now)
    assert matching_step(RFC_SECRET, f" {code[:3]} {code[3:]}", at=NOW, after=now - 1) == now
    assert matching_step(RFC_SECRET, code, at=NOW, after=now) is None
    assert matching_step(RFC_SECRET, code_of(RFC_SECRET, now - 1), at=NOW, after=now) is None
    assert matching_step(RFC_SECRET, "ä", at=NOW, after=None) is None
    assert matching_step(RFC_SECRET, "", at=NOW, after=None) is None


def test_the_qr_code_says_whose_it_is() -> None:
    address = setup_address(RFC_SECRET, login="c.kasse", city="Stadt Aachen")
    assert address.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in address
    assert "issuer=Stadtkasse%20Stadt%20Aachen" in address


def test_both_proofs_open_a_session_and_each_step_has_a_token_of_its_own(
    session: Session,
) -> None:
    somebody = a_person(session)
    first = enter(session)
    half = the_session(session, first)
    assert (half.stage, half.code) == ("password", somebody.code)
    secret = secret_to_set_up(session, half)
    assert secret == secret_to_set_up(session, half)
    second = type_code(session, half, right_code(session, somebody))
    opened = the_session(session, second)
    assert (opened.stage, opened.role, opened.facility) == (OPEN, "cashier", "B01")
    assert isinstance(first, Proven)
    assert isinstance(second, Proven)
    assert first.token != second.token
    assert find_session(session, first.token, at=NOW, rule=RULE) is None


def test_a_one_time_password_asks_for_a_new_one_last(session: Session) -> None:
    somebody = a_person(session)
    password = give_password(session, ADMIN, somebody.code, at=NOW)
    half = the_session(session, enter(session, password=password))
    secret_to_set_up(session, half)
    half = the_session(session, type_code(session, half, right_code(session, somebody)))
    assert half.stage == "code"
    done = with_new_password(session, half, "ein neues Seepferdchen", visit=visit(), rule=RULE)
    assert the_session(session, done).stage == OPEN
    assert enter(session, password=password) == Wrong()
    assert isinstance(enter(session, password="ein neues Seepferdchen"), Proven)


def test_the_same_code_does_not_open_a_second_session(session: Session) -> None:
    somebody = a_person(session)
    half = the_session(session, enter(session))
    secret_to_set_up(session, half)
    code = right_code(session, somebody)
    assert isinstance(type_code(session, half, code), Proven)
    again = the_session(session, enter(session, at=visit(5)), 5)
    assert type_code(session, again, code, 5) == Wrong()
    assert isinstance(type_code(session, again, right_code(session, somebody, 40), 40), Proven)


def test_the_database_takes_no_step_twice_either(session: Session) -> None:
    somebody = a_person(session)
    mine = update(staff).where(staff.c.code == somebody.code)
    session.execute(mine.values(totp_secret=RFC_SECRET, totp_last_step=5))
    for step in (5, 4, None):
        with pytest.raises(IntegrityError, match="taken once"), session.begin_nested():
            session.execute(mine.values(totp_last_step=step))
    session.execute(mine.values(totp_last_step=6))
    session.execute(mine.values(totp_secret=None, totp_last_step=None))


def test_an_unconfirmed_secret_is_dropped_with_the_password(session: Session) -> None:
    somebody = a_person(session)
    before = secret_to_set_up(session, the_session(session, enter(session)))
    password = give_password(session, ADMIN, somebody.code, at=NOW)
    after = secret_to_set_up(session, the_session(session, enter(session, password=password)))
    assert before != after


def test_the_first_mistakes_are_free_and_then_each_one_doubles_the_wait(session: Session) -> None:
    a_person(session)
    for _ in range(FREE_PER_LOGIN):
        assert enter(session, password="wrong") == Wrong()
    waits, seconds = [], 0
    for _ in range(10):
        answer = enter(session, password="wrong", at=visit(seconds))
        assert isinstance(answer, Wait)
        waits.append(answer.seconds)
        seconds += answer.seconds
        assert enter(session, password="wrong", at=visit(seconds)) == Wrong()
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_while_somebody_waits_even_the_right_password_is_not_looked_at(session: Session) -> None:
    a_person(session)
    for _ in range(FREE_PER_LOGIN):
        enter(session, password="wrong")
    before = session.scalar(select(func.count()).select_from(sign_in_attempt))
    assert enter(session) == Wait(5)
    assert session.scalar(select(func.count()).select_from(sign_in_attempt)) == before
    assert isinstance(enter(session, at=visit(5)), Proven)


def test_a_name_nobody_has_is_throttled_like_any_other(session: Session) -> None:
    for _ in range(FREE_PER_LOGIN):
        assert enter(session, "nobody") == Wrong()
    assert enter(session, "nobody") == Wait(5)
    assert enter(session, "somebody.else") == Wrong()


def test_a_right_password_alone_does_not_wipe_the_counter(session: Session) -> None:
    somebody = a_person(session)
    half = the_session(session, enter(session))
    secret_to_set_up(session, half)
    wrong = 0
    while type_code(session, half, "000000") == Wrong():
        wrong += 1
        enter(session)
    assert wrong == FREE_PER_LOGIN
    assert isinstance(type_code(session, half, right_code(session, somebody, 60), 60), Proven)
    assert isinstance(enter(session, at=visit(61)), Proven)
    assert enter(session, password="wrong", at=visit(61)) == Wrong()


def test_an_address_that_tries_many_names_waits_too(session: Session) -> None:
    a_person(session)
    for number in range(30):
        assert enter(session, f"guess-{number}") == Wrong()
    assert enter(session) == Wait(5)
    assert isinstance(enter(session, at=visit(address="198.51.100.1")), Proven)


def test_mistakes_of_an_hour_ago_are_forgotten(session: Session) -> None:
    a_person(session)
    for _ in range(FREE_PER_LOGIN + 1):
        enter(session, password="wrong")
    assert isinstance(enter(session, at=visit(3601)), Proven)


def test_a_hundred_guesses_at_once_are_counted_one_by_one(database: Database) -> None:
    answers: list[object] = []

    def guess() -> None:
        with database.transaction() as session:
            answers.append(enter(session, "many.hands", "wrong"))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(Wrong()) == FREE_PER_LOGIN
    assert answers.count(Wait(5)) == 12 - FREE_PER_LOGIN


def test_a_name_nobody_has_takes_as_much_work_as_a_wrong_password() -> None:
    for_nobody, for_somebody = passwords._NOBODYS, hash_secret(PASSWORD)
    assert extract_parameters(for_nobody) == extract_parameters(for_somebody)


def test_what_is_asked_once_more_is_throttled_as_well(session: Session) -> None:
    a_person(session)
    assert doubt(session, "c.kasse", PASSWORD, visit()) is None
    for _ in range(FREE_PER_LOGIN):
        assert doubt(session, "c.kasse", "wrong", visit()) == Wrong()
    assert doubt(session, "c.kasse", PASSWORD, visit()) == Wait(5)


def test_the_log_knows_who_came_in_and_who_failed(session: Session) -> None:
    somebody = a_person(session)
    enter(session, password="wrong")
    enter(session, "my secret password")
    half = the_session(session, enter(session))
    secret_to_set_up(session, half)
    type_code(session, half, right_code(session, somebody))
    found = deeds(session, only=Filter(subject="sign_in"))
    assert [(deed.who, deed.what) for deed in reversed(found)] == [
        (somebody.code, "sign_in.failed"), ("anonymous", "sign_in.failed"),
        (somebody.code, "sign_in.done"),
    ]  # fmt: skip
    assert all(deed.detail == {"address": "192.0.2.7"} for deed in found)

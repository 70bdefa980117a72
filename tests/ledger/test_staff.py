"""Accounts: who may exist, passwords that hold, and what ends with a person's access."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from config.database import Database
from ledger.staff.audit import Filter, deeds
from ledger.staff.errors import (
    LoginMalformed,
    LoginTaken,
    NameMissing,
    NotYourself,
    PasswordTooWeak,
    PersonNeedsSite,
    UnknownPerson,
    UnknownSite,
)
from ledger.staff.passwords import check_password, hash_secret, is_outdated, is_secret
from ledger.staff.people import (
    Post,
    add_person,
    deactivate,
    forget_code,
    give_password,
    move_person,
    people,
    person,
    person_by_login,
    reactivate,
    set_password,
)
from ledger.staff.pins import people_at, set_pin
from ledger.staff.sessions import find_session, sessions_of
from ledger.staff.sign_in import Proven, Wrong, secret_to_set_up
from ledger.tables.staff import staff
from tests.ledger.staff_house import (
    ADMIN,
    NOW,
    PASSWORD,
    RULE,
    a_house,
    a_person,
    enter,
    itself,
    right_code,
    the_session,
    type_code,
    visit,
)


@pytest.fixture(autouse=True)
def house(session: Session) -> None:
    a_house(session)


def test_codes_are_numbered_and_names_found_again(session: Session) -> None:
    first = a_person(session, "a.first")
    second = a_person(session, "b.second", "finance", None)
    assert first.code < second.code
    assert first.code.startswith("S-")
    assert person_by_login(session, " A.First ").code == first.code
    assert {one.code for one in people(session)} == {first.code, second.code}


@pytest.mark.parametrize("login", ["", "x", "-x", "ä.b", "a b", "a" * 41, "a@b", "a\n"])
def test_a_login_is_what_anybody_can_type(session: Session, login: str) -> None:
    with pytest.raises(LoginMalformed):
        add_person(
            session,
            ADMIN,
            login=login if login != "a\n" else "a\nb",
            name="X",
            post=Post("finance"),
        )


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b"])
def test_a_person_has_a_name(session: Session, name: str) -> None:
    with pytest.raises(NameMissing):
        add_person(session, ADMIN, login="x.y", name=name, post=Post("finance"))


def test_a_login_belongs_to_one_person_for_good(session: Session) -> None:
    gone = a_person(session)
    deactivate(session, ADMIN, gone.code, at=NOW)
    with pytest.raises(LoginTaken):
        a_person(session)


@pytest.mark.parametrize(
    ("role", "site", "refused"),
    [("cashier", None, PersonNeedsSite), ("site_manager", None, PersonNeedsSite),
     ("finance", "B01", PersonNeedsSite), ("administrator", "B01", PersonNeedsSite),
     ("cashier", "B99", UnknownSite), ("king", None, ValueError)],
)  # fmt: skip
def test_who_works_at_a_site_has_one_and_nobody_else(
    session: Session, role: str, site: str | None, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        add_person(session, ADMIN, login="x.y", name="X", post=Post(role, site))
    somebody = a_person(session)
    with pytest.raises(refused):
        move_person(session, ADMIN, somebody.code, name="X", post=Post(role, site), at=NOW)


def test_the_database_refuses_a_cashier_without_a_site_too(session: Session) -> None:
    row = {"code": "S-7777", "login": "xy", "name": "X", "role": "cashier"}
    with pytest.raises(IntegrityError, match="staff_has_its_place"), session.begin_nested():
        session.execute(insert(staff), [row])


def test_passwords_are_argon2id_and_stand_nowhere(session: Session) -> None:
    somebody = a_person(session)
    encoded = session.scalar(select(staff.c.password_hash).where(staff.c.code == somebody.code))
    assert encoded.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    rows = session.execute(
        text("SELECT s::text FROM staff s UNION SELECT a::text FROM audit_log a")
    )
    assert not any(PASSWORD in row for row in rows.scalars())


def test_the_same_password_has_a_salt_of_its_own_each_time() -> None:
    assert hash_secret(PASSWORD) != hash_secret(PASSWORD)
    assert is_secret("Gr\u00fc\u00dfe aus dem Bad", hash_secret("Gru\u0308\u00dfe aus dem Bad"))
    assert not is_secret(PASSWORD, None)
    assert not is_secret(PASSWORD, "not a hash")


def test_a_password_of_older_parameters_is_hashed_again_at_sign_in(session: Session) -> None:
    somebody = a_person(session)
    older = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    session.execute(update(staff).where(staff.c.code == somebody.code).values(password_hash=older))
    assert is_outdated(older)
    assert isinstance(enter(session), Proven)
    encoded = session.scalar(select(staff.c.password_hash).where(staff.c.code == somebody.code))
    assert not is_outdated(encoded)
    assert isinstance(enter(session), Proven)


@pytest.mark.parametrize(
    "password",
    ["", "kurz", "elf Zeichen", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "clara.kassel clara",
     "c.kassec.kasse", "stadtkasse stadtkasse", "x1y2" * 33],
)  # fmt: skip
def test_a_password_is_long_and_not_made_of_what_everybody_knows(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(password, login="c.kasse", name="Clara Kassel")


@pytest.mark.parametrize(
    "password", [PASSWORD, "Straße 12 Äpfel", "q8#Lm2!vZx0P", "🐬🐳🐠🦀🦞🐙 im Bad!"]
)
def test_any_long_sentence_will_do(password: str) -> None:
    check_password(password, login="c.kasse", name="Clara Kassel")


def test_a_one_time_password_runs_out(session: Session) -> None:
    somebody = a_person(session)
    password = give_password(session, ADMIN, somebody.code, at=NOW)
    week = 7 * 24 * 3600
    assert isinstance(enter(session, password=password, at=visit(week - 1)), Proven)
    assert enter(session, password=password, at=visit(week + 1)) == Wrong()


def test_a_new_one_time_password_ends_the_old_password_and_all_sessions(session: Session) -> None:
    somebody = a_person(session)
    opened = enter(session)
    give_password(session, ADMIN, somebody.code, at=NOW)
    assert isinstance(opened, Proven)
    assert find_session(session, opened.token, at=NOW, rule=RULE) is None
    assert enter(session) == Wrong()


def test_a_new_password_ends_all_other_sessions(session: Session) -> None:
    somebody = a_person(session)
    _sign_in(session, somebody, 0)
    here = _sign_in(session, somebody, 30)
    caller = itself(somebody)
    me = type(caller)(caller.name, caller.role, caller.facility, session_id=here)
    set_password(session, me, somebody.code, "ein anderes Seepferdchen", at=NOW)
    left = sessions_of(session, somebody.code, at=NOW + timedelta(seconds=40), rule=RULE)
    assert [one.id for one in left] == [here]


def test_whoever_is_locked_out_is_out_at_once_and_has_no_pin_any_more(session: Session) -> None:
    somebody = a_person(session)
    set_pin(session, ADMIN, somebody.code, "271828", at=NOW)
    _sign_in(session, somebody, 0)
    deactivate(session, ADMIN, somebody.code, at=NOW + timedelta(seconds=5))
    later = NOW + timedelta(seconds=10)
    assert sessions_of(session, somebody.code, at=later, rule=RULE) == []
    assert people_at(session, "B01") == []
    assert enter(session, at=visit(60)) == Wrong()
    reactivate(session, ADMIN, somebody.code)
    assert isinstance(enter(session, at=visit(120)), Proven)
    assert not person(session, somebody.code).has_pin


def test_who_moves_to_another_site_signs_in_again_and_gets_a_new_pin(session: Session) -> None:
    somebody = a_person(session)
    set_pin(session, ADMIN, somebody.code, "271828", at=NOW)
    _sign_in(session, somebody, 0)
    moved = move_person(
        session, ADMIN, somebody.code, name="Clara Neu", post=Post("site_manager", "B02"), at=NOW
    )
    assert (moved.name, moved.role, moved.facility, moved.has_pin) == (
        "Clara Neu", "site_manager", "B02", False,
    )  # fmt: skip
    assert sessions_of(session, somebody.code, at=NOW, rule=RULE) == []


def test_a_new_name_alone_signs_nobody_out(session: Session) -> None:
    somebody = a_person(session)
    _sign_in(session, somebody, 0)
    post = Post("cashier", "B01")
    move_person(session, ADMIN, somebody.code, name="Clara Kassel-Neu", post=post, at=NOW)
    at = NOW + timedelta(seconds=5)
    assert len(sessions_of(session, somebody.code, at=at, rule=RULE)) == 1


def test_nobody_locks_or_promotes_themselves_or_drops_their_second_factor(
    session: Session,
) -> None:
    admin = a_person(session, "a.admin", "administrator", None)
    me = itself(admin)
    with pytest.raises(NotYourself):
        deactivate(session, me, admin.code, at=NOW)
    with pytest.raises(NotYourself):
        move_person(session, me, admin.code, name="A", post=Post("finance_approver"), at=NOW)
    with pytest.raises(NotYourself):
        forget_code(session, me, admin.code, at=NOW)
    move_person(session, me, admin.code, name="Anna Neu", post=Post("administrator"), at=NOW)


def test_a_lost_telephone_is_replaced_at_the_next_sign_in(session: Session) -> None:
    somebody = a_person(session)
    _sign_in(session, somebody, 0)
    assert secret_to_set_up(session, the_session(session, enter(session))) is None
    forget_code(session, ADMIN, somebody.code, at=NOW)
    assert secret_to_set_up(session, the_session(session, enter(session))) is not None


def test_whoever_is_nobody_is_refused_by_name(session: Session) -> None:
    for act in (
        lambda: person(session, "S-0000"),
        lambda: person_by_login(session, "nobody"),
        lambda: deactivate(session, ADMIN, "S-0000", at=NOW),
        lambda: reactivate(session, ADMIN, "S-0000"),
        lambda: give_password(session, ADMIN, "S-0000", at=NOW),
        lambda: set_password(session, ADMIN, "S-0000", PASSWORD, at=NOW),
        lambda: forget_code(session, ADMIN, "S-0000", at=NOW),
    ):
        with pytest.raises(UnknownPerson):
            act()


def test_everything_done_to_an_account_is_written_down(session: Session) -> None:
    somebody = a_person(session)
    deactivate(session, ADMIN, somebody.code, at=NOW)
    found = deeds(session, only=Filter(who=somebody.code))
    assert [(deed.who, deed.what) for deed in reversed(found)] == [
        (ADMIN.name, "staff.added"), (ADMIN.name, "staff.password_given"),
        (somebody.code, "staff.password_set"), (ADMIN.name, "staff.deactivated"),
    ]  # fmt: skip


def test_nobody_is_ever_deleted(database: Database) -> None:
    with database.transaction() as session, pytest.raises(ProgrammingError):
        session.execute(text("DELETE FROM staff"))


def _sign_in(session: Session, somebody: object, seconds: int) -> int:
    half = the_session(session, enter(session, at=visit(seconds)), seconds)
    secret_to_set_up(session, half)
    digits = right_code(session, somebody, seconds)
    return the_session(session, type_code(session, half, digits, seconds), seconds).id

"""Sessions: how they end, by the clock, one by one and all at once, and what is forgotten."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.staff.sessions import (
    OPEN,
    SessionRule,
    find_session,
    is_to_be_seen,
    open_session,
    revoke_session,
    revoke_sessions,
    see,
    sessions_of,
)
from ledger.staff.sign_in import (
    Proven,
    secret_to_set_up,
    sign_out,
)
from ledger.tables.staff import sign_in_attempt, staff_session
from tests.ledger.staff_house import (
    NOW,
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


def test_a_session_ends_without_a_click_and_in_any_case(session: Session) -> None:
    somebody = a_person(session)
    token = open_session(session, somebody.code, stage=OPEN, visit=visit(), rule=RULE)

    def is_open(minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        found = find_session(session, token, at=at, rule=RULE)
        if found is not None and is_to_be_seen(found, at):
            see(session, found, at)
        return found is not None

    assert all(is_open(minute) for minute in range(0, 720, 29))
    assert not is_open(720)
    token = open_session(session, somebody.code, stage=OPEN, visit=visit(), rule=RULE)
    assert not is_open(30)


def test_a_shorter_rule_holds_for_sessions_that_are_open(session: Session) -> None:
    somebody = a_person(session)
    token = open_session(session, somebody.code, stage=OPEN, visit=visit(), rule=RULE)
    strict = SessionRule(idle=timedelta(minutes=5))
    at = NOW + timedelta(minutes=6)
    assert find_session(session, token, at=at, rule=strict) is None


def test_a_half_open_session_lasts_ten_minutes(session: Session) -> None:
    a_person(session)
    answer = enter(session)
    assert isinstance(answer, Proven)
    at = NOW + timedelta(minutes=10)
    assert find_session(session, answer.token, at=at, rule=RULE) is None


def test_sessions_end_one_by_one_or_all_but_this(session: Session) -> None:
    somebody, other = a_person(session), a_person(session, "o.other")
    for _ in range(3):
        open_session(session, somebody.code, stage=OPEN, visit=visit(), rule=RULE)
    foreign = _open(session, other.code)
    first, second, third = (
        one.id for one in sessions_of(session, somebody.code, at=NOW, rule=RULE)
    )
    assert revoke_session(session, somebody.code, second, at=NOW)
    assert not revoke_session(session, somebody.code, second, at=NOW)
    assert not revoke_session(session, somebody.code, foreign, at=NOW)
    assert revoke_sessions(session, somebody.code, at=NOW, but=third) == 1
    left = sessions_of(session, somebody.code, at=NOW, rule=RULE)
    assert [one.id for one in left] == [third]
    assert first != third
    me = itself(somebody)
    sign_out(session, type(me)(me.name, me.role, session_id=third), at=NOW)
    assert sessions_of(session, somebody.code, at=NOW, rule=RULE) == []


def test_a_revoked_session_cannot_be_brought_back(session: Session) -> None:
    number = _open(session, a_person(session).code)
    session.execute(update(staff_session).values(revoked_at=NOW))
    mine = update(staff_session).where(staff_session.c.id == number)
    with pytest.raises(IntegrityError, match="stays revoked"), session.begin_nested():
        session.execute(mine.values(revoked_at=None))


def test_a_stolen_table_of_sessions_opens_nothing(session: Session) -> None:
    token = open_session(session, a_person(session).code, stage=OPEN, visit=visit(), rule=RULE)
    rows = session.scalars(text("SELECT s::text FROM staff_session s")).all()
    assert not any(token in row for row in rows)
    stored = session.scalar(select(staff_session.c.token_hash))
    for guess in (stored.hex(), token[:-1], f"{token}A", ""):
        assert find_session(session, guess, at=NOW, rule=RULE) is None


def test_old_tries_and_sessions_are_forgotten(session: Session) -> None:
    somebody = a_person(session)
    enter(session, password="wrong")
    _open(session, somebody.code)
    late = int(timedelta(days=100).total_seconds())
    half = the_session(session, enter(session, at=visit(late)), late)
    secret_to_set_up(session, half)
    type_code(session, half, right_code(session, somebody, late), late)
    kept: list[datetime] = [*session.scalars(select(sign_in_attempt.c.at)),
                            *session.scalars(select(staff_session.c.signed_in_at))]  # fmt: skip
    assert set(kept) == {NOW + timedelta(seconds=late)}


def _open(session: Session, code: str) -> int:
    open_session(session, code, stage=OPEN, visit=visit(), rule=RULE)
    number: int = session.scalar(select(func.max(staff_session.c.id)))
    return number

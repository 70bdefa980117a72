"""What people decide about differences: booked once, by two people where money goes."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from config.database import Database
from ledger.tables.staff import audit_log
from reconciliation.casework.deciding import write_off
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.releases import (
    find_release,
    pending_releases,
    refuse,
    release,
    withdraw,
)
from reconciliation.casework.steps import history
from reconciliation.tables import difference
from tests.reconciliation.casework_stand import WORDS, Desk, a_desk, now
from tests.reconciliation.desk_books import (
    CHARGEBACK,
    GROUPED,
    SWAPPED,
    UNMATCHED,
)


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def test_accepting_books_what_was_shown_explains_the_rows_and_closes_the_case(desk: Desk) -> None:
    before = desk.balance("371100"), desk.balance("184400")
    done = desk.accept(desk.anna, SWAPPED.reference)
    assert done.entry is not None
    assert done.request is None
    assert (desk.balance("371100") - before[0], desk.balance("184400") - before[1]) == (4600, -4600)
    case = desk.case(SWAPPED.reference)
    assert not case.is_open
    assert desk.live_pairs() == [(["E-4716"], ["EP-77301-204418"], [])]
    with desk.database.read_only() as session:
        steps = [(one.kind, one.name, one.entry_id) for one in history(session, case.id)]
        noted = session.scalars(select(audit_log.c.what).order_by(audit_log.c.id.desc())).first()
    assert steps == [("accepted", desk.anna.person, done.entry)]
    assert noted == "difference.accepted"


def test_a_match_alone_books_nothing(desk: Desk) -> None:
    before = desk.entries()
    assert desk.accept(desk.anna, GROUPED.reference).entry is None
    assert desk.entries() == before
    assert not desk.case(GROUPED.reference).is_open


def test_what_loses_money_waits_for_another_person_even_with_an_exact_key(desk: Desk) -> None:
    before = desk.entries()
    done = desk.accept(desk.anna, CHARGEBACK.reference)
    assert (done.entry, desk.entries()) == (None, before)
    assert desk.case(CHARGEBACK.reference).asker == desk.anna.name
    with desk.database.transaction() as session:
        assert release(session, desk.carla, done.request, at=now()).state == "released"
    case = desk.case(CHARGEBACK.reference)
    assert not case.is_open
    assert desk.balance("543110") == 2000
    assert desk.balance("171200") == 1790


def test_nobody_releases_their_own_request_whatever_their_role(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    with desk.database.transaction() as session:
        done = write_off(
            session, desk.carla, case.number, version=case.version, account="547300", words=WORDS,
            at=now(),
        )  # fmt: skip
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        release(session, desk.carla, done.request, at=now())
    assert no.value.code == "release_own"
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        release(session, desk.ben, done.request, at=now())
    assert no.value.code == "release_role"
    assert desk.case(UNMATCHED.reference).is_open


def test_the_database_holds_the_second_person_by_itself(desk: Desk) -> None:
    done = desk.ask_write_off()
    forged = text(
        "INSERT INTO release_decision (request, asked_by, decision, decided_by, entry_id)"
        " VALUES (:request, :asker, 'released', :by, (SELECT min(id) FROM entry))"
    )
    for asker, by in ((desk.anna, desk.anna), (desk.carla, desk.carla)):
        values = {"request": done.request, "asker": asker.name, "by": by.name}
        with pytest.raises(IntegrityError), desk.database.transaction() as session:
            session.execute(forged, values)


def test_steps_and_decisions_are_never_changed(desk: Desk) -> None:
    desk.accept(desk.anna, SWAPPED.reference)
    for statement in (
        "UPDATE difference_step SET kind = 'note'",
        "DELETE FROM difference_step",
        "UPDATE release_decision SET decided_by = 'x'",
        "DELETE FROM match_decision",
        "UPDATE match_decision SET provider_codes = '{}'",
    ):
        with pytest.raises(ProgrammingError), desk.database.transaction() as session:
            session.execute(text(statement))


def test_a_write_off_books_once_it_is_released_and_leaves_the_account_at_zero(desk: Desk) -> None:
    account = UNMATCHED.account or ""
    done = desk.ask_write_off()
    assert desk.balance(account) == 4600
    with desk.database.read_only() as session:
        [waiting] = pending_releases(session)
    assert (waiting.id, waiting.amount_cents, waiting.reason) == (done.request, 4600, WORDS)
    with desk.database.transaction() as session:
        release(session, desk.carla, done.request, at=now())
    assert (desk.balance(account), desk.balance("547300")) == (0, 4600)
    assert desk.live_pairs() == [(["E-2208"], [], [])]


def test_too_much_money_is_taken_as_income_by_two_people(desk: Desk) -> None:
    case = desk.case("Schicht 0298")
    with desk.database.transaction() as session:
        done = write_off(
            session, desk.anna, case.number, version=case.version, account="459200", words=WORDS,
            at=now(),
        )  # fmt: skip
        assert done.request is not None
    with desk.database.transaction() as session:
        release(session, desk.carla, done.request, at=now())
    assert (desk.balance("371400"), desk.balance("459200")) == (0, -200)


def test_a_refused_release_says_why_and_leaves_the_case_open(desk: Desk) -> None:
    done = desk.ask_write_off()
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        refuse(session, desk.carla, done.request, words=" ")
    assert no.value.code == "difference_words"
    with desk.database.transaction() as session:
        assert refuse(session, desk.carla, done.request, words="Erst mahnen").state == "refused"
    case = desk.case(UNMATCHED.reference)
    assert (case.is_open, case.request, case.last_kind) == (True, None, "release_refused")
    assert desk.ask_write_off().request != done.request
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        release(session, desk.carla, done.request, at=now())
    assert no.value.code == "release_decided"


def test_while_a_request_waits_nobody_decides_otherwise(desk: Desk) -> None:
    desk.ask_write_off()
    with pytest.raises(CaseworkRefused) as no:
        desk.ask_write_off()
    assert no.value.code == "difference_waits"


def test_only_who_asked_withdraws(desk: Desk) -> None:
    done = desk.ask_write_off()
    with pytest.raises(CaseworkRefused), desk.database.transaction() as session:
        withdraw(session, desk.ben, done.request)
    with desk.database.transaction() as session:
        withdraw(session, desk.anna, done.request)
        assert find_release(session, done.request).state == "withdrawn"
    assert desk.case(UNMATCHED.reference).request is None


def test_a_case_that_changed_since_the_request_is_not_released(desk: Desk) -> None:
    done = desk.ask_write_off()
    with desk.database.transaction() as session:
        session.execute(difference.update().where(difference.c.kind == "MISSING_AT_PSP")
                        .values(amount_cents=-4500))  # fmt: skip
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        release(session, desk.carla, done.request, at=now())
    assert no.value.code == "release_stale"

"""Who comes second is told, and whoever was wrong takes it back: by a reversal, once."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from config.database import Database
from ledger.calendar import business_day
from ledger.periods import close_day
from ledger.permissions import Caller
from ledger.tables.books import entry
from reconciliation.casework.deciding import accept, reject
from reconciliation.casework.refusals import CaseChanged, CaseworkRefused
from reconciliation.casework.releases import (
    release,
)
from reconciliation.casework.steps import history
from reconciliation.casework.tables import match_decision
from reconciliation.casework.undoing import undo
from reconciliation.tables import difference
from tests.reconciliation.casework_stand import Desk, a_desk, now
from tests.reconciliation.desk_books import (
    SWAPPED,
    UNMATCHED,
)


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def test_who_was_slower_is_told_by_whom_and_nothing_is_booked(desk: Desk) -> None:
    stale = desk.case(SWAPPED.reference)
    desk.accept(desk.ben, SWAPPED.reference)
    before = desk.entries()
    with pytest.raises(CaseChanged) as no, desk.database.transaction() as session:
        accept(session, desk.anna, stale.number, version=stale.version, at=now())
    assert (no.value.who, no.value.did) == (desk.ben.person, "accepted")
    assert desk.entries() == before


def test_a_night_between_opening_and_accepting_is_noticed(desk: Desk) -> None:
    stale = desk.case(SWAPPED.reference)
    with desk.database.transaction() as session:
        session.execute(difference.update().where(difference.c.id == stale.id)
                        .values(closed_at=now()))  # fmt: skip
    with pytest.raises(CaseChanged) as no, desk.database.transaction() as session:
        accept(session, desk.anna, stale.number, version=stale.version, at=now())
    assert no.value.who is None


def test_two_who_accept_at_the_same_moment_book_once(desk: Desk) -> None:
    before, came = desk.entries(), []
    case, start = desk.case(SWAPPED.reference), Barrier(2)

    def press(by: Caller) -> None:
        start.wait()
        try:
            with desk.database.transaction() as session:
                accept(session, by, case.number, version=case.version, at=now())
            came.append("booked")
        except CaseChanged:
            came.append("told")

    both = [Thread(target=press, args=(by,)) for by in (desk.anna, desk.ben)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) == ["booked", "told"]
    assert desk.entries() == before + 1


def test_a_decision_that_dies_before_its_end_is_as_if_it_never_was(desk: Desk) -> None:
    class Died(Exception):
        pass

    before, case = desk.entries(), desk.case(SWAPPED.reference)

    def accept_and_die() -> None:
        with desk.database.transaction() as session:
            accept(session, desk.anna, case.number, version=case.version, at=now())
            raise Died

    with pytest.raises(Died):
        accept_and_die()
    assert (desk.entries(), desk.live_pairs()) == (before, [])
    assert desk.case(SWAPPED.reference).version == case.version
    assert desk.accept(desk.anna, SWAPPED.reference).entry is not None
    assert desk.entries() == before + 1


def test_what_was_accepted_is_taken_back_by_a_reversal_and_the_case_is_open_again(
    desk: Desk,
) -> None:
    before = desk.balance("371100"), desk.balance("184400")
    done = desk.accept(desk.anna, SWAPPED.reference)
    with desk.database.transaction() as session:
        undone = undo(session, desk.anna, done.step, at=now())
    assert undone.entry is not None
    assert not undone.moved
    assert (desk.balance("371100"), desk.balance("184400")) == before
    assert desk.case(SWAPPED.reference).is_open
    assert desk.live_pairs() == []
    with pytest.raises(CaseworkRefused), desk.database.transaction() as session:
        undo(session, desk.anna, done.step, at=now())
    again = desk.accept(desk.anna, SWAPPED.reference)
    assert again.entry not in (None, done.entry)


def test_after_the_day_was_locked_the_correction_stands_on_the_first_open_one(desk: Desk) -> None:
    done = desk.accept(desk.anna, SWAPPED.reference)
    with desk.database.transaction() as session:
        day: date = session.execute(
            select(entry.c.booked_on).where(entry.c.id == done.entry)
        ).scalar_one()
    with desk.database.transaction() as session:
        close_day(session, day, closed_by="test")
    with desk.database.transaction() as session:
        undone = undo(session, desk.anna, done.step, at=now())
    assert (undone.moved, undone.booked_on) == (True, day + timedelta(days=1))


def test_accepting_on_a_locked_day_books_on_the_first_open_one(desk: Desk) -> None:
    today = business_day(now())
    with desk.database.transaction() as session:
        close_day(session, today, closed_by="test")
    done = desk.accept(desk.anna, SWAPPED.reference)
    with desk.database.read_only() as session:
        booked_on = session.execute(select(entry.c.booked_on).where(entry.c.id == done.entry))
        assert booked_on.scalar_one() == today + timedelta(days=1)


def test_nobody_takes_back_another_persons_step_or_what_two_people_did(desk: Desk) -> None:
    done = desk.accept(desk.anna, SWAPPED.reference)
    with pytest.raises(CaseworkRefused), desk.database.transaction() as session:
        undo(session, desk.ben, done.step, at=now())
    asked = desk.ask_write_off()
    with desk.database.transaction() as session:
        release(session, desk.carla, asked.request, at=now())
    with desk.database.read_only() as session:
        step = history(session, desk.case(UNMATCHED.reference).id)[0].id
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        undo(session, desk.carla, step, at=now())
    assert no.value.code == "difference_undone"


def test_a_request_is_undone_by_withdrawing_it(desk: Desk) -> None:
    done = desk.ask_write_off()
    with desk.database.transaction() as session:
        undo(session, desk.anna, done.step, at=now())
    assert desk.case(UNMATCHED.reference).request is None


def test_a_rejected_proposal_is_remembered_and_comes_back_when_undone(desk: Desk) -> None:
    case = desk.case(SWAPPED.reference)
    with desk.database.transaction() as session:
        done = reject(session, desk.anna, case.number, version=case.version, words="Anderer Fall")
    after = desk.case(SWAPPED.reference)
    assert (after.proposal, after.tier, after.severity, after.is_open) == (
        None,
        None,
        "break",
        True,
    )
    with desk.database.read_only() as session:
        kinds = session.execute(
            select(match_decision.c.kind, match_decision.c.provider_codes)
        ).all()
    assert kinds == [("reject", ["EP-77301-204418"])]
    with pytest.raises(CaseworkRefused) as no:
        desk.accept(desk.anna, SWAPPED.reference)
    assert no.value.code == "difference_proposal"
    with desk.database.transaction() as session:
        undo(session, desk.anna, done.step, at=now())
    assert desk.case(SWAPPED.reference).proposal == case.proposal


def test_what_the_night_finds_again_is_reopened(desk: Desk) -> None:
    desk.accept(desk.anna, SWAPPED.reference)
    case = desk.case(SWAPPED.reference)
    with desk.database.transaction() as session:
        session.execute(
            difference.update().where(difference.c.id == case.id).values(closed_at=None)
        )
    assert desk.case(SWAPPED.reference).is_reopened

"""Correcting entries of a case: prepared by one, released by another, taken back the same way."""

import re
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import Database
from ledger.errors import constraint_of
from ledger.permissions import Caller
from ledger.queries import find_entry
from reconciliation.casework.correcting import Correction, ask_to_correct, ask_to_take_back
from reconciliation.casework.deciding import Done
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.releases import Release, refuse, release
from reconciliation.casework.tables import release_decision
from reconciliation.casework.undoing import undo
from tests.reconciliation.casework_stand import WORDS, Desk, a_desk, browser_of, now
from tests.reconciliation.desk_books import SHORT, UNMATCHED

ACCOUNT = UNMATCHED.account or ""
TO_CLAIMS = Correction("171200", ACCOUNT, 1000)


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def correct(desk: Desk, by: Caller, what: Correction = TO_CLAIMS, words: str = WORDS) -> Done:
    case = desk.case(UNMATCHED.reference)
    with desk.database.transaction() as session:
        return ask_to_correct(
            session, by, case.number, what, version=case.version, words=words
        )  # fmt: skip


def take_back(desk: Desk, by: Caller, reference: str = UNMATCHED.reference) -> Done:
    case = desk.case(reference)
    with desk.database.transaction() as session:
        return ask_to_take_back(session, by, case.number, version=case.version, words=WORDS)


def let_go(desk: Desk, by: Caller, asked: UUID | None) -> Release:
    assert asked is not None
    with desk.database.transaction() as session:
        return release(session, by, asked, at=now())


def refused(code: str, deed: object, *args: object) -> None:
    with pytest.raises(CaseworkRefused) as no:
        deed(*args)  # type: ignore[operator]
    assert no.value.code == code


def test_a_correction_is_booked_when_another_person_releases_it(desk: Desk) -> None:
    before, entries = desk.balance(ACCOUNT), desk.entries()
    asked = correct(desk, desk.anna)
    assert desk.entries() == entries
    refused("release_own", let_go, desk, desk.anna, asked.request)
    refused("release_role", let_go, desk, desk.ben, asked.request)
    done = let_go(desk, desk.carla, asked.request)
    assert (desk.balance(ACCOUNT), desk.entries()) == (before - 1000, entries + 1)
    case = desk.case(UNMATCHED.reference)
    assert case.is_open
    with desk.database.read_only() as session:
        booked = find_entry(session, done.entry_id or 0)
    assert booked is not None
    assert (booked.event, booked.reference) == ("difference_moved", case.name)
    refused("release_decided", let_go, desk, desk.carla, asked.request)


def test_the_database_keeps_who_asked_from_releasing(desk: Desk) -> None:
    asked = correct(desk, desk.carla)
    row = {"request": asked.request, "asked_by": desk.carla.name, "decided_by": desk.carla.name}

    def by_oneself(session: Session) -> None:
        session.execute(insert(release_decision), [row | {"decision": "released", "entry_id": 1}])

    with pytest.raises(IntegrityError) as no, desk.database.transaction() as session:
        by_oneself(session)
    assert constraint_of(no.value) == "release_by_second_person"


def test_a_correction_goes_by_the_posting_rules_and_touches_the_case(desk: Desk) -> None:
    for what, code in (
        (Correction("171200", "184400", 100), "difference_account"),
        (Correction(ACCOUNT, ACCOUNT, 100), "difference_account"),
        (Correction("181000", ACCOUNT, 100), "difference_booking"),
        (Correction("441100", ACCOUNT, 100), "difference_booking"),
        (Correction("171200", ACCOUNT, 0), "difference_sum"),
    ):
        refused(code, correct, desk, desk.anna, what)
    refused("difference_words", correct, desk, desk.anna, TO_CLAIMS, " ")
    asked = correct(desk, desk.anna)
    refused("difference_waits", correct, desk, desk.ben)
    with desk.database.transaction() as session:
        assert asked.request is not None
        refuse(session, desk.carla, asked.request, words=WORDS)
    assert correct(desk, desk.ben).request is not None


def test_what_two_people_booked_is_taken_back_by_two_and_once(desk: Desk) -> None:
    before = desk.balance(ACCOUNT)
    refused("difference_undone", take_back, desk, desk.anna)
    released = let_go(desk, desk.carla, correct(desk, desk.anna).request)
    asked = take_back(desk, desk.carla)
    refused("release_own", let_go, desk, desk.carla, asked.request)
    assert desk.balance(ACCOUNT) == before - 1000
    with desk.database.transaction() as session:
        undo(session, desk.carla, asked.step, at=now())  # withdrawn
    done = let_go(desk, desk.carla, take_back(desk, desk.anna).request)
    assert desk.balance(ACCOUNT) == before
    with desk.database.read_only() as session:
        reversal = find_entry(session, done.entry_id or 0)
    assert reversal is not None
    assert reversal.reverses == released.entry_id
    refused("difference_undone", take_back, desk, desk.anna)


def test_taking_a_write_off_back_opens_its_case_again(desk: Desk) -> None:
    before, pairs = desk.balance(ACCOUNT), desk.live_pairs()
    let_go(desk, desk.carla, desk.ask_write_off().request)
    assert not desk.case(UNMATCHED.reference).is_open
    let_go(desk, desk.carla, take_back(desk, desk.ben).request)
    assert desk.case(UNMATCHED.reference).is_open
    assert (desk.balance(ACCOUNT), desk.live_pairs()) == (before, pairs)


def test_a_correction_goes_through_the_pages_and_stands_in_the_journal(desk: Desk) -> None:
    anna, carla = browser_of(desk, desk.anna), browser_of(desk, desk.carla)
    address = f"/desk/differenzen/D-{desk.numbers[SHORT.reference]}"
    page = anna.get(address).text
    assert "Korrektur buchen" in page
    version = re.search(r'name="fassung" value="([^"]+)"', page)[1]
    typed = {"fassung": version, "seite": "haben", "konto": "549100", "betrag": "1,00"}
    problem = anna.post(f"{address}/korrektur", data=typed | {"worte": " "})
    assert problem.status_code == 422
    assert "Bitte nennen Sie einen Grund." in problem.text
    assert anna.post(f"{address}/korrektur", data=typed | {"worte": WORDS}).status_code == 303
    waiting = re.search(r'href="(/desk/freigaben/[0-9a-f-]{36})"', anna.get(address).text)[1]
    assert "Eine andere Person muss freigeben." in anna.get(waiting).text
    shown = carla.get(waiting).text
    assert "Korrektur freigeben: 1,00" in shown
    assert "549100" in shown
    assert carla.post(waiting, data={"entscheidung": "released"}).status_code == 303
    page = anna.get(address).text
    entry = re.search(r'href="(/desk/journal/\d+)"', page)[1]
    origin = f"D-{desk.numbers[SHORT.reference]}, {desk.anna.person} beantragt"
    assert origin in anna.get(entry).text
    assert anna.post(
        f"{address}/storno",
        data={"fassung": re.search(r'name="fassung" value="([^"]+)"', page)[1], "worte": WORDS},
    ).status_code == 303  # fmt: skip
    waiting = re.search(r'href="(/desk/freigaben/[0-9a-f-]{36})"', anna.get(address).text)[1]
    assert f'Storno von</dt><dd><a href="{entry}"' in carla.get(waiting).text
    assert carla.post(waiting, data={"entscheidung": "released"}).status_code == 303
    assert "Storno beantragen" not in anna.get(address).text.split('id="tasten"')[0]

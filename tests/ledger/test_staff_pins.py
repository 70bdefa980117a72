"""PINs: six digits that differ at one site, and no way to collect those of others."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.database import Database
from ledger.staff.audit import Filter, deeds
from ledger.staff.errors import PinMalformed, PinNeedsSite, UnknownPerson
from ledger.staff.passwords import is_secret
from ledger.staff.people import Post, add_person
from ledger.staff.pins import PinSet, PinTaken, people_at, remove_pin, set_pin
from tests.ledger.staff_house import ADMIN, NOW, a_house, a_person, itself

PIN = "271828"


@pytest.fixture(autouse=True)
def house(session: Session) -> None:
    a_house(session)


def test_a_till_gets_the_people_of_its_site_with_hashes_only(session: Session) -> None:
    here, boss = a_person(session, "a.a"), a_person(session, "b.b", "site_manager")
    there, without = a_person(session, "c.c", site="B02"), a_person(session, "d.d")
    for number, person in enumerate((here, boss, there)):
        assert set_pin(session, ADMIN, person.code, f"27182{number}", at=NOW) == PinSet(
            person.facility or ""
        )
    found = people_at(session, "B01")
    assert [(one.code, one.role) for one in found] == [
        (here.code, "cashier"), (boss.code, "site_manager"),
    ]  # fmt: skip
    assert without.code not in {one.code for one in found}
    assert found[0].pin_hash.startswith("$argon2id$")
    assert is_secret("271820", found[0].pin_hash)
    assert "271820" not in str(session.scalars(text("SELECT p::text FROM staff_pin p")).all())


def test_nobody_at_a_site_has_the_pin_of_another(session: Session) -> None:
    first, second = a_person(session, "a.a"), a_person(session, "b.b")
    elsewhere = a_person(session, "c.c", site="B02")
    assert set_pin(session, itself(first), first.code, PIN, at=NOW) == PinSet("B01")
    assert set_pin(session, itself(second), second.code, PIN, at=NOW) == PinTaken(is_last=False)
    assert set_pin(session, itself(elsewhere), elsewhere.code, PIN, at=NOW) == PinSet("B02")
    assert set_pin(session, itself(first), first.code, PIN, at=NOW) == PinSet("B01")


def test_who_asks_for_taken_pins_again_and_again_is_stopped_for_a_day(session: Session) -> None:
    first, second = a_person(session, "a.a"), a_person(session, "b.b")
    set_pin(session, itself(first), first.code, PIN, at=NOW)
    me = itself(second)
    answers = [set_pin(session, me, second.code, PIN, at=NOW) for _ in range(3)]
    assert answers == [PinTaken(is_last=False), PinTaken(is_last=False), PinTaken(is_last=True)]
    # The log has the time of the database's clock, so "tomorrow" is after that.
    written = deeds(session, only=Filter(subject="pin"))
    assert [deed.what for deed in written].count("pin.was_taken") == 3
    now = max(deed.at for deed in written)
    assert set_pin(session, me, second.code, "314159", at=now) == PinTaken(is_last=True)
    tomorrow = now + timedelta(days=1, seconds=1)
    assert set_pin(session, me, second.code, "314159", at=tomorrow) == PinSet("B01")


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "1234567", "12a456", "١٢٣٤٥٦", "000000", "123456", "987654", "121212", "123123",
     "27182 "],
)  # fmt: skip
def test_a_pin_is_six_digits_that_nobody_tries_first(session: Session, pin: str) -> None:
    with pytest.raises(PinMalformed):
        set_pin(session, ADMIN, a_person(session).code, pin, at=NOW)


def test_who_has_no_site_has_no_pin(session: Session) -> None:
    with pytest.raises(PinNeedsSite):
        set_pin(session, ADMIN, a_person(session, "f.f", "finance").code, PIN, at=NOW)
    with pytest.raises(UnknownPerson):
        set_pin(session, ADMIN, "S-0000", PIN, at=NOW)


def test_a_pin_that_is_removed_is_free_again(session: Session) -> None:
    first, second = a_person(session, "a.a"), a_person(session, "b.b")
    set_pin(session, ADMIN, first.code, PIN, at=NOW)
    remove_pin(session, ADMIN, first.code)
    assert people_at(session, "B01") == []
    assert set_pin(session, ADMIN, second.code, PIN, at=NOW) == PinSet("B01")


def test_two_people_who_choose_the_same_pin_at_once_do_not_both_get_it(database: Database) -> None:
    with database.transaction() as session:
        a_house(session)
        codes = [
            add_person(session, ADMIN, login=f"p.{n}", name="P", post=Post("cashier", "B01")).code
            for n in range(4)
        ]
    answers: list[object] = []

    def choose(code: str) -> None:
        with database.transaction() as session:
            answers.append(set_pin(session, ADMIN, code, PIN, at=NOW))

    threads = [threading.Thread(target=choose, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(PinSet("B01")) == 1
    with database.read_only() as session:
        assert len(people_at(session, "B01")) == 1

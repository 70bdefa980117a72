"""Connecting a till: once with a code, safely again where an answer is lost; one browser each."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from terminals.devices import revoke_device
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.counter import Counter as Register
from terminals.till.enrolled import bind_browser, change_till, enrol, find_till, till_of_browser
from terminals.till.errors import TillRefusal
from terminals.till.journal import open_journal
from terminals.till.journal.tables import enrolment
from terminals.till.journal.tables import till as till_table
from tests.terminals.till.conftest import a_code


@pytest.fixture
def journal(tmp_path):
    journal = open_journal(tmp_path / "journal.sqlite")
    yield journal
    journal.close()


@pytest.fixture
def line(relay):
    centre = Centre(relay.address)
    yield centre
    centre.pool.clear()


def test_a_code_connects_its_till(journal, line, centre):
    till = enrol_with(journal, line, a_code(centre))
    assert (till.code, till.facility, till.terminal) == ("B01-1", "B01", "B01-1")


def test_a_code_may_be_typed_as_people_type(journal, line, centre):
    code = a_code(centre).lower()
    assert enrol_with(journal, line, f" {code[:4]}-{code[4:]} ").code == "B01-1"


def test_after_a_lost_answer_the_same_code_connects_the_same_till(journal, line, centre, relay):
    code = a_code(centre)
    relay.is_losing = True
    with pytest.raises(CentreSilent):
        enrol_with(journal, line, code)
    assert devices(centre) == 1
    relay.is_losing = False
    assert enrol_with(journal, line, code).code == "B01-1"
    assert devices(centre) == 1


def test_the_token_is_kept_before_it_is_sent(journal, line, centre, relay):
    relay.stop()
    with pytest.raises(CentreSilent):
        enrol_with(journal, line, a_code(centre))
    with journal.read() as connection:
        assert connection.scalar(select(enrolment.c.token)).startswith("sk_")


def test_a_code_is_good_for_one_site(journal, line, centre, tmp_path):
    code = a_code(centre)
    enrol_with(journal, line, code)
    other = open_journal(tmp_path / "other.sqlite")
    with pytest.raises(CentreRefused) as no:
        enrol_with(other, line, code)
    other.close()
    assert no.value.code == "enrolment_code_unknown"


def test_the_code_of_another_site_connects_nothing_here(journal, line, centre):
    with pytest.raises(TillRefusal, match="other_site"):
        enrol_with(journal, line, a_code(centre, "B02-1"))
    with journal.read() as connection:
        assert connection.execute(select(till_table)).all() == []


def test_a_code_nobody_made_connects_nothing(journal, line):
    with pytest.raises(CentreRefused) as no:
        enrol_with(journal, line, "AAAA2222")
    assert no.value.code == "enrolment_code_unknown"


def test_the_same_code_typed_at_two_browsers_at_once_is_one_till(centre, relay, start_site):
    site, code = start_site(relay), a_code(centre)
    found = []
    typing = [threading.Thread(target=lambda: found.append(site.enrol(code).code))
              for _ in range(2)]  # fmt: skip
    for one in typing:
        one.start()
    for one in typing:
        one.join()
    assert found == ["B01-1", "B01-1"]
    assert (len(site.running), devices(centre)) == (1, 1)
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("pull B01-1") == 1


def test_connected_again_a_till_goes_on_with_its_numbers(journal, line, centre):
    enrol_with(journal, line, a_code(centre))
    with journal.write() as connection:
        change_till(connection, "B01-1", next_receipt=42, revoked_at=datetime.now(UTC))
    with centre.database.transaction() as session:
        revoke_device(session, "B01-1")
    again = enrol_with(journal, line, a_code(centre))
    assert (again.next_receipt, again.revoked_at) == (42, None)


def test_a_till_in_use_is_not_connected_a_second_time(journal, line, centre, tmp_path):
    first, second = a_code(centre), a_code(centre)
    enrol_with(journal, line, first)
    other = open_journal(tmp_path / "other.sqlite")
    with pytest.raises(CentreRefused) as no:
        enrol_with(other, line, second)
    other.close()
    assert no.value.code == "till_enrolled"


def test_a_till_is_one_browser_and_the_second_one_needs_a_pin(bare):
    site = bare.site
    with site.journal.write() as connection:
        first = bind_browser(connection, "B01-1", datetime.now(UTC))
        change_till(connection, "B01-1", person="S-0002")
    second = Register(site).act(None, "confirm_till", {"till": "B01-1"}).cookie
    with site.journal.read() as connection:
        assert till_of_browser(connection, first) is None
        assert till_of_browser(connection, second).is_locked
        assert till_of_browser(connection, None) is None
        assert find_till(connection, "B01-1").person == "S-0002"


def test_a_till_that_is_not_here_is_nobodys(bare):
    assert Register(bare.site).act(None, "confirm_till", {"till": "B09-9"}).cookie is None


def enrol_with(journal, line, code):
    return enrol(journal, line, code, site="B01", now=datetime.now(UTC))


def devices(centre):
    with centre.database.read_only() as session:
        return session.scalar(text("SELECT count(*) FROM device WHERE till = 'B01-1'"))

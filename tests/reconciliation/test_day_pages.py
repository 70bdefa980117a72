"""The pages of days and of what came late: who signs, what is offered to whom, what is kept."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from tests.reconciliation.closing_stand import (
    BATCH,
    BEFORE,
    DAY,
    a_case,
    a_move,
    a_sale,
    an_open_shift,
    do_post,
    do_sign,
    furnish,
    plain,
    see,
    two_people,
)
from tests.staff_client import a_browser, a_person, a_session, signed_in


@pytest.fixture
def books(city: Database) -> Database:
    furnish(city)
    return city


def test_a_day_says_what_it_came_to_and_what_is_missing(books: Database) -> None:
    client = signed_in(create_app(database=books), books, "finance")
    answer = client.get("/desk/tage")
    assert answer.location.endswith(f"/desk/tage/{BEFORE}")
    page = see(client, f"/desk/tage/{DAY}")
    assert "Tagesabschluss Dienstag, 17. November 2026" in page
    assert "girocard 20 101,90" in page
    assert "Journal ausgeglichen: Soll = Haben, 22 Buchungen" in page
    assert "Erste Unterschrift leisten" in page
    an_open_shift(books)
    page = see(client, f"/desk/tage/{DAY}")
    assert "Schicht 0299 (M04-1) ist nicht gezählt." in page
    assert "1 Hindernis" in page


def sign(client: FlaskClient, place: int, **changes: str) -> tuple[int, str]:
    page = client.get(f"/desk/tage/{DAY}").text
    found = re.search(r'name="summe" value="([0-9a-f]{64})"', page)
    form = {"summe": found[1] if found else "0" * 64, "stelle": str(place), "gesehen": "1"}
    given = {name: value for name, value in (form | changes).items() if value}
    answer = client.post(f"/desk/tage/{DAY}", data=given)
    return answer.status_code, plain(answer.text)


def test_two_people_lock_a_day_on_its_page(books: Database) -> None:
    app = create_app(database=books)
    first, second = (a_person(books, role) for role in ("finance", "finance_approver"))
    one, two = (a_browser(app, a_session(books, person)) for person in (first, second))
    assert sign(one, 1, gesehen="")[0] == 422
    assert sign(one, 1, bemerkung="B02-1 nachgefordert")[0] == 303
    page = see(one, f"/desk/tage/{DAY}")
    assert "Sie haben schon unterschrieben. Eine andere Person muss sperren." in page
    assert "B02-1 nachgefordert" in page
    assert sign(one, 2)[0] == 409  # the page offers nothing, so nothing was seen
    status, _ = sign(two, 2)
    assert status == 303
    page = see(two, f"/desk/tage/{DAY}")
    assert "2 von 2" in page
    assert "Gesperrt am" in page
    assert "Unterschreiben" not in page
    assert sign(two, 1)[0] in (409, 422)


def test_a_lapsed_signature_is_said_on_the_page(books: Database) -> None:
    first, _ = two_people(books)
    do_sign(books, first, 1)
    do_post(books, a_sale(BATCH, 100))
    client = signed_in(create_app(database=books), books, "finance_approver")
    page = see(client, f"/desk/tage/{DAY}")
    assert "Sie ist verfallen." in page
    assert "Erste Unterschrift leisten" in page


def test_an_auditor_reads_and_is_offered_no_signature(books: Database) -> None:
    reader = signed_in(create_app(database=books), books, "auditor")
    page = reader.get(f"/desk/tage/{DAY}").text
    assert 'name="stelle"' not in page
    assert reader.post(f"/desk/tage/{DAY}", data={"stelle": "1"}).status_code == 403
    assert reader.get("/desk/tage/gestern").status_code == 404


def test_late_items_are_kept_in_sight_until_somebody_takes_note(books: Database) -> None:
    first, second = two_people(books)
    do_sign(books, first, 1)
    do_sign(books, second, 2)
    a_late_line(books)
    client = signed_in(create_app(database=books), books, "finance")
    answer = client.get("/desk/spaete").text
    assert "2 neue Posten für gesperrte Tage." in plain(answer)
    assert "nur zugeordnet, nichts gebucht" in plain(answer)
    assert "noch nicht zugeordnet" in plain(answer)
    until = re.search(r'name="bis" value="([^"]+)"', answer)
    assert until is not None
    done = client.post(f"/desk/spaete/{DAY}", data={"bis": until[1]})
    assert done.location.endswith("notiert=2")
    assert "Keine neuen Posten" in see(client, "/desk/spaete?notiert=2")
    assert client.post(f"/desk/spaete/{DAY}", data={"bis": until[1]}).location.endswith("=0")
    a_late_line(books, "2")
    assert "2 neue Posten" in see(client, "/desk/spaete")
    assert client.post(f"/desk/spaete/{DAY}", data={"bis": "gestern"}).status_code == 400
    assert f"/desk/spaete#tag-{DAY}" in client.get(f"/desk/tage/{DAY}").text


def a_late_line(books: Database, name: str = "1") -> None:
    """A provider's line and a bank's entry of the locked day, after it was locked."""
    with books.transaction() as session:
        session.execute(
            text("INSERT INTO provider_line (file_code, source, record_type, account, txn_id,"
                 " scheme, local_at, gross_cents, net_cents, currency) VALUES ('f', 'acquirer',"
                 " 'charge', 'a', :name, 'visa', :at, 100, 100, 'EUR')"),
            {"name": name, "at": f"{DAY} 12:00"},
        )  # fmt: skip
        file = session.scalar(
            text("INSERT INTO source_file (sha256, name, content)"
                 " VALUES (sha256(convert_to(:name, 'UTF8')), :name, '') RETURNING id"),
            {"name": name},
        )  # fmt: skip
        session.execute(
            text("WITH s AS (INSERT INTO bank_statement (file_id, account, statement_id, page,"
                 " currency) VALUES (:file, '181000', :name, 1, 'EUR') RETURNING id)"
                 " INSERT INTO bank_line (statement_id, amount_cents, ordinal, detail, booked_on,"
                 " currency) SELECT id, 2500, 1, 1, :day, 'EUR' FROM s"),
            {"file": file, "name": name, "day": DAY},
        )  # fmt: skip


def test_nothing_of_a_case_is_lost_when_its_day_is_locked(books: Database) -> None:
    a_case(books, since=DAY - timedelta(days=1))
    first, second = two_people(books)
    do_sign(books, first, 1)
    do_sign(books, second, 2)
    with books.transaction() as session:
        session.execute(text("UPDATE difference SET closed_at = now() + interval '1 second'"))
    do_post(books, a_move("181000", BATCH, 100, DAY + timedelta(days=1)))
    client = signed_in(create_app(database=books), books, "auditor")
    page = see(client, f"/desk/tage/{DAY}")
    assert "Rückbelastung" in page
    assert "−46,00" in page

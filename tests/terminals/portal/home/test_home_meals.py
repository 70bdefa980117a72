"""The week of meals, several days at once, and a child's own page."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.database import Database
from ledger.shared_children import share_child
from tests.family_home import EARLY, LATE, Family, a_family, at
from tests.ledger.families import FRIDAY, MONDAY, SUNDAY_EVENING, THURSDAY, TUESDAY, WEDNESDAY
from tests.payer_client import a_household, signed_in
from tests.portal_pages import MOST_STATEMENTS, in_one_line, page, statements, tap

WEEK = "/portal/essen"
SEVERAL = "/portal/essen/zeitraum"


# ---- The week ----------------------------------------------------------------------------


def test_the_week_shows_dish_allergens_price_and_what_was_charged(phone: FlaskClient) -> None:
    shown = page(phone, WEEK)
    assert "16. bis 20. November" in shown
    assert "diese Woche · Kita Bergstraße" in shown
    assert "bestellt und berechnet" in shown
    assert "enthält Gluten und Sellerie" in shown
    assert "Der Speiseplan kommt noch. Abbestellen können Sie schon." in shown
    assert shown.count(">Abbestellen<") == 3
    assert "4,50 € = Mittagessen" in shown


def test_the_other_child_and_the_other_weeks_are_links(phone: FlaskClient, family: Family) -> None:
    shown = page(phone, f"{WEEK}?kind={family.second}&woche=2026-11-23")
    assert "nächste Woche" in shown
    assert "0,80 €" in shown
    assert "4,50 €" not in shown
    assert f"kind={family.second}&amp;woche=2026-11-30" in shown
    assert "letzte Woche" in page(phone, f"{WEEK}?woche=2026-11-11")


@pytest.mark.parametrize("asked", ["woche=x", "woche=9999-12-31", "kind=C-9", "woche=0001-01-01"])
def test_a_crooked_address_shows_this_week(phone: FlaskClient, asked: str) -> None:
    assert "16. bis 20. November" in page(phone, f"{WEEK}?{asked}")


def test_a_day_is_cancelled_and_ordered_again(phone: FlaskClient, family: Family) -> None:
    shown = tap(phone, family.first, "abbestellen", THURSDAY)
    assert "Donnerstag ist abbestellt. Sie zahlen 4,50 € weniger." in shown
    assert "<s>Hähnchen mit Reis</s>" in shown
    shown = tap(phone, family.first, "bestellen", THURSDAY)
    assert "Kind 1 isst am Donnerstag mit." in shown
    assert "<s>" not in shown


def test_sick_days_go_on_until_friday(phone: FlaskClient, family: Family) -> None:
    shown = tap(phone, family.first, "krank", TUESDAY)
    assert "Heute krank gemeldet" in shown
    assert "Um 6:50 Uhr. Sie zahlen heute nichts. Gute Besserung!" in shown
    assert "bis Freitag" in shown
    shown = tap(phone, family.first, "krank", TUESDAY, bis=str(FRIDAY))
    assert shown.count("<s>") == 3  # Friday's dish is not out yet
    assert ">Abbestellen<" not in shown


def test_what_came_too_late_is_told_in_the_week(
    app: Flask, phone: FlaskClient, family: Family
) -> None:
    app.extensions["clock"] = at(LATE)
    address = f"{WEEK}/{family.first}/{TUESDAY}/abbestellen"
    answer = phone.post(address, data={"key": str(uuid4())})
    assert answer.status_code == 409
    assert "Ihre Meldung kam um 8:03 Uhr" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("deed", "day"), [("essen", TUESDAY), ("krank", "gestern"), ("krank", "2026-13-01")]
)
def test_what_is_no_deed_or_no_day_is_not_found(
    phone: FlaskClient, family: Family, deed: str, day: object
) -> None:
    answer = phone.post(f"{WEEK}/{family.first}/{day}/{deed}", data={"key": str(uuid4())})
    assert answer.status_code == 404


def test_the_other_persons_days_have_neither_price_nor_button(
    app: Flask, city: Database, family: Family
) -> None:
    other = a_household(city, children=0)
    with city.transaction() as session:
        share_child(session, family.first, wallet=other.wallet, weekdays=[4], valid_from=MONDAY,
                    at=SUNDAY_EVENING)  # fmt: skip
    shown = page(signed_in(app, city, family.home, at=EARLY), WEEK)
    assert "zahlt die andere Person" in shown
    assert shown.count(">Abbestellen<") == 2
    theirs = page(signed_in(app, city, other, at=EARLY), WEEK)
    assert theirs.count(">Abbestellen<") == 1
    refused = signed_in(app, city, other, at=EARLY).post(
        f"{WEEK}/{family.first}/{WEDNESDAY}/abbestellen", data={"key": str(uuid4())}
    )
    assert refused.status_code == 404


# ---- Several days ------------------------------------------------------------------------


def test_several_days_are_counted_cancelled_and_ordered_again(
    phone: FlaskClient, family: Family
) -> None:
    wish = {"von": "2026-11-17", "bis": "2026-11-21", "kind": [family.first, family.second]}
    shown = in_one_line(phone.get(SEVERAL, query_string=wish).get_data(as_text=True))
    assert "4 Tage, 21,20 € weniger" in shown
    sent = {"key": str(uuid4()), **wish}
    shown = in_one_line(
        phone.post(SEVERAL, data=sent, follow_redirects=True).get_data(as_text=True)
    )
    assert "4 Tage sind abbestellt. Sie zahlen 21,20 € weniger." in shown
    assert "isst mit" not in page(phone)
    again = phone.post(f"{SEVERAL}/zurueck", data=sent, follow_redirects=True)
    assert "Alles ist wieder bestellt." in again.get_data(as_text=True)
    assert page(phone).count("isst mit") == 2


def test_days_that_make_no_sense_are_said_at_their_field(phone: FlaskClient) -> None:
    answer = phone.get(f"{SEVERAL}?von=2026-11-20&bis=2026-11-18")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Bitte mindestens ein Kind wählen." in shown
    assert 'aria-invalid="true"' in shown


# ---- A child's page ----------------------------------------------------------------------


def test_only_the_entitled_family_reads_of_the_subsidy(phone: FlaskClient, family: Family) -> None:
    entitled = page(phone, f"/portal/kinder/{family.second}")
    assert "Zuschuss zum Mittagessen bis 31. Juli 2027" in entitled
    assert "Sie zahlen dafür nichts." in entitled
    assert "Zuschuss" not in page(phone, f"/portal/kinder/{family.first}")


def test_a_second_payer_reads_nothing_of_the_subsidy(
    app: Flask, city: Database, family: Family
) -> None:
    other = a_household(city, children=0)
    with city.transaction() as session:
        share_child(session, family.second, wallet=other.wallet, weekdays=[4], valid_from=MONDAY,
                    at=SUNDAY_EVENING)  # fmt: skip
    shown = page(signed_in(app, city, other, at=EARLY), f"/portal/kinder/{family.second}")
    assert "Sie zahlen: Donnerstag" in shown
    assert "Zuschuss" not in shown
    assert "verlaengern" not in shown


def test_a_subsidy_that_ends_or_ended_says_what_follows(app: Flask, city: Database) -> None:
    ending = a_family(city, subsidy_until=date(2026, 12, 15))
    shown = page(signed_in(app, city, ending.home, at=EARLY), f"/portal/kinder/{ending.second}")
    assert "So verlängern Sie" in shown
    ended = a_family(city, subsidy_until=date(2026, 10, 31))
    shown = page(signed_in(app, city, ended.home, at=EARLY), f"/portal/kinder/{ended.second}")
    assert "Der Zuschuss endete am 31. Oktober 2026" in shown
    assert "Seitdem zahlen Sie 3,70 € je Mittagessen." in shown


def test_a_sign_and_a_name_are_chosen_for_the_own_view(phone: FlaskClient, family: Family) -> None:
    address = f"/portal/kinder/{family.first}"
    form = {"key": str(uuid4()), "sign": "star", "nickname": "Mimi"}
    shown = phone.post(address, data=form, follow_redirects=True).get_data(as_text=True)
    assert "Gespeichert." in shown
    assert "sign--star" in page(phone)
    assert "Mimi" in page(phone)
    refused = phone.post(address, data={**form, "nickname": "x" * 41})
    assert refused.status_code == 422


@pytest.mark.parametrize("path", [WEEK, f"{SEVERAL}?von=2026-11-17&bis=2026-11-20", "child"])
def test_no_page_asks_the_database_more_than_a_dozen_times(
    phone: FlaskClient, family: Family, city: Database, path: str
) -> None:
    path = f"/portal/kinder/{family.second}" if path == "child" else path
    phone.get(path)
    with statements(city) as asked:
        phone.get(path)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)

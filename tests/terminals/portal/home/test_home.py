"""The portal's first page: what it says in which state, and how little it asks the database."""

from datetime import date, timedelta
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from config.database import Database
from terminals.checkout.provider import provider_to
from terminals.portal.children import set_look
from tests.family_home import EARLY, LATE, Family, a_family, at
from tests.ledger.families import TUESDAY, clock
from tests.payer_client import a_household, signed_in
from tests.portal_pages import MOST_STATEMENTS, page, statements, tap

# ---- The balance in words ----------------------------------------------------------------


def test_the_balance_says_how_long_it_lasts(phone: FlaskClient) -> None:
    shown = page(phone)
    assert "Guten Morgen" in shown
    assert "Dienstag, 17. November" in shown
    assert "reicht für etwa 12 Essen" in shown
    assert "bis 24. November, für beide Kinder" in shown
    assert shown.count("plate--full") == 6


def test_it_says_so_in_english(phone: FlaskClient) -> None:
    shown = page(phone, "/portal/?sprache=en")
    assert "Good morning" in shown
    assert "enough for about 12 meals" in shown
    assert "until 24 November, for both children" in shown
    assert 'lang="en"' in shown
    assert "Good morning" in page(phone)  # the cookie keeps it


def test_a_low_balance_is_a_friendly_reminder(app: Flask, city: Database) -> None:
    phone = signed_in(app, city, a_family(city, cents=1740).home, at=EARLY)
    shown = page(phone)
    assert "Bitte bald aufladen" in shown
    assert "Ihre Kinder essen auf jeden Fall mit" in shown
    assert "bis morgen, Mittwoch" in shown


def test_a_negative_balance_names_what_is_missing_and_shows_no_plates(
    app: Flask, city: Database
) -> None:
    phone = signed_in(app, city, a_family(city, cents=100).home, at=EARLY)
    shown = page(phone)
    assert "Es fehlen 4,30 €. Ihre Kinder essen weiter mit." in shown
    assert "plate--" not in shown
    assert "minus" in shown  # for ears


def test_the_first_visit_is_a_welcome(app: Flask, city: Database) -> None:
    phone = signed_in(app, city, a_household(city, children=1), at=EARLY)
    shown = page(phone)
    assert "Willkommen. Laden Sie auf, wann es Ihnen passt. Ihr Kind isst" in shown
    assert "Letzte Umsätze" not in shown


def test_nobody_sees_a_word_of_the_subsidy_here(phone: FlaskClient) -> None:
    shown = page(phone)
    assert "Zuschuss" not in shown
    assert "−0,80 €" in shown  # the payer's own price, without a label


def test_a_subsidy_that_ends_is_a_reminder_without_its_word(app: Flask, city: Database) -> None:
    family = a_family(city, subsidy_until=date(2026, 12, 15))
    shown = page(signed_in(app, city, family.home, at=EARLY))
    assert "Erinnerung zu Kind 2" in shown
    assert f"/portal/kinder/{family.second}" in shown
    assert "Zuschuss" not in shown


def test_the_greeting_follows_the_clock_of_the_city(app: Flask, phone: FlaskClient) -> None:
    app.extensions["clock"] = at(clock(TUESDAY, 12))
    assert "Guten Tag" in page(phone)
    app.extensions["clock"] = at(clock(TUESDAY, 18))
    assert "Guten Abend" in page(phone)


def test_an_offer_that_was_dismissed_never_comes_again(app: Flask, city: Database) -> None:
    app.extensions["provider"] = provider_to("sk_test_of_nobody")  # nothing is asked of it
    phone = signed_in(app, city, a_family(city, cents=1740).home, at=EARLY)
    assert "Automatisch aufladen?" in page(phone)
    answer = phone.post("/portal/vorschlag/automatisch")
    assert answer.status_code == 303
    assert "Automatisch aufladen?" not in page(phone)


# ---- Heute -------------------------------------------------------------------------------


def test_a_tap_before_the_cut_off_reports_sick_and_another_takes_it_back(
    phone: FlaskClient, family: Family
) -> None:
    shown = tap(phone, family.first, "krank", von="start")
    assert "Kind 1 ist für heute krank gemeldet. Sie zahlen nichts." in shown
    assert "krank gemeldet" in shown
    assert "Isst doch mit" in shown
    assert "Auch morgen krank?" in shown
    shown = tap(phone, family.first, "bestellen", von="start")
    assert "Kind 1 isst heute mit." in shown
    assert "Isst doch mit" not in shown


def test_the_same_tap_twice_is_one(phone: FlaskClient, family: Family) -> None:
    key = str(uuid4())
    first = tap(phone, family.first, "krank", von="start", key=key)
    assert tap(phone, family.first, "krank", von="start", key=key).count(
        "krank gemeldet"
    ) == first.count("krank gemeldet")


def test_a_tap_after_the_cut_off_is_told_when_it_came(
    app: Flask, phone: FlaskClient, family: Family
) -> None:
    app.extensions["clock"] = at(LATE)
    address = f"/portal/essen/{family.first}/{TUESDAY}/krank"
    answer = phone.post(address, data={"key": str(uuid4()), "von": "start"})
    shown = " ".join(answer.get_data(as_text=True).replace("\xa0", " ").split())
    assert answer.status_code == 409
    assert (
        "Für heute ist es zu spät: Ihre Meldung kam um 8:03 Uhr, möglich war es bis 8:00 Uhr. "
        "Das Essen kostet 4,50 €." in shown
    )
    assert "Zahlung prüfen lassen" in shown
    assert "Heute nicht mehr änderbar (8:00 Uhr)" in shown
    assert "Heute krank" not in shown


def test_one_tenth_of_a_second_before_the_cut_off_counts(
    app: Flask, phone: FlaskClient, family: Family
) -> None:
    app.extensions["clock"] = at(clock(TUESDAY, 7, 59, 59, 900_000))
    assert "krank gemeldet" in tap(phone, family.first, "krank", von="start")


def test_on_a_weekend_the_next_monday_is_shown(app: Flask, phone: FlaskClient) -> None:
    app.extensions["clock"] = at(clock(TUESDAY + timedelta(days=4), 9))
    assert "Montag, 23. November" in page(phone)


def test_children_go_by_the_names_their_payer_gave_them(
    phone: FlaskClient, family: Family, city: Database
) -> None:
    with city.transaction() as session:
        set_look(session, family.home.payer.code, family.first, sign="fish", nickname="Mimi & Co")
    shown = page(phone)
    assert "Mimi &amp; Co" in shown
    assert "sign--fish" in shown


# ---- Whose it is -------------------------------------------------------------------------


def test_nobody_cancels_for_another_household(app: Flask, city: Database, family: Family) -> None:
    stranger = signed_in(app, city, a_household(city), at=EARLY)
    address = f"/portal/essen/{family.first}/{TUESDAY}/krank"
    assert stranger.post(address, data={"key": str(uuid4())}).status_code == 404
    assert stranger.get(f"/portal/kinder/{family.first}").status_code == 404


def test_the_first_page_asks_the_database_a_dozen_times_at_most(
    phone: FlaskClient, city: Database
) -> None:
    page(phone)
    with statements(city) as asked:
        page(phone)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)


def test_below_zero_it_asks_no_more(app: Flask, city: Database) -> None:
    phone = signed_in(app, city, a_family(city, cents=100).home, at=EARLY)
    page(phone)
    with statements(city) as asked:
        page(phone)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)

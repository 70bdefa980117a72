"""Signing in again: the link by mail, the password, the cookie; and everybody who tries."""

from datetime import datetime

import pytest
from flask import Flask

from config.database import Database
from ledger.locks import lock_sign_in
from terminals.portal.cookie import NAME
from terminals.portal.payers import set_password
from tests.letters import letters_to
from tests.payer_client import a_household, a_phone
from tests.terminals.portal.conftest import Clock
from tests.terminals.portal.test_entry import MAIL, count, registered

PASSWORD = "drei Möwen auf dem Dach"


def test_the_answer_is_the_same_whether_anybody_has_the_address(app: Flask, city: Database) -> None:
    registered(app, city)
    pages = []
    for email in (MAIL, "nobody@post.example"):
        phone = a_phone(app)
        answer = phone.post("/portal/anmelden", data={"email": email})
        page = phone.get(answer.location)
        assert (answer.status_code, page.status_code) == (303, 200)
        pages.append(page.text.replace(email, "…"))
    assert pages[0] == pages[1]
    assert len(letters_to(city, MAIL)) == 2
    assert letters_to(city, "nobody@post.example") == []
    assert count(city, "sign_in_link") == 3


def test_who_looks_at_a_link_does_not_use_it_up(app: Flask, city: Database) -> None:
    registered(app, city)
    phone, scanner = a_phone(app), app.test_client()
    phone.post("/portal/anmelden", data={"email": MAIL})
    path = letters_to(city, MAIL)[-1].path
    for _ in range(3):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert scanner.post(path).status_code == 403  # a program says nothing of where it comes from
    assert phone.post(path).status_code == 303
    again = phone.post(path)
    assert again.status_code == 410
    assert "abgelaufen oder schon benutzt" in again.text


def test_a_link_is_good_for_a_quarter_of_an_hour(app: Flask, city: Database, clock: Clock) -> None:
    registered(app, city)
    phone = a_phone(app)
    phone.post("/portal/anmelden", data={"email": MAIL})
    path = letters_to(city, MAIL)[-1].path
    clock.on(minutes=15)
    assert phone.get(path).status_code == 410
    assert phone.post(path).status_code == 410


def test_a_link_opened_in_another_browser_says_so_and_works(app: Flask, city: Database) -> None:
    registered(app, city)
    laptop, phone = a_phone(app), a_phone(app)
    laptop.post("/portal/anmelden", data={"email": MAIL})
    path = letters_to(city, MAIL)[-1].path
    assert "in einem anderen Browser" not in laptop.get(path).text
    assert "in einem anderen Browser" in phone.get(path).text
    assert phone.post(path).location == "/portal/"


def test_another_link_can_be_had_after_a_minute(app: Flask, city: Database, clock: Clock) -> None:
    registered(app, city)
    clock.on(hours=1)
    phone = a_phone(app)
    phone.post("/portal/anmelden", data={"email": MAIL})
    before = len(letters_to(city, MAIL))
    phone.post("/portal/anmelden/gesendet")
    assert len(letters_to(city, MAIL)) == before
    clock.on(seconds=60)
    phone.post("/portal/anmelden/gesendet")
    assert len(letters_to(city, MAIL)) == before + 1


def test_nobodys_mailbox_is_flooded(app: Flask, city: Database) -> None:
    home = a_household(city)
    for number in range(8):
        phone = a_phone(app)
        phone.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert phone.post("/portal/anmelden", data={"email": home.payer.email}).status_code == 303
    assert len(letters_to(city, home.payer.email)) == 4


def test_one_source_cannot_write_to_the_whole_city(app: Flask, city: Database) -> None:
    phone = a_phone(app)
    answers = [
        phone.post("/portal/anmelden", data={"email": f"p{number}@post.example"}).status_code
        for number in range(31)
    ]
    assert answers == [303] * 30 + [429]


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b", "a b@c.de", "a@b.de\r\nBcc: x@y.de", "<a@b.de>", "a@b.de,c@d.de"]
)
def test_what_is_no_address_gets_no_letter(app: Flask, city: Database, typed: str) -> None:
    answer = a_phone(app).post("/portal/anmelden", data={"email": typed})
    assert answer.status_code == 422
    assert "Bitte prüfen Sie die E-Mail-Adresse" in answer.text
    assert count(city, "letter") == 0


@pytest.mark.parametrize(
    ("wanted", "got"),
    [("/portal/umsaetze?monat=2026-11", "/portal/umsaetze?monat=2026-11"),
     ("https://evil.example/", "/portal/"), ("//evil.example", "/portal/"),
     ("/\\evil.example", "/portal/"), ("javascript:alert(1)", "/portal/")],
)  # fmt: skip
def test_the_way_back_stays_on_this_host(app: Flask, city: Database, wanted: str, got: str) -> None:
    home = a_household(city)
    phone = a_phone(app)
    phone.post("/portal/anmelden", data={"email": home.payer.email, "next": wanted})
    assert phone.post(letters_to(city, home.payer.email)[-1].path).location == got


def test_a_password_opens_too_and_mistakes_end_in_a_break(
    app: Flask, city: Database, clock: Clock
) -> None:
    home = a_household(city)
    with city.transaction() as session:
        set_password(session, home.payer.code, PASSWORD)
    phone = a_phone(app)
    right = {"email": home.payer.email.upper(), "password": PASSWORD}
    assert phone.post("/portal/anmelden/passwort", data=right).location == "/portal/"
    for _ in range(5):
        wrong = right | {"password": "falsch geraten"}
        assert phone.post("/portal/anmelden/passwort", data=wrong).status_code == 422
    held_up = phone.post("/portal/anmelden/passwort", data=right)
    assert held_up.status_code == 429
    assert "8:05" in held_up.text
    elsewhere = a_phone(app)
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert elsewhere.post("/portal/anmelden/passwort", data=right).status_code == 429
    clock.on(minutes=15)
    assert phone.post("/portal/anmelden/passwort", data=right).status_code == 303


def test_without_a_password_no_password_opens(app: Flask, city: Database) -> None:
    home = a_household(city)
    for email in (home.payer.email, "nobody@post.example"):
        answer = a_phone(app).post(
            "/portal/anmelden/passwort", data={"email": email, "password": ""}
        )
        assert answer.status_code == 422
        assert "Adresse oder Passwort stimmt nicht" in answer.text


def test_signing_in_makes_a_new_token_and_ends_the_old_one(app: Flask, city: Database) -> None:
    home = a_household(city)
    phone = a_phone(app, "a token somebody planted")
    phone.post("/portal/anmelden", data={"email": home.payer.email})
    phone.post(letters_to(city, home.payer.email)[-1].path)
    first = phone.get_cookie(NAME)
    assert first is not None
    assert first.value != "a token somebody planted"
    assert (first.http_only, first.same_site) == (True, "Lax")
    phone.post("/portal/anmelden", data={"email": home.payer.email})
    phone.post(letters_to(city, home.payer.email)[-1].path)
    assert phone.get("/portal/mehr").status_code == 200
    assert a_phone(app, first.value).get("/portal/mehr").status_code == 303


def test_over_https_the_cookie_belongs_to_this_host_alone(app: Flask, city: Database) -> None:
    home = a_household(city)
    phone = a_phone(app)
    phone.environ_base["HTTP_ORIGIN"] = "https://localhost"
    https = {"base_url": "https://localhost"}
    phone.post("/portal/anmelden", data={"email": home.payer.email}, **https)
    answer = phone.post(letters_to(city, home.payer.email)[-1].path, **https)
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if NAME in one]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_browser_never_seen_before_is_told_of_by_mail(app: Flask, city: Database) -> None:
    registered(app, city)
    assert [one.subject for one in letters_to(city, MAIL)] == ["Ihr Link zum Anmelden"]
    stranger = a_phone(app)
    stranger.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"
    for _ in range(2):
        stranger.post("/portal/anmelden", data={"email": MAIL})
        stranger.post(letters_to(city, MAIL)[-1].path)
    told = [one for one in letters_to(city, MAIL) if one.subject.startswith("Neue Anmeldung")]
    assert len(told) == 1
    assert "Firefox, Linux" in " ".join(told[0].paragraphs)


def test_a_letter_speaks_the_language_of_its_reader(app: Flask, city: Database) -> None:
    home = a_household(city, language="en")
    a_phone(app).post("/portal/anmelden", data={"email": home.payer.email})
    assert letters_to(city, home.payer.email)[0].subject == "Your sign-in link"


def test_a_link_another_site_sent_off_stands_in_no_log(
    app: Flask, city: Database, caplog: pytest.LogCaptureFixture
) -> None:
    registered(app, city)
    a_phone(app).post("/portal/anmelden", data={"email": MAIL})
    path = letters_to(city, MAIL)[-1].path
    assert a_phone(app).post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert "another site" in caplog.text
    assert path.rpartition("/")[2] not in caplog.text


def test_what_failed_is_logged_without_the_address_it_was_about(
    app: Flask, city: Database, caplog: pytest.LogCaptureFixture
) -> None:
    registered(app, city)
    with city.transaction() as other:
        lock_sign_in(other, f"portal link {MAIL}")
        assert a_phone(app).post("/portal/anmelden", data={"email": MAIL}).status_code == 503
    assert "did not answer in time" in caplog.text
    assert MAIL not in caplog.text


def test_what_broke_is_logged_by_its_view_and_not_by_a_path_with_a_secret(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def stands_still() -> datetime:
        raise RuntimeError("the clock stands still")

    app.extensions["clock"] = stands_still
    assert a_phone(app).post("/portal/anmelden/the-secret-of-a-link").status_code == 500
    assert "Exception in portal_entry.use [POST]" in caplog.text
    assert "the-secret-of-a-link" not in caplog.text

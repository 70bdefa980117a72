"""Signing in and everything behind it as a browser asks for it: steps, cookies, ways back."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from config.app import create_app
from config.database import Database
from config.staff.cookie import NAME
from config.staff.page import in_words
from ledger.permissions import Caller
from ledger.staff.sessions import SessionRule
from ledger.tables.staff import staff, staff_session
from terminals.face.addresses import is_ours
from tests.api_client import Api, an_api
from tests.faces.sample_city import sample_page
from tests.staff_client import (
    OTHER,
    PASSWORD,
    a_browser,
    a_known_person,
    a_new_person,
    a_person,
    a_session,
    all_steps,
    code_for,
    give,
    signed_in,
)

OPEN_SESSIONS = update(staff_session).where(staff_session.c.revoked_at.is_(None))


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city, city_page=sample_page)


def test_the_first_sign_in_sets_up_both_proofs_and_leads_to_the_page_asked_for(api: Api) -> None:
    someone, once = a_new_person(api, "finance")
    browser = a_browser(api.app)
    wanted = browser.get("/api/v1/?group=a%20b")
    assert wanted.status_code == 303
    assert parse_qs(urlsplit(wanted.location).query) == {"next": ["/api/v1/?group=a%20b"]}
    assert browser.get(wanted.location).status_code == 200
    target = "/api/v1/?group=a%20b"

    first = give(browser, "/staff/sign-in", login=someone.login, password=once, next=target)
    assert first.location.startswith("/staff/sign-in/code?next=")
    page = browser.get(first.location).text
    image = browser.get("/staff/sign-in/secret.svg")
    assert image.content_type == "image/svg+xml"
    assert image.headers["Cache-Control"] == "no-store"
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    with api.database.read_only() as session:
        secret = session.scalar(select(staff.c.totp_secret).where(staff.c.code == someone.code))
    assert shown is not None
    assert shown[1].replace(" ", "") == secret

    second = give(browser, "/staff/sign-in/code", code=code_for(api, someone), next=target)
    assert second.location.startswith("/staff/sign-in/password?next=")
    assert browser.get("/api/v1/").status_code == 303  # not yet
    assert give(browser, "/staff/sign-in/password", password=OTHER, again="x").status_code == 422
    assert give(browser, "/staff/sign-in/password", password="x", again="x").status_code == 422
    form = {"password": OTHER, "again": OTHER, "next": target}
    last = give(browser, "/staff/sign-in/password", **form)
    assert last.location == target
    page = browser.get("/staff/me").text
    assert someone.name in page
    assert "Abmelden" in page
    assert browser.get("/staff/sign-in").status_code == 303


def test_the_secret_is_shown_to_nobody_once_a_code_confirmed_it(api: Api) -> None:
    someone = a_known_person(api, "auditor")
    all_steps(api, someone)
    browser = a_browser(api.app)
    give(browser, "/staff/sign-in", login=someone.login, password=PASSWORD)
    assert "<code>" not in browser.get("/staff/sign-in/code").text
    assert browser.get("/staff/sign-in/secret.svg").status_code == 404
    assert a_browser(api.app).get("/staff/sign-in/secret.svg").status_code == 404


@pytest.mark.parametrize(
    ("role", "lands_on"),
    [("finance", "/"), ("cashier", "/staff/me"), ("administrator", "/staff/me")],
)
def test_without_a_page_asked_for_one_lands_where_one_may_be(
    api: Api, role: str, lands_on: str
) -> None:
    browser, answer = all_steps(api, a_known_person(api, role))
    assert answer.location == lands_on
    assert browser.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
     "javascript:x", "evil", "/\t/evil.example", "/a\nb", "///evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site_after_signing_in(api: Api, wanted: str) -> None:
    assert not is_ours(wanted)
    _, answer = all_steps(api, a_known_person(api, "finance"), next_page=wanted)
    assert answer.location == "/"
    page = a_browser(api.app).get("/staff/sign-in", query_string={"next": wanted}).text
    assert 'name="next"' not in page


def test_the_cookie_cannot_be_read_sent_along_or_set_by_others(api: Api) -> None:
    someone = a_known_person(api, "finance")
    plain = give(a_browser(api.app), "/staff/sign-in", login=someone.login, password=PASSWORD)
    cookie = plain.headers["Set-Cookie"]
    assert cookie.startswith(f"{NAME}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    browser = a_browser(api.app)
    secure = browser.post(
        "/staff/sign-in",
        data={"login": someone.login, "password": PASSWORD},
        base_url="https://kasse.example",
        headers={"Origin": "https://kasse.example"},
    )
    cookie = secure.headers["Set-Cookie"]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_an_unprotected_cookie_means_nothing_over_https(api: Api) -> None:
    browser = a_browser(api.app, a_session(api.database, a_person(api.database, "finance")))
    assert browser.get("/staff/me").status_code == 200
    assert browser.get("/staff/me", base_url="https://localhost").status_code == 303


def test_each_step_ends_the_token_of_the_step_before(api: Api) -> None:
    someone = a_known_person(api, "finance")
    browser = a_browser(api.app)
    give(browser, "/staff/sign-in", login=someone.login, password=PASSWORD)
    before = browser.get_cookie(NAME).value
    browser.get("/staff/sign-in/code")
    give(browser, "/staff/sign-in/code", code=code_for(api, someone))
    assert browser.get_cookie(NAME).value != before
    assert a_browser(api.app, before).get("/staff/sign-in/code").status_code == 303


def test_wrong_is_wrong_whatever_it_was(api: Api) -> None:
    someone = a_known_person(api, "finance")
    pages = [
        give(a_browser(api.app), "/staff/sign-in", login=login, password="wrong")
        for login in (someone.login, "nobody.at.all")
    ]
    assert {page.status_code for page in pages} == {422}
    texts = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert len(texts) == 1
    assert "stimmt nicht" in texts.pop()


def test_whoever_guesses_is_told_how_long_to_wait(api: Api) -> None:
    someone = a_known_person(api, "finance")
    browser = a_browser(api.app)
    for _ in range(4):
        give(browser, "/staff/sign-in", login=someone.login, password="wrong")
    waiting = give(browser, "/staff/sign-in", login=someone.login, password=PASSWORD)
    assert waiting.status_code == 429
    assert waiting.headers["Retry-After"] in "12345"
    assert re.search(r"Bitte warten Sie [1-5] Sekunden?", waiting.text)


def test_waits_are_said_in_words() -> None:
    said = {seconds: in_words(seconds) for seconds in (1, 40, 60, 61, 900)}
    assert said == {
        1: "1 Sekunde", 40: "40 Sekunden", 60: "60 Sekunden", 61: "2 Minuten", 900: "15 Minuten",
    }  # fmt: skip


def test_steps_cannot_be_skipped(api: Api) -> None:
    someone, once = a_new_person(api, "finance")
    browser = a_browser(api.app)
    for path in ("/staff/sign-in/code", "/staff/sign-in/password"):
        assert browser.get(path).location == "/staff/sign-in"
        assert (
            give(browser, path, code="1", password=OTHER, again=OTHER).location == "/staff/sign-in"
        )
    give(browser, "/staff/sign-in", login=someone.login, password=once)
    assert browser.get("/staff/sign-in/password").location == "/staff/sign-in"
    skipped = give(browser, "/staff/sign-in/password", password=OTHER, again=OTHER)
    assert skipped.location == "/staff/sign-in"
    wrong = give(browser, "/staff/sign-in/code", code="000000")
    assert wrong.status_code == 422
    assert "<code>" in wrong.text  # still to be set up


def test_signing_out_ends_the_session_and_forgets_the_cookie(api: Api) -> None:
    browser, _ = all_steps(api, a_known_person(api, "finance"))
    token = browser.get_cookie(NAME).value
    assert browser.post("/staff/sign-out").location == "/staff/sign-in"
    assert browser.get_cookie(NAME) is None
    assert a_browser(api.app, token).get("/staff/me").status_code == 303


def test_a_session_ends_without_a_click_and_asks_for_the_page_again(api: Api) -> None:
    browser = signed_in(api.app, api.database, "finance")
    long_ago = datetime.now(UTC) - timedelta(minutes=31)
    with api.database.transaction() as session:
        session.execute(OPEN_SESSIONS.values(seen_at=long_ago))
    assert browser.get("/").location == "/staff/sign-in"
    assert browser.get("/staff/me").location == "/staff/sign-in?next=/staff/me"
    assert browser.post("/staff/me/pin").location == "/staff/sign-in"


def test_every_look_keeps_a_session_alive(api: Api) -> None:
    browser = signed_in(api.app, api.database, "finance")
    with api.database.transaction() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=20)
        session.execute(OPEN_SESSIONS.values(seen_at=earlier))
    browser.get("/staff/me")
    with api.database.read_only() as session:
        newest = session.scalars(select(staff_session.c.seen_at)).all()
    assert max(newest) > datetime.now(UTC) - timedelta(minutes=1)


def test_the_settings_decide_how_long(module_city: Database) -> None:
    app = create_app(database=module_city, sessions=SessionRule(idle=timedelta(0)))
    assert signed_in(app, module_city, "finance").get("/staff/me").status_code == 303


def test_behind_a_proxy_the_throttle_sees_who_asks(module_city: Database) -> None:
    for proxies, address in ((0, "127.0.0.1"), (1, "198.51.100.7")):
        app = create_app(database=module_city, proxies=proxies)
        someone = a_known_person(Api(app, module_city, {}), "finance")
        give_to = a_browser(app)
        give_to.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        give(give_to, "/staff/sign-in", login=someone.login, password=PASSWORD)
        with module_city.read_only() as session:
            found = select(staff_session.c.address).where(staff_session.c.staff == someone.code)
            assert session.scalars(found).all() == [address]


def test_a_device_with_a_wrong_token_is_told_so_and_not_sent_to_sign_in(api: Api) -> None:
    for path in ("/", "/api/v1/", "/staff/me"):
        answer = a_browser(api.app).get(path, headers={"Authorization": "Bearer sk_wrong"})
        assert answer.status_code == 401


def test_the_visitor_of_the_demonstration_is_asked_to_sign_in_for_what_takes_a_person(
    module_city: Database,
) -> None:
    app = create_app(
        database=module_city, city_page=sample_page, visitor=Caller("visitor", "finance")
    )
    browser = app.test_client()
    assert "Anmelden" in browser.get("/").text
    assert browser.get("/staff/me").location == "/staff/sign-in?next=/staff/me"
    assert browser.get("/staff/sign-in").status_code == 200


def test_what_no_keyboard_makes_is_refused_and_never_a_fault(api: Api) -> None:
    admin = signed_in(api.app, api.database, "administrator")
    long = str(10**30)
    for path in ("/staff/people/%00", "/staff/audit?who=%00", "/staff/sign-in?next=/%00"):
        assert admin.get(path).status_code == 400
    for form in ({"login": "\0"}, {"login": "a", "password": "\0"}):
        assert give(a_browser(api.app), "/staff/sign-in", **form).status_code == 400
    assert admin.get(f"/staff/audit?before={long}").status_code == 200
    assert admin.post(f"/staff/me/sessions/{long}/end").status_code == 404
    assert give(admin, "/staff/people", name="X", login="x.x").status_code == 400

"""Accounts at the pages: one's own, everybody's for the administrator, and the log of both."""

import re

import pytest
from sqlalchemy import select

from config.database import Database
from config.staff.browsers import browser_in_words
from ledger.staff.audit import record
from ledger.staff.people import person
from ledger.tables.staff import staff_session
from tests.api_client import Api, an_api
from tests.faces.sample_city import sample_page
from tests.staff_client import (
    OPERATOR,
    OTHER,
    PASSWORD,
    a_browser,
    a_known_person,
    a_person,
    a_session,
    all_steps,
    give,
    signed_in,
)


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    return an_api(module_city, city_page=sample_page)


def test_one_ends_sessions_elsewhere_one_by_one_and_all_at_once(api: Api) -> None:
    someone = a_known_person(api, "finance")
    here, _ = all_steps(api, someone)
    others = [a_session(api.database, someone) for _ in range(3)]
    page = here.get("/staff/me").text
    ends = re.findall(r'action="(/staff/me/sessions/\d+/end)"', page)
    assert len(ends) == 3
    assert here.post(ends[0]).status_code == 303
    states = [a_browser(api.app, token).get("/staff/me").status_code for token in others]
    assert sorted(states) == [200, 200, 303]
    here.post("/staff/me/sessions/end")
    states = [a_browser(api.app, token).get("/staff/me").status_code for token in others]
    assert states == [303, 303, 303]
    assert here.get("/staff/me").status_code == 200


def test_nobody_ends_the_sessions_of_others(api: Api) -> None:
    browser = signed_in(api.app, api.database, "finance")
    foreign = a_session(api.database, a_person(api.database, "finance"))
    with api.database.read_only() as session:
        numbers = session.scalars(select(staff_session.c.id)).all()
    mine = re.findall(r"sessions/(\d+)/end", browser.get("/staff/me").text)
    for number in set(map(str, numbers)) - set(mine):
        browser.post(f"/staff/me/sessions/{number}/end")
    assert a_browser(api.app, foreign).get("/staff/me").status_code == 200


def test_a_new_password_is_set_against_the_old_one(api: Api) -> None:
    someone = a_known_person(api, "finance")
    here, _ = all_steps(api, someone)
    elsewhere = a_browser(api.app, a_session(api.database, someone))
    form = {"current": PASSWORD, "password": OTHER, "again": OTHER}
    for wrong in ({"current": "x"}, {"again": "x"}, {"password": "kurz", "again": "kurz"}):
        assert give(here, "/staff/me/password", **(form | wrong)).status_code == 422
    answer = give(here, "/staff/me/password", **form)
    assert "Ihr neues Kennwort gilt" in here.get(answer.location).text
    assert elsewhere.get("/staff/me").status_code == 303
    old = give(a_browser(api.app), "/staff/sign-in", login=someone.login, password=PASSWORD)
    assert old.status_code == 422


def test_a_pin_is_set_once_seen_by_nobody_and_unlike_those_of_others(api: Api) -> None:
    first, second = a_known_person(api, "cashier"), a_known_person(api, "cashier")
    here, _ = all_steps(api, first)
    there, _ = all_steps(api, second)
    form = {"current": PASSWORD, "pin": "271828"}
    assert give(here, "/staff/me/pin", **(form | {"current": "x"})).status_code == 422
    assert give(here, "/staff/me/pin", **(form | {"pin": "123456"})).status_code == 422
    answer = give(here, "/staff/me/pin", **form)
    page = here.get(answer.location).text
    assert "gesetzt, wird nie angezeigt" in page
    assert "271828" not in page
    for said in ("schon jemand", "schon jemand", "morgen", "morgen"):
        taken = give(there, "/staff/me/pin", **form)
        assert taken.status_code == 422
        assert said in taken.text


def test_who_has_no_site_is_not_asked_for_a_pin(api: Api) -> None:
    browser, _ = all_steps(api, a_known_person(api, "finance"))
    assert "PIN für die Kasse" not in browser.get("/staff/me").text
    refused = give(browser, "/staff/me/pin", current=PASSWORD, pin="271828")
    assert refused.status_code == 422


def test_an_administrator_adds_somebody_who_can_then_sign_in(api: Api) -> None:
    admin = signed_in(api.app, api.database, "administrator")
    form = {"name": "Paul Pool", "login": "p.pool", "role": "cashier", "facility": "B01"}
    page = give(admin, "/staff/people", **form)
    assert page.status_code == 200
    once = re.search(r"<code>([a-z0-9-]{19})</code>", page.text)
    assert once is not None
    answer = give(a_browser(api.app), "/staff/sign-in", login="P.Pool", password=once[1])
    assert answer.location == "/staff/sign-in/code"
    assert once[1] not in admin.get("/staff/people").text
    again = give(admin, "/staff/people", **form)
    assert again.status_code == 422
    assert "schon vergeben" in again.text
    assert 'value="Paul Pool"' in again.text
    no_site = give(admin, "/staff/people", **(form | {"login": "q.q", "facility": ""}))
    assert "gehören zu einer Stelle" in no_site.text
    assert give(admin, "/staff/people", **(form | {"role": "king"})).status_code == 400


def test_what_an_administrator_does_takes_effect_at_once(api: Api) -> None:
    admin = signed_in(api.app, api.database, "administrator")
    someone = a_known_person(api, "cashier")
    browser, _ = all_steps(api, someone)
    path = f"/staff/people/{someone.code}"

    def is_in() -> bool:
        return browser.get("/staff/me").status_code == 200

    def do(what: str) -> None:
        assert give(admin, f"{path}/{what}").location == path

    assert is_in()
    do("sign_out")
    assert not is_in()
    moved = {"name": someone.name, "role": "site_manager", "facility": "B02"}
    assert give(admin, path, **moved).location == path
    do("forget_code")
    do("remove_pin")
    do("deactivate")
    state = give(browser, "/staff/sign-in", login=someone.login, password=PASSWORD).status_code
    assert state == 422
    do("reactivate")
    page = give(admin, f"{path}/password").text
    once = re.search(r"<code>([a-z0-9-]{19})</code>", page)
    assert once is not None
    entered = give(browser, "/staff/sign-in", login=someone.login, password=once[1])
    assert entered.location == "/staff/sign-in/code"
    with api.database.read_only() as session:
        now = person(session, someone.code)
    assert (now.role, now.facility, now.has_code) == ("site_manager", "B02", False)
    log = admin.get("/staff/audit", query_string={"who": someone.code}).text
    for words in (
        "Rolle oder Stelle",
        "zweiten Faktor zurückgesetzt",
        "gesperrt",
        "Einmalkennwort",
    ):
        assert words in log


def test_whoever_is_moved_signs_in_with_the_new_rights(api: Api) -> None:
    admin = signed_in(api.app, api.database, "administrator")
    someone = a_person(api.database, "finance")
    browser = a_browser(api.app, a_session(api.database, someone))
    assert browser.get("/api/v1/trial-balance").status_code == 200
    form = {"name": someone.name, "role": "administrator"}
    give(admin, f"/staff/people/{someone.code}", **form)
    assert browser.get("/api/v1/trial-balance").status_code == 401


def test_an_administrator_does_not_decide_over_the_own_account(api: Api) -> None:
    me = a_person(api.database, "administrator")
    admin = a_browser(api.app, a_session(api.database, me))
    path = f"/staff/people/{me.code}"
    assert "Konto sperren" not in admin.get(path).text
    for what in ("deactivate", "forget_code"):
        refused = give(admin, f"{path}/{what}")
        assert "jemand anderes" in refused.text
    form = {"name": me.name, "role": "finance_approver"}
    assert "jemand anderes" in give(admin, path, **form).text
    assert admin.get("/staff/people").status_code == 200


def test_nobody_by_that_code_is_a_page_that_does_not_exist(api: Api) -> None:
    admin = signed_in(api.app, api.database, "administrator")
    assert admin.get("/staff/people/S-9998").status_code == 404
    assert give(admin, "/staff/people/S-9998/deactivate").status_code == 404
    assert give(admin, "/staff/people/S-9998/password").status_code == 404


def test_the_log_shows_money_to_the_auditor_alone(api: Api) -> None:
    with api.database.transaction() as session:
        detail = {"amount_cents": 4500, "decision": "approved"}
        for number in range(60):
            record(session, OPERATOR, "approval.decided", about=f"R-{number}", detail=detail)
    auditor = signed_in(api.app, api.database, "auditor")
    admin = signed_in(api.app, api.database, "administrator")
    page = auditor.get("/staff/audit?subject=approval").text
    assert "45,00" in page
    assert "genehmigt" in page
    older = re.search(r'href="(/staff/audit\?[^"]*before=\d+)"', page)
    assert older is not None
    second = auditor.get(older[1].replace("&amp;", "&")).text
    assert "R-0<" in second
    assert "R-59<" not in second
    assert "45,00" not in admin.get("/staff/audit?subject=approval").text
    assert "Freigaben" not in admin.get("/staff/audit").text
    assert "Diesen Tag gibt es nicht" in auditor.get("/staff/audit?day=gestern").text


def test_the_side_navigation_shows_only_what_one_may_open(api: Api) -> None:
    def links(role: str) -> set[str]:
        page = signed_in(api.app, api.database, role).get("/staff/me").text
        nav = page.split("<nav")[1].split("</nav>")[0]
        return set(re.findall(r'href="(/[^"#]*)"', nav))

    assert {"/staff/people", "/staff/audit"} <= links("administrator")
    assert "/" not in links("administrator")
    assert "/" in links("finance")
    assert not {"/staff/people", "/staff/audit", "/"} & links("cashier")


@pytest.mark.parametrize(
    ("agent", "words"),
    [("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 Safari/604.1",
      "Safari, iPhone"),
     ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
      "Edge, Windows"),
     ("curl/8.16", "Unbekannter Browser"), ("", "Unbekannter Browser")],
)  # fmt: skip
def test_a_browser_has_a_name_people_know(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words

"""The pages of the people who work here in a real browser: signing in, accounts, the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from config.app import create_app
from config.database import Database
from config.staff.cookie import NAME
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.staff.people import (
    Person,
    Post,
    add_person,
    deactivate,
    give_password,
    person,
    set_password,
)
from ledger.staff.pins import set_pin
from ledger.staff.sessions import OPEN, SessionRule, open_session
from ledger.staff.throttle import Visit
from ledger.staff.totp import STEP_SECONDS, code_of
from ledger.tables.staff import staff
from tests.faces.conftest import View, Window, hear, served
from tests.faces.every_page import (
    broken_rules,
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.sample_city import sample_page

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]

OPERATOR = Caller("command line", "operator")
PASSWORD = "ein Seepferdchen im Becken"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


@dataclass(frozen=True, slots=True)
class House:
    """The application on real books with some people; their codes by sign-in name."""

    address: str
    database: Database
    codes: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    app = create_app(database=module_city, city_page=sample_page)
    with served(app) as address:
        yield House(address, module_city, _people(module_city))


def _people(database: Database) -> dict[str, str]:
    """One in every state an account can be in, and a log with something in it."""
    now = datetime.now(UTC)
    codes = {}
    with database.transaction() as session:
        for login, name, role, site in (
            ("a.admin", "Anna Albrecht", "administrator", None),
            ("c.kasse", "Clara Kassel", "cashier", "B01"),
            ("m.leitung", "Murat Leitner", "site_manager", "B01"),
            ("f.freigabe", "Friederike von der Heyden-Rynsch", "finance_approver", None),
            ("r.revision", "Renate Vogt", "auditor", None),
            ("g.gegangen", "Gerd Gegangen", "cashier", "M02"),
            ("n.neu", "Nina Neu", "finance", None),
        ):
            added = add_person(session, OPERATOR, login=login, name=name, post=Post(role, site))
            codes[login] = added.code
            give_password(session, OPERATOR, added.code, at=now)
            if login != "n.neu":
                me = Caller(added.code, role, site, person=name)
                set_password(session, me, added.code, PASSWORD, at=now)
        set_pin(session, OPERATOR, codes["c.kasse"], "271828", at=now)
        deactivate(session, OPERATOR, codes["g.gegangen"], at=now)
        approver = Caller(codes["f.freigabe"], "finance_approver", person="F")
        detail = {"decision": "approved", "amount_cents": 4500, "reason": "doppelt bezahlt"}
        for number in range(60):
            record(session, approver, "approval.decided", about=f"R-{number}", detail=detail)
    return codes


def a_token(house: House, login: str, *, stage: str = OPEN, browser: str = CHROME) -> str:
    visit = Visit(datetime.now(UTC), "192.0.2.7", browser)
    with house.database.transaction() as session:
        return open_session(
            session, house.codes[login], stage=stage, visit=visit, rule=SessionRule()
        )


def a_page(
    chromium: Browser, house: House, token: str | None = None, *, width: int = 1280,
    same_site: Literal["Lax"] | None = "Lax",
) -> View:  # fmt: skip
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, locale="de-DE",
        base_url=house.address,
    )  # fmt: skip
    if token is not None:
        cookie = {"name": NAME, "value": token, "url": house.address}
        context.add_cookies([cookie | ({"sameSite": same_site} if same_site else {})])
    page = context.new_page()
    return View(page, hear(page))


# Path, who looks, and at which stage of signing in; `{c.kasse}` is that person's code.
PAGES = (
    ("/staff/sign-in", None, ""),
    ("/staff/sign-in/code", "n.neu", "password"),
    ("/staff/sign-in/password", "n.neu", "code"),
    ("/staff/me", "c.kasse", OPEN),
    ("/staff/me?done=password", "a.admin", OPEN),
    ("/staff/people", "a.admin", OPEN),
    ("/staff/people/{c.kasse}", "a.admin", OPEN),
    ("/staff/people/{g.gegangen}", "a.admin", OPEN),
    ("/staff/people/{a.admin}", "a.admin", OPEN),
    ("/staff/audit", "a.admin", OPEN),
    ("/staff/audit?subject=approval", "r.revision", OPEN),
)
VIEWS = [
    (*page, theme, width) for page in PAGES for theme in ("light", "dark") for width in (390, 1280)
]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    """Every page in both themes on a telephone and a desk, opened once."""
    path, login, stage, theme, width = request.param
    cookies = {NAME: a_token(house, login, stage=stage)} if login else None
    if path == "/staff/me":
        a_token(house, login, browser=FIREFOX)
    for each, code in house.codes.items():
        path = path.replace(f"{{{each}}}", code)
    with window.look(house.address + path, theme=theme, width=width, cookies=cookies) as view:
        yield View(view.page, list(view.complaints))


def test_no_id_is_given_twice(view: View) -> None:
    twice = view.page.evaluate(
        "[...document.querySelectorAll('[id]')].map((one) => one.id)"
        ".filter((id, place, all) => all.indexOf(id) !== place)"
    )
    assert twice == []


def test_on_a_telephone_everything_to_press_is_big_enough(view: View) -> None:
    if view.page.viewport_size["width"] > 400:
        return
    small = view.page.evaluate(
        "[...document.querySelectorAll('main button, main input, main select')]"
        ".filter((one) => one.checkVisibility() && !one.readOnly && one.type !== 'hidden')"
        ".filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
    )
    assert small == []


def test_a_new_colleague_comes_in_and_leaves_in_a_real_browser(
    chromium: Browser, house: House
) -> None:
    with house.database.transaction() as session:
        nina = person(session, house.codes["n.neu"])
        once = give_password(session, OPERATOR, nina.code, at=datetime.now(UTC))
    view = a_page(chromium, house, width=390)
    page = view.page
    page.goto("/staff/me")
    page.wait_for_url("**/staff/sign-in?next=/staff/me")
    page.get_by_label("Anmeldename").fill("n.neu")
    page.get_by_label("Kennwort", exact=True).fill(once)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/sign-in/code*")
    image = page.get_by_role("img", name="QR-Code")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_label("Code", exact=True).fill(_code_now(house, nina))
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/staff/sign-in/password*")
    page.get_by_label("Neues Kennwort").fill(PASSWORD)
    page.get_by_label("Noch einmal").fill(PASSWORD)
    page.get_by_role("button", name="Speichern und anmelden").click()
    page.wait_for_url("**/staff/me")
    assert page.get_by_role("heading", name="Nina Neu").is_visible()
    page.get_by_role("button", name="Navigation").click()
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url("**/staff/sign-in")
    page.goto("/staff/me")
    page.wait_for_url("**/staff/sign-in?next=/staff/me")
    assert view.complaints == []
    page.context.close()


@pytest.mark.parametrize(
    ("same_site", "lands_on"),
    [("Lax", "Anna Albrecht"), (None, "Dafür fehlt Ihnen die Berechtigung")],
    ids=["the cookie stays at home", "it comes along, the origin is seen"],
)  # Chromium sends a cookie without SameSite along for its first two minutes.
def test_a_page_of_another_site_signs_nobody_out(
    chromium: Browser, house: House, same_site: Literal["Lax"] | None, lands_on: str
) -> None:
    page = a_page(chromium, house, a_token(house, "a.admin"), same_site=same_site).page
    target = f"{house.address}/staff/me/sessions/end"
    form = f"<form method=post action={target}><button>Gewinnen</button></form>"
    evil = house.address.replace("127.0.0.1", "localhost") + "/evil"
    page.context.route(evil, lambda route: route.fulfill(body=form, content_type="text/html"))
    elsewhere = a_token(house, "a.admin")
    page.goto(evil)
    page.get_by_role("button", name="Gewinnen").click()
    page.get_by_role("heading", name=lands_on, exact=True).wait_for()
    other = a_page(chromium, house, elsewhere).page
    other.goto("/staff/me")
    assert other.get_by_role("heading", name="Anna Albrecht").is_visible()
    page.context.close()
    other.context.close()


def test_an_administrator_locks_somebody_out_by_keyboard(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, a_token(house, "a.admin")).page
    page.goto(f"/staff/people/{house.codes['m.leitung']}")
    page.get_by_role("button", name="Konto sperren").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Konto wieder öffnen").wait_for()
    assert page.get_by_text("gesperrt").is_visible()
    page.context.close()


def test_what_went_wrong_stands_above_the_form(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, a_token(house, "a.admin")).page
    page.goto("/staff/people")
    page.get_by_label("Name", exact=True).fill("Clara Zwei")
    page.get_by_label("Anmeldename").fill("c.kasse")
    page.get_by_label("Stelle").select_option("B01")
    page.get_by_role("button", name="Anlegen").click()
    assert page.get_by_role("alert").inner_text().strip().endswith("schon vergeben.")
    assert page.get_by_label("Name", exact=True).input_value() == "Clara Zwei"
    assert broken_rules(page) == ""
    page.context.close()


def _code_now(house: House, someone: Person) -> str:
    with house.database.read_only() as session:
        secret = session.scalar(select(staff.c.totp_secret).where(staff.c.code == someone.code))
    return code_of(secret, int(datetime.now(UTC).timestamp()) // STEP_SECONDS)

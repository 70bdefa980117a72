"""The desk in a real browser: approvals on a telephone, tills, and a code for a device."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from config.database import Database
from ledger.staff.people import Post, add_person
from tests.api_client import a_charge
from tests.faces.conftest import View, Window, served
from tests.faces.desk_stand import a_page, looking
from tests.faces.every_page import (
    broken_rules,
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.terminals.sent import (
    ADMINISTRATOR,
    Site,
    a_refund,
    a_site,
    an_attempt,
    closing,
    item,
    opening,
)

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]


@dataclass(frozen=True, slots=True)
class House:
    """The application on real books after a day with trouble; `codes` of people by name."""

    address: str
    database: Database
    site: Site
    codes: dict[str, str]
    refunds: dict[str, str]


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    site = a_site(module_city)
    codes = {"manager": site.manager, "cashier": site.cashier}
    with module_city.transaction() as session:
        for name, role in (("finance", "finance"), ("administrator", "administrator")):
            codes[name] = add_person(
                session, ADMINISTRATOR, login=f"{name}.f", name=name.title(), post=Post(role)
            ).code
    refunds = _a_day_with_trouble(site)
    with served(site.api.app) as address:
        yield House(address, module_city, site, codes, refunds)


def _a_day_with_trouble(site: Site) -> dict[str, str]:
    """A request of the cashier, two of the manager, a difference, and what was not booked."""
    refunds = {}
    tickets = [{"product": "POOL-AD", "quantity": 10}]
    for name, person in (("cashier", site.cashier), ("own", site.manager), ("done", site.cashier)):
        charge = site.sell(lines=tickets, way="cash", terminal=None)
        body = a_refund(charge, 5000, person)
        site.send(item("refund_requested", body))
        refunds[name] = str(body["refund"])
    said = {"refund": refunds["done"], "person": site.manager, "decision": "refused",
            "reason": "Der Beleg ist von einem anderen Bad"}  # fmt: skip
    totals = {"terminal": "B01-1", "day": "2026-11-17", "number": 31, "amount_cents": 2000,
              "totals": [], "agrees": False, "expected_cents": 2500}  # fmt: skip
    site.send(
        item("refund_decided", said),
        item("shift_opened", opening(site.cashier)),
        item("shift_closed", closing(site.cashier, counted=12000, expected=15000)),
        item("shift_opened", opening(site.cashier, shift="2026-11-17-2")),
        item("attempt", an_attempt("unknown", reason="Verbindung verloren", statement="paid")),
        item("charge", a_charge(lines=[{"product": "POOL-AD", "unit_cents": 1}])),
        item("terminal_totals", totals),
        {"broken": True},
    )
    return refunds


PAGES = (
    ("/desk/approvals", "manager"),
    ("/desk/approvals/{cashier}", "manager"),
    ("/desk/approvals/{own}", "manager"),
    ("/desk/approvals/{done}", "finance"),
    ("/desk/tills", "finance"),
    ("/desk/devices", "administrator"),
)
VIEWS = [
    (*page, theme, width) for page in PAGES for theme in ("light", "dark") for width in (390, 1280)
]


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "-".join(map(str, view)))
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    """Every page in both themes on a telephone and a desk, opened once."""
    path, who, theme, width = request.param
    for name, refund in house.refunds.items():
        path = path.replace(f"{{{name}}}", refund)
    with looking(window, house, who, path, theme=theme, width=width) as view:
        yield View(view.page, list(view.complaints))


def test_on_a_telephone_everything_to_press_is_big_enough(view: View) -> None:
    if view.page.viewport_size["width"] > 400:
        return
    assert small_targets(view.page) == []


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('main button, main input, main select, .cards li')]"
        ".filter((one) => one.checkVisibility() && one.type !== 'hidden')"
        ".filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
    )
    return found


def test_a_manager_approves_while_walking(chromium: Browser, house: House) -> None:
    charge = house.site.sell(
        lines=[{"product": "POOL-AD", "quantity": 9}], way="cash", terminal=None
    )
    body = a_refund(charge, 4500, house.site.cashier, reason="Sauna ausgefallen")
    house.site.send(item("refund_requested", body))
    page = a_page(chromium, house, "manager", width=390).page
    page.goto("/desk/approvals")
    card = page.get_by_role("listitem").filter(has_text="Sauna ausgefallen")
    card.click(position={"x": 20, "y": 60})  # anywhere on the card
    assert page.get_by_role("heading", level=1).inner_text().startswith("Erstattung über 45,00")
    page.get_by_role("button", name="Ablehnen").click()
    assert page.get_by_text("Bitte sagen Sie, warum Sie ablehnen.").is_visible()
    page.get_by_role("button", name="Freigeben").click()
    page.wait_for_url("**/desk/approvals")
    assert (
        page.get_by_role("listitem")
        .filter(has_text="45,00")
        .filter(has_text="freigegeben")
        .is_visible()
    )
    page.context.close()


def test_one_s_own_request_cannot_even_be_pressed(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "manager").page
    page.goto(f"/desk/approvals/{house.refunds['own']}")
    assert page.get_by_role("button", name="Freigeben").is_disabled()
    assert page.get_by_text("freigeben muss eine zweite Person").is_visible()
    page.context.close()


def test_a_code_is_shown_big_and_once(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "administrator", width=390).page
    page.goto("/desk/devices")
    page.get_by_label("Kasse", exact=True).select_option("M01-1")
    page.get_by_role("button", name="Code zeigen").click()
    code = page.locator(".enrolment-code code")
    assert len(code.inner_text()) == 9
    assert code.evaluate("one => parseInt(getComputedStyle(one).fontSize)") >= 32
    assert broken_rules(page) == ""
    page.goto("/desk/devices")
    assert page.locator(".enrolment-code").count() == 0
    page.context.close()

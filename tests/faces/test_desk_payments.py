"""Finance's pages for online payments in a real browser: on a desk and on a telephone."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from terminals.checkout.cases import open_case
from terminals.checkout.payments import Payment, give_back
from terminals.simulators.stripe import Simulator
from tests.faces.conftest import View, Window, served
from tests.faces.desk_stand import a_page, looking
from tests.faces.every_page import (
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.staff_client import a_person
from tests.terminals.checkout.shop import Shop, a_shop

__all__ = [  # collected here too
    "test_no_accessibility_rule_is_broken",
    "test_the_browser_has_nothing_to_complain_about",
    "test_the_page_never_scrolls_sideways",
]


@dataclass(frozen=True, slots=True)
class House:
    """The application after a day of payments; `payment`: one with everything that can happen."""

    address: str
    database: Database
    codes: dict[str, str]
    payment: str


@pytest.fixture(scope="module")
def house(module_city: Database) -> Iterator[House]:
    codes = {role: a_person(module_city, role).code for role in ("finance", "finance_approver")}
    with Simulator() as stripe:
        payment = _a_day_of_payments(a_shop(module_city, stripe), codes["finance_approver"])
    with served(create_app(database=module_city)) as address:
        yield House(address, module_city, codes, str(payment.id))


def _a_day_of_payments(shop: Shop, person: str) -> Payment:
    """Paid, open, on its way, failed and left; refunds that wait and that failed, and disputes."""
    shop.begin(700)
    on_the_way, refused = shop.begin(3000), shop.begin(1234)
    shop.pays(on_the_way, "sepa")
    shop.pays(refused, "declined")
    useless = shop.begin(4200, purpose="tickets", subject=str(uuid4()))
    for one in (on_the_way, refused, useless):
        if one is useless:
            shop.pays(one)
        shop.settle(one)
    payment, disputed = shop.begin(123456), shop.begin(2500)
    for one in (payment, disputed):
        shop.pays(one)
        shop.settle(one)
    shop.stripe.online.settle()
    shop.told_everything()
    small = _asked(shop, payment, 1000, "provider")
    shop.ask(small)
    made = next(shop.provider.refunds_of(str(shop.found(payment).intent)))
    shop.stripe.online.fail_refund(made["id"])
    shop.settle(payment)
    _asked(shop, payment, 4000, person)
    _asked(shop, payment, 9999, "ticket return", source="booked")
    shop.stripe.online.dispute(str(shop.found(disputed).intent))
    shop.settle(disputed)
    _trouble(shop)
    return payment


def _asked(shop: Shop, payment: Payment, cents: int, by: str, source: str = "subject") -> UUID:
    with shop.database.transaction() as session:
        return give_back(
            session, payment.id, cents, key=uuid4(), by=by, reason="returned", at=shop.now,
            source=source,
        ).id  # fmt: skip


def _trouble(shop: Shop) -> None:
    with shop.database.transaction() as session:
        open_case(
            session, "unknown_reference", "pi_3QxUnknown", payment=None, cents=900,
            detail={"object": "payment_intent", "id": "pi_3QxUnknown"}, at=shop.now,
        )  # fmt: skip
        row = "INSERT INTO provider_event (id, type, created) VALUES (:id, 'refund.failed', :at)"
        session.execute(text(row), {"id": "evt_1QxNobodyTookIt", "at": shop.now})
        said = "UPDATE provider_event SET tries = 7, trouble = :why WHERE id = :id"
        why = {"why": "online_not_booked: day_closed", "id": "evt_1QxNobodyTookIt"}
        session.execute(text(said), why)


PAGES = (
    ("/desk/payments", "finance"),
    ("/desk/payments?q=W-000001", "finance"),
    ("/desk/payments/{payment}", "finance_approver"),
    ("/desk/refunds", "finance_approver"),
    ("/desk/clearing", "finance"),
    ("/desk/subsidies", "finance"),
)
LOOKS = (("light", 1280), ("dark", 390))


@pytest.fixture(
    scope="module", params=[(*page, *look) for page in PAGES for look in LOOKS],
    ids=lambda view: "-".join(map(str, view)),
)  # fmt: skip
def view(request: pytest.FixtureRequest, window: Window, house: House) -> Iterator[View]:
    """Every page, light on a desk and dark on a telephone, opened once."""
    path, who, theme, width = request.param
    path = path.replace("{payment}", house.payment)
    with looking(window, house, who, path, theme=theme, width=width) as view:
        yield View(view.page, list(view.complaints))


def test_what_a_person_asked_for_another_one_releases(chromium: Browser, house: House) -> None:
    page = a_page(chromium, house, "finance_approver", width=390).page
    page.goto("/desk/refunds")
    own = page.get_by_role("listitem").filter(has_text="40,00")
    assert own.get_by_role("button").count() == 0
    other = page.get_by_role("listitem").filter(has_text="99,99")
    assert other.get_by_role("button", name="Ablehnen").count() == 0
    other.get_by_role("button", name="Freigeben").click()
    page.wait_for_url("**/desk/refunds")
    assert page.get_by_text("99,99").count() == 0
    page.context.close()

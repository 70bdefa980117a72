"""An office whose fees are paid online: the city's pages, a provider, and somebody's telephone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.database import Database
from ledger.baskets import BasketLine, ChargeRequest
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import charge
from ledger.pay_links import Link
from terminals.checkout.payments import Payment, payments_of
from terminals.checkout.rows import row_of
from terminals.simulators.stripe import Simulator
from tests.api_client import Api
from tests.terminals.pay_links.links import CASE, a_link, do

ONLINE, UNCLEAR, FEES, BACK = "184200", "371100", "431100", "371300"
LINKS = "/api/v1/pay-links"


@dataclass(frozen=True, slots=True)
class Office:
    """The city's pages with the provider behind them, and somebody's telephone."""

    api: Api
    database: Database
    stripe: Simulator

    def a_link(self, **changes: Any) -> Link:
        return a_link(self.database, made_at=datetime.now(UTC), **changes)

    def phone(self) -> FlaskClient:
        browser = self.api.app.test_client()
        browser.environ_base["HTTP_ORIGIN"] = "http://localhost"
        return browser

    def goes_to_pay(self, link: Link, key: UUID | None = None) -> TestResponse:
        form = {"key": str(key or uuid4())}
        return self.phone().post(f"/zahlen/{link.token}/bezahlen", data=form)

    def payments(self, link: Link) -> list[Payment]:
        """What was begun for a link, the oldest first."""
        with self.database.read_only() as session:
            return payments_of(session, "pay_link", str(link.id))[::-1]

    def pays(self, payment: Payment, means: str = "visa") -> str:
        """On the provider's page; where the browser is sent then."""
        with self.database.read_only() as session:
            page = row_of(session, payment.id).session
        return self.stripe.online.pay(str(page), means)

    def pays_at_the_counter(self, product: str) -> None:
        line = BasketLine(product, case_reference=CASE)
        sold = ChargeRequest(uuid4(), "A01", "cash", datetime.now(UTC), (line,), till="A01-1")
        do(self.database, lambda session: charge(session, posted_catalogue(session), [sold]))

    def comes_back(self, link: Link, payment: Payment) -> TestResponse:
        return self.phone().get(f"/zahlen/{link.token}/vorgang/{payment.id}")

    def page(self, link: Link) -> str:
        return self.phone().get(f"/zahlen/{link.token}").text.replace("\u00a0", " ")

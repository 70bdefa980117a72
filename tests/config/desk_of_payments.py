"""Finance at its screens, over a wallet whose payments go through a simulated provider."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from terminals.checkout.payments import Payment
from terminals.checkout.refunds import refunds_of
from tests.terminals.checkout.shop import Shop

PATH, REFUNDS_PATH, CLEARING = "/desk/payments", "/desk/refunds", "/desk/clearing"


@dataclass(frozen=True, slots=True)
class Desk:
    """A wallet with a provider, and the people of the city at their screens."""

    app: Flask
    shop: Shop
    codes: dict[str, str]
    browsers: dict[str, FlaskClient]

    def see(self, path: str, who: str = "finance") -> str:
        answer = self.browsers[who].get(path)
        assert answer.status_code == 200, (who, path, answer.status_code)
        return answer.text

    def ask(self, payment: Payment, amount: str, *, who: str = "finance", key: str = "") -> int:
        """Ask for money back; the status."""
        form = {"amount": amount, "reason": "Doppelt bezahlt", "key": key or str(uuid4())}
        return self.browsers[who].post(f"{PATH}/{payment.id}/refunds", data=form).status_code

    def decide(self, refund: UUID, decision: str, who: str) -> tuple[int, str]:
        form = {"decision": decision}
        answer = self.browsers[who].post(f"{REFUNDS_PATH}/{refund}", data=form)
        return answer.status_code, answer.text

    def refund(self, payment: Payment) -> UUID:
        """The newest of a payment."""
        with self.shop.database.read_only() as session:
            return refunds_of(session, payment.id)[0].id

    def log(self) -> list[str]:
        with self.shop.database.read_only() as session:
            said = "SELECT what FROM audit_log WHERE what LIKE 'payment.%' ORDER BY id"
            return list(session.scalars(text(said)))

"""What a payer, the provider and a worker do to one another, and the books that come of it."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.database import Database
from ledger.balances import trial_balance
from ledger.entries import Entry, Posted, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.wallets import find_wallet, open_wallet
from terminals.checkout.errors import ProviderDown
from terminals.checkout.inbox import message_in_event, store, work_event
from terminals.checkout.payments import Payment, Wanted, begin, find_payment, settle
from terminals.checkout.provider import Provider, provider_to
from terminals.checkout.refunds import ask_provider
from terminals.checkout.rows import row_of
from terminals.checkout.sweep import Swept, sweep
from terminals.simulators.stripe import Simulator

ORIGIN = "https://kasse.example"
SECRETS = ("whsec_new", "whsec_old")


@dataclass
class Shop:
    """Books, a provider, and one wallet to pay into. Our clock goes with the provider's; `late`
    is how much further on it is."""

    database: Database
    stripe: Simulator
    provider: Provider
    wallet: str
    late: timedelta = field(default=timedelta())

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.stripe.world.ahead) + self.late

    def wants(self, cents: int = 2500, **changes: Any) -> Wanted:
        given: dict[str, Any] = {
            "purpose": "top_up", "subject": self.wallet, "amount_cents": cents,
            "title": "Essensgeld", "locale": "de", "back": "/portal/zurueck/{payment}",
            "cancelled": "/portal/aufladen", "ways": ("card", "sepa_debit"),
        }  # fmt: skip
        return Wanted(**(given | changes))

    def begin(self, cents: int = 2500, *, key: UUID | None = None, **changes: Any) -> Payment:
        return begin(
            self.database, self.provider, self.wants(cents, **changes), key=key or uuid4(),
            origin=ORIGIN, at=self.now,
        )  # fmt: skip

    def pays(self, payment: Payment, means: str = "visa") -> str:
        """The payer presses the button on the provider's page; where the browser goes next."""
        return self.stripe.online.pay(self.page_of(payment), means)

    def page_of(self, payment: Payment) -> str:
        """The id of the provider's page."""
        with self.database.read_only() as session:
            return str(row_of(session, payment.id).session)

    def settle(self, payment: Payment) -> Payment:
        return settle(self.database, self.provider, payment.id, at=self.now)

    def found(self, payment: Payment) -> Payment:
        with self.database.read_only() as session:
            found = find_payment(session, payment.id)
        assert found is not None
        return found

    def told(self, event: dict[str, Any]) -> None:
        """One message arrives, as often as one likes, and is worked off."""
        with self.database.transaction() as session:
            store(session, message_in_event(event))
        work_event(self.database, self.provider, event["id"], at=self.now)

    def told_everything(self) -> None:
        for event in self.stripe.webhooks.events():
            self.told(event)

    def wait(self, hours: float) -> None:
        """Time goes by, here and at the provider."""
        self.stripe.online.advance(hours * 3600)

    def sweep(self) -> Swept:
        return sweep(self.database, self.provider, at=self.now)

    def ask(self, refund: UUID) -> None:
        payment = ask_provider(self.database, self.provider, refund, at=self.now)
        settle(self.database, self.provider, payment, at=self.now)

    def ask_calmly(self, refund: UUID) -> None:
        """The same where the provider does not answer."""
        with suppress(ProviderDown):
            self.ask(refund)

    def spend(self, cents: int) -> None:
        """The family eats."""
        account = f"371000/{self.wallet}"
        moved = Transfer(account, "441300", Money(cents))
        with self.database.transaction() as session:
            (eaten,) = post(session, [Entry(uuid4(), "meal", date(2026, 11, 17), (moved,))])
        assert isinstance(eaten, Posted)

    def balance(self) -> int:
        with self.database.read_only() as session:
            found = find_wallet(session, self.wallet)
        assert found is not None
        return found.balance_cents

    def provider_cents(self) -> int:
        """What we have at the provider, by its own account."""
        moves = self.provider.client.v1.balance_transactions.list({"limit": 100})
        return sum(move.net for move in moves.auto_paging_iter())

    def books(self) -> dict[str, int]:
        """What is on every account that is not even: debits less credits, in cents."""
        with self.database.read_only() as session:
            lines = trial_balance(session)
        sums = {line.code: line.balance.debit_balance_cents for line in lines}
        return {code: cents for code, cents in sums.items() if cents}


def a_shop(database: Database, stripe: Simulator, **options: Any) -> Shop:
    """A shop with a wallet of its own."""
    provider = provider_to("sk_test_1", secrets=SECRETS, address=stripe.address, **options)
    with database.transaction() as session:
        wallet = open_wallet(session, kind="kita", key=uuid4())
    return Shop(database, stripe, provider, wallet.code)

"""A city with a simulated Stripe and a simulated bank, and the nights between them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, text

from config.database import Database
from ledger.accounts import open_sub_account
from ledger.balances import balance
from ledger.calendar import business_day
from ledger.catalogue.stored import stored_rulebook
from ledger.entries import Dimensions, Entry, Posted, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.periods import close_period
from reconciliation.imports import import_file
from reconciliation.night.rules.booking import explain_lines
from reconciliation.night.rules.payouts import RULES, book_payouts, provider_control
from reconciliation.night.totals import ControlTotal
from reconciliation.sources.stripe import SweepResult, sweep_provider
from reconciliation.sources.stripe.tables import payout
from reconciliation.tables import expected_item
from terminals.checkout.payments import Payment
from terminals.simulators.bank.bank import Bank
from terminals.simulators.bank.payments import Payment as Movement
from terminals.simulators.stripe import Simulator, money
from tests.terminals.checkout.shop import Shop, a_shop

MAIN = "DE04999000010000181000"
READER = "tmr_simulated0001"
STRIPE_NAME, STRIPE_IBAN = "Stripe Technology Europe Ltd", "IE29CITI99005112345678"


@dataclass
class Stand:
    """shop: the wallet and the provider; bank: the city's main account, at `MAIN`; named: payouts
    that a story remembers."""

    shop: Shop
    bank: Bank
    closed: date | None = field(default=None)
    named: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.shop.database

    @property
    def today(self) -> date:
        return business_day(self.shop.now)

    def paid(self, cents: int = 2500, means: str = "visa") -> Payment:
        """A top-up that is paid and booked, with its fee."""
        payment = self.shop.begin(cents)
        self.shop.pays(payment, means)
        self.shop.stripe.online.settle()
        return self.shop.settle(payment)

    def intent(self, payment: Payment) -> str:
        found = self.shop.found(payment).intent
        assert found is not None
        return found

    def payout(self) -> str:
        """Everything there is goes to the bank; it has not arrived yet."""
        made = self.shop.stripe.online.payout()
        assert made is not None
        return made

    def pays_out(self) -> str:
        """The same, and the provider says that it has arrived."""
        made = self.payout()
        self.shop.stripe.online.end_payout(made)
        return made

    def sweep(self, **options: Any) -> SweepResult:
        # A second on: what was made in this one is before it.
        until = self.shop.now + timedelta(seconds=1)
        return sweep_provider(
            self.database.transaction, self.shop.provider.client, until, waits=(0, 0), **options
        )

    def book(self) -> dict[str, int]:
        """What a night books of payouts, fees and the bank's lines about them."""
        until = self.today + timedelta(days=60)
        with self.database.transaction() as session:
            booked = dict(book_payouts(session, stored_rulebook(session), until))
        with self.database.transaction() as session:
            return booked | dict(explain_lines(session, RULES, until=until))

    def night(self) -> tuple[SweepResult, dict[str, int]]:
        return self.sweep(), self.book()

    def bank_says(self, cents: int, *, on: date | None = None, **values: Any) -> None:
        """A line of the provider's on the main account, in a statement that is imported."""
        on = on or self.today
        given = {"name": STRIPE_NAME, "payer_iban": STRIPE_IBAN, "remittance": "STRIPE"}
        id_ = f"{cents}/{on}/{len(self.bank.taken)}"
        assert self.bank.take(Movement(id_, MAIN, cents, on, **(given | values)))
        day = max(on, (self.closed or on) + timedelta(days=1))
        files: list[Path] = []
        while not files:
            files = self.bank.close_day(day)
            self.closed, day = day, day + timedelta(days=1)
        for file in files:
            with self.database.transaction() as session:
                import_file(session, file)

    def trace(self, payout_id: str) -> str:
        """The bank's reference, as the simulated provider makes it."""
        return payout_id[-12:].upper()

    def amount(self, payout_id: str) -> int:
        found = self.shop.provider.client.v1.payouts.retrieve(payout_id)
        return int(found.amount)

    def cents(self, *accounts: str) -> tuple[int, ...]:
        """Debits less credits of each account."""
        with self.database.read_only() as session:
            return tuple(balance(session, each).debit_balance_cents for each in accounts)

    def payouts(self) -> dict[str, Any]:
        with self.database.read_only() as session:
            return {row.id: row for row in session.execute(select(payout))}

    def lines(self) -> list[Any]:
        """The newest version of every record."""
        newest = text("""SELECT * FROM (SELECT DISTINCT ON (txn_id) * FROM provider_line
                                         ORDER BY txn_id, file_version DESC) l
                          ORDER BY happened_at, id""")
        with self.database.read_only() as session:
            return list(session.execute(newest).all())

    def written(self) -> dict[str, int]:
        """How many rows each table has that a night writes to."""
        names = ("provider_line", "payout", "provider_booking", "bank_match", "entry")
        with self.database.read_only() as session:
            return {
                name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names
            }

    def moves(self, kind: str, category: str, cents: int) -> str:
        """The provider moves the balance by itself; may be paid out at once."""
        world = self.shop.stripe.world
        with world.lock:
            made = money.transaction(world, kind, category, source="", amount=cents, words="OWN")
            made["source"] = None
            return str(made["id"])

    def moves_of(self, payout_id: str) -> list[dict[str, Any]]:
        """What the provider lists for a payout."""
        page = self.shop.provider.client.v1.balance_transactions.list(
            {"payout": payout_id, "limit": 100}
        )
        return [each.to_dict(for_json=True) for each in page.auto_paging_iter()]

    def at_reader(self, cents: int, *, terminal: str) -> str:
        """A guest pays with a card at a reader; the till has its own way to book that."""
        v1: Any = self.shop.provider.client.v1
        told = {"order": str(uuid4()), "terminal": terminal}
        intent = v1.payment_intents.create({
            "amount": cents, "currency": "eur", "capture_method": "automatic", "metadata": told,
            "allowed_payment_method_types": ["card_present"],
        })  # fmt: skip
        self.shop.stripe.next_guest("visa")
        v1.terminal.readers.process_payment_intent(READER, {"payment_intent": intent.id})
        while v1.payment_intents.retrieve(intent.id).status != "succeeded":
            v1.terminal.readers.retrieve(READER)
        return str(intent.id)

    def sold_at_reader(self, intent: str, cents: int, *, terminal: str) -> str:
        """The till's own booking of that, as the night expects it; the terminal's day."""
        day = business_day(self.shop.now)
        account = f"184110/{terminal}/{day}"
        sold = Transfer(account, "441200", Money(cents), Dimensions(facility=terminal[:3]))
        with self.database.transaction() as session:
            open_sub_account(session, "184110", f"{terminal}/{day}", title="Transit")
            [outcome] = post(session, [Entry(uuid4(), "sale", day, (sold,))])
            assert isinstance(outcome, Posted)
            row = {
                "code": f"E{outcome.entry_id}-184110", "entry_id": outcome.entry_id,
                "kind": "charge", "channel": "online", "office": terminal[:3],
                "terminal": terminal, "psp_ref": intent, "booked_at": self.shop.now,
                "business_day": day, "amount_cents": cents, "currency": "EUR",
            }  # fmt: skip
            session.execute(insert(expected_item).values(row))
        return account

    def control(self) -> ControlTotal | None:
        """What the books and the provider say that it holds for us."""
        with self.database.read_only() as session:
            return provider_control(session)

    def close_days(self, count: int) -> None:
        """Close today in the city and the days after it, so many together."""
        first = business_day(self.shop.now)
        with self.database.transaction() as session:
            close_period(session, first, first + timedelta(days=count - 1), closed_by="P-1")

    def breaks(self, txn: str, **changes: Any) -> None:
        """The provider's memory of a movement is bent."""
        with self.shop.stripe.world.lock:
            self.shop.stripe.world.objects[txn] |= changes


def a_stand(database: Database, stripe: Simulator, folder: Path) -> Stand:
    """An empty one."""
    return Stand(a_shop(database, stripe), Bank.open(folder / "bank", {MAIN: "Stadt Aachen"}))

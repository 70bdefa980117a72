"""Every story of a payment: what payers, banks and clerks do, step by step, and what is left.

A step returns nothing; whatever it makes the provider tell is told later, by whoever plays the
story, in any order. `left` is what the story leaves on the accounts besides the provider's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from terminals.checkout.payments import Payment, give_back
from tests.terminals.checkout.shop import Shop


@dataclass
class Teller:
    """What a story remembers while it is told."""

    shop: Shop
    payments: list[Payment] = field(default_factory=list)
    refund: UUID = field(default_factory=uuid4)

    @property
    def payment(self) -> Payment:
        return self.payments[-1]

    @property
    def intent(self) -> str:
        page = self.shop.provider.session(self.shop.page_of(self.payment))
        return str(page["payment_intent"]["id"])

    def refund_at_stripe(self) -> str:
        return next(self.shop.provider.refunds_of(self.intent))["id"]

    def dispute_at_stripe(self) -> str:
        return next(self.shop.provider.disputes_of(self.intent))["id"]


Step = Callable[[Teller], object]


def begins(cents: int) -> Step:
    return lambda t: t.payments.append(t.shop.begin(cents))


def pays(means: str) -> Step:
    return lambda t: t.shop.pays(t.payment, means)


def pays_the_first(t: Teller) -> None:
    t.shop.pays(t.payments[0])


def fees_known(t: Teller) -> None:
    t.shop.stripe.online.settle()


def debit_ends(*, is_paid: bool) -> Step:
    return lambda t: t.shop.stripe.online.clear_debit(t.intent, is_paid=is_paid)


def looks(t: Teller) -> None:
    t.shop.settle(t.payment)


def asks_back(cents: int) -> Step:
    def asked(t: Teller) -> None:
        t.shop.settle(t.payment)
        with t.shop.database.transaction() as session:
            give_back(session, t.payment.id, cents, key=t.refund, by="P-1", reason="Irrtum",
                      at=t.shop.now)  # fmt: skip

    return asked


def provider_pays_back(t: Teller) -> None:
    t.shop.ask(t.refund)


def refund_fails(t: Teller) -> None:
    t.shop.stripe.online.fail_refund(t.refund_at_stripe())


def refunded_by_hand(cents: int) -> Step:
    return lambda t: t.shop.stripe.online.refund_elsewhere(t.intent, cents)


def disputes(t: Teller) -> None:
    t.shop.stripe.online.dispute(t.intent)


def asks_only(t: Teller) -> None:
    t.shop.stripe.online.dispute(t.intent, is_inquiry=True)


def dispute_ends(*, is_won: bool) -> Step:
    return lambda t: t.shop.stripe.online.end_dispute(t.dispute_at_stripe(), is_won=is_won)


@dataclass(frozen=True)
class Story:
    """steps, and what they leave on the accounts, in debits less credits; costs and the
    provider's account are computed from what the provider says of its own."""

    steps: tuple[Step, ...]
    left: Mapping[str, int]
    state: str = "paid"


CARD = (begins(2500), pays("visa"), fees_known)
STORIES: Mapping[str, Story] = {
    "card": Story(CARD, {"371000": -2500}),
    "declined, then paid": Story(
        (begins(2500), pays("declined"), pays("visa"), fees_known), {"371000": -2500}
    ),
    "declined and left": Story((begins(2500), pays("declined")), {}, "expired"),
    "debit": Story(
        (begins(3000), pays("sepa"), debit_ends(is_paid=True), fees_known), {"371000": -3000}
    ),
    "debit above the limit": Story(
        (begins(8000), pays("sepa"), debit_ends(is_paid=True), fees_known), {"371000": -8000}
    ),
    "debit fails": Story((begins(3000), pays("sepa"), debit_ends(is_paid=False)), {}, "failed"),
    "debit comes back weeks later": Story(
        (begins(3000), pays("sepa"), debit_ends(is_paid=True), fees_known, disputes,
         dispute_ends(is_won=False)), {},
    ),
    "given back": Story((*CARD, asks_back(1000), provider_pays_back), {"371000": -1500}),
    "given back, and that fails later": Story(
        (*CARD, asks_back(1000), provider_pays_back, refund_fails), {"371000": -2500}
    ),
    "refunded by hand": Story((*CARD, refunded_by_hand(700)), {"371000": -1800}),
    "refunded by hand, and that fails": Story(
        (*CARD, refunded_by_hand(700), refund_fails), {"371000": -1800, "371300": -700}
    ),
    "disputed": Story((*CARD, disputes), {"371000": -2500, "171200": 2500}),
    "dispute won": Story((*CARD, disputes, dispute_ends(is_won=True)), {"371000": -2500}),
    "dispute lost": Story((*CARD, disputes, dispute_ends(is_won=False)), {}),
    "only an inquiry": Story((*CARD, asks_only), {"371000": -2500}),
    "two pages, both paid": Story(
        (begins(1000), begins(2000), pays("visa"), pays_the_first, fees_known),
        {"371000": -3000},
    ),
}  # fmt: skip

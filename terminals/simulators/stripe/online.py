"""What a test or the control page makes happen: payers, their banks, and the account's money."""

from dataclasses import replace
from typing import Any

from terminals.simulators.stripe import (
    disputes,
    money,
    payer,
    paying,
    payment_methods,
    payouts,
    refunds,
)
from terminals.simulators.stripe.means import MEANS, Ending
from terminals.simulators.stripe.routes import Request
from terminals.simulators.stripe.state import Json, World


class Online:
    """The people and banks around one simulated Stripe. Ids in, ids out; what cannot be meant
    raises Refusal, as the API would refuse it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def pay(self, session: str, means: str = "visa", **billing: str) -> str:
        """Pay at the page of this session; `means` is a key of MEANS. Returns the address of what
        comes next: the success_url, the bank's question, or the page again after a refusal."""
        with self._world.changed:
            shown = self._world.find("checkout.session", session, "session")
            return payer.pay(self._world, shown, means, payer.NOBODY | billing)

    def answer_bank(self, intent: str, *, is_confirmed: bool = True) -> str:
        """Answer the bank's question about a payment or setup intent; returns what comes next."""
        with self._world.changed:
            shown = self._intent(intent)
            return payer.answer(self._world, shown, is_confirmed=is_confirmed)

    def next_payment(self, *endings: Ending) -> None:
        """How the next payments end, one each, whatever they are paid with; see means.Ending."""
        with self._world.lock:
            self._world.outcomes.extend(endings)

    def save(self, customer: str, means: str = "visa") -> str:
        """A payment method that this customer keeps, as if saved on the page; returns its id."""
        with self._world.changed:
            self._world.find("customer", customer, "customer")
            method = payment_methods.a_method(self._world, means, payer.NOBODY)
            payment_methods.attach(self._world, method, customer)
            return str(method["id"])

    def replace_means(self, method: str, means: str) -> None:
        """From now on this payment method behaves like another: a card runs out, an account is
        empty. Raises KeyError for means nobody has."""
        with self._world.lock:
            self._world.find("payment_method", method, "payment_method")
            self._world.means[method] = replace(MEANS[means], kind=self._world.means[method].kind)

    def clear_debit(self, intent: str, *, is_paid: bool = True) -> None:
        """The payer's bank ends a SEPA debit now. Does nothing where none is under way."""
        with self._world.changed:
            paying.clear(self._world, self._intent(intent), is_paid=is_paid)

    def dispute(self, intent: str, **how: Any) -> str:
        """The payer takes a payment back; `how` as in disputes.open_dispute. Returns its id."""
        with self._world.changed:
            charge = self._world.objects[self._intent(intent)["latest_charge"]]
            return str(disputes.open_dispute(self._world, charge, **how)["id"])

    def end_dispute(self, dispute: str, *, is_won: bool) -> None:
        """The bank decides."""
        with self._world.changed:
            shown = self._world.find("dispute", dispute, "dispute")
            disputes.end(self._world, shown, is_won=is_won)

    def clear_refund(self, refund: str) -> None:
        """A pending refund is through."""
        with self._world.changed:
            refunds.clear(self._world, self._world.find("refund", refund, "refund"))

    def fail_refund(self, refund: str) -> None:
        """A refund that had succeeded, or was pending, comes back."""
        with self._world.changed:
            refunds.fail(self._world, self._world.find("refund", refund, "refund"))

    def refund_elsewhere(self, intent: str, amount: int | None = None) -> str:
        """Someone refunds a payment by hand in Stripe's own pages. Returns the refund's id."""
        given: Json = {"payment_intent": intent} | ({} if amount is None else {"amount": amount})
        with self._world.changed:
            return str(refunds.create(self._world, Request({}, given))["id"])

    def payout(self, *, is_all: bool = True) -> str | None:
        """Pay out; without is_all only what is available already. None where that is nothing."""
        with self._world.changed:
            made = payouts.pay_out(self._world, is_all=is_all)
            return None if made is None else str(made["id"])

    def end_payout(self, payout: str, *, is_paid: bool = True) -> None:
        """The bank has it, or sends it back."""
        with self._world.changed:
            payouts.end(self._world, self._world.find("payout", payout, "payout"), is_paid=is_paid)

    def settle(self) -> None:
        """Make the fees of everything charged so far known."""
        with self._world.changed:
            money.settle(self._world)

    def advance(self, seconds: float) -> None:
        """Let time go by: sessions run out, debits end, money becomes available."""
        with self._world.changed:
            until = self._world.now() + seconds
            while self._world.timers and self._world.timers[0].due <= until:
                self._world.ahead += max(self._world.timers[0].due - self._world.now(), 0)
                self._world.pass_time()
            self._world.ahead += max(until - self._world.now(), 0)
            self._world.changed.notify_all()

    def _intent(self, id_: str) -> Json:
        kind = "setup_intent" if id_.startswith("seti_") else "payment_intent"
        return self._world.find(kind, id_, "intent")

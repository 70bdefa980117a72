"""SEPA debits at the simulated Stripe: days between the promise and the money."""

from typing import Any

import pytest
import stripe as sdk

from terminals.simulators.stripe import Settings, Simulator
from tests.terminals.simulators.stripe.shop import SHOP, a_customer, a_payment, a_session

DAYS = 3 * 86_400


def state(client: sdk.StripeClient, session: str) -> tuple[Any, ...]:
    shown: Any = client.v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
    return shown.status, shown.payment_status, shown.payment_intent.status


def test_a_debit_is_under_way_for_days(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    assert stripe.online.pay(session.id, "sepa") == f"{SHOP}/done?sid={session.id}"
    assert state(client, session.id) == ("complete", "unpaid", "processing")
    assert stripe.ledger == ()
    stripe.online.advance(DAYS - 1)
    assert state(client, session.id) == ("complete", "unpaid", "processing")
    stripe.online.advance(1)
    assert state(client, session.id) == ("complete", "paid", "succeeded")
    stripe.online.settle()
    (booked,) = client.v1.balance_transactions.list().data
    assert (booked.type, booked.amount, booked.fee) == ("payment", 2500, 35)
    assert [each["type"] for each in stripe.webhooks.events()] == [
        "payment_intent.created", "charge.pending", "payment_intent.processing",
        "checkout.session.completed", "charge.succeeded", "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded", "charge.updated",
    ]  # fmt: skip


def test_a_debit_fails_in_the_end(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    stripe.online.pay(session.id, "sepa_fails")
    stripe.online.advance(DAYS)
    assert state(client, session.id) == ("complete", "unpaid", "requires_payment_method")
    assert len(stripe.webhooks.events("checkout.session.async_payment_failed")) == 1
    assert stripe.ledger == ()


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_hand_ends_a_debit_now_and_the_clock_not_again(
    stripe: Simulator, client: sdk.StripeClient, is_paid: bool
) -> None:
    session = a_session(client)
    stripe.online.pay(session.id, "sepa")
    intent: Any = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    for _ in range(2):
        stripe.online.clear_debit(intent, is_paid=is_paid)
    stripe.online.advance(2 * DAYS)
    assert len(stripe.ledger) == is_paid
    ending = "succeeded" if is_paid else "failed"
    assert len(stripe.webhooks.events(f"checkout.session.async_payment_{ending}")) == 1


def test_a_debit_without_the_payer_needs_no_session(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    customer = a_customer(client)
    begun = a_payment(client, customer, stripe.online.save(customer, "sepa"))
    assert begun.status == "processing"
    stripe.online.clear_debit(begun.id)
    assert client.v1.payment_intents.retrieve(begun.id).status == "succeeded"


def test_a_debit_is_taken_back_and_lost_at_once(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    stripe.online.pay(a_session(client).id, "sepa_disputed")
    stripe.online.advance(DAYS)
    (dispute,) = client.v1.disputes.list().data
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "lost", "debit_not_authorized", 2500,
    )  # fmt: skip
    assert [each.net for each in dispute.balance_transactions] == [-2500 - 750]


def test_it_may_all_go_by_in_a_moment(client: sdk.StripeClient) -> None:
    assert client  # the one of the other simulator is not asked
    with Simulator(settings=Settings(sepa_seconds=0, fee_known_seconds=0)) as quick:
        own = sdk.StripeClient("sk_test_1", base_addresses={"api": quick.address})
        session = a_session(own)
        quick.online.pay(session.id, "sepa")
        assert state(own, session.id) == ("complete", "paid", "succeeded")

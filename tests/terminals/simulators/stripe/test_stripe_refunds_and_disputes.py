"""Money that leaves again at the simulated Stripe: refunds, refunds that fail, disputes."""

from typing import Any

import pytest
import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.calls import refusal
from tests.terminals.simulators.stripe.shop import a_customer, a_payment, a_session


@pytest.fixture
def paid(stripe: Simulator, client: sdk.StripeClient) -> str:
    """20 euros, paid by card, its fee known."""
    customer = a_customer(client)
    intent: str = a_payment(client, customer, stripe.online.save(customer)).id
    stripe.online.settle()
    return intent


def movements(client: sdk.StripeClient) -> list[tuple[str, str, int, int]]:
    return [
        (each.type, each.reporting_category, each.amount, each.fee)
        for each in reversed(client.v1.balance_transactions.list({"limit": 100}).data)
    ]


CHARGED = ("charge", "charge", 2000, 55)


def test_a_refund_moves_money_at_once(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid, "amount": 500})
    assert refund.status == "succeeded"
    assert refund.balance_transaction is not None
    assert movements(client) == [CHARGED, ("refund", "refund", -500, 0)]
    charge: Any = client.v1.payment_intents.retrieve(paid, {"expand": ["latest_charge.refunds"]})
    assert [each.id for each in charge.latest_charge.refunds.data] == [refund.id]
    assert [each["type"] for each in stripe.webhooks.events("refund.created", "charge.refunded")]


def test_a_debit_is_refunded_under_another_name(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    stripe.online.pay(a_session(client).id, "sepa")
    stripe.online.advance(4 * 86_400)
    (charge,) = client.v1.charges.list().data
    client.v1.refunds.create({"charge": charge.id})
    assert [each[0] for each in movements(client)] == ["payment", "payment_refund"]


@pytest.mark.parametrize("is_told", [True, False])
def test_a_refund_that_succeeded_fails_later(
    stripe: Simulator, client: sdk.StripeClient, paid: str, is_told: bool
) -> None:
    if is_told:
        refund = client.v1.refunds.create({"payment_intent": paid, "amount": 500})
        stripe.online.fail_refund(refund.id)
    else:
        stripe.next_refund("fails_later")
        refund = client.v1.refunds.create({"payment_intent": paid, "amount": 500})
        assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
        stripe.online.advance(5 * 86_400)
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert failed.failure_balance_transaction is not None
    assert movements(client)[1:] == [
        ("refund", "refund", -500, 0), ("refund_failure", "refund_failure", 500, 0),
    ]  # fmt: skip
    kinds = ("refund.updated", "charge.refund.updated", "refund.failed")
    assert [each["type"] for each in stripe.webhooks.events(*kinds)] == list(kinds)
    (charge,) = client.v1.charges.list().data
    assert charge.amount_refunded == 0
    assert client.v1.refunds.create({"payment_intent": paid}).amount == 2000


def test_a_refund_may_take_a_while(stripe: Simulator, client: sdk.StripeClient, paid: str) -> None:
    stripe.next_refund("pending")
    refund: Any = client.v1.refunds.create({"payment_intent": paid})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert movements(client) == [CHARGED]
    stripe.online.clear_refund(refund.id)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert movements(client) == [CHARGED, ("refund", "refund", -2000, 0)]
    assert refusal(lambda: client.v1.refunds.create({"payment_intent": paid})) == (
        "charge_already_refunded"
    )


def test_a_pending_refund_that_fails_moved_nothing(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    stripe.next_refund("pending")
    refund = client.v1.refunds.create({"payment_intent": paid})
    stripe.online.fail_refund(refund.id)
    assert movements(client) == [CHARGED]
    assert [each.kind for each in stripe.ledger] == ["charge", "refund", "refund_failure"]


def test_a_refund_may_be_made_elsewhere(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    made = stripe.online.refund_elsewhere(paid, 700)
    assert client.v1.refunds.retrieve(made).amount == 700
    (event,) = stripe.webhooks.events("charge.refunded")
    assert event["data"]["object"]["amount_refunded"] == 700


def test_a_refund_that_went_two_ways_goes_one(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    first, second = (
        client.v1.refunds.create({"payment_intent": paid, "amount": 500}, {"idempotency_key": "r"})
        for _ in range(2)
    )
    assert first.id == second.id
    assert [each.kind for each in stripe.ledger] == ["charge", "refund"]


def test_a_dispute_takes_the_money_and_a_fee(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    dispute = client.v1.disputes.retrieve(stripe.online.dispute(paid))
    assert (dispute.status, dispute.amount, dispute.payment_intent) == (
        "needs_response", 2000, paid,
    )  # fmt: skip
    assert movements(client) == [CHARGED, ("adjustment", "dispute", -2000, 2000)]
    assert [each.net for each in dispute.balance_transactions] == [-4000]
    assert refusal(lambda: client.v1.refunds.create({"payment_intent": paid})) == "charge_disputed"


def test_a_dispute_is_won_after_it_was_answered(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    dispute = stripe.online.dispute(paid, amount=1500)
    answer: Any = {"evidence": {"uncategorized_text": "eaten"}, "submit": True}
    assert client.v1.disputes.update(dispute, answer).status == "under_review"
    stripe.online.end_dispute(dispute, is_won=True)
    assert client.v1.disputes.retrieve(dispute).status == "won"
    assert movements(client)[1:] == [
        ("adjustment", "dispute", -1500, 2000), ("adjustment", "dispute_reversal", 1500, 0),
    ]  # fmt: skip
    assert [each["type"] for each in stripe.webhooks.events() if "dispute" in each["type"]] == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated",
        "charge.dispute.funds_reinstated", "charge.dispute.closed",
    ]  # fmt: skip
    assert refusal(lambda: client.v1.disputes.close(dispute)) is None


@pytest.mark.parametrize("is_given_up", [True, False])
def test_a_dispute_is_lost(
    stripe: Simulator, client: sdk.StripeClient, paid: str, is_given_up: bool
) -> None:
    dispute = stripe.online.dispute(paid, reason="product_not_received")
    if is_given_up:
        client.v1.disputes.close(dispute)
    else:
        stripe.online.end_dispute(dispute, is_won=False)
    assert client.v1.disputes.retrieve(dispute).status == "lost"
    assert movements(client)[1:] == [("adjustment", "dispute", -2000, 2000)]


def test_an_inquiry_moves_no_money(stripe: Simulator, client: sdk.StripeClient, paid: str) -> None:
    inquiry = stripe.online.dispute(paid, is_inquiry=True)
    assert client.v1.disputes.retrieve(inquiry).status == "warning_needs_response"
    client.v1.disputes.close(inquiry)
    assert client.v1.disputes.retrieve(inquiry).status == "warning_closed"
    assert movements(client) == [CHARGED]
    assert client.v1.refunds.create({"payment_intent": paid}).status == "succeeded"


def test_some_cards_are_disputed_by_themselves(stripe: Simulator, client: sdk.StripeClient) -> None:
    stripe.online.pay(a_session(client).id, "disputed")
    (dispute,) = client.v1.disputes.list().data
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")


def test_evidence_nobody_knows_is_refused(
    stripe: Simulator, client: sdk.StripeClient, paid: str
) -> None:
    dispute = stripe.online.dispute(paid)
    wrong: Any = {"evidence": {"rumour": "x"}}
    assert refusal(lambda: client.v1.disputes.update(dispute, wrong)) == "parameter_unknown"

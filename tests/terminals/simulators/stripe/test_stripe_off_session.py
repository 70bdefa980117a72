"""Payments without the payer at the simulated Stripe: cards and accounts that were kept."""

from typing import Any

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.calls import refusal
from tests.terminals.simulators.stripe.shop import a_customer, a_payment, a_session


@pytest.fixture
def customer(client: sdk.StripeClient) -> str:
    return a_customer(client)


def card_error(ask: Any) -> Any:
    with pytest.raises(sdk.CardError) as refused:
        ask()
    assert refused.value.http_status == 402
    return refused.value


def test_what_was_kept_pays(stripe: Simulator, client: sdk.StripeClient, customer: str) -> None:
    paid = a_payment(client, customer, stripe.online.save(customer), metadata={"wallet": "W-1"})
    assert (paid.status, paid.amount_received, paid.customer) == ("succeeded", 2000, customer)
    assert [each.metadata for each in stripe.ledger] == [{"wallet": "W-1"}]


@pytest.mark.parametrize(
    ("means", "codes"),
    [("declined_later", ("card_declined", "generic_decline")),
     ("insufficient_funds", ("card_declined", "insufficient_funds")),
     ("expired", ("expired_card", "expired_card"))],
)  # fmt: skip
def test_a_bank_may_refuse(
    stripe: Simulator, client: sdk.StripeClient, customer: str, means: str, codes: tuple[str, str]
) -> None:
    method = stripe.online.save(customer, means)
    error = card_error(lambda: a_payment(client, customer, method))
    assert (error.code, error.error.decline_code) == codes
    intent = error.error.payment_intent
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    (failed,) = stripe.webhooks.events("payment_intent.payment_failed")
    assert failed["data"]["object"]["last_payment_error"]["code"] == codes[0]
    assert stripe.ledger == ()


def test_the_bank_wants_to_see_the_payer(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    method = stripe.online.save(customer, "three_ds_always")
    error = card_error(lambda: a_payment(client, customer, method))
    assert error.code == "authentication_required"
    intent = error.error.payment_intent
    back = {"payment_method": method, "return_url": "http://127.0.0.1:9/back?a=1"}
    waiting: Any = client.v1.payment_intents.confirm(intent.id, back)  # type: ignore[arg-type]
    assert waiting.status == "requires_action"
    url = waiting.next_action.redirect_to_url.url
    answer = requests.post(url, {"answer": "yes"}, timeout=10, allow_redirects=False)
    assert answer.headers["Location"] == (
        f"http://127.0.0.1:9/back?a=1&payment_intent={intent.id}&redirect_status=succeeded"
    )
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_card_that_was_asked_about_once_is_asked_about_no_more(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    data = {"setup_future_usage": "off_session"}
    session = a_session(client, customer=customer, payment_intent_data=data)
    stripe.online.pay(session.id, "three_ds")
    intent: Any = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    stripe.online.answer_bank(intent)
    (method,) = client.v1.payment_methods.list({"customer": customer}).data
    assert a_payment(client, customer, method.id).status == "succeeded"


def test_the_next_endings_may_be_chosen(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    method = stripe.online.save(customer)
    stripe.online.next_payment("declined", "asks")
    assert card_error(lambda: a_payment(client, customer, method)).code == "card_declined"
    assert card_error(lambda: a_payment(client, customer, method)).code == "authentication_required"
    assert a_payment(client, customer, method).status == "succeeded"
    stripe.online.replace_means(method, "insufficient_funds")
    assert card_error(lambda: a_payment(client, customer, method)).error.decline_code == (
        "insufficient_funds"
    )


def test_the_same_key_is_refused_the_same_way(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    method = stripe.online.save(customer)
    stripe.online.next_payment("declined")
    params: Any = {"amount": 2000, "currency": "eur", "customer": customer, "confirm": True,
                   "payment_method": method, "off_session": True}  # fmt: skip
    errors = [
        card_error(lambda: client.v1.payment_intents.create(params, {"idempotency_key": "k"}))
        for _ in range(2)
    ]
    assert len({each.error.payment_intent.id for each in errors}) == 1
    assert errors[0].json_body == errors[1].json_body


def test_only_the_customers_own_can_be_used(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    other = stripe.online.save(a_customer(client))
    assert refusal(lambda: a_payment(client, customer, other)) == "parameter_invalid"
    mine = stripe.online.save(customer)
    client.v1.payment_methods.detach(mine)
    assert refusal(lambda: a_payment(client, customer, mine)) == "payment_method_unusable"
    assert refusal(lambda: client.v1.payment_methods.detach(mine)) == "parameter_invalid"
    assert refusal(lambda: a_payment(client, customer, "pm_none")) == "resource_missing"
    stripe.online.pay(a_session(client, customer=customer).id)  # paid, and not to be kept
    passing: Any = client.v1.charges.list().data[0].payment_method
    assert refusal(lambda: a_payment(client, customer, passing)) == "payment_method_unusable"


def test_what_cannot_be_meant_is_refused(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    method = stripe.online.save(customer)
    with pytest.raises(sdk.InvalidRequestError) as refused:
        a_payment(client, customer, method, confirm=False)
    assert refused.value.param == "off_session"
    assert refusal(lambda: a_payment(client, "cus_none", method)) == "resource_missing"
    only_debits = {"allowed_payment_method_types": ["sepa_debit"]}
    assert refusal(lambda: a_payment(client, customer, method, **only_debits)) == (
        "payment_intent_invalid_parameter"
    )
    paid = a_payment(client, customer, method)
    assert refusal(lambda: client.v1.payment_intents.confirm(paid.id)) == (
        "payment_intent_unexpected_state"
    )


def test_a_customer_who_is_deleted_takes_everything_along(
    stripe: Simulator, client: sdk.StripeClient, customer: str
) -> None:
    method = stripe.online.save(customer)
    client.v1.customers.delete(customer)
    assert client.v1.customers.retrieve(customer).deleted is True
    assert refusal(lambda: a_payment(client, customer, method)) == "payment_method_unusable"
    assert refusal(lambda: a_session(client, customer=customer)) == "resource_missing"

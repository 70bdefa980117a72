"""Checkout sessions of the simulated Stripe: opened, refused, paid once, run out."""

import time
from typing import Any

import pytest
import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.calls import refusal
from tests.terminals.simulators.stripe.shop import SHOP, a_customer, a_session

PRICE = {"currency": "eur", "unit_amount": 2500, "product_data": {"name": "Guthaben"}}


def test_a_paid_session_tells_the_whole_story(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open", "unpaid", None,
    )  # fmt: skip
    assert session.url == f"{stripe.address}/c/pay/{session.id}"
    assert stripe.online.pay(session.id) == f"{SHOP}/done?sid={session.id}"
    stripe.online.settle()
    expand = {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]}
    paid = client.v1.checkout.sessions.retrieve(session.id, expand)  # type: ignore[arg-type]
    intent: Any = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.amount_total, paid.currency, paid.client_reference_id) == (2500, "eur", "PAY-1")
    assert paid.line_items is not None
    assert [each.description for each in paid.line_items.data] == ["Guthaben"]
    assert intent.metadata.to_dict() == {"payment": "PAY-1"}
    assert intent.latest_charge.payment_method_details.card.last4 == "4242"
    booked = intent.latest_charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (2500, 63, 2437)  # 1.5 % and 25 cents
    assert [(each.kind, each.amount_cents) for each in stripe.ledger] == [("charge", 2500)]


def test_the_fee_is_known_a_little_later(stripe: Simulator, client: sdk.StripeClient) -> None:
    stripe.online.pay(a_session(client).id)
    (charge,) = client.v1.charges.list().data
    assert charge.balance_transaction is None
    stripe.online.advance(60)
    assert client.v1.charges.retrieve(charge.id).balance_transaction is not None
    (event,) = stripe.webhooks.events("charge.updated")
    assert event["data"]["previous_attributes"] == {"balance_transaction": None}


def test_what_a_customer_wants_kept_can_be_used_again(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    customer = a_customer(client)
    data = {"setup_future_usage": "off_session"}
    stripe.online.pay(a_session(client, customer=customer, payment_intent_data=data).id)
    stripe.online.pay(a_session(client, customer=customer).id, "mastercard")
    (kept,) = client.v1.payment_methods.list({"customer": customer}).data
    assert (kept.card and kept.card.brand, kept.customer) == ("visa", customer)


def test_a_guest_gets_a_customer_only_where_something_is_kept(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    passing = a_session(client)
    staying = a_session(client, payment_intent_data={"setup_future_usage": "off_session"})
    for session in (passing, staying):
        stripe.online.pay(session.id, email="guest@example.org")
    shown: Any = client.v1.checkout.sessions.retrieve(staying.id, {"expand": ["customer"]})
    assert shown.customer.email == shown.customer_details.email == "guest@example.org"
    assert client.v1.checkout.sessions.retrieve(passing.id).customer is None


@pytest.mark.parametrize("means", ["visa", "three_ds", "sepa"])
def test_a_way_to_pay_is_kept_without_paying(
    stripe: Simulator, client: sdk.StripeClient, means: str
) -> None:
    customer = a_customer(client)
    session = a_session(client, mode="setup", customer=customer, line_items=None,
                        payment_intent_data=None)  # fmt: skip
    stripe.online.pay(session.id, means)
    if means == "three_ds":
        stripe.online.answer_bank(session.setup_intent)
    shown: Any = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (shown.status, shown.payment_status) == ("complete", "no_payment_required")
    assert shown.setup_intent.status == "succeeded"
    (kept,) = client.v1.payment_methods.list({"customer": customer}).data
    assert kept.id == shown.setup_intent.payment_method
    assert stripe.ledger == ()


def test_a_card_that_is_declined_is_not_kept(stripe: Simulator, client: sdk.StripeClient) -> None:
    customer = a_customer(client)
    session = a_session(client, mode="setup", customer=customer, line_items=None,
                        payment_intent_data=None)  # fmt: skip
    assert stripe.online.pay(session.id, "declined").endswith("again=1")
    setup: Any = client.v1.setup_intents.retrieve(session.setup_intent)
    assert setup.last_setup_error.decline_code == "generic_decline"
    assert client.v1.payment_methods.list({"customer": customer}).data == []


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"mode": None}, "parameter_invalid", "mode"),
        ({"mode": "subscription"}, "parameter_invalid", "mode"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"success_url": "done"}, "url_invalid", "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "url_invalid", "cancel_url"),
        ({"locale": "uk"}, "parameter_invalid", "locale"),
        ({"client_reference_id": "x" * 201}, "parameter_invalid_string", "client_reference_id"),
        ({"ui_mode": "hosted"}, "parameter_invalid", "ui_mode"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"line_items": [{"price_data": PRICE | {"unit_amount": 49}}]}, "amount_too_small",
         "line_items"),
        ({"line_items": [{"price_data": PRICE, "quantity": 0}]}, "parameter_invalid_integer",
         "line_items[0]"),
        ({"line_items": [{"price_data": PRICE | {"amount": 1}}]}, "parameter_unknown",
         "line_items[0][price_data][amount]"),
        ({"line_items": [{"price_data": PRICE | {"unit_amount": 1_000_001}}],
          "allowed_payment_method_types": ["sepa_debit"]}, "amount_too_large", "line_items"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"allowed_payment_method_types": ["cash"]}, "parameter_invalid",
         "allowed_payment_method_types"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"payment_intent_data": {"receipt_mail": "x"}}, "parameter_unknown",
         "payment_intent_data[receipt_mail]"),
        ({"payment_intent_data": {"statement_descriptor": "CITY"}}, "parameter_invalid",
         "payment_intent_data[statement_descriptor]"),
        ({"payment_intent_data": {"setup_future_usage": "always"}}, "parameter_invalid",
         "payment_intent_data[setup_future_usage]"),
        ({"metadata": {"x" * 41: "1"}}, "parameter_invalid", f"metadata[{'x' * 41}]"),
        ({"metadata": {f"k{number}": "1" for number in range(51)}}, "parameter_invalid",
         "metadata"),
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_meant_is_refused(
    client: sdk.StripeClient, changes: dict[str, Any], code: str, param: str
) -> None:
    with pytest.raises(sdk.InvalidRequestError) as refused:
        a_session(client, **changes)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        404 if code == "resource_missing" else 400, code, param,
    )  # fmt: skip


@pytest.mark.parametrize(("seconds", "is_fine"), [(1500, False), (1860, True), (90_000, False)])
def test_a_session_lives_between_half_an_hour_and_a_day(
    client: sdk.StripeClient, seconds: int, is_fine: bool
) -> None:
    end = int(time.time()) + seconds
    if is_fine:
        assert a_session(client, expires_at=end).expires_at == end
        return
    with pytest.raises(sdk.InvalidRequestError) as refused:
        a_session(client, expires_at=end)
    assert refused.value.param == "expires_at"


def test_a_session_runs_out_by_itself(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client, expires_at=int(time.time()) + 3600)
    stripe.online.pay(session.id, "declined")
    stripe.online.advance(3600)
    shown = client.v1.checkout.sessions.retrieve(session.id)
    assert (shown.status, shown.url) == ("expired", None)
    intent: Any = shown.payment_intent
    assert client.v1.payment_intents.retrieve(intent).status == "canceled"
    assert len(stripe.webhooks.events("checkout.session.expired")) == 1


def test_a_session_is_expired_once_and_never_after_it_was_paid(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    dropped, paid = a_session(client), a_session(client)
    client.v1.checkout.sessions.expire(dropped.id)
    stripe.online.pay(paid.id)
    for session in (dropped, paid):
        assert refusal(lambda id_=session.id: client.v1.checkout.sessions.expire(id_)) is None  # type: ignore[misc]
    stripe.online.advance(2 * 86_400)
    assert client.v1.checkout.sessions.retrieve(paid.id).status == "complete"
    assert len(stripe.webhooks.events("checkout.session.expired")) == 1


def test_the_intent_of_a_session_is_closed_with_the_session_alone(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    session = a_session(client)
    stripe.online.pay(session.id, "declined")
    intent: Any = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    code = refusal(lambda: client.v1.payment_intents.cancel(intent))
    assert code == "payment_intent_unexpected_state"


def test_sessions_are_found_again(stripe: Simulator, client: sdk.StripeClient) -> None:
    customer = a_customer(client)
    first, second = a_session(client, customer=customer), a_session(client)
    stripe.online.pay(second.id)
    sessions = client.v1.checkout.sessions
    assert [each.id for each in sessions.list().data] == [second.id, first.id]
    assert [each.id for each in sessions.list({"customer": customer}).data] == [first.id]
    assert [each.id for each in sessions.list({"status": "complete"}).data] == [second.id]
    before = sessions.list({"ending_before": first.id})
    assert [each.id for each in before.data] == [second.id]

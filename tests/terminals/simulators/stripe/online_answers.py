"""One visit to every address of the simulated Stripe that online payments need."""

from typing import Any

import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.shop import ORDER, a_customer, a_payment, a_session


def visit(stripe: Simulator, client: sdk.StripeClient) -> dict[str, Any]:
    """The answers by "method path": paid by card and by debit, given back, disputed, paid out."""
    seen: dict[str, Any] = {}
    for part in (_sessions, _payments, _saved, _money):
        part(stripe, client, seen)
    return {name: answer.to_dict(for_json=True) for name, answer in seen.items()}


def requests() -> dict[str, Any]:
    """What is asked, by "method path", as the specification knows it."""
    return {
        "post /v1/checkout/sessions": ORDER | {"expires_at": 1, "customer": "cus_1"},
        "post /v1/payment_intents": {
            "amount": 1, "currency": "eur", "customer": "cus_1", "payment_method": "pm_1",
            "off_session": True, "confirm": True, "metadata": {"a": "1"},
        },
        "post /v1/customers": {"email": "a@example.org", "metadata": {"a": "1"}},
        "post /v1/disputes/{dispute}": {"evidence": {"uncategorized_text": "x"}, "submit": True},
        "get /v1/balance_transactions": {"payout": "po_1", "limit": 1, "type": "charge"},
        "get /v1/payouts": {"arrival_date": {"gte": 1}, "status": "paid"},
        "get /v1/events": {"types": ["a"], "delivery_success": False, "created": {"gte": 1}},
    }  # fmt: skip


def _sessions(stripe: Simulator, client: sdk.StripeClient, seen: dict[str, Any]) -> None:
    v1: Any = client.v1
    path = "/v1/checkout/sessions"
    seen[f"post {path}"] = session = a_session(client)
    stripe.online.pay(session.id, "declined")
    stripe.online.pay(session.id, "three_ds")
    intent = v1.checkout.sessions.retrieve(session.id).payment_intent
    seen["get /v1/payment_intents/{intent}"] = v1.payment_intents.retrieve(intent)
    stripe.online.answer_bank(intent)
    stripe.online.settle()
    expand = ["payment_intent.latest_charge.balance_transaction", "line_items", "customer"]
    seen[f"get {path}/{{session}}"] = v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    seen[f"get {path}/{{session}}/line_items"] = v1.checkout.sessions.line_items.list(session.id)
    seen[f"get {path}"] = v1.checkout.sessions.list({"limit": 3})
    seen[f"post {path}/{{session}}/expire"] = v1.checkout.sessions.expire(a_session(client).id)


def _payments(stripe: Simulator, client: sdk.StripeClient, seen: dict[str, Any]) -> None:
    v1: Any = client.v1
    customer = a_customer(client)
    method = stripe.online.save(customer, "sepa")
    seen["post /v1/payment_intents"] = a_payment(client, customer, method)
    other = a_payment(client, customer, stripe.online.save(customer), confirm=False,
                      off_session=False)  # fmt: skip
    stripe.online.next_payment("asks")
    seen["post /v1/payment_intents/{intent}/confirm"] = v1.payment_intents.confirm(
        other.id, {"return_url": "http://127.0.0.1:9/"}
    )
    seen["post /v1/payment_intents/{intent}/cancel"] = v1.payment_intents.cancel(other.id)
    stripe.online.clear_debit(seen["post /v1/payment_intents"].id)
    charge = v1.payment_intents.retrieve(seen["post /v1/payment_intents"].id).latest_charge
    seen["get /v1/mandates/{mandate}"] = v1.mandates.retrieve(
        v1.charges.retrieve(charge).payment_method_details.sepa_debit.mandate
    )
    seen["get /v1/charges/{charge}"] = v1.charges.retrieve(charge, {"expand": ["refunds"]})
    stripe.next_refund("pending")
    seen["post /v1/refunds"] = refund = v1.refunds.create({"charge": charge, "amount": 500})
    stripe.online.clear_refund(refund.id)
    stripe.online.fail_refund(refund.id)
    seen["get /v1/refunds/{refund}"] = v1.refunds.retrieve(refund.id)
    seen["get /v1/payment_intents"] = v1.payment_intents.list({"limit": 100})
    seen["get /v1/charges"] = v1.charges.list({"limit": 100})


def _saved(stripe: Simulator, client: sdk.StripeClient, seen: dict[str, Any]) -> None:
    v1: Any = client.v1
    params = {"email": "b@example.org", "name": "B", "metadata": {"payer": "Z-1"}}
    seen["post /v1/customers"] = customer = v1.customers.create(params)
    seen["post /v1/customers/{customer}"] = v1.customers.update(customer.id, {"name": "C"})
    seen["get /v1/customers/{customer}"] = v1.customers.retrieve(customer.id)
    session = a_session(client, mode="setup", customer=customer.id, line_items=None,
                        payment_intent_data=None)  # fmt: skip
    stripe.online.pay(session.id, "sepa")
    setup = v1.checkout.sessions.retrieve(session.id).setup_intent
    seen["get /v1/setup_intents/{intent}"] = v1.setup_intents.retrieve(setup)
    seen["get /v1/setup_intents"] = v1.setup_intents.list()
    stripe.online.save(customer.id, "visa")
    ways = "/v1/customers/{customer}/payment_methods"
    seen[f"get {ways}"] = shown = v1.customers.payment_methods.list(customer.id)
    seen["get /v1/payment_methods"] = v1.payment_methods.list({"customer": customer.id})
    one = "/v1/payment_methods/{payment_method}"
    seen[f"get {one}"] = v1.payment_methods.retrieve(shown.data[0].id)
    seen[f"post {one}/detach"] = v1.payment_methods.detach(shown.data[0].id)
    attached = v1.payment_methods.attach(shown.data[0].id, {"customer": customer.id})
    seen[f"post {one}/attach"] = attached
    seen["get /v1/customers"] = v1.customers.list({"email": "b@example.org"})
    seen["delete /v1/customers/{customer}"] = v1.customers.delete(customer.id)


def _money(stripe: Simulator, client: sdk.StripeClient, seen: dict[str, Any]) -> None:
    v1: Any = client.v1
    customer = a_customer(client)
    method = stripe.online.save(customer)
    first, second = (a_payment(client, customer, method) for _ in range(2))
    dispute = stripe.online.dispute(first.id)
    inquiry = stripe.online.dispute(second.id, is_inquiry=True)
    evidence = {"evidence": {"uncategorized_text": "eaten"}, "submit": True}
    seen["post /v1/disputes/{dispute}"] = v1.disputes.update(dispute, evidence)
    stripe.online.end_dispute(dispute, is_won=True)
    seen["get /v1/disputes/{dispute}"] = v1.disputes.retrieve(dispute)
    seen["post /v1/disputes/{dispute}/close"] = v1.disputes.close(inquiry)
    seen["get /v1/disputes"] = v1.disputes.list({"payment_intent": first.id})
    payout = stripe.online.payout()
    assert payout is not None
    seen["get /v1/payouts/{payout}"] = v1.payouts.retrieve(payout)
    stripe.online.end_payout(payout, is_paid=False)
    seen["get /v1/payouts"] = v1.payouts.list()
    wanted = {"payout": payout, "limit": 100, "expand": ["data.source"]}
    seen["get /v1/balance_transactions"] = listed = v1.balance_transactions.list(wanted)
    one = v1.balance_transactions.retrieve(listed.data[0].id)
    seen["get /v1/balance_transactions/{id}"] = one
    seen["get /v1/balance"] = v1.balance.retrieve()
    seen["get /v1/events"] = events = v1.events.list({"limit": 100})
    seen["get /v1/events/{id}"] = v1.events.retrieve(events.data[0].id)

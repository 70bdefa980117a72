"""Payouts of the simulated Stripe: each is the exact sum of what it names."""

from typing import Any

import pytest
import stripe as sdk

from terminals.simulators.stripe import READER, Settings, Simulator
from tests.terminals.simulators.stripe.calls import a_sale, at_the_reader
from tests.terminals.simulators.stripe.shop import a_customer, a_payment

DAY = 86_400


@pytest.fixture
def payers(stripe: Simulator, client: sdk.StripeClient) -> tuple[str, str]:
    """A customer and the card it keeps."""
    customer = a_customer(client)
    return customer, stripe.online.save(customer)


def parts(client: sdk.StripeClient, payout: str) -> list[Any]:
    wanted: Any = {"payout": payout, "limit": 2, "expand": ["data.source"]}
    return list(client.v1.balance_transactions.list(wanted).auto_paging_iter())


def checked(client: sdk.StripeClient, payout: str) -> int:
    """The exact check of a payout; returns how many movements it is made of."""
    shown = client.v1.payouts.retrieve(payout)
    all_parts = parts(client, payout)
    own = [each for each in all_parts if each.id == shown.balance_transaction]
    rest = [each for each in all_parts if each not in own]
    assert sum(each.net for each in rest) == shown.amount
    assert [each.net for each in own] == [-shown.amount]
    assert len({each.id for each in all_parts}) == len(all_parts)
    return len(rest)


def test_a_payout_is_made_of_everything_since_the_last(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    paid = [a_payment(client, *payers).id for _ in range(3)]
    client.v1.refunds.create({"payment_intent": paid[0], "amount": 500})
    at_the_reader(client, a_sale(client))
    client.v1.test_helpers.terminal.readers.present_payment_method(READER)
    first = stripe.online.payout()
    assert first is not None
    assert checked(client, first) == 5
    stripe.online.dispute(paid[1])
    a_payment(client, *payers, amount=5000)
    second = stripe.online.payout()
    assert second is not None
    assert checked(client, second) == 2
    assert stripe.online.payout() is None
    listed = client.v1.payouts.list({"status": "in_transit"}).data
    assert [each.id for each in listed] == [second, first]


def test_money_must_be_there_before_it_is_paid_out(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    a_payment(client, *payers)
    assert stripe.online.payout(is_all=False) is None
    stripe.online.settle()
    balance = client.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 1945)
    stripe.online.advance(2 * DAY)
    balance = client.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (1945, 0)
    assert stripe.online.payout(is_all=False) is not None
    assert client.v1.balance.retrieve().available[0].amount == 0


def test_a_payout_arrives_and_is_reconciled(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    a_payment(client, *payers)
    payout = stripe.online.payout()
    assert payout is not None
    before = client.v1.payouts.retrieve(payout)
    assert (before.status, before.reconciliation_status, before.automatic) == (
        "in_transit", "in_progress", True,
    )  # fmt: skip
    stripe.online.advance(DAY)
    after = client.v1.payouts.retrieve(payout)
    assert (after.status, after.reconciliation_status) == ("paid", "completed")
    assert [each["type"] for each in stripe.webhooks.events() if "payout" in each["type"]] == [
        "payout.created", "payout.paid", "payout.reconciliation_completed",
    ]  # fmt: skip
    within: Any = {"arrival_date": {"gte": before.arrival_date, "lt": before.arrival_date + 1}}
    assert [each.id for each in client.v1.payouts.list(within).data] == [payout]


def test_a_payout_comes_back_after_it_seemed_paid(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    a_payment(client, *payers)
    payout = stripe.online.payout()
    assert payout is not None
    stripe.online.advance(DAY)
    stripe.online.end_payout(payout, is_paid=False)
    failed: Any = client.v1.payouts.retrieve(payout, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_balance_transaction.type) == ("failed", "payout_failure")
    assert client.v1.balance.retrieve().available[0].amount == 1945
    again = stripe.online.payout()
    assert again is not None
    assert client.v1.payouts.retrieve(again).amount == 1945


def test_a_payout_may_be_negative(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    paid = a_payment(client, *payers).id
    stripe.online.payout()
    client.v1.refunds.create({"payment_intent": paid})
    payout = stripe.online.payout()
    assert payout is not None
    assert client.v1.payouts.retrieve(payout).amount == -2000
    assert checked(client, payout) == 1


def test_payouts_may_make_themselves() -> None:
    settings = Settings(is_paying_out=True, payout_every_seconds=DAY)
    with Simulator(settings=settings) as stripe:
        client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
        customer = a_customer(client)
        method = stripe.online.save(customer)
        a_payment(client, customer, method)
        stripe.online.advance(3 * DAY + 60)
        a_payment(client, customer, method)
        stripe.online.advance(4 * DAY)
        payouts = client.v1.payouts.list().data
        assert [each.status for each in payouts] == ["paid", "paid"]
        assert [each.amount for each in payouts] == [1945, 1945]


def test_movements_are_found_by_what_they_are(
    stripe: Simulator, client: sdk.StripeClient, payers: tuple[str, str]
) -> None:
    paid = a_payment(client, *payers)
    stripe.online.settle()
    movements = client.v1.balance_transactions
    (one,) = movements.list({"source": paid.latest_charge}).data
    assert movements.list({"type": "refund"}).data == []
    assert [each.id for each in movements.list({"created": {"gte": one.created}}).data] == [one.id]
    with pytest.raises(sdk.InvalidRequestError) as refused:
        movements.list({"payout": "po_none"})
    assert refused.value.code == "resource_missing"

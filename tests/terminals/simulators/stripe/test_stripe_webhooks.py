"""Webhooks of the simulated Stripe on a real socket, judged by the real SDK."""

from collections.abc import Iterator

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import Settings, Simulator
from tests.terminals.simulators.stripe.calls import refusal
from tests.terminals.simulators.stripe.shop import SECRET, Receiver, a_customer, a_session

PAID = [
    "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
    "checkout.session.completed",
]  # fmt: skip


@pytest.fixture
def receiver(stripe: Simulator) -> Iterator[Receiver]:
    with Receiver() as receiver:
        stripe.webhooks.add(receiver.url, SECRET)
        yield receiver
        stripe.webhooks.lose(*(each.number for each in stripe.webhooks.open))


def test_what_happens_is_told_in_order(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    session = a_session(client)
    stripe.online.pay(session.id)
    stripe.webhooks.wait()
    assert receiver.kinds == PAID
    told = receiver.events[-1]
    assert (told.api_version, told.livemode, told.data.object.id) == (
        "2026-10-28.endive", False, session.id,
    )  # fmt: skip
    assert client.v1.events.retrieve(told.id).to_dict()["data"] == told.to_dict()["data"]


def test_an_event_shows_what_was_then(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    stripe.webhooks.hold()
    stripe.online.pay(a_session(client).id)
    stripe.webhooks.release()
    stripe.webhooks.wait()
    assert [each.data.object.status for each in receiver.events] == [
        "requires_payment_method", "succeeded", "succeeded", "complete",
    ]  # fmt: skip


def test_what_was_not_taken_comes_again() -> None:
    with Simulator(settings=Settings(retry_seconds=(0, 0, 0))) as stripe, Receiver() as receiver:
        stripe.webhooks.add(receiver.url, SECRET)
        receiver.statuses = [500, 302, 404]
        a_customer(sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address}))
        stripe.webhooks.wait()
        (done,) = stripe.webhooks.done
        assert (done.state, done.tries, done.status) == ("delivered", 4, 200)
        assert receiver.kinds == ["customer.created"]


def test_nobody_at_home_is_tried_until_it_is_enough() -> None:
    with Simulator(settings=Settings(retry_seconds=(0,))) as stripe:
        stripe.webhooks.add("http://127.0.0.1:9/nobody", SECRET)
        client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
        a_customer(client)
        stripe.webhooks.wait()
        (done,) = stripe.webhooks.done
        assert (done.state, done.tries, done.status) == ("failed", 2, None)
        (missed,) = client.v1.events.list({"delivery_success": False}).data
        assert (missed.type, missed.pending_webhooks) == ("customer.created", 1)
        assert client.v1.events.list({"delivery_success": True}).data == []


def test_the_next_try_waits_for_the_clock() -> None:
    with Simulator(settings=Settings(retry_seconds=(3_600,))) as stripe, Receiver() as receiver:
        stripe.webhooks.add(receiver.url, SECRET)
        receiver.statuses = [503]
        a_customer(sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address}))
        with pytest.raises(TimeoutError):
            stripe.webhooks.wait(0.3)
        stripe.online.advance(3_600)
        stripe.webhooks.wait()
        assert receiver.kinds == ["customer.created"]


def test_events_are_held_and_released_in_any_order(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    stripe.webhooks.hold()
    stripe.online.pay(a_session(client).id)
    stripe.webhooks.wait()
    assert receiver.events == []
    numbers = [each.number for each in stripe.webhooks.open]
    stripe.webhooks.release(numbers[3], numbers[0])
    stripe.webhooks.wait()
    assert receiver.kinds == [PAID[3], PAID[0]]
    stripe.webhooks.lose(numbers[1])
    stripe.webhooks.release()
    stripe.webhooks.wait()
    assert receiver.kinds == [PAID[3], PAID[0], PAID[2]]
    missed = client.v1.events.list({"delivery_success": False}).data
    assert [each.type for each in missed] == [PAID[1]]


def test_events_are_lost_doubled_forged_and_of_the_wrong_mode() -> None:
    with Simulator(settings=Settings(retry_seconds=())) as stripe, Receiver() as receiver:
        stripe.webhooks.add(receiver.url, SECRET)
        client = sdk.StripeClient("sk_test_1", base_addresses={"api": stripe.address})
        stripe.webhooks.spoil("lose", "twice", "forge", "live")
        stripe.online.pay(a_session(client).id)
        stripe.webhooks.wait()
        assert receiver.kinds == [PAID[1], PAID[1], PAID[3]]
        assert receiver.events[0].id == receiver.events[1].id
        assert receiver.events[2].livemode is True
        assert len(receiver.refused) == 1


def test_an_old_event_comes_again(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    a_customer(client)
    stripe.webhooks.wait()
    (event,) = stripe.webhooks.events()
    stripe.webhooks.again(event["id"])
    stripe.webhooks.wait()
    assert [each.id for each in receiver.events] == [event["id"]] * 2


def test_both_secrets_sign_during_a_rotation(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    stripe.webhooks.rotate("we_simulated0001", SECRET, "whsec_new")
    a_customer(client)
    stripe.webhooks.wait()
    receiver.secret = "whsec_new"
    a_customer(client)
    stripe.webhooks.wait()
    stripe.webhooks.rotate("we_simulated0001", "whsec_new")
    a_customer(client)
    stripe.webhooks.wait()
    assert [each.count("v1=") for each in receiver.signatures] == [2, 2, 1]
    assert len(receiver.events) == 3


def test_the_signature_is_the_one_the_sdk_makes(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    a_customer(client)
    (event,) = stripe.webhooks.events()
    body, header = stripe.webhooks.signed(event["id"], "whsec_1", "whsec_2")
    moment = int(header.split(",")[0].removeprefix("t="))
    for number in (1, 2):
        made = sdk.WebhookSignature.generate_signature_header(
            body.decode(), f"whsec_{number}", moment
        )
        assert made.split(",")[1] in header.split(",")
    assert client.construct_event(body, header, "whsec_2").id == event["id"]


def test_an_endpoint_gets_what_it_wants(stripe: Simulator, client: sdk.StripeClient) -> None:
    with Receiver() as receiver:
        stripe.webhooks.add(receiver.url, SECRET, events=("checkout.session.completed",))
        stripe.online.pay(a_session(client).id)
        stripe.webhooks.wait()
        assert receiver.kinds == ["checkout.session.completed"]


def test_readers_tell_what_happened_at_them(
    stripe: Simulator, client: sdk.StripeClient, receiver: Receiver
) -> None:
    form = {"amount": "1250", "currency": "eur", "allowed_payment_method_types[]": "card_present"}
    headers = {"Authorization": "Bearer sk_test_1"}
    for card in ("declined", "visa"):
        stripe.next_guest(card)
        made = requests.post(f"{stripe.address}/v1/payment_intents", form, headers=headers,
                             timeout=5).json()  # fmt: skip
        reader = "tmr_simulated0001"
        client.v1.terminal.readers.process_payment_intent(reader, {"payment_intent": made["id"]})
        client.v1.terminal.readers.retrieve(reader)
    stripe.webhooks.wait()
    told = [kind for kind in receiver.kinds if kind != "payment_intent.created"]
    assert told == [
        "charge.failed", "payment_intent.payment_failed", "terminal.reader.action_failed",
        "charge.succeeded", "payment_intent.succeeded", "terminal.reader.action_succeeded",
    ]  # fmt: skip


def test_events_are_listed_by_type(stripe: Simulator, client: sdk.StripeClient) -> None:
    stripe.online.pay(a_session(client).id)
    events = client.v1.events
    two = events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]})
    assert [each.type for each in two.data] == ["payment_intent.succeeded", "charge.succeeded"]
    assert len(events.list({"type": "charge.succeeded"}).data) == 1
    all_of_them = [each.type for each in events.list({"limit": 2}).auto_paging_iter()]
    assert all_of_them[::-1] == PAID


def test_what_nobody_knows_is_refused(stripe: Simulator, client: sdk.StripeClient) -> None:
    assert refusal(lambda: client.v1.events.retrieve("evt_none")) == "resource_missing"
    with pytest.raises(KeyError):
        stripe.webhooks.rotate("we_none", SECRET)

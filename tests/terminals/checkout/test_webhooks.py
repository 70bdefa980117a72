"""What the provider sends: verified, stored once, answered, worked off; nothing is dropped."""

import json
import time
from typing import Any

import pytest
import stripe as sdk
from flask.testing import FlaskClient
from sqlalchemy import select

from config.app import create_app
from config.jobs import jobs_app
from terminals.checkout.cases import close_case, open_cases
from terminals.checkout.errors import ProviderDown
from terminals.checkout.inbox import failing_events, message_in_event, store, work_event
from terminals.checkout.tables import provider_event
from terminals.simulators.stripe import Simulator
from tests.jobs import work_off
from tests.terminals.checkout.shop import SECRETS, Shop

NEW, OLD = SECRETS


@pytest.fixture
def door(shop: Shop) -> FlaskClient:
    app = create_app(database=shop.database)
    app.extensions["provider"] = shop.provider
    return app.test_client()


def knock(door: FlaskClient, body: bytes, signature: str) -> int:
    answer = door.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
    return answer.status_code


def an_event(shop: Shop) -> dict[str, Any]:
    payment = shop.begin()
    shop.pays(payment)
    return dict(shop.stripe.webhooks.events("checkout.session.completed")[0])


def kept(shop: Shop) -> list[tuple[str, str]]:
    with shop.database.read_only() as session:
        rows = session.execute(select(provider_event.c.type, provider_event.c.state))
        return [(row.type, row.state) for row in rows]


def test_a_message_is_stored_once_and_credits_once(shop: Shop, door: FlaskClient) -> None:
    event = an_event(shop)
    body, signature = shop.stripe.webhooks.signed(event["id"], NEW)
    assert [knock(door, body, signature) for _ in range(3)] == [200, 200, 200]
    assert kept(shop) == [("checkout.session.completed", "new")]
    for _ in range(2):
        assert work_event(shop.database, shop.provider, event["id"], at=shop.now) == "done"
    assert shop.balance() == 2500


@pytest.mark.parametrize("secrets", [(NEW,), (OLD,), (OLD, "whsec_other")])
def test_both_secrets_hold_while_they_change(
    shop: Shop, door: FlaskClient, secrets: tuple[str, ...]
) -> None:
    body, signature = shop.stripe.webhooks.signed(an_event(shop)["id"], *secrets)
    assert knock(door, body, signature) == 200


def test_what_nobody_signed_lately_is_refused(shop: Shop, door: FlaskClient) -> None:
    event = an_event(shop)
    body, signature = shop.stripe.webhooks.signed(event["id"], "whsec_other")
    assert knock(door, body, signature) == 400
    body, signature = shop.stripe.webhooks.signed(event["id"], NEW)
    assert knock(door, body + b" ", signature) == 400
    assert knock(door, body, "") == 400
    make = sdk.WebhookSignature.generate_signature_header
    assert knock(door, body, make(body.decode(), NEW, int(time.time()) - 400)) == 400
    assert knock(door, b"[]", make("[]", NEW)) == 400
    assert knock(door, b"\xff", signature) == 400
    assert kept(shop) == []


def test_a_message_of_the_other_mode_is_refused(shop: Shop, door: FlaskClient) -> None:
    body, signature = shop.stripe.webhooks.signed(an_event(shop)["id"], NEW, is_live=True)
    assert knock(door, body, signature) == 400
    assert kept(shop) == []


def test_without_an_account_the_sender_tries_again_later(shop: Shop) -> None:
    door = create_app(database=shop.database).test_client()
    assert knock(door, b"{}", "t=1,v1=2") == 503


def test_a_message_of_a_kind_nobody_knows_is_kept_and_left(shop: Shop) -> None:
    shop.told({"id": "evt_1", "type": "unicorn.seen", "created": 1, "livemode": False,
               "data": {"object": {"object": "unicorn", "id": "uni_1"}}})  # fmt: skip
    assert kept(shop) == [("unicorn.seen", "ignored")]


def test_the_message_is_only_a_hint_and_never_believed(shop: Shop) -> None:
    payment = shop.begin()
    lie = {"object": "checkout.session", "id": shop.page_of(payment), "payment_status": "paid"}
    shop.told({"id": "evt_1", "type": "checkout.session.completed", "created": 1,
               "livemode": False, "data": {"object": lie}})  # fmt: skip
    assert (shop.found(payment).state, shop.balance()) == ("open", 0)


def test_money_nobody_asked_for_becomes_a_case_and_is_booked_apart(
    shop: Shop, stripe: Simulator
) -> None:
    v1 = shop.provider.client.v1
    customer = v1.customers.create({})
    made = v1.payment_intents.create(
        {"amount": 700, "currency": "eur", "customer": customer.id, "confirm": True,
         "payment_method": stripe.online.save(customer.id), "off_session": True}
    )  # fmt: skip
    stripe.online.settle()
    shop.told_everything()
    shop.told_everything()
    with shop.database.read_only() as session:
        (case,) = open_cases(session)
    assert (case.kind, case.ref, case.amount_cents) == ("unknown_reference", made.id, 700)
    books = shop.books()
    assert (books["371100"], books["184200"]) == (-700, shop.provider_cents())
    with shop.database.transaction() as session:
        assert close_case(session, case.id, by="P-1", answer="Spende", at=shop.now)
        assert not close_case(session, case.id, by="P-2", answer="noch eine", at=shop.now)
        assert open_cases(session) == []


def test_card_readers_are_none_of_our_business(shop: Shop) -> None:
    shop.provider.client.v1.payment_intents.create(
        {"amount": 700, "currency": "eur", "allowed_payment_method_types": ["card_present"],
         "metadata": {"order": "o-1", "terminal": "B01-1"}}
    )  # fmt: skip
    shop.told_everything()
    assert {state for _, state in kept(shop)} <= {"ignored"}
    assert shop.books() == {}


def test_what_cannot_be_worked_off_is_shown_and_tried_again(shop: Shop, stripe: Simulator) -> None:
    event = an_event(shop)
    stripe.fault("unreachable", "checkout_sessions.retrieve", times=3)
    with pytest.raises(ProviderDown):
        shop.told(event)
    with shop.database.read_only() as session:
        (failing,) = failing_events(session)
    assert (failing.id, failing.tries) == (event["id"], 1)
    assert failing.trouble.startswith("provider_down")
    shop.sweep()
    assert shop.balance() == 2500


def test_nothing_personal_goes_to_the_provider(shop: Shop) -> None:
    payment = shop.begin(payer="Z-000001", save=True)
    page = shop.provider.session(shop.page_of(payment))
    customer = shop.provider.client.v1.customers.retrieve(page["customer"])
    assert page["metadata"] == {"payment": str(payment.id)}
    assert customer.to_dict(for_json=True)["metadata"] == {"payer": "Z-000001"}
    assert shop.wallet not in json.dumps(page)
    assert customer.email is None


def test_what_met_a_worker_without_a_provider_is_made_up_for(shop: Shop) -> None:
    event = an_event(shop)
    with shop.database.transaction() as session:
        store(session, message_in_event(event))
    work_off(jobs_app(shop.database))
    assert (kept(shop), shop.balance()) == ([("checkout.session.completed", "new")], 0)
    assert shop.sweep().worked == 1
    assert shop.balance() == 2500

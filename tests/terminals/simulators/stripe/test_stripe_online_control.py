"""The control pages of the simulated Stripe for online payments and webhooks."""

from typing import Any

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import Simulator
from tests.terminals.simulators.stripe.shop import SECRET, Receiver, a_session


def look(stripe: Simulator, page: str) -> str:
    answer = requests.get(f"{stripe.address}/_sim/{page}", timeout=10)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def press(stripe: Simulator, action: str, **form: str) -> requests.Response:
    path = f"{stripe.address}/_sim/{action}"
    return requests.post(path, form, timeout=10, allow_redirects=False)


def pressed(stripe: Simulator, action: str, **form: str) -> None:
    answer = press(stripe, action, **form)
    page = action.split("/", maxsplit=1)[0]
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/_sim/{page}")


def test_a_payment_goes_its_way_by_hand(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    assert session.id[-8:] in look(stripe, "online")
    pressed(stripe, "online/next_payment", ending="asks")
    assert "3-D Secure" in look(stripe, "online")
    stripe.online.pay(session.id, "sepa")
    intent: Any = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    pressed(stripe, "online/bank", intent=intent)
    assert "Lastschrift gelingt" in look(stripe, "online")
    pressed(stripe, "online/debit", intent=intent)
    pressed(stripe, "online/settle")
    pressed(stripe, "online/next_refund", state="pending")
    pressed(stripe, "online/refund", intent=intent, amount="500")
    (refund,) = client.v1.refunds.list().data
    assert refund.status == "pending"
    pressed(stripe, "online/clear_refund", refund=refund.id)
    pressed(stripe, "online/fail_refund", refund=refund.id)
    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    pressed(stripe, "online/dispute", intent=intent, amount="1000")
    (dispute,) = client.v1.disputes.list().data
    assert "Stadt gewinnt" in look(stripe, "online")
    pressed(stripe, "online/end_dispute", dispute=dispute.id, **{"is": "yes"})
    assert client.v1.disputes.retrieve(dispute.id).status == "won"
    pressed(stripe, "online/payout")
    (payout,) = client.v1.payouts.list().data
    assert "Ist angekommen" in look(stripe, "online")
    pressed(stripe, "online/advance", seconds="86400")
    assert client.v1.payouts.retrieve(payout.id).status == "paid"
    pressed(stripe, "online/end_payout", payout=payout.id, **{"is": "no"})
    assert "failed" in look(stripe, "online")


def test_webhooks_are_steered_by_hand(stripe: Simulator, client: sdk.StripeClient) -> None:
    with Receiver() as receiver:
        pressed(stripe, "webhooks/add", url=receiver.url, secrets=f"whsec_old, {SECRET}")
        pressed(stripe, "webhooks/hold")
        stripe.online.pay(a_session(client).id)
        shown = look(stripe, "webhooks")
        assert "zurückgehalten" in shown
        assert "payment_intent.succeeded" in shown
        pressed(stripe, "webhooks/release", numbers="3 1")
        pressed(stripe, "webhooks/lose", number="2")
        pressed(stripe, "webhooks/release")
        stripe.webhooks.wait()
        assert receiver.kinds == [
            "payment_intent.succeeded", "payment_intent.created", "checkout.session.completed",
        ]  # fmt: skip
        pressed(stripe, "webhooks/spoil", what="twice")
        assert "kommt doppelt" in look(stripe, "webhooks")
        pressed(stripe, "webhooks/again", event=receiver.events[0].id)
        pressed(stripe, "webhooks/rotate", endpoint="we_simulated0001", secrets="whsec_x")
        pressed(stripe, "webhooks/hurry")
        stripe.webhooks.wait()
        assert len(receiver.events) + len(receiver.refused) == 4
        told = requests.get(f"{stripe.address}/_sim/deliveries", timeout=10).json()
        assert {each["state"] for each in told} >= {"delivered", "lost"}
        stripe.webhooks.lose(*(each.number for each in stripe.webhooks.open))


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("online/next_payment", {"ending": "miracle"}),
        ("online/next_payment", {}),
        ("online/next_refund", {"state": "lost"}),
        ("online/debit", {"intent": "pi_none"}),
        ("online/bank", {"intent": "pi_none"}),
        ("online/dispute", {"intent": "pi_none"}),
        ("online/refund", {"intent": "pi_none"}),
        ("online/fail_refund", {"refund": "re_none"}),
        ("online/end_dispute", {"dispute": "du_none"}),
        ("online/end_payout", {"payout": "po_none"}),
        ("online/advance", {"seconds": "soon"}),
        ("webhooks/add", {"url": "ftp://here", "secrets": "x"}),
        ("webhooks/add", {"url": "http://here"}),
        ("webhooks/rotate", {"endpoint": "we_none", "secrets": "x"}),
        ("webhooks/release", {"numbers": "all"}),
        ("webhooks/release", {"numbers": "77"}),
        ("webhooks/lose", {"number": "77"}),
        ("webhooks/spoil", {"what": "milk"}),
        ("webhooks/again", {"event": "evt_none"}),
        ("online/nothing", {}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    stripe: Simulator, action: str, form: dict[str, str]
) -> None:
    assert press(stripe, action, **form).status_code in (400, 404)


def test_a_declined_payment_has_nothing_to_dispute(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    session = a_session(client)
    stripe.online.pay(session.id, "declined")
    intent: Any = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert press(stripe, "online/dispute", intent=intent).status_code == 400
    assert press(stripe, "online/refund", intent=intent).status_code == 400

"""A burst of the provider's messages: verified, stored and answered; against a bare insert.

Both go through the same application and its gate; the limit takes the body as it comes, puts it
into a table under its id and answers.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Blueprint, current_app, request
from flask.testing import FlaskClient
from sqlalchemy import text
from stripe import WebhookSignature

from config.app import create_app
from config.bench.measure import MeasuredNonsense, Size, Slice, inputs_aside, inserted
from ledger.permissions import Permission, needs
from terminals.checkout.provider import provider_to

if TYPE_CHECKING:
    from config.bench.ground import Books, Ground

SECRET = "whsec_bench"  # noqa: S105 - of a provider nobody reaches
NOBODY = "http://127.0.0.1:9"
BARE = "/api/v1/bare"

bare = Blueprint("bare", __name__)


@bare.post(BARE)
@needs(Permission.WEBHOOKS_SEND)
def put() -> tuple[str, int]:
    """Insert what came, as it came."""
    row = {"id": request.headers["X-Id"], "payload": request.get_data(as_text=True)}
    with current_app.extensions["books"].transaction() as session:
        session.execute(text("INSERT INTO bare_message VALUES (:id, :payload)"), row)
    return "", 200


def burst(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """`size.messages` messages and as many bare inserts, in hundreds that take turns."""
    taken = {"messages": 0, "bare messages": 0}
    with ground.fresh() as books, books.database() as database:
        with books.superuser() as connection:
            connection.execute("CREATE TABLE bare_message (id text PRIMARY KEY, payload text)")
            connection.execute("GRANT SELECT, INSERT ON bare_message TO stadtkasse_app")
        app = create_app(database=database, blueprints=[bare])
        app.extensions["provider"] = provider_to(
            "sk_test_bench", secrets=[SECRET], address=NOBODY, early_cents=0
        )
        client = app.test_client()
        for _ in range(size.messages // 100):
            taken["messages"] += _send(client, _signed(100))
            taken["bare messages"] += _insert(client, _bodies(100))
        _all_there(books, size.messages)
    return {name: Slice(size.messages, took) for name, took in taken.items()}


def _send(client: FlaskClient, signed: Sequence[tuple[str, str]]) -> int:
    with inputs_aside():
        started = time.perf_counter_ns()
        for body, signature in signed:
            answer = client.post("/webhooks/stripe", data=body,
                                 headers={"Stripe-Signature": signature})  # fmt: skip
            _expect_ok(answer.status_code)
        return time.perf_counter_ns() - started


def _insert(client: FlaskClient, bodies: Sequence[tuple[str, str]]) -> int:
    with inputs_aside():
        started = time.perf_counter_ns()
        for id_, body in bodies:
            _expect_ok(client.post(BARE, data=body, headers={"X-Id": id_}).status_code)
        return time.perf_counter_ns() - started


def _expect_ok(status: int) -> None:
    if status != 200:
        raise MeasuredNonsense(f"a message was answered with {status}")


def _signed(count: int) -> list[tuple[str, str]]:
    sign = WebhookSignature.generate_signature_header
    return [(body, sign(body, SECRET)) for _, body in _bodies(count)]


def _bodies(count: int) -> list[tuple[str, str]]:
    ids = [f"evt_{uuid4().hex}" for _ in range(count)]
    return [(id_, json.dumps(_event(id_))) for id_ in ids]


def _event(id_: str) -> dict[str, Any]:
    """About as long as a charge's: three kilobytes."""
    thing = {
        "id": f"pi_{uuid4().hex}", "object": "payment_intent", "amount": 4000, "currency": "eur",
        "metadata": {"payment": str(uuid4())}, "description": "x" * 2400,
    }  # fmt: skip
    return {
        "id": id_, "object": "event", "api_version": "2026-10-28.endive", "livemode": False,
        "created": int(time.time()), "type": "payment_intent.succeeded", "data": {"object": thing},
        "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
    }  # fmt: skip


def _all_there(books: "Books", count: int) -> None:
    inserted(0, books.count("provider_event"), count)
    inserted(0, books.count("procrastinate_jobs"), count)
    inserted(0, books.count("bare_message"), count)

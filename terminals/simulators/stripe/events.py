"""Events: what happened, with the object as it was then; and who is told of it."""

import copy

from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World, truth

VERSION = "2026-10-28.endive"


def emit(world: World, kind: str, shown: Json, before: Json | None = None) -> None:
    """Write down that this happened and send it to every endpoint that wants it.

    before: the values of changed fields as they were, for the events that say "updated".
    """
    data: Json = {"object": copy.deepcopy(shown)}
    if before is not None:
        data["previous_attributes"] = before
    event = world.put("evt", {
        "object": "event", "api_version": VERSION, "data": data, "livemode": False,
        "pending_webhooks": 0, "request": {"id": None, "idempotency_key": None}, "type": kind,
    })  # fmt: skip
    event["pending_webhooks"] = world.outbox.add(event["id"], kind, world.now())
    world.changed.notify_all()


def retrieve(world: World, request: Request) -> Json:
    """One event as it is."""
    return world.find("event", request.ids["event"], "id")


def list_(world: World, request: Request) -> Json:
    """Events, newest first; `delivery_success` compares with whether all endpoints have it."""
    given = request.given
    types, is_delivered = given.get("types"), given.get("delivery_success")

    def is_wanted(event: Json) -> bool:
        if types is not None and event["type"] not in types:
            return False
        if is_delivered is None:
            return True
        return truth(given, "delivery_success") is (event["pending_webhooks"] == 0)

    page = world.listed("event", given, only=is_wanted, type=given.get("type"))
    return page | {"url": "/v1/events"}


ROUTES = (
    Route("events.list", "GET", "/v1/events", list_, params(
        "created delivery_success ending_before limit starting_after type types"
    )),
    Route("events.retrieve", "GET", "/v1/events/{event}", retrieve),
)  # fmt: skip

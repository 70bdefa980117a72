"""Locations: where readers stand."""

from typing import Any

from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World, required

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(world: World, request: Request) -> Json:
    """Make a place to put readers."""
    address: dict[str, Any] = dict(request.given.get("address") or {})
    return world.put_undated("tml", {
        "object": "terminal.location", "livemode": False,
        "address": {name: address.get(name) for name in _ADDRESS},
        "display_name": required(request.given, "display_name"),
        "metadata": dict(request.given.get("metadata") or {}),
    })  # fmt: skip


def retrieve(world: World, request: Request) -> Json:
    """One location as it is."""
    return world.find("terminal.location", request.ids["location"], "location")


def list_(world: World, request: Request) -> Json:
    """Locations, newest first."""
    return world.listed("terminal.location", request.given) | {"url": "/v1/terminal/locations"}


ROUTES = (
    Route("locations.create", "POST", "/v1/terminal/locations", create, params(
        "address display_name metadata"
    )),
    Route("locations.list", "GET", "/v1/terminal/locations", list_, params(
        "ending_before limit starting_after"
    )),
    Route("locations.retrieve", "GET", "/v1/terminal/locations/{location}", retrieve),
)  # fmt: skip

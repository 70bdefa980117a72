"""What can be done to webhooks: where they go, and whether they come once, twice, late or never."""

from collections.abc import Callable, Mapping

from terminals.simulators.stripe.hooks import Webhooks
from terminals.simulators.stripe.refusals import invalid, missing
from terminals.simulators.stripe.state import Json, World, required, whole

SPOILS = ("lose", "twice", "forge", "live")


def _add(world: World, given: Json) -> None:
    secrets = required(given, "secrets").replace(",", " ").split()
    events = str(given.get("events") or "*").replace(",", " ").split()
    Webhooks(world).add(required(given, "url"), *secrets, events=tuple(events))


def _rotate(world: World, given: Json) -> None:
    endpoint = required(given, "endpoint")
    if endpoint not in world.outbox.endpoints:
        raise missing("webhook_endpoint", endpoint, "endpoint")
    secrets = required(given, "secrets").replace(",", " ").split()
    Webhooks(world).rotate(endpoint, *secrets)


def _release(world: World, given: Json) -> None:
    numbers = str(given.get("numbers") or "").replace(",", " ").split()
    if not all(number.isdecimal() for number in numbers):
        raise invalid("numbers", "Whole numbers.")
    Webhooks(world).release(*map(int, numbers))


def _spoil(world: World, given: Json) -> None:
    what = required(given, "what")
    if what not in SPOILS:
        raise invalid("what", f"One of {', '.join(SPOILS)}.")
    world.outbox.spoil.append(what)


def _again(world: World, given: Json) -> None:
    is_forged, is_live = (given.get(name) == "yes" for name in ("is_forged", "is_live"))
    Webhooks(world).again(required(given, "event"), is_forged=is_forged, is_live=is_live)


ACTIONS: Mapping[str, Callable[[World, Json], object]] = {
    "add": _add,
    "rotate": _rotate,
    "hold": lambda world, _: Webhooks(world).hold(),
    "release": _release,
    "lose": lambda world, given: Webhooks(world).lose(whole(given, "number")),
    "spoil": _spoil,
    "again": _again,
    "hurry": lambda world, _: Webhooks(world).hurry(),
}

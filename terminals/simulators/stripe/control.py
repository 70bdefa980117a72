"""The control pages: a person plays the guest, the payer and the banks, or lets things go wrong.

Every button is a form; the same addresses take a form from a program and answer 303. `/_sim/ledger`
`/_sim/state` and `/_sim/deliveries` answer JSON. None of this lies under /v1, where only Stripe's
own addresses are.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import resources

from terminals.simulators.pages import Page, as_json, html, see_other, style
from terminals.simulators.stripe import (
    control_hooks,
    control_online,
    control_page,
    control_readers,
    hooks_page,
    online_page,
)
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.state import Json, World

HOME = "/_sim/"
_PAGES: Mapping[str, Mapping[str, Callable[[World, Json], object]]] = {
    HOME: control_readers.ACTIONS,
    f"{HOME}online": control_online.ACTIONS,
    f"{HOME}webhooks": control_hooks.ACTIONS,
}
# By address: what the button there does, and the page from which it is pressed.
_ACTIONS = {
    f"{page.rstrip('/')}/{name}": (act, page) for page, acts in _PAGES.items()
    for name, act in acts.items()
}  # fmt: skip


def answer(world: World, method: str, path: str, given: Json) -> Page:
    """The page, a figure of it, or what a button does."""
    with world.changed:
        world.pass_time()
        if method == "POST" and path in _ACTIONS:
            act, page = _ACTIONS[path]
            return _done(world, act, given, page)
        if method == "GET" and path in _VIEWS:
            return _VIEWS[path](world)
    return Page(404, {"Content-Type": "text/plain"}, b"Not found")


def _done(world: World, act: Callable[[World, Json], object], given: Json, page: str) -> Page:
    try:
        act(world, given)
    except Refusal as refusal:
        return as_json(refusal.body(), refusal.status)
    world.changed.notify_all()
    return see_other(page)


def _style(_: World) -> Page:
    return style(resources.files(__package__).joinpath("control.css").read_text("utf-8"))


_VIEWS: Mapping[str, Callable[[World], Page]] = {
    "/": lambda _: see_other(HOME),
    HOME: lambda world: html(control_page.page(world)),
    f"{HOME}online": lambda world: html(online_page.page(world)),
    f"{HOME}webhooks": lambda world: html(hooks_page.page(world)),
    f"{HOME}control.css": _style,
    f"{HOME}ledger": lambda world: as_json([asdict(booking) for booking in world.ledger]),
    f"{HOME}state": lambda world: as_json(
        {"objects": list(world.objects.values()), "calls": world.calls}
    ),
    f"{HOME}deliveries": lambda world: as_json(
        [asdict(each) for each in (*world.outbox.done, *world.outbox.open.values())]
    ),
}

"""One call to the API from its parts to its answer: key, route, parameters, idempotency, faults."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from terminals.simulators.stripe import (
    charges,
    customers,
    disputes,
    events,
    locations,
    money,
    payment_intents,
    payment_methods,
    payouts,
    readers,
    refunds,
    sessions,
    setup_intents,
)
from terminals.simulators.stripe.expansion import expanded
from terminals.simulators.stripe.misbehaviour import Fault
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.routes import Request, Route
from terminals.simulators.stripe.state import Json, World

# A further resource is one more module here.
ROUTES: tuple[Route, ...] = sum(
    (
        module.ROUTES
        for module in (
            payment_intents,
            charges,
            refunds,
            readers,
            locations,
            customers,
            payment_methods,
            sessions,
            setup_intents,
            disputes,
            money,
            payouts,
            events,
        )
    ),
    (),
)
_PATTERNS = [(re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)), route)
             for route in ROUTES]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """What came in. given: the parameters of query or form; headers: names in lower case."""

    method: str
    path: str
    given: Json
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. is_dropped: nothing does, the line goes dead; seconds: not before then."""

    status: int
    body: Json
    is_replayed: bool = False
    is_dropped: bool = False
    seconds: float = 0


def answer(world: World, call: Call) -> Answer:
    """Do what is asked and say what Stripe would say, or go wrong as told."""
    with world.lock:
        world.pass_time()
        try:
            route, request = _understood(call)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body())
        world.calls.append(route.name)
        _arrive(world)
        fault = _due(world, route)
        if fault is not None and fault.what == "late":
            world.on_the_way.append((fault.calls, partial(_said, world, call, route, request)))
            return Answer(0, {}, is_dropped=True)
        if fault is not None and not fault.is_done and fault.what != "hold":
            return _gone_wrong(fault, call, world)
        said = _said(world, call, route, request)
        return said if fault is None else _gone_wrong(fault, call, world, said)


def _understood(call: Call) -> tuple[Route, Request]:
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith(("sk_test_", "rk_test_")):
        raise Refusal(401, "Invalid API Key provided; a key of the test mode is needed.")
    for pattern, route in _PATTERNS:
        found = pattern.fullmatch(call.path)
        if found and route.method == call.method:
            return route, Request(found.groupdict(), call.given)
    raise Refusal(404, f"Unrecognized request URL ({call.method}: {call.path}).")


def _said(world: World, call: Call, route: Route, request: Request) -> Answer:
    key = call.headers.get("idempotency-key") if call.method == "POST" else None
    if key is None:
        return _done(world, route, request)
    known = world.answers.get(key)
    if known is None:
        said = _done(world, route, request)
        if said.status != 400:  # what was never begun is not remembered
            world.answers[key] = (_fingerprint(call), said.status, said.body)
        return said
    fingerprint, status, body = known
    if fingerprint == _fingerprint(call):
        return Answer(status, body, is_replayed=True)
    refusal = Refusal(
        400, "Keys for idempotent requests can only be used with the same parameters they were"
        f" first used with. Try using a key other than '{key}'.", kind="idempotency_error",
    )  # fmt: skip
    return Answer(400, refusal.body())


def _done(world: World, route: Route, request: Request) -> Answer:
    given = request.given
    unknown = [name for name in given if name not in route.takes and name != "expand"]
    if unknown:
        refusal = invalid(
            unknown[0], f"Received unknown parameter: {unknown[0]}", "parameter_unknown"
        )
        return Answer(400, refusal.body())
    try:
        shown = route.act(world, request)
        return Answer(200, expanded(world, shown, list(given.get("expand", []))))
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body())


def _arrive(world: World) -> None:
    """Let time go by for what is on its way, and do what has arrived."""
    nearer = [(calls - 1, work) for calls, work in world.on_the_way]
    world.on_the_way = [(calls, work) for calls, work in nearer if calls > 0]
    for calls, work in nearer:
        if calls <= 0:
            work()


def _due(world: World, route: Route) -> Fault | None:
    """The first fault that waits for this call, used up; those that let it pass count it."""
    for place, waiting in enumerate(world.faults):
        if waiting.call not in (route.name, "*"):
            continue
        if waiting.skip == 0:
            return world.faults.pop(place)
        world.faults[place] = waiting.passed()
    return None


def _gone_wrong(fault: Fault, call: Call, world: World, said: Answer | None = None) -> Answer:
    if fault.what == "drop":
        return Answer(0, {}, is_dropped=True)
    if fault.what == "hold":
        assert said is not None
        return Answer(said.status, said.body, seconds=fault.seconds)
    refusal = Refusal(fault.status, fault.message, code=fault.code)
    key = call.headers.get("idempotency-key")
    if fault.status >= 500 and call.method == "POST" and key:
        # Stripe remembers its own failures too: the same key hears the same again.
        world.answers[key] = (_fingerprint(call), fault.status, refusal.body())
    return Answer(refusal.status, refusal.body())


def _fingerprint(call: Call) -> str:
    content = json.dumps([call.method, call.path, call.given], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()

"""What a resource module tells the server: its addresses, what they take, and who answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from terminals.simulators.stripe.state import Json, World


@dataclass(frozen=True, slots=True)
class Request:
    """One call, taken apart. ids: what stood in the address; given: its parameters."""

    ids: Mapping[str, str]
    given: Json


@dataclass(frozen=True, slots=True)
class Route:
    """name: by which faults find it. path: with {names} for ids. takes: its parameters; any
    other is refused, as Stripe does; `expand` goes everywhere."""

    name: str
    method: str
    path: str
    act: Callable[[World, Request], Json]
    takes: frozenset[str] = frozenset()


def params(names: str) -> frozenset[str]:
    """Parameter names from a line of words."""
    return frozenset(names.split())

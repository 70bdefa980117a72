"""Expansion: ids in an answer become their objects, and lists come that are else left out."""

import copy
from collections.abc import Callable, Mapping

from terminals.simulators.stripe import refunds, sessions
from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.state import Json, World

_DEEPEST = 4

# What Stripe leaves out of an object unless it is asked for.
_LISTS: Mapping[tuple[str, str], Callable[[World, Json], Json]] = {
    ("checkout.session", "line_items"): sessions.lines_as_list,
    ("charge", "refunds"): refunds.of_charge,
}


def expanded(world: World, shown: Json, paths: list[str]) -> Json:
    """A copy in which the ids at these paths are replaced by their objects. Raises Refusal."""
    whole_copy = copy.deepcopy(shown)
    for path in sorted(paths, key=len):
        if path.count(".") >= _DEEPEST:
            raise invalid("expand", "You cannot expand more than 4 levels of a property.")
        _expand(world, whole_copy, path.split("."), path)
    return whole_copy


def _expand(world: World, at: Json, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    listed = _LISTS.get((at.get("object", ""), name))
    if name not in at and listed is not None:
        at[name] = copy.deepcopy(listed(world, at))
    if name not in at:
        if at.get("object", "list") == "list" or "status" not in at:
            return  # an empty list, or a part that is not there today
        raise Refusal(400, f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(at[name], str) and at[name] in world.objects:
        at[name] = copy.deepcopy(world.objects[at[name]])
    inner = at[name] if isinstance(at[name], list) else [at[name]]
    for each in inner:
        if rest and isinstance(each, dict):
            _expand(world, each, rest, path)

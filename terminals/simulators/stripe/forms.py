"""Stripe's way of writing nested values in a form: `a[b]=c`, and lists as `a[0]=x` or `a[]=x`."""

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"\[([^\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """The values of a query string or form body; every leaf is a string."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, _, _ = name.partition("[")
        _place(tree, [head, *_PART.findall(name)], value)
    return {name: _listed(value) for name, value in tree.items()}


def _place(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            return  # the same name as a value and as a folder: the first one stays
        tree = inner
    last = path[-1] or str(len(tree))  # `a[]` adds to the end
    tree[last] = value


def _listed(value: Any) -> Any:
    """A folder whose names are all numbers is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner

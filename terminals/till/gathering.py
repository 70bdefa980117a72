"""Tables that many modules fill: each module of a folder brings its part, no name comes twice."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any


def gathered(package: str, path: Iterable[str], attribute: str) -> Mapping[str, Any]:
    """The mappings called `attribute` of all modules in `path`, as one.

    Raises ValueError for a name that two modules have.
    """
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(path):
        part: Mapping[str, Any] = getattr(
            importlib.import_module(f"{package}.{module.name}"), attribute
        )
        twice = found.keys() & part.keys()
        if twice:
            raise ValueError(f"{module.name} repeats {', '.join(sorted(twice))}")
        found.update(part)
    return found

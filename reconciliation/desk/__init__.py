"""The desk: finance's pages over what the night found, one folder for each page.

A folder's `__init__.py` has `pages`, a Flask blueprint whose first view is `show`; `load()` finds
it, and the side navigation shows it as soon as it is there. Words and tables that several pages
need stand in the modules beside the folders.
"""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from flask import Blueprint

STATIC = Path(__file__).parent / "static"

_shared = Blueprint("work", __name__, template_folder="templates")


@cache
def load() -> tuple[Blueprint, ...]:
    """Every page: the `pages` of each folder here, by name, after the parts they share."""
    folders = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    found = (importlib.import_module(f"{__name__}.{name}").pages for name in folders)
    return (_shared, *found)

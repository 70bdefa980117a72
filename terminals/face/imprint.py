"""Who answers for these pages and how to reach them; every city says it in a file of its own."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

EXTENSION = "imprint"


@dataclass(frozen=True, slots=True)
class Imprint:
    """authority: whom to complain to about data protection. sign_language: an address on the web.

    What is empty is left out of the pages.
    """

    publisher: str
    represented_by: str = ""
    represented_by_en: str = ""
    street: str = ""
    place: str = ""
    phone: str = ""
    email: str = ""
    privacy_email: str = ""
    accessibility_email: str = ""
    sign_language: str = ""
    authority: str = ""


def read_imprint(path: Path) -> Imprint:
    """From a TOML file with the names of `Imprint`; raises TypeError for one it does not have."""
    with path.open("rb") as file:
        return Imprint(**tomllib.load(file))


def imprint() -> Imprint:
    """Of this city; where nobody wrote one, its name alone."""
    found: Imprint | None = current_app.extensions.get(EXTENSION)
    return found or Imprint(current_app.config["CITY"])

"""How the city wants its exports: the settings beside its other files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reconciliation.exports import Settings
from reconciliation.exports.sepa.payments import SEPA, party_of
from reconciliation.exports.settings import layout_of, read_settings

FOLDER = Path(__file__).parent / "cities" / "aachen" / "exports"


@cache
def export_settings() -> Mapping[str, Settings]:
    """The settings by format, checked: a mistyped one stops the program. Raises SettingsWrong."""
    found = read_settings(FOLDER)
    for name, values in found.items():
        if name == SEPA:
            party_of(values)
        else:
            layout_of(found, name)
    return found

"""Why a file was not taken, as data that can be stored and told later."""

from dataclasses import fields, is_dataclass
from typing import Any

from reconciliation.errors import ReconciliationError
from reconciliation.sources import SourceError


def as_data(trouble: SourceError | ReconciliationError) -> dict[str, Any]:
    """The fields of the refusal that have a value; enough for its sentence."""
    if not is_dataclass(trouble):
        return {}
    told = {field.name: getattr(trouble, field.name) for field in fields(trouble)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in told.items()
        if value is not None
    }

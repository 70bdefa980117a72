"""What a city says beside its files: when to look from, its tariffs, its terminals."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reconciliation.engine import Knowledge, Tariff
from reconciliation.plain_files.errors import PlainFileError


@dataclass(frozen=True, slots=True)
class Manifest:
    """The instant to look from and what the matcher may rely on."""

    as_of: datetime
    knowledge: Knowledge


def read_manifest(file: Path) -> Manifest:
    """Read a manifest.json. Raises PlainFileError where it is none or says something impossible."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as problem:
        line = problem.lineno if isinstance(problem, json.JSONDecodeError) else None
        raise PlainFileError(file, "is not readable as JSON", line) from problem
    try:
        return _manifest(content)
    except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError) as problem:
        raise PlainFileError(file, f"lacks or misstates {problem}") from problem


def _manifest(content: dict[str, Any]) -> Manifest:
    as_of = datetime.fromisoformat(content["as_of_utc"])
    if as_of.tzinfo is None:
        raise ValueError("as_of_utc: a time zone, such as Z")
    tariffs, dispute = [], None
    for source, kinds in content.get("tariff", {}).items():
        if source == "dispute_fee_cents":
            dispute = _whole(kinds)
            continue
        for kind, (basis_points, fixed) in kinds.items():
            tariffs.append(Tariff(source, kind, _whole(basis_points), _whole(fixed)))
    terminals = content.get("registered_terminals")
    known = None if terminals is None else frozenset(map(str, terminals))
    zone = ZoneInfo(content.get("tz", "Europe/Berlin"))
    return Manifest(as_of, Knowledge(tuple(tariffs), dispute, known, zone))


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 10**9:
        raise ValueError(f"tariff: {number!r} is no whole number of cents or basis points")
    return number

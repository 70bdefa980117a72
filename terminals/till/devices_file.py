"""`till.toml`: which card terminals and printers stand at a site, and what it may do alone.

[terminal."B01-1"]
adapter = "zvt"
host = "192.168.10.21"

[printer."B01-1"]
host = "192.168.10.31"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminals import adapters
from terminals.printing.escpos import Settings as Printer
from terminals.till.limits import USUAL, Limits
from terminals.till.site import Device


class DevicesFaulty(ValueError):
    """The file cannot be meant; the message names the place."""


@dataclass(frozen=True, slots=True)
class Devices:
    """terminals: by their code. printers: by the code of the till beside them."""

    terminals: Mapping[str, Device]
    printers: Mapping[str, Printer]
    limits: Limits = USUAL


def read_devices(path: Path) -> Devices:
    """Read the file. Raises DevicesFaulty with a sentence."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as trouble:
        raise DevicesFaulty(f"{path} cannot be read: {trouble.strerror}") from trouble
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise DevicesFaulty(f"{path} is not TOML: {wrong}") from wrong
    strange = sorted(document.keys() - {"terminal", "printer", "limits"})
    if strange:
        raise DevicesFaulty(
            f"{path}: nothing is called {strange[0]!r}; use terminal, printer or limits"
        )
    terminals = {
        code: _terminal(f'{path}: terminal."{code}"', table)
        for code, table in _named(path, document, "terminal").items()
    }
    printers = {
        code: _printer(f'{path}: printer."{code}"', table)
        for code, table in _named(path, document, "printer").items()
    }
    return Devices(terminals, printers, _limits(path, document.get("limits", {})))


def _limits(path: Path, table: Any) -> Limits:
    names = Limits.__dataclass_fields__.keys()
    if not isinstance(table, dict) or table.keys() - names:
        raise DevicesFaulty(f"{path}: limits has {', '.join(names)}")
    wrong = [name for name, most in table.items() if type(most) is not int or most < 0]
    if wrong:
        unit = "cents" if wrong[0].endswith("_cents") else "visits"
        raise DevicesFaulty(f"{path}: limits: {wrong[0]} is a whole number of {unit}")
    return Limits(**table)


def _named(path: Path, document: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    tables = document.get(kind, {})
    if not isinstance(tables, dict):
        raise DevicesFaulty(f'{path}: {kind} needs a code, as in [{kind}."B01-1"]')
    return tables


def _terminal(place: str, table: Any) -> Device:
    if not isinstance(table, dict) or "adapter" not in table:
        raise DevicesFaulty(f"{place} needs an adapter: {', '.join(sorted(adapters.load()))}")
    name = table["adapter"]
    adapter = adapters.load().get(name) if isinstance(name, str) else None
    if adapter is None:
        known = ", ".join(sorted(adapters.load()))
        raise DevicesFaulty(f"{place}: no adapter is called {name!r}; there are {known}")
    given = {key: str(value) for key, value in table.items() if key != "adapter"}
    try:
        return Device(name, adapter.opened(given))
    except ValueError as wrong:
        raise DevicesFaulty(f"{place}: {wrong}") from wrong


def _printer(place: str, table: Any) -> Printer:
    if not isinstance(table, dict) or not isinstance(table.get("host"), str):
        raise DevicesFaulty(f"{place} needs a host")
    try:
        return Printer(**table)
    except TypeError as wrong:
        raise DevicesFaulty(f"{place} has a host, and may have a port and columns") from wrong
    except ValueError as wrong:
        raise DevicesFaulty(f"{place}: {wrong}") from wrong

"""The city's settings for exports: one TOML file per format in a folder, read once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from reconciliation.exports import Export, Layout, Settings, load
from reconciliation.exports.refusals import ExportRefused, SettingsWrong

NONE: Settings = MappingProxyType({})


def read_settings(folder: Path) -> Mapping[str, Settings]:
    """The settings by format name, from `NAME.toml` each. Raises SettingsWrong (not TOML)."""
    found: dict[str, Settings] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            found[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
            raise SettingsWrong(file.stem, f"{file.name} is no TOML: {trouble}") from trouble
    return found


def usable(settings: Mapping[str, Settings]) -> list[str]:
    """The formats of the journal that these settings do for, by name."""
    return [name for name, export in load().items() if _does(export, settings.get(name, NONE))]


def layout_of(settings: Mapping[str, Settings], name: str) -> Layout:
    """How the city writes this format. Raises ExportRefused (export_unknown), SettingsWrong."""
    export = load().get(name)
    if export is None:
        raise ExportRefused("export_unknown", format=name)
    return export.layout(settings.get(name, NONE))


def _does(export: Export, settings: Settings) -> bool:
    try:
        export.layout(settings)
    except SettingsWrong:
        return False
    return True

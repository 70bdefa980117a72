"""Reading the settings of a format: each value checked where it is read, faults by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from reconciliation.exports.refusals import SettingsWrong

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Values:
    """The settings of one format. Every method raises SettingsWrong for what does not do."""

    format: str
    given: Mapping[str, Any]

    def text(self, name: str, default: str | None = None, *, longest: int = 200) -> str:
        """A text; `default` None: it has to be there."""
        found = self._get(name, default)
        if not isinstance(found, str) or len(found) > longest:
            raise self.wrong(f"{name} is a text of up to {longest} signs, not {found!r}")
        return found

    def number(self, name: str, default: int | None = None, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        found = self._get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise self.wrong(f"{name} is a number from {least} to {most}, not {found!r}")
        return found

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        found = self._get(name, default)
        if not isinstance(found, bool):
            raise self.wrong(f"{name} is true or false, not {found!r}")
        return found

    def choice(self, name: str, of: tuple[str, ...]) -> str:
        """One of these words; the first one where nothing is said."""
        found = self._get(name, of[0])
        if found not in of:
            raise self.wrong(f"{name} is one of {', '.join(of)}, not {found!r}")
        return str(found)

    def texts(self, name: str) -> Mapping[str, str]:
        """A table of texts; empty where it is missing."""
        found = self._get(name, {})
        if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
            raise self.wrong(f"[{name}] is a table of texts")
        return found

    def tables(self, name: str) -> list["Values"]:
        """Tables in a row, `[[name]]`; none where it is missing."""
        found = self._get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(f"[[{name}]] are tables")
        return [Values(self.format, one) for one in found]

    def only(self, *names: str) -> None:
        """Refuse every name that is not among these: a mistyped one would be a silent default."""
        unknown = sorted(set(self.given) - set(names))
        if unknown:
            raise self.wrong(f"there is no {', '.join(unknown)}")

    def wrong(self, problem: str) -> SettingsWrong:
        """The fault, to be raised."""
        return SettingsWrong(self.format, problem)

    def _get(self, name: str, default: _T | None) -> Any:
        if name not in self.given and default is None:
            raise self.wrong(f"{name} is missing")
        return self.given.get(name, default)


def mapped(accounts: Mapping[str, str], code: str) -> str:
    """The other side's number of our account: of `161900/jobcenter` itself, else of `161900`."""
    control = code.partition("/")[0]
    return accounts.get(code) or accounts.get(control, control)

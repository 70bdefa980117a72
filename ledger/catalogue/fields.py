"""The fields of one TOML table, taken out one by one with their types; every fault is collected.

A wrong or missing field gives a placeholder, so that reading goes on and all faults of all files
come out of one run; what was read is thrown away as soon as there is a single fault.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from ledger.catalogue.faults import Fault, Place
from ledger.catalogue.positions import TomlPath

_NEVER = date(1, 1, 1)
_T = TypeVar("_T")


class Fields:
    """One table: ask for each key once, then `done()` reports the keys nobody asked for."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        file: str,
        lines: Mapping[TomlPath, int],
        faults: list[Fault],
        path: TomlPath = (),
    ) -> None:
        self._values = values
        self._file = file
        self._lines = lines
        self._path = path
        self.faults = faults
        self._asked: set[str] = set()
        self.place = Place(
            file,
            lines.get(path, 1),
            {key: lines[(*path, key)] for key in values if (*path, key) in lines},
        )

    def text(self, key: str) -> str:
        """A text that must be there and not be blank."""
        return self.optional_text(key) or self._missing(key, "")

    def optional_text(self, key: str) -> str | None:
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fault(f'"{key}" is a text, not {value!r}', key)
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is absent."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(f'"{key}" is a list of texts, not {value!r}', key)
            return ()
        return tuple(value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of the words in `allowed`; optional where "" is among them."""
        value = self._take(key)
        if value is None and "" in allowed:
            return ""
        if value is None:
            return self._missing(key, "")
        if value not in allowed:
            words = ", ".join(word for word in allowed if word)
            self.fault(f'"{key}" is one of {words}, not {value!r}', key)
            return ""
        return str(value)

    def number(self, key: str, default: int | None = None) -> int:
        return self._whole(key, "a whole number", default)

    def cents(self, key: str, default: int | None = None) -> int:
        """An amount in cents. Floats are refused: 37.00 is neither 37 nor 3700."""
        return self._whole(key, "a whole number of cents", default)

    def optional_number(self, key: str) -> int | None:
        """A positive whole number (visits, months, days) or None."""
        if key not in self._values:
            self._asked.add(key)
            return None
        number = self.number(key)
        if number < 1:
            self.fault(f'"{key}" is at least 1, not {number}', key)
        return number

    def day(self, key: str) -> date:
        return self.optional_day(key) or self._missing(key, _NEVER)

    def optional_day(self, key: str) -> date | None:
        value = self._take(key)
        if value is None:
            return None
        if type(value) is not date:
            self.fault(f'"{key}" is a date such as 2026-02-07 without quotes, not {value!r}', key)
            return _NEVER
        return value

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if value is not None and type(value) is not bool:
            self.fault(f'"{key}" is true or false, not {value!r}', key)
        return value is True

    def table(self, key: str) -> "Fields | None":
        """An inner table with its own fields, None where it is absent."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(f'"{key}" is a table, not {value!r}', key)
            return None
        return self._inner(value, key)

    def rows(self, key: str) -> list["Fields"]:
        """The tables of an array, empty where it is absent."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(f'"{key}" is a list of tables: [[{key}]]', key)
            return []
        return [self._inner(item, key, index) for index, item in enumerate(value)]

    def names(self) -> tuple[str, ...]:
        """The keys as written, for tables whose keys are codes."""
        return tuple(self._values)

    def raw(self) -> Mapping[str, Any]:
        """The whole table for a reader of its own, which also judges its keys."""
        self._asked.update(self._values)
        return self._values

    def done(self) -> None:
        """Report every key that nobody asked for: a misspelt key must not be a silent default."""
        for key in self._values:
            if key not in self._asked:
                close = get_close_matches(key, self._asked, n=1)
                hint = f'; did you mean "{close[0]}"?' if close else ""
                self.fault(f'unknown key "{key}"{hint}', key)

    def fault(self, message: str, key: str = "") -> None:
        self.faults.append(self.place.fault(message, key))

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def _missing(self, key: str, placeholder: _T) -> _T:
        """Report an absent key; one that is there but wrong has its own fault already."""
        if key not in self._values:
            self.fault(f'"{key}" is missing')
        return placeholder

    def _whole(self, key: str, wording: str, default: int | None) -> int:
        value = self._take(key)
        if value is None:
            return self._missing(key, 0) if default is None else default
        if type(value) is not int:
            self.fault(f'"{key}" is {wording}, not {value!r}', key)
            return 0
        return value

    def _inner(self, values: Mapping[str, Any], *steps: str | int) -> "Fields":
        return Fields(
            values,
            file=self._file,
            lines=self._lines,
            faults=self.faults,
            path=(*self._path, *steps),
        )

"""What is wrong with a city's files, and where in them a value was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the city's files, where a person finds it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written: the file, the first line of its table and the line per key."""

    file: str = ""
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)

    def fault(self, message: str, key: str = "") -> Fault:
        """A fault at the line of `key`, or of the whole table where the key is not written."""
        return Fault(self.file, self.lines.get(key, self.line), message)

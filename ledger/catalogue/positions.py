"""The line on which every table, key and array element of a TOML text stands.

`tomllib` reads the values but keeps no positions, and a fault without its line sends a treasurer
searching. The text must already be valid TOML: this scanner walks it, it does not judge it.
"""

import re
from bisect import bisect_right

TomlPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]+")


def line_numbers(text: str) -> dict[TomlPath, int]:
    """Paths such as ("product", 3, "prices", 0, "cents") to lines counted from 1."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    """Walks the text once; `at` is the next character, `lines` what was found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.lengths: dict[TomlPath, int] = {}

    def document(self) -> None:
        table: TomlPath = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text.startswith("[", self.at):
                table = self.header(1)
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self, brackets: int) -> TomlPath:
        line = self.line()
        self.at += brackets
        *outer, last = self.keys()
        self.at += brackets
        path: TomlPath = ()
        for name in outer:
            path = self.latest((*path, name))
        path = (*path, last)
        if brackets == 2:
            self.lengths[path] = self.lengths.get(path, 0) + 1
            self.lines.setdefault(path, line)
        path = self.latest(path)
        self.lines[path] = line
        return path

    def latest(self, path: TomlPath) -> TomlPath:
        """The last element so far where the path names an array of tables."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, table: TomlPath) -> None:
        line = self.line()
        path = table
        for name in self.keys():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: TomlPath) -> None:
        match self.text[self.at]:
            case "[":
                self.members(path, "]")
            case "{":
                self.members(path, "}")
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_BARE)

    def members(self, path: TomlPath, end: str) -> None:
        """The elements of an array or the pairs of an inline table."""
        self.at += 1
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != end:
            if end == "]":
                self.lines[(*path, index)] = self.line()
                self.value((*path, index))
                index += 1
            else:
                self.pair(path)
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def keys(self) -> list[str]:
        names = []
        while True:
            self.skip(_BLANK)
            names.append(self.skip(_KEY).strip("\"'"))
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Step over what `pattern` matches here and return it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"no valid TOML at line {self.line()}")
        self.at = found.end()
        return found.group()

    def line(self) -> int:
        return bisect_right(self.starts, self.at)

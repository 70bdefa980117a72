"""A file that cannot be taken, said so that its owner can mend it."""

from pathlib import Path


class PlainFileError(Exception):
    """What is wrong with `file`, at `line` where that is known."""

    def __init__(self, file: Path, problem: str, line: int | None = None) -> None:
        self.file, self.problem, self.line = file, problem, line
        where = file.name if line is None else f"{file.name}, line {line}"
        super().__init__(f"{where}: {problem}")

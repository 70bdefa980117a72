"""Files of any size are read in little memory, whatever stands in them."""

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from io import RawIOBase
from itertools import chain
from pathlib import Path

from reconciliation.sources import StatementEntry
from reconciliation.sources.camt import read_camt
from tests.reconciliation.camt_xml import PAYER_IBAN, detail, entry, one_entry, party, tag

ROOT = Path(__file__).parents[2]


class Endless(RawIOBase):
    """A file that is made while it is read, so that only the reader's memory is measured."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and (piece := next(self._pieces, None)):
            self._left += piece
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def made(count: int, piece: bytes) -> Endless:
    before, after = one_entry("|").split(b"|")
    return Endless(chain([before], (piece for _ in range(count)), [after]))


def peak_of(stream: Endless) -> tuple[int, int, int]:
    """Entries, their sum in cents and the peak memory in bytes."""
    count = total = 0
    tracemalloc.start()
    try:
        for part in read_camt(stream):  # type: ignore[arg-type]
            if isinstance(part, StatementEntry):
                count += 1
                total += part.amount_cents
        return count, total, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    text = f"<RmtInf><Ustrd>{'Essensgeld ' * 12}</Ustrd></RmtInf>"
    piece = entry("1.01", detail(text)).encode()

    for count in (500, 5_000):
        entries, total, peak = peak_of(made(count, piece))
        assert (entries, total) == (count, count * 101)
        assert peak < 4 * 2**20


# VmHWM and not ru_maxrss: the latter begins with what the parent had in use.
READ_AND_MEASURE = """
import re, sys
from reconciliation.sources import StatementEntry, read_statements
from pathlib import Path
count = total = 0
for part in read_statements(Path(sys.argv[1])):
    if isinstance(part, StatementEntry):
        count, total = count + 1, total + part.amount_cents
status = Path("/proc/self/status").read_text()
print(count, total, re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1))
"""


def test_a_hundred_thousand_entries_fit_into_sixty_megabytes(tmp_path: Path) -> None:
    before, after = one_entry("|").split(b"|")
    text = f"<RmtInf><Ustrd>{'Essensgeld ' * 12}</Ustrd></RmtInf>"
    sides = tag("RltdPties", party("Dbtr", "Erika Mustermann", PAYER_IBAN))
    file = tmp_path / "large.xml"
    with file.open("wb") as out:
        out.write(before)
        for _ in range(100):
            out.write(entry("1.01", detail(sides, text)).encode() * 1000)
        out.write(after)

    done = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE, str(file)],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip

    count, total, peak_kilobytes = (int(number) for number in done.stdout.split())
    assert (count, total) == (100_000, 10_100_000)
    assert peak_kilobytes < 60 * 1024


def test_junk_between_the_entries_is_not_kept() -> None:
    junk = b"<Junk a='1'>x</Junk>" * 100

    assert peak_of(made(2_000, entry("1").encode() + junk))[2] < 4 * 2**20

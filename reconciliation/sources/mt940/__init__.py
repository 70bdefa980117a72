"""MT940 with the structured `:86:` of German banks: what they delivered until 2025.

Kept for statements of earlier years and for banks abroad; a report of the day (MT942) is refused.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from reconciliation.sources.mt940.reader import read_mt940
from reconciliation.sources.statements import StatementPart

# SWIFT puts blocks in braces before the text; banks mostly deliver the text alone.
_START = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x01]*(?:\{[^{}]*\}\s*|\{4:\s*)*:20:")


class Mt940Source:
    """Statements as tagged lines, one field after the other."""

    name = "mt940"

    def recognises(self, head: bytes) -> bool:
        """A first field `:20:`."""
        return _START.match(head) is not None

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        """The parts of the file; see `read_mt940`."""
        return read_mt940(stream)


SOURCE = Mt940Source()

__all__ = ["SOURCE", "Mt940Source", "read_mt940"]

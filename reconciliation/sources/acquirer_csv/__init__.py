"""Card acquirers' advices as CSV: one reader, and for each acquirer a layout that is data.

There is no standard for these files. `layouts/*.toml` says of each what separates the columns,
how amounts and dates are written, which column is which of ours, and what its words for the kinds
of rows mean; `layouts.py` explains the keys. Another acquirer is another file there.
"""

from collections.abc import Iterator
from typing import BinaryIO

from reconciliation.sources.acquirer_csv.layouts import layouts, recognised
from reconciliation.sources.acquirer_csv.reader import read_advice
from reconciliation.sources.errors import Problem, UnreadableStatement
from reconciliation.sources.provider_lines import ProviderPart

_HEAD_BYTES = 16_384


class AcquirerCsvSource:
    """Advices in every layout that `layouts/` has."""

    name = "acquirer_csv"

    def recognises(self, head: bytes) -> bool:
        """A first row that one of the layouts begins with."""
        return any(recognised(layout, head) for layout in layouts())

    def read_provider(self, stream: BinaryIO) -> Iterator[ProviderPart]:
        """The parts of the file; see `read_advice`."""
        start = stream.tell()
        head = stream.read(_HEAD_BYTES)
        stream.seek(start)
        for layout in layouts():
            if recognised(layout, head):
                return read_advice(stream, layout)
        raise UnreadableStatement(Problem.NO_STATEMENT)


SOURCE = AcquirerCsvSource()

__all__ = ["SOURCE", "AcquirerCsvSource"]

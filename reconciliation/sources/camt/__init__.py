"""camt.052, camt.053 and camt.054 (ISO 20022), every version from 001.02 on.

Only booked entries (`BOOK`) come through. Pending (`PDNG`), informational (`INFO`), future
(`FUTR`) and any other status are counted in `StatementEnd.skipped`, never booked.
"""

from collections.abc import Iterator
from typing import BinaryIO

from reconciliation.sources.camt.reader import read_camt
from reconciliation.sources.camt.records import Limits, root_of
from reconciliation.sources.errors import UnreadableStatement
from reconciliation.sources.statements import StatementPart

_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")


class CamtSource:
    """The banks' XML statements, as German banks have delivered them since 2025."""

    name = "camt"

    def recognises(self, head: bytes) -> bool:
        """Any ISO 20022 document, and XML too broken or unsafe to tell: refused with the reason."""
        if not head.lstrip(b" \t\r\n").startswith(_XML_STARTS):
            return False
        try:
            return root_of(head).name == "Document"
        except UnreadableStatement:
            return True

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        """The parts of the file within the usual limits; see `read_camt`."""
        return read_camt(stream)


SOURCE = CamtSource()

__all__ = ["SOURCE", "CamtSource", "Limits", "read_camt"]

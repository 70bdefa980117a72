"""The carrier as one ZIP, made as it is sent: memory does not grow with the books."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from reconciliation.data_carrier.content import TABLES
from reconciliation.data_carrier.index import index_of
from reconciliation.data_carrier.shape import head_of, line_of
from reconciliation.reports.period import Period

INDEX, SUMS = "index.xml", "pruefsummen.sha256"
_LINES_AT_A_TIME = 2000


def archive_of(
    session: Session, period: Period, *, city: str, made_at: datetime
) -> Iterator[bytes]:
    """The ZIP part by part: the index, each table, and the SHA-256 of all of them.

    made_at: aware, in the dates of its files. The same books give the same bytes at the same
    `made_at`. The session sees one moment of the books until the last part is taken.
    """
    # Years are sorted before their first row is there, and sent as fast as somebody takes them.
    session.execute(text("SET LOCAL statement_timeout = '10min'"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '10min'"))
    sent, sums = _Sent(), []
    at = made_at.astimezone(CITY_TIME).timetuple()[:6]
    files = chain(
        [(INDEX, [index_of(TABLES, period, city=city)])],
        ((table.file, chain([head_of(table)], (line_of(table, row) for row in table.read(
            session, period)))) for table in TABLES),
    )  # fmt: skip
    with ZipFile(sent, "w", ZIP_DEFLATED) as archive:
        for name, lines in files:
            digest = hashlib.sha256()
            # Its size is not known before it is written, and may be more than 4 GB.
            with archive.open(_member(name, at), "w", force_zip64=True) as member:
                yield from _written(member, lines, digest=digest, sent=sent)
            sums.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr(_member(SUMS, at), "".join(sums))
    yield sent.take()


class _Sent(io.RawIOBase):
    """A stream that cannot go back, and forgets what was taken from it."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        added = bytes(memoryview(content))  # type: ignore[arg-type]
        self._waiting += added
        return len(added)

    def take(self) -> bytes:
        """What was written since the last time."""
        content = bytes(self._waiting)
        self._waiting.clear()
        return content


def _written(
    member: IO[bytes], lines: Iterable[str], *, digest: "hashlib._Hash", sent: _Sent
) -> Iterator[bytes]:
    for content in _chunks(lines):
        digest.update(content)
        member.write(content)
        yield sent.take()


def _chunks(lines: Iterable[str]) -> Iterator[bytes]:
    source = iter(lines)
    while some := list(islice(source, _LINES_AT_A_TIME)):
        yield "".join(some).encode()


def _member(name: str, at: tuple[int, ...]) -> ZipInfo:
    info = ZipInfo(name, at)  # type: ignore[arg-type]
    info.compress_type = ZIP_DEFLATED
    return info

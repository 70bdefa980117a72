"""Making batches: each entry once in a format, with the file as it was made and its hash.

Only what cannot change any more is handed over: entries of closed days that are sealed. A closed
day takes no further entry, so what arrives late comes in a later batch by itself; corrections are
entries like any other. Batch, entries and file are written in one transaction, or not at all.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TextIO, cast

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.locks import lock_export
from ledger.permissions import Caller
from ledger.staff.audit import record
from reconciliation.exports import Books, Excerpt, Layout, Settings, books_of
from reconciliation.exports.refusals import ExportRefused
from reconciliation.exports.settings import layout_of
from reconciliation.exports.tables import export_file, export_part

PART_BYTES = 1 << 20
IN_MEMORY_BYTES = 8 << 20  # what is longer goes over a temporary file, whatever its length
NO_LIMIT = 1 << 60
CAPABLE_ROLES = frozenset({"finance", "finance_approver", "operator"})


@dataclass(frozen=True, slots=True)
class Share:
    """Entries of one kind: ready, day_open (not closed yet) or not_sealed."""

    kind: str
    entry_count: int
    transfer_count: int
    amount_cents: int
    first_day: date
    last_day: date


def waiting(session: Session, format: str, *, until: date | None = None) -> Mapping[str, Share]:
    """What is not in any batch of this format yet, by kind; what is `ready` would be taken."""
    rows = session.execute(text(_WAITING), {"format": format, "until": until or date.max})
    return {row.kind: Share(*row) for row in rows}


def create_batches(
    session: Session, by: Caller, format: str, *, settings: Mapping[str, Settings],
    until: date | None = None, at: datetime,
) -> list[int]:  # fmt: skip
    """Hand over everything that is ready up to the day `until`; returns the new batches' numbers.

    Most formats take one batch; one that knows only one month or so many rows a file takes
    several. Raises ExportRefused (export_role, export_unknown, export_empty and what the format
    cannot write: export_account, export_sign) and SettingsWrong; then nothing was made.
    """
    if by.role not in CAPABLE_ROLES:
        raise ExportRefused("export_role", role=by.role)
    layout = layout_of(settings, format)
    session.execute(text("SET LOCAL statement_timeout = '1h'"))  # a first batch holds years
    lock_export(session, format)
    last = _last_number(session, format)
    session.execute(text(_TAKE), {
        "format": format, "until": until or date.max, "by_month": layout.by_month,
        "room": _chunk(layout), "last": last, "at": at, "by": by.name,
    })  # fmt: skip
    made = list(range(last + 1, _last_number(session, format) + 1))
    if not made:
        raise ExportRefused("export_empty", format=format)
    for number in made:
        _write(session, format, number, layout=layout, at=at)
        record(session, by, "export.created", about=f"{format} {number}")
    return made


def write_plain(books: Books, layout: Layout, stream: IO[bytes]) -> None:
    """Write these books as this format into a binary stream, which stays open.

    Raises ExportRefused (export_sign) for a sign the format's encoding does not have.
    """
    out = io.TextIOWrapper(cast(TextIO, stream), layout.encoding, newline="")  # type: ignore[type-var]
    try:
        layout.write(books, out)
        out.flush()
    except UnicodeEncodeError as strange:
        sign = strange.object[strange.start : strange.end]
        raise ExportRefused("export_sign", sign=sign, encoding=layout.encoding) from strange
    finally:
        out.detach()


def store_file(session: Session, format: str, number: int, *, name: str, file: IO[bytes]) -> bytes:
    """Keep the file of a batch, in parts, and with that close the batch; returns its SHA-256."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for part, content in enumerate(_parts(file), start=1):
        digest.update(content)
        size += len(content)
        row = {"format": format, "number": number, "part": part, "content": content}
        session.execute(insert(export_part), [row])
    row = {
        "format": format, "number": number, "name": name, "sha256": digest.digest(),
        "byte_count": size,
    }  # fmt: skip
    session.execute(insert(export_file), [row])
    return digest.digest()


def _write(session: Session, format: str, number: int, *, layout: Layout, at: datetime) -> None:
    row = session.execute(
        text("SELECT first_day, last_day FROM export_batch"
             " WHERE format = :format AND number = :number"),
        {"format": format, "number": number},
    ).one()  # fmt: skip
    excerpt = Excerpt(format, number, row.first_day, row.last_day)
    name = f"{layout.prefix}{format}-{number:06d}{layout.suffix}"
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        raw = cast(IO[bytes], file)
        write_plain(books_of(session, excerpt, made_at=at), layout, raw)
        store_file(session, format, number, name=name, file=raw)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while content := file.read(PART_BYTES):
        yield content


def _chunk(layout: Layout) -> int:
    # An entry stays whole and has at most 500 transfers: so many fewer, and none goes over.
    return NO_LIMIT if layout.room is None else layout.room - 500


def _last_number(session: Session, format: str) -> int:
    found = session.execute(
        text("SELECT coalesce(max(number), 0) FROM export_batch WHERE format = :format"),
        {"format": format},
    )
    return int(found.scalar_one())


_NOT_TAKEN = """
    SELECT e.id, e.booked_on, e.line_count,
           CASE WHEN NOT EXISTS (SELECT FROM closed_day c WHERE c.day = e.booked_on)
                THEN 'day_open'
                WHEN e.id > coalesce((SELECT max(last_entry) FROM block), 0) THEN 'not_sealed'
                ELSE 'ready' END AS kind
      FROM entry e
     WHERE e.booked_on <= :until
       AND NOT EXISTS (SELECT FROM export_entry x WHERE x.format = :format AND x.entry_id = e.id)"""

_WAITING = f"""
    WITH open AS ({_NOT_TAKEN}),
    moved AS (SELECT o.kind, sum(t.amount_cents) AS cents
                FROM open o JOIN transfer t ON t.entry_id = o.id GROUP BY o.kind)
    SELECT o.kind, count(*), sum(o.line_count)::bigint, (SELECT cents FROM moved m
                                                          WHERE m.kind = o.kind)::bigint,
           min(o.booked_on), max(o.booked_on)
      FROM open o GROUP BY o.kind ORDER BY o.kind"""

# One statement, so what is counted is what is taken. A chunk begins a new file of the month.
_TAKE = f"""
    WITH picked AS MATERIALIZED (
        SELECT n.*, CASE WHEN :by_month THEN date_trunc('month', n.booked_on)::date END AS month
          FROM ({_NOT_TAKEN}) n WHERE n.kind = 'ready'),
    chunked AS (
        SELECT p.*, div(sum(line_count) OVER (PARTITION BY month ORDER BY id) - line_count,
                        CAST(:room AS bigint)) AS chunk
          FROM picked p),
    numbered AS MATERIALIZED (
        SELECT c.*, (dense_rank() OVER (ORDER BY month, chunk) + :last)::int AS number
          FROM chunked c),
    moved AS (SELECT n.number, sum(t.amount_cents) AS cents
                FROM numbered n JOIN transfer t ON t.entry_id = n.id GROUP BY n.number),
    made AS (
        INSERT INTO export_batch (format, number, first_day, last_day, entry_count,
                                  transfer_count, amount_cents, created_at, created_by)
        SELECT :format, n.number, min(n.booked_on), max(n.booked_on), count(*),
               sum(n.line_count), min(m.cents), :at, :by
          FROM numbered n JOIN moved m ON m.number = n.number GROUP BY n.number)
    INSERT INTO export_entry (format, entry_id, number)
    SELECT :format, id, number FROM numbered"""

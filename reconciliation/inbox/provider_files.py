"""A provider's file into the database: every version of it, of which the newest counts."""

from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from reconciliation.errors import IncompleteStatement
from reconciliation.inbox.overlap import CHANGES_SHOWN
from reconciliation.inbox.parts import Change, Diff, Digest, Part, State, Told, judge
from reconciliation.sources import ProviderEnd, ProviderFile, ProviderLine, ProviderPart
from reconciliation.tables import provider_line

_FIELDS = tuple(field.name for field in fields(ProviderLine))
_COPY = (
    f"COPY provider_line (file_id, file_code, file_version, source, {', '.join(_FIELDS)})"
    " FROM STDIN (FORMAT binary)"
)
_TYPES = {
    "gross_cents": "int8", "net_cents": "int8", "fee_cents": "int8", "auth_cents": "int8",
    "happened_at": "timestamptz", "local_at": "timestamp", "settle_on": "date",
    "item_count": "int4",
}  # fmt: skip
_COPY_TYPES = ("int8", "text", "int4", "text", *(_TYPES.get(name, "text") for name in _FIELDS))

_SAYS = ", ".join(name for name in _FIELDS if name != "txn_id")
_DIFF = f"""
    WITH version AS (
        SELECT file_version, txn_id, net_cents, order_ref,
               coalesce(settle_on, local_at::date) AS on_day, md5(ROW({_SAYS})::text) AS says,
               row_number() OVER (PARTITION BY file_version, txn_id ORDER BY id) AS turn
          FROM provider_line WHERE source = :source AND file_code = :code)
    SELECT coalesce(a.on_day, b.on_day) AS on_day, b.net_cents AS before_cents,
           a.net_cents AS after_cents, coalesce(a.order_ref, b.order_ref, txn_id) AS words
      FROM (SELECT * FROM version WHERE file_version = :after) a
      FULL JOIN (SELECT * FROM version WHERE file_version = :before) b USING (txn_id, turn)
     WHERE a.says IS DISTINCT FROM b.says ORDER BY txn_id, turn"""


def take_provider_file(
    session: Session, file_id: int, head: ProviderFile, parts: Iterator[ProviderPart], told: Told
) -> Part:
    """Import the provider's file that begins with `head`; what it brought.

    Raises HeldBack, IncompleteStatement and SourceError; the caller's transaction undoes the rest.
    """
    if head.version is not None:
        told = replace(told, version=head.version)
    newest = _newest_version(session, head)
    if newest is None:
        return _bring(session, file_id, head, parts, told.version or 1)
    version = told.version if told.version and told.version > newest else newest + 1
    savepoint = session.begin_nested()
    part = _bring(session, file_id, head, parts, version)
    state = judge(session, part, told, newest)
    if state is not State.CORRECTED:
        savepoint.rollback()
        kept = newest if state is State.KNOWN else told.version or 1
        return replace(part, state=state, version=kept, diff=Diff())
    diff = _diff(session, head, newest, version)
    savepoint.commit()
    return replace(part, state=state, diff=diff)


def series_of(head: ProviderFile) -> str:
    """What comes again and again; its rhythm is part of it, so that a missing one is noticed."""
    return f"{head.source}:{head.account}:{head.rhythm}"


def _newest_version(session: Session, head: ProviderFile) -> int | None:
    newest: int | None = session.scalar(
        select(func.max(provider_line.c.file_version)).where(
            provider_line.c.source == head.source, provider_line.c.file_code == head.file_code
        )
    )
    return newest


def _bring(
    session: Session, file_id: int, head: ProviderFile, parts: Iterator[ProviderPart], version: int
) -> Part:
    digest, count = Digest(), 0
    end: ProviderEnd | None = None
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor().copy(_COPY) as copy:
        copy.set_types(_COPY_TYPES)
        for part in parts:
            if isinstance(part, ProviderEnd):
                end = part
            elif isinstance(part, ProviderLine):
                row = astuple(part)
                copy.write_row((file_id, head.file_code, version, head.source, *row))
                digest.add(row)
                count += 1
    if end is None:
        raise IncompleteStatement("an end")
    return Part(
        series=series_of(head), identity=head.file_code, version=version, state=State.TAKEN,
        content_hash=digest.value(), line_count=count, account=head.account,
        period_from=end.period_from, period_to=end.period_to, diff=Diff(new=count),
    )  # fmt: skip


def _diff(session: Session, head: ProviderFile, before: int, after: int) -> Diff:
    rows = session.execute(
        text(_DIFF),
        {"source": head.source, "code": head.file_code, "before": before, "after": after},
    ).all()
    changes = tuple(
        Change(row.on_day, row.before_cents, row.after_cents, row.words) for row in rows
    )
    new = sum(row.before_cents is None for row in rows)
    gone = sum(row.after_cents is None for row in rows)
    return Diff(len(rows) - new - gone, new, gone, changes[:CHANGES_SHOWN])

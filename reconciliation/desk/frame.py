"""What the frame of every page of the desk says: open day, seal, and counts in the navigation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.permissions import Caller


@dataclass(frozen=True, slots=True)
class Frame:
    """open_day: the first that takes postings, None before anything was closed; sealed_until:
    of the newest block. counts: by endpoint of the navigation, in words where it is bad."""

    open_day: date | None
    sealed_until: datetime | None
    counts: Mapping[str, int | str]


def frame_of(session: Session, by: Caller) -> Frame:
    """All of it in one statement."""
    row = session.execute(
        text("""
        SELECT (SELECT max(day) + 1 FROM closed_day) AS open_day,
               (SELECT max(sealed_at) FROM block) AS sealed_until,
               count(*) AS cases,
               count(*) FILTER (WHERE d.class IN ('FILE_MISSING', 'STATEMENT_MISSING')) AS files,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM difference_step s WHERE s.difference = d.id AND s.kind = 'assigned'
                      AND s.detail->>'to' = :person AND NOT EXISTS (
                          SELECT FROM difference_step t WHERE t.difference = d.id
                             AND t.kind = 'assigned' AND t.number > s.number))) AS mine,
               (SELECT count(*) FROM release_request r WHERE NOT EXISTS (
                   SELECT FROM release_decision x WHERE x.request = r.id))
             + (SELECT count(*) FROM price_change c WHERE NOT EXISTS (
                   SELECT FROM price_change_decision y WHERE y.request = c.id)) AS releases
          FROM difference d
         WHERE d.closed_at IS NULL AND d.severity IN ('break', 'suggestion')"""),
        {"person": by.name},
    ).one()
    counts: dict[str, int | str] = {
        "desk_differences.show": row.cases, "desk_tasks.show": row.mine,
        "desk_releases.show": row.releases,
    }  # fmt: skip
    if row.files:
        counts["desk_files.show"] = f"{row.files} {'fehlt' if row.files == 1 else 'fehlen'}"
    return Frame(row.open_day, row.sealed_until, counts)

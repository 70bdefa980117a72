"""What does not agree: one row for each, with a stable id, both sides and a day it began.

Found anew each night from the facts and written by id, so the same facts give the same rows; a
difference that is no longer found is closed, and one that is found again is opened again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reconciliation.tables import difference

# Both of these wait for a person; "info" and "timing" do not.
ASKS_FOR_A_PERSON = ("break", "suggestion")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something to be explained.

    kind: its class, e.g. MISSING_AT_PSP. subject: what it is about: an account, a line, a bag.
    amount_cents: confirmed less expected, so what is missing is negative. since: business day.
    account: the clearing account on which the amount stands. tier: how sure the proposal is, from
    1 (exact key) to 5. proposal: `{"event", "amounts", "roles", "reference", "reasons"}`.
    explanation: one German sentence. *_codes: of expected items, provider lines and bank lines.
    """

    kind: str
    subject: str
    amount_cents: int
    since: date
    data: dict[str, Any] = field(default_factory=dict)
    severity: str = "break"
    channel: str | None = None
    place: str | None = None
    reference: str | None = None
    account: str | None = None
    expected_cents: int | None = None
    confirmed_cents: int | None = None
    expected_codes: tuple[str, ...] = ()
    provider_codes: tuple[str, ...] = ()
    bank_codes: tuple[str, ...] = ()
    tier: int | None = None
    proposal: dict[str, Any] | None = None
    explanation: str | None = None

    @property
    def id(self) -> str:
        """Stable across runs: what it is and what it is about."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Written:
    """What one writing changed.

    opened, closed: differences that ask for a person, opened (or opened again) and closed. rows:
    all that were written, whatever their severity; zero where nothing has changed since last time.
    """

    opened: int
    closed: int
    rows: int


# Columns that follow the facts; the id and the number stay, and so does the day it first began.
_MOVING = (
    "amount_cents", "since", "data", "severity", "channel", "place", "reference", "account",
    "expected_cents", "confirmed_cents", "expected_codes", "provider_codes", "bank_codes", "tier",
    "proposal", "explanation",
)  # fmt: skip

_ASKS = f"severity IN {ASKS_FOR_A_PERSON}"

_FOUND = """
    WITH found AS (
        SELECT * FROM jsonb_to_recordset(CAST(:found AS jsonb)) AS f (
            id text, class text, subject text, amount_cents bigint, since date, data jsonb,
            severity text, channel text, place text, reference text, account text,
            expected_cents bigint, confirmed_cents bigint, expected_codes text[],
            provider_codes text[], bank_codes text[], tier smallint, proposal jsonb,
            explanation text))"""

_OPEN = f"""{_FOUND}
    INSERT INTO difference (id, class, subject, opened_run, {", ".join(_MOVING)})
    SELECT id, class, subject, CAST(:run AS uuid), {", ".join(_MOVING)} FROM found f
     WHERE NOT EXISTS (SELECT FROM difference d WHERE d.id = f.id)
     ORDER BY f.since, f.id
    ON CONFLICT (id) DO NOTHING RETURNING {_ASKS}"""

# What a person has closed stays closed while it is about the same amount: people outrank rules.
_MOVE = f"""{_FOUND}, before AS (
        SELECT d.id, d.closed_at IS NOT NULL AS was_closed FROM difference d JOIN found f USING (id)
         WHERE CASE WHEN d.closed_at IS NOT NULL
                    THEN d.closed_run IS NOT NULL OR d.amount_cents <> f.amount_cents
                    ELSE ({", ".join(f"d.{name}" for name in _MOVING)})
                         IS DISTINCT FROM ({", ".join(f"f.{name}" for name in _MOVING)}) END)
    UPDATE difference d
       SET {", ".join(f"{name} = f.{name}" for name in _MOVING)}, closed_at = NULL,
           closed_run = NULL,
           opened_run = CASE WHEN b.was_closed THEN CAST(:run AS uuid) ELSE d.opened_run END
      FROM found f JOIN before b USING (id) WHERE d.id = f.id
    RETURNING b.was_closed AND d.{_ASKS}"""

# What no run has opened is not a run's to close. (Classes were once written small.)
_CLOSE = f"""
    UPDATE difference SET closed_at = clock_timestamp(), closed_run = CAST(:run AS uuid)
     WHERE closed_at IS NULL AND (opened_run IS NOT NULL OR class = lower(class))
       AND CAST(:closes AS boolean) AND id <> ALL (CAST(:ids AS text[])) RETURNING {_ASKS}"""


def write_differences(
    session: Session, found: Sequence[Difference], run: UUID | None = None, *, closes: bool = True
) -> Written:
    """Bring the stored differences to what was found; each id in `found` once.

    closes: False where somebody looks back at a day before the last night's: what is found only
    from later facts is not gone.
    """
    values = {"found": json.dumps([_document(each) for each in found]), "run": run}
    opened = [
        *session.scalars(text(_MOVE), values),
        *session.scalars(text(_OPEN), values),
    ]
    ids = [each.id for each in found]
    closed = session.scalars(text(_CLOSE), {"ids": ids, "run": run, "closes": closes}).all()
    return Written(sum(opened), sum(closed), len(opened) + len(closed))


def open_differences(session: Session) -> list[Difference]:
    """The stored differences that are still open, oldest first."""
    names = [each.name for each in fields(Difference)]
    rows = session.execute(
        select(*(difference.c[name] for name in names))
        .where(difference.c.closed_at.is_(None))
        .order_by(difference.c.since, difference.c.id)
    )
    return [difference_of(row._mapping) for row in rows]


def difference_of(row: Any) -> Difference:
    """A difference from a row or mapping that has its columns by name (`kind` or `class`)."""
    named = {"class" if name == "kind" else name: value for name, value in dict(row).items()}
    values = {
        each.name: named["class" if each.name == "kind" else each.name]
        for each in fields(Difference)
        if ("class" if each.name == "kind" else each.name) in named
    }
    codes = {name: tuple(values[name] or ()) for name in values if name.endswith("_codes")}
    return Difference(**values | codes | {"data": values.get("data") or {}})


def each_once(found: Iterable[Difference]) -> list[Difference]:
    """The first of each id, in a fixed order: by day, then by id."""
    kept: dict[str, Difference] = {}
    for each in found:
        kept.setdefault(each.id, each)
    return sorted(kept.values(), key=lambda each: (each.since, each.id))


def _document(each: Difference) -> dict[str, Any]:
    values = asdict(each)
    kind = values.pop("kind")
    return values | {"id": each.id, "class": kind, "since": each.since.isoformat()}

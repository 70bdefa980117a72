"""Everything that was received, kept once by key with its first outcome."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.driver import array_of, copy_row, copy_rows, copy_value, cursor_of
from terminals.site_items.envelope import Received, kept_json
from terminals.site_items.item import Outcome, Place


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known under a key: from which till, with which content, and its outcome."""

    till: str
    digest: bytes
    outcome: Outcome

    def answers(self, received: Received, place: Place) -> bool:
        """Whether this is the same thing from the same till."""
        return self.digest == received.digest and self.till == place.till


def kept(session: Session, keys: Iterable[UUID]) -> dict[UUID, Kept]:
    """The items of these keys that came before."""
    rows = session.execute(_KEPT, {"keys": array_of(keys)})
    return {
        row.key: Kept(
            row.till, row.request_hash,
            Outcome(row.state, row.entry_id, row.code, row.data or {}, replayed=True),
        )
        for row in rows
    }  # fmt: skip


_KEPT = text(
    "SELECT key, till, request_hash, state, entry_id, code, data FROM till_item"
    " WHERE key = ANY (CAST(:keys AS uuid[]))"
)


def storable(outcome: Outcome) -> Outcome:
    """The outcome as it can be kept and given again: reasons may quote what was sent."""
    if not outcome.data:
        return outcome
    told = json.dumps(outcome.data, default=str)
    data = json.loads(told) if kept_json(told) == told else {"text": told}
    return replace(outcome, data=data)


def keep(session: Session, place: Place, rows: Sequence[tuple[UUID, Received, Outcome]]) -> None:
    """Store new items with their outcomes, in one statement."""
    if rows:
        sender = copy_row(copy_value(place.device), place.till)[:-1]
        copy_rows(cursor_of(session), _COPY, (_row(sender, *row) for row in rows))


_COPY = (
    "COPY till_item (key, device, till, seq, kind, happened_at, body, request_hash, state, code,"
    " data, entry_id) FROM STDIN"
)


def _row(sender: str, key: UUID, received: Received, outcome: Outcome) -> str:
    """One row as COPY reads it; `sender` is device and till, the same for all."""
    own = copy_row(
        received.seq, copy_value(received.kind),
        received.at.isoformat() if received.at else None, copy_value(received.body),
        rf"\\x{received.digest.hex()}", outcome.state, outcome.code,
        copy_value(json.dumps(outcome.data)) if outcome.data else None,
        outcome.entry_id if outcome.state == "taken" else None,
    )  # fmt: skip
    return f"{key}\t{sender}\t{own}"

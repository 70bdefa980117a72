"""What a gate knows and what it did, in its journal: news in, scans kept, items to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from terminals.gate.scanned import PassCode, Scanned
from terminals.gate.site.tables import gate_news, known_pass, known_ticket, outbox, scan
from terminals.gate.tokens import Ticket
from terminals.qr.keys import read_public

NEWS = "news"
_KEPT = ("day", "next", "facility", "houses", "keys", "blocked_cards")


@dataclass(frozen=True, slots=True)
class Scan:
    """One time somebody stood here. state: asked, opened, refused or withdrawn."""

    key: UUID
    text: str
    kind: str
    code: str
    at: datetime
    state: str
    reason: str | None
    data: Mapping[str, Any]
    visits_left: int | None


def known_news(connection: Connection) -> dict[str, Any] | None:
    """What the centre said last; None: it never did."""
    return connection.scalar(select(gate_news.c.body).where(gate_news.c.name == NEWS))


def keys_of(news: Mapping[str, Any]) -> dict[int, Ed25519PublicKey]:
    """The public keys in the news."""
    return {each["id"]: read_public(each["public_key"]) for each in news["keys"]}


def keep_news(connection: Connection, told: Mapping[str, Any], now: datetime) -> None:
    """Remember what the centre said; tickets and passes it did not name stay as they are."""
    row = {"body": {name: told[name] for name in _KEPT}, "heard_at": now}
    kept = insert_or(gate_news).values(name=NEWS, **row)
    connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_=row))
    for each in told["tickets"]:
        _keep(connection, known_ticket, {"code": each["code"], "body": each})
    for each in told["passes"]:
        _keep(connection, known_pass, {"code": each["code"], "day": told["day"], "body": each})


def keep_asked(
    connection: Connection, text: str, found: Scanned, *, key: UUID, at: datetime
) -> None:
    """Somebody stands here: written before anybody is asked."""
    kind, code = "unread", "-"
    if isinstance(found, Ticket | PassCode):
        kind, code = "ticket" if isinstance(found, Ticket) else "pass", found.code
    row = {"key": key, "text": text, "kind": kind, "code": code, "at": at, "state": "asked"}
    connection.execute(insert(scan), row)


def change(connection: Connection, key: UUID, **values: Any) -> None:
    """What became of a scan."""
    connection.execute(update(scan).where(scan.c.key == key).values(**values))


def count_visit(connection: Connection, code: str, by: int, *, day: str) -> None:
    """A pass was used at this gate (1), or was not after all (-1), as far as is known here."""
    row = connection.execute(select(known_pass).where(known_pass.c.code == code)).one_or_none()
    if row is None:
        return
    left = row.body["left"]
    today = row.body["today"] if row.day >= day else 0
    body = row.body | {
        "left": None if left is None else left - by,
        "today": today if row.day > day else max(0, today + by),
        "visited": row.body["once_a_house"] and by > 0,
    }  # fmt: skip
    changed = update(known_pass).where(known_pass.c.code == code)
    connection.execute(changed.values(body=body, day=max(day, row.day)))


def free_ticket(connection: Connection, code: str) -> None:
    """The ticket was not used after all."""
    body = {"code": code, "state": "valid"}
    _keep(connection, known_ticket, {"code": code, "body": body})


def forget_uses(connection: Connection, code: str) -> None:
    """The centre lets a ticket in again: what was opened here before was taken back there."""
    used = (scan.c.code == code) & (scan.c.kind == "ticket") & (scan.c.state == "opened")
    connection.execute(update(scan).where(used).values(state="withdrawn"))


def find_scan(connection: Connection, key: UUID) -> Scan | None:
    """The scan of this key."""
    row = connection.execute(select(scan).where(scan.c.key == key)).one_or_none()
    return None if row is None else _scan(row)


def last_scans(connection: Connection, most: int = 1, *, state: str | None = None) -> list[Scan]:
    """The newest scans, the newest first."""
    wanted = select(scan) if state is None else select(scan).where(scan.c.state == state)
    rows = connection.execute(wanted.order_by(scan.c.seq.desc()).limit(most))
    return [_scan(row) for row in rows]


def put(
    connection: Connection, of: UUID, body: Mapping[str, Any], *, key: UUID | None = None
) -> None:
    """Add an item to tell the centre, in the commit of what it tells."""
    key = key or uuid4()
    document = {**body, "key": str(key)}
    row = {"key": key, "scan": of, "body": document, "state": "waiting"}
    connection.execute(insert(outbox), row)


def waiting(connection: Connection, most: int) -> Sequence[Row[Any]]:
    """The oldest items the centre has not answered."""
    found = select(outbox).where(outbox.c.state == "waiting").order_by(outbox.c.seq)
    return connection.execute(found.limit(most)).all()


def count_waiting(connection: Connection) -> int:
    """How many items the centre has not answered."""
    found = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")
    return connection.scalar(found) or 0


def settle(
    connection: Connection, item: Row[Any], outcome: Mapping[str, Any], now: datetime
) -> None:
    """Keep what the centre answered to one item."""
    row = {"state": outcome["state"], "outcome": dict(outcome), "answered_at": now}
    connection.execute(update(outbox).where(outbox.c.seq == item.seq).values(**row))
    if item.body["kind"] == "admitted":
        change(connection, item.scan, is_told=True)


def _keep(connection: Connection, table: Any, row: dict[str, Any]) -> None:
    kept = insert_or(table).values(**row)
    connection.execute(kept.on_conflict_do_update(index_elements=["code"], set_=row))


def _scan(row: Row[Any]) -> Scan:
    return Scan(
        row.key, row.text, row.kind, row.code, row.at, row.state, row.reason, row.data or {},
        row.visits_left,
    )  # fmt: skip

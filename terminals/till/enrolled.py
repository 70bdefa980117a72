"""Which tills this site has, and which browser is which: connected once with a code."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from terminals.devices import new_token
from terminals.till.centre import Centre
from terminals.till.errors import TillRefusal
from terminals.till.journal import Journal
from terminals.till.journal.tables import browser, enrolment, till


@dataclass(frozen=True, slots=True)
class Till:
    """A till of this site. terminal: the card terminal beside it. person: code of who works at
    it now, None while nobody is signed in."""

    code: str
    name: str
    facility: str
    facility_kind: str
    facility_name: str
    city: str
    terminal: str | None
    token: str
    revoked_at: datetime | None
    next_receipt: int
    next_z: int
    person: str | None
    is_locked: bool


def enrol(journal: Journal, centre: Centre, code: str, *, site: str, now: datetime) -> Till:
    """Connect a till with the code the centre shows.

    The token is made here and kept before it is sent: if the answer is lost, the same code may
    be typed again. Raises TillRefusal other_site and what `Centre.post` raises.
    """
    code = code.strip().upper().replace(" ", "").replace("-", "")
    with journal.write() as connection:
        known = connection.scalar(select(enrolment.c.token).where(enrolment.c.code == code))
        token: str = known or new_token()
        row = {"code": code, "token": token, "asked_at": now}
        connection.execute(insert_or(enrolment).values(**row).on_conflict_do_nothing())
    answer = centre.post("/enrolments", None, {"code": code, "token": token}).body
    if answer["facility"]["code"] != site:
        raise TillRefusal("other_site", site=answer["facility"]["name"])
    with journal.write() as connection:
        kept = update(enrolment).where(enrolment.c.code == code)
        connection.execute(kept.values(answer=answer))
        _add_till(connection, answer, token, now)
        found = find_till(connection, answer["till"]["code"])
    assert found is not None
    return found


def tills(connection: Connection) -> list[Till]:
    """All tills that were connected here."""
    return [_read(row) for row in connection.execute(select(till).order_by(till.c.code))]


def find_till(connection: Connection, code: str) -> Till | None:
    """The till of this code."""
    row = connection.execute(select(till).where(till.c.code == code)).one_or_none()
    return None if row is None else _read(row)


def till_of_browser(connection: Connection, token: str | None) -> Till | None:
    """The till this browser is, by its cookie."""
    if not token:
        return None
    row = connection.execute(_OF_BROWSER, {"hash": _hash(token)}).one_or_none()
    return None if row is None else _read(row)


# Asked at every tap: built once, SQLAlchemy need not look at it again.
_OF_BROWSER = select(till).join(browser).where(browser.c.token_hash == bindparam("hash"))


def bind_browser(connection: Connection, code: str, now: datetime) -> str:
    """Make a browser this till: its cookie. The browser that was the till before is it no more."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(browser).where(browser.c.till == code))
    connection.execute(insert(browser).values(token_hash=_hash(token), till=code, bound_at=now))
    return token


def change_till(connection: Connection, code: str, **values: Any) -> None:
    """Keep who works at the till, whether it is locked, or that its device was revoked."""
    connection.execute(update(till).where(till.c.code == code).values(**values))


def _add_till(connection: Connection, answer: dict[str, Any], token: str, now: datetime) -> None:
    code = answer["till"]["code"]
    terminals = [each["code"] for each in answer["terminals"]]
    place = {
        "name": answer["till"]["name"], "facility": answer["facility"]["code"],
        "facility_kind": answer["facility"]["kind"], "facility_name": answer["facility"]["name"],
        "city": answer["city"], "terminal": terminals[0] if terminals else None,
        "token": token, "enrolled_at": now, "revoked_at": None,
    }  # fmt: skip
    # Connected again, the till goes on with its own numbers; a new journal with what the centre
    # knows of the old one's.
    first = {"next_receipt": answer["next"]["receipt"], "next_z": answer["next"]["shift"]}
    added = insert_or(till).values(code=code, **first, **place)
    connection.execute(added.on_conflict_do_update(index_elements=["code"], set_=place))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _read(row: Row[Any]) -> Till:
    return Till(**{name: getattr(row, name) for name in Till.__dataclass_fields__})

"""What a till remembers by a name and may forget: a count, a form, a note, a view."""

from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from terminals.till.journal.tables import draft


def find_draft(connection: Connection, till: str, name: str) -> Any:
    """What was kept under this name; None: nothing."""
    return connection.scalar(_DRAFT, {"of": till, "called": name})


def keep_draft(connection: Connection, till: str, name: str, body: Any) -> None:
    """Keep it in place of what there was; None: nothing."""
    connection.execute(_KEEP, {"till": till, "name": name, "body": body})


_DRAFT = select(draft.c.body).where(
    draft.c.till == bindparam("of"), draft.c.name == bindparam("called")
)
_NEW = insert_or(draft)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["till", "name"], set_={"body": _NEW.excluded.body}
)

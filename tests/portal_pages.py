"""Pages of the portal as a test reads them: in one line, and with what they asked the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import event

from config.database import Database
from tests.ledger.families import TUESDAY

MOST_STATEMENTS = 12


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def page(phone: FlaskClient, path: str = "/portal/") -> str:
    """The page in one line, with plain blanks."""
    answer = phone.get(path)
    assert answer.status_code == 200, answer.status
    return in_one_line(answer.get_data(as_text=True))


def tap(phone: FlaskClient, child: str, deed: str, day: date = TUESDAY, **form: str) -> str:
    """What follows a tap on a meal, in one line."""
    address = f"/portal/essen/{child}/{day}/{deed}"
    answer = phone.post(address, data={"key": str(uuid4()), **form}, follow_redirects=True)
    assert answer.status_code == 200, answer.status
    return in_one_line(answer.get_data(as_text=True))


def in_one_line(text: str) -> str:
    """Without line ends, and with plain blanks for those that do not break."""
    return " ".join(text.replace("\xa0", " ").replace("&nbsp;", " ").split())

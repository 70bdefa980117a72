"""Page cursors: where the next page goes on, written so that nobody is tempted to count with it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass

from reconciliation.errors import ReconciliationError

LARGEST = 2**63 - 1


@dataclass(eq=False)
class CursorMalformed(ReconciliationError):
    """The cursor is not the `next` of a page of this list."""

    cursor: str
    code = "cursor_malformed"


def written(kind: str, *numbers: int) -> str:
    """The cursor of a list of this `kind`."""
    text = ".".join([kind, *map(str, numbers)])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, kind: str, count: int) -> tuple[int, ...]:
    """The `count` numbers written into it; zeros for "", the first page. Raises CursorMalformed."""
    if not cursor:
        return (0,) * count
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        named, *numbers = urlsafe_b64decode(padded).decode("ascii").split(".")
        values = tuple(int(number) for number in numbers)
    except (NotBase64, ValueError) as wrong:
        raise CursorMalformed(cursor) from wrong
    if written(named, *values) != cursor or (named, len(values)) != (kind, count):
        raise CursorMalformed(cursor)
    if not all(0 <= value <= LARGEST for value in values):
        raise CursorMalformed(cursor)
    return values

"""The kinds of fields our documents are made of: whole cents, codes, lines of text, instants."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, fields, validate

from ledger.money import EUR

MAX_CENTS = 10_000_000

_PLAIN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CODE = validate.Regexp(rf"{_PLAIN_CODE.pattern}\Z", error="Not a code.")
_LINE = validate.Regexp(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}\Z", error="Not a line of text.")
_LIVED = validate.Range(
    datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), error="Not of this century."
)


class Whole(fields.Integer):
    """A whole number as JSON writes one: 12.0, "12" and true are refused, never rounded."""

    default_error_messages = {  # noqa: RUF012 - marshmallow merges these from class to class
        "invalid": "A whole number is needed: no fraction, no text, no true or false."
    }

    def _validated(self, value: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


def cents(description: str, *, least: int = 1, required: bool = False) -> Whole:
    """A field of whole cents."""
    return Whole(
        required=required,
        validate=validate.Range(least, MAX_CENTS),
        metadata={"description": description, "example": 650},
    )


def code(description: str, example: str, *, required: bool = False) -> fields.String:
    """A field for a code of the city's data."""
    return fields.String(
        required=required,
        validate=_CODE,
        metadata={"description": description, "example": example},
    )


def currency() -> fields.String:
    """The currency of the cents beside it; the books are kept in one."""
    return fields.String(
        load_default=EUR,
        validate=validate.OneOf([EUR], error="The books are kept in EUR."),
        metadata={"example": EUR},
    )


class Input(Schema):
    """What is sent to us: unknown fields are refused."""

    class Meta:
        """Nothing is ignored silently."""

        unknown = RAISE


def instant(description: str) -> fields.AwareDateTime:
    """A required moment with its time zone."""
    return fields.AwareDateTime(
        required=True,
        format="iso",
        validate=_LIVED,
        metadata={"description": description, "example": "2026-11-17T07:42:10+01:00"},
    )


def text(description: str, *, most: int = 200, required: bool = False) -> fields.String:
    """A field for a line of text of people's own."""
    return fields.String(
        required=required,
        validate=validate.And(_LINE, validate.Length(max=most)),
        metadata={"description": description},
    )


# Values at first sight: None where the field above would have to be asked, which takes ten times
# as long. Thousands come in one request, and hardly one of them is doubtful.


def plain_uuid(given: Any) -> UUID | None:
    """The UUID this text is."""
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None


def plain_instant(given: Any) -> datetime | None:
    """The aware moment of this century this text is."""
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo is not None and 2001 <= at.year < 2099 else None


def plain_code(given: Any) -> str | None:
    """The code this text is."""
    return given if isinstance(given, str) and _PLAIN_CODE.fullmatch(given) else None

"""Request bodies: one JSON document, read strictly, and the bytes a repeated key is compared by."""

import json
from typing import Any, NoReturn
from uuid import UUID

import flask
import flask_smorest
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from terminals.errors import BodyMalformed, KeyMalformed, KeyMissing

KEY_HEADER = "Idempotency-Key"


class StrictParser(FlaskParser):
    """Reads JSON as RFC 8259 means it: UTF-8, no NaN, and no name twice in one object."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - the parser's own shape
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": "raise", "json": "raise",
    }  # fmt: skip

    def _raw_load_json(self, req: flask.Request) -> Any:
        if req.mimetype != "application/json":
            raise UnsupportedMediaType
        return read_json(req.get_data(cache=True))


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint whose bodies are read strictly."""

    ARGUMENTS_PARSER = StrictParser()


def read_json(body: bytes) -> Any:
    """The document in `body`. Raises BodyMalformed."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_each_name_once
        )
    except RecursionError as deep:
        raise BodyMalformed("nested too deeply") from deep
    except ValueError as wrong:  # also for bytes that are no UTF-8 and numbers of 4,300 digits
        raise BodyMalformed(str(wrong)) from wrong


def request_bytes(operation: str, content: Any) -> bytes:
    """What is hashed to tell an honest repetition from another request under the same key.

    The content as JSON without spaces and with sorted names, after what it is to do: so a till
    may repeat in a batch what it first sent alone, and its spaces do not matter.
    """
    return _compact([operation, content]).encode("utf-8", "surrogatepass")


_compact = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def idempotency_key() -> UUID:
    """The key of this POST. Raises KeyMissing and KeyMalformed."""
    given = flask.request.headers.get(KEY_HEADER)
    if given is None:
        raise KeyMissing
    try:
        key = UUID(given)
    except ValueError as wrong:
        raise KeyMalformed(given) from wrong
    if str(key) != given.lower():
        raise KeyMalformed(given)  # UUID() also takes braces and prefixes: one way to write it
    return key


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a name appears twice in one object")
    return document

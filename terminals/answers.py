"""Answers that are asked for again and again: nothing is sent twice to who has it."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from flask import Response, jsonify, request


def with_etag(document: Mapping[str, Any], *, said: Mapping[str, Any] | None = None) -> Response:
    """The document with the ETag of what it says, or 304 for who names that in `If-None-Match`.

    said: what the tag is about, where the document holds more than that.
    """
    response = jsonify(document)
    tagged = response if said is None else jsonify(said)
    response.set_etag(hashlib.sha256(tagged.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    return cast(Response, response.make_conditional(request))

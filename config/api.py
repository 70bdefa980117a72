"""The JSON API as one: both packages' endpoints below /api/v1, and the document describing them."""

from collections.abc import Iterator
from typing import Any

import flask_smorest
from flask import Flask, Response, jsonify
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import Schema, fields
from werkzeug.routing import BaseConverter

from config import access, errors
from config.signing import guest_keys
from ledger.permissions import Permission, needs
from reconciliation.api import api as books_api
from terminals.api import api as terminals_api
from terminals.gate.api import gate_api
from terminals.guest_code_api import GUEST_KEYS, guest_code_api
from terminals.pay_links.api import pay_links_api
from terminals.site_api import site_api

PREFIX = "/api/v1"
ONE_MEGABYTE = 1_000_000

_INTRODUCTION = """\
Amounts are whole cents. Every POST carries an `Idempotency-Key` (UUID) made before it is first
sent: repeated with the same content it gets the first answer again, marked
`Idempotency-Replayed: true`; with other content, 409. A refusal (422) is final for its key.
An enrolment, the items of a till and whatever a gate sends have their keys in the body.
Errors are `application/problem+json` with a stable `code`. 503 means: repeat it, same key."""


class CodeConverter(BaseConverter):
    """A code in an address: `W-000017`, `371000/W-000017`; anything else is not found."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,3}"
    part_isolating = False


class ProblemSchema(Schema):
    """What every error is answered with (RFC 9457)."""

    type = fields.String(
        required=True, metadata={"example": "urn:stadtkasse:problem:balance_too_low"}
    )
    title = fields.String(required=True, metadata={"example": "Das Guthaben reicht nicht."})
    status = fields.Integer(required=True, metadata={"example": 422})
    code = fields.String(required=True, metadata={"example": "balance_too_low"})
    data = fields.Dict(
        required=True, metadata={"example": {"available_cents": 250, "needed_cents": 650}}
    )


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's documentation; errors are `config.errors`' alone."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Nothing: one place answers errors."""


def init_app(app: Flask) -> Api:
    """Give a guarded application the API; `api_document` describes what this returns."""
    app.config.update(
        API_TITLE="Stadtkasse",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": _INTRODUCTION},
            "components": {"securitySchemes": {"device": {"type": "http", "scheme": "bearer"}}},
        },
        MAX_CONTENT_LENGTH=ONE_MEGABYTE,
    )
    app.url_map.converters["code"] = CodeConverter
    errors.init_app(app)
    app.extensions[GUEST_KEYS] = guest_keys
    api = Api(app)
    api.register_converter(CodeConverter, lambda _: {"type": "string"})
    for blueprint in (terminals_api, site_api, guest_code_api, gate_api, pay_links_api, books_api):
        api.register_blueprint(blueprint)

    @app.get(f"{PREFIX}/openapi.json")
    @needs(Permission.REFERENCE_READ)
    def openapi() -> Response:
        return jsonify(api_document(app, api))

    return api


def api_document(app: Flask, api: Api) -> dict[str, Any]:
    """The OpenAPI 3.1 document: every operation with the roles that may call it."""
    document: dict[str, Any] = api.spec.to_dict()
    for path, method, roles in _operations(app):
        operation = document["paths"].get(path, {}).get(method)
        if operation is not None:
            operation["security"] = [{"device": roles}]
    for response in document["components"]["responses"].values():
        content = response.get("content", {})
        if "application/json" in content:
            content[errors.PROBLEM] = content.pop("application/json")
    return document


def _operations(app: Flask) -> Iterator[tuple[str, str, list[str]]]:
    for rule in app.url_map.iter_rules():
        roles = access.roles_with(access.permission_of(app.view_functions[rule.endpoint]))
        for method in rule.methods or ():
            yield FlaskPlugin.flaskpath2openapi(rule.rule), method.lower(), roles

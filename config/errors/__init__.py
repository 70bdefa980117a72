"""What went wrong, for whoever asked: the HTTP status and the sentence of every error code.

The only place that knows both. Below /api/ the answer is a problem document (RFC 9457); its
`type` and `code` are stable, its `title` is German, or English where that is preferred.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from config.errors.sentence import Sentence
from config.errors.sentences import SENTENCES
from ledger.entries import Refused
from ledger.errors import LedgerError
from ledger.outcomes import ChargeInvalid
from reconciliation.errors import ReconciliationError
from terminals.errors import Invalid, Refusal, TerminalsError

PROBLEM = "application/problem+json"
REFUSED = 422
LANGUAGES = ("de", "en")

# HTTP's own troubles by the code we give them.
HTTP_CODES: Mapping[int, str] = {
    400: "request_malformed",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_too_slow",
    413: "body_too_large",
    414: "address_too_long",
    415: "not_json",
    431: "headers_too_large",
    500: "internal_error",
    503: "busy",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem document: a code of SENTENCES and what a person needs to understand it."""

    code: str
    status: int
    data: Mapping[str, Any]
    headers: Mapping[str, str]


def init_app(app: Flask) -> None:
    """Answer every error below /api/ as a problem; pages keep their own error pages."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(PoolTimeout, _database_busy)
    for root in (LedgerError, TerminalsError, ReconciliationError):
        app.register_error_handler(root, _refused)


def problem_of(error: HTTPException) -> Response:
    """The problem document for what HTTP itself says no to."""
    status = error.code or 500
    data: dict[str, Any] = {}
    headers = dict(error.get_headers())
    headers.pop("Content-Type", None)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="stadtkasse"'
    if isinstance(error, InternalServerError):
        data["reference"] = _logged_reference()
    # flask-smorest leaves what a schema refused on the error, by location and field.
    if messages := getattr(error, "data", {}).get("messages"):
        return _answer(Problem("request_invalid", 400, {"errors": messages}, headers))
    code = HTTP_CODES.get(status, "request_malformed")
    return _answer(Problem(code, status, data, headers))


def sentence(code: str) -> Sentence:
    """Status and sentences of a code.

    A code without its own is a fault of ours that tests look for; who asks is still told no.
    """
    return SENTENCES.get(code, SENTENCES["refused"])


def _http_error(error: HTTPException) -> Response | HTTPException:
    return problem_of(error) if _is_api() else error


def _refused(error: LedgerError | TerminalsError | ReconciliationError) -> Response:
    match error:
        case Refusal(outcome=outcome):
            headers = {"Idempotency-Replayed": "true"} if outcome.replayed else {}
            return _answer(Problem(outcome.code, REFUSED, _data(outcome), headers))
        case Invalid(outcome=outcome):
            return _answer(Problem(outcome.code, 400, _data(outcome), {}))
    status = sentence(error.code).status
    data = asdict(error) if is_dataclass(error) else getattr(error, "data", {})
    return _answer(Problem(error.code, status, data, {"Retry-After": "1"} if status == 503 else {}))


def _data(outcome: Refused | ChargeInvalid) -> dict[str, Any]:
    return {"key": outcome.key, **outcome.data}


def _database_busy(error: OperationalError | PoolTimeout) -> Response:
    current_app.logger.warning("the database did not answer in time: %s", error)
    if not _is_api():
        return current_app.make_response(current_app.handle_http_exception(ServiceUnavailable()))
    return _answer(Problem("busy", 503, {}, {"Retry-After": "1"}))


def _answer(problem: Problem) -> Response:
    language = request.accept_languages.best_match(LANGUAGES, default="de")
    said = sentence(problem.code)
    response = jsonify(
        type=f"urn:stadtkasse:problem:{problem.code}",
        title=said.german if language == "de" else said.english,
        status=problem.status,
        code=problem.code,
        data={name: _plain(value) for name, value in problem.data.items()},
    )
    response.status_code = problem.status
    response.content_type = PROBLEM
    response.headers.update(problem.headers)
    response.headers["Content-Language"] = language or "de"
    response.headers["Vary"] = "Accept-Language"
    return response


def _plain(value: Any) -> Any:
    # Flask would write a day as an HTTP date.
    return value.isoformat() if isinstance(value, date) else value


def _logged_reference() -> str:
    # Short enough to read out on the telephone; the traceback stands in the log beside it.
    reference = secrets.token_hex(3).upper()
    current_app.logger.error("answered 500 with reference %s", reference)
    return reference


def _is_api() -> bool:
    return request.path.startswith("/api/")

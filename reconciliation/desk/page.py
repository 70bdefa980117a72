"""What the desk's pages share: the books, the caller, the moment, and rendering a page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from flask import Response, current_app, g, make_response, redirect, render_template

from ledger.errors import LedgerError
from ledger.permissions import Books, Caller, Permission, View
from reconciliation.desk.frame import frame_of
from reconciliation.errors import ReconciliationError


def books() -> Books:
    """The database behind the pages."""
    return cast(Books, current_app.extensions["books"])


def caller() -> Caller:
    """Whoever asks, as the gate found out."""
    return cast(Caller, g.caller)


def may(permission: Permission) -> bool:
    """Whether whoever asks holds this permission: what they never may, they are not offered."""
    return bool(current_app.extensions["may"](caller(), permission))


def now() -> datetime:
    """This moment, aware UTC: read once per request and handed on."""
    return datetime.now(UTC)


def render(template: str, status: int = 200, **facts: Any) -> Response:
    """The page as an answer; the frame around it is the application's, found as `shell`."""
    with books().read_only() as session:
        around = frame_of(session, caller())
    shell = replace(
        current_app.extensions["shell"](),
        open_day=around.open_day,
        sealed_until=around.sealed_until,
    )
    facts = {"work_counts": around.counts} | facts
    return make_response(render_template(template, shell=shell, **facts), status)


def go(address: str) -> Response:
    """Answer a form with the page to look at next, so that a reload sends nothing twice."""
    return cast(Response, redirect(address, 303))


def refusal(error: LedgerError | ReconciliationError) -> str:
    """The German sentence of what a service refused."""
    return cast(str, current_app.extensions["refusal"](error.code))


def takes_a_file(view: View) -> View:
    """Mark a view that reads an uploaded file: it sets `request.max_content_length` first."""
    view.takes_a_file = True  # type: ignore[attr-defined]
    return view

"""What sites ask of the centre: enrol a till, take what it did, who works there, decisions."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from flask import Response, current_app, g, jsonify, request

from ledger.approvals import LIMITS_CENTS, Approval, decisions_of
from ledger.permissions import Books, Caller, Permission, needs
from ledger.staff.pins import people_at
from ledger.staff.throttle import Visit
from terminals.answers import with_etag
from terminals.bodies import Blueprint
from terminals.enrolment import enrol
from terminals.errors import EnrolmentRefused, OutsideItsPlace
from terminals.site_items import take_items
from terminals.site_schemas import (
    DecisionsQuery,
    EnrolledOut,
    EnrolmentIn,
    TillDecisionsOut,
    TillItemsIn,
    TillItemsOut,
    TillStaffOut,
)

ITEMS_BYTES = 16_000_000
PIN_LIMIT = 5  # wrong PINs in a row before a till asks for a manager
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

site_api = Blueprint("sites", __name__, url_prefix="/api/v1", description="Tills at their sites")

_ITEMS_EXAMPLE = {
    "items": [
        {
            "seq": 1,
            "key": "0193a2c4-7d1e-7c3a-9f60-2b8f5e1d4a77",
            "kind": "shift_opened",
            "at": "2026-11-17T06:55:00+01:00",
            "body": {
                "shift": "2026-11-17-1",
                "opened_at": "2026-11-17T06:55:00+01:00",
                "person": "S-0007",
                "float_cents": 15000,
            },
        }
    ]
}


@site_api.before_request
def allow_items_their_size() -> None:
    """What a till did while it was alone is longer than the megabyte every other body has."""
    if request.endpoint == f"{site_api.name}.post_items":
        request.max_content_length = ITEMS_BYTES


@site_api.route("/enrolments", methods=["POST"])
@needs(Permission.ENROL)
@site_api.arguments(EnrolmentIn)
@site_api.response(201, EnrolledOut)
def post_enrolment(document: dict[str, Any]) -> dict[str, Any]:
    """Enrol a till

    The site makes its token and saves it before it asks: repeated with the same code and token,
    the answer is the same. The code is shown at the centre and good for a quarter of an hour.
    """
    visit = Visit(datetime.now(UTC), request.remote_addr or "")
    with _books().transaction() as session:
        outcome = enrol(session, document["code"], document["token"], visit=visit)
    if isinstance(outcome, EnrolmentRefused):
        raise outcome
    return outcome | {"city": current_app.config["CITY"]}


@site_api.route("/till/items", methods=["POST"])
@needs(Permission.TILL_ITEMS_WRITE)
@site_api.arguments(TillItemsIn, example=_ITEMS_EXAMPLE)
@site_api.response(200, TillItemsOut)
def post_items(document: dict[str, Any]) -> Response:
    """Take what happened at a till, in order

    Every item is kept by its key with its first outcome, which a repetition gets again. One that
    is refused, contradicts something or cannot be read stops no other.
    """
    with _books().transaction() as session:
        outcomes = take_items(session, document["items"], caller=_caller())
    # Thousands of outcomes that are JSON already: a schema would look at every field of each.
    return jsonify(outcomes=outcomes)


@site_api.route("/till/staff")
@needs(Permission.TILL_STAFF_READ)
@site_api.response(200, TillStaffOut, headers={"ETag": {"schema": {"type": "string"}}})
@site_api.alt_response(304, description="Nothing has changed since that ETag", success=True)
def get_staff() -> Response:
    """Who may sign in at this till, with the hashes of their PINs

    With `If-None-Match` of an earlier answer's `ETag`: 304 while nothing has changed.
    """
    with _books().read_only() as session:
        people = people_at(session, _site_of(_caller()))
    document = {"people": [asdict(one) for one in people], "pin_limit": PIN_LIMIT}
    return with_etag(document | {"limits": LIMITS_CENTS})


@site_api.route("/till/decisions")
@needs(Permission.TILL_ITEMS_WRITE)
@site_api.arguments(DecisionsQuery, location="query")
@site_api.response(200, TillDecisionsOut)
def get_decisions(asked: dict[str, Any]) -> dict[str, Any]:
    """What became of the refunds this till asked for"""
    since = asked.get("since", _LONG_AGO)
    caller = _caller()
    _site_of(caller)
    with _books().read_only() as session:
        found = decisions_of(session, caller.till or "", since=since)
    return {"decisions": [_decision(one) for one in found]}


def _decision(one: Approval) -> dict[str, Any]:
    return {
        "refund": one.request.id,
        "state": one.state,
        "by": one.decider,
        "by_rule": one.is_by_rule,
        "reason": one.decision_reason,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
    }


def _site_of(caller: Caller) -> str:
    """The facility of a device that is bound to one till. Raises OutsideItsPlace."""
    if caller.facility is None or caller.till is None:
        raise OutsideItsPlace("till", caller.facility or "")
    return caller.facility


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _caller() -> Caller:
    return cast(Caller, g.caller)

"""What gates ask of the centre: who may come in, what happened while they were alone, the news.

Tills ask for the part of the news that is about passes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, g
from marshmallow import Schema, ValidationError, fields, validate

from ledger.permissions import Books, Caller, Permission, needs
from terminals.answers import with_etag
from terminals.bodies import Blueprint
from terminals.errors import OutsideItsPlace
from terminals.fields import Input, instant, text
from terminals.gate.admissions import admit, withdraw
from terminals.gate.news import news, pass_news
from terminals.gate.values import Admitted, Asked, Gate, Outcome
from terminals.guest_code_api import guest_keys

MOST_ITEMS = 200
LONGEST_TEXT = 200

gate_api = Blueprint(
    "gates", __name__, url_prefix="/api/v1/gate", description="Gates and what they let in"
)


class ScanIn(Input):
    """Somebody stands before a gate."""

    key = fields.UUID(required=True)
    gate = text("The gate's name for people", most=40, required=True)
    at = instant("When it was scanned")
    text = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


class WithdrawalIn(Input):
    """An admission that did not take place."""

    key = fields.UUID(required=True)
    gate = text("The gate's name for people", most=40, required=True)
    at = instant("When it was withdrawn")
    admission = fields.UUID(required=True)
    why = fields.String(required=True, validate=validate.OneOf(["not_opened", "mistake"]))


class GateItemsIn(Input):
    """What a gate did while it was alone, in order."""

    items = fields.List(
        fields.Dict(), required=True, validate=validate.Length(1, MOST_ITEMS),
        metadata={"description": "Each `{kind: admitted | withdrawn, key, gate, at, …}`"},
    )  # fmt: skip


class GateAnswerOut(Schema):
    """What came of one of them."""

    key = fields.Raw(required=True)
    state = fields.String(
        required=True,
        metadata={"enum": ["admitted", "refused", "conflict", "withdrawn", "invalid"]},
    )
    replayed = fields.Boolean(required=True)
    visits_left = fields.Integer(allow_none=True)
    reason = fields.String()
    data = fields.Dict()


class GateItemsOut(Schema):
    """One answer for each item, in the order of the request."""

    outcomes = fields.List(fields.Nested(GateAnswerOut), required=True)


class NewsQuery(Input):
    """`next` of an earlier answer."""

    since = fields.AwareDateTime(format="iso")


class NewsOut(Schema):
    """What a gate needs to work alone."""

    day = fields.String(required=True)
    next = fields.String(required=True, metadata={"description": "`since` of the next request"})
    facility = fields.Dict(required=True)
    houses = fields.Dict(required=True)
    keys = fields.List(fields.Dict(), required=True)
    tickets = fields.List(fields.Dict(), required=True)
    passes = fields.List(fields.Dict(), required=True)
    blocked_cards = fields.List(fields.Integer(), required=True)


class PassNewsOut(Schema):
    """What a till needs to let in with passes alone."""

    day = fields.String(required=True)
    next = fields.String(required=True, metadata={"description": "`since` of the next request"})
    passes = fields.List(fields.Dict(), required=True)
    blocked_cards = fields.List(fields.Integer(), required=True)


@gate_api.route("/admissions", methods=["POST"])
@needs(Permission.GATES_SYNC)
@gate_api.arguments(ScanIn)
@gate_api.response(200, GateAnswerOut)
def post_admission(document: dict[str, Any]) -> dict[str, Any]:
    """Ask before opening

    Admitted once: repeated with the same key the answer is the same. A refusal is not kept.
    """
    return _admit(document, was_open=False)


@gate_api.route("/items", methods=["POST"])
@needs(Permission.GATES_SYNC)
@gate_api.arguments(GateItemsIn)
@gate_api.response(200, GateItemsOut)
def post_items(document: dict[str, Any]) -> dict[str, Any]:
    """Take what a gate did while it was alone, in order

    Each once by its key. What should not have been let in is kept as a conflict, with what it
    contradicts.
    """
    return {"outcomes": [_item(each) for each in document["items"]]}


@gate_api.route("/news")
@needs(Permission.GATES_SYNC)
@gate_api.arguments(NewsQuery, location="query")
@gate_api.response(200, NewsOut)
def get_news(asked: dict[str, Any]) -> dict[str, Any]:
    """What a gate needs to know, all of it or what changed since an earlier answer"""
    now = datetime.now(UTC)
    with _books().read_only() as session:
        public = dict(guest_keys().public)
        return news(session, _facility(), public, since=asked.get("since"), now=now)


@gate_api.route("/passes")
@needs(Permission.GUEST_CODES_READ)
@gate_api.arguments(NewsQuery, location="query")
@gate_api.response(200, PassNewsOut, headers={"ETag": {"schema": {"type": "string"}}})
@gate_api.alt_response(304, description="Nothing has changed since that ETag", success=True)
def get_passes(asked: dict[str, Any]) -> Response:
    """Passes as they stand, for a till: all of them or what changed since an earlier answer

    With `If-None-Match` of an earlier answer's `ETag`: 304 while nothing has changed.
    """
    facility = _facility()
    with _books().read_only() as session:
        told = pass_news(session, facility, since=asked.get("since"), now=datetime.now(UTC))
    # Where the next request begins moves with every second, and says nothing of any pass.
    return with_etag(told, said={**told, "next": None})


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    kind, body = item.get("kind"), {name: item[name] for name in item if name != "kind"}
    try:
        if kind == "admitted":
            return _admit(cast(dict[str, Any], _SCAN.load(body)), was_open=True)
        if kind == "withdrawn":
            return _withdraw(cast(dict[str, Any], _WITHDRAWAL.load(body)))
        wrong: Any = {"kind": ["Not a kind of item."]}
    except ValidationError as invalid:
        wrong = invalid.messages
    data = {"errors": wrong}
    return {"key": item.get("key"), "state": "invalid", "replayed": False, "data": data}


_SCAN, _WITHDRAWAL = ScanIn(), WithdrawalIn()


def _admit(document: dict[str, Any], *, was_open: bool) -> dict[str, Any]:
    asked = Asked(
        document["text"], _gate(document["gate"]), document["at"], document["key"], was_open,
        datetime.now(UTC),
    )  # fmt: skip
    # Each in a transaction of its own: a visit posts, and posting is done once per transaction.
    with _books().transaction() as session:
        return _answer(admit(session, asked, guest_keys().public))


def _withdraw(document: dict[str, Any]) -> dict[str, Any]:
    key: UUID = document["key"]
    with _books().transaction() as session:
        no = withdraw(
            session, document["admission"], key=key, gate=_gate(document["gate"]),
            why=document["why"], at=document["at"],
        )  # fmt: skip
    answer = {"key": key, "state": "refused" if no else "withdrawn", "replayed": False}
    return answer | ({"reason": no} if no else {})


def _answer(outcome: Outcome) -> dict[str, Any]:
    same = {"key": outcome.key, "replayed": outcome.replayed}
    if isinstance(outcome, Admitted):
        return same | {"state": "admitted", "visits_left": outcome.visits_left}
    state = "conflict" if outcome.was_open else "refused"
    return same | {"state": state, "reason": outcome.reason, "data": dict(outcome.data)}


def _gate(name: str) -> Gate:
    return Gate(_facility(), name, _caller().name)


def _facility() -> str:
    found = _caller().facility
    if found is None:
        raise OutsideItsPlace("gate", "")
    return found


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _caller() -> Caller:
    return cast(Caller, g.caller)

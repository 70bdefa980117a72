"""What tills and payment devices ask over JSON: the catalogue, charges, reversals and wallets."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, g, request

from ledger.calendar import business_day
from ledger.charges import Charge, Recorded, UnknownCharge, find_charge, reverse_charge
from ledger.entries import Posted
from ledger.outcomes import ServiceOutcome
from ledger.permissions import Books, Caller, Permission, needs
from ledger.wallets import UnknownWallet, Wallet, find_wallet
from terminals.answers import with_etag
from terminals.bodies import KEY_HEADER, Blueprint, idempotency_key, read_json
from terminals.intake import is_replay, result_of, take_batch, take_charge, take_top_up
from terminals.queries import facility_catalogue
from terminals.schemas import (
    BatchIn,
    BatchOut,
    CatalogueOut,
    CatalogueQuery,
    ChargeIn,
    ChargeOut,
    DoneOut,
    ReversalIn,
    TopUpIn,
    WalletOut,
)

BATCH_BYTES = 8_000_000
REPLAYED = "Idempotency-Replayed"

Done = Posted | Recorded

api = Blueprint(
    "terminals", __name__, url_prefix="/api/v1", description="Tills and payment devices"
)

_KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "Made and saved before the request is first sent; repeated with it",
}
_BATCH_EXAMPLE = {
    "charges": [
        {
            "key": "0193a2c4-7d1e-7c3a-9f60-2b8f5e1d4a77",
            "facility": "B01",
            "way": "cash",
            "till": "B01-1",
            "charged_at": "2026-11-17T07:42:10+01:00",
            "lines": [{"product": "POOL-AD", "quantity": 2, "unit_cents": 500}],
        }
    ]
}
_REPLAYED_HEADER = {REPLAYED: {"schema": {"type": "string", "enum": ["true"]}}}


@api.before_request
def allow_a_batch_its_size() -> None:
    """A batch may be longer than the megabyte every other body has."""
    if request.endpoint == f"{api.name}.post_batch":
        request.max_content_length = BATCH_BYTES


@api.route("/catalogue")
@needs(Permission.CATALOGUE_READ)
@api.arguments(CatalogueQuery, location="query")
@api.response(200, CatalogueOut, headers={"ETag": {"schema": {"type": "string"}}})
@api.alt_response(304, description="Nothing has changed since that ETag", success=True)
def get_catalogue(asked: dict[str, Any]) -> Response:
    """The offers of a facility on a day

    With `If-None-Match` of an earlier answer's `ETag`: 304 while nothing has changed.
    """
    day = asked.get("day") or business_day(datetime.now(UTC))
    with _books().read_only() as session:
        document = facility_catalogue(session, asked["facility"], day)
    return with_etag(document)


@api.route("/charges", methods=["POST"])
@needs(Permission.CHARGES_WRITE)
@api.doc(parameters=[_KEY_PARAMETER])
@api.arguments(ChargeIn)
@api.response(201, DoneOut, headers=_REPLAYED_HEADER)
def post_charge(document: dict[str, Any]) -> tuple[Done, dict[str, str]]:
    """Charge a basket

    Prices, taxes and accounts follow from the catalogue on the business day of `charged_at`.
    """
    key = idempotency_key()
    with _books().transaction() as session:
        outcome = take_charge(session, document, key=key, sent=_sent(), caller=_caller())
    return _first_answer(outcome)


@api.route("/charges/batch", methods=["POST"])
@needs(Permission.CHARGES_WRITE)
@api.doc(parameters=[_KEY_PARAMETER])
@api.arguments(BatchIn, example=_BATCH_EXAMPLE)
@api.response(200, BatchOut, headers=_REPLAYED_HEADER)
def post_batch(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Charge many baskets, one outcome each

    What a till sold while it was alone. One refused item stops no other. The keys of the items
    decide what was done before; the key of the request only names it.
    """
    idempotency_key()
    with _books().transaction() as session:
        outcomes = take_batch(session, document["charges"], caller=_caller())
    return {"outcomes": outcomes}, {REPLAYED: "true"} if is_replay(outcomes) else {}


@api.route("/charges/<uuid:key>")
@needs(Permission.CHARGES_READ)
@api.response(200, ChargeOut)
def get_charge(key: UUID) -> Charge:
    """A charge by its key

    The way to learn what became of a request whose answer was lost.
    """
    with _books().read_only() as session:
        found = find_charge(session, key)
    if found is None or not _caller().may_act_at(found.facility, found.till):
        raise UnknownCharge(key)
    return found


@api.route("/charges/<uuid:charge_key>/reversal", methods=["POST"])
@needs(Permission.CHARGES_REVERSE)
@api.doc(parameters=[_KEY_PARAMETER])
@api.arguments(ReversalIn)
@api.response(201, DoneOut, headers=_REPLAYED_HEADER)
def post_reversal(document: dict[str, Any], charge_key: UUID) -> tuple[Done, dict[str, str]]:
    """Take a whole charge back, once"""
    key, booked_on = idempotency_key(), business_day(document["reversed_at"])
    with _books().transaction() as session:
        found = find_charge(session, charge_key)
        if found is None or not _caller().may_act_at(found.facility, found.till):
            raise UnknownCharge(charge_key)
        outcome = reverse_charge(
            session, charge_key, key=key, booked_on=booked_on, reason=document["reason"]
        )
    return _first_answer(outcome)


@api.route("/wallets/<code:wallet>")
@needs(Permission.WALLETS_READ)
@api.response(200, WalletOut)
def get_wallet(wallet: str) -> Wallet:
    """A wallet by its code or RF reference, with what is available now"""
    with _books().read_only() as session:
        found = find_wallet(session, wallet)
    if found is None:
        raise UnknownWallet(wallet)
    return found


@api.route("/wallets/<code:wallet>/top-ups", methods=["POST"])
@needs(Permission.WALLETS_TOP_UP)
@api.doc(parameters=[_KEY_PARAMETER])
@api.arguments(TopUpIn)
@api.response(201, DoneOut, headers=_REPLAYED_HEADER)
def post_top_up(document: dict[str, Any], wallet: str) -> tuple[Done, dict[str, str]]:
    """Put money onto a wallet"""
    key = idempotency_key()
    with _books().transaction() as session:
        outcome = take_top_up(session, wallet, document, key=key, sent=_sent(), caller=_caller())
    return _first_answer(outcome)


def _first_answer(outcome: ServiceOutcome) -> tuple[Done, dict[str, str]]:
    done = result_of(outcome)
    return done, {REPLAYED: "true"} if done.replayed else {}


def _sent() -> dict[str, Any]:
    """The body as it came, before defaults were filled in."""
    return cast(dict[str, Any], read_json(request.get_data()))


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _caller() -> Caller:
    return cast(Caller, g.caller)

"""What tills ask about guest codes over JSON: what a scanned one is worth, and the public keys."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import current_app, g
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from ledger.charges import UnknownCharge, find_charge
from ledger.passes import find_pass
from ledger.permissions import Books, Caller, Permission, needs
from terminals.bodies import Blueprint
from terminals.fields import MAX_CENTS, Input
from terminals.qr.codes import card_text, cards_of, issue_card
from terminals.qr.keys import KeyRing, public_text
from terminals.qr.shown import Shown, look_at

GUEST_KEYS = "guest_keys"  # of `app.extensions`: where the ring of signing keys comes from

guest_code_api = Blueprint(
    "guest_codes", __name__, url_prefix="/api/v1/till", description="Guest codes at the till"
)


class AmountQuery(Input):
    """What is to be paid."""

    amount_cents = fields.Integer(
        validate=validate.Range(0, MAX_CENTS),
        metadata={"description": "Whether a wallet is enough for this", "example": 650},
    )


class LastVisitOut(Schema):
    """The newest visit of today."""

    at = fields.AwareDateTime(required=True, format="iso")
    facility = fields.String(required=True, metadata={"example": "B02"})
    name = fields.String(required=True, metadata={"example": "Schwimmhalle Süd"})


class GuestCodeOut(Schema):
    """What a till is told: never a balance."""

    state = fields.String(
        required=True,
        metadata={
            "enum": ["ok", "expired", "blocked", "unknown"],
            "description": "expired: the code, or the pass where `valid_until` says when;"
            " blocked: the card was taken back, or the pass returned",
        },
    )
    kind = fields.String(required=True, allow_none=True, metadata={"enum": ["wallet", "pass"]})
    code = fields.String(required=True, allow_none=True, metadata={"example": "P-000004"})
    is_enough = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "null without `amount_cents`"}
    )
    visits_left = fields.Integer(
        required=True, allow_none=True, metadata={"description": "null where days count"}
    )
    visits_today = fields.Integer(required=True, allow_none=True)
    last_visit = fields.Nested(LastVisitOut, required=True, allow_none=True)
    product = fields.String(required=True, allow_none=True, metadata={"example": "POOL-10A"})
    valid_until = fields.Date(
        required=True, allow_none=True, metadata={"description": "Last day of a pass"}
    )


class GuestKeyOut(Schema):
    """One public key."""

    id = fields.Integer(required=True)
    public_key = fields.String(
        required=True, metadata={"description": "Ed25519, 32 bytes in base64"}
    )


class GuestKeysOut(Schema):
    """All keys that a code may be signed with."""

    keys = fields.List(fields.Nested(GuestKeyOut), required=True)


class SoldPassOut(Schema):
    """One pass as it is printed."""

    code = fields.String(required=True, metadata={"example": "P-000004"})
    product = fields.String(required=True, metadata={"example": "POOL-10A"})
    valid_until = fields.Date(required=True, metadata={"description": "Its last day"})
    visits = fields.Integer(required=True)
    token = fields.String(required=True, metadata={"description": "What its QR code says"})


class SoldPassesOut(Schema):
    """All passes of one charge."""

    passes = fields.List(fields.Nested(SoldPassOut), required=True)


@guest_code_api.route("/guest-codes/<string(maxlength=200):token>")
@needs(Permission.GUEST_CODES_READ)
@guest_code_api.arguments(AmountQuery, location="query")
@guest_code_api.response(200, GuestCodeOut)
def get_guest_code(asked: dict[str, Any], token: str) -> tuple[Shown, dict[str, str]]:
    """What a scanned guest code is worth now

    Also a code that is none has an answer: `unknown`.
    """
    with _books().read_only() as session:
        shown = look_at(
            session, token, keys=guest_keys(), now=datetime.now(UTC),
            amount_cents=asked.get("amount_cents"),
        )  # fmt: skip
    return shown, {"Cache-Control": "no-store"}


@guest_code_api.route("/charges/<uuid:key>/passes")
@needs(Permission.CHARGES_WRITE)
@guest_code_api.response(200, SoldPassesOut)
def get_sold_passes(key: UUID) -> dict[str, Any]:
    """The passes a charge sold, each with the code to print on it

    Asked again, the same cards: a pass has one that is in use.
    """
    with _books().transaction() as session:
        found = find_charge(session, key)
        if found is None or not _caller().may_act_at(found.facility, found.till):
            raise UnknownCharge(key)
        codes = [code for line in found.lines if line.unit_cents for code in line.passes]
        return {"passes": [_sold_pass(session, code) for code in codes]}


def _sold_pass(session: Session, code: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    in_use = [card for card in cards_of(session, code) if card.revoked_at is None]
    card = in_use[0] if in_use else issue_card(session, at=now, pass_code=code)
    sold = find_pass(session, code)
    assert sold is not None
    return {
        "code": code, "product": sold.product, "valid_until": sold.valid_until,
        "visits": sold.card.units, "token": card_text(card, guest_keys()),
    }  # fmt: skip


@guest_code_api.route("/guest-keys")
@needs(Permission.GUEST_CODES_READ)
@guest_code_api.response(200, GuestKeysOut)
def get_guest_keys() -> dict[str, Any]:
    """The public keys of guest codes

    With them a till reads codes while the centre cannot be reached.
    """
    public = guest_keys().public
    return {"keys": [{"id": id, "public_key": public_text(key)} for id, key in public.items()]}


def guest_keys() -> KeyRing:
    """The ring of signing keys behind this application."""
    ring = cast(Callable[[], KeyRing], current_app.extensions[GUEST_KEYS])
    return ring()


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _caller() -> Caller:
    return cast(Caller, g.caller)

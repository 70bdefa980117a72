"""The shape of what tills send and get: whole cents, known fields, aware instants; nothing more."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ledger.baskets import MAX_LINES, MAX_QUANTITY, NEEDS, WAYS
from ledger.money import EUR
from terminals.fields import Input, Whole, cents, code, currency, instant, text

MAX_ITEMS = 5000  # charges of one batch: a long day at the busiest till, and a few seconds of work
COUNTER_WAYS = ("cash", "girocard", "credit_card")


class MoneyIn(Input):
    """An amount of money."""

    cents = cents("Whole cents, more than zero", required=True)
    currency = fields.String(
        required=True,
        validate=validate.OneOf([EUR], error="The books are kept in EUR."),
        metadata={"example": EUR},
    )


class LineIn(Input):
    """One line of a basket."""

    product = code("Product of the catalogue", "POOL-AD", required=True)
    quantity = Whole(
        load_default=1,
        validate=validate.Range(1, MAX_QUANTITY),
        metadata={"description": "How many"},
    )
    unit_cents = cents("Price of one, as it was shown", least=0)
    case_reference = text("Kassenzeichen; kept apart from the books", most=64)
    waiver_reason = text("Why a fee is not charged")
    pass_code = code("Pass that is sold or used", "P-000004")
    applies_to = code("Fee that a surcharge goes with", "PA-AD")


class ChargeIn(Input):
    """What one person pays for, in one go and by one way."""

    facility = code("Where it was sold", "B01", required=True)
    way = fields.String(
        required=True,
        validate=validate.OneOf(sorted(WAYS)),
        metadata={"description": "How it was paid", "example": "girocard"},
    )
    charged_at = instant("When; the business day follows from it")
    currency = currency()
    lines = fields.List(
        fields.Nested(LineIn),
        required=True,
        validate=validate.Length(1, MAX_LINES),
        metadata={"description": "The basket"},
    )
    till = code("Till it was taken at", "B01-1")
    terminal = code("Card terminal", "B01-T1")
    wallet = code("Wallet it is paid from", "W-000017")
    shift = code("Shift at the till", "2026-11-17-1")
    receipt_number = code("Number of the receipt", "B01-1-000231")

    @validates_schema
    def check_way(self, document: dict[str, Any], **_: Any) -> None:
        """Cash needs its till, a card its terminal, a wallet its code."""
        needed = NEEDS.get(document["way"])
        if needed is not None and needed not in document:
            raise ValidationError("Missing data for this way to pay.", needed)


class BatchIn(Input):
    """Many charges in one request; each is one item with a key of its own."""

    charges = fields.List(
        fields.Dict(),
        required=True,
        validate=validate.Length(1, MAX_ITEMS),
        metadata={"description": "Each a charge with its `key` (UUID) among its fields"},
    )


class BatchItemIn(ChargeIn):
    """A charge of a batch: the fields of a charge and its key."""

    key = fields.UUID(required=True, metadata={"description": "Made by the till, once"})


class BatchOwnIn(Input):
    """What an item of a batch shares with no other one."""

    key = fields.UUID(required=True)
    charged_at = instant("When; the business day follows from it")
    receipt_number = code("Number of the receipt", "B01-1-000231")


class ReversalIn(Input):
    """Why and when a charge is taken back."""

    reversed_at = instant("When; the business day follows from it")
    reason = text("Why, in a few words", required=True)


class TopUpIn(Input):
    """Money paid onto a wallet at a counter."""

    amount = fields.Nested(MoneyIn, required=True)
    facility = code("Where it was paid", "B01", required=True)
    way = fields.String(
        required=True,
        validate=validate.OneOf(COUNTER_WAYS),
        metadata={
            "description": "How it was paid; cash needs the till, a card its terminal",
            "example": "girocard",
        },
    )
    paid_at = instant("When; the business day follows from it")
    till = code("Till it was taken at", "B01-1")
    terminal = code("Card terminal", "B01-T1")
    shift = code("Shift at the till", "2026-11-17-1")
    receipt_number = code("Number of the receipt", "B01-1-000230")

    @validates_schema
    def check_way(self, document: dict[str, Any], **_: Any) -> None:
        """Cash needs its till, a card its terminal."""
        if (needed := NEEDS[document["way"]]) not in document:
            raise ValidationError("Missing data for this way to pay.", needed)


class CatalogueQuery(Input):
    """Which catalogue."""

    facility = code("Facility whose offers are asked for", "B01", required=True)
    day = fields.Date(metadata={"description": "Day of sale; today when left out"})


class DoneOut(Schema):
    """The first result of this key."""

    key = fields.UUID(required=True)
    state = fields.Function(
        lambda done: "posted" if hasattr(done, "entry_id") else "recorded",
        metadata={"type": "string", "enum": ["posted", "recorded"],
                  "description": "recorded: all of it was free, nothing to book"},
    )  # fmt: skip
    entry_id = fields.Integer(metadata={"description": "Entry of the journal, when posted"})


class ChargedLineOut(Schema):
    """A line as it was sold, for the receipt."""

    product = fields.String(required=True)
    quantity = fields.Integer(required=True)
    unit_cents = fields.Integer(required=True)
    amount_cents = fields.Integer(required=True)
    tax_code = fields.String(required=True, allow_none=True)
    vat_rate = fields.Integer(required=True, metadata={"description": "Percent"})
    passes = fields.List(
        fields.String(), required=True, metadata={"description": "Passes it sold or used"}
    )


class ChargeOut(Schema):
    """A charge that has an answer, also a refused one."""

    key = fields.UUID(required=True)
    entry_id = fields.Integer(required=True, allow_none=True)
    refused = fields.String(
        required=True, allow_none=True, metadata={"description": "Code of the refusal"}
    )
    data = fields.Dict(required=True, metadata={"description": "What explains the refusal"})
    facility = fields.String(required=True)
    way = fields.String(required=True)
    charged_at = fields.AwareDateTime(required=True, format="iso")
    booked_on = fields.Date(required=True)
    till = fields.String(required=True, allow_none=True)
    terminal = fields.String(required=True, allow_none=True)
    shift = fields.String(required=True, allow_none=True)
    receipt_number = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer(required=True)
    currency = fields.Constant(EUR)
    lines = fields.List(fields.Nested(ChargedLineOut), required=True)
    reversed_by = fields.UUID(required=True, allow_none=True)


class ItemOut(Schema):
    """What came of one item of a batch."""

    key = fields.String(required=True, allow_none=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["posted", "recorded", "refused", "conflict", "invalid"]),
        metadata={
            "description": "posted, recorded (free: nothing to book) and refused are final;"
            " conflict: the key was used for other content; invalid: nothing was stored"
        },
    )
    replayed = fields.Boolean(required=True)
    entry_id = fields.Integer(allow_none=True)
    code = fields.String(metadata={"description": "Why not; as in a problem"})
    data = fields.Dict(metadata={"description": "What a person needs to understand it"})


class BatchOut(Schema):
    """One outcome per item, in the order of the request."""

    outcomes = fields.List(fields.Nested(ItemOut), required=True)


class WalletOut(Schema):
    """A wallet as it stands now."""

    code = fields.String(required=True, metadata={"example": "W-000017"})
    account = fields.String(required=True, metadata={"example": "371010/W-000017"})
    kind = fields.String(required=True)
    reference = fields.String(
        required=True, metadata={"description": "RF reference for bank transfers"}
    )
    balance_cents = fields.Integer(required=True)
    available_cents = fields.Integer(
        required=True, metadata={"description": "Balance less what is held"}
    )
    floor_cents = fields.Integer(required=True)
    currency = fields.Constant(EUR)


class CatalogueOut(Schema):
    """The offers of one facility on one day."""

    facility = fields.Dict(required=True)
    day = fields.Date(required=True)
    is_open = fields.Boolean(required=True)
    groups = fields.List(fields.Dict(), required=True)
    products = fields.List(fields.Dict(), required=True)

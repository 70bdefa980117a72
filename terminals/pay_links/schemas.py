"""The shape of what is asked about pay links and what is answered."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ledger.baskets import MAX_LINES, MAX_QUANTITY
from ledger.money import EUR
from terminals.fields import Input, Whole, cents, code, text


class LinkLineIn(Input):
    """One line of the basket."""

    product = code("Product of the catalogue", "PA24", required=True)
    quantity = Whole(
        load_default=1,
        validate=validate.Range(1, MAX_QUANTITY),
        metadata={"description": "How many"},
    )
    unit_cents = cents("Price of one, as it was shown", least=0)
    waiver_reason = text("Why a fee is not charged")
    applies_to = code("Fee that a surcharge goes with", "PA24")


def _lines(*, required: bool = False) -> fields.List[Any]:
    return fields.List(
        fields.Nested(LinkLineIn),
        required=required,
        validate=validate.Length(1, MAX_LINES),
        metadata={"description": "The basket, priced by the catalogue today"},
    )


class PayLinkIn(Input):
    """What a link is for: an office's basket, or a wallet's open bill."""

    facility = code("Office whose fee it is", "A01")
    lines = _lines()
    wallet = code("Wallet whose bill it is", "W-000017")
    amount_cents = cents("Of a wallet's bill; a fee's follows from its lines")
    case_reference = text("Kassenzeichen; it can be erased later", most=64)
    till = code("Till that waits for it", "A01-1")
    shift = code("Shift at the till", "2026-11-17-1")
    takes_transfers = fields.Boolean(
        load_default=True,
        metadata={"description": "Whether a bank transfer with its reference settles it too"},
    )
    as_notice = fields.Boolean(
        load_default=False,
        metadata={"description": "Book the fee as a claim now: a fee notice"},
    )
    expires_at = fields.AwareDateTime(
        format="iso", metadata={"description": "Until when; two weeks when left out"}
    )

    @validates_schema
    def check_what(self, document: dict[str, Any], **_: Any) -> None:
        """Either a facility with lines, or a wallet with an amount."""
        of_fee = {"facility", "lines"} & document.keys()
        of_wallet = {"wallet", "amount_cents"} & document.keys()
        if len(of_fee) + len(of_wallet) != 2 or (of_fee and of_wallet):
            raise ValidationError("Either facility and lines, or wallet and amount_cents.")


class PayLinkChangeIn(Input):
    """Another basket or a later end, and why: the payer reads it."""

    lines = _lines()
    amount_cents = cents("Of a wallet's bill, from now on")
    expires_at = fields.AwareDateTime(format="iso", metadata={"description": "Until when now"})
    reason = text("Why, in a few words", required=True)

    @validates_schema
    def check_what(self, document: dict[str, Any], **_: Any) -> None:
        """At least one of them."""
        if not {"lines", "amount_cents", "expires_at"} & document.keys():
            raise ValidationError("Missing data: lines, amount_cents or expires_at.")


class PayLinkWithdrawalIn(Input):
    """Why a link is taken back."""

    reason = text("Why, in a few words", required=True)


class PayLinkOut(Schema):
    """A link as it stands now."""

    id = fields.UUID(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["open", "expired", "withdrawn", "paid"])
    )
    address = fields.String(
        required=True, metadata={"example": "https://stadtkasse.aachen.example/zahlen/0123456789ABCDEFGHJKLMNPQR"}
    )  # fmt: skip
    notice_address = fields.String(
        required=True, allow_none=True, metadata={"description": "To print, where it is a notice"}
    )
    reference = fields.String(required=True, metadata={"description": "RF reference for transfers"})
    facility = fields.String(required=True, allow_none=True)
    wallet = fields.String(required=True, allow_none=True)
    amount_cents = fields.Integer(required=True)
    due_cents = fields.Integer(
        required=True, metadata={"description": "Less what was paid of it; 0 when paid"}
    )
    currency = fields.Constant(EUR)
    expires_at = fields.AwareDateTime(required=True, format="iso")
    paid_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    paid_how = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["online", "transfer", "counter"])
    )
    back_cents = fields.Integer(
        required=True, metadata={"description": "Paid too much; it goes back"}
    )
    notice = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Charge that made it a claim"}
    )
    receipt_number = fields.String(required=True)
    wished_at = fields.AwareDateTime(
        required=True, allow_none=True, format="iso",
        metadata={"description": "Since when its payer asks for a new link"},
    )  # fmt: skip

"""The shape of a fee notice, a visit taken back and a reminder, as a till sends them."""

from marshmallow import fields, validate

from ledger.baskets import MAX_LINES, MAX_QUANTITY
from terminals.fields import Whole, cents, code, instant, text
from terminals.site_schemas import Body


class NoticeLineBody(Body):
    """One line of what a fee notice asks for."""

    product = code("Product of the catalogue", "PA24", required=True)
    quantity = Whole(required=True, validate=validate.Range(1, MAX_QUANTITY))
    unit_cents = cents("Price of one, as it was shown", least=0, required=True)
    waiver_reason = text("Why a fee is not charged")
    applies_to = code("Fee that a surcharge goes with", "PA24")


class FeeNoticeBody(Body):
    """A fee notice instead of money: what is owed, and the number the till gave it."""

    lines = fields.List(
        fields.Nested(NoticeLineBody), required=True, validate=validate.Length(1, MAX_LINES)
    )
    amount_cents = cents("Whole cents", required=True)
    case_reference = text("Kassenzeichen", most=64)
    shift = code("Shift", "2026-11-17-1", required=True)
    receipt_number = code("Number of the receipt", "A01-1-000231", required=True)
    noticed_at = instant("When")


class VisitTakenBackBody(Body):
    """The newest visit of a pass did not take place."""

    visit = fields.UUID(required=True)
    person = code("Staff code", "S-0007", required=True)


class RefundRemindedBody(Body):
    """A guest waits for a second person to decide."""

    refund = fields.UUID(required=True)
    person = code("Staff code", "S-0007", required=True)

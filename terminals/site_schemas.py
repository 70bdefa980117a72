"""The shape of what sites send and get: enrolment, the items of a till, its staff and decisions."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from ledger.approvals import DECISIONS
from ledger.baskets import MAX_LINES, MAX_QUANTITY, WAYS
from terminals.fields import MAX_CENTS, Input, Whole, cents, code, instant, text

MAX_ITEMS = 5000
LONGEST_SAID = 200
SEQ_LIMIT = 2**53  # what every reader of JSON holds exactly
KINDS_OF_ATTEMPT = ("payment", "reversal", "refund")
STATES_OF_ATTEMPT = ("started", "unknown", "approved", "declined", "aborted")
STATEMENTS = ("paid", "not_paid", "dont_know")


def _maybe(field: fields.Field[Any]) -> fields.Field[Any]:
    """The same field, which may be null or left out."""
    field.allow_none, field.load_default = True, None
    return field


class Said(fields.String):
    """What a person or a device said, in one printable line; nothing said is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given: str = super()._deserialize(value, attr, data, **kwargs)
        line = "".join(each if each.isprintable() else " " for each in given)
        return line.strip()[:LONGEST_SAID] or None


def _said(description: str) -> fields.Field[Any]:
    """Words that may be missing, and are never a reason to turn an item away."""
    return _maybe(Said(metadata={"description": description}))


def _sum(description: str) -> Whole:
    """Whole cents that may be below zero."""
    return Whole(
        required=True, validate=validate.Range(-MAX_CENTS, MAX_CENTS),
        metadata={"description": description},
    )  # fmt: skip


def _uuid(*, required: bool = True) -> fields.UUID:
    return fields.UUID(required=required)


def _one_of(values: tuple[str, ...]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(values))


def _counts() -> fields.Dict:
    """Pieces of each coin and note, by its cents."""
    return fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[1-9][0-9]{0,5}\Z")),
        values=Whole(validate=validate.Range(0, 100_000)),
        required=True,
    )


class EnrolmentIn(Input):
    """A code as it was read aloud, and the token the site made and saved for itself."""

    code = fields.String(required=True, validate=validate.Length(1, 32))
    token = fields.String(
        required=True,
        validate=validate.Regexp(r"sk_[A-Za-z0-9_-]{43,128}\Z", error="Not a token."),
        metadata={"description": "sk_ and at least 256 random bits, made by the site"},
    )


class EnrolledOut(Schema):
    """Which till the site now is, and what stands there."""

    device = fields.String(required=True)
    city = fields.String(required=True)
    facility = fields.Dict(required=True)
    till = fields.Dict(required=True)
    terminals = fields.List(fields.Dict(), required=True)
    next = fields.Dict(
        required=True, metadata={"description": "Where a new journal goes on: receipt, shift"}
    )


class TillItemsIn(Input):
    """What happened at a till, in order; each item is one thing with a key of its own."""

    items = fields.List(
        fields.Raw(allow_none=True),
        required=True,
        validate=validate.Length(1, MAX_ITEMS),
        metadata={"description": "Each `{seq, key, kind, at, body}`"},
    )


class TillOutcomeOut(Schema):
    """What came of one item."""

    key = fields.Raw(required=True, metadata={"description": "As it was sent"})
    state = fields.String(
        required=True, validate=validate.OneOf(["taken", "refused", "conflict", "invalid"])
    )
    replayed = fields.Boolean(required=True)
    entry_id = fields.Integer()
    code = fields.String()
    data = fields.Dict()


class TillItemsOut(Schema):
    """One outcome per item, in the order of the request."""

    outcomes = fields.List(fields.Nested(TillOutcomeOut), required=True)


class TillStaffOut(Schema):
    """Who may sign in at this till, with what a PIN is compared to."""

    people = fields.List(fields.Dict(), required=True)
    pin_limit = fields.Integer(required=True)
    limits = fields.Dict(
        required=True, metadata={"description": "Cents by kind: above, a second person approves"}
    )


class DecisionsQuery(Input):
    """From when on."""

    since = fields.AwareDateTime(format="iso")


class TillDecisionsOut(Schema):
    """What became of refunds this till asked for."""

    decisions = fields.List(fields.Dict(), required=True)


class Body(Schema):
    """The body of an item.

    What a newer till says beyond this is kept with the item and does not stop it: the centre
    of a city is not updated in the same minute as its tills.
    """

    class Meta:
        """Kept, not read."""

        unknown = EXCLUDE


class ItemIn(Input):
    """One item around its body."""

    seq = Whole(required=True, validate=validate.Range(0, SEQ_LIMIT))
    key = _uuid()
    kind = fields.String(required=True, validate=validate.Regexp(r"[a-z_]{1,64}\Z"))
    at = instant("When it happened, by the till's clock")
    body = fields.Dict(required=True)


class ReversalBody(Body):
    """A charge is taken back in the shift it was made in."""

    charge = _uuid()
    reversed_at = instant("When")
    reason = text("Why", required=True)
    person = code("Staff code", "S-0007", required=True)


class AttemptBody(Body):
    """A try to take or give back money has come to this state."""

    attempt = _uuid()
    basket = _maybe(_uuid(required=False))
    kind = _one_of(KINDS_OF_ATTEMPT)
    amount_cents = cents("Whole cents", required=True)
    terminal = _maybe(code("Card terminal", "B01-T1"))
    adapter = _maybe(text("Kind of device", most=64))
    state = _one_of(STATES_OF_ATTEMPT)
    at = instant("When it came to this")
    reason = _said("What the device said")
    statement = _maybe(fields.String(validate=validate.OneOf(STATEMENTS)))
    statement_by = _maybe(code("Staff code", "S-0007"))


class LinkSaleBody(Body):
    """A sale that a pay link paid, and the receipt the guest got for it."""

    link = _uuid()
    amount_cents = cents("Whole cents", required=True)
    receipt_number = code("Number of the receipt", "A01-1-000231", required=True)
    sold_at = instant("When")


class ShiftOpenedBody(Body):
    """Somebody begins to sell with this float."""

    shift = code("Shift", "2026-11-17-1", required=True)
    opened_at = instant("When")
    person = code("Staff code", "S-0007", required=True)
    float_cents = cents("What came out of the safe", least=0, required=True)


class CashDropBody(Body):
    """Cash leaves the drawer in a numbered bag."""

    shift = code("Shift", "2026-11-17-1", required=True)
    bag = text("Number on the bag", most=64, required=True)
    amount_cents = cents("What is in it", required=True)
    counts = _counts()
    person = code("Staff code", "S-0007", required=True)
    witness = _maybe(code("Staff code", "S-0008"))


class ShiftClosedBody(Body):
    """A shift was counted, blind, and is over."""

    shift = code("Shift", "2026-11-17-1", required=True)
    business_day = fields.Date(required=True)
    opened_at = instant("When it began")
    closed_at = instant("When it ended")
    person = code("Staff code", "S-0007", required=True)
    next_person = _maybe(code("Staff code", "S-0008"))
    counts = fields.List(_counts(), required=True, validate=validate.Length(0, 2))
    expected_cents = _sum("What should be in the drawer")
    counted_cents = cents("What is in the drawer", least=0, required=True)
    difference_cents = _sum("Counted less expected")
    reason = _said("Why they differ")
    z_number = _maybe(Whole(validate=validate.Range(0, SEQ_LIMIT)))
    takings = _maybe(fields.Dict())
    voids = _maybe(fields.Raw())
    guests = _maybe(fields.Raw())
    receipts = _maybe(fields.Raw())


class TerminalTotalsBody(Body):
    """A card terminal closed its day."""

    terminal = code("Card terminal", "B01-T1", required=True)
    day = fields.Date(required=True)
    number = fields.Raw(
        required=True,
        validate=lambda value: type(value) in (int, str) and len(str(value)) <= 64,
        metadata={"description": "Its own number of this end of day, if it has one"},
    )
    amount_cents = _sum("All schemes together")
    expected_cents = _sum("What the till counted itself")
    agrees = fields.Boolean(required=True)
    totals = fields.List(fields.Dict(), required=True, validate=validate.Length(0, 100))


class RefundLineBody(Body):
    """Pieces of one line."""

    line = Whole(required=True, validate=validate.Range(1, MAX_LINES))
    quantity = Whole(required=True, validate=validate.Range(1, MAX_QUANTITY))


class RefundRequestedBody(Body):
    """Somebody wants money back."""

    refund = _uuid()
    charge = _uuid()
    amount_cents = cents("What goes back", required=True)
    lines = _maybe(fields.List(fields.Nested(RefundLineBody), validate=validate.Length(1)))
    reason = text("Why", required=True)
    person = code("Staff code", "S-0007", required=True)


class RefundDecidedBody(Body):
    """A second person decided at the till, or the first one withdrew."""

    refund = _uuid()
    person = code("Staff code", "S-0008", required=True)
    decision = _one_of(DECISIONS)
    reason = _said("Why")


class RefundPaidBody(Body):
    """The money went back."""

    refund = _uuid()
    attempt = _maybe(_uuid(required=False))
    way = _one_of(tuple(sorted(WAYS - {"invoice"})))
    paid_at = instant("When")
    person = code("Staff code", "S-0007", required=True)


class TillEventBody(Body):
    """Something for the audit log."""

    what = fields.String(required=True, validate=validate.Regexp(r"[a-z_]{1,40}\Z"))
    person = _maybe(code("Staff code", "S-0007"))
    detail = fields.Dict(load_default=dict)

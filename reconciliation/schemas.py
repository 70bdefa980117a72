"""The shape of what finance reads: balances, the journal and account statements, in whole cents."""

from marshmallow import RAISE, Schema, fields, validate

from ledger.money import EUR

MAX_PAGE = 500

_CODE = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}\Z", error="Not a code.")


class Query(Schema):
    """What is asked for: unknown fields are refused."""

    class Meta:
        """Nothing is ignored silently."""

        unknown = RAISE


class CutQuery(Query):
    """Which moment of the books: all of them when nothing is asked for."""

    as_of = fields.Date(metadata={"description": "Business days up to and including this one"})
    known_at = fields.AwareDateTime(
        format="iso",
        metadata={"description": "Only what was sealed by then: the same answer for ever"},
    )


class TrialBalanceQuery(CutQuery):
    """Which moment, and how deep."""

    sub_ledgers = fields.Boolean(
        load_default=False, metadata={"description": "Each wallet, till and terminal day"}
    )


class PageQuery(Query):
    """Which page of a list."""

    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=64),
        metadata={"description": "`next` of the page before"},
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MAX_PAGE))


class JournalQuery(PageQuery):
    """Which entries of the journal."""

    booked_from = fields.Date(metadata={"description": "First business day"})
    booked_to = fields.Date(metadata={"description": "Last business day"})
    event = fields.String(validate=_CODE, metadata={"example": "sale"})
    account = fields.String(
        validate=_CODE, metadata={"description": "Account on either side", "example": "441100"}
    )


class BalanceOut(Schema):
    """An account's balance at the moment asked for."""

    account = fields.String(required=True, metadata={"example": "371010/W-000017"})
    debit_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)
    debit_balance_cents = fields.Integer(
        required=True, metadata={"description": "Debits less credits; negative is a Haben balance"}
    )
    currency = fields.Constant(EUR)
    as_of = fields.Date(required=True, allow_none=True)
    known_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class TrialBalanceLineOut(Schema):
    """One account of the trial balance."""

    account = fields.String(required=True, attribute="code")
    name = fields.String(required=True)
    kind = fields.String(required=True)
    debit_cents = fields.Integer(required=True, attribute="balance.debit_cents")
    credit_cents = fields.Integer(required=True, attribute="balance.credit_cents")
    debit_balance_cents = fields.Integer(required=True, attribute="balance.debit_balance_cents")


class TrialBalanceOut(Schema):
    """Every account that ever moved; both sums are the same."""

    accounts = fields.List(fields.Nested(TrialBalanceLineOut), required=True)
    debit_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)
    currency = fields.Constant(EUR)
    as_of = fields.Date(required=True, allow_none=True)
    known_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class TransferOut(Schema):
    """One Buchungssatz: debit an credit."""

    line = fields.Integer(required=True)
    debit = fields.String(required=True)
    credit = fields.String(required=True)
    amount_cents = fields.Integer(required=True)
    currency = fields.String(required=True)
    dimensions = fields.Dict(
        required=True, keys=fields.String(), values=fields.String(),
        metadata={"example": {"facility": "B01", "product": "POOL-AD", "channel": "girocard"}},
    )  # fmt: skip


class EntryOut(Schema):
    """One entry of the journal with its transfers."""

    id = fields.Integer(required=True)
    key = fields.UUID(required=True)
    event = fields.String(required=True)
    booked_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")
    reference = fields.String(required=True, allow_none=True)
    reverses = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Entry this one takes back"}
    )
    transfers = fields.List(fields.Nested(TransferOut), required=True)


class JournalOut(Schema):
    """A page of the journal in order of entries."""

    entries = fields.List(fields.Nested(EntryOut), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Cursor; null on the last page"}
    )


class StatementLineOut(Schema):
    """One movement of an account and the balance after it."""

    entry_id = fields.Integer(required=True)
    line = fields.Integer(required=True)
    booked_on = fields.Date(required=True)
    event = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    counter_account = fields.String(required=True)
    debit_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)
    balance_cents = fields.Integer(
        required=True, metadata={"description": "Debits less credits after this movement"}
    )


class StatementOut(Schema):
    """A page of an account's movements in posting order."""

    account = fields.String(required=True)
    lines = fields.List(fields.Nested(StatementLineOut), required=True)
    currency = fields.Constant(EUR)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Cursor; null on the last page"}
    )

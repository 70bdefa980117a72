"""What a terminal reported, as evidence the till keeps: numbers, time, card, way of clearing."""

from datetime import UTC, datetime, timedelta

from terminals.adapters import Evidence, Order
from terminals.adapters.zvt.protocol.messages import StatusInformation
from terminals.adapters.zvt.protocol.words import is_girocard, scheme
from terminals.adapters.zvt.slips import Slips

_ENTRIES = {"mag": "stripe", "chip": "chip", "nfc": "contactless"}


def evidence_of(
    status: StatusInformation, order: Order | None, *, near: datetime, slips: Slips | None = None
) -> Evidence:
    """The evidence in a 04 0F; what it does not say of the amount is as ordered, if anything was.

    near: the till's clock in the zone of the terminal, for the year that terminals leave out.
    """
    ordered = order.amount_cents if order is not None else 0
    amount = ordered if status.amount_cents is None else status.amount_cents
    printed = Slips() if slips is None else slips
    card = (status.card_type, status.card_name, status.aid)
    return Evidence(
        number=_number(status.trace, 6),
        amount_cents=amount,
        way="girocard" if is_girocard(*card) else "credit_card",
        terminal_id=status.terminal_id,
        receipt=_number(status.receipt, 4),
        turnover=_number(status.turnover, 6),
        at=at_of(status, near),
        scheme=scheme(*card),
        last4=status.last4,
        entry=_ENTRIES.get(status.entry, ""),
        authorisation=status.authorisation,
        slip=printed.customer,
        merchant_slip=printed.merchant,
        must_print=status.needs_paper or any(status.receipt_flags or ()) or printed.must_print,
    )


def at_of(status: StatusInformation, near: datetime) -> datetime | None:
    """When it was by the terminal's clock; in the hour that a clock change repeats, the one that
    is nearer to `near`."""
    at = status.at(near)
    if at is None:
        return None
    return min(at, at.replace(fold=1), key=lambda each: _distance(each, near))


def _distance(one: datetime, other: datetime) -> timedelta:
    # In UTC: two times of one zone are subtracted as their clocks show them, blind to the change.
    return abs(one.astimezone(UTC) - other.astimezone(UTC))


def _number(value: int | None, width: int) -> str:
    return f"{value:0{width}d}" if value else ""

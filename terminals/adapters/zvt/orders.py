"""How an order is said to a terminal, and how its word about its last transaction is read."""

from datetime import datetime

from terminals.adapters import Order
from terminals.adapters.zvt.dialogue import Course
from terminals.adapters.zvt.evidence import evidence_of
from terminals.adapters.zvt.protocol.messages import Authorisation, Refund, Request, Reversal
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.slips import slips_of
from terminals.adapters.zvt.verdict import Answer


def command_of(order: Order, settings: Settings) -> Request | None:
    """What the terminal is told; None for the reversal of a payment without a receipt number."""
    if order.kind == "payment":
        return Authorisation(order.amount_cents, payment_type=settings.payment_type)
    if order.kind == "refund":
        return Refund(settings.password, order.amount_cents)
    receipt = order.original.receipt[-4:] if order.original is not None else ""
    if not (receipt.isascii() and receipt.isdecimal()):
        return None
    return Reversal(settings.password, receipt=int(receipt), amount_cents=order.amount_cents)


def answer_of(order: Order, course: Course, near: datetime) -> Answer | None:
    """Its last transaction as it repeated it; None where it had none or kept its end to itself."""
    status = course.status
    if status is None or status.result is None:
        return None
    return Answer(
        result=status.result,
        evidence=evidence_of(status, order, near=near, slips=slips_of(course.prints)),
        amount_cents=status.amount_cents,
        original=f"{status.original_trace:06d}" if status.original_trace else "",
    )

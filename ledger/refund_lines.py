"""What is left of a charge, line by line, once earlier refunds are taken off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ledger.charges import Charge
from ledger.outcomes import ServiceRefusal
from ledger.tables.approvals import approval_decision, refund, refund_payment


class RefundRefused(ServiceRefusal):
    """The refund is not possible, whoever approves it."""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Pieces of one line of a charge; `line` counts from 1."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line as it was sold and how many of its pieces went back, or are about to."""

    line: int
    product: str
    quantity: int
    amount_cents: int
    gone: int
    is_pass: bool

    @property
    def left(self) -> int:
        """Pieces that can still go back."""
        return self.quantity - self.gone

    def back(self, pieces: int) -> int:
        """Cents for the next `pieces`: after the last one, the whole line has gone back."""
        return self._upto(self.gone + pieces) - self._upto(self.gone)

    def _upto(self, pieces: int) -> int:
        return self.amount_cents * pieces // self.quantity


def lines_left(session: Session, found: Charge) -> dict[int, LineLeft]:
    """The lines of a charge by number, less refunds that are asked for, approved or paid."""
    gone: dict[int, int] = {}
    for line in _live_lines(session, found.key):
        gone[line["line"]] = gone.get(line["line"], 0) + line["quantity"]
    return {
        number: LineLeft(
            number, line.product, line.quantity, line.amount_cents, gone.get(number, 0),
            bool(line.passes),
        )
        for number, line in enumerate(found.lines, start=1)
    }  # fmt: skip


def lines_back(
    left: Mapping[int, LineLeft], asked: Sequence[RefundLine] | None
) -> list[dict[str, Any]]:
    """What goes back, as it is stored; `asked` None: everything that is left.

    Lines that cost nothing go back for nothing. Raises RefundRefused (refund_line_unknown,
    refund_exceeds_charge, refund_of_pass).
    """
    if asked is None:
        asked = [RefundLine(one.line, one.left) for one in left.values() if one.left]
    if len({one.line for one in asked}) < len(asked):
        raise RefundRefused("refund_line_unknown", lines=[one.line for one in asked])
    return [_line_back(left, one) for one in asked]


def paid_cents(session: Session, charge: UUID) -> dict[str, int]:
    """What was paid back of each product of a charge."""
    rows = session.scalars(
        select(refund.c.lines)
        .join(refund_payment, refund_payment.c.refund == refund.c.id)
        .where(refund.c.charge == charge)
    )
    paid: dict[str, int] = {}
    for line in (line for lines in rows for line in lines):
        paid[line["product"]] = paid.get(line["product"], 0) + line["amount_cents"]
    return paid


def _line_back(left: Mapping[int, LineLeft], asked: RefundLine) -> dict[str, Any]:
    one = left.get(asked.line)
    if one is None:
        raise RefundRefused("refund_line_unknown", lines=[asked.line])
    if not 1 <= asked.quantity <= one.left:
        raise RefundRefused("refund_exceeds_charge", line=one.line, left=one.left)
    if one.is_pass and one.amount_cents:
        raise RefundRefused("refund_of_pass", product=one.product)
    return {
        "line": one.line, "product": one.product, "quantity": asked.quantity,
        "amount_cents": one.back(asked.quantity),
    }  # fmt: skip


def _live_lines(session: Session, charge: UUID) -> Iterable[dict[str, Any]]:
    decision = approval_decision.c.decision
    rows = session.scalars(
        select(refund.c.lines)
        .outerjoin(approval_decision, approval_decision.c.approval == refund.c.id)
        .where(refund.c.charge == charge, or_(decision.is_(None), decision == "approved"))
    )
    return [line for lines in rows for line in lines]

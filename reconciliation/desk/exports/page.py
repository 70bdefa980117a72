"""What the pages about hand-overs show, read in one transaction each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ledger.closings import RELEASING_ROLE
from ledger.permissions import Caller
from ledger.tables.staff import staff
from reconciliation.desk.exports.words import NO_ROLE, OWN, headline
from reconciliation.exports import Settings, load
from reconciliation.exports.batches import Share, waiting
from reconciliation.exports.handover import Batch, batches, find_batch
from reconciliation.exports.sepa.files import Held, ready_orders
from reconciliation.exports.sepa.orders import PaymentOrder
from reconciliation.exports.tables import export_payment, payment_order


@dataclass(frozen=True, slots=True)
class ListPage:
    """The newest batches, of one format or all. counts: of batches by format."""

    headline: str
    batches: Sequence[Batch]
    counts: Mapping[str, int]
    format: str | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What a new batch of a format would take. shares: of a format of the journal; ready, held:
    of a file for the bank. by_month: whether it makes a file of each month."""

    format: str
    moves_money: bool
    shares: Mapping[str, Share]
    ready: Sequence[PaymentOrder]
    held: Sequence[Held]
    by_month: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not self.ready if self.moves_money else "ready" not in self.shares

    @property
    def amount_cents(self) -> int:
        """Of what would be handed over: debits, or payments."""
        if self.moves_money:
            return sum(one.amount_cents for one in self.ready)
        return self.shares["ready"].amount_cents if "ready" in self.shares else 0


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch. payments: of a file for the bank. barred: why the viewer cannot release it."""

    batch: Batch
    payments: Sequence[PaymentOrder]
    names: Mapping[str, str]
    barred: str | None


def list_page(session: Session, format: str | None) -> ListPage:
    """The list; at most its newest 100."""
    standing = session.execute(text(_STANDING)).all()
    counts = {row.format: row.batches for row in standing}
    title = headline(
        sum(row.without_receipt for row in standing), sum(row.to_release for row in standing),
        sum(row.rejected for row in standing),
    )  # fmt: skip
    known = format if format in counts else None
    return ListPage(title, batches(session, format=known), counts, known, _names(session))


def new_page(
    session: Session, format: str, settings: Mapping[str, Settings], *, at: datetime
) -> NewPage:
    """What would be handed over now and what is held back."""
    if format in load():
        layout = load()[format].layout(settings.get(format, {}))
        return NewPage(format, False, waiting(session, format), (), (), layout.by_month)
    ready, held = ready_orders(session, format, settings=settings, at=at)
    return NewPage(format, True, {}, ready, held, by_month=False)


def batch_page(session: Session, by: Caller, format: str, number: int) -> BatchPage:
    """One batch with its history. Raises ExportRefused (export_unknown)."""
    found = find_batch(session, format, number)
    payments = _payments(session, found) if found.moves_money else ()
    return BatchPage(found, payments, _names(session), _barred(by, found))


def _payments(session: Session, found: Batch) -> list[PaymentOrder]:
    of = export_payment.c
    columns = (payment_order.c[name] for name in PaymentOrder.__dataclass_fields__)
    wanted = (
        select(*columns)
        .join(export_payment, of.payment_order == payment_order.c.id)
        .where(of.format == found.format, of.number == found.number)
        .order_by(of.payment_info)
    )
    return [PaymentOrder(*row) for row in session.execute(wanted)]


def _barred(by: Caller, found: Batch) -> str | None:
    if by.role != RELEASING_ROLE or by.person is None:
        return NO_ROLE
    return OWN if found.created_by == by.name else None


def _names(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(staff.c.code, staff.c.name))}


_STANDING = """
    WITH newest AS (
        SELECT DISTINCT ON (format, number) format, number, kind
          FROM export_step ORDER BY format, number, id DESC)
    SELECT b.format, count(*) AS batches,
           count(*) FILTER (WHERE n.kind = 'rejected') AS rejected,
           count(*) FILTER (WHERE b.format IN ('pain001', 'pain008')
                              AND d.decision IS NULL) AS to_release,
           count(*) FILTER (WHERE coalesce(n.kind, 'sent') = 'sent'
                              AND (b.format NOT IN ('pain001', 'pain008')
                                   OR d.decision = 'released')) AS without_receipt
      FROM export_batch b LEFT JOIN newest n USING (format, number)
      LEFT JOIN export_decision d USING (format, number)
     GROUP BY b.format ORDER BY b.format"""

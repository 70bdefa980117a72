"""Which top-ups of a wallet can still go back the way they came, and how a payout is shared out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.closings import DEBIT_CAN_RETURN, Source
from terminals.checkout.tables import online_payment, online_refund

PURPOSES = ("top_up", "auto_top_up")
CARD_DAYS = timedelta(days=180)  # older cards have often been replaced: then an account is safer


@dataclass(frozen=True, slots=True)
class WayBack:
    """Cents by the way they would go: to the debited account, onto cards, by transfer."""

    debit_cents: int
    card_cents: int
    transfer_cents: int


def sources_of(session: Session, wallet: str, *, at: datetime) -> list[Source]:
    """The payments with something left of them to give back, the newest first."""
    given = (
        select(func.coalesce(func.sum(online_refund.c.amount_cents), 0))
        .where(
            online_refund.c.payment == online_payment.c.id,
            online_refund.c.state.not_in(("failed", "turned_down")),
        )
        .scalar_subquery()
    )
    left = (online_payment.c.amount_cents - given).label("left_cents")
    rows = session.execute(
        select(online_payment.c.id, online_payment.c.way, left, online_payment.c.ended_at)
        .where(
            online_payment.c.purpose.in_(PURPOSES), online_payment.c.subject == wallet,
            online_payment.c.state == "paid", online_payment.c.way.in_(("card", "sepa_debit")),
            online_payment.c.ended_at > at - CARD_DAYS,
        )
        .order_by(online_payment.c.ended_at.desc())
    )  # fmt: skip
    return [
        Source(row.id, row.way, int(row.left_cents), business_day(row.ended_at))
        for row in rows
        if row.left_cents > 0
    ]


def way_back(cents: int, sources: Sequence[Source], *, at: datetime) -> WayBack:
    """How this much would be shared out today: recent debits first, then cards, then the rest."""
    since = business_day(at) - DEBIT_CAN_RETURN
    debits = sum(one.left_cents for one in sources if one.way != "card" and one.paid_on >= since)
    cards = sum(one.left_cents for one in sources if one.way == "card")
    due = max(cents, 0)
    by_debit = min(due, debits)
    by_card = min(due - by_debit, cards)
    return WayBack(by_debit, by_card, due - by_debit - by_card)

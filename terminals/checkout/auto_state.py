"""How a wallet that fills itself up fares: declines counted, stopped, set going again."""

from datetime import datetime, time

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day, next_month
from terminals.checkout.tables import auto_top_up, online_payment
from terminals.checkout.values import Payment

MOST_DECLINES = 2
ASKS_FOR_PAYER = "authentication_required"


def succeeded(session: Session, wallet: str, *, at: datetime) -> None:
    """Money came: what was declined before is forgotten."""
    session.execute(
        update(auto_top_up)
        .where(auto_top_up.c.wallet == wallet, auto_top_up.c.decline_count > 0)
        .values(decline_count=0, reason=None, changed_at=at)
    )


def declined(session: Session, payment: Payment, *, at: datetime) -> str | None:
    """No money came. Returns what the payer is to be told: "waiting_for_bank" where the bank
    wants to see them, "stopped" after MOST_DECLINES in a row; None for nothing."""
    if payment.state == "cancelled":
        return None  # by us, or before anybody was asked
    row = session.execute(
        select(auto_top_up).where(auto_top_up.c.wallet == payment.subject).with_for_update()
    ).one_or_none()
    if row is None or row.state not in ("active", "paused"):
        return None
    count, state = row.decline_count + 1, row.state
    if payment.reason == ASKS_FOR_PAYER:
        state = "waiting_for_bank"
    elif count >= MOST_DECLINES:
        state = "stopped"
    values = {"state": state, "decline_count": count, "reason": payment.reason, "changed_at": at}
    if state != "paused":
        values["paused_until"] = None
    session.execute(
        update(auto_top_up).where(auto_top_up.c.wallet == payment.subject).values(values)
    )
    return state if state in ("waiting_for_bank", "stopped") else None


def way_kept(session: Session, payer: str, *, at: datetime) -> None:
    """The payer was there and paid with a way to keep: what waited for that goes on."""
    waited = ("waiting_for_way", "waiting_for_bank", "stopped")
    session.execute(
        update(auto_top_up)
        .where(auto_top_up.c.payer == payer, auto_top_up.c.state.in_(waited))
        .values(state="active", decline_count=0, reason=None, changed_at=at)
    )


def spent_cents(session: Session, wallet: str, due_at: datetime) -> int:
    """What this calendar month has taken or still may take, as the city counts months."""
    first = business_day(due_at).replace(day=1)
    begins, ends = (datetime.combine(day, time(), CITY_TIME) for day in (first, next_month(first)))
    of = online_payment.c
    return int(
        session.scalar(
            select(func.coalesce(func.sum(of.amount_cents), 0)).where(
                of.kind == "saved", of.subject == wallet, of.due_at >= begins, of.due_at < ends,
                of.state.not_in(("failed", "expired", "cancelled")),
            )
        )
        or 0
    )  # fmt: skip

"""Payers who have left, or pay by themselves no more: nothing of theirs stays at the provider."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from ledger.tables.families import wallet_closing
from terminals.checkout import auto_top_up as auto
from terminals.checkout.forgetting import want_customer_gone
from terminals.checkout.people import forget_way
from terminals.checkout.tables import auto_top_up, online_customer, online_payment, online_way
from terminals.portal.tables import payer

# Whoever pays with a way to keep may still be filling in the form that needs it.
UNUSED_FOR = timedelta(days=1)


def forget_what_is_over(session: Session, *, at: datetime) -> None:
    """Have forgotten what nobody needs at the provider any more; safe to repeat.

    That is a way to pay that fills no wallet up, and whoever had a closed account paid out.
    """
    for code in session.scalars(_ways_without_use(at)).all():
        forget_way(session, code, at=at)
    for gone in session.execute(_LEFT).all():
        auto.end(session, gone.wallet, at=at)
        forget_way(session, gone.code, at=at)
        want_customer_gone(session, gone.code, at=at)


def _ways_without_use(at: datetime) -> Select[str]:
    runs = exists().where(auto_top_up.c.payer == online_way.c.payer, auto_top_up.c.state != "ended")
    return select(online_way.c.payer).where(~runs, online_way.c.saved_at < at - UNUSED_FOR)


# Who came back and paid in again is no more among them.
_LEFT = (
    select(payer.c.code, payer.c.wallet)
    .join(online_customer, online_customer.c.payer == payer.c.code)
    .join(wallet_closing, wallet_closing.c.wallet == payer.c.wallet)
    .where(
        online_customer.c.customer.is_not(None),
        wallet_closing.c.state == "paid_out",
        ~exists().where(
            online_payment.c.payer == payer.c.code,
            online_payment.c.begun_at > wallet_closing.c.changed_at,
        ),
    )
    .distinct()
)

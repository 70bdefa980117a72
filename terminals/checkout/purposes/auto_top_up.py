"""Money for a wallet that fills itself up."""

from datetime import datetime

from sqlalchemy.orm import Session

from terminals.checkout import auto_letters, auto_state
from terminals.checkout.purposes.top_up import (
    given_back,
    not_sent_back,
    promise_broken,
    promised,
    reversed_,
    sent_back,
)
from terminals.checkout.purposes.top_up import received as received_by_hand
from terminals.checkout.values import Payment

__all__ = ["ended", "given_back", "not_sent_back", "promise_broken", "promised", "received",
           "reversed_", "sent_back"]  # fmt: skip


def received(session: Session, payment: Payment, *, at: datetime) -> int | None:
    """Credit the wallet, and trust its way to pay again."""
    entry = received_by_hand(session, payment, at=at)
    auto_state.succeeded(session, payment.subject, at=at)
    return entry


def ended(session: Session, payment: Payment, *, at: datetime) -> None:
    """Count a decline; where it stops now, or the bank wants to see the payer, tell them."""
    told = auto_state.declined(session, payment, at=at)
    if told is not None:
        auto_letters.tell_trouble(session, payment, told, at=at)

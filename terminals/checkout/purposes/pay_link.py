"""Money for a pay link: a fee of an office or an open bill."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.pay_links import PayLinkRefused, find_link, give_fee_back, receive
from ledger.wallets import find_wallet
from terminals.checkout.booking import recover, recover_apart, waits_apart
from terminals.checkout.cases import open_case
from terminals.checkout.errors import NotBooked, RefundNotPossible
from terminals.checkout.purposes import top_up
from terminals.checkout.refunds import give_back
from terminals.checkout.tables import online_payment, online_refund
from terminals.checkout.values import Payment
from terminals.pay_links.addresses import receipt_path


def received(session: Session, payment: Payment, *, at: datetime) -> int | None:
    """Settle the link; what it does not need is asked back at once, a second person releases it."""
    try:
        got = receive(
            session, UUID(payment.subject), payment=payment.id, amount_cents=payment.amount_cents,
            at=at,
        )  # fmt: skip
    except PayLinkRefused as no:
        raise NotBooked(no.code) from no
    receipt_path(session, got.entry_id)
    if got.back_cents:
        give_back(
            session, payment.id, got.back_cents, key=uuid5(payment.id, "pay_link_rest"),
            by="pay_link", reason="paid_too_much", at=at, source="unclear",
        )  # fmt: skip
    if got.use == "unclear":
        open_case(
            session, "money_without_use", str(payment.id), payment=payment.id,
            cents=payment.amount_cents, detail={"why": "fee_not_booked", "link": payment.subject},
            at=at,
        )  # fmt: skip
    return got.entry_id


def given_back(
    session: Session, payment: Payment, amount_cents: int, *, key: UUID, at: datetime
) -> int:
    """Take back what was booked for it: of the fee, or from the wallet whose bill it was.

    Raises RefundNotPossible: too_much, spent.
    """
    if (paid := _onto_wallet(session, payment)) is not None:
        return top_up.given_back(session, paid, amount_cents, key=key, at=at)
    try:
        return give_fee_back(
            session, UUID(payment.subject), amount_cents,
            before_cents=_taken_before(session, payment.subject), key=key, at=at,
        )  # fmt: skip
    except PayLinkRefused as no:
        raise RefundNotPossible("too_much") from no


def sent_back(session: Session, payment: Payment, amount_cents: int, *, key: UUID) -> None:
    """Tell the payer of a wallet; whose fee it was only the office knows."""
    if (paid := _onto_wallet(session, payment)) is not None:
        top_up.sent_back(session, paid, amount_cents, key=key)


def not_sent_back(
    session: Session, payment: Payment, entry: int, amount_cents: int, *, key: UUID, at: datetime
) -> bool:
    """It is on the wallet again; a fee's stays owed, to be paid another way."""
    paid = _onto_wallet(session, payment)
    return paid is not None and top_up.not_sent_back(
        session, paid, entry, amount_cents, key=key, at=at
    )


def reversed_(session: Session, payment: Payment, amount_cents: int, *, at: datetime) -> int:
    """From the wallet whose bill it was, as far as it goes; a fee stays a claim, with a case.

    What the link had not needed waited apart, and is taken from there.
    """
    if waits_apart(session, payment):
        return recover_apart(session, payment, amount_cents, at=at)
    link = find_link(session, UUID(payment.subject))
    wallet = find_wallet(session, link.wallet) if link and link.wallet else None
    account = wallet.account if wallet else None
    return recover(session, payment, amount_cents, account=account, at=at)


def _onto_wallet(session: Session, payment: Payment) -> Payment | None:
    """The payment as one for the wallet whose bill it paid; None for a fee."""
    link = find_link(session, UUID(payment.subject))
    return replace(payment, subject=link.wallet) if link and link.wallet else None


def _taken_before(session: Session, link: str) -> int:
    """What went back of the fee before, paid out or not: only what was turned down did not."""
    of = online_refund.c
    return int(
        session.scalar(
            select(func.coalesce(func.sum(of.amount_cents), 0))
            .join(online_payment, online_payment.c.id == of.payment)
            .where(
                online_payment.c.purpose == "pay_link", online_payment.c.subject == link,
                of.source == "subject", of.state != "turned_down",
            )
        )
        or 0
    )  # fmt: skip

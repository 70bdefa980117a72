"""Money for a wallet, asked for by whoever has it."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.claims import settle_claims
from ledger.closings import closing_of
from ledger.journal import reverse
from ledger.money import Money
from ledger.wallets import Wallet, find_wallet, top_up
from terminals.checkout.booking import book, posted, recover, without_use
from terminals.checkout.errors import RefundNotPossible
from terminals.checkout.rows import lock_subject
from terminals.checkout.tables import online_booking, online_payment
from terminals.checkout.values import Payment
from terminals.portal.money_letters import (
    tell_arrived,
    tell_not_sent_back,
    tell_returned,
    tell_sent_back,
)
from terminals.portal.tables import payer


def received(session: Session, payment: Payment, *, at: datetime) -> int | None:
    """Credit the wallet; where it was credited early, the money only changes its place."""
    if payment.credited_at is not None:
        return book(
            session, uuid5(payment.id, "received"), "direct_debit_received",
            amounts={"amount": payment.amount_cents}, at=at, reference=payment.intent,
        )  # fmt: skip
    found = find_wallet(session, payment.subject)
    if found is None:
        return without_use(session, payment, "wallet_unknown", at=at)
    outcome = top_up(
        session, found.code, Money(payment.amount_cents), key=uuid5(payment.id, "received"),
        way="online", booked_on=business_day(at), reference=payment.intent,
    )  # fmt: skip
    _now_on_the_wallet(session, payment, at)
    return posted(outcome)


def promised(session: Session, payment: Payment, *, limit_cents: int, at: datetime) -> int | None:
    """Credit a debit on its way, if all of this wallet's together stay within the limit."""
    lock_subject(session, "promised", payment.subject)
    found = find_wallet(session, payment.subject)
    on_the_way = _promised_cents(session, payment.subject)
    if found is None or on_the_way + payment.amount_cents > limit_cents:
        return None
    entry = book(
        session, uuid5(payment.id, "promised"), "direct_debit_submitted",
        amounts={"amount": payment.amount_cents}, roles={"wallet": found.account}, at=at,
        reference=payment.intent,
    )  # fmt: skip
    _now_on_the_wallet(session, payment, at)
    return entry


def promise_broken(session: Session, payment: Payment, *, at: datetime) -> None:
    """Take back what was credited early, as far as the wallet may fall."""
    reversed_(session, payment, payment.amount_cents, at=at)


def reversed_(session: Session, payment: Payment, amount_cents: int, *, at: datetime) -> int:
    """Take from the wallet what has gone again; the cents that stay a claim."""
    found = find_wallet(session, payment.subject)
    account = None if found is None else found.account
    left = recover(session, payment, amount_cents, account=account, at=at)
    if payment.way == "sepa_debit":  # told last: the letter names the balance that is left
        key = uuid5(payment.id, "returned")
        tell_returned(session, payment.subject, amount_cents, key=key)
    return left


def given_back(
    session: Session, payment: Payment, amount_cents: int, *, key: UUID, at: datetime
) -> int:
    """Set aside on the wallet what goes back. Raises RefundNotPossible("spent")."""
    found = _wallet_with(session, payment.subject, amount_cents)
    entry = book(
        session, key, "top_up_given_back", amounts={"amount": amount_cents},
        roles={"wallet": found.account}, at=at, reference=payment.intent,
    )  # fmt: skip
    assert entry is not None
    return entry


def sent_back(session: Session, payment: Payment, amount_cents: int, *, key: UUID) -> None:
    """Tell the payer of the wallet."""
    tell_sent_back(session, payment.subject, amount_cents, key=key)


def not_sent_back(
    session: Session, payment: Payment, entry: int, amount_cents: int, *, key: UUID, at: datetime
) -> bool:
    """It is on the wallet again, and its payer hears of it; not where the account was closed or
    nobody is there any more: then a person has to find another way."""
    closing = closing_of(session, payment.subject)
    is_closed = closing is not None and closing.state != "requested"
    if is_closed or _is_erased(session, payment.subject):
        return False
    again = uuid5(key, "owed_again")
    posted(reverse(session, entry, key=again, booked_on=business_day(at)))
    settle_claims(session, at=at, wallets=[payment.subject])
    tell_not_sent_back(session, payment.subject, amount_cents, key=key)
    return True


def _is_erased(session: Session, wallet: str) -> bool:
    gone = select(payer.c.code).where(payer.c.wallet == wallet, payer.c.erased_at.is_not(None))
    return session.scalar(gone) is not None


def _now_on_the_wallet(session: Session, payment: Payment, at: datetime) -> None:
    """An open bill is paid first, and the payer hears of it."""
    settle_claims(session, at=at, wallets=[payment.subject])
    tell_arrived(
        session, payment.subject, payment.amount_cents, key=uuid5(payment.id, "arrived"), at=at
    )


def _wallet_with(session: Session, code: str, cents: int) -> Wallet:
    found = find_wallet(session, code)
    if found is None or min(found.available_cents, found.balance_cents) < cents:
        raise RefundNotPossible("spent")  # credit is for meals, not to be paid out
    return found


def _promised_cents(session: Session, wallet: str) -> int:
    return int(
        session.scalar(
            select(func.coalesce(func.sum(online_booking.c.amount_cents), 0))
            .join(online_payment, online_payment.c.id == online_booking.c.payment)
            .where(
                online_booking.c.kind == "promised",
                online_payment.c.subject == wallet,
                online_payment.c.state == "processing",
            )
        )
        or 0
    )

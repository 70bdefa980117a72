"""What a payer is told by mail about a wallet that fills itself up."""

from datetime import datetime
from uuid import uuid5

from babel.dates import format_date
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from terminals.checkout.auto_top_up import PAGE
from terminals.checkout.values import Payment
from terminals.face.amounts import euros
from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.payers import payer_of_wallet


def tell_trouble(session: Session, payment: Payment, trouble: str, *, at: datetime) -> None:
    """That the bank wants to see its customer ("waiting_for_bank"), or that it was stopped."""
    _tell(session, payment, "bank" if trouble == "waiting_for_bank" else "stopped", day_of=at)


def tell_ahead(session: Session, payment: Payment, *, due_at: datetime) -> None:
    """That a direct debit will be drawn, and when, before it is."""
    _tell(session, payment, "ahead", day_of=due_at)


def _tell(session: Session, payment: Payment, name: str, *, day_of: datetime) -> None:
    payer = payer_of_wallet(session, payment.subject)
    if payer is None:
        return  # the account was erased meanwhile: nobody is left to tell
    say, language = words_of(payer.language), payer.language
    values = {
        "amount": euros(payment.amount_cents, language),
        "day": format_date(business_day(day_of), "long", locale=language),
    }
    letter = Letter(
        payer.email, language, say(f"mail.auto.{name}.subject"),
        (say(f"mail.auto.{name}.body", **values), say(f"mail.auto.{name}.next")),
        (say(f"mail.auto.{name}.button"), address(PAGE)),
    )  # fmt: skip
    post_letter(session, letter, key=uuid5(payment.id, f"mail-{name}"))

"""Paying a link: one page of the provider's at a time, and what is known of it asked for again."""

import logging
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from ledger.pay_links import Standing, standing_of
from ledger.permissions import Books
from terminals.checkout.errors import NOT_KNOWN_NOW, NotBooked
from terminals.checkout.payments import Payment, Wanted, begin, call_off, payments_of, settle
from terminals.checkout.provider import Provider
from terminals.pay_links.addresses import link_path

PURPOSE = "pay_link"
GOING_ON = frozenset({"begun", "open", "processing"})

log = logging.getLogger("stadtkasse.pay_links")


def going_on(books: Books, link: UUID) -> list[Payment]:
    """Payments for the link that have begun and not ended, the newest first."""
    with books.read_only() as session:
        begun = payments_of(session, PURPOSE, str(link))
    return [payment for payment in begun if payment.state in GOING_ON]


def begin_payment(
    books: Books, ours: Provider, link: Standing, *, title: str, locale: str, key: UUID,
    origin: str, at: datetime,
) -> Payment | None:  # fmt: skip
    """The payment whose page the payer goes to now; None where none is to be begun.

    A page of another amount is closed first, and while a debit is on its way nothing new begins:
    the link is then to be looked at again. Raises ProviderDown and KeyReused.
    """
    for payment in going_on(books, link.id):
        if payment.state == "processing":
            return None
        if payment.amount_cents != link.due_cents:
            call_off(books, ours, payment.id, at=at)
    with books.read_only() as session:
        now = standing_of(session, link.id)
    if now.paid_at is not None or now.withdrawn_at is not None:
        return None
    path = link_path(link.token)
    wanted = Wanted(
        PURPOSE, str(link.id), now.due_cents, title, locale, f"{path}/vorgang/{{payment}}",
        f"{path}?abgebrochen=1",
        # Who stands at a till cannot wait days for a debit.
        ways=("card", "sepa_debit") if link.takes_transfers else ("card",),
    )  # fmt: skip
    return begin(books, ours, wanted, key=key, origin=origin, at=at)


def look_again(books: Books, ours: Provider | None, link: UUID, *, at: datetime) -> None:
    """Ask the provider about every payment for the link that has not ended, if it answers."""
    if ours is None:
        return
    for payment in going_on(books, link):
        try:
            settle(books, ours, payment.id, at=at)
        except NOT_KNOWN_NOW as trouble:
            log.warning("payment %s cannot be settled now: %s", payment.id, trouble.code)


def close_pages(books: Books, ours: Provider | None, link: UUID, *, at: datetime) -> None:
    """Close every open page for the link; what was paid meanwhile is booked.

    Raises ProviderDown: then it is not known whether somebody is paying just now.
    """
    if ours is None:
        return
    for payment in going_on(books, link):
        with suppress(NotBooked):  # it stays for the worker, and the money is not lost
            call_off(books, ours, payment.id, at=at)

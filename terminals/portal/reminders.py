"""Reminders by mail: balances that run low and subsidies that end, each told once."""

import logging
from datetime import datetime

from ledger.low_balance import ending_subsidies, low_wallets, note_ending, note_low
from ledger.permissions import Books
from terminals.portal.money_letters import tell_ending, tell_low

log = logging.getLogger("stadtkasse.portal")


def run_reminders(books: Books, *, at: datetime) -> int:
    """Remind whoever is to be reminded; how many letters were written. Safe to run again.

    Each reminder is noted in the transaction that writes its letter.
    """
    with books.transaction() as session:
        low = low_wallets(session, at=at)
        ending = ending_subsidies(session, at=at)
    written = 0
    for one in low:
        with books.transaction() as session:
            if tell_low(session, one, at=at):
                note_low(session, one.wallet, at=at)
                written += 1
    for each in ending:
        with books.transaction() as session:
            if tell_ending(session, each):
                note_ending(session, each, at=at)
                written += 1
    if written:
        log.info("%d reminders written", written)
    return written

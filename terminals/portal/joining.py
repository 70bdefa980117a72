"""A child comes to a payer: by its own wallet, or into the one the household has already.

Money never moves here. A child only leaves a wallet that is empty and that nobody pays with, so
that neither cents nor movements of one household come before the eyes of another.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.errors import constraint_of
from ledger.households import Child
from ledger.sub_accounts import lock_funds
from ledger.tables.services import child as child_table
from ledger.wallets import find_wallet, open_wallet
from terminals.portal.errors import ChildTaken, EmailTaken
from terminals.portal.payers import Payer, add_payer, payer_of_wallet
from terminals.portal.tables import payer


def register(session: Session, email: str, child: Child, *, language: str, at: datetime) -> Payer:
    """A new payer with the wallet of this child: the first who proves its code gets it.

    A wallet somebody else had, and was forgotten, keeps its past to itself: the child then gets
    a new one. Raises ChildTaken and EmailTaken.
    """
    if payer_of_wallet(session, child.wallet) is not None:
        raise ChildTaken(child.code)
    own = child.wallet
    if _had_a_payer(session, child.wallet):
        own = open_wallet(session, kind="kita", key=uuid4()).code
        _move(session, child, own)
    try:
        with session.begin_nested():
            return add_payer(session, email, language=language, wallet=own, at=at)
    except IntegrityError as twin:
        if constraint_of(twin) == "payer_alone_with_wallet":
            raise ChildTaken(child.code) from twin
        if constraint_of(twin) == "payer_email_once":
            raise EmailTaken from twin
        raise


def join(session: Session, known: Payer, child: Child) -> None:
    """One more child for this payer's wallet; nothing to do for one it has already.

    Raises ChildTaken where the child's own wallet has money on it or another payer.
    """
    if child.wallet == known.wallet:
        return
    if payer_of_wallet(session, child.wallet) is not None:
        raise ChildTaken(child.code)
    _move(session, child, known.wallet)


def is_empty(session: Session, wallet_code: str) -> bool:
    """Whether nothing is on the wallet and nothing is held; nobody books on it meanwhile."""
    found = find_wallet(session, wallet_code)
    assert found is not None
    lock_funds(session, [found.account])
    locked = find_wallet(session, wallet_code)
    assert locked is not None
    return locked.balance_cents == 0 and locked.available_cents == 0


def _move(session: Session, child: Child, to: str) -> None:
    if not is_empty(session, child.wallet):
        raise ChildTaken(child.code)
    moved = update(child_table).where(child_table.c.code == child.code)
    session.execute(moved.values(wallet=to))


def _had_a_payer(session: Session, code: str) -> bool:
    found = select(payer.c.code).where(payer.c.wallet == code).limit(1)
    return session.scalar(found) is not None

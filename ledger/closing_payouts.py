"""Paying closed accounts back: sent, arrived, or come back and sent again to another account.

What goes back over the provider is booked where its refunds are; a transfer is booked here.
"""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.closing_rows import (
    Closing,
    ClosingRefused,
    Payout,
    closing_locked,
    closing_of,
    is_iban,
    set_closing,
)
from ledger.closings import RELEASING_ROLE
from ledger.entries import Dimensions, Entry, Posted, Refused
from ledger.journal import post
from ledger.periods import first_open_day
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.families import closing_payout
from ledger.wallets import BANKS

BANK = BANKS["kita"]


def payout_sent(session: Session, payout: UUID, *, at: datetime) -> Closing:
    """The transfer was handed to the bank, or the refund to the provider; again is once.

    Raises ClosingRefused (closing_unknown, payout_state).
    """
    return _move(session, payout, "on_the_way", ("released",), at=at)


def payout_arrived(session: Session, payout: UUID, *, at: datetime) -> Closing:
    """The money has left for good: a transfer is booked against the bank. Raises as above."""
    return _move(session, payout, "paid_out", ("released", "on_the_way"), at=at)


def payout_returned(session: Session, payout: UUID, *, at: datetime) -> Closing:
    """The money came back: the payer is asked for another account. Raises as above."""
    return _move(session, payout, "came_back", ("released", "on_the_way", "paid_out"), at=at)


def refund_ended(session: Session, refund: UUID, *, is_paid: bool, at: datetime) -> bool:
    """A refund at the provider has ended; False where it pays no closed wallet out."""
    known = select(closing_payout.c.id).where(closing_payout.c.id == refund)
    if session.scalar(known) is None:
        return False
    (payout_arrived if is_paid else payout_returned)(session, refund, at=at)
    return True


def name_account(session: Session, wallet: str, *, iban: str, holder: str, at: datetime) -> Closing:
    """The payer names an account, before the release or for money that came back.

    Raises ClosingRefused (closing_unknown, closing_iban, closing_released).
    """
    found = closing_of(session, wallet)
    if found is None:
        raise ClosingRefused("closing_unknown")
    found = closing_locked(session, found.id)
    if not is_iban(iban) or not 1 <= len(holder) <= 70:
        raise ClosingRefused("closing_iban")
    if found.state not in ("requested", "came_back"):
        raise ClosingRefused("closing_released", state=found.state)
    set_closing(session, found.id, found.state, at=at, iban=iban, holder=holder)
    return closing_locked(session, found.id)


def release_again(session: Session, by: Caller, closing: UUID, *, at: datetime) -> Closing:
    """Release what came back, to the account named since, as the second person.

    Raises ClosingRefused (closing_role, payout_state, closing_iban_missing).
    """
    if by.role != RELEASING_ROLE:
        raise ClosingRefused("closing_role", role=by.role)
    found = closing_locked(session, closing)
    back = [one for one in found.payouts if one.state == "came_back"]
    if not back:
        raise ClosingRefused("payout_state", state=found.state)
    cents = sum(one.amount_cents for one in back)
    if found.iban is None:
        raise ClosingRefused("closing_iban_missing", cents=cents)
    for one in back:
        _set_payout(session, one.id, "replaced", at=at)
    key = uuid5(closing, f"payout transfer {len(found.payouts) + 1}")
    row = {
        "id": key, "closing": closing, "way": "transfer", "payment": None, "amount_cents": cents,
        "state": "released", "changed_at": at,
    }  # fmt: skip
    session.execute(insert(closing_payout), [row])
    detail = {"wallet": found.wallet, "amount_cents": cents}
    record(session, by, "closing.released_again", about=str(closing), detail=detail)
    return _follow(session, closing, at=at)


def transfers_to_send(session: Session) -> list[tuple[Closing, Payout]]:
    """Released payouts by transfer that the bank does not have yet, the oldest first."""
    waiting = (
        select(closing_payout.c.id, closing_payout.c.closing)
        .where(closing_payout.c.state == "released", closing_payout.c.way == "transfer")
        .order_by(closing_payout.c.changed_at, closing_payout.c.id)
    )
    found = []
    for row in session.execute(waiting).all():
        closing = closing_locked(session, row.closing)
        found.append((closing, next(one for one in closing.payouts if one.id == row.id)))
    return found


def _move(
    session: Session, payout: UUID, state: str, before: tuple[str, ...], *, at: datetime
) -> Closing:
    of = select(closing_payout.c.closing).where(closing_payout.c.id == payout)
    closing = session.scalar(of)
    if closing is None:
        raise ClosingRefused("closing_unknown", payout=str(payout))
    found = closing_locked(session, closing)
    one = next(each for each in found.payouts if each.id == payout)
    if one.state == state:
        return found
    if one.state not in before:
        raise ClosingRefused("payout_state", state=one.state)
    entries = {}
    if one.way == "transfer" and state == "paid_out":
        entries["paid_entry"] = _book(session, one, "wallet_paid_out", "bank", at=at)
    if one.way == "transfer" and state == "came_back" and one.state == "paid_out":
        entries["returned_entry"] = _book(
            session, one, "wallet_payout_returned", "refund_to", at=at
        )
    _set_payout(session, payout, state, at=at, **entries)
    if one.way == "transfer" and state == "came_back":  # that account takes no money
        set_closing(session, closing, found.state, at=at, iban=None, holder=None)
    return _follow(session, closing, at=at)


def _follow(session: Session, closing: UUID, *, at: datetime) -> Closing:
    """The closing stands where the slowest of its payouts does; at the end nobody needs to know
    the account any more."""
    found = closing_locked(session, closing)
    states = {one.state for one in found.payouts} - {"replaced"}
    order = ("came_back", "released", "on_the_way", "paid_out")
    state = next(one for one in order if one in states)
    forgotten = {"iban": None, "holder": None} if state == "paid_out" else {}
    set_closing(session, closing, state, at=at, **forgotten)
    return closing_locked(session, closing)


def _book(session: Session, one: Payout, event: str, role: str, *, at: datetime) -> int:
    transfers = posted_catalogue(session).rulebook.transfers(
        event, amounts={"amount": one.amount_cents}, roles={role: BANK}, dimensions=Dimensions()
    )
    day = first_open_day(session, business_day(at))
    entry = Entry(uuid5(one.id, event), event, day, transfers)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted):
        code = outcome.code if isinstance(outcome, Refused) else "payout_state"
        raise ClosingRefused(code, payout=str(one.id))
    return outcome.entry_id


def _set_payout(
    session: Session, payout: UUID, state: str, *, at: datetime, **entries: int
) -> None:
    session.execute(
        update(closing_payout)
        .where(closing_payout.c.id == payout)
        .values(state=state, changed_at=at, **entries)
    )

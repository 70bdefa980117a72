"""Holds: money set aside on a wallet until it is captured, in part or whole, voided or expires.

A hold counts from the moment it is placed. It ends once, by primary key, and whether it has
expired is decided by the database's clock at that moment, never by whether a sweeper ran.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts, postable_accounts
from ledger.entries import Conflict, Entry, Outcome, Posted, Refused
from ledger.errors import HoldExceeded, HoldResolved, HoldUnknown, constraint_of
from ledger.funds import release_expired
from ledger.journal import keep_refusal, post
from ledger.locks import share_fence
from ledger.money import Money
from ledger.tables.books import account, hold, hold_resolution


@dataclass(frozen=True, slots=True)
class Hold:
    """`amount` set aside on the guarded account `account` until `expires_at` (aware).

    id: made by the caller and the hold's key: placing the same hold again changes nothing.
    """

    id: UUID
    account: str
    amount: Money
    expires_at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The money is set aside. `replayed`: it was already."""

    hold_id: UUID
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """The account has not enough; nothing was stored, a later try may succeed."""

    hold_id: UUID
    available_cents: int
    needed_cents: int


def place_hold(session: Session, wanted: Hold) -> Placed | NotPlaced | Conflict:
    """Set money aside. The same id with other content is a Conflict. Raises UnknownAccount."""
    found = find_accounts(session, [wanted.account])[wanted.account]
    if wanted.amount.currency != found.currency or wanted.amount.cents <= 0:
        raise ValueError(f"{wanted.account} holds positive {found.currency}, not {wanted.amount}")
    account_id = found.id
    available = _lock(session, [account_id])
    if account_id not in available:
        raise ValueError(f"{wanted.account} is not a prepaid account: nothing can be held on it")
    known = session.execute(select(hold).where(hold.c.id == wanted.id)).one_or_none()
    if known:
        same = (known.account_id, known.amount_cents, known.expires_at, known.purpose)
        asked = (account_id, wanted.amount.cents, wanted.expires_at, wanted.purpose)
        return Placed(wanted.id, replayed=True) if same == asked else Conflict(wanted.id)
    free = available[account_id]
    if free < wanted.amount.cents:
        free += release_expired(session, account_id)
    if free < wanted.amount.cents:
        return NotPlaced(wanted.id, free, wanted.amount.cents)
    session.execute(
        insert(hold).values(
            id=wanted.id, account_id=account_id, amount_cents=wanted.amount.cents,
            expires_at=wanted.expires_at, purpose=wanted.purpose,
        )
    )  # fmt: skip
    return Placed(wanted.id)


def capture_hold(session: Session, hold_id: UUID, entry: Entry) -> Outcome:
    """End the hold and book `entry`, which takes all of it or a part; the rest is free again.

    The entry's key makes this safe to repeat. A refusal of the entry leaves the hold in place.
    Raises HoldUnknown, HoldResolved (also when its time is over) or HoldExceeded.
    """
    found = _find(session, hold_id)
    accounts = postable_accounts(session, [entry])
    _lock(session, [found.account_id, *(row.id for row in accounts.values())])
    found = _find(session, hold_id)
    if found.kind == "captured" and found.entry_key == entry.key:
        return post(session, [entry])[0]
    _refuse_ended(found)
    if _captures_another(session, hold_id, entry.key):
        return Conflict(entry.key)
    captured = _taken(entry, found.code)
    if not 0 < captured <= found.amount_cents:
        raise HoldExceeded(hold_id, found.amount_cents, captured)
    with session.begin_nested() as attempt:
        # The money must be free before the entry can spend it.
        _resolve(session, hold_id, "captured", captured_cents=captured, entry_key=entry.key)
        outcome = post(session, [entry])[0]
        if isinstance(outcome, Posted):
            return outcome
        attempt.rollback()
    if isinstance(outcome, Refused):
        keep_refusal(session, entry, outcome)
    return outcome


def void_hold(session: Session, hold_id: UUID) -> None:
    """Set the money free; twice is the same as once. Raises HoldUnknown, HoldResolved."""
    _lock(session, [_find(session, hold_id).account_id])
    found = _find(session, hold_id)
    if found.kind != "voided":
        _refuse_ended(found)
        _resolve(session, hold_id, "voided")


def expire_holds(session: Session, *, limit: int = 1000) -> int:
    """Resolve holds whose time is over on up to `limit` accounts; returns the cents set free.

    Safe to skip: an expired hold is released as well when its account runs short.
    """
    due = session.scalars(
        select(hold.c.account_id)
        .outerjoin(hold_resolution, hold_resolution.c.hold_id == hold.c.id)
        .where(hold_resolution.c.hold_id.is_(None), hold.c.expires_at <= func.clock_timestamp())
        .distinct()
        .order_by(hold.c.account_id)
        .limit(limit)
    ).all()
    _lock(session, due)
    return sum(release_expired(session, account_id) for account_id in due)


def _lock(session: Session, account_ids: Sequence[int]) -> Mapping[int, int]:
    """Take the fence, then the guards by account; returns what is free on each, in cents."""
    share_fence(session)
    rows = session.execute(
        text("SELECT * FROM lock_guards(CAST(:accounts AS int[]))"),
        {"accounts": sorted(account_ids)},
    )
    return {row.account_id: row.posted - row.held - row.floor for row in rows}


def _find(session: Session, hold_id: UUID) -> Row[Any]:
    found = session.execute(
        select(
            hold.c.id, hold.c.account_id, hold.c.amount_cents, account.c.code,
            (hold.c.expires_at <= func.clock_timestamp()).label("is_over"),
            hold_resolution.c.kind, hold_resolution.c.entry_key,
        )
        .join(account, account.c.id == hold.c.account_id)
        .outerjoin(hold_resolution, hold_resolution.c.hold_id == hold.c.id)
        .where(hold.c.id == hold_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        raise HoldUnknown(hold_id)
    return found


def _refuse_ended(found: Row[Any]) -> None:
    if found.kind is not None:
        raise HoldResolved(found.id, found.kind)
    if found.is_over:
        raise HoldResolved(found.id, "expired")


def _captures_another(session: Session, hold_id: UUID, key: UUID) -> bool:
    other = select(hold_resolution.c.hold_id).where(
        hold_resolution.c.entry_key == key, hold_resolution.c.hold_id != hold_id
    )
    return session.scalar(other) is not None


def _resolve(session: Session, hold_id: UUID, kind: str, **capture: object) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(hold_resolution).values(hold_id=hold_id, kind=kind, **capture))
    except IntegrityError as trouble:
        if constraint_of(trouble) == "hold_resolution_in_time":  # its time ended just now
            raise HoldResolved(hold_id, "expired") from trouble
        raise


def _taken(entry: Entry, code: str) -> int:
    """Cents the entry takes from a prepaid account, which is a liability: debits less credits."""
    debits = sum(moved.amount.cents for moved in entry.transfers if moved.debit == code)
    credits_ = sum(moved.amount.cents for moved in entry.transfers if moved.credit == code)
    return debits - credits_

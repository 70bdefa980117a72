"""The only way money is written: post entries, reverse them, once each.

`post` works inside the caller's transaction, for one entry or for thousands. `post_now` is one
round trip for a till's lone charge. Both ask idempotency first, then funds, then write.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ledger.accounts import AccountRow, postable_accounts
from ledger.batch import post_batch
from ledger.canonical import canonical_bytes, new_salts, request_hash
from ledger.driver import Cursor, autocommit, call, cursor_of
from ledger.entries import (
    DIMENSIONS,
    Conflict,
    Dimensions,
    Entry,
    Outcome,
    Posted,
    Refused,
    Transfer,
)
from ledger.errors import UnknownEntry, constraint_of
from ledger.money import Money
from ledger.tables.books import account, answer, case_reference, transfer


def post(
    session: Session, entries: Sequence[Entry], *, all_or_nothing: bool = False
) -> list[Outcome]:
    """Book `entries` in the caller's transaction; one outcome each, in the same order.

    A refused entry does not stop the others, unless `all_or_nothing`: then one refusal refuses
    them all ("linked_refused"). Funds are looked at in the order given. Keys may repeat, within
    the call too. Raises UnknownAccount before anything is written. Post once per transaction:
    a second call may wait for a lock that waits for the first.
    """
    if len(entries) == 1:
        return [_post_in(session, entries[0])]
    return post_batch(session, entries, all_or_nothing=all_or_nothing)


def post_now(engine: Engine, one: Entry, *, tries: int = 3) -> Outcome:
    """Book one entry, committed when this returns, in one round trip; same rules as `post`.

    A deadlock or a lock not granted in time is tried again, up to `tries` times, and so is a
    lost connection of the pool: the key makes that safe. Raises UnknownAccount, or
    OperationalError when the database cannot be reached; the caller then repeats the same entry
    later.
    """
    lost = 0
    while True:
        try:
            accounts = postable_accounts(engine, [one])
            with autocommit(engine) as cursor:
                return _post_lone(cursor, one, accounts)
        except OperationalError as trouble:
            if trouble.connection_invalidated and lost < _MOST_LOST:
                lost += 1  # the server was restarted: every pooled connection is found out once
                continue
            tries -= 1
            if tries == 0 or getattr(trouble.orig, "sqlstate", None) not in _WORTH_A_TRY:
                raise


def reverse(
    session: Session, entry_id: int, *, key: UUID, booked_on: date, reference: str | None = None
) -> Outcome:
    """Take back a whole entry by a new one with debit and credit exchanged.

    Once, by constraint: a second reversal under another key is refused ("already_reversed").
    Raises UnknownEntry.
    """
    taken_back = Entry(
        key=key, event="reversal", booked_on=booked_on, transfers=mirrored(session, entry_id),
        reference=reference, reverses=entry_id,
        # Not the content: a case reference in it may be erased before the same key comes again.
        request=reversal_request(entry_id, booked_on, reference),
    )  # fmt: skip
    try:
        with session.begin_nested():
            return _post_in(session, taken_back)
    except IntegrityError as trouble:
        if constraint_of(trouble) != "entry_reversed_once":
            raise
    # A batch with another reversal of this entry committed while we waited: now it is seen.
    return _post_in(session, taken_back)


def reversal_request(entry_id: int, booked_on: date, reference: str | None) -> bytes:
    """What a repeated reversal is compared by: which entry, on which day."""
    return f"reverse {entry_id} on {booked_on} {reference or ''}".encode()


# Serialisation failure, deadlock, lock time-out: nothing was stored, so the same key may try again.
_WORTH_A_TRY = ("40001", "40P01", "55P03")
_MOST_LOST = 50  # connections; more than a pool holds


_POST_ONE = (
    "SELECT * FROM post_one(%(key)s, %(request_hash)s, %(booked_on)s, %(event)s, %(reference)s,"
    " %(canonical)s, %(debit)s, %(credit)s, %(guarded)s::int, %(amount)s, %(currency)s,"
    " %(facility)s, %(product)s, %(cost_centre)s, %(tax_code)s, %(sphere)s, %(channel)s, %(till)s,"
    " %(shift)s, %(case_salt)s, %(case_value)s)"
)

_POST_LINES = (
    "SELECT * FROM post_lines(%(key)s, %(request_hash)s, %(booked_on)s, %(event)s, %(reference)s,"
    " %(canonical)s, %(reverses)s, %(debit)s::int[], %(credit)s::int[], %(amount)s::bigint[],"
    " %(currency)s::text[], %(facility)s::text[], %(product)s::text[], %(cost_centre)s::text[],"
    " %(tax_code)s::text[], %(sphere)s::text[], %(channel)s::text[], %(till)s::text[],"
    " %(shift)s::text[], %(case_salt)s::bytea[], %(case_value)s::text[])"
)


def _post_in(session: Session, one: Entry) -> Outcome:
    return _post_lone(cursor_of(session), one, postable_accounts(session, [one]))


def _post_lone(cursor: Cursor, one: Entry, accounts: Mapping[str, AccountRow]) -> Outcome:
    salts = new_salts(one)
    request = {
        "key": one.key,
        "request_hash": request_hash(one),
        "booked_on": one.booked_on,
        "event": one.event,
        "reference": one.reference,
        "canonical": canonical_bytes(one, salts),
    }
    moved = one.transfers[0]
    guarded = [accounts[code].id for code in (moved.debit, moved.credit) if accounts[code].guarded]
    if len(one.transfers) == 1 and one.reverses is None and len(guarded) < 2:
        lines = _scalars(moved, salts[0], accounts)
        lines["guarded"] = guarded[0] if guarded else None
        return _outcome(one.key, *call(cursor, _POST_ONE, request | lines))
    arrays = _arrays(one, salts, accounts) | {"reverses": one.reverses}
    return _outcome(one.key, *call(cursor, _POST_LINES, request | arrays))


def keep_refusal(session: Session, one: Entry, refused: Refused) -> None:
    """Store a refusal that was found beside the posting functions, as they would have."""
    session.execute(
        insert(answer)
        .values(
            key=one.key, request_hash=request_hash(one), refused=refused.code,
            data=dict(refused.data),
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def _scalars(
    moved: Transfer, salt: bytes | None, accounts: Mapping[str, AccountRow]
) -> dict[str, Any]:
    of = moved.dimensions
    return {
        "debit": accounts[moved.debit].id,
        "credit": accounts[moved.credit].id,
        "amount": moved.amount.cents,
        "currency": moved.amount.currency,
        "case_salt": salt,
        "case_value": of.case_reference,
        **{name: getattr(of, name) for name in DIMENSIONS},
    }


def _arrays(
    one: Entry, salts: list[bytes | None], accounts: Mapping[str, AccountRow]
) -> dict[str, list[Any]]:
    lines = [_scalars(t, salt, accounts) for t, salt in zip(one.transfers, salts, strict=True)]
    return {name: [line[name] for line in lines] for name in lines[0]}


def _outcome(
    key: UUID, state: str, entry_id: int, refused: str | None, data: Mapping[str, Any]
) -> Outcome:
    if state == "c":
        return Conflict(key)
    if refused is not None:
        return Refused(key, refused, data, replayed=state == "r")
    return Posted(key, entry_id, replayed=state == "r")


def mirrored(session: Session, entry_id: int) -> tuple[Transfer, ...]:
    """What takes this entry back: its transfers with debit and credit exchanged.

    Raises UnknownEntry.
    """
    debit, credit = account.alias("debit"), account.alias("credit")
    rows = session.execute(
        select(transfer, debit.c.code, credit.c.code, case_reference.c.value)
        .join(debit, debit.c.id == transfer.c.debit_account)
        .join(credit, credit.c.id == transfer.c.credit_account)
        .outerjoin(case_reference, case_reference.c.id == transfer.c.case_id)
        .where(transfer.c.entry_id == entry_id)
        .order_by(transfer.c.line)
    ).all()
    if not rows:
        raise UnknownEntry(entry_id)
    return tuple(
        Transfer(
            debit=row[-2],
            credit=row[-3],
            amount=Money(row.amount_cents, row.currency),
            dimensions=Dimensions(
                **{name: getattr(row, name) for name in DIMENSIONS}, case_reference=row.value
            ),
        )
        for row in rows
    )

"""The only way money is written: post entries, reverse them, once each.

`post` works inside the caller's transaction, for one entry or for thousands. `post_now` is one
round trip for a till's lone charge. Both ask idempotency first, then funds, then write.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ledger.accounts import AccountRow, postable_accounts
from ledger.batch import post_batch
from ledger.canonical import canonical_bytes, new_salts, request_hash
from ledger.entries import Conflict, Dimensions, Entry, Outcome, Posted, Refused, Transfer
from ledger.errors import UnknownEntry, constraint_of
from ledger.money import Money
from ledger.tables.books import account, answer, case_reference, transfer

_DIMENSIONS = (
    "facility", "product", "cost_centre", "tax_code", "sphere", "channel", "till", "shift",
)  # fmt: skip


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
        return [_post_lone(session.connection(), entries[0])]
    return post_batch(session, entries, all_or_nothing=all_or_nothing)


def post_now(engine: Engine, one: Entry, *, tries: int = 3) -> Outcome:
    """Book one entry, committed when this returns, in one round trip; same rules as `post`.

    A deadlock, a lock not granted in time or a lost connection is tried again, up to `tries`
    times: the key makes that safe. Raises UnknownAccount, or OperationalError when the database
    cannot be reached; the caller then repeats the same entry later.
    """
    while True:
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                return _post_lone(connection, one)
        except OperationalError as trouble:
            tries -= 1
            state = getattr(trouble.orig, "sqlstate", None)
            if tries == 0 or not (trouble.connection_invalidated or state in _WORTH_A_TRY):
                raise


def reverse(
    session: Session, entry_id: int, *, key: UUID, booked_on: date, reference: str | None = None
) -> Outcome:
    """Take back a whole entry by a new one with debit and credit exchanged.

    Once, by constraint: a second reversal under another key is refused ("already_reversed").
    Raises UnknownEntry.
    """
    taken_back = Entry(
        key=key, event="reversal", booked_on=booked_on, transfers=_mirrored(session, entry_id),
        reference=reference, reverses=entry_id,
        # Not the content: a case reference in it may be erased before the same key comes again.
        request=reversal_request(entry_id, booked_on, reference),
    )  # fmt: skip
    try:
        with session.begin_nested():
            return _post_lone(session.connection(), taken_back)
    except IntegrityError as trouble:
        if constraint_of(trouble) != "entry_reversed_once":
            raise
    # A batch with another reversal of this entry committed while we waited: now it is seen.
    return _post_lone(session.connection(), taken_back)


def reversal_request(entry_id: int, booked_on: date, reference: str | None) -> bytes:
    """What a repeated reversal is compared by: which entry, on which day."""
    return f"reverse {entry_id} on {booked_on} {reference or ''}".encode()


# Serialisation failure, deadlock, lock time-out: nothing was stored, so the same key may try again.
_WORTH_A_TRY = ("40001", "40P01", "55P03")


_POST_ONE = text(
    "SELECT * FROM post_one(:key, :request_hash, :booked_on, :event, :reference, :canonical,"
    " :debit, :credit, :amount, :currency, :facility, :product, :cost_centre, :tax_code,"
    " :sphere, :channel, :till, :shift, :case_salt, :case_value)"
)

_POST_LINES = text(
    "SELECT * FROM post_lines(:key, :request_hash, :booked_on, :event, :reference, :canonical,"
    " :reverses, CAST(:debit AS int[]), CAST(:credit AS int[]), CAST(:amount AS bigint[]),"
    " CAST(:currency AS text[]), CAST(:facility AS text[]), CAST(:product AS text[]),"
    " CAST(:cost_centre AS text[]), CAST(:tax_code AS text[]), CAST(:sphere AS text[]),"
    " CAST(:channel AS text[]), CAST(:till AS text[]), CAST(:shift AS text[]),"
    " CAST(:case_salt AS bytea[]), CAST(:case_value AS text[]))"
)


def _post_lone(connection: Connection, one: Entry) -> Outcome:
    accounts = postable_accounts(connection, [one])
    salts = new_salts(one)
    request = {
        "key": one.key,
        "request_hash": request_hash(one),
        "booked_on": one.booked_on,
        "event": one.event,
        "reference": one.reference,
        "canonical": canonical_bytes(one, salts),
    }
    if len(one.transfers) == 1 and one.reverses is None:
        moved = one.transfers[0]
        lines = _scalars(moved, salts[0], accounts)
        answered = connection.execute(_POST_ONE, request | lines).one()
    else:
        arrays = _arrays(one, salts, accounts)
        answered = connection.execute(
            _POST_LINES, request | arrays | {"reverses": one.reverses}
        ).one()
    return _outcome(one.key, answered)


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
        **{name: getattr(of, name) for name in _DIMENSIONS},
    }


def _arrays(
    one: Entry, salts: list[bytes | None], accounts: Mapping[str, AccountRow]
) -> dict[str, list[Any]]:
    lines = [_scalars(t, salt, accounts) for t, salt in zip(one.transfers, salts, strict=True)]
    return {name: [line[name] for line in lines] for name in lines[0]}


def _outcome(key: UUID, answered: Row[Any]) -> Outcome:
    if answered.o_state == "c":
        return Conflict(key)
    replayed = answered.o_state == "r"
    if answered.o_refused is not None:
        return Refused(key, answered.o_refused, answered.o_data, replayed)
    return Posted(key, answered.o_entry_id, replayed)


def _mirrored(session: Session, entry_id: int) -> tuple[Transfer, ...]:
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
                **{name: getattr(row, name) for name in _DIMENSIONS}, case_reference=row.value
            ),
        )
        for row in rows
    )

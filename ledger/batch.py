"""Posting many entries in one transaction: lock, read, decide in the caller's order, write.

Locks are taken in the order that holds everywhere: fence, guards by account, keys by key, rows.
The rows go in by COPY, which is the fastest way there is and still fires every trigger.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.accounts import AccountRow, postable_accounts
from ledger.canonical import canonical_bytes, new_salts, request_hash
from ledger.decide import Answer, Decision, Funds, Request, Situation, decide, outcome
from ledger.driver import array_of
from ledger.entries import DIMENSIONS, Entry, Outcome, Refused
from ledger.errors import BatchContended, constraint_of
from ledger.funds import release_expired
from ledger.locks import share_fence

TRIES = 5


def post_batch(
    session: Session, entries: Sequence[Entry], *, all_or_nothing: bool
) -> list[Outcome]:
    """What `ledger.journal.post` does for more than one entry; see there.

    Raises BatchContended when other batches with the same keys kept coming first.
    """
    if not entries:
        return []
    accounts = postable_accounts(session, entries)
    requests = [Request(one, request_hash(one)) for one in entries]
    guards = _lock(session, accounts)
    for _ in range(TRIES):
        situation = _look(session, requests, guards)
        decided = decide(requests, situation, accounts, all_or_nothing=all_or_nothing)
        try:
            with session.begin_nested():
                posted = _write(_cursor(session), decided, accounts)
        except (UniqueViolation, IntegrityError) as came_first:
            if not _is_twin(came_first):
                raise
            continue  # a twin committed its answer, or its reversal, while we waited: look again
        return [outcome(request, situation, decided, posted) for request in requests]
    raise BatchContended(TRIES)


# Another transaction answered one of our keys, or reversed the same entry, after we had looked.
_TWINS = ("answer_pkey", "entry_reversed_once")


def _is_twin(trouble: Exception) -> bool:
    return constraint_of(trouble) in _TWINS


_Guard = tuple[int, str, int, int]  # account id and code, normal side, available cents


def _lock(session: Session, accounts: Mapping[str, AccountRow]) -> list[_Guard]:
    """Take the fence and the guards; expired holds of these accounts are given back."""
    share_fence(session)
    codes = {row.id: row.code for row in accounts.values() if row.guarded}
    if not codes:
        return []
    rows = session.execute(
        text("SELECT account_id, normal, posted - held - floor, held FROM"
             " lock_guards(CAST(:accounts AS int[]))"),
        {"accounts": "{" + ",".join(map(str, codes)) + "}"},
    ).all()  # fmt: skip
    return [
        (id_, codes[id_], normal, available + (release_expired(session, id_) if held else 0))
        for id_, normal, available, held in rows
    ]


def _look(session: Session, requests: list[Request], guards: list[_Guard]) -> Situation:
    answers = session.execute(
        text("SELECT key, request_hash, entry_id, refused, data FROM answer"
             " WHERE key = ANY (CAST(:keys AS uuid[]))"),
        {"keys": array_of({request.entry.key for request in requests})},
    )  # fmt: skip
    days = session.scalars(
        text("SELECT day FROM closed_day WHERE day = ANY (CAST(:days AS date[]))"),
        {"days": list({request.entry.booked_on for request in requests})},
    )
    reverses = [r.entry.reverses for r in requests if r.entry.reverses is not None]
    reversed_entries = (
        session.scalars(
            text("SELECT reverses FROM entry WHERE reverses = ANY (CAST(:ids AS bigint[]))"),
            {"ids": reverses},
        )
        if reverses
        else ()
    )
    return Situation(
        answers={row.key: Answer(*row[1:]) for row in answers},
        closed_days=frozenset(days),
        reversed_entries=frozenset(reversed_entries),
        funds={guard[0]: Funds(*guard) for guard in guards},
    )


_Numbered = Sequence[tuple[int, Entry]]  # entry ids with their entries, in the caller's order


def _write(
    cursor: Cursor[Any], decided: Mapping[UUID, Decision], accounts: Mapping[str, AccountRow]
) -> dict[UUID, int]:
    """Write answers, entries and transfers; returns the entry id of each accepted key."""
    accepted = [each.request.entry for each in decided.values() if not each.refusal]
    ids = _draw(cursor, "entry_number", len(accepted))
    _write_answers(cursor, decided.values(), iter(ids))
    numbered = list(zip(ids, accepted, strict=True))
    if numbered:
        _copy_entries(cursor, numbered, accounts)
    return {one.key: id_ for id_, one in numbered}


def _draw(cursor: Cursor[Any], sequence: str, count: int) -> list[int]:
    """The next `count` numbers of a sequence. For entries: only after the fence."""
    cursor.execute(
        "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", (sequence, count), prepare=True
    )
    return [row[0] for row in cursor.fetchall()]


_ANSWER_TYPES = ("uuid", "bytea", "int8", "text", "jsonb")


def _write_answers(cursor: Cursor[Any], decided: Iterable[Decision], ids: Iterator[int]) -> None:
    answers = [(each, None if each.refusal else next(ids)) for each in decided]
    # Everywhere in the order of the keys: no two batches wait for each other.
    answers.sort(key=lambda answer: answer[0].request.entry.key.int)
    with cursor.copy("COPY answer FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_ANSWER_TYPES)
        for each, entry_id in answers:
            asked = each.request
            copy.write_row((asked.entry.key, asked.hash, entry_id, *_stored(each.refusal)))


def _stored(refusal: Refused | None) -> tuple[str, Jsonb] | tuple[None, None]:
    return (refusal.code, Jsonb(dict(refusal.data))) if refusal else (None, None)


_ENTRY = "COPY entry (id, key, reverses, booked_on, line_count, event, reference, canonical)"
_ENTRY_TYPES = ("int8", "uuid", "int8", "date", "int2", "text", "text", "bytea")
_TRANSFER = (
    "COPY transfer (entry_id, amount_cents, case_id, debit_account, credit_account, booked_on,"
    " line, currency, facility, product, cost_centre, tax_code, sphere, channel, till, shift)"
)
_TRANSFER_TYPES = (
    "int8", "int8", "int8", "int4", "int4", "date", "int2", "text", *["text"] * 8,
)  # fmt: skip


_dimensions = attrgetter(*DIMENSIONS)


def _copy_entries(
    cursor: Cursor[Any], numbered: _Numbered, accounts: Mapping[str, AccountRow]
) -> None:
    salts = [new_salts(one) for _, one in numbered]
    cases = _copy_cases(cursor, numbered, salts)
    with cursor.copy(f"{_ENTRY} FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_ENTRY_TYPES)
        for (id_, one), salt in zip(numbered, salts, strict=True):
            copy.write_row(
                (id_, one.key, one.reverses, one.booked_on, len(one.transfers), one.event,
                 one.reference, canonical_bytes(one, salt))
            )  # fmt: skip
    with cursor.copy(f"{_TRANSFER} FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_TRANSFER_TYPES)
        for id_, one in numbered:
            for line, moved in enumerate(one.transfers, start=1):
                copy.write_row(
                    (id_, moved.amount.cents, cases.get((id_, line)),
                     accounts[moved.debit].id, accounts[moved.credit].id,
                     one.booked_on, line, moved.amount.currency, *_dimensions(moved.dimensions))
                )  # fmt: skip


def _copy_cases(
    cursor: Cursor[Any], numbered: _Numbered, salts: Sequence[list[bytes | None]]
) -> dict[tuple[int, int], int]:
    """Keep the case references apart, each with its salt; returns the id for (entry, line)."""
    named = [
        (entry_id, line, salt, moved.dimensions.case_reference)
        for (entry_id, one), own in zip(numbered, salts, strict=True)
        for line, (moved, salt) in enumerate(zip(one.transfers, own, strict=True), start=1)
        if salt is not None
    ]
    if not named:
        return {}
    ids = _draw(cursor, "case_number", len(named))
    with cursor.copy("COPY case_reference (id, salt, value) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(("int8", "bytea", "text"))
        for case_id, (_, _, salt, value) in zip(ids, named, strict=True):
            copy.write_row((case_id, salt, value))
    return {(entry_id, line): id_ for id_, (entry_id, line, _, _) in zip(ids, named, strict=True)}


def _cursor(session: Session) -> Cursor[Any]:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return driver.cursor()  # type: ignore[no-any-return]

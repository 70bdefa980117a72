"""Posting many entries in one transaction: lock, read, decide in the caller's order, write.

Locks are taken in the order that holds everywhere: fence, guards by account, keys by key, rows.
The rows go in by COPY, which is the fastest way there is and still fires every trigger.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.accounts import AccountRow, postable_accounts
from ledger.canonical import canonical_bytes, new_salts, request_hash
from ledger.decide import Answer, Decision, Funds, Request, Situation, decide, outcome
from ledger.entries import Entry, Outcome
from ledger.errors import BatchContended, constraint_of
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
    funds = _lock(session, accounts)
    for _ in range(TRIES):
        situation = _look(session, requests, funds)
        decided = decide(requests, situation, accounts, all_or_nothing=all_or_nothing)
        try:
            with session.begin_nested():
                posted = _write(_cursor(session), decided, accounts)
        except (_TwinCameFirst, IntegrityError) as came_first:
            if not _is_twin(came_first):
                raise
            continue  # a twin committed its answer, or its reversal, while we waited: look again
        return [outcome(request, situation, decided, posted) for request in requests]
    raise BatchContended(TRIES)


class _TwinCameFirst(Exception):
    """Another transaction answered one of our keys after we had looked."""


def _is_twin(trouble: Exception) -> bool:
    return isinstance(trouble, _TwinCameFirst) or constraint_of(trouble) == "entry_reversed_once"


def _lock(session: Session, accounts: Mapping[str, AccountRow]) -> list[dict[str, Any]]:
    """Take the fence and the guards; expired holds of these accounts are given back."""
    share_fence(session)
    guarded = sorted(row.id for row in accounts.values() if row.guarded)
    if not guarded:
        return []
    rows = session.execute(
        text("SELECT * FROM lock_guards(CAST(:accounts AS int[]))"), {"accounts": guarded}
    )
    codes = {row.id: row.code for row in accounts.values()}
    funds = [
        {"account_id": row.account_id, "code": codes[row.account_id], "normal": row.normal,
         "available_cents": row.posted - row.held - row.floor, "held": row.held}
        for row in rows
    ]  # fmt: skip
    for each in funds:
        if each.pop("held"):
            each["available_cents"] += session.execute(
                text("SELECT release_expired(:account)"), {"account": each["account_id"]}
            ).scalar_one()
    return funds


def _look(session: Session, requests: list[Request], funds: list[dict[str, Any]]) -> Situation:
    keys = list({request.entry.key for request in requests})
    answers = session.execute(
        text("SELECT key, request_hash, entry_id, refused, data FROM answer"
             " WHERE key = ANY (CAST(:keys AS uuid[]))"),
        {"keys": keys},
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
        funds={each["account_id"]: Funds(**each) for each in funds},
    )


_Ids = dict[UUID, int]


def _write(
    cursor: Cursor[Any], decided: Mapping[UUID, Decision], accounts: Mapping[str, AccountRow]
) -> _Ids:
    """Write answers, entries and transfers; returns the entry id of each accepted key."""
    accepted = {key: each.request.entry for key, each in decided.items() if not each.refusal}
    ids = dict(zip(accepted, _draw(cursor, "entry_number", len(accepted)), strict=True))
    _write_answers(cursor, decided, ids)
    if accepted:
        _copy_entries(cursor, accepted, ids, accounts)
    return ids


def _draw(cursor: Cursor[Any], sequence: str, count: int) -> list[int]:
    """The next `count` numbers of a sequence. For entries: only after the fence."""
    cursor.execute(
        "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", (sequence, count), prepare=True
    )
    return [row[0] for row in cursor.fetchall()]


def _write_answers(cursor: Cursor[Any], decided: Mapping[UUID, Decision], ids: _Ids) -> None:
    rows = []
    for key in sorted(decided):  # everywhere in this order: no two batches wait for each other
        request, refusal = decided[key].request, decided[key].refusal
        data = Jsonb(dict(refusal.data)) if refusal else None
        rows.append((key, request.hash, ids.get(key), refusal.code if refusal else None, data))
    if not rows:
        return
    cursor.execute(
        "INSERT INTO answer (key, request_hash, entry_id, refused, data)"
        " SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::bigint[], %s::text[], %s::jsonb[])"
        " ON CONFLICT DO NOTHING",
        [list(column) for column in zip(*rows, strict=True)],
    )
    if cursor.rowcount < len(rows):
        raise _TwinCameFirst


_ENTRY = "COPY entry (id, key, reverses, booked_on, line_count, event, reference, canonical)"
_ENTRY_TYPES = ("int8", "uuid", "int8", "date", "int2", "text", "text", "bytea")
_TRANSFER = (
    "COPY transfer (entry_id, amount_cents, case_id, debit_account, credit_account, booked_on,"
    " line, currency, facility, product, cost_centre, tax_code, sphere, channel, till, shift)"
)
_TRANSFER_TYPES = (
    "int8", "int8", "int8", "int4", "int4", "date", "int2", "text", *["text"] * 8,
)  # fmt: skip


def _copy_entries(
    cursor: Cursor[Any],
    accepted: Mapping[UUID, Entry],
    ids: _Ids,
    accounts: Mapping[str, AccountRow],
) -> None:
    salts = {key: new_salts(one) for key, one in accepted.items()}
    cases = _copy_cases(cursor, accepted, salts)
    with cursor.copy(f"{_ENTRY} FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_ENTRY_TYPES)
        for key, one in accepted.items():
            copy.write_row(
                (ids[key], key, one.reverses, one.booked_on, len(one.transfers), one.event,
                 one.reference, canonical_bytes(one, salts[key]))
            )  # fmt: skip
    with cursor.copy(f"{_TRANSFER} FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_TRANSFER_TYPES)
        for key, one in accepted.items():
            for line, moved in enumerate(one.transfers, start=1):
                of = moved.dimensions
                copy.write_row(
                    (ids[key], moved.amount.cents, cases.get((key, line)),
                     accounts[moved.debit].id, accounts[moved.credit].id,
                     one.booked_on, line, moved.amount.currency,
                     of.facility, of.product, of.cost_centre, of.tax_code, of.sphere, of.channel,
                     of.till, of.shift)
                )  # fmt: skip


def _copy_cases(
    cursor: Cursor[Any],
    accepted: Mapping[UUID, Entry],
    salts: Mapping[UUID, list[bytes | None]],
) -> dict[tuple[UUID, int], int]:
    """Keep the case references apart, each with its salt; returns the id for (key, line)."""
    named = [
        (key, line, salt, moved.dimensions.case_reference)
        for key, one in accepted.items()
        for line, (moved, salt) in enumerate(zip(one.transfers, salts[key], strict=True), start=1)
        if salt is not None
    ]
    if not named:
        return {}
    ids = _draw(cursor, "case_number", len(named))
    with cursor.copy("COPY case_reference (id, salt, value) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(("int8", "bytea", "text"))
        for case_id, (_, _, salt, value) in zip(ids, named, strict=True):
            copy.write_row((case_id, salt, value))
    return {(key, line): id_ for id_, (key, line, _, _) in zip(ids, named, strict=True)}


def _cursor(session: Session) -> Cursor[Any]:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return driver.cursor()  # type: ignore[no-any-return]

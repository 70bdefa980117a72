"""Charges in the database: their answers, what was sold, and what was only counted."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.baskets import ChargeRequest
from ledger.booking import Booked, SoldLine
from ledger.canonical import SALT_BYTES
from ledger.cards import store_sold, store_visits
from ledger.driver import array_of, copy_row, copy_rows, copy_value, cursor_of
from ledger.entries import Posted, Refused
from ledger.errors import LedgerError, constraint_of
from ledger.outcomes import Recorded, ServiceOutcome
from ledger.tables.books import answer, case_reference
from ledger.tables.services import counted, pass_number

Settled = Mapping[UUID, tuple[bytes, ServiceOutcome]]


_COLUMNS = {
    "key": "uuid", "request_hash": "text", "entry_id": "bigint", "refused": "text",
    "data": "jsonb", "facility": "text", "way": "text", "charged_at": "timestamptz",
    "booked_on": "date", "till": "text", "terminal": "text", "shift": "text",
    "receipt_number": "text", "total_cents": "bigint", "lines": "jsonb",
}  # fmt: skip


@dataclass
class ChargeKeyTaken(LedgerError):
    """A free charge took the key while a paid one was booked under it; nothing stays of this."""

    key: UUID
    code = "charge_key_taken"


def answers_to(session: Session, keys: Iterable[UUID]) -> Settled:
    """The hash and outcome of those keys that have an answer."""
    rows = session.execute(_ANSWERS, {"keys": array_of(keys)})
    return {row.key: (row.request_hash, _outcome(row)) for row in rows}


_ANSWERS = text(
    "SELECT key, request_hash, entry_id, refused, data FROM charge"
    " WHERE key = ANY (CAST(:keys AS uuid[]))"
)


def draw_pass_code(session: Session) -> str:
    """The next code of a pass; one whose sale is refused leaves an account that never moves."""
    number: int = session.scalar(pass_number)
    return f"P-{number:06d}"


def is_key_taken(session: Session, key: UUID) -> bool:
    """Whether the journal knows the key from something else than a charge."""
    return session.scalar(select(answer.c.key).where(answer.c.key == key)) is not None


def store(
    session: Session,
    requests: Iterable[ChargeRequest],
    outcomes: Mapping[UUID, ServiceOutcome],
    booked: Mapping[UUID, Booked],
) -> Settled:
    """Keep what was answered now with all that belongs to it; returns the outcome of each.

    Where the same request came first in another transaction, its answer holds. Raises
    ChargeKeyTaken.
    """
    asked = {one.key: one for one in requests}
    settled = {key: (one.hash_asked(), outcomes[key]) for key, one in asked.items()}
    new = sorted(key for key in asked if _is_new(outcomes[key]))
    answers = [(asked[key], *settled[key], booked.get(key)) for key in new]
    kept = _insert_rows(session, answers)
    late = [key for key in new if key not in kept]
    for key in late:
        if isinstance(outcomes[key], Posted):
            raise ChargeKeyTaken(key)
    done = [booked[key] for key in kept if not isinstance(outcomes[key], Refused)]
    store_sold(session, [(one.request.key, card) for one in done for card in one.passes])
    store_visits(session, [(one.request.key, each) for one in done for each in one.visits])
    _store_counted(session, done)
    first = answers_to(session, late) if late else {}
    return {**settled, **{key: (hash_, _again(one)) for key, (hash_, one) in first.items()}}


def _again(outcome: ServiceOutcome) -> ServiceOutcome:
    """The outcome as another transaction found it first."""
    assert isinstance(outcome, Posted | Refused | Recorded)
    return replace(outcome, replayed=True)


def _is_new(outcome: ServiceOutcome) -> bool:
    return isinstance(outcome, Posted | Refused | Recorded) and not outcome.replayed


def _outcome(row: Any) -> ServiceOutcome:
    if row.refused is not None:
        return Refused(row.key, row.refused, row.data)
    return Recorded(row.key) if row.entry_id is None else Posted(row.key, row.entry_id)


_Answered = tuple[ChargeRequest, bytes, ServiceOutcome, Booked | None]


def _insert_rows(session: Session, answers: Sequence[_Answered]) -> set[UUID]:
    """Insert in the order given, which is that of the keys; returns those that were new."""
    if not answers:
        return set()
    if len(answers) >= _WORTH_A_COPY:
        try:
            with session.begin_nested():
                copy_rows(cursor_of(session), _COPY, _copied(answers))
        except IntegrityError as trouble:
            if constraint_of(trouble) != "charge_pkey":
                raise
        else:
            return {asked.key for asked, *_ in answers}
    # A free charge of another transaction took one of the keys: now we ask which.
    rows = [_row(*each) for each in answers]
    return set(session.scalars(_INSERT, {"rows": json.dumps(rows, default=str)}))


_WORTH_A_COPY = 20  # rows: below that, one statement is sooner done than four
_SHARED = ("facility", "way", "booked_on", "till", "terminal", "shift", "total_cents", "lines")
_OWN = ("key", "request_hash", "entry_id", "refused", "data", "charged_at", "receipt_number")
_COPY = f"COPY charge ({', '.join(_OWN + _SHARED)}) FROM STDIN"


def _copied(answers: Iterable[_Answered]) -> Iterator[str]:
    """The rows as COPY reads them; what baskets that are alike share is written once."""
    shared: dict[object, str] = {}
    for asked, hash_, outcome, booked in answers:
        refused = outcome if isinstance(outcome, Refused) else None
        lines = booked.lines if booked and not refused else ()
        # By its identity, which is that of the basket it was priced with: cheaper than its content.
        shape = (id(lines), asked.facility, asked.way, asked.till, asked.terminal, asked.shift,
                 asked.booked_on)  # fmt: skip
        if shape not in shared:
            shared[shape] = copy_row(*_shared(asked, lines))
        own = copy_row(
            asked.key, rf"\\x{hash_.hex()}",
            outcome.entry_id if isinstance(outcome, Posted) else None,
            copy_value(refused.code if refused else None),
            copy_value(json.dumps(dict(refused.data), default=str) if refused else None),
            asked.charged_at.isoformat(), copy_value(asked.receipt_number),
        )  # fmt: skip
        yield f"{own[:-1]}\t{shared[shape]}"


def _shared(asked: ChargeRequest, lines: Sequence[SoldLine]) -> Iterator[object]:
    """The values of `_SHARED`."""
    yield from map(copy_value, (asked.facility, asked.way))
    yield asked.booked_on
    yield from map(copy_value, (asked.till, asked.terminal, asked.shift))
    yield sum(line.amount_cents for line in lines)
    yield copy_value(json.dumps([_line(line) for line in lines]))


# All rows in one document: the driver writes it in a fraction of the time arrays take.
_INSERT = text(
    "INSERT INTO charge ({names}) SELECT {values} FROM json_to_recordset(CAST(:rows AS json))"
    " AS made ({columns}) ON CONFLICT DO NOTHING RETURNING key".format(
        names=", ".join(_COLUMNS),
        values=", ".join(_COLUMNS).replace("request_hash", "decode(request_hash, 'hex')"),
        columns=", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items()),
    )
)


def _row(
    request: ChargeRequest, hash_: bytes, outcome: ServiceOutcome, booked: Booked | None
) -> dict[str, Any]:
    refused = outcome if isinstance(outcome, Refused) else None
    lines = booked.lines if booked and not refused else ()
    return {
        "key": request.key,
        "request_hash": hash_.hex(),
        "entry_id": outcome.entry_id if isinstance(outcome, Posted) else None,
        "refused": refused.code if refused else None,
        "data": dict(refused.data) if refused else None,
        "facility": request.facility,
        "way": request.way,
        "charged_at": request.charged_at,
        "booked_on": request.booked_on,
        "till": request.till,
        "terminal": request.terminal,
        "shift": request.shift,
        "receipt_number": request.receipt_number,
        "total_cents": sum(line.amount_cents for line in lines),
        "lines": [_line(line) for line in lines],
    }


def _line(sold: SoldLine) -> dict[str, Any]:
    """As the receipt shows it; case reference and waiver's reason are kept apart."""
    item = sold.items[0] if sold.items else None
    used = (sold.line.pass_code,) if sold.line.pass_code else ()
    return {
        "product": sold.line.product,
        "quantity": sold.line.quantity,
        "unit_cents": sold.unit_cents,
        "amount_cents": sold.amount_cents,
        "tax_code": item.dimensions.tax_code if item else None,
        "vat_rate": item.vat_rate if item else 0,
        "passes": [one.code for one in sold.passes] or list(used),
    }


def _store_counted(session: Session, done: Iterable[Booked]) -> None:
    rows = [row for one in done for row in _counted_rows(session, one)]
    if rows:
        session.execute(insert(counted), rows)


def _counted_rows(session: Session, booked: Booked) -> Iterator[dict[str, Any]]:
    key, day = booked.request.key, booked.request.booked_on
    for line, (each, case) in enumerate(booked.counted, start=1):
        yield {
            "key": key, "charge": key, "line": line, "facility": each.facility,
            "product": each.product, "quantity": each.quantity, "reason": each.reason,
            "booked_on": day, "case_id": _store_case(session, case) if case else None,
        }  # fmt: skip


def _store_case(session: Session, case: str) -> int:
    """Keep a case reference apart, as the journal does, so that it can be erased."""
    case_id: int = session.execute(select(func.nextval("case_number"))).scalar_one()
    salt = secrets.token_bytes(SALT_BYTES)
    session.execute(insert(case_reference).values(id=case_id, salt=salt, value=case))
    return case_id

"""Charges in the database: their answers, what was sold, and what was only counted."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from ledger.baskets import ChargeRequest
from ledger.booking import Booked, SoldLine
from ledger.canonical import SALT_BYTES
from ledger.cards import store_sold, store_visits
from ledger.entries import Posted, Refused
from ledger.errors import LedgerError
from ledger.outcomes import Recorded, ServiceOutcome
from ledger.tables.books import answer, case_reference
from ledger.tables.services import charge, counted, pass_number

Settled = Mapping[UUID, tuple[bytes, ServiceOutcome]]


_COLUMNS = {
    "key": "uuid", "request_hash": "bytea", "entry_id": "bigint", "refused": "text",
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
    columns = (charge.c.key, charge.c.request_hash, charge.c.entry_id, charge.c.refused)
    rows = session.execute(select(*columns, charge.c.data).where(charge.c.key.in_(list(keys))))
    return {row.key: (row.request_hash, _outcome(row)) for row in rows}


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
    rows = [_row(asked[key], outcomes[key], booked.get(key)) for key in new]
    kept = _insert_rows(session, rows)
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


def _insert_rows(session: Session, rows: list[dict[str, Any]]) -> set[UUID]:
    """Insert in the order given, which is that of the keys; returns those that were new."""
    if not rows:
        return set()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    columns |= {name: [_json(each) for each in columns[name]] for name in ("data", "lines")}
    return set(session.scalars(_INSERT, columns))


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


# One array for each column: many rows are one statement with a few parameters.
_INSERT = text(
    "INSERT INTO charge ({names}) SELECT * FROM unnest({arrays})"
    " ON CONFLICT DO NOTHING RETURNING key".format(
        names=", ".join(_COLUMNS),
        arrays=", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in _COLUMNS.items()),
    )
)


def _row(request: ChargeRequest, outcome: ServiceOutcome, booked: Booked | None) -> dict[str, Any]:
    refused = outcome if isinstance(outcome, Refused) else None
    lines = booked.lines if booked and not refused else ()
    return {
        "key": request.key,
        "request_hash": request.hash_asked(),
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

"""Books to hand over: closed and sealed days, and what a test asks of every batch."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from config.database import Database
from ledger.entries import Dimensions, Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.periods import close_period
from ledger.permissions import Caller
from ledger.seal import seal
from reconciliation.exports import Settings
from reconciliation.exports.batches import create_batches
from reconciliation.exports.handover import Batch, batches, content, find_batch
from reconciliation.exports.settings import read_settings
from tests.builders import (
    CLEARING,
    DAY,
    REVENUE,
    TAX,
    a_bill,
    a_chart,
    a_top_up,
    a_wallet,
    an_entry,
)

CITY_SETTINGS = Path(__file__).parents[2] / "config" / "cities" / "aachen" / "exports"
SETTINGS: Mapping[str, Settings] = read_settings(CITY_SETTINGS)
CLERK = Caller("S-0001", "finance", person="Buchhaltung 1")
AT = datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def some_books(database: Database) -> None:
    """A day with four entries and six transfers, closed and sealed; an open one with another."""
    with database.transaction() as session:
        a_chart(session)
        wallet = a_wallet(session, 17)
        post(session, [
            a_top_up(wallet, 5000),
            an_entry(wallet, cents=370, reference='=say "Kita"; 1'),
            a_bill((CLEARING, REVENUE, 467), (CLEARING, TAX, 33)),
            a_bill((CLEARING, REVENUE, 1)),
            an_entry(cents=800, booked_on=NEXT, reference="M04-1-000012"),
        ])  # fmt: skip
    closed(database, DAY, DAY)


def closed(database: Database, first: date, last: date) -> None:
    with database.transaction() as session:
        close_period(session, first, last, closed_by="test")
    seal(database.engine)


def taxed(cents: int, tax_code: str, *, booked_on: date = DAY) -> Entry:
    dimensions = Dimensions(facility="B01", cost_centre="5201", tax_code=tax_code)
    moved = Transfer(CLEARING, REVENUE, Money(cents), dimensions)
    return Entry(uuid4(), "sale", booked_on, (moved,))


def made(database: Database, format: str, **options: object) -> list[int]:
    with database.transaction() as session:
        return create_batches(
            session,
            CLERK,
            format,
            settings=SETTINGS,
            at=AT,
            **options,  # type: ignore[arg-type]
        )


def file_of(database: Database, format: str, number: int) -> tuple[Batch, bytes]:
    with database.read_only() as session:
        batch = find_batch(session, format, number)
        return batch, b"".join(content(session, batch))


def all_batches(database: Database, format: str | None = None) -> list[Batch]:
    with database.read_only() as session:
        return batches(session, format=format)


def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.read_only() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()

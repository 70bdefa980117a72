"""Statements, card batches and safebags for nights in a loaded city."""

from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert

from config.database import Database
from ledger.accounts import open_sub_account
from ledger.balances import balance
from ledger.entries import Dimensions, Entry, Posted, Transfer
from ledger.journal import post
from ledger.money import Money
from reconciliation.differences import Difference, open_differences
from reconciliation.imports import import_file
from reconciliation.tables import provider_line
from tests.reconciliation import camt_xml as xml

MAIN, KITA = "DE04999000010000181000", "DE25999000010000181010"
DAY = date(2026, 11, 20)
BATCH = "184100/B01-1/2026-11-19"


def a_statement(
    folder: Path,
    *entries: str,
    opening: str = "0.00",
    closing: str = "0.00",
    iban: str = MAIN,
    sequence: int = 1,
) -> Path:
    balances = xml.balance("OPBD", opening), xml.balance("CLBD", closing)
    whole = xml.statement(*balances, *entries, iban=iban, sequence=str(sequence))
    file = folder / f"{uuid4()}.xml"
    file.write_bytes(xml.document(whole))
    return file


def paid_in(value: str, remittance: str = "", *, rf: str = "", **values: str) -> str:
    reference = xml.text("RmtInf/Strd/CdtrRefInf/Ref", rf) if rf else ""
    free = xml.text("RmtInf/Ustrd", remittance) if remittance else ""
    return xml.entry(value, xml.detail(reference + free), **values)


def paid_out(value: str, remittance: str = "", **values: str) -> str:
    return paid_in(value, remittance, sign="DBIT", **values)


def bring(city: Database, file: Path) -> None:
    with city.transaction() as session:
        assert import_file(session, file).is_new


def a_batch(city: Database, cents: int, code: str = BATCH) -> None:
    """Card sales of one terminal on one day, not yet credited by the acquirer."""
    control, name = code.split("/", 1)
    with city.transaction() as session:
        open_sub_account(session, control, name, title="Transit")
        sold = Transfer(code, "441200", Money(cents))
        post(session, [Entry(uuid4(), "sale", date(2026, 11, 19), (sold,))])


def a_bag(city: Database, cents: int, number: str = "4711007", day: date = DAY) -> None:
    """Cash of a till on its way to the bank."""
    with city.transaction() as session:
        where = Dimensions(facility="B01", till="B01-1", shift=f"{day}-1")
        moved = Transfer("184000", "183000/B01-1", Money(cents), where)
        post(session, [Entry(uuid4(), "cash_drop", day, (moved,), reference=number)])


def a_move(
    city: Database, event: str, debit: str, credit: str, cents: int,
    *, reference: str | None = None, at: Dimensions | None = None, day: date = DAY,
) -> int:  # fmt: skip
    """Any entry of one transfer; its number."""
    with city.transaction() as session:
        moved = Transfer(debit, credit, Money(cents), at or Dimensions())
        [outcome] = post(session, [Entry(uuid4(), event, day, (moved,), reference=reference)])
    assert isinstance(outcome, Posted)
    return outcome.entry_id


def found(city: Database) -> dict[str, Difference]:
    """What is open, by its class; each class once."""
    with city.read_only() as session:
        differences = open_differences(session)
    assert len({each.kind for each in differences}) == len(differences)
    return {each.kind: each for each in differences}


def a_provider_line(city: Database, **values: object) -> None:
    """A line of the card acquirer about terminal B01-1; `values` as its columns are called."""
    usual = {
        "file_code": "acq-4648663250-2026-11-19", "source": "acquirer", "record_type": "charge",
        "account": "4648663250", "terminal": "B01-1", "currency": "EUR", "scheme": "visa",
        "local_at": datetime(2026, 11, 19, 10, 41),  # noqa: DTZ001 - as acquirers write it
        "batch": "4648663250261119",
        "settle_on": date(2026, 11, 20),
    }  # fmt: skip
    with city.transaction() as session:
        session.execute(insert(provider_line), [usual | values])


def cents_on(city: Database, account: str) -> int:
    with city.read_only() as session:
        return balance(session, account).debit_balance_cents

"""Money to be sent and collected in a loaded city: two clerks, a family that leaves, mandates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

from sqlalchemy import text

from config.database import Database
from ledger.calendar import CITY_TIME, add_bank_days, business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.closings import release_closing, request_closing
from ledger.entries import Dimensions, Entry, Posted
from ledger.journal import post
from ledger.permissions import Caller
from ledger.wallets import find_wallet
from reconciliation.exports.handover import Batch
from reconciliation.exports.sepa.direct_debits import (
    Mandate,
    NewCollection,
    add_mandate,
    request_collection,
)
from reconciliation.exports.sepa.files import create_files, release_file
from reconciliation.exports.sepa.orders import NewOrder, PaymentOrder, order_locked, request_order
from tests.ledger.families import a_wallet
from tests.reconciliation.export_books import SETTINGS, file_of
from tests.staff_client import a_person

IBAN, OTHER_IBAN = "DE89370400440532013000", "DE02120300000000202051"
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=CITY_TIME)  # a Thursday


@dataclass(frozen=True, slots=True)
class Stand:
    """The books with a maker and a checker."""

    database: Database
    maker: Caller
    checker: Caller


def a_stand(database: Database) -> Stand:
    callers = []
    for role in ("finance", "finance_approver"):
        one = a_person(database, role)
        callers.append(Caller(one.code, one.role, person=one.name))
    return Stand(database, *callers)


def a_payout(stand: Stand, cents: int = 4260, *, iban: str = IBAN) -> UUID:
    """A family's account that was closed and released: its transfer waits to be sent."""
    with stand.database.transaction() as session:
        wallet = a_wallet(session, cents)
        asked = request_closing(
            session, wallet, key=uuid4(), last_day=business_day(NOW), iban=iban,
            holder="Jürgen Groß & Söhne", at=NOW - timedelta(hours=1),
        )  # fmt: skip
        done = release_closing(session, stand.checker, asked.id, at=NOW)
    return done.payouts[0].id


def unclear_money(stand: Stand, cents: int = 1500) -> int:
    """An unclear receipt that goes back: the entry that put it on 371300."""
    with stand.database.transaction() as session:
        rulebook = posted_catalogue(session).rulebook
        entry_id = 0
        for event, roles in (("unclear_receipt", {"bank": "181000"}),
                             ("unclear_assigned", {"assigned_to": "371300"})):  # fmt: skip
            transfers = rulebook.transfers(
                event, amounts={"amount": cents}, roles=roles, dimensions=Dimensions()
            )
            (outcome,) = post(session, [Entry(uuid4(), event, business_day(NOW), transfers)])
            assert isinstance(outcome, Posted)
            entry_id = outcome.entry_id
    return entry_id


def an_order(stand: Stand, cents: int = 1500, **changes: object) -> NewOrder:
    values: dict[str, object] = {
        "id": uuid4(), "kind": "sent_back", "subject": str(uuid4()), "bank_account": "181000",
        "amount_cents": cents, "iban": OTHER_IBAN, "holder": "Erika Beispiel",
        "purpose": "Rücksendung Ihrer Überweisung",
    }  # fmt: skip
    if "booked_entry" not in changes:
        values["booked_entry"] = unclear_money(stand, cents)
    return NewOrder(**values | changes)  # type: ignore[arg-type]


def ask(stand: Stand, new: NewOrder) -> PaymentOrder:
    with stand.database.transaction() as session:
        return request_order(session, stand.maker, new, at=NOW)


def a_mandate(stand: Stand, cents: int = 0, *, iban: str = IBAN) -> Mandate:
    """A mandate for a wallet with this much on it."""
    with stand.database.transaction() as session:
        wallet = a_wallet(session, cents)
        new = Mandate(f"M-{wallet}", wallet, iban, "Erika Beispiel", NOW.date())
        add_mandate(session, stand.maker, new, at=NOW)
    return new


def a_collection(stand: Stand, of: Mandate, cents: int = 3000, *, days: int = 2) -> PaymentOrder:
    """A collection due so many bank days from now."""
    new = NewCollection(
        uuid4(), of.id, cents, add_bank_days(NOW.date(), days), "Essensgeld Dezember"
    )
    with stand.database.transaction() as session:
        return request_collection(session, stand.maker, new, at=NOW)


def files(stand: Stand, format: str, *, at: datetime = NOW) -> list[int]:
    with stand.database.transaction() as session:
        return create_files(session, stand.maker, format, settings=SETTINGS, at=at)


def let_go(stand: Stand, format: str, number: int = 1, *, at: datetime = NOW) -> Batch:
    with stand.database.transaction() as session:
        return release_file(session, stand.checker, format, number, settings=SETTINGS, at=at)


def sent(stand: Stand, format: str) -> bytes:
    """Everything that is ready, made and released; the content of the one file."""
    (number,) = files(stand, format)
    let_go(stand, format, number)
    return file_of(stand.database, format, number)[1]


def state_of(stand: Stand, order: UUID) -> str:
    with stand.database.transaction() as session:
        return order_locked(session, order).state


def held_on(stand: Stand, account: str) -> int:
    """Debits less credits of an account and all below it, in cents."""
    with stand.database.read_only() as session:
        return int(
            session.execute(
                text("""
            SELECT coalesce(sum(CASE WHEN a.id = t.debit_account THEN t.amount_cents
                                     ELSE -t.amount_cents END), 0)
              FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
             WHERE a.code = :code OR a.code LIKE :code || '/%'"""),
                {"code": account},
            ).scalar_one()
        )


def on_wallet(stand: Stand, wallet: str) -> int:
    with stand.database.read_only() as session:
        found = find_wallet(session, wallet)
        assert found is not None
        return found.balance_cents


def texts(content: bytes, name: str) -> list[str | None]:
    """The texts of every element of this name, in order."""
    document = ET.fromstring(content)  # noqa: S314 - our own
    return [one.text for one in document.iterfind(f".//{{*}}{name}")]

"""Readable data for tests: accounts to post between and entries that post."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from ledger.accounts import open_account, open_sub_account
from ledger.entries import Dimensions, Entry, Transfer
from ledger.money import Money

DAY = date(2026, 11, 17)
BANK, REVENUE, TAX, CLEARING = "181000", "441100", "372007", "184100"


def a_chart(session: Session) -> None:
    """A bank account, a revenue account, a tax account, a clearing account and the wallets."""
    open_account(session, BANK, name="Bank", kind="asset")
    open_account(session, CLEARING, name="Transit girocard", kind="asset", clearing=True)
    open_account(session, REVENUE, name="Entgelte Bäder", kind="income")
    open_account(session, TAX, name="Umsatzsteuer 7 %", kind="liability")
    open_account(
        session, "371000", name="Guthaben Kita", kind="liability", guarded=True,
        floor_cents=-1500, is_control=True,
    )  # fmt: skip
    open_account(
        session, "371010", name="Guthaben Bürger", kind="liability", guarded=True, is_control=True
    )


def a_wallet(session: Session, number: int, *, control: str = "371010") -> str:
    """Open a wallet; returns its account code. `371000` wallets have a grace limit of 15.00."""
    return open_sub_account(session, control, f"W-{number:06d}", title="Guthaben")


def an_entry(
    debit: str = CLEARING,
    credit: str = REVENUE,
    cents: int = 500,
    *,
    key: UUID | None = None,
    booked_on: date = DAY,
    reference: str | None = None,
    case_reference: str | None = None,
) -> Entry:
    """One entry with one transfer."""
    dimensions = Dimensions(facility="B01", product="POOL-AD", case_reference=case_reference)
    moved = Transfer(debit, credit, Money(cents), dimensions)
    return Entry(key or uuid4(), "sale", booked_on, (moved,), reference=reference)


def a_bill(*lines: tuple[str, str, int], key: UUID | None = None, booked_on: date = DAY) -> Entry:
    """One entry of several transfers, each (debit, credit, cents)."""
    transfers = tuple(Transfer(debit, credit, Money(cents)) for debit, credit, cents in lines)
    return Entry(key or uuid4(), "sale", booked_on, transfers)


def a_top_up(wallet: str, cents: int, *, booked_on: date = DAY) -> Entry:
    """Money from the bank onto a wallet."""
    moved = Transfer(BANK, wallet, Money(cents))
    return Entry(uuid4(), "top_up_transfer", booked_on, (moved,))

"""Wallets: prepaid money of a family or a citizen, found by code or creditor reference."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.accounts import open_sub_account
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Outcome
from ledger.errors import LedgerError
from ledger.journal import post
from ledger.money import Money
from ledger.sub_accounts import open_missing
from ledger.tables.books import account, guard, hold, hold_resolution
from ledger.tables.services import wallet, wallet_number
from ledger.tenders import CONTROL_ACCOUNTS

CONTROLS = {"kita": CONTROL_ACCOUNTS["meal_wallet"], "citizen": CONTROL_ACCOUNTS["citizen_wallet"]}
BANKS = {"kita": "181010", "citizen": "181000"}
REFERENCE_DIGITS = 10

_TITLES = {"kita": "Guthaben Kita", "citizen": "Guthaben Bürger"}
_NOWHERE = Dimensions()


@dataclass
class UnknownWallet(LedgerError):
    """No wallet has this code or reference."""

    wallet: str
    code = "wallet_unknown"


@dataclass
class WalletKeyReused(LedgerError):
    """The key opened a wallet of the other kind before."""

    key: UUID
    code = "wallet_key_reused"


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet as it stands; whose it is, this system does not know.

    kind: "kita" (meals) or "citizen". reference: RF creditor reference for transfers.
    balance_cents: what is on it, below zero on credit. available_cents: less what is held by
    holds that still run. floor_cents: how far the balance may fall.
    """

    code: str
    account: str
    kind: str
    reference: str
    balance_cents: int
    available_cents: int
    floor_cents: int


def open_wallet(session: Session, *, kind: str, key: UUID) -> Wallet:
    """Open a wallet of this kind, "kita" or "citizen"; the same key finds it again.

    Raises ValueError for another kind and WalletKeyReused.
    """
    if kind not in CONTROLS:
        raise ValueError(f"a wallet is one of {', '.join(CONTROLS)}, not {kind!r}")
    code = session.scalar(select(wallet.c.code).where(wallet.c.key == key))
    if code is None:
        code = _open(session, kind, key)
    found = _require(session, code)
    if found.kind != kind:
        raise WalletKeyReused(key)
    return found


def find_wallet(session: Session, code_or_rf: str) -> Wallet | None:
    """The wallet of this code, or of this reference however it was spaced and written."""
    name = "".join(code_or_rf.split()).upper()
    row = session.execute(
        _wallets().where((wallet.c.code == name) | (wallet.c.reference == name))
    ).one_or_none()
    return None if row is None else _wallet(row)


def top_up(
    session: Session,
    code: str,
    amount: Money,
    *,
    key: UUID,
    way: str,
    booked_on: date,
    reference: str | None,
    request: bytes | None = None,
    debit: str | None = None,
    dimensions: Dimensions = _NOWHERE,
) -> Outcome:
    """Book money onto a wallet.

    way: "online" (payment provider), "transfer" (`debit` is the bank account, left out the one
    for this kind of wallet), or a way at a counter ("cash", "girocard", "credit_card"), whose
    account `debit` names. dimensions: facility, till and shift of the counter.
    Raises UnknownWallet, and ValueError for another way or a counter without `debit`.
    """
    found = _require(session, code)
    match way:
        case "online":
            event, payer = "top_up_online", {}
        case "transfer":
            event, payer = "top_up_transfer", {"bank": debit or BANKS[found.kind]}
        case "cash" | "girocard" | "credit_card" if debit:
            event, payer = "top_up_at_counter", {"counter_tender": debit}
            open_missing(session, {debit: debit.partition("/")[2]} if "/" in debit else {})
            dimensions = replace(dimensions, channel=way)
        case _:
            raise ValueError(f"a wallet is not topped up by {way!r} to {debit!r}")
    transfers = posted_catalogue(session).rulebook.transfers(
        event,
        amounts={"amount": amount},
        roles={"wallet": found.account, **payer},
        dimensions=dimensions,
    )
    one = Entry(key, event, booked_on, transfers, reference=reference, request=request)
    return post(session, [one])[0]


def creditor_reference(number: int) -> str:
    """The RF creditor reference of a wallet's number, 14 characters (ISO 11649, modulo 97)."""
    digits = f"{number:0{REFERENCE_DIGITS}d}"
    # 2715 00: R and F as numbers, and the check digits still open.
    return f"RF{98 - int(digits + '271500') % 97:02d}{digits}"


def _open(session: Session, kind: str, key: UUID) -> str:
    number: int = session.scalar(wallet_number)
    code = f"W-{number:06d}"
    opened = open_sub_account(session, CONTROLS[kind], code, title=_TITLES[kind])
    session.execute(
        insert(wallet)
        .values(
            code=code, key=key, kind=kind, account=opened, reference=creditor_reference(number)
        )
        .on_conflict_do_nothing(index_elements=[wallet.c.key])
    )  # fmt: skip
    found: str = session.execute(select(wallet.c.code).where(wallet.c.key == key)).scalar_one()
    return found


def _require(session: Session, code: str) -> Wallet:
    found = find_wallet(session, code)
    if found is None:
        raise UnknownWallet(code)
    return found


def _wallets() -> Select[Any]:
    """Wallets with what is on them; a hold whose time is over no longer counts."""
    over = (
        select(func.coalesce(func.sum(hold.c.amount_cents), 0))
        .outerjoin(hold_resolution, hold_resolution.c.hold_id == hold.c.id)
        .where(
            hold.c.account_id == account.c.id,
            hold.c.expires_at <= func.clock_timestamp(),
            hold_resolution.c.hold_id.is_(None),
        )
        .correlate(account)
        .scalar_subquery()
    )
    return (
        select(wallet, guard.c.posted, guard.c.floor, (guard.c.held - over).label("held"))
        .join(account, account.c.code == wallet.c.account)
        .join(guard, guard.c.account_id == account.c.id)
    )


def _wallet(row: Row[Any]) -> Wallet:
    return Wallet(
        code=row.code,
        account=row.account,
        kind=row.kind,
        reference=row.reference,
        balance_cents=row.posted,
        available_cents=row.posted - int(row.held),
        floor_cents=row.floor,
    )

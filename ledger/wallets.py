"""Wallets: prepaid money of a family or a citizen, found by code or creditor reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.accounts import open_sub_accounts
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Outcome
from ledger.errors import LedgerError
from ledger.journal import post
from ledger.money import Money
from ledger.sub_accounts import open_missing
from ledger.tables.books import account, guard, hold, hold_resolution
from ledger.tables.services import wallet
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
    return open_wallets(session, kind=kind, keys=[key])[0]


def open_wallets(session: Session, *, kind: str, keys: Sequence[UUID]) -> list[Wallet]:
    """Open many wallets of one kind, as `open_wallet` does each; in the order of `keys`."""
    if kind not in CONTROLS:
        raise ValueError(f"a wallet is one of {', '.join(CONTROLS)}, not {kind!r}")
    opened = _by_key(session, keys)
    if missing := [key for key in dict.fromkeys(keys) if key not in opened]:
        _open(session, kind, missing)
        opened = _by_key(session, keys)
    for key in keys:
        if opened[key].kind != kind:
            raise WalletKeyReused(key)
    return [opened[key] for key in keys]


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


def _open(session: Session, kind: str, keys: Sequence[UUID]) -> None:
    drawn = select(func.nextval("wallet_number")).select_from(func.generate_series(1, len(keys)))
    numbers = session.scalars(drawn).all()
    codes = [f"W-{number:06d}" for number in numbers]
    accounts = open_sub_accounts(session, CONTROLS[kind], codes, title=_TITLES[kind])
    rows = [
        {
            "code": code, "key": key, "kind": kind, "account": opened,
            "reference": creditor_reference(number),
        }
        for key, number, code, opened in zip(keys, numbers, codes, accounts, strict=True)
    ]  # fmt: skip
    session.execute(insert(wallet).on_conflict_do_nothing(index_elements=[wallet.c.key]), rows)


def _by_key(session: Session, keys: Sequence[UUID]) -> dict[UUID, Wallet]:
    rows = session.execute(_wallets().where(wallet.c.key.in_(keys)))
    return {row.key: _wallet(row) for row in rows}


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

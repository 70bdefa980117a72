"""The chart of accounts in the database: opening accounts and finding them by their code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

from sqlalchemy import ARRAY, Connection, Engine, Text, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ledger.entries import Entry
from ledger.errors import UnknownAccount
from ledger.tables.books import account


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What posting needs of an account; none of it ever changes once it is opened."""

    id: int
    code: str
    currency: str
    guarded: bool
    is_control: bool


def open_account(
    session: Session,
    code: str,
    *,
    name: str,
    kind: str,
    currency: str = "EUR",
    guarded: bool = False,
    floor_cents: int = 0,
    is_control: bool = False,
    control: str | None = None,
    clearing: bool = False,
) -> int:
    """Open an account, or find it where it is open already; returns its id.

    kind: asset, liability, equity, income or expense. guarded: it may never fall below
    `floor_cents` (0 or negative: a grace limit), counted on its normal side. is_control: it is
    the sum of its sub-ledger and takes no postings itself; guarded then means that the accounts
    below it are. Safe to repeat and to race.
    """
    control_id = find_accounts(session, [control])[control].id if control else None
    session.execute(
        insert(account)
        .values(
            code=code, name=name, kind=kind, currency=currency, guarded=guarded,
            floor_cents=floor_cents, is_control=is_control, control_id=control_id,
            clearing=clearing,
        )
        .on_conflict_do_nothing(index_elements=[account.c.code])
    )  # fmt: skip
    row: int = session.execute(select(account.c.id).where(account.c.code == code)).scalar_one()
    return row


def open_sub_account(session: Session, control: str, name: str, *, title: str) -> str:
    """Open `control/name` with everything its control account has; returns the code.

    Floor and guarding of a sub-ledger stand on its control account. Raises UnknownAccount.
    """
    return open_sub_accounts(session, control, [name], title=title)[0]


def open_sub_accounts(
    session: Session, control: str, names: Sequence[str], *, title: str
) -> list[str]:
    """Open `control/name` for each of these names, as `open_sub_account` does, in one statement."""
    codes = [f"{control}/{name}" for name in names]
    above = select(account).where(account.c.code == control).subquery()
    row = session.execute(select(above.c.is_control)).one_or_none()
    if row is None or not row.is_control:
        raise UnknownAccount(control)
    inherited = ("kind", "currency", "guarded", "floor_cents", "clearing")
    # By code, so that two who open the same ones wait for each other in one order.
    opened = select(
        func.unnest(cast(sorted(codes), ARRAY(Text))).label("code"),
        literal(title), literal(value=False), above.c.id, *(above.c[name] for name in inherited),
    )  # fmt: skip
    session.execute(
        insert(account)
        .from_select(["code", "name", "is_control", "control_id", *inherited], opened)
        .on_conflict_do_nothing(index_elements=[account.c.code])
    )
    return codes


Database = Session | Connection | Engine


def find_accounts(database: Database, codes: Iterable[str]) -> Mapping[str, AccountRow]:
    """The accounts of these codes. Raises UnknownAccount for the first one that is not there.

    Remembered per engine, since an account never changes; but not one opened after this
    transaction began, which may be our own and still be rolled back.
    """
    known = _known(database)
    wanted = set(codes)
    found = {code: known[code] for code in wanted & known.keys()}
    if missing := wanted - found.keys():
        if isinstance(database, Engine):
            with database.connect() as connection:
                return find_accounts(connection, wanted)
        committed = (account.c.opened_at < func.now()).label("committed")
        columns = [account.c[field.name] for field in fields(AccountRow)]
        for row in database.execute(select(*columns, committed).where(account.c.code.in_(missing))):
            found[row.code] = AccountRow(*row[:-1])
            if row.committed:
                known[row.code] = found[row.code]
    for code in wanted - found.keys():
        raise UnknownAccount(code)
    return found


def ids_below(session: Session, controls: Iterable[str]) -> list[int]:
    """The ids of these accounts of the chart and of all accounts below them."""
    found = session.scalars(
        text("SELECT a.id FROM account a LEFT JOIN account c ON c.id = a.control_id"
             " WHERE coalesce(c.code, a.code) = ANY (CAST(:controls AS text[]))"),
        {"controls": list(controls)},
    )  # fmt: skip
    return list(found)


def postable_accounts(database: Database, entries: Iterable[Entry]) -> Mapping[str, AccountRow]:
    """The accounts that `entries` move. Raises UnknownAccount, also for a control account, and
    ValueError for an amount in another currency than its account's."""
    transfers = [moved for one in entries for moved in one.transfers]
    codes = {moved.debit for moved in transfers} | {moved.credit for moved in transfers}
    accounts = find_accounts(database, codes)
    for code in codes:
        if accounts[code].is_control:
            raise UnknownAccount(code)
    for moved in transfers:
        for code in (moved.debit, moved.credit):
            if accounts[code].currency != moved.amount.currency:
                raise ValueError(f"{code} is kept in {accounts[code].currency}, not {moved.amount}")
    return accounts


_remembered: WeakKeyDictionary[Engine, dict[str, AccountRow]] = WeakKeyDictionary()


def _known(database: Database) -> dict[str, AccountRow]:
    bind = database.get_bind() if isinstance(database, Session) else database
    return _remembered.setdefault(bind.engine, {})

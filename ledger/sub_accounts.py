"""Sub-ledger accounts as the counter needs them: opened on first use, and locked for a look."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts, open_sub_account
from ledger.errors import UnknownAccount
from ledger.funds import release_expired
from ledger.locks import share_fence
from ledger.tables.books import account


def open_missing(session: Session, titles: Mapping[str, str]) -> None:
    """Open those of the sub-accounts `code → title` that are not open yet; safe to race.

    Before any lock on funds: who opens the first account of a terminal's day makes the others
    wait, and must not wait for them. Raises UnknownAccount where there is no control account.
    """
    try:
        find_accounts(session, titles)
    except UnknownAccount:
        found = select(account.c.code).where(account.c.code.in_(titles))
        for code in sorted(titles.keys() - set(session.scalars(found))):
            control, _, name = code.partition("/")
            open_sub_account(session, control, name, title=titles[code])


def lock_funds(session: Session, codes: Iterable[str]) -> Mapping[str, int]:
    """Lock guarded accounts until the transaction ends; the cents each may still lose.

    The order is the journal's own: fence first, then guards by account. Accounts that are not
    guarded are left out. What expired holds still kept is given back first.
    """
    rows = {row.id: row.code for row in find_accounts(session, codes).values() if row.guarded}
    if not rows:
        return {}
    share_fence(session)
    guards = session.execute(
        text("SELECT * FROM lock_guards(CAST(:accounts AS int[]))"), {"accounts": sorted(rows)}
    ).all()
    return {
        rows[guard.account_id]: guard.posted - guard.held - guard.floor
        + (release_expired(session, guard.account_id) if guard.held else 0)
        for guard in guards
    }  # fmt: skip

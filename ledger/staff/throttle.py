"""How long somebody has to wait before the next try to sign in, counted in the database.

Four mistakes are free; each further one doubles the wait, from 5 seconds to 15 minutes. The same
holds for an address with many names, from the thirtieth mistake on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from ledger.locks import lock_sign_in
from ledger.tables.staff import sign_in_attempt

FREE_PER_LOGIN, FREE_PER_ADDRESS = 4, 30
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """From where and when somebody asks; `at` is aware UTC."""

    at: datetime
    address: str
    browser: str = ""


def wait_seconds(session: Session, login: str, visit: Visit) -> int:
    """Whole seconds until this name may be tried again from there; 0: now.

    Tries for one name come one after the other from here to the end of the transaction, so that
    a hundred at once do not all find the counter at zero.
    """
    lock_sign_in(session, login)
    waits = (
        _wait(*_mistakes(session, visit, login=login), FREE_PER_LOGIN, visit.at),
        _wait(*_mistakes(session, visit), FREE_PER_ADDRESS, visit.at),
    )
    return max(waits)


def note(session: Session, login: str, visit: Visit, *, is_success: bool) -> None:
    """Write the try down; a success lets the name start afresh and forgets what is old."""
    row = {"at": visit.at, "login": login, "address": visit.address, "is_success": is_success}
    session.execute(insert(sign_in_attempt), [row])
    if is_success:
        old = sign_in_attempt.c.at < visit.at - KEPT
        session.execute(delete(sign_in_attempt).where(old))


def _mistakes(
    session: Session, visit: Visit, login: str | None = None
) -> tuple[int, datetime | None]:
    """How many mistakes lately, and when the last one was."""
    tries = sign_in_attempt.c
    query = select(func.count(), func.max(tries.at)).where(
        ~tries.is_success, tries.at > visit.at - REMEMBERED
    )
    if login is None:
        query = query.where(tries.address == visit.address)
    else:
        success = select(func.max(tries.at)).where(tries.login == login, tries.is_success)
        since = func.coalesce(
            success.scalar_subquery(), datetime.min.replace(tzinfo=visit.at.tzinfo)
        )
        query = query.where(tries.login == login, tries.at > since)
    count, last = session.execute(query).one()
    return count, last


def _wait(count: int, last: datetime | None, free: int, at: datetime) -> int:
    if last is None or count < free:
        return 0
    doubled = min(count - free, 10)  # beyond that it is the longest wait anyhow
    until = last + min(SHORTEST * 2**doubled, LONGEST)
    seconds: int = -((at - until) // timedelta(seconds=1))
    return max(0, seconds)

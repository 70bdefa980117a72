"""What a prepaid account may still spend: holds whose time is over stand in nobody's way."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def release_expired(session: Session, account_id: int) -> int:
    """Give back what expired holds of an account still keep; returns the cents set free.

    The caller holds the account's guard.
    """
    released: int = session.execute(
        text("SELECT release_expired(:account)"), {"account": account_id}
    ).scalar_one()
    return released

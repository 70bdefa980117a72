"""Advisory locks: the few things that go on one at a time, by number and by what they guard.

The fence comes before every other lock: fence, guards by account, keys by key, rows.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

FENCE = (
    4711  # also in the database: the triggers entry_fence and day_fence, and the posting functions
)
SEALING = 4712
MEALS = 4713
LOADING = 4714
NIGHT = 4715
SIGN_IN = 4716
PINS = 4717
TILLS = 4718
REFUNDS = 4719  # also in the database: the triggers over refunds and reversals

CASES = 4720
TICKETS = 4730
EXPORTS = 4741
DELIVERIES = 4742
ORDERS = 4740  # also in the database: the trigger payment_order_covered


def share_fence(session: Session) -> None:
    """Take the posters' side of the fence until the transaction ends: nothing closes meanwhile."""
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({FENCE})"))


def have_alone(session: Session, what: int) -> None:
    """Wait until nobody else has `what`, and keep it until the transaction ends."""
    session.execute(text(f"SELECT pg_advisory_xact_lock({what})"))


def share_meals(session: Session, day: date) -> None:
    """Order or cancel meals of a day: many at once, but not while the day is charged."""
    session.execute(text(f"SELECT pg_advisory_xact_lock_shared({MEALS}, {day.toordinal()})"))


def share_meals_of(session: Session, days: Sequence[date]) -> None:
    """`share_meals` for many days, the earliest first, in one statement."""
    session.execute(
        text(
            f"SELECT pg_advisory_xact_lock_shared({MEALS}, n) FROM unnest(CAST(:days AS int[])) n"
        ),
        {"days": [day.toordinal() for day in sorted(set(days))]},
    )


def have_meals_alone(session: Session, day: date) -> None:
    """Charge the meals of a day, with nobody ordering or cancelling."""
    have_meals_alone_of(session, [day])


def have_meals_alone_of(session: Session, days: Sequence[date]) -> None:
    """`have_meals_alone` for many days, the earliest first, in one statement."""
    session.execute(
        text(f"SELECT pg_advisory_xact_lock({MEALS}, n) FROM unnest(CAST(:days AS int[])) n"),
        {"days": [day.toordinal() for day in sorted(set(days))]},
    )


def lock_sign_in(session: Session, login: str) -> None:
    """Try to sign in by this name: one try after the other."""
    _have_alone_by_name(session, SIGN_IN, login)


def lock_pins(session: Session, facility: str) -> None:
    """Compare and set a PIN at a site, with nobody else setting one there."""
    _have_alone_by_name(session, PINS, facility)


def lock_till(session: Session, till: str) -> None:
    """Take what a till sends, and let it enrol: one request after the other."""
    _have_alone_by_name(session, TILLS, till)


def lock_refunds(session: Session, charge: UUID) -> None:
    """Look at what is left of a charge, with nobody refunding or reversing it."""
    _have_alone_by_name(session, REFUNDS, str(charge))


def lock_ticket(session: Session, code: str) -> None:
    """Let somebody in with a ticket, or give it back: one after the other."""
    _have_alone_by_name(session, TICKETS, code)


def lock_export(session: Session, format: str) -> None:
    """Make batches of this format, with nobody else making one."""
    _have_alone_by_name(session, EXPORTS, format)


def lock_cases(session: Session, wallet: str) -> None:
    """Count a payer's open cases and open one, with nobody opening another."""
    _have_alone_by_name(session, CASES, wallet)


def _have_alone_by_name(session: Session, what: int, name: str) -> None:
    # Two names may share a number: then one waits for the other without need, and nothing else.
    session.execute(text(f"SELECT pg_advisory_xact_lock({what}, hashtext(:name))"), {"name": name})

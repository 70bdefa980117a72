"""What changes nothing but the case itself: who has it, a note, a day to look again, a file asked
for."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.calendar import add_bank_days, business_day
from ledger.permissions import Caller
from ledger.tables.staff import staff
from reconciliation.casework.cases import locked_case
from reconciliation.casework.deciding import Done, checked_words
from reconciliation.casework.refusals import CaseworkRefused
from reconciliation.casework.steps import Deed, add_step

LONGEST_WAIT_BANK_DAYS = 10
WAITS_FOR = ("bank", "provider", "site")
# Whoever can have a case: those who decide on one.
OWNING_ROLES = ("finance", "finance_approver")


def assign(
    session: Session, by: Caller, number: int, to: str | None, *, version: str | None = None
) -> Done:
    """Give a case to a person, by staff code, or to nobody.

    Raises CaseUnknown, CaseChanged, CaseworkRefused (difference_closed, difference_person).
    """
    case = locked_case(session, number, version)
    if not case.is_open:
        raise CaseworkRefused("difference_closed", number=number)
    name = None
    if to is not None:
        known = select(staff.c.name).where(
            staff.c.code == to, staff.c.is_active, staff.c.role.in_(OWNING_ROLES)
        )
        name = session.scalar(known)
        if name is None:
            raise CaseworkRefused("difference_person", person=to)
    deed = Deed("assigned", {"to": to, "name": name, "from": case.owner_name})
    return Done(add_step(session, by, case.id, deed, case=number, after=case.last_number))


def note(session: Session, by: Caller, number: int, words: str) -> Done:
    """Write a note; also on a closed case. Raises CaseUnknown, CaseworkRefused."""
    case = locked_case(session, number, None)
    deed = Deed("note", {"words": checked_words(words)})
    return Done(add_step(session, by, case.id, deed, case=number, after=case.last_number))


def put_off(
    session: Session, by: Caller, number: int, on: date, *, words: str, at: datetime,
    waits_for: str | None = None,
) -> Done:  # fmt: skip
    """Look at it again on a day, with a reason; never later than 10 bank days from now.

    Raises CaseUnknown, CaseworkRefused (difference_due, difference_words, difference_closed).
    """
    case = locked_case(session, number, None)
    today = business_day(at)
    if not case.is_open:
        raise CaseworkRefused("difference_closed", number=number)
    latest = add_bank_days(today, LONGEST_WAIT_BANK_DAYS)
    if not today <= on <= latest or waits_for not in (None, *WAITS_FOR):
        raise CaseworkRefused("difference_due", latest=latest)
    deed = Deed(
        "due", {"on": on.isoformat(), "waits_for": waits_for, "words": checked_words(words)}
    )
    return Done(add_step(session, by, case.id, deed, case=number, after=case.last_number))


def request_file(session: Session, by: Caller, number: int, *, at: datetime) -> Done:
    """Write down that the missing file was asked for; the case waits for it two bank days."""
    case = locked_case(session, number, None)
    if not case.is_open:
        raise CaseworkRefused("difference_closed", number=number)
    on = add_bank_days(business_day(at), 2)
    deed = Deed("file_requested", {"on": on.isoformat(), "waits_for": "provider"})
    return Done(add_step(session, by, case.id, deed, case=number, after=case.last_number))

"""What waits for one person: their cases, what they may release, days to sign, by due date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.approvals import DECIDING_ROLES, RELEASING_ROLES, pending
from ledger.calendar import business_day
from ledger.catalogue.price_changes import waiting_changes
from ledger.permissions import Caller
from reconciliation.casework.lists import Filter, cases
from reconciliation.casework.releases import Release, pending_releases
from reconciliation.desk.case_lines import case_line
from reconciliation.words import class_word

RELEASES = {
    "accept": "Buchung freigeben", "match": "Zuordnung freigeben", "split": "Aufteilung freigeben",
    "write_off": "Ausbuchung freigeben", "send_back": "Rücksendung freigeben",
    "correct": "Korrektur freigeben", "take_back": "Storno freigeben",
}  # fmt: skip
APPROVALS = {
    "refund": "Erstattung freigeben", "cash_difference": "Kassendifferenz freigeben",
    "meal_goodwill": "Erlass freigeben",
}  # fmt: skip

CLOSING = "Abschluss"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. shape: a state of `work/states.html`; cents: None where there is none."""

    shape: str
    title: str
    note: str
    href: str
    due: date | None
    cents: int | None
    kind: str


def tasks_of(session: Session, by: Caller, *, at: datetime) -> list[Task]:
    """Everything that waits for this person, the most urgent first."""
    found = [*_cases(session, by, at), *_releases(session, by), *_approvals(session, by)]
    found += [*_price_changes(session, by), *_days(session, at)]
    far = date.max
    return sorted(found, key=lambda task: (task.due or far, task.kind, task.title))


def _cases(session: Session, by: Caller, at: datetime) -> list[Task]:
    today = business_day(at)
    tasks = []
    for case in cases(session, Filter(by.name, at, view="mine")):
        line = case_line(case, person=by.name, at=at)
        if case.request is not None:
            continue  # it waits for somebody else
        href = url_for("desk_case.show", number=case.number, ansicht="meine")
        tasks.append(Task(case.severity, f"{line.name} {line.kind}", f"{line.place} · {line.step}",
                          href, case.due_on or today, case.amount_cents, "Fall"))  # fmt: skip
    return tasks


def _releases(session: Session, by: Caller) -> list[Task]:
    if by.role not in RELEASING_ROLES:
        return []
    return [_release(one) for one in pending_releases(session) if one.asked_by != by.name]


def _release(one: Release) -> Task:
    about = f"D-{one.case}" if one.case else "Einzahlung"
    note = " · ".join(filter(None, (class_word(one.case_kind or ""), f"beantragt von {one.asker}")))
    href = url_for("desk_releases.show_one", asked=one.id)
    title = f"{RELEASES[one.kind]}: {about}"
    due = business_day(one.asked_at)
    return Task("suggestion", title, note, href, due, one.amount_cents, "Freigabe")


def _approvals(session: Session, by: Caller) -> list[Task]:
    if by.role not in DECIDING_ROLES:
        return []
    return [
        Task("suggestion", APPROVALS.get(one.request.kind, "Freigeben"),
             f"{one.request.subject} · beantragt von {one.requester}",
             f"/desk/approvals/{one.request.id}", business_day(one.request.requested_at),
             one.request.amount_cents, "Freigabe")
        for one in pending(session, facility=by.facility) if one.request.requested_by != by.name
    ]  # fmt: skip


def _price_changes(session: Session, by: Caller) -> list[Task]:
    """Due before the day they shall hold from: afterwards nobody can release them."""
    if by.role not in RELEASING_ROLES:
        return []
    return [
        Task("suggestion", f"Preis freigeben: {one.name} ab {one.valid_from:%d.%m.%Y}",
             f"beantragt von {one.asker}", url_for("desk_settings.show_change", asked=one.id),
             one.valid_from - timedelta(days=1), one.cents, "Freigabe")
        for one in waiting_changes(session) if one.asked_by != by.name
    ]  # fmt: skip


def _days(session: Session, at: datetime) -> list[Task]:
    """The oldest business day that a night has looked at and nobody has locked; others follow."""
    rows = session.execute(
        text("""
        SELECT DISTINCT r.day FROM night_run r
         WHERE r.day > coalesce((SELECT max(day) FROM closed_day), '-infinity'::date)
           AND r.day < :today ORDER BY r.day"""),
        {"today": business_day(at)},
    )
    waiting = [row.day for row in rows]
    if not waiting:
        return []
    day, later = waiting[0], len(waiting) - 1
    note = "zwei Unterschriften"
    if later:
        note += f" · danach {later} {'weiterer Tag' if later == 1 else 'weitere Tage'}"
    return [Task("locked", f"Tag {day:%d.%m.} abschließen", note, f"/desk/tage/{day}",
                 business_day(at), None, CLOSING)]  # fmt: skip

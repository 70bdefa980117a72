"""My tasks: cases, releases and signatures in one list by due date."""

from flask import Blueprint, Response

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.desk.case_said import said_line
from reconciliation.desk.page import books, caller, now, render
from reconciliation.desk.tasks.reading import tasks_of

pages = Blueprint("desk_tasks", __name__, url_prefix="/desk/aufgaben", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What waits for whoever looks."""
    by, at = caller(), now()
    with books().read_only() as session:
        tasks, said = tasks_of(session, by, at=at), said_line(session, by)
    return render("tasks/tasks.html", tasks=tasks, said=said, at=at, today=business_day(at))

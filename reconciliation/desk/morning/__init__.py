"""The morning page: in ten seconds what closed, what did not, since when, and who has it."""

from flask import Blueprint, Response

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.desk.morning.reading import read_morning
from reconciliation.desk.page import books, caller, now, render
from reconciliation.german import percent

pages = Blueprint("desk_morning", __name__, url_prefix="/desk", template_folder="templates")


@pages.get("/")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What the last night left, and what to do first."""
    by, at = caller(), now()
    with books().read_only() as session:
        found = read_morning(session, by, at=at)
    return render(
        "morning/morning.html", page=found, at=at, today=business_day(at), in_percent=percent
    )

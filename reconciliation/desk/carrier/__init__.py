"""The data carrier for a tax audit: what is on it, and the ZIP, written down as it is taken."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request, stream_with_context

from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from reconciliation.data_carrier.archive import archive_of
from reconciliation.data_carrier.content import TABLES
from reconciliation.desk.asked import day_asked, last_business_day
from reconciliation.desk.downloads import attached
from reconciliation.desk.page import books, caller, may, now, render
from reconciliation.reports.period import between

pages = Blueprint(
    "desk_carrier", __name__, url_prefix="/desk/datentraeger", template_folder="templates"
)


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What is on it; the days are this year's up to the last day of business, or `?von=&bis=`."""
    with books().read_only() as session:
        last = day_asked("bis") or last_business_day(session, now())
    first = day_asked("von") or last.replace(month=1, day=1)
    return _page(first.isoformat(), last.isoformat())


@pages.post("")
@needs(Permission.CARRIER_READ)
def take() -> Response:
    """The ZIP of these days."""
    von, bis = request.form.get("von", ""), request.form.get("bis", "")
    period = between(von, bis)
    if period is None:
        return _page(von, bis, "Bitte zwei Tage von früh nach spät angeben.", status=422)
    database, at, city = books(), now(), current_app.config["CITY"]
    with database.transaction() as session:
        detail = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        record(session, caller(), "data_carrier.taken", about=period.name, detail=detail)

    def stream() -> Iterator[bytes]:
        with database.read_only() as session:
            yield from archive_of(session, period, city=city, made_at=at)

    answer = Response(stream_with_context(stream()), mimetype="application/zip")
    return attached(answer, f"z3-{period.name}.zip")


def _page(first: str, last: str, problem: str = "", status: int = 200) -> Response:
    return render(
        "carrier/carrier.html", status, tables=TABLES, first=first, last=last, problem=problem,
        may_take=may(Permission.CARRIER_READ),
    )  # fmt: skip

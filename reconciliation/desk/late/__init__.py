"""Late items: what came for a locked day, what became of it, and who took note of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest

from ledger.permissions import Permission, needs
from reconciliation.closing.late import LateItem, late_items, note_late_items
from reconciliation.desk.asked import day_of
from reconciliation.desk.links import case_address
from reconciliation.desk.page import books, caller, go, may, now, render
from reconciliation.words import channel_word

SHOWN = 100

pages = Blueprint("desk_late", __name__, url_prefix="/desk/spaete", template_folder="templates")


@dataclass(frozen=True, slots=True)
class LateDay:
    """The items of one locked day, the newest first. until: when the newest new one came."""

    day: date
    items: Sequence[LateItem]

    @property
    def new(self) -> Sequence[LateItem]:
        """Those that nobody has taken note of."""
        return [item for item in self.items if item.noted_at is None]

    @property
    def until(self) -> datetime:
        """When the newest of them came."""
        return max(item.arrived_at for item in self.items)

    @property
    def shown(self) -> Sequence[LateItem]:
        """As many as a page bears."""
        return self.items[:SHOWN]


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What came late, by the day it belongs to."""
    at = now()
    with books().read_only() as session:
        items = late_items(session, at=at)
    days = [LateDay(day, list(each)) for day, each in groupby(items, lambda item: item.day)]
    return render(
        "late/late.html", days=days, at=at, noted=request.args.get("notiert"),
        may_note=may(Permission.DAYS_SIGN), case_address=case_address, channel_word=channel_word,
    )  # fmt: skip


@pages.post("/<day>")
@needs(Permission.DAYS_SIGN)
def note(day: str) -> Response:
    """Take note of what one has seen; what comes later is new again."""
    on = day_of(day)
    try:
        until = datetime.fromisoformat(request.form.get("bis", ""))
    except ValueError as wrong:
        raise BadRequest from wrong
    if until.tzinfo is None:
        raise BadRequest
    with books().transaction() as session:
        count = note_late_items(session, caller(), on, until=until, at=now())
    return go(url_for("desk_late.show", notiert=count))

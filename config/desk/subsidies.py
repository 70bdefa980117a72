"""Subsidies granted for days gone by: finance enters the notice, sees what moves, and books it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from config.desk.page import render
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, refusal, shell
from config.web.formats import day
from config.web.pages.shell import Shell
from ledger.backdated_subsidies import Backdated, authorities, backdate_subsidy
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from ledger.staff.audit import record

pages = Blueprint("desk_subsidies", __name__, url_prefix="/desk/subsidies")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent: days as ISO dates."""

    child: str = ""
    authority: str = ""
    first: str = ""
    last: str = ""

    @property
    def period(self) -> str:
        """Both days as one reads them; only where they are days."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        return f"{day(first)} bis {day(last)}"


@dataclass(frozen=True, slots=True)
class SubsidiesPage:
    """The form, and what moves (would, while it is not entered) or why not.

    authorities: (code, name).
    """

    shell: Shell
    authorities: Sequence[tuple[str, str]]
    typed: Typed
    moved: Backdated | None = None
    is_entered: bool = False
    problem: str | None = None


@pages.get("")
@needs(Permission.CASES_DECIDE)
def show() -> Response:
    """The form. Nobody is listed: who gets a subsidy are social data."""
    return _page(Typed())


@pages.post("")
@needs(Permission.CASES_DECIDE)
def enter() -> Response:
    """Show what would move, or move it. The answer is no redirect: a child's code and subsidy
    belong into no address. Sent twice, the second finds the days taken."""
    step = request.form.get("step")
    if step not in ("preview", "enter"):
        raise BadRequest
    typed = Typed(**{name: request.form.get(name, "").strip()[:20] for name in asdict(Typed())})
    try:
        first, last = date.fromisoformat(typed.first), date.fromisoformat(typed.last)
    except ValueError:
        return _page(typed, problem="Bitte beide Tage angeben.", status=422)
    is_entered = step == "enter"
    try:
        with books().transaction() as session:
            moved = _backdated(session, typed, first, last, is_entered=is_entered)
    except LedgerError as error:
        return _page(typed, problem=refusal(error), status=sentence(error.code).status)
    return _page(typed, moved, is_entered=is_entered)


def _backdated(
    session: Session, typed: Typed, first: date, last: date, *, is_entered: bool
) -> Backdated:
    """What moves. A preview does all of it as well, and takes it back: it cannot be wrong."""
    with session.begin_nested() as attempt:
        child = typed.child.upper()
        moved = backdate_subsidy(
            session, child, authority=typed.authority, valid_from=first, valid_until=last, at=now()
        )
        if not is_entered:
            attempt.rollback()
            return moved
        detail = {"days": moved.days, "amount_cents": moved.cents}
        record(session, caller(), "subsidy.backdated", about=child, detail=detail)
    return moved


def _page(
    typed: Typed,
    moved: Backdated | None = None,
    *,
    is_entered: bool = False,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    with books().read_only() as session:
        known = authorities(session)
    page = SubsidiesPage(shell(), known, typed, moved, is_entered, problem)
    return render("subsidies.html", page, status)

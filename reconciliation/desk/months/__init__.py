"""Month end: eight steps in order, each with its figures and its check, then two signatures."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ledger.calendar import business_day, months_back, next_month
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.closing.errors import ClosingChanged
from reconciliation.closing.months import sign_month, signed_month
from reconciliation.closing.signatures import Signed, Signing, hash_of
from reconciliation.desk.months.steps import Step, steps_of
from reconciliation.desk.page import books, caller, go, may, now, refusal, render
from reconciliation.errors import ReconciliationError
from reconciliation.reports.forms import shown
from reconciliation.reports.period import Period, month_of, period_named

pages = Blueprint("desk_months", __name__, url_prefix="/desk/monate", template_folder="templates")


@dataclass(frozen=True, slots=True)
class MonthPage:
    """What the page shows. seen: the SHA-256 a signature of these figures stands under."""

    period: Period
    before: str
    after: str | None
    steps: tuple[Step, ...]
    step: Step
    signed: Signed
    seen: str
    may_sign: bool
    is_own: bool
    problem: str | None = None

    @property
    def open_steps(self) -> int:
        """Steps that are not done."""
        return sum(not step.is_done for step in self.steps)


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> AnyResponse:
    """The month that is to be closed next: the one before this."""
    return redirect(url_for("desk_months.show_month", name=_name_before(business_day(now()))))


@pages.get("/<name>")
@needs(Permission.RECONCILE_READ)
def show_month(name: str) -> Response:
    """One month, `2026-11`, at one of its steps."""
    return render("months/month.html", page=_page(name), shown=shown)


@pages.post("/<name>")
@needs(Permission.DAYS_SIGN)
def sign(name: str) -> Response:
    """Sign the figures that were looked at."""
    period = _period(name)
    place = 2 if request.form.get("place") == "2" else 1
    try:
        seen = bytes.fromhex(request.form.get("seen", ""))
        with books().transaction() as session:
            totals = _totals(steps_of(session, period))
            signing = Signing(place, seen, request.form.get("remark", "").strip() or None)
            sign_month(session, caller(), period.first, totals=totals, signing=signing)
    except ValueError:
        changed = refusal(ClosingChanged(period.first))
        return render("months/month.html", 422, page=_page(name, changed), shown=shown)
    except (ReconciliationError, LedgerError) as refused:
        return render("months/month.html", 409, page=_page(name, refusal(refused)), shown=shown)
    return go(url_for("desk_months.show_month", name=name, gezeichnet=place))


def _page(name: str, problem: str | None = None) -> MonthPage:
    period = _period(name)
    with books().read_only() as session:
        steps = steps_of(session, period)
        signed = signed_month(session, period.first)
        seen = hash_of(session, _totals(steps)).hex()
    wanted = request.args.get("schritt", "")
    step = next((one for one in steps if str(one.number) == wanted), _first_open(steps))
    return MonthPage(
        period, _name_before(period.first), _name_after(period), steps, step, signed, seen,
        may(Permission.DAYS_SIGN), _is_own(signed), problem,
    )  # fmt: skip


def _is_own(signed: Signed) -> bool:
    return signed.first is not None and signed.first.person == caller().name


def _period(name: str) -> Period:
    found = period_named(name)
    if found is None or not found.is_month or found.first > business_day(now()):
        raise NotFound
    return found


def _totals(steps: tuple[Step, ...]) -> dict[str, Any]:
    """What a signature of the month stands under: every figure of every step."""
    plain: dict[str, Any] = json.loads(json.dumps({step.code: step.figures for step in steps}))
    return plain


def _first_open(steps: tuple[Step, ...]) -> Step:
    return next((step for step in steps if not step.is_done), steps[0])


def _name_before(day: date) -> str:
    return month_of(months_back(day, 1)).name


def _name_after(period: Period) -> str | None:
    after = next_month(period.first)
    return month_of(after).name if after <= business_day(now()) else None

"""Clearing accounts: every cent on them has a reason, and this page says which."""

from flask import Blueprint, Response

from ledger.permissions import Permission, needs
from reconciliation.desk.balances.listing import BAR_WIDTH, balances
from reconciliation.desk.links import case_address
from reconciliation.desk.page import books, now, render

pages = Blueprint(
    "desk_balances", __name__, url_prefix="/desk/verrechnung", template_folder="templates"
)


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """Every account of 184xxx, 171xxx and 371xxx."""
    with books().read_only() as session:
        page = balances(session)
    return render(
        "balances/balances.html", page=page, case_address=case_address, at=now(), width=BAR_WIDTH
    )

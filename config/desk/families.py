"""Families, for administrators and the heads of daycares: letters with the code of the portal."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Response, current_app, make_response, request, url_for
from werkzeug.exceptions import NotFound

from config.desk.lines import FamiliesPage
from config.desk.page import render
from config.staff.cookie import now
from config.staff.page import books, caller, go, shell
from ledger.permissions import Permission, needs
from terminals.mail.sending import letters_given_up
from terminals.portal.invitations import daycares, letters_page, waiting_children, write_letter

MOST_AT_ONCE = 60  # a slow hash each; a whole daycare still fits

pages = Blueprint("families", __name__, url_prefix="/desk/families")


@pages.get("")
@needs(Permission.FAMILIES_INVITE)
def show() -> Response:
    """The children of a daycare whom nobody pays for by the portal yet."""
    with books().read_only() as session:
        houses = _houses(daycares(session))
        chosen = request.args.get("house", houses[0][0] if houses else "")
        if houses and chosen not in dict(houses):
            raise NotFound
        waiting = waiting_children(session, chosen, at=now()) if houses else []
        undelivered = letters_given_up(session) if caller().facility is None else []
    return render("families.html", FamiliesPage(shell(), houses, chosen, waiting, undelivered))


@pages.post("/letters")
@needs(Permission.FAMILIES_INVITE)
def print_letters() -> Response:
    """Letters for the children chosen, each with a new code that is shown this once."""
    house = request.form.get("house", "")
    chosen = request.form.getlist("child")[:MOST_AT_ONCE]
    with books().transaction() as session:
        if house not in dict(_houses(daycares(session))):
            raise NotFound
        waiting = {one.child for one in waiting_children(session, house, at=now())}
        if not chosen:
            return go(url_for("families.show", house=house))
        if not waiting.issuperset(chosen):
            raise NotFound
        city = current_app.config["CITY"]
        letters = [write_letter(session, caller(), child, city=city, at=now()) for child in chosen]
    asset = cast(Callable[[str], str], current_app.jinja_env.globals["asset"])
    return make_response(letters_page(letters, stylesheet=asset("face/css/letter.css")))


def _houses(known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The daycares this person may write for: all, or the one they head."""
    return [(code, name) for code, name in known if caller().may_act_at(code)]

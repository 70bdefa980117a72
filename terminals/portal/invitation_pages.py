"""An invitation to pay for a child on some days, as whoever was invited sees it.

What is shared is said before anybody agrees. Whoever opens it has read it at the address it went
to, so a newcomer needs no second mail; whoever has an account signs in to it first.
"""

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from ledger.shared_children import next_monday
from terminals.face.moment import now
from terminals.face.page import books, go, language, render, say
from terminals.portal.entering import Entered, enter
from terminals.portal.errors import InvitationRefused
from terminals.portal.second_payers import accept, decline, find_invitation, newcomer
from terminals.portal.sharing_words import days_in_words
from terminals.portal.throttle import Asking, note, wait_of_source
from terminals.portal.visiting import browser, is_payer, let_in, me, network

pages = Blueprint(
    "portal_invitation", __name__, url_prefix="/portal/einladung", template_folder="templates"
)


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """is_open: it can be answered. days: in words, from which Monday on."""

    token: str
    is_open: bool
    days: str = ""
    from_day: date | None = None
    until: date | None = None
    is_signed_in: bool = False
    problem: str = ""


@pages.get("/<token>")
@needs(Permission.PORTAL_SIGN_IN)
def show(token: str) -> Response:
    """What is shared and what is not, before anything is agreed to."""
    return _page(token)


@pages.post("/<token>/annehmen")
@needs(Permission.PORTAL_SIGN_IN)
def take(token: str) -> Response:
    """Pay for the child on these days, from next Monday on."""
    at = now()
    try:
        with books().transaction() as session:
            if is_payer():
                accept(session, token, me(session), at=at)
                return go(url_for("portal_sharing.show"))
            entered = _new_payer(session, token)
    except InvitationRefused as refused:
        return _page(token, say(f"sharing.{refused.code}"))
    if entered is None:
        return go(url_for("portal_entry.ask", next=url_for("portal_invitation.show", token=token)))
    return let_in(entered, url_for("portal_first.children"))


@pages.post("/<token>/ablehnen")
@needs(Permission.PORTAL_SIGN_IN)
def refuse(token: str) -> Response:
    """Say no: the address is forgotten."""
    try:
        with books().transaction() as session:
            decline(session, token, at=now())
    except InvitationRefused as refused:
        return _page(token, say(f"sharing.{refused.code}"))
    return render("portal/declined.html")


def _new_payer(session: Session, token: str) -> Entered | None:
    """Somebody who had no account, signed in and paying; None: who has one signs in first."""
    payer = newcomer(session, token, language=language(), at=now())
    if payer is None:
        return None
    accept(session, token, payer, at=now())
    return enter(session, Entered("", payer), "link", browser=browser(), at=now())


def _page(token: str, problem: str = "") -> Response:
    at = now()
    asking = Asking("invitation", network(), at)
    with books().transaction() as session:
        found = None
        if wait_of_source(session, asking) is None:
            found = find_invitation(session, token, at=at)
            if found is None:
                note(session, asking)
    page = InvitationPage(token, is_open=False, problem=problem)
    if found is not None and found.state == "invited":
        page = replace(
            page, is_open=True, days=days_in_words(found.weekdays),
            from_day=next_monday(business_day(at)), until=business_day(found.expires_at),
            is_signed_in=is_payer(),
        )  # fmt: skip
    status = 422 if problem else 200 if page.is_open else 410
    return render("portal/invitation.html", page, status=status)

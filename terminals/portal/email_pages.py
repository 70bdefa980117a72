"""Changing one's own address: the form behind "Anmeldung & Geräte", and the link of the letter."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for

from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render, say
from terminals.portal.email_changes import (
    WantedEmail,
    confirm_email,
    email_behind,
    forget_wanted_email,
    want_email,
    wanted_email,
)
from terminals.portal.entry_views import wait_in_words
from terminals.portal.errors import EmailMalformed
from terminals.portal.payers import normal_email
from terminals.portal.throttle import Wait
from terminals.portal.visiting import ask_again, me, network

pages = Blueprint("portal_email", __name__, url_prefix="/portal", template_folder="templates")
HERE = "/mehr/anmeldung/adresse"


@dataclass(frozen=True, slots=True)
class EmailPage:
    """The address now, the one that waits for its link, and the form with what was typed."""

    key: UUID
    email: str
    wanted: WantedEmail | None
    typed: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """The address a link is about; "" where the link is over. is_done: it is the payer's now."""

    token: str
    email: str
    is_done: bool = False


@pages.get(HERE)
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """The address and the form."""
    return ask_again(url_for("portal_email.show")) or _page()


@pages.post(HERE)
@needs(Permission.PORTAL_OWN)
def ask() -> Response:
    """Send the link to the new address, where the last sign-in is fresh."""
    if question := ask_again(url_for("portal_email.show")):
        return question
    typed, key = request.form.get("email", ""), key_of_form()
    try:
        email = normal_email(typed)
    except EmailMalformed:
        return _page(typed, say("entry.email.wrong"), status=422)
    with books().transaction() as session:
        payer = me(session)
        if email == payer.email:
            return _page(typed, say("email.same"), status=422)
        wait = want_email(session, payer, email, key=key, network=network(), at=now())
    if isinstance(wait, Wait):
        answer = _page(typed, wait_in_words(wait.until), status=429)
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer
    return go(url_for("portal_email.show"))


@pages.post(f"{HERE}/verwerfen")
@needs(Permission.PORTAL_OWN)
def take_back() -> Response:
    """Keep the address there is."""
    with books().transaction() as session:
        forget_wanted_email(session, me(session).code)
    return go(url_for("portal_devices.show"))


@pages.get("/adresse/<token>")
@needs(Permission.PORTAL_SIGN_IN)
def link(token: str) -> Response:
    """One button: programs that look at mails open links, and must not use this one up."""
    with books().read_only() as session:
        email = email_behind(session, token, at=now())
    return _confirm_page(ConfirmPage(token, email or ""))


@pages.post("/adresse/<token>")
@needs(Permission.PORTAL_SIGN_IN)
def confirm(token: str) -> Response:
    """Whoever reads the letter has the address, in whichever browser."""
    with books().transaction() as session:
        email = email_behind(session, token, at=now()) or ""
        is_done = confirm_email(session, token, at=now())
    return _confirm_page(ConfirmPage(token, email if is_done else "", is_done))


def _confirm_page(page: ConfirmPage) -> Response:
    return render("portal/email_confirm.html", page, status=200 if page.email else 410)


def _page(typed: str = "", problem: str = "", *, status: int = 200) -> Response:
    with books().read_only() as session:
        payer = me(session)
        wanted = wanted_email(session, caller().name, at=now())
    page = EmailPage(uuid4(), payer.email, wanted, typed, problem)
    return render("portal/email.html", page, tab="more", status=status)

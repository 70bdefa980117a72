"""Everything that is not every day's: the list, language, notices, and signing out."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, request, url_for

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from terminals.face.amounts import cents_of
from terminals.face.moment import now
from terminals.face.page import (
    LANGUAGE_COOKIE,
    LANGUAGE_FIELD,
    books,
    caller,
    go,
    language,
    render,
    say,
)
from terminals.face.words import LANGUAGES
from terminals.portal.child_names import Called, called
from terminals.portal.cookie import take_cookie
from terminals.portal.errors import MarkOutOfRange
from terminals.portal.payers import Notices, set_language, set_notices
from terminals.portal.sessions import revoke_session
from terminals.portal.top_up_choice import plain
from terminals.portal.visiting import is_payer, me

pages = Blueprint("portal_more", __name__, url_prefix="/portal", template_folder="templates")


@dataclass(frozen=True, slots=True)
class MorePage:
    """The children and the address of whoever is signed in."""

    children: tuple[tuple[str, Called], ...]
    email: str


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """mark: the low-balance mark as it was typed."""

    notices: Notices
    mark: str
    problem: str = ""
    is_saved: bool = False


@dataclass(frozen=True, slots=True)
class LanguagePage:
    """languages: codes; each is named in itself."""

    languages: tuple[str, ...]
    chosen: str


@pages.after_app_request
def keep_language(response: Response) -> Response:
    """A language chosen by the link in the head is the one of letters from then on."""
    chosen = request.args.get(LANGUAGE_FIELD)
    if chosen in LANGUAGES and g.get("caller") is not None and is_payer():
        with books().transaction() as session:
            set_language(session, caller().name, chosen)
    return response


@pages.get("/mehr")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """The list."""
    with books().read_only() as session:
        children = called(session, caller(), on=business_day(now()))
        page = MorePage(tuple(children.items()), me(session).email)
    return render("portal/more.html", page, tab="more")


@pages.get("/mehr/benachrichtigungen")
@needs(Permission.PORTAL_OWN)
def notices() -> Response:
    """What is told by mail, and what always is."""
    with books().read_only() as session:
        chosen = me(session).notices
    page = NoticesPage(chosen, plain(chosen.low_mark_cents), is_saved="da" in request.args)
    return render("portal/notices.html", page, tab="more")


@pages.post("/mehr/benachrichtigungen")
@needs(Permission.PORTAL_OWN)
def set_what_is_told() -> Response:
    """All choices at once."""
    mark = request.form.get("mark", "")
    ticked = request.form
    chosen = Notices(
        "low" in ticked, cents_of(mark) or 0, "arrived" in ticked, "menu" in ticked,
        "closed" in ticked,
    )  # fmt: skip
    try:
        with books().transaction() as session:
            set_notices(session, me(session).code, chosen)
    except MarkOutOfRange:
        page = NoticesPage(chosen, mark, say("refused.mark_out_of_range"))
        return render("portal/notices.html", page, tab="more", status=422)
    return go(url_for("portal_more.notices", da=1))


@pages.get("/mehr/sprache")
@needs(Permission.PORTAL_OWN)
def languages() -> Response:
    """One button for each language."""
    page = LanguagePage(tuple(LANGUAGES), language())
    return render("portal/languages.html", page, tab="more")


@pages.post("/mehr/sprache")
@needs(Permission.PORTAL_OWN)
def choose_language() -> Response:
    """Of the pages here and of the letters."""
    chosen = request.form.get("language", "")
    response = go(url_for("portal_more.languages"))
    if chosen in LANGUAGES:
        with books().transaction() as session:
            set_language(session, me(session).code, chosen)
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=31_536_000, httponly=True, samesite="Lax",
            secure=request.is_secure,
        )  # fmt: skip
    return response


@pages.post("/abmelden")
@needs(Permission.PORTAL_OWN)
def leave() -> Response:
    """End this session."""
    session_id = caller().session_id
    if session_id is not None:
        with books().transaction() as session:
            revoke_session(session, caller().name, session_id, at=now())
    response = go(url_for("portal_entry.ask"))
    take_cookie(response)
    return response

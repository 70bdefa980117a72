"""What the views of the portal's accounts share: the browser's mark, where to go on, the payer."""

import secrets
from typing import cast

from flask import Response, current_app, g, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from terminals.face.addresses import is_ours
from terminals.face.browsers import browser_in_words
from terminals.face.moment import now
from terminals.face.page import LANGUAGE_COOKIE, books, caller, go, say
from terminals.mail.letters import origin
from terminals.portal.cookie import ROLE, cookie_name, give_cookie, session_of_cookie
from terminals.portal.entering import Entered
from terminals.portal.passkeys import Site
from terminals.portal.payers import Payer, payer_of
from terminals.portal.sessions import Browser, revoke_session

MARK = "mark"
HOME = "/portal/"
_A_YEAR = 31_536_000


def browser() -> Browser:
    """This browser by its mark; one that brings none gets one, the same all through a request."""
    if "portal_browser" not in g:
        mark = request.cookies.get(cookie_name(MARK)) or secrets.token_urlsafe(24)
        name = browser_in_words(request.user_agent.string) or say("devices.unknown")
        g.portal_browser = Browser(mark, name)
    return cast(Browser, g.portal_browser)


def keep_mark(response: Response) -> Response:
    """Let the browser be known again: where its link was asked for, and as no new device."""
    response.set_cookie(
        cookie_name(MARK), browser().mark, max_age=_A_YEAR, path="/", secure=request.is_secure,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def network() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def wanted_next() -> str:
    """The page of ours to go on to, as the form or link said; "" for none or another's."""
    wanted = request.values.get("next", "")
    return wanted if is_ours(wanted) else ""


def is_payer() -> bool:
    """Whether somebody is signed in."""
    return caller().role == ROLE


def me(session: Session) -> Payer:
    """The payer who is signed in."""
    if not is_payer():
        raise NotFound
    return payer_of(session, caller().name)


def site() -> Site:
    """Whom passkeys are for."""
    return Site(current_app.config["CITY"], origin())


def let_in(entered: Entered, address: str) -> Response:
    """Go on, signed in: with a new token, and the language that goes with the account.

    A session this browser had before ends, whosever it was: nobody is signed in twice.
    """
    before = session_of_cookie(books())
    if before is not None:
        with books().transaction() as session:
            revoke_session(session, before.code, before.id, at=now())
    response = go(address)
    give_cookie(response, entered.token)
    response.set_cookie(
        LANGUAGE_COOKIE, entered.payer.language, max_age=_A_YEAR, httponly=True, samesite="Lax",
        secure=request.is_secure,
    )  # fmt: skip
    return keep_mark(response)


def ask_again(next_page: str) -> Response | None:
    """To the sign-in where the last one was long ago, before something that matters."""
    found = session_of_cookie(books())
    if found is None or found.is_fresh(now()):
        return None
    return go(url_for("portal_entry.ask", next=next_page, nochmal=1))

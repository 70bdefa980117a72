"""The cookie a person is known by: its name, its flags, and whose it is.

Over HTTPS it carries the prefix `__Host-`, so that no neighbouring host can set it. Lax, not
Strict: whoever follows a link from a mail arrives signed in; what changes something is asked for
its origin in `config.access`.
"""

from datetime import UTC, datetime

from flask import Response, current_app, request

from ledger.permissions import Books, Caller
from ledger.staff.sessions import OPEN, SessionRule, SignedIn, find_session, is_to_be_seen, see
from ledger.staff.throttle import Visit

NAME = "stadtkasse"


def now() -> datetime:
    """The time by this machine's clock, aware UTC."""
    return datetime.now(UTC)


def visit() -> Visit:
    """From where and when this request comes."""
    return Visit(now(), request.remote_addr or "", request.user_agent.string)


def signed_in_person(books: Books) -> Caller | None:
    """Whoever this request's cookie belongs to, once nothing more is asked of them."""
    found = session_of_cookie(books)
    if found is None or found.stage != OPEN:
        return None
    at = now()
    if is_to_be_seen(found, at):
        with books.transaction() as session:
            see(session, found, at)
    return Caller(found.code, found.role, found.facility, person=found.name, session_id=found.id)


def session_of_cookie(books: Books) -> SignedIn | None:
    """The session this request's cookie opens, at any stage."""
    token = request.cookies.get(_name())
    if not token:
        return None
    rule: SessionRule = current_app.extensions["sessions"]
    with books.read_only() as session:
        return find_session(session, token, at=now(), rule=rule)


def give_cookie(response: Response, token: str) -> None:
    """Keep the person signed in as long as the browser is open; the server ends it sooner."""
    response.set_cookie(
        _name(), token, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def take_cookie(response: Response) -> None:
    """Make the browser forget."""
    response.delete_cookie(
        _name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def _name() -> str:
    return f"__Host-{NAME}" if request.is_secure else NAME

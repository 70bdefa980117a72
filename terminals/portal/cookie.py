"""The cookie a payer is known by, apart from the one of staff: a parent may work for the city.

Over HTTPS it carries the prefix `__Host-`, so that no neighbouring host can set it.
"""

from flask import Response, request

from ledger.permissions import Books, Caller
from terminals.face.moment import now
from terminals.portal.sessions import LONGEST, SEEN_EVERY, SignedIn, find_session, see

NAME = "portal"
ROLE = "payer"


def signed_in_payer(books: Books) -> Caller | None:
    """The payer whose cookie came with this request, with the wallet that is theirs."""
    found = session_of_cookie(books)
    if found is None:
        return None
    return Caller(found.code, ROLE, session_id=found.id, wallet=found.wallet)


def session_of_cookie(books: Books) -> SignedIn | None:
    """The session this request's cookie opens."""
    token = request.cookies.get(cookie_name(NAME))
    if not token:
        return None
    at = now()
    with books.read_only() as session:
        found = find_session(session, token, at=at)
    if found is not None and at - found.seen_at >= SEEN_EVERY:
        with books.transaction() as session:
            see(session, found, at)
    return found


def give_cookie(response: Response, token: str) -> None:
    """Keep the payer signed in when the browser is closed; the server ends it sooner."""
    response.set_cookie(
        cookie_name(NAME), token, max_age=int(LONGEST.total_seconds()), path="/",
        secure=request.is_secure, httponly=True, samesite="Lax",
    )  # fmt: skip


def take_cookie(response: Response) -> None:
    """Make the browser forget."""
    response.delete_cookie(
        cookie_name(NAME), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def cookie_name(name: str) -> str:
    """What the cookie is called on this connection."""
    return f"__Host-{name}" if request.is_secure else name

"""Signing in step by step, and out: password, code, and after a one-time password one's own."""

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, make_response, request, url_for
from werkzeug.exceptions import NotFound

from config.staff.cookie import give_cookie, now, session_of_cookie, take_cookie, visit
from config.staff.next_page import next_page
from config.staff.page import books, caller, go, no, refusal, render, session_rule, shell
from config.web.pages.staff import CodePage, NewPasswordPage, SignInPage
from ledger.permissions import Caller, Permission, needs
from ledger.staff.errors import PasswordTooWeak
from ledger.staff.passwords import SHORTEST
from ledger.staff.sessions import OPEN, SignedIn
from ledger.staff.sign_in import (
    Proven,
    secret_to_set_up,
    sign_out,
    with_code,
    with_new_password,
    with_password,
)
from ledger.staff.totp import setup_address
from terminals.face.addresses import is_ours
from terminals.qr.drawing import draw

UNEQUAL = "Die beiden Kennwörter sind nicht gleich."

pages = Blueprint("sign_in", __name__, url_prefix="/staff")


@pages.get("/sign-in")
@needs(Permission.STAFF_SIGN_IN)
def ask() -> Response:
    """The first question, or the page asked for when nothing more is to be asked."""
    if caller().person is not None:
        return go(next_page(caller()))
    return render("sign_in.html", SignInPage(shell(), _next()))


@pages.post("/sign-in")
@needs(Permission.STAFF_SIGN_IN)
def answer() -> Response:
    """Name and password."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    with books().transaction() as session:
        found = with_password(session, login, password, visit=visit(), rule=session_rule())
    if isinstance(found, Proven):
        return _on(found, url_for("sign_in.ask_code"))
    problem, status, headers = no(found)
    response = render("sign_in.html", SignInPage(shell(), _next(), login, problem), status)
    response.headers.update(headers)
    return response


@pages.get("/sign-in/code")
@needs(Permission.STAFF_SIGN_IN)
def ask_code() -> Response:
    """The second question; at the first sign-in with a secret to take along."""
    half = _half("password")
    return _code_page(half) if half else _start()


@pages.post("/sign-in/code")
@needs(Permission.STAFF_SIGN_IN)
def answer_code() -> Response:
    """The six digits."""
    half = _half("password")
    if half is None:
        return _start()
    code = request.form.get("code", "")
    with books().transaction() as session:
        found = with_code(session, half, code, visit=visit(), rule=session_rule())
    if isinstance(found, Proven):
        return _on(found, url_for("sign_in.ask_new_password"), half)
    problem, status, headers = no(found)
    response = _code_page(half, problem, status)
    response.headers.update(headers)
    return response


@pages.get("/sign-in/secret.svg")
@needs(Permission.STAFF_SIGN_IN)
def secret_image() -> Response:
    """The secret as a QR code, for whoever has proven the password and has none yet."""
    half = _half("password")
    secret = _secret(half) if half else None
    if half is None or secret is None:
        raise NotFound
    address = setup_address(secret, login=half.login, city=current_app.config["CITY"])
    response = make_response(draw(address))
    response.content_type = "image/svg+xml"
    return response


@pages.get("/sign-in/password")
@needs(Permission.STAFF_SIGN_IN)
def ask_new_password() -> Response:
    """The last question, after a one-time password."""
    half = _half("code")
    return _password_page(half) if half else _start()


@pages.post("/sign-in/password")
@needs(Permission.STAFF_SIGN_IN)
def answer_new_password() -> Response:
    """A password of their own, twice."""
    half = _half("code")
    if half is None:
        return _start()
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _password_page(half, UNEQUAL, 422)
    try:
        with books().transaction() as session:
            found = with_new_password(session, half, password, visit=visit(), rule=session_rule())
    except PasswordTooWeak as weak:
        return _password_page(half, refusal(weak), 422)
    return _on(found, "", half)


@pages.post("/sign-out")
@needs(Permission.STAFF_SELF)
def leave() -> Response:
    """End this session."""
    with books().transaction() as session:
        sign_out(session, caller(), at=now())
    response = _start()
    take_cookie(response)
    return response


def _on(proven: Proven, question: str, half: SignedIn | None = None) -> Response:
    """To the next question, or when there is none to where the person wanted to go."""
    if proven.stage == OPEN and half is not None:
        response = go(next_page(Caller(half.code, half.role, half.facility, person=half.name)))
    else:
        response = go(_with_next(question))
    give_cookie(response, proven.token)
    return response


def _half(stage: str) -> SignedIn | None:
    half = session_of_cookie(books())
    return half if half is not None and half.stage == stage else None


def _secret(half: SignedIn) -> str | None:
    with books().transaction() as session:
        return secret_to_set_up(session, half)


def _code_page(half: SignedIn, problem: str | None = None, status: int = 200) -> Response:
    secret = _secret(half)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) if secret else None
    return render("code.html", CodePage(shell(), _next(), half.name, grouped, problem), status)


def _password_page(half: SignedIn, problem: str | None = None, status: int = 200) -> Response:
    page = NewPasswordPage(shell(), _next(), half.login, SHORTEST, problem)
    return render("new_password.html", page, status)


def _start() -> Response:
    return go(_with_next(url_for("sign_in.ask")))


def _next() -> str:
    wanted = request.values.get("next", "")
    return wanted if is_ours(wanted) else ""


def _with_next(address: str) -> str:
    wanted = _next()
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address

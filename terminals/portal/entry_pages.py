"""The ways in: the letter's code, an address and its link, a password."""

from flask import Blueprint, Response, request, url_for

from ledger.permissions import Permission, needs
from terminals.face.moment import now
from terminals.face.page import books, go, language, render, say
from terminals.portal.activation import OpenCode, open_code, typed_code
from terminals.portal.entering import Entered, Refused, by_link, by_password
from terminals.portal.entry_views import (
    AskPage,
    CodePage,
    LinkPage,
    PasswordPage,
    SentPage,
    WelcomePage,
    facility_name,
    refusal_in_words,
    wait_in_words,
)
from terminals.portal.errors import CodeRefused, EmailMalformed
from terminals.portal.links import Wanted, ask_for_link, asked_link, open_link
from terminals.portal.payers import normal_email
from terminals.portal.throttle import Asking, Wait, tries_left
from terminals.portal.visiting import (
    HOME,
    browser,
    is_payer,
    keep_mark,
    let_in,
    network,
    wanted_next,
)

pages = Blueprint("portal_entry", __name__, url_prefix="/portal", template_folder="templates")


@pages.get("/willkommen")
@needs(Permission.PORTAL_SIGN_IN)
def ask_code() -> Response:
    """The field for a code, for a letter whose QR code nobody can scan."""
    return render("portal/code.html", CodePage())


@pages.post("/willkommen")
@needs(Permission.PORTAL_SIGN_IN)
def answer_code() -> Response:
    """A typed code leads to the same page as the scanned one."""
    code = typed_code(request.form.get("code", ""))
    if not code.isalnum() or not code.isascii():
        return _code_page(code, CodeRefused("code_unknown"))
    return go(url_for("portal_entry.welcome", code=code))


@pages.get("/willkommen/<code>")
@needs(Permission.PORTAL_SIGN_IN)
def welcome(code: str) -> Response:
    """Which daycare, how many children, and the field for the address; no name of anybody."""
    with books().transaction() as session:
        found = open_code(session, code, address=network(), at=now())
    if isinstance(found, CodeRefused):
        return _code_page(code, found)
    return _welcome_page(code, found)


@pages.post("/willkommen/<code>")
@needs(Permission.PORTAL_SIGN_IN)
def answer_welcome(code: str) -> Response:
    """The address: a link goes there, and the code is used up by whoever opens it."""
    with books().transaction() as session:
        found = open_code(session, code, address=network(), at=now())
    if isinstance(found, CodeRefused):
        return _code_page(code, found)
    typed = request.form.get("email", "")
    try:
        email = normal_email(typed)
    except EmailMalformed:
        return _welcome_page(code, found, typed, say("entry.email.wrong"))
    asked = Wanted(email, language(), found.code_hash, url_for("portal_first.children"))
    return _send(asked) or _sent()


@pages.get("/anmelden")
@needs(Permission.PORTAL_SIGN_IN)
def ask() -> Response:
    """The address, a passkey, or a password; who is signed in goes on."""
    is_again = "nochmal" in request.args
    if is_payer() and not is_again:
        return go(wanted_next() or HOME)
    return render("portal/ask.html", AskPage(wanted_next(), is_again))


@pages.post("/anmelden")
@needs(Permission.PORTAL_SIGN_IN)
def answer() -> Response:
    """The address: the answer is the same whether anybody has it or not."""
    typed = request.form.get("email", "")
    try:
        email = normal_email(typed)
    except EmailMalformed:
        page = AskPage(wanted_next(), email=typed, problem=say("entry.email.wrong"))
        return render("portal/ask.html", page, status=422)
    return _send(Wanted(email, language(), next_page=wanted_next())) or _sent()


@pages.get("/anmelden/gesendet")
@needs(Permission.PORTAL_SIGN_IN)
def sent() -> Response:
    """Look into your mail; the address is known by the browser's mark, not by the page's."""
    at = now()
    with books().read_only() as session:
        found = asked_link(session, browser(), at=at)
    if found is None:
        return go(url_for("portal_entry.ask"))
    return render("portal/sent.html", SentPage(found.wanted.email, found.seconds_to_wait(at)))


@pages.post("/anmelden/gesendet")
@needs(Permission.PORTAL_SIGN_IN)
def send_again() -> Response:
    """The same link once more, after a minute."""
    at = now()
    with books().read_only() as session:
        found = asked_link(session, browser(), at=at)
    if found is None:
        return go(url_for("portal_entry.ask"))
    if found.seconds_to_wait(at):
        return _sent()
    return _send(found.wanted) or _sent()


@pages.get("/anmelden/<token>")
@needs(Permission.PORTAL_SIGN_IN)
def link(token: str) -> Response:
    """One button: programs that look at mails open links, and must not use this one up."""
    with books().read_only() as session:
        found = open_link(session, token, browser=browser(), at=now())
    if found is None:
        return _over("link_over")
    return render("portal/link.html", LinkPage(token, found.is_elsewhere))


@pages.post("/anmelden/<token>")
@needs(Permission.PORTAL_SIGN_IN)
def use(token: str) -> Response:
    """Sign in; with a code the child becomes theirs."""
    with books().transaction() as session:
        found = by_link(session, token, browser=browser(), at=now())
    if isinstance(found, Refused):
        return _over(found.why)
    if found.problem:
        address = url_for("portal_first.children", problem=found.problem)
    else:
        address = found.next_page or HOME
    return let_in(found, address)


@pages.get("/anmelden/passwort")
@needs(Permission.PORTAL_SIGN_IN)
def ask_password() -> Response:
    """For whoever chose one."""
    return render("portal/password.html", PasswordPage(wanted_next()))


@pages.post("/anmelden/passwort")
@needs(Permission.PORTAL_SIGN_IN)
def answer_password() -> Response:
    """Address and password; what was wrong of the two is not said."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    with books().transaction() as session:
        found = by_password(
            session, (email, password), browser=browser(), network=network(), at=now()
        )
    if isinstance(found, Entered):
        return let_in(found, wanted_next() or HOME)
    is_wait = isinstance(found, Wait)
    problem = wait_in_words(found.until) if isinstance(found, Wait) else say("entry.password.wrong")
    page = PasswordPage(wanted_next(), email, problem)
    answer = render("portal/password.html", page, status=429 if is_wait else 422)
    if isinstance(found, Wait):
        answer.headers["Retry-After"] = str(found.seconds)
    return answer


def _send(wanted: Wanted) -> Response | None:
    """Have the link sent; the page that says why not, when too many were asked for from here."""
    with books().transaction() as session:
        wait = ask_for_link(session, wanted, browser=browser(), network=network(), at=now())
    if wait is None:
        return None
    page = AskPage(wanted.next_page, email=wanted.email, problem=wait_in_words(wait.until))
    answer = render("portal/ask.html", page, status=429)
    answer.headers["Retry-After"] = str(wait.seconds)
    return answer


def _sent() -> Response:
    return keep_mark(go(url_for("portal_entry.sent")))


def _over(why: str) -> Response:
    """The link opens nothing: to a new one, with the reason."""
    problem = refusal_in_words(why)
    return render("portal/ask.html", AskPage(problem=problem, is_over=True), status=410)


def _code_page(code: str, refused: CodeRefused) -> Response:
    at = now()
    with books().read_only() as session:
        left = tries_left(session, Asking("code", network(), at))
    wait = refused.data.get("wait_seconds", 0)
    problem = refusal_in_words(refused.code, left=left, wait_seconds=wait, at=at)
    is_wait = refused.code == "too_many_tries"
    answer = render("portal/code.html", CodePage(code, problem), status=429 if is_wait else 422)
    if is_wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _welcome_page(code: str, found: OpenCode, email: str = "", problem: str = "") -> Response:
    with books().read_only() as session:
        page = WelcomePage(code, facility_name(session, found.child.facility), email, problem)
    return render("portal/welcome.html", page, status=422 if problem else 200)

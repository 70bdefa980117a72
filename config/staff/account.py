"""One's own account: where one is signed in, the password, and the PIN for the till."""

from flask import Blueprint, Response, request, url_for

from config.staff.browsers import browser_in_words
from config.staff.cookie import now, visit
from config.staff.page import books, caller, go, no, refusal, render, session_rule, shell
from config.staff.sign_in import UNEQUAL
from config.staff.sites import site_names
from config.web.pages.staff import AccountPage, SessionLine
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from ledger.staff.passwords import SHORTEST
from ledger.staff.people import person, set_password
from ledger.staff.pins import PinTaken, set_pin
from ledger.staff.sessions import revoke_session, revoke_sessions, sessions_of
from ledger.staff.sign_in import doubt

DONE = {
    "password": "Ihr neues Kennwort gilt. Überall sonst sind Sie abgemeldet.",
    "pin": "Ihre neue PIN gilt an den Kassen, sobald sie sich das nächste Mal melden.",
    "session": "Die Sitzung ist beendet.",
    "sessions": "Überall sonst sind Sie jetzt abgemeldet.",
}
TAKEN = "Diese PIN hat an Ihrer Stelle schon jemand. Bitte wählen Sie eine andere."
LAST_TAKEN = "Das waren zu viele Versuche. Bitte versuchen Sie es morgen wieder."

pages = Blueprint("account", __name__, url_prefix="/staff/me")


@pages.get("")
@needs(Permission.STAFF_SELF)
def show() -> Response:
    """Everything about the own account."""
    return _page(done=DONE.get(request.args.get("done", "")))


@pages.post("/password")
@needs(Permission.STAFF_SELF)
def change_password() -> Response:
    """A new password, against the old one."""
    if problem := _not_me():
        return _no("password", problem)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _no("password", UNEQUAL)
    try:
        with books().transaction() as session:
            set_password(session, caller(), caller().name, password, at=now())
    except LedgerError as error:
        return _no("password", refusal(error))
    return go(url_for("account.show", done="password"))


@pages.post("/pin")
@needs(Permission.STAFF_SELF)
def change_pin() -> Response:
    """A new PIN for the tills of the own site, against the password."""
    if problem := _not_me():
        return _no("pin", problem)
    try:
        with books().transaction() as session:
            pin = request.form.get("pin", "")
            outcome = set_pin(session, caller(), caller().name, pin, at=now())
    except LedgerError as error:
        return _no("pin", refusal(error))
    if isinstance(outcome, PinTaken):
        return _no("pin", LAST_TAKEN if outcome.is_last else TAKEN)
    return go(url_for("account.show", done="pin"))


@pages.post("/sessions/<int(max=9223372036854775807):session_id>/end")
@needs(Permission.STAFF_SELF)
def end_session(session_id: int) -> Response:
    """Sign out somewhere else."""
    with books().transaction() as session:
        if revoke_session(session, caller().name, session_id, at=now()):
            record(session, caller(), "session.ended", about=caller().name)
    return go(url_for("account.show", done="session"))


@pages.post("/sessions/end")
@needs(Permission.STAFF_SELF)
def end_sessions() -> Response:
    """Sign out everywhere else."""
    with books().transaction() as session:
        revoke_sessions(session, caller().name, at=now(), but=caller().session_id)
        record(session, caller(), "session.all_ended", about=caller().name)
    return go(url_for("account.show", done="sessions"))


def _not_me() -> str | None:
    """Why the person at the keyboard cannot be shown to be the one who signed in; None: can."""
    with books().transaction() as session:
        login = person(session, caller().name).login
        given = request.form.get("current", "")
        answer = doubt(session, login, given, visit())
    if answer is None:
        return None
    said, status, _ = no(answer)
    return "Das jetzige Kennwort stimmt nicht." if status == 422 else said


def _no(form: str, problem: str) -> Response:
    return _page(form=form, problem=problem, status=422)


def _page(
    *, form: str | None = None, problem: str | None = None, done: str | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    with books().read_only() as session:
        me = person(session, caller().name)
        site = site_names(session).get(me.facility or "")
        lines = sessions_of(session, me.code, at=now(), rule=session_rule())
    sessions = [
        SessionLine(one.id, browser_in_words(one.browser), one.address, one.signed_in_at,
                    one.seen_at, one.id == caller().session_id)
        for one in lines
    ]  # fmt: skip
    page = AccountPage(
        shell(), me.code, me.login, me.name, me.role, site, me.has_pin, SHORTEST, sessions,
        form=form, problem=problem, done=done,
    )  # fmt: skip
    return render("account.html", page, status)

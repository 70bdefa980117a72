"""Anmeldung & Geräte: where one is signed in, passkeys, and a password for who wants one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from ledger.permissions import Permission, needs
from ledger.staff.errors import PasswordTooWeak
from ledger.staff.passwords import SHORTEST
from terminals.face.moment import now
from terminals.face.page import books, caller, go, render, say
from terminals.portal.passkeys import Passkey, passkeys_of, remove_passkey
from terminals.portal.payers import set_password
from terminals.portal.sessions import revoke_session, revoke_sessions, sessions_of
from terminals.portal.visiting import ask_again, me

pages = Blueprint(
    "portal_devices", __name__, url_prefix="/portal/mehr/anmeldung", template_folder="templates"
)

DONE = ("password", "device", "devices", "passkey")


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One browser that is signed in; is_this: the one that asks."""

    id: int
    browser: str
    way: str
    signed_in_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class DevicesPage:
    """Where the payer is signed in, and by what they may sign in."""

    email: str
    devices: tuple[DeviceLine, ...]
    passkeys: tuple[Passkey, ...]
    has_password: bool
    shortest: int
    problem: str = ""
    done: str = ""


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """Everything about getting in."""
    done = request.args.get("da", "")
    return _page(done=say(f"devices.done.{done}") if done in DONE else "")


@pages.post("/passwort")
@needs(Permission.PORTAL_OWN)
def change_password() -> Response:
    """A password, where the last sign-in is fresh; other browsers are signed out."""
    if question := ask_again(url_for("portal_devices.show")):
        return question
    try:
        with books().transaction() as session:
            payer = me(session)
            set_password(session, payer.code, request.form.get("password", ""))
            revoke_sessions(session, payer.code, at=now(), but=caller().session_id)
    except PasswordTooWeak:
        return _page(problem=say("devices.password.weak", n=SHORTEST), status=422)
    return go(url_for("portal_devices.show", da="password"))


@pages.post("/passkeys/<uuid:passkey_id>/entfernen")
@needs(Permission.PORTAL_OWN)
def remove(passkey_id: UUID) -> Response:
    """Forget one passkey; the telephone may still show it, it opens nothing."""
    with books().transaction() as session:
        if not remove_passkey(session, me(session).code, passkey_id):
            raise NotFound
    return go(url_for("portal_devices.show", da="passkey"))


@pages.post("/geraete/<int(max=9223372036854775807):session_id>/abmelden")
@needs(Permission.PORTAL_OWN)
def end(session_id: int) -> Response:
    """Sign out somewhere else."""
    with books().transaction() as session:
        if not revoke_session(session, me(session).code, session_id, at=now()):
            raise NotFound
    return go(url_for("portal_devices.show", da="device"))


@pages.post("/geraete/abmelden")
@needs(Permission.PORTAL_OWN)
def end_others() -> Response:
    """Sign out everywhere else."""
    with books().transaction() as session:
        revoke_sessions(session, me(session).code, at=now(), but=caller().session_id)
    return go(url_for("portal_devices.show", da="devices"))


def _page(*, problem: str = "", done: str = "", status: int = 200) -> Response:
    at = now()
    with books().read_only() as session:
        payer = me(session)
        devices = tuple(
            DeviceLine(one.id, one.browser, one.way, one.signed_in_at, one.seen_at,
                       one.id == caller().session_id)
            for one in sessions_of(session, payer.code, at=at)
        )  # fmt: skip
        page = DevicesPage(
            payer.email, devices, tuple(passkeys_of(session, payer.code)), payer.has_password,
            SHORTEST, problem, done,
        )  # fmt: skip
    return render("portal/devices.html", page, tab="more", said=done, status=status)

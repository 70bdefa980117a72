"""Everybody's accounts, for the administrator: add, move, lock, and help whoever is locked out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from config.staff.cookie import now
from config.staff.page import books, caller, go, refusal, render, shell
from config.staff.sites import site_names
from config.web.pages.staff import PeoplePage, PersonLine, PersonPage
from config.web.words import word
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from ledger.staff.errors import UnknownPerson
from ledger.staff.people import (
    SITE_ROLES,
    STAFF_ROLES,
    Person,
    Post,
    add_person,
    deactivate,
    forget_code,
    give_password,
    move_person,
    people,
    person,
    reactivate,
    sign_out_everywhere,
)
from ledger.staff.pins import remove_pin

pages = Blueprint("people", __name__, url_prefix="/staff/people")


@pages.get("")
@needs(Permission.STAFF_MANAGE)
def show() -> Response:
    """Everybody, and the form for one more."""
    return _people_page({})


@pages.post("")
@needs(Permission.STAFF_MANAGE)
def add() -> Response:
    """Open an account and show its one-time password, this once."""
    form = request.form.to_dict()
    try:
        with books().transaction() as session:
            added = add_person(
                session,
                caller(),
                login=form.get("login", ""),
                name=form.get("name", ""),
                post=_post(form),
            )
            password = give_password(session, caller(), added.code, at=now())
    except LedgerError as error:
        return _people_page(form, refusal(error))
    return _person_page(added.code, password=password)


@pages.get("/<code>")
@needs(Permission.STAFF_MANAGE)
def show_person(code: str) -> Response:
    """One account and what can be done about it."""
    return _person_page(code)


@pages.post("/<code>")
@needs(Permission.STAFF_MANAGE)
def move(code: str) -> Response:
    """Another name, role or site."""
    form = request.form.to_dict()
    try:
        with books().transaction() as session:
            name = form.get("name", "")
            move_person(session, caller(), code, name=name, post=_post(form), at=now())
    except LedgerError as error:
        return _person_page(code, form=form, problem=refusal(error))
    return go(url_for("people.show_person", code=code))


@pages.post("/<code>/password")
@needs(Permission.STAFF_MANAGE)
def new_password(code: str) -> Response:
    """A one-time password for whoever forgot theirs, shown this once."""
    try:
        with books().transaction() as session:
            password = give_password(session, caller(), code, at=now())
    except UnknownPerson as unknown:
        raise NotFound from unknown
    return _person_page(code, password=password)


@pages.post("/<code>/<any(deactivate,reactivate,forget_code,remove_pin,sign_out):what>")
@needs(Permission.STAFF_MANAGE)
def do(code: str, what: str) -> Response:
    """One of the small things an administrator does for others."""
    try:
        with books().transaction() as session:
            _DEEDS[what](session, code)
    except LedgerError as error:
        return _person_page(code, problem=refusal(error))
    return go(url_for("people.show_person", code=code))


_DEEDS: Mapping[str, Callable[[Session, str], object]] = {
    "deactivate": lambda session, code: deactivate(session, caller(), code, at=now()),
    "reactivate": lambda session, code: reactivate(session, caller(), code),
    "forget_code": lambda session, code: forget_code(session, caller(), code, at=now()),
    "remove_pin": lambda session, code: remove_pin(session, caller(), code),
    "sign_out": lambda session, code: sign_out_everywhere(session, caller(), code, at=now()),
}


def _post(form: Mapping[str, str]) -> Post:
    role = form.get("role", "")
    if role not in STAFF_ROLES:
        raise BadRequest
    return Post(role, (form.get("facility") or None) if role in SITE_ROLES else None)


def _people_page(typed: Mapping[str, str], problem: str | None = None) -> Response:
    with books().read_only() as session:
        everybody, sites = people(session), site_names(session)
    at = now()
    page = PeoplePage(
        shell(), [_line(one, sites, at) for one in everybody], _roles(), list(sites.items()),
        typed, problem,
    )  # fmt: skip
    return render("people.html", page, 422 if problem else 200)


def _person_page(
    code: str, *, password: str | None = None, form: Mapping[str, str] | None = None,
    problem: str | None = None,
) -> Response:  # fmt: skip
    try:
        with books().read_only() as session:
            one, sites = person(session, code), site_names(session)
    except UnknownPerson as unknown:
        raise NotFound from unknown
    typed = form or {"name": one.name, "role": one.role, "facility": one.facility or ""}
    page = PersonPage(
        shell(), _line(one, sites, now()), _roles(), list(sites.items()), typed,
        is_self=caller().name == code, password=password,
        password_until=one.password_until, problem=problem,
    )  # fmt: skip
    return render("person.html", page, 422 if problem else 200)


def _roles() -> list[tuple[str, str]]:
    return [(role, word(role)) for role in STAFF_ROLES]


def _line(one: Person, sites: Mapping[str, str], at: datetime) -> PersonLine:
    state, kind = _state(one, at)
    return PersonLine(
        one.code, one.login, one.name, one.role, one.facility, sites.get(one.facility or ""),
        one.is_active, state, kind, one.has_code, one.has_pin, one.added_at,
    )  # fmt: skip


def _state(one: Person, at: datetime) -> tuple[str, str]:
    """What an administrator has to know of the account, and the colour of it."""
    if not one.is_active:
        return "gesperrt", "danger"
    if not one.has_password:
        return "ohne Kennwort", "info"
    if one.password_until is None:
        return "aktiv", "success"
    if one.password_until > at:
        return "noch nie angemeldet" if not one.has_code else "neues Kennwort offen", "info"
    return "Einmalkennwort abgelaufen", "warning"

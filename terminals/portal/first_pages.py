"""After the first sign-in: the children and their signs, one more code, and a passkey."""

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.households import children_of
from ledger.permissions import Permission, needs
from terminals.errors import TerminalsError
from terminals.face.moment import now
from terminals.face.page import books, go, render, say
from terminals.portal.activation import open_code
from terminals.portal.children import SIGNS, looks, set_look
from terminals.portal.entering import add_child
from terminals.portal.entry_views import facility_name, refusal_in_words
from terminals.portal.errors import CodeRefused
from terminals.portal.passkeys import passkeys_of
from terminals.portal.payers import Payer, dismiss
from terminals.portal.throttle import Asking, tries_left
from terminals.portal.visiting import HOME, me, network

PASSKEY_OFFER = "passkey"

pages = Blueprint("portal_first", __name__, url_prefix="/portal", template_folder="templates")


@dataclass(frozen=True, slots=True)
class ChildLine:
    """One child: its sign, its daycare, and what this payer calls it."""

    code: str
    number: int
    facility: str
    sign: str
    nickname: str


@dataclass(frozen=True, slots=True)
class ChildrenPage:
    """The children to be recognised, and the field for one more code."""

    children: tuple[ChildLine, ...]
    signs: tuple[str, ...]
    problem: str = ""
    code: str = ""
    code_problem: str = ""


@pages.get("/willkommen/kinder")
@needs(Permission.PORTAL_OWN)
def children() -> Response:
    """Who is there, with a sign to choose."""
    problem = request.args.get("problem", "")
    known = problem in ("code_used", "code_expired", "child_taken")
    return _page(problem=refusal_in_words(problem) if known else "")


@pages.post("/willkommen/kinder")
@needs(Permission.PORTAL_OWN)
def choose() -> Response:
    """Signs and nicknames of all children at once."""
    try:
        with books().transaction() as session:
            payer = me(session)
            for child in _own(session, payer):
                _choose(session, payer, child)
    except TerminalsError as refused:
        return _page(problem=say(f"refused.{refused.code}"), status=422)
    return go(_after_children())


@pages.post("/willkommen/kinder/code")
@needs(Permission.PORTAL_OWN)
def one_more() -> Response:
    """A further child by its own letter."""
    code = request.form.get("code", "")
    at = now()
    with books().transaction() as session:
        found = open_code(session, code, address=network(), at=at)
    if not isinstance(found, CodeRefused):
        try:
            with books().transaction() as session:
                add_child(session, me(session), found.code_hash, at=at)
        except TerminalsError as refused:
            return _page(code=code, code_problem=refusal_in_words(refused.code), status=422)
        return go(url_for("portal_first.children"))
    with books().read_only() as session:
        left = tries_left(session, Asking("code", network(), at))
    wait = found.data.get("wait_seconds", 0)
    said = refusal_in_words(found.code, left=left, wait_seconds=wait, at=at)
    return _page(code=code, code_problem=said, status=429 if wait else 422)


@pages.get("/willkommen/passkey")
@needs(Permission.PORTAL_OWN)
def offer_passkey() -> Response:
    """Once, after the first sign-in: the fast way back."""
    return render("portal/offer_passkey.html")


@pages.post("/willkommen/passkey")
@needs(Permission.PORTAL_OWN)
def later() -> Response:
    """Not now, and not asked again."""
    with books().transaction() as session:
        dismiss(session, me(session).code, PASSKEY_OFFER)
    return go(HOME)


def _after_children() -> str:
    with books().read_only() as session:
        payer = me(session)
        is_open = PASSKEY_OFFER not in payer.dismissed and not passkeys_of(session, payer.code)
    return url_for("portal_first.offer_passkey") if is_open else HOME


def _own(session: Session, payer: Payer) -> list[str]:
    found = children_of(session, payer.wallet, on=business_day(now()))
    return [child.code for child in found]


def _choose(session: Session, payer: Payer, child: str) -> None:
    sign, nickname = request.form.get(f"sign-{child}"), request.form.get(f"name-{child}", "")
    if sign is not None:
        set_look(session, payer.code, child, sign=sign, nickname=nickname)


def _page(
    *, problem: str = "", code: str = "", code_problem: str = "", status: int = 200
) -> Response:
    with books().read_only() as session:
        payer = me(session)
        found = children_of(session, payer.wallet, on=business_day(now()))
        seen = looks(session, payer.code, [child.code for child in found])
        lines = tuple(
            ChildLine(child.code, seen[child.code].number, facility_name(session, child.facility),
                      seen[child.code].sign, seen[child.code].nickname or "")
            for child in found
        )  # fmt: skip
    page = ChildrenPage(lines, SIGNS, problem, code, code_problem)
    return render("portal/children.html", page, tab="more", status=status)

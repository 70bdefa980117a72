"""Weitere zahlende Person: inviting somebody, taking it back, and ending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from ledger.calendar import business_day
from ledger.households import Child, UnknownChild, children_of
from ledger.permissions import Permission, needs
from ledger.shared_children import next_monday
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render, say
from terminals.portal.child_names import Called, called
from terminals.portal.errors import EmailMalformed, InvitationRefused
from terminals.portal.payers import normal_email
from terminals.portal.second_payers import Invitation, end, invitations_of, invite, revoke
from terminals.portal.sharing_words import days_in_words
from terminals.portal.visiting import me

pages = Blueprint(
    "portal_sharing", __name__, url_prefix="/portal/mehr/weitere-person",
    template_folder="templates",
)  # fmt: skip

DONE = ("invited", "revoked", "ended")


@dataclass(frozen=True, slots=True)
class SharedLine:
    """An invitation or what became of it, as this payer sees it; days: in words."""

    id: UUID
    child: Called
    days: str
    state: str
    is_own: bool
    email: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SharingPage:
    """children: those that may be shared, by code. typed: what the form had."""

    key: UUID
    children: tuple[tuple[str, Called], ...]
    shared: tuple[SharedLine, ...]
    from_day: date
    typed: dict[str, str]
    days: tuple[str, ...]
    problem: str = ""
    done: str = ""


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """What is shared, and the form to share more."""
    done = request.args.get("da", "")
    return _page(done=say(f"sharing.done.{done}") if done in DONE else "")


@pages.post("")
@needs(Permission.PORTAL_OWN)
def ask_somebody() -> Response:
    """Send an invitation."""
    key = key_of_form()
    pattern = request.form.get("pattern", "days")
    try:
        days = [int(day) for day in request.form.getlist("day")]
        email = normal_email(request.form.get("email", ""))
        with books().transaction() as session:
            invite(
                session, me(session), request.form.get("child", ""), email=email,
                weekdays=None if pattern == "weeks" else days, key=key, at=now(),
            )  # fmt: skip
    except EmailMalformed:
        return _page(key=key, problem=say("entry.email.wrong"), status=422)
    except InvitationRefused as refused:
        return _page(key=key, problem=say(f"sharing.{refused.code}"), status=422)
    except UnknownChild as unknown:
        raise NotFound from unknown
    except ValueError as wrong:
        raise BadRequest from wrong
    return go(url_for("portal_sharing.show", da="invited"))


@pages.post("/<uuid:invitation_id>/zurueckziehen")
@needs(Permission.PORTAL_OWN)
def take_back(invitation_id: UUID) -> Response:
    """An invitation nobody has answered."""
    with books().transaction() as session:
        if not revoke(session, me(session), invitation_id, at=now()):
            raise NotFound
    return go(url_for("portal_sharing.show", da="revoked"))


@pages.post("/<uuid:invitation_id>/beenden")
@needs(Permission.PORTAL_OWN)
def stop(invitation_id: UUID) -> Response:
    """From next Monday on; either of the two may."""
    with books().transaction() as session:
        if not end(session, me(session), invitation_id, at=now()):
            raise NotFound
    return go(url_for("portal_sharing.show", da="ended"))


def _page(
    *, key: UUID | None = None, problem: str = "", done: str = "", status: int = 200
) -> Response:
    at = now()
    today = business_day(at)
    with books().read_only() as session:
        payer = me(session)
        known = called(session, caller(), on=today)
        own = children_of(session, payer.wallet, on=today)
        sent = invitations_of(session, payer, at=at)
    page = SharingPage(
        key or uuid4(),
        tuple((child.code, known[child.code]) for child in _free(own, sent, payer.wallet)),
        tuple(_line(one, known) for one in sent),
        next_monday(today), dict(request.form.items()),
        tuple(request.form.getlist("day")), problem, done,
    )  # fmt: skip
    return render("portal/sharing.html", page, tab="more", said=done, status=status)


def _free(own: list[Child], sent: list[Invitation], wallet: str) -> list[Child]:
    """The children this payer alone pays for, and has asked nobody about."""
    asked = {one.child for one in sent if one.state in ("invited", "accepted")}
    return [
        child for child in own
        if child.wallet == wallet and not child.is_shared and child.code not in asked
    ]  # fmt: skip


def _line(one: Invitation, known: Mapping[str, Called]) -> SharedLine:
    # A child that is no longer paid for is still named in what was shared once.
    child = known.get(one.child) or Called(say("sharing.child"), "star")
    return SharedLine(
        one.id, child, days_in_words(one.weekdays), one.state, one.is_own, one.email,
        one.expires_at,
    )  # fmt: skip

"""What finance and tills ask about pay links over JSON: make, look, change, take back."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import current_app, g

from ledger.baskets import BasketLine
from ledger.entries import Conflict, Refused
from ledger.outcomes import ChargeInvalid
from ledger.pay_links import (
    LinkAsked,
    Standing,
    change_link,
    issue_notice,
    make_link,
    standing_of,
    withdraw_link,
)
from ledger.pay_links.standing import UnknownPayLink
from ledger.permissions import Books, Caller, Permission, needs
from terminals.bodies import KEY_HEADER, Blueprint, idempotency_key
from terminals.checkout.errors import ProviderDown
from terminals.checkout.here import provider
from terminals.errors import Invalid, OutsideItsPlace, Refusal
from terminals.face.moment import now
from terminals.mail.letters import address
from terminals.pay_links.addresses import link_address, link_path
from terminals.pay_links.paying import close_pages, look_again
from terminals.pay_links.schemas import (
    PayLinkChangeIn,
    PayLinkIn,
    PayLinkOut,
    PayLinkWithdrawalIn,
)

pay_links_api = Blueprint(
    "pay_links_api", __name__, url_prefix="/api/v1", description="Pay links and fee notices"
)

_KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "Made and saved before the request is first sent; of a new link its id",
}


@pay_links_api.route("/pay-links", methods=["POST"])
@needs(Permission.PAY_LINKS_WRITE)
@pay_links_api.doc(parameters=[_KEY_PARAMETER])
@pay_links_api.arguments(PayLinkIn)
@pay_links_api.response(201, PayLinkOut)
def post_pay_link(document: dict[str, Any]) -> dict[str, Any]:
    """Make a pay link

    The key is the link's id: repeated with it, the answer is the same link as it stands then.
    """
    made_at, is_notice = now(), document.pop("as_notice")
    lines = tuple(BasketLine(**line) for line in document.pop("lines", ()))
    asked = LinkAsked(
        id=idempotency_key(), made_by=_caller().name, made_at=made_at, lines=lines, **document
    )
    _check_place(asked.facility, asked.till)
    with _books().transaction() as session:
        made = make_link(session, asked)
        if is_notice:
            outcome = issue_notice(session, made.id, at=made_at)
            if isinstance(outcome, Refused):
                raise Refusal(outcome)
            if isinstance(outcome, ChargeInvalid):
                raise Invalid(outcome)
            assert not isinstance(outcome, Conflict)
        return document_of(standing_of(session, made.id), made_at)


@pay_links_api.route("/pay-links/<uuid:link>")
@needs(Permission.PAY_LINKS_WRITE)
@pay_links_api.response(200, PayLinkOut)
def get_pay_link(link: UUID) -> dict[str, Any]:
    """A pay link as it stands

    What the provider knows of a payment that has begun is asked for first.
    """
    look_again(_books(), provider(), _own(link).id, at=now())
    return document_of(_own(link), now())


@pay_links_api.route("/pay-links/<uuid:link>/notice", methods=["POST"])
@needs(Permission.PAY_LINKS_WRITE)
@pay_links_api.response(201, PayLinkOut)
def post_notice(link: UUID) -> dict[str, Any]:
    """Make the fee of a link a claim, once

    The notice to print is behind `notice_address`.
    """
    _own(link)
    with _books().transaction() as session:
        outcome = issue_notice(session, link, at=now())
    if isinstance(outcome, Refused):
        raise Refusal(outcome)
    return document_of(_own(link), now())


@pay_links_api.route("/pay-links/<uuid:link>/changes", methods=["POST"])
@needs(Permission.PAY_LINKS_WRITE)
@pay_links_api.arguments(PayLinkChangeIn)
@pay_links_api.response(201, PayLinkOut)
def post_change(document: dict[str, Any], link: UUID) -> dict[str, Any]:
    """Change what a link asks for, or until when

    Payment pages of the amount before are closed; what was paid on one meanwhile counts.
    """
    _own(link)
    at, given = now(), document.get("lines")
    lines = None if given is None else [BasketLine(**line) for line in given]
    with _books().transaction() as session:
        change_link(
            session, link, reason=document["reason"], by=_caller().name, at=at, lines=lines,
            amount_cents=document.get("amount_cents"), expires_at=document.get("expires_at"),
        )  # fmt: skip
    _close(link, at)
    return document_of(_own(link), at)


@pay_links_api.route("/pay-links/<uuid:link>/withdrawal", methods=["POST"])
@needs(Permission.PAY_LINKS_WRITE)
@pay_links_api.arguments(PayLinkWithdrawalIn)
@pay_links_api.response(201, PayLinkOut)
def post_withdrawal(document: dict[str, Any], link: UUID) -> dict[str, Any]:
    """Take a link back

    Its payment pages are closed first: what was paid meanwhile is paid, and the answer says so.
    """
    _own(link)
    at = now()
    close_pages(_books(), provider(), link, at=at)
    with _books().transaction() as session:
        withdraw_link(session, link, reason=document["reason"], by=_caller().name, at=at)
    return document_of(_own(link), at)


def document_of(link: Standing, at: datetime) -> dict[str, Any]:
    """A link as it is answered."""
    state = link.state(at)
    copied = (
        "id", "reference", "facility", "wallet", "amount_cents", "paid_at", "paid_how",
        "back_cents", "notice", "receipt_number", "wished_at",
    )  # fmt: skip
    is_notice = link.notice is not None and state != "withdrawn"
    return {name: getattr(link, name) for name in copied} | {
        "state": state,
        "address": link_address(link),
        "notice_address": address(f"{link_path(link.token)}/bescheid") if is_notice else None,
        "due_cents": 0 if state == "paid" else link.due_cents,
        "expires_at": link.expires_at.astimezone(UTC),
    }


def _own(link: UUID) -> Standing:
    """The link, if it is of the caller's place; another's is unknown too."""
    with _books().read_only() as session:
        found = standing_of(session, link)
    if not _caller().may_act_at(found.facility or "", found.till):
        raise UnknownPayLink("pay_link_unknown", link=str(link))
    return found


def _close(link: UUID, at: datetime) -> None:
    try:
        close_pages(_books(), provider(), link, at=at)
    except ProviderDown:
        # The pages stay open for an hour at most; what comes by them is used as far as it goes.
        current_app.logger.warning("pages of link %s could not be closed", link)


def _check_place(facility: str | None, till: str | None) -> None:
    caller = _caller()
    if not caller.may_act_at(facility or "", till):
        wanted = ", ".join(filter(None, (facility, till)))
        raise OutsideItsPlace(wanted, caller.till or caller.facility or "")


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _caller() -> Caller:
    return cast(Caller, g.caller)

"""The public pages of a pay link: what is owed, paying it, other ways, the notice to print.

Whoever has the address may look and pay: there is nothing else to be had here. An address nobody
made and one that was taken back are answered alike.
"""

from contextlib import suppress
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from ledger.pay_links import Standing, link_by_token, wish_new_link
from ledger.permissions import Permission, needs
from terminals.checkout.errors import NO_PAGE, NOT_KNOWN_NOW, KeyReused
from terminals.checkout.here import origin, provider
from terminals.checkout.payments import Payment, find_payment, settle
from terminals.checkout.provider import Provider
from terminals.face.moment import now
from terminals.face.page import books, go, key_of_form, language, render, say
from terminals.girocode import girocode_png
from terminals.pay_links.addresses import link_address, link_path
from terminals.pay_links.notice import notice_page
from terminals.pay_links.page_data import CheckPage, bill_of, in_fours, link_page, transfer_of
from terminals.pay_links.paying import GOING_ON, PURPOSE, begin_payment, look_again
from terminals.qr.drawing import draw

pages = Blueprint("pay_links", __name__, url_prefix="/zahlen", template_folder="templates")

pages.add_app_template_filter(in_fours)

LOOKS = 12  # a page without scripts looks every five seconds, for a minute


@pages.get("/<token>")
@needs(Permission.PUBLIC_USE)
def show(token: str) -> Response:
    """What is to be paid, or what became of it."""
    link = _link(token)
    if link is None:
        return _unknown()
    return _page(link, was_left="abgebrochen" in request.args)


@pages.post("/<token>/bezahlen")
@needs(Permission.PUBLIC_USE)
def pay(token: str) -> Response:
    """To the provider's page: the one that is open already, or a new one."""
    link, ours = _link(token), provider()
    if link is None:
        return _unknown()
    if ours is None:
        return _down(link)
    try:
        return go(_to_pay(link, ours) or link_path(link.token))
    except NO_PAGE:
        return _down(link)


@pages.post("/<token>/stand")
@needs(Permission.PUBLIC_USE)
def look(token: str) -> Response:
    """Ask the provider what became of a payment that was begun, here or elsewhere."""
    link = _link(token)
    if link is None:
        return _unknown()
    look_again(books(), provider(), link.id, at=now())
    return go(link_path(link.token))


@pages.get("/<token>/vorgang/<uuid:payment>")
@needs(Permission.PUBLIC_USE)
def come_back(token: str, payment: UUID) -> Response:
    """Back from the provider: booked now, whichever of us hears it first."""
    link = _link(token)
    if link is None:
        return _unknown()
    found = _settled(link, payment)
    if found.state == "processing" or found.state not in GOING_ON:
        left = "" if found.state in ("paid", "processing") else "?abgebrochen=1"
        return go(f"{link_path(link.token)}{left}")
    looks = min(max(request.args.get("n", LOOKS, type=int), 0), LOOKS)
    page = CheckPage(link_path(link.token), found.id, found.amount_cents, looks, found.page)
    template = "check_again.html" if request.headers.get("HX-Request") else "check.html"
    return render(f"pay_links/{template}", page, takes_money=True)


@pages.get("/<token>/ueberweisung")
@needs(Permission.PUBLIC_USE)
def transfer(token: str) -> Response:
    """The GiroCode and the same to copy; also for a link that has ended."""
    link = _to_transfer(token)
    with books().read_only() as session:
        page, _ = transfer_of(session, link, recipient=_city(), language=language())
    return render("pay_links/transfer.html", page, takes_money=True)


@pages.get("/<token>/girocode.png")
@needs(Permission.PUBLIC_USE)
def transfer_image(token: str) -> Response:
    """The GiroCode as a picture to save: a phone cannot scan itself."""
    link = _to_transfer(token)
    with books().read_only() as session:
        _, text = transfer_of(session, link, recipient=_city(), language=language())
    answer = make_response(girocode_png(text))
    answer.content_type = "image/png"
    answer.headers["Content-Disposition"] = "attachment; filename=girocode.png"
    return answer


@pages.get("/<token>/schalter")
@needs(Permission.PUBLIC_USE)
def counter(token: str) -> Response:
    """Paying at the counter: what to bring."""
    return _hint(token, "counter")


@pages.get("/<token>/unbekannt")
@needs(Permission.PUBLIC_USE)
def not_mine(token: str) -> Response:
    """What to do when nobody knows of this fee."""
    return _hint(token, "not_mine")


@pages.post("/<token>/neu")
@needs(Permission.PUBLIC_USE)
def wish(token: str) -> Response:
    """Ask the office for a new link: it knows where to send it, we do not."""
    link, at = _link(token), now()
    if link is None:
        return _unknown()
    if link.state(at) == "expired":
        with books().transaction() as session:
            wish_new_link(session, link.id, at=at)
    return go(link_path(link.token))


@pages.get("/<token>/bescheid")
@needs(Permission.PUBLIC_USE)
def notice(token: str) -> Response:
    """The fee notice to print on A4, with both codes; only where one was issued."""
    link = _link(token)
    if link is None or link.notice is None:
        return _unknown()
    with books().read_only() as session:
        drawn = draw(link_address(link), label=say("notice.code.link"))
        page = notice_page(
            session, link, recipient=_city(), language=language(), address=link_address(link),
            link_code=Markup(drawn.decode()),  # noqa: S704 - drawn by us, attributes only
        )  # fmt: skip
    return render("pay_links/notice.html", page)


def _to_pay(link: Standing, ours: Provider) -> str | None:
    """The provider's page for what is due; None where the link has to be looked at again."""
    at = now()
    if link.state(at) == "expired":
        return None
    with books().read_only() as session:
        title = bill_of(session, link, language()).title or say("paylink.wallet")
    with suppress(KeyReused):  # then the form was made before the amount changed
        payment = begin_payment(
            books(), ours, link, title=title, locale=language(), key=key_of_form(),
            origin=origin(), at=at,
        )  # fmt: skip
        return payment.page if payment and payment.state == "open" else None
    return None


def _page(link: Standing, *, was_left: bool = False, status: int = 200) -> Response:
    with books().read_only() as session:
        page = link_page(
            session, link, at=now(), language=language(), is_online=provider() is not None,
            was_left=was_left,
        )  # fmt: skip
    return render("pay_links/link.html", page, takes_money=True, status=status)


def _unknown() -> Response:
    """The same for what never was and what is no more: nobody learns anything by trying."""
    return render("pay_links/unknown.html", takes_money=True, status=404)


def _down(link: Standing) -> Response:
    with books().read_only() as session:
        page = link_page(session, link, at=now(), language=language(), is_online=False)
    return render("pay_links/down.html", page, takes_money=True, status=503)


def _hint(token: str, name: str) -> Response:
    link = _link(token)
    if link is None:
        return _unknown()
    with books().read_only() as session:
        page = link_page(session, link, at=now(), language=language(), is_online=False)
    return render(f"pay_links/{name}.html", page, takes_money=True)


def _link(token: str) -> Standing | None:
    """The link of this address, unless it was withdrawn."""
    with books().read_only() as session:
        link = link_by_token(session, token)
    return None if link is None or link.state(now()) == "withdrawn" else link


def _to_transfer(token: str) -> Standing:
    """The link, where a transfer still makes sense. Raises NotFound."""
    link = _link(token)
    if link is None or link.paid_at is not None or not link.takes_transfers:
        raise NotFound
    return link


def _settled(link: Standing, payment: UUID) -> Payment:
    """The payment, if it is of this link, as far as the provider says. Raises NotFound."""
    with books().read_only() as session:
        found = find_payment(session, payment)
    if found is None or (found.purpose, found.subject) != (PURPOSE, str(link.id)):
        raise NotFound
    ours = provider()
    if ours is None or found.state not in GOING_ON:
        return found
    try:
        return settle(books(), ours, found.id, at=now())
    except NOT_KNOWN_NOW:
        return found


def _city() -> str:
    return cast(str, current_app.config["CITY"])

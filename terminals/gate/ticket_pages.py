"""The page behind a ticket's address: its code, what became of it, paper, letter and return.

The address alone opens it: 128 random bits. It says what was bought and never by whom.
"""

import logging
from uuid import uuid5

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from ledger.charges import Charge, find_charge
from ledger.documents.pdf import PdfMissing
from ledger.permissions import Permission, needs
from terminals.checkout.errors import NOT_KNOWN_NOW, RefundNotPossible
from terminals.checkout.here import provider
from terminals.checkout.payments import Payment, payments_of, settle
from terminals.face.moment import now
from terminals.face.page import books, day, key_of_form, language, money, render, say
from terminals.gate import STATIC
from terminals.gate.errors import NotReturnable
from terminals.gate.letters import post_tickets
from terminals.gate.orders import PURPOSE, Order, order_of_token, set_email
from terminals.gate.paper import paper
from terminals.gate.returns import return_ticket
from terminals.gate.shop import EMAIL, chosen_path
from terminals.gate.shop_data import Speech
from terminals.gate.ticket_data import TicketPage, ticket_page
from terminals.gate.waiting_data import WaitingPage
from terminals.guest_code_api import guest_keys
from terminals.qr.drawing import draw

GOING_ON = frozenset({"begun", "open", "processing"})
SAID = {"gesendet": "ticket.sent", "zurueck": "ticket.return_done"}

log = logging.getLogger("stadtkasse.tickets")

pages = Blueprint("ticket", __name__, url_prefix="/ticket", template_folder="templates")


@pages.get("/<token>")
@needs(Permission.PUBLIC_USE)
def show(token: str) -> Response:
    """The tickets, or what is known of their payment."""
    order, sold = _found(token)
    if sold is None:
        _look_again(order)
        order, sold = _found(token)
    if sold is None or sold.refused:
        return _waiting(order, sold)
    return _tickets(order, sold)


@pages.get("/<token>/pdf")
@needs(Permission.PUBLIC_USE)
def show_pdf(token: str) -> Response:
    """All tickets on paper; a page to print where this server cannot make a PDF."""
    order, sold = _found(token)
    if sold is None or sold.refused:
        abort(404)
    try:
        drawn = paper(_page(order, sold), _speech())
    except PdfMissing as missing:
        log.warning("no PDF of tickets: %s", missing)
        return _tickets(order, sold, problem=say("ticket.pdf_missing"), status=503)
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="tickets.pdf"'
    return answer


@pages.post("/<token>/mail")
@needs(Permission.PUBLIC_USE)
def send(token: str) -> AnyResponse:
    """Send the address of this page; an order has one e-mail address, the first that was given."""
    order, sold = _found(token)
    given = request.form.get("email", "").strip()
    if sold is None or sold.refused:
        abort(404)
    if order.email is None and not EMAIL.fullmatch(given[:254]):
        return _tickets(order, sold, problem=say("tickets.email_wrong"), status=422)
    with books().transaction() as session:
        order = set_email(session, order, given) if order.email is None else order
        # However often somebody taps: one letter an hour.
        key = uuid5(order.id, f"letter {now():%Y-%m-%dT%H}")
        post_tickets(session, order.email, order.token, language(), key=key)
    return redirect(url_for(".show", token=token, gesagt="gesendet", n=_number()), 303)


@pages.post("/<token>/zurueckgeben")
@needs(Permission.PUBLIC_USE)
def give_back(token: str) -> AnyResponse:
    """Give an unused ticket back, once."""
    order, sold = _found(token)
    if sold is None or sold.refused:
        abort(404)
    key, code = key_of_form(), request.form.get("ticket", "")
    try:
        with books().transaction() as session:
            cents = return_ticket(session, order, code, key=uuid5(key, code), at=now())
    except NotReturnable as no:
        name = "ticket.return_late" if no.code == "ticket_return_late" else "ticket.return_no"
        return _tickets(order, sold, problem=say(name), status=422)
    except RefundNotPossible as no:
        log.warning("a ticket cannot be given back: %s", no.why)
        return _tickets(order, sold, problem=say("ticket.return_no"), status=422)
    there = url_for(".show", token=token, gesagt="zurueck", betrag=cents, n=_number())
    return redirect(there, 303)


@pages.get("/sw.js")
@needs(Permission.PUBLIC_USE)
def worker() -> Response:
    """What keeps an opened ticket for a place without a network; it may see this path alone."""
    answer = Response((STATIC / "js" / "keeping.js").read_text("utf-8"))
    answer.mimetype, answer.headers["Cache-Control"] = "text/javascript", "no-cache"
    return answer


def _found(token: str) -> tuple[Order, Charge | None]:
    with books().read_only() as session:
        order = order_of_token(session, token)
        return (order, find_charge(session, order.id)) if order is not None else abort(404)


def _look_again(order: Order) -> None:
    """Ask the provider about the newest payment, if it answers."""
    ours, newest = provider(), _newest(order)
    if ours is None or newest is None or newest.state not in GOING_ON:
        return
    try:
        settle(books(), ours, newest.id, at=now())
    except NOT_KNOWN_NOW as trouble:
        log.warning("payment %s cannot be settled now: %s", newest.id, trouble.code)


def _newest(order: Order) -> Payment | None:
    with books().read_only() as session:
        return next(iter(payments_of(session, PURPOSE, str(order.id))), None)


def _waiting(order: Order, sold: Charge | None) -> Response:
    newest = _newest(order)
    state = "waiting" if newest is not None and newest.state in GOING_ON else "unpaid"
    if sold is not None:
        state = "refused"
    page = WaitingPage(state, url_for(".show", token=order.token), chosen_path(order),
                       newest.page if newest and newest.state == "open" else None)  # fmt: skip
    return render("gate/waiting.html", page, takes_money=True)


def _tickets(order: Order, sold: Charge, *, problem: str = "", status: int = 200) -> Response:
    page = _page(order, sold, problem)
    return render("gate/ticket.html", page, said=_said(page), status=status)


def _page(order: Order, sold: Charge, problem: str = "") -> TicketPage:
    with books().read_only() as session:
        return _read(session, order, sold, problem)


def _read(session: Session, order: Order, sold: Charge, problem: str) -> TicketPage:
    return ticket_page(
        session, order, sold, number=_number(), speech=_speech(), ring=guest_keys(), at=now(),
        problem=problem,
    )  # fmt: skip


def _said(page: TicketPage) -> str:
    name = SAID.get(request.args.get("gesagt", ""))
    if name is None:
        return ""
    cents = request.args.get("betrag", type=int) or 0
    return say(name, email=page.email, amount=money(cents))


def _number() -> int:
    return request.values.get("n", default=1, type=int)


def _speech() -> Speech:
    return Speech(say, money, day, language())


@pages.app_template_global()
def ticket_code(text: str, label: str) -> str:
    """The drawn QR code of a ticket, as an SVG element."""
    return draw(text, label=label).decode()

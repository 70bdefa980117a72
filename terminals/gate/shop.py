"""The shop for tickets: houses, quantities, and on to the payment page, all without an account."""

import logging
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.permissions import Permission, needs
from terminals.checkout.errors import NO_PAGE, KeyReused
from terminals.checkout.here import origin, provider
from terminals.checkout.payments import Wanted, begin
from terminals.face.moment import now
from terminals.face.page import books, day, key_of_form, language, money, render, say
from terminals.gate.errors import OrderRefused
from terminals.gate.offers import House, find_house
from terminals.gate.orders import (
    MOST_OF_ONE,
    MOST_TICKETS,
    PURPOSE,
    Order,
    Wish,
    fulfil,
    place_order,
)
from terminals.gate.shop_data import HousePage, Speech, house_page, houses_page, stepped

EMAIL = re.compile(r"[^@\s<>,;:]{1,64}@[^@\s<>,;:]{1,189}\.[^@\s<>,;:.]{2,}")
_COUNT = re.compile(r"[0-9]{1,2}")

log = logging.getLogger("stadtkasse.tickets")

pages = Blueprint("tickets", __name__, url_prefix="/tickets", template_folder="templates")


@pages.get("")
@needs(Permission.PUBLIC_USE)
def show_houses() -> Response:
    """All houses that sell tickets."""
    with books().read_only() as session:
        page = houses_page(posted_catalogue(session), business_day(now()), _speech())
    return render("gate/houses.html", page, takes_money=True)


@pages.get("/<house>")
@needs(Permission.PUBLIC_USE)
def show_house(house: str) -> Response:
    """One house; what was chosen stands in the address."""
    with books().read_only() as session:
        page = _page(
            session, house, _counts(request.args), turned_back="abgebrochen" in request.args
        )
    return render("gate/house.html", page, takes_money=True)


@pages.post("/<house>/auswahl")
@needs(Permission.PUBLIC_USE)
def step(house: str) -> AnyResponse:
    """One more or one less. An address that was typed already is kept out of the address line."""
    counts = stepped(_form_counts(), request.form.get("step", ""))
    email = request.form.get("email", "").strip()[:254]
    if not email:
        return redirect(_path(house, counts), 303)
    with books().read_only() as session:
        page = _page(session, house, counts, email=email)
    return render("gate/house.html", page, takes_money=True)


@pages.post("/<house>/kaufen")
@needs(Permission.PUBLIC_USE)
def buy(house: str) -> AnyResponse:
    """To the payment page; what is free is issued at once."""
    key, counts, email = key_of_form(), _form_counts(), request.form.get("email", "").strip()
    if email and (len(email) > 254 or not EMAIL.fullmatch(email)):
        return _again(house, counts, email=email, email_wrong=True)
    try:
        with books().transaction() as session:
            _find(session, house)
            wish = Wish(house, counts, language(), email or None)
            order = place_order(session, wish, key=key, at=now())
            if not order.total_cents:
                fulfil(session, order, at=now())
    except OrderRefused as refused:
        return _again(house, counts, email=email, problem=_why(refused))
    if not order.total_cents:
        return redirect(url_for("ticket.show", token=order.token), 303)
    return _to_payment(order, counts)


def chosen_path(order: Order) -> str:
    """The house with what was ordered chosen again."""
    return _path(order.facility, {line.product: line.quantity for line in order.lines})


def _to_payment(order: Order, counts: Mapping[str, int]) -> AnyResponse:
    ours = provider()
    if ours is None:
        return _again(order.facility, counts, email=order.email or "")
    with books().read_only() as session:
        name = posted_catalogue(session).facilities[order.facility].name
    wanted = Wanted(
        PURPOSE, str(order.id), order.total_cents, say("tickets.provider_title", house=name),
        language(), url_for("ticket.show", token=order.token),
        f"{chosen_path(order)}&abgebrochen=1",
    )  # fmt: skip
    try:
        begun = begin(books(), ours, wanted, key=order.id, origin=origin(), at=now())
    except (*NO_PAGE, KeyReused) as trouble:
        log.warning("no payment page for tickets: %s", trouble.code)
        return _again(order.facility, counts, email=order.email or "", status=503)
    # Without a page it has been paid or has ended: the tickets' own page says which.
    return redirect(begun.page or url_for("ticket.show", token=order.token), 303)


def _again(
    house: str, counts: Mapping[str, int], *, email: str = "", email_wrong: bool = False,
    problem: str = "", status: int = 422,
) -> Response:  # fmt: skip
    with books().read_only() as session:
        page = _page(
            session, house, counts, email=email, email_wrong=email_wrong, problem=problem,
            can_pay=status != 503,
        )  # fmt: skip
    return render("gate/house.html", page, takes_money=True, status=status)


def _page(
    session: Session, code: str, counts: Mapping[str, int], *, email: str = "",
    email_wrong: bool = False, problem: str = "", can_pay: bool = True, turned_back: bool = False,
) -> HousePage:  # fmt: skip
    return house_page(
        posted_catalogue(session), _find(session, code), counts, today=business_day(now()),
        speech=_speech(), email=email, email_wrong=email_wrong, problem=problem,
        can_pay=can_pay and provider() is not None, turned_back=turned_back,
    )  # fmt: skip


def _find(session: Session, code: str) -> House:
    found = find_house(posted_catalogue(session), code, business_day(now()))
    return found if found is not None else abort(404)


def _why(refused: OrderRefused) -> str:
    match refused.code:
        case "tickets_none":
            return say("tickets.none_chosen")
        case "tickets_too_many":
            return say("tickets.too_many", most=MOST_TICKETS, each=MOST_OF_ONE)
        case _:
            return say("tickets.not_sold")


def _path(house: str, counts: Mapping[str, int]) -> str:
    chosen = {code: count for code, count in counts.items() if count}
    here = url_for("tickets.show_house", house=house)
    return f"{here}?{urlencode(chosen)}" if chosen else here


def _counts(given: Mapping[str, str]) -> dict[str, int]:
    """Small whole numbers by product; a house drops what it does not sell."""
    return {
        code: min(int(count), MOST_OF_ONE)
        for code, count in given.items()
        if _COUNT.fullmatch(count)
    }


def _form_counts() -> dict[str, int]:
    prefix = "count-"
    given = {name.removeprefix(prefix): value for name, value in request.form.items()
             if name.startswith(prefix)}  # fmt: skip
    return _counts(given)


def _speech() -> Speech:
    return Speech(say, money, day, language())

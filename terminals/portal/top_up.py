"""Topping up: how much and by which way, the balance afterwards, and on to the provider's page."""

from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, request, url_for

from ledger.permissions import Permission, needs
from ledger.wallets import find_wallet
from terminals.checkout.errors import NO_PAGE, NOT_KNOWN_NOW
from terminals.checkout.here import origin, provider
from terminals.checkout.payments import Payment, Wanted, begin, call_off, find_payment
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, language, render, say
from terminals.portal.payments_here import own_payment
from terminals.portal.top_up_choice import ONLINE, WAYS, Choice, choice_of, plain
from terminals.portal.top_up_pages import (
    CheckPage,
    DownPage,
    TopUpPage,
    dock_of,
    last_top_up,
    last_way,
    top_up_page,
)

pages = Blueprint("top_up", __name__, url_prefix="/portal/aufladen", template_folder="templates")


@pages.get("")
@needs(Permission.PORTAL_OWN)
def choose() -> Response:
    """The form; an address may name amount and way."""
    return render("portal/top_up/choose.html", _page(), tab="start")


@pages.get("/danach")
@needs(Permission.PORTAL_OWN)
def show_dock() -> Response:
    """The foot of the form for another choice, for scripts to put in its place."""
    choice = choice_of(request.args, way="card")
    with books().read_only() as session:
        wallet = find_wallet(session, caller().wallet or "")
        assert wallet is not None
        dock = dock_of(session, wallet, choice, at=now(), goes_on=True)
    return render("portal/top_up/dock_alone.html", dock)


@pages.get("/pruefen")
@needs(Permission.PORTAL_OWN)
def check() -> Response:
    """Amount, way and balance afterwards, for whoever has seen no dock that follows the choice."""
    choice = choice_of(request.args, way="card")
    if choice.cents is None or choice.way not in ONLINE:
        return go(url_for("top_up.choose"))
    with books().read_only() as session:
        wallet = find_wallet(session, caller().wallet or "")
        assert wallet is not None
        dock = dock_of(session, wallet, choice, at=now(), goes_on=True)
    return render("portal/top_up/check.html", CheckPage(_key(), choice, dock), tab="start")


@pages.post("")
@needs(Permission.PORTAL_OWN)
def send() -> Response:
    """On by the way that was chosen."""
    choice, key = choice_of(request.form, way="card"), key_of_form()
    if choice.cents is None:
        choice = Choice(None, choice.way, choice.typed, choice.problem or "amt.invalid")
        return render("portal/top_up/choose.html", _page(choice, key), tab="start", status=422)
    if choice.way == "transfer":
        return go(url_for("top_up_by_hand.transfer", betrag=choice.query["betrag"]))
    if choice.way == "cash":
        return go(url_for("top_up_by_hand.cash"))
    if not request.form.get("sofort"):
        return go(url_for("top_up.check", **choice.query, key=key))
    return _begin(choice, key)


@pages.get("/vorgang/<uuid:payment>/zurueck")
@needs(Permission.PORTAL_OWN)
def turn_back(payment: UUID) -> Response:
    """From the provider's page without having paid: the form again, filled as it was.

    Their page is closed behind the payer, so that an old tab cannot pay a second time. If they
    have paid there meanwhile, that is what they see.
    """
    one = _called_off(payment)
    if one is None or one.state != "cancelled":
        return go(url_for("top_up_return.show", payment=payment))
    typed = {"betrag": plain(one.amount_cents), "weg": request.args.get("weg", "")}
    page = _page(choice_of(typed, way="card"), note="topup.cancelled")
    return render("portal/top_up/choose.html", page, tab="start")


def _begin(choice: Choice, key: UUID) -> Response:
    """Once for each form, amount and way: a second click finds the same payment."""
    behind = provider()
    if behind is None:
        page = _page(choice, key, note="topup.offline")
        return render("portal/top_up/choose.html", page, tab="start", status=503)
    try:
        payment = begin(
            books(), behind, _wanted(choice), key=uuid5(key, f"{choice.cents}/{choice.way}"),
            origin=origin(), at=now(),
        )  # fmt: skip
    except NO_PAGE:
        return render("portal/top_up/down.html", DownPage(choice), tab="start", status=503)
    return go(payment.page or url_for("top_up_return.show", payment=payment.id))


def _wanted(choice: Choice) -> Wanted:
    assert choice.cents is not None
    anybody = UUID(int=0)
    return_page = url_for("top_up_return.show", payment=anybody)
    back_page = url_for("top_up.turn_back", payment=anybody, weg=WAYS[choice.way])
    return Wanted(
        "top_up", caller().wallet or "", choice.cents, say("topup.on_page"), language(),
        back=return_page.replace(str(anybody), "{payment}"),
        cancelled=back_page.replace(str(anybody), "{payment}"),
        ways=(choice.way,), payer=caller().name,
    )  # fmt: skip


def _called_off(payment: UUID) -> Payment | None:
    """None while the provider cannot be asked."""
    with books().read_only() as session:
        own_payment(find_payment(session, payment))
    behind = provider()
    if behind is None:
        return None
    try:
        return call_off(books(), behind, payment, at=now())
    except NOT_KNOWN_NOW:
        return None


def _page(
    choice: Choice | None = None, key: UUID | None = None, *, note: str | None = None
) -> TopUpPage:
    behind, wallet = provider(), caller().wallet or ""
    is_online = behind is not None
    early = behind.early_cents if behind else None
    with books().read_only() as session:
        last = last_top_up(session, wallet)
        wanted = choice or choice_of(request.args, way=last_way(last, is_online=is_online))
        if not is_online:
            note = note or "topup.offline"
            if wanted.way in ONLINE:
                wanted = Choice(wanted.cents, "transfer", wanted.typed, wanted.problem)
        return top_up_page(
            session, wallet, wanted, last=last, at=now(), early_cents=early, key=key, note=note
        )


def _key() -> UUID:
    try:
        return UUID(request.args.get("key", ""))
    except ValueError:
        return uuid4()

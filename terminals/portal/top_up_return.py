"""Back from the provider: what became of a top-up, asked there until somebody knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, make_response, request, url_for
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.outlook import Outlook, outlook
from ledger.permissions import Permission, needs
from ledger.wallets import find_wallet
from terminals.checkout.auto_top_up import auto_of
from terminals.checkout.errors import NOT_KNOWN_NOW, RefundNotPossible
from terminals.checkout.here import provider
from terminals.checkout.payments import Payment, find_payment, payments_of, settle
from terminals.checkout.refunds import PAYERS_DAYS, OnlineRefund, refunds_of, take_back
from terminals.face.moment import now
from terminals.face.page import books, caller, go, key_of_form, render
from terminals.portal.payments_here import own_payment
from terminals.portal.top_up_choice import WAYS, plain

pages = Blueprint(
    "top_up_return", __name__, url_prefix="/portal/aufladen/vorgang", template_folder="templates"
)

DOUBLE_WITHIN = timedelta(hours=1)  # how near two equal top-ups lie to look like a mistake
QUICK_POLLS, LAST_POLL = 20, 60  # every 2 s up to here; the words change; every 10 s, then no more
LONG_AFTER = 25
RELOADS = 12  # without scripts, every 5 s

_NOT_GIVEN = frozenset({"failed", "turned_down"})
_ENDED_UNPAID = frozenset({"failed", "cancelled", "expired"})
REASONS = frozenset(
    {"insufficient_funds", "expired_card", "incorrect_cvc", "lost_card", "authentication_required",
     "debit_failed"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Double:
    """A top-up that looks like a second click; is_given: it is on its way back already."""

    amount_cents: int
    until: date
    key: UUID
    is_given: bool


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """What became of a top-up.

    how: "checking", "ok", "on_the_way", "not_paid". words: id of the sentence. reason: id of a
    second one. again: the form filled as it was. left: reloads that a browser without scripts
    still makes. refused: the money cannot be given back any more.
    """

    payment: Payment
    how: str
    words: str
    reason: str | None
    balance_cents: int
    then: Outlook
    again: str
    left: int
    next_look: str
    double: Double | None
    is_provisional: bool
    offers_auto: bool
    refused: bool = False


@pages.get("/<uuid:payment>")
@needs(Permission.PORTAL_OWN)
def show(payment: UUID) -> Response:
    """What is known now; asked for at the provider where nobody knows yet."""
    return _page(_settled(payment))


@pages.get("/<uuid:payment>/stand")
@needs(Permission.PORTAL_OWN)
def look_again(payment: UUID) -> Response:
    """The next look of the waiting page; once the end is known it loads the page anew."""
    one = _settled(payment)
    if how_of(one)[0] != "checking":
        answer = make_response("", 200)
        answer.headers["HX-Refresh"] = "true"
        return answer
    turn = request.args.get("n", 0, type=int) + 1
    return render("portal/top_up/look.html", (one.id, turn, turn < QUICK_POLLS, turn == LONG_AFTER))


@pages.post("/<uuid:payment>/zurueckgeben")
@needs(Permission.PORTAL_OWN)
def return_double(payment: UUID) -> Response:
    """Give one of two equal top-ups back by the way it came."""
    key_of_form()
    try:
        with books().transaction() as session:
            one = own_payment(find_payment(session, payment))
            double = _double(session, one)
            if double is not None and not double.is_given:
                key = uuid5(one.id, "double top-up")  # however often it is asked for: once
                take_back(session, one.id, one.amount_cents, key=key, payer=caller().name, at=now())
    except RefundNotPossible:
        return _page(_settled(payment), refused=True)
    return go(url_for("top_up_return.show", payment=payment))


def how_of(payment: Payment) -> tuple[str, str, str | None]:
    """What is said of a payment: the state, the sentence and a second one about the reason."""
    if payment.state in _ENDED_UNPAID:
        reason = f"pay.reason.{payment.reason}" if payment.reason in REASONS else None
        words = {"failed": "pay.declined", "expired": "pay.expired"}
        if payment.state == "failed" and payment.credited_at is not None:
            return "not_paid", "pay.returned", None
        return "not_paid", words.get(payment.state, "pay.cancel"), reason
    if payment.credited_at is not None:
        return "ok", "pay.ok", None
    if payment.state == "processing":
        return "on_the_way", "pay.on_the_way", None
    return "checking", "pay.checking", None


def double_of(
    one: Payment, payments: Iterable[Payment], refunds: Iterable[OnlineRefund], *, at: datetime
) -> Double | None:
    """The offer to give `one` back: an equal one was paid shortly before it."""
    if one.state != "paid" or one.ended_at is None:
        return None
    last_day = business_day(one.ended_at + PAYERS_DAYS)
    if any(refund.state not in _NOT_GIVEN for refund in refunds):
        return Double(one.amount_cents, last_day, uuid4(), is_given=True)
    is_second = any(
        other.id != one.id
        and other.state == "paid"
        and other.amount_cents == one.amount_cents
        and timedelta(0) <= one.begun_at - other.begun_at <= DOUBLE_WITHIN
        for other in payments
    )
    if not is_second or at - one.ended_at > PAYERS_DAYS:
        return None
    return Double(one.amount_cents, last_day, uuid4(), is_given=False)


def _double(session: Session, one: Payment) -> Double | None:
    payments = payments_of(session, "top_up", one.subject)
    return double_of(one, payments, refunds_of(session, one.id), at=now())


def _settled(payment: UUID) -> Payment:
    """The caller's payment as it stands, or as the provider says where that is open."""
    with books().read_only() as session:
        one = own_payment(find_payment(session, payment))
    behind = provider()
    if behind is None or how_of(one)[0] != "checking":
        return one
    try:
        return settle(books(), behind, payment, at=now())
    except NOT_KNOWN_NOW:
        return one  # the next look asks again, and so does the night


def _page(one: Payment, *, refused: bool = False) -> Response:
    how, words, reason = how_of(one)
    turn = min(request.args.get("n", 0, type=int), RELOADS)
    with books().read_only() as session:
        page = _filled(session, one, (how, words, reason), turn=turn, refused=refused)
    status = 409 if refused else 200
    return render("portal/top_up/return.html", page, tab="start", status=status)


def _filled(
    session: Session, one: Payment, said: tuple[str, str, str | None], *, turn: int, refused: bool
) -> ReturnPage:
    found = find_wallet(session, one.subject)
    assert found is not None
    query: dict[str, Any] = {
        "betrag": plain(one.amount_cents),
        "weg": WAYS.get(one.way or "", "karte"),
    }
    return ReturnPage(
        one, *said, found.balance_cents, outlook(session, one.subject, at=now()),
        url_for("top_up.choose", **query), RELOADS - turn,
        url_for("top_up_return.show", payment=one.id, n=turn + 1), _double(session, one),
        one.state == "processing", auto_of(session, one.subject) is None, refused,
    )  # fmt: skip

"""Online payments for finance: by state, searched for, one in full, and asked back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from config.access import may
from config.desk.page import render
from config.desk.payment_lines import GiveBack, PaymentLine, PaymentPage, PaymentsPage, Tab
from config.desk.payment_story import dispute_line, refund_line, steps_of
from config.desk.payment_words import (
    GROUPS,
    PURPOSES,
    REFUSALS,
    STATES,
    WAYS,
    WHYS,
    badge_of,
    said,
)
from config.desk.words import age
from config.staff.cookie import now
from config.staff.page import books, caller, go, shell
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from terminals.checkout.errors import RefundNotPossible, UnknownPayment
from terminals.checkout.purposes import load
from terminals.checkout.queries import (
    MOST,
    RUNNING,
    Story,
    count_groups,
    link_numbers,
    payments_in,
    search_payments,
    story_of,
)
from terminals.checkout.refunds import give_back
from terminals.checkout.rows import row_of
from terminals.checkout.values import Payment
from terminals.face.amounts import cents_of

LONGEST_REASON = 200
_HARMLESS = ("failed", "turned_down")  # refunds that take nothing from what is left

pages = Blueprint("desk_payments", __name__, url_prefix="/desk/payments")


@pages.get("")
@needs(Permission.PAYMENTS_READ)
def show() -> Response:
    """Payments of one state, or those that were searched for."""
    wanted, at = request.args.get("q", "").strip()[:100], now()
    chosen = request.args.get("state", RUNNING[0])
    if chosen not in GROUPS:
        raise NotFound
    with books().read_only() as session:
        counts = count_groups(session, at=at)
        listed = search_payments(session, wanted) if wanted else None
        found = payments_in(session, chosen, at=at) if listed is None else listed
        numbers = link_numbers(session, found)
    tabs = [
        Tab(name, words, counts[name], not wanted and name == chosen)
        for name, words in GROUPS.items()
    ]
    lines = [_line(one, numbers, at) for one in found]
    return render("payments.html", PaymentsPage(shell(), tabs, lines, wanted, len(found) == MOST))


@pages.get("/<uuid:payment>")
@needs(Permission.PAYMENTS_READ)
def show_one(payment: UUID) -> Response:
    """One payment with all that happened to it."""
    return _page(payment)


@pages.post("/<uuid:payment>/refunds")
@needs(Permission.CASES_DECIDE)
def ask_back(payment: UUID) -> Response:
    """Ask for money of it back; above the limit a second person releases it."""
    typed = (request.form.get("amount", ""), request.form.get("reason", "").strip())
    cents, reason = cents_of(typed[0]), typed[1]
    if not cents or not reason:
        return _page(payment, "Bitte Betrag und Grund angeben.", typed=typed, status=422)
    try:
        key = UUID(request.form.get("key", ""))
    except ValueError as malformed:
        raise BadRequest from malformed
    if len(reason) > LONGEST_REASON:
        raise BadRequest
    try:
        with books().transaction() as session:
            _ask_back(session, payment, cents, key=key, reason=reason)
    except RefundNotPossible as no:
        status, words = REFUSALS[no.why]
        return _page(payment, words, typed=typed, status=status)
    return go(url_for("desk_payments.show_one", payment=payment))


def _ask_back(session: Session, payment: UUID, cents: int, *, key: UUID, reason: str) -> None:
    try:
        row_of(session, payment, is_locked=True)
    except UnknownPayment as unknown:
        raise NotFound from unknown
    story = story_of(session, payment)
    if any((one.id, one.amount_cents) == (key, cents) for one in story.refunds):
        return  # sent twice
    source = _source(story)
    if source is None:
        raise RefundNotPossible("not_paid")
    if source == "unclear" and cents > story.unclear_cents:
        raise RefundNotPossible("too_much")
    give_back(
        session, payment, cents, key=key, by=caller().name, reason=reason, at=now(), source=source
    )
    detail = {"refund": str(key), "amount_cents": cents, "reason": reason}
    record(session, caller(), "payment.refund_asked", about=str(payment), detail=detail)


def _page(
    payment: UUID,
    problem: str | None = None,
    *,
    typed: tuple[str, str] = ("", ""),
    status: int = 200,
) -> Response:
    at = now()
    with books().read_only() as session:
        story = _found(session, payment)
        numbers = link_numbers(session, [story.payment])
    offer = _give_back(story, typed) if may(caller(), Permission.CASES_DECIDE) else None
    page = PaymentPage(
        shell(), _line(story.payment, numbers, at), story.page, steps_of(story),
        [refund_line(one, at) for one in story.refunds],
        [dispute_line(one, at) for one in story.disputes], offer, problem,
    )  # fmt: skip
    return render("payment.html", page, status)


def _found(session: Session, payment: UUID) -> Story:
    try:
        return story_of(session, payment)
    except UnknownPayment as unknown:
        raise NotFound from unknown


def _source(story: Story) -> str | None:
    """Where money of it can be taken from: what is unclear first; None where nowhere."""
    if story.payment.state != "paid":
        return None
    if story.unclear_cents > 0:
        return "unclear"
    purpose = load().get(story.payment.purpose)
    return "subject" if purpose is not None and purpose.given_back is not None else None


def _give_back(story: Story, typed: tuple[str, str]) -> GiveBack | None:
    source = _source(story)
    gone = sum(one.amount_cents for one in story.refunds if one.state not in _HARMLESS)
    most = story.payment.amount_cents - gone
    if source == "unclear":
        most = min(most, story.unclear_cents)
    return None if source is None or most <= 0 else GiveBack(most, source, uuid4(), typed)


def _line(one: Payment, numbers: Mapping[str, str], at: datetime) -> PaymentLine:
    state, kind = badge_of(STATES, one.state)
    notes: Sequence[str | None] = (
        said(WAYS, one.way) if one.way else None,
        said(WHYS, one.reason) if one.reason else None,
        "schon gutgeschrieben" if one.state == "processing" and one.credited_at else None,
    )
    return PaymentLine(
        one, said(PURPOSES, one.purpose), numbers.get(one.subject) or _short(one), state, kind,
        age(one.begun_at, at), ", ".join(note for note in notes if note),
    )  # fmt: skip


def _short(one: Payment) -> str:
    """A wallet's code as it is; an order of tickets by the beginning of its id."""
    return f"Bestellung {one.subject[:8]}" if one.purpose == "tickets" else one.subject

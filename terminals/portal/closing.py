"""Closing the account: what happens, confirmed by a link in a letter, and where it stands since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.calendar import business_day
from ledger.closing_payouts import name_account
from ledger.closings import (
    Closing,
    ClosingRefused,
    closing_of,
    is_iban,
    request_closing,
    running_closing,
    withdraw_closing,
)
from ledger.permissions import Permission, needs
from ledger.wallets import find_wallet
from terminals.face.moment import now
from terminals.face.page import books, caller, day, go, key_of_form, money, render, say
from terminals.portal.closing_sources import WayBack, sources_of, way_back
from terminals.portal.closing_wishes import (
    Wish,
    forget_wish,
    wish_behind,
    wish_of,
    wish_to_close,
)

pages = Blueprint(
    "closing", __name__, url_prefix="/portal/konto-schliessen", template_folder="templates"
)

LONGEST_HOLDER = 70  # of a SEPA transfer
MOST_AHEAD = timedelta(days=366)
_BY = {"card": "close.by.card", "sepa_debit": "close.by.sepa", "transfer": "close.by.transfer"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what of it cannot be, by field."""

    last_day: str = ""
    iban: str = ""
    holder: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskPage:
    """What would happen, and the form. balance_cents: below zero nothing can be closed yet."""

    key: UUID
    balance_cents: int
    back: WayBack
    today: date
    latest: date
    typed: Typed
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class StandPage:
    """Where a closing stands. typed: another account, for money that came back."""

    key: UUID
    closing: Closing
    typed: Typed = field(default_factory=Typed)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The last meal, how much goes back, and by which ways."""
        known = [(say("close.day"), day(self.closing.last_day))]
        if self.closing.amount_cents is not None:
            known.append((say("close.sum"), money(self.closing.amount_cents)))
        ways = [(say(_BY[one.way]), money(one.amount_cents)) for one in self.closing.payouts]
        return [*known, *ways]


@pages.get("")
@needs(Permission.PORTAL_OWN)
def show() -> Response:
    """What would happen, or where it stands."""
    with books().read_only() as session:
        found = running_closing(session, caller().wallet or "")
        if found is None:
            return _form(session, Typed())
    return render("portal/closing/stand.html", StandPage(uuid4(), found), tab="more")


@pages.post("")
@needs(Permission.PORTAL_OWN)
def ask() -> Response:
    """Send the link that confirms it."""
    key, at = key_of_form(), now()
    with books().transaction() as session:
        typed, last_day = _typed(session)
        if typed.errors or last_day is None:
            return _form(session, typed, status=422)
        wish_to_close(
            session, caller().name, key=key, last_day=last_day, iban=typed.iban or None,
            holder=typed.holder or None, at=at,
        )  # fmt: skip
    return go(url_for("closing.show"))


@pages.get("/bestaetigen/<token>")
@needs(Permission.PORTAL_OWN)
def ask_confirm(token: str) -> Response:
    """The link was opened: scanners of mail do that too, so a button is what confirms."""
    with books().read_only() as session:
        wish = wish_behind(session, caller().name, token, at=now())
    status = 200 if wish else 404
    page = (uuid4(), token, wish)
    return render("portal/closing/confirm.html", page, tab="more", status=status)


@pages.post("/bestaetigen/<token>")
@needs(Permission.PORTAL_OWN)
def confirm(token: str) -> Response:
    """It was really them: from here on the city works on it."""
    key_of_form()
    at, wallet = now(), caller().wallet or ""
    with books().transaction() as session:
        wish = wish_behind(session, caller().name, token, at=at)
        known = running_closing(session, wallet)
        if wish is None and known is None:
            raise NotFound
        if wish is not None and known is None:
            last_day = max(wish.last_day, business_day(at))
            request_closing(
                session, wallet, key=wish.key, last_day=last_day, iban=wish.iban,
                holder=wish.holder, at=at,
            )  # fmt: skip
        forget_wish(session, caller().name)
    return go(url_for("closing.show"))


@pages.post("/zurueckziehen")
@needs(Permission.PORTAL_OWN)
def withdraw() -> Response:
    """Stay after all; once the money was released it is too late."""
    key_of_form()
    try:
        with books().transaction() as session:
            forget_wish(session, caller().name)
            if closing_of(session, caller().wallet or "") is not None:
                withdraw_closing(session, caller().wallet or "", at=now())
    except ClosingRefused:
        return go(url_for("closing.show"))  # it was released a moment ago: that is what it says
    return go(url_for("closing.show"))


@pages.post("/konto")
@needs(Permission.PORTAL_OWN)
def name_another() -> Response:
    """Name another account for money that came back."""
    key_of_form()
    typed = _account(is_needed=True)
    with books().transaction() as session:
        found = closing_of(session, caller().wallet or "")
        if found is None:
            raise NotFound
        if not typed.errors:
            name_account(session, found.wallet, iban=typed.iban, holder=typed.holder, at=now())
            return go(url_for("closing.show"))
    page = StandPage(uuid4(), found, typed)
    return render("portal/closing/stand.html", page, tab="more", status=422)


def _form(session: Session, typed: Typed, *, status: int = 200) -> Response:
    at, wallet = now(), caller().wallet or ""
    found = find_wallet(session, wallet)
    assert found is not None
    today = business_day(at)
    page = AskPage(
        uuid4(), found.balance_cents,
        way_back(found.balance_cents, sources_of(session, wallet, at=at), at=at), today,
        today + MOST_AHEAD, typed, wish_of(session, caller().name, at=at),
    )  # fmt: skip
    return render("portal/closing/ask.html", page, tab="more", status=status)


def _typed(session: Session) -> tuple[Typed, date | None]:
    """The form. An account is needed where money came in that cannot go back as it came."""
    at, wallet = now(), caller().wallet or ""
    found = find_wallet(session, wallet)
    assert found is not None
    back = way_back(found.balance_cents, sources_of(session, wallet, at=at), at=at)
    account = _account(is_needed=back.transfer_cents > 0)
    errors, last_day = dict(account.errors), _day(request.form.get("tag", ""))
    today = business_day(at)
    if last_day is None or not today <= last_day <= today + MOST_AHEAD:
        errors["tag"], last_day = say("close.day.wrong"), None
    if found.balance_cents < 0:
        errors["tag"] = say("close.owing.short")
    typed = Typed(request.form.get("tag", ""), account.iban, account.holder, errors)
    return typed, last_day


def _account(*, is_needed: bool) -> Typed:
    iban = "".join(request.form.get("iban", "").split()).upper()
    holder = " ".join(request.form.get("inhaber", "").split())
    errors = {}
    if (iban or is_needed) and not is_iban(iban):
        errors["iban"] = say("close.iban.wrong")
    if (iban or is_needed) and not 1 <= len(holder) <= LONGEST_HOLDER:
        errors["inhaber"] = say("close.holder.missing")
    return Typed(iban=iban, holder=holder if iban else "", errors=errors)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None

"""Accounts on their way out: what will be paid to whom, released by the second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from config.desk.page import render
from config.desk.words import age
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, go, refusal, shell
from config.web.pages import Shell
from ledger.closing_payouts import payout_sent, release_again
from ledger.closing_rows import read_closings
from ledger.closings import (
    RELEASING_ROLE,
    Closing,
    ClosingRefused,
    Payout,
    Source,
    release_closing,
    share_out,
    why_not_yet,
)
from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from ledger.tables.families import wallet_closing
from ledger.wallets import find_wallet
from terminals.checkout.refunds import give_back, release
from terminals.portal.closing_sources import sources_of

pages = Blueprint("desk_closings", __name__, url_prefix="/desk/closings")

ASKED_BY = "closing"  # the rule that asks for the refunds; the person who releases is another
WAYS = {"card": "auf die Karte", "sepa_debit": "auf das Konto der Lastschrift",
        "transfer": "per Überweisung"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """One closing. payouts: as they would be shared out now, or were. barred: why the viewer
    cannot release it, or why nobody can yet."""

    shell: Shell
    closing: Closing
    age: str
    balance_cents: int
    payouts: Sequence[Payout]
    ways: dict[str, str]
    barred: str | None
    problem: str | None = None


@pages.get("/<uuid:closing>")
@needs(Permission.CASES_READ)
def show_one(closing: UUID) -> Response:
    """What will be paid to whom."""
    return _page(closing)


@pages.post("/<uuid:closing>")
@needs(Permission.CASES_DECIDE)
def release_one(closing: UUID) -> Response:
    """Let the money go, as the second person: back the way it came, the rest by transfer."""
    try:
        with books().transaction() as session:
            found = _found(session, closing)
            if found.state == "came_back":
                release_again(session, caller(), closing, at=now())
            else:
                sources = sources_of(session, found.wallet, at=now())
                _send(session, release_closing(
                    session, caller(), closing, sources=sources, at=now()
                ))  # fmt: skip
    except LedgerError as error:
        return _page(closing, refusal(error), status=sentence(error.code).status)
    return go(url_for("desk_closings.show_one", closing=closing))


def _send(session: Session, released: Closing) -> None:
    """Ask the provider for its part; whoever released the closing has released that too."""
    for one in released.payouts:
        if one.payment is None:
            continue
        refund = give_back(
            session, one.payment, one.amount_cents, key=one.id, by=ASKED_BY, reason="closing",
            at=now(), source="booked",
        )  # fmt: skip
        if refund.state == "waiting":
            release(session, refund.id, by=caller().name, at=now())
        payout_sent(session, one.id, at=now())


def _page(closing: UUID, problem: str | None = None, status: int = 200) -> Response:
    at = now()
    with books().read_only() as session:
        found = _found(session, closing)
        wallet = find_wallet(session, found.wallet)
        assert wallet is not None
        sources = sources_of(session, found.wallet, at=at)
        barred = _barred(session, found)
    payouts = found.payouts or _shared(found, wallet.balance_cents, sources)
    page = ClosingPage(
        shell(), found, age(found.requested_at, at), wallet.balance_cents, payouts, WAYS, barred,
        problem,
    )  # fmt: skip
    return render("closing.html", page, status)


def _shared(found: Closing, cents: int, sources: Sequence[Source]) -> Sequence[Payout]:
    try:
        return share_out(found, max(cents, 0), sources, at=now())
    except ClosingRefused:
        return ()  # the account is missing: that is said when somebody releases it


def _barred(session: Session, found: Closing) -> str | None:
    if found.state not in ("requested", "came_back"):
        return "Hier ist nichts mehr freizugeben."
    if caller().person is None or caller().role != RELEASING_ROLE:
        return "Auszahlungen gibt die Freigabe Finanzen frei."
    code = why_not_yet(session, found, at=now()) if found.state == "requested" else None
    return sentence(code).german if code else None


def _found(session: Session, closing: UUID) -> Closing:
    found = read_closings(session, select(wallet_closing).where(wallet_closing.c.id == closing))
    if not found:
        raise NotFound
    return found[0]

"""Topping up without the provider: a transfer with a GiroCode, and cash at a citizens' office."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app, make_response, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.stored import stored_bank_accounts
from ledger.permissions import Permission, needs
from ledger.wallets import BANKS, Wallet, find_wallet
from terminals.face.moment import now
from terminals.face.page import books, caller, render, say
from terminals.face.words import marked
from terminals.girocode import girocode_png, girocode_svg, payload
from terminals.guest_code_api import GUEST_KEYS
from terminals.portal.top_up_choice import choice_of, plain
from terminals.qr.drawing import draw
from terminals.qr.keys import KeyRing
from terminals.qr.tokens import phone_code, sign

pages = Blueprint(
    "top_up_by_hand", __name__, url_prefix="/portal/aufladen", template_folder="templates"
)

OFFICES = 3
IMAGE = "girocode.png"  # what the file is called says nothing about whose it is


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whom to transfer what: the city, its account, the wallet's reference; None: as they like."""

    recipient: str
    iban: str
    reference: str
    amount_cents: int | None

    @property
    def code(self) -> str:
        """What the GiroCode says."""
        return payload(self.recipient, self.iban, self.amount_cents, reference=self.reference)


@dataclass(frozen=True, slots=True)
class TransferPage:
    """The GiroCode as a drawing, and the same as rows to copy. amount: as an address has it."""

    transfer: Transfer
    drawing: Markup
    iban: str
    reference: str
    amount: str
    hint: Markup


@dataclass(frozen=True, slots=True)
class CashPage:
    """The wallet's code for the counter; drawing: None where this server cannot sign one."""

    wallet: str
    drawing: Markup | None
    until: datetime | None
    offices: Sequence[str]


@pages.get("/ueberweisung")
@needs(Permission.PORTAL_OWN)
def transfer() -> Response:
    """The GiroCode, for the amount the address names or for any."""
    one = _transfer()
    drawn = girocode_svg(one.code, label=say("giro.code.alt"))
    page = TransferPage(
        one, Markup(drawn.decode()), _in_fours(one.iban), _in_fours(one.reference),  # noqa: S704
        "" if one.amount_cents is None else plain(one.amount_cents),
        marked(say("giro.ref", reference="{reference}"), reference=say("giro.reference")),
    )  # fmt: skip
    return render("portal/top_up/transfer.html", page, tab="start")


@pages.get(f"/ueberweisung/{IMAGE}")
@needs(Permission.PORTAL_OWN)
def transfer_image() -> Response:
    """The same code as an image to save: a phone cannot scan itself."""
    answer = make_response(girocode_png(_transfer().code))
    answer.content_type = "image/png"
    answer.headers["Content-Disposition"] = f'attachment; filename="{IMAGE}"'
    return answer


@pages.get("/bar")
@needs(Permission.PORTAL_OWN)
def cash() -> Response:
    """The wallet's code for the counter, good for ten minutes, and where the counters are."""
    at = now()
    with books().read_only() as session:
        wallet = _wallet(session)
        houses = posted_catalogue(session).facilities.values()
        offices = [each.name for each in houses if each.kind == "citizens_office"][:OFFICES]
    ring = cast("Callable[[], KeyRing] | None", current_app.extensions.get(GUEST_KEYS))
    if ring is None:
        return render("portal/top_up/cash.html", CashPage(wallet.code, None, None, offices))
    code = phone_code("wallet", wallet.code, now=at)
    drawn = draw(sign(code, ring().signing, now=at), label=say("cash.code.alt"))
    drawing = Markup(drawn.decode())  # noqa: S704 - drawn by us
    page = CashPage(wallet.code, drawing, code.valid_until, offices)
    return render("portal/top_up/cash.html", page, tab="start")


def _transfer() -> Transfer:
    with books().read_only() as session:
        wallet = _wallet(session)
        ibans = {one.account: one.iban for one in stored_bank_accounts(session)}
    cents = choice_of(request.args, way="transfer").cents
    return Transfer(current_app.config["CITY"], ibans[BANKS[wallet.kind]], wallet.reference, cents)


def _wallet(session: Session) -> Wallet:
    wallet = find_wallet(session, caller().wallet or "")
    assert wallet is not None  # a payer has one
    return wallet


def _in_fours(code: str) -> str:
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))

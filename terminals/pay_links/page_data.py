"""What the pages of a pay link show, one frozen dataclass each, and how they are filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from markupsafe import Markup
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.catalogue.queries import price_on
from ledger.catalogue.stored import stored_bank_accounts
from ledger.pay_links import Standing
from ledger.wallets import BANKS, find_wallet
from terminals.checkout.booking import paid_by
from terminals.checkout.payments import Payment, payments_of
from terminals.checkout.queries import disputes_of
from terminals.checkout.refunds import OnlineRefund, refunds_of
from terminals.girocode import girocode_svg, payload
from terminals.pay_links.addresses import known_receipt_path, link_path
from terminals.pay_links.paying import GOING_ON, PURPOSE

WAITING = frozenset({"waiting", "asked", "pending"})


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A line of the bill: how many of what for how much."""

    name: str
    quantity: int
    cents: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid, without anything that names a person.

    title: the first product, None for a wallet's bill. more_count: products besides. place: the
    office, None for a wallet. basis: of the first fee. kept: what the payer quotes at the office.
    """

    title: str | None
    more_count: int
    lines: Sequence[FeeLine]
    place: str | None
    basis: str | None
    kept: str


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link as its payer sees it.

    state: "open", "expired", "going_on" (a page is open), "checking" (the provider was not heard),
    "on_the_way" (a debit), "paid", "gone" (paid, and taken back since). is_online: whether the
    provider can be paid at. was_left: the payer turned back. back_is_out: what was paid too much
    has been given back. refunded_cents: what of the fee goes back besides; refund_state:
    "on_the_way", "done", or "failed" (the office pays it another way). receipt: path.
    """

    link: Standing
    bill: Bill
    state: str
    path: str
    key: UUID
    is_online: bool
    was_left: bool
    was_declined: bool
    is_wished: bool
    back_is_out: bool
    refunded_cents: int
    refund_state: str
    receipt: str | None


@dataclass(frozen=True, slots=True)
class TransferPage:
    """The GiroCode as a drawing, and the same as rows to copy; plain: the amount as typed."""

    bill: Bill
    path: str
    amount_cents: int
    plain: str
    recipient: str
    iban: str
    reference: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A payment whose outcome is not known yet; looks: how many more by itself."""

    path: str
    payment: UUID
    amount_cents: int
    looks: int
    page: str | None


def link_page(
    session: Session, link: Standing, *, at: datetime, language: str, is_online: bool,
    was_left: bool = False,
) -> LinkPage:  # fmt: skip
    """The page of a link that was not withdrawn."""
    begun = payments_of(session, PURPOSE, str(link.id))
    last = begun[0] if begun else None
    payment = paid_by(session, link.paid_entry) if link.paid_entry else None
    back = refunds_of(session, payment) if payment else []
    is_gone = payment is not None and _is_gone(session, payment, back)
    refunds = _of_the_office(back)
    return LinkPage(
        link, bill_of(session, link, language), _state(link, begun, at, is_gone=is_gone),
        link_path(link.token),
        uuid4(), is_online, was_left=was_left and link.paid_at is None,
        was_declined=last is not None and last.state == "failed" and link.paid_at is None,
        is_wished=link.wished_at is not None, back_is_out=_is_back_out(session, link),
        refunded_cents=sum(one.amount_cents for one in refunds),
        refund_state=_refund_state(refunds),
        receipt=known_receipt_path(session, link.paid_entry),
    )  # fmt: skip


def transfer_of(
    session: Session, link: Standing, *, recipient: str, language: str
) -> tuple[TransferPage, str]:
    """The page with the GiroCode of what is due, and what the code says."""
    iban = bank_of(session, link)
    text = payload(recipient, iban, link.due_cents, reference=link.reference)
    drawn = girocode_svg(text)
    page = TransferPage(
        bill_of(session, link, language), link_path(link.token), link.due_cents,
        f"{link.due_cents // 100},{link.due_cents % 100:02}", recipient, iban, link.reference,
        Markup(drawn.decode()),  # noqa: S704 - drawn by us, attributes only
    )  # fmt: skip
    return page, text


def in_fours(text: str) -> str:
    """`DE04 9990 …`: as banks print it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def bank_of(session: Session, link: Standing) -> str:
    """The IBAN a transfer for this link goes to: that of its kind of wallet, else the main one."""
    wallet = find_wallet(session, link.wallet) if link.wallet else None
    account = BANKS[wallet.kind if wallet else "citizen"]
    return next(bank.iban for bank in stored_bank_accounts(session) if bank.account == account)


def bill_of(session: Session, link: Standing, language: str) -> Bill:
    """What the link is for, in words."""
    kept = link.case_reference or f"ZL-{link.number:06d}"
    if link.facility is None:
        return Bill(None, 0, (), None, None, kept)
    catalogue = posted_catalogue(session)
    lines = tuple(
        FeeLine(
            _name(catalogue, line["product"], language), line["quantity"],
            line["quantity"] * line["unit_cents"] if not line["waiver_reason"] else 0,
        )
        for line in link.lines
    )  # fmt: skip
    first = link.lines[0]["product"]
    return Bill(
        lines[0].name, len(lines) - 1, lines, catalogue.facilities[link.facility].name,
        _basis(catalogue, first, business_day(link.made_at)), kept,
    )  # fmt: skip


def _state(link: Standing, begun: Sequence[Payment], at: datetime, *, is_gone: bool) -> str:
    if link.paid_at is not None:
        return "gone" if is_gone else "paid"
    for payment in begun:
        if payment.state == "processing":
            return "on_the_way"
        if payment.state in GOING_ON and payment.amount_cents == link.due_cents:
            return "going_on" if payment.state == "open" else "checking"
    return link.state(at)


def _is_gone(session: Session, payment: UUID, back: Sequence[OnlineRefund]) -> bool:
    """Whether the payment that settled it was taken back: by the payer's bank, or by hand."""
    by_bank = any(one.state == "lost" for one in disputes_of(session, payment))
    by_hand = (one for one in back if one.source == "elsewhere")
    return by_bank or any(one.state == "succeeded" for one in by_hand)


def _of_the_office(back: Sequence[OnlineRefund]) -> list[OnlineRefund]:
    """What goes back of the payment that settled it, because the office says so."""
    ours = (one for one in back if one.source == "subject")
    return [one for one in ours if one.state not in ("turned_down", "waiting")]


def _refund_state(refunds: Sequence[OnlineRefund]) -> str:
    states = {one.state for one in refunds}
    if "failed" in states:
        return "failed"
    return "done" if states == {"succeeded"} else "on_the_way"


def _is_back_out(session: Session, link: Standing) -> bool:
    refunds = [one for payment in link.back_of for one in refunds_of(session, payment)]
    return bool(refunds) and all(one.state not in WAITING for one in refunds)


def _name(catalogue: PostedCatalogue, product: str, language: str) -> str:
    found = catalogue.products[product]
    return found.name if language == "de" else found.name_en or found.name


def _basis(catalogue: PostedCatalogue, product: str, day: date) -> str | None:
    price = price_on(catalogue.products[product], day)
    return price.legal_basis if price else None

"""Making pay links, changing what they ask for, taking them back.

A link belongs to the basket of an office, priced by the catalogue on the day it is made, or to a
wallet, whose bill it is. The same id makes the same link once.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.orm import Session

from ledger.baskets import BasketLine, ChargeRequest, fault_of
from ledger.booking import BasketRefused, Known, book, tender_of
from ledger.catalogue.posted import posted_catalogue
from ledger.facilities import FacilityRefusal
from ledger.outcomes import ServiceRefusal, refusal_data
from ledger.pay_links.standing import Standing, locked_standing
from ledger.tables.pay_links import (
    pay_link,
    pay_link_change,
    pay_link_number,
    pay_link_wish,
    pay_link_withdrawal,
)
from ledger.tables.services import wallet
from ledger.wallets import UnknownWallet, creditor_reference

LIVES = timedelta(days=14)
REFERENCES_FROM = 9_000_000_000  # so that no reference of a link is ever a wallet's
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"  # 32: five bits each
_TOKEN_LENGTH = 26  # 130 bits


class PayLinkRefused(ServiceRefusal):
    """The link cannot be made or changed: `code` says why."""


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """What a link is for.

    id: made by whoever asks, and saved there before it is sent. Either facility and lines (till,
    shift: where a till makes it for a guest at its counter) or wallet and amount_cents.
    case_reference: of all lines. takes_transfers: whether it may also be paid by transfer.
    expires_at: None is two weeks from then.
    """

    id: UUID
    made_by: str
    made_at: datetime
    facility: str | None = None
    lines: tuple[BasketLine, ...] = ()
    wallet: str | None = None
    amount_cents: int | None = None
    case_reference: str | None = None
    till: str | None = None
    shift: str | None = None
    takes_transfers: bool = True
    expires_at: datetime | None = None

    def hash_asked(self) -> bytes:
        """What a repeated id is compared by: all of it but when it came."""
        lines = [[getattr(line, name) for name in BasketLine.__slots__] for line in self.lines]
        names = ("facility", "wallet", "amount_cents", "case_reference", "till", "takes_transfers")
        content = [getattr(self, name) for name in names]
        end = self.expires_at and self.expires_at.timestamp()
        return hashlib.sha256(json.dumps([content, lines, str(end)]).encode()).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it was made; the token is the end of its address."""

    id: UUID
    token: str
    is_new: bool


def make_link(session: Session, asked: LinkAsked) -> Link:
    """Make a link, or find it again by its id.

    Raises UnknownWallet, and PayLinkRefused: pay_link_key_reused, pay_link_without_amount,
    pay_link_end, and what the catalogue refuses of a basket.
    """
    lines, amount = _priced(session, asked)
    if amount <= 0:
        raise PayLinkRefused("pay_link_without_amount")
    expires_at = asked.expires_at or asked.made_at + LIVES
    if expires_at <= asked.made_at:
        raise PayLinkRefused("pay_link_end", expires_at=expires_at.isoformat())
    number: int = session.scalar(pay_link_number) or 0
    copied = ("id", "facility", "till", "shift", "wallet", "case_reference", "takes_transfers")
    row = {name: getattr(asked, name) for name in copied} | {
        "number": number, "token": "".join(secrets.choice(_LETTERS) for _ in range(_TOKEN_LENGTH)),
        "reference": creditor_reference(REFERENCES_FROM + number),
        "kind": "wallet" if asked.wallet else "fee", "lines": lines, "amount_cents": amount,
        "request_hash": asked.hash_asked(), "made_by": asked.made_by, "made_at": asked.made_at,
        "expires_at": expires_at,
    }  # fmt: skip
    adding = insert_or_skip(pay_link).values(row).on_conflict_do_nothing(index_elements=["id"])
    is_new = session.execute(adding.returning(pay_link.c.id)).one_or_none() is not None
    kept = select(pay_link.c.token, pay_link.c.request_hash).where(pay_link.c.id == asked.id)
    token, first_hash = session.execute(kept).one()
    if first_hash != asked.hash_asked():
        raise PayLinkRefused("pay_link_key_reused", link=str(asked.id))
    return Link(asked.id, token, is_new)


def change_link(
    session: Session, link: UUID, *, reason: str, by: str, at: datetime,
    lines: Sequence[BasketLine] | None = None, amount_cents: int | None = None,
    expires_at: datetime | None = None,
) -> Standing:  # fmt: skip
    """Ask for another basket from now on, or another amount of a wallet's bill, or hold until
    later; the payer is told the reason.

    Raises PayLinkRefused: pay_link_unknown, pay_link_over (paid or withdrawn), pay_link_noticed
    (a notice is changed by taking it back), pay_link_of_wallet (a bill has no basket, and a fee no
    amount but its basket's), and the basket's refusals.
    """
    now = _changeable(session, link)
    if lines is not None and now.notice is not None:
        raise PayLinkRefused("pay_link_noticed", link=str(link))
    if (lines if now.facility is None else amount_cents) is not None:
        raise PayLinkRefused("pay_link_of_wallet", link=str(link))
    priced, amount = list(now.lines), amount_cents or now.amount_cents
    if lines is not None:
        asked = LinkAsked(
            link, by, at, now.facility, tuple(lines), case_reference=now.case_reference
        )
        priced, amount = _priced(session, asked)
    if amount <= 0:
        raise PayLinkRefused("pay_link_without_amount")
    row = {
        "link": link, "number": now.change_count + 1, "lines": priced, "amount_cents": amount,
        "expires_at": expires_at or now.expires_at, "reason": reason, "changed_by": by,
        "changed_at": at,
    }  # fmt: skip
    session.execute(insert(pay_link_change), [row])
    return locked_standing(session, link)


def withdraw_link(session: Session, link: UUID, *, reason: str, by: str, at: datetime) -> Standing:
    """Take a link back; what is paid stays paid, and a second withdrawal changes nothing.

    A notice that was booked stays a claim: it is taken back as every charge is. Raises
    PayLinkRefused: pay_link_unknown.
    """
    now = locked_standing(session, link)
    if now.withdrawn_at is None and now.paid_at is None:
        row = {"link": link, "reason": reason, "withdrawn_by": by, "withdrawn_at": at}
        session.execute(insert(pay_link_withdrawal), [row])
    return locked_standing(session, link)


def wish_new_link(session: Session, link: UUID, *, at: datetime) -> None:
    """A payer whose link has ended asks for a new one; asking again changes nothing."""
    row = {"link": link, "wished_at": at}
    session.execute(insert_or_skip(pay_link_wish).values(row).on_conflict_do_nothing())


def charge_of(
    standing: Standing, *, key: UUID, way: str, at: datetime, receipt_number: str | None
) -> ChargeRequest:
    """The charge a link comes to, as a till would send it."""
    assert standing.facility is not None
    lines = tuple(
        BasketLine(**line, case_reference=standing.case_reference) for line in standing.lines
    )
    return ChargeRequest(
        key, standing.facility, way, at, lines, till=standing.till, shift=standing.shift,
        receipt_number=receipt_number,
    )  # fmt: skip


def _changeable(session: Session, link: UUID) -> Standing:
    now = locked_standing(session, link)
    if now.paid_at is not None or now.withdrawn_at is not None:
        raise PayLinkRefused("pay_link_over", link=str(link))
    return now


def _priced(session: Session, asked: LinkAsked) -> tuple[list[Mapping[str, Any]], int]:
    """The lines with their prices of that day, and what they come to."""
    if asked.wallet is not None:
        if session.scalar(select(wallet.c.code).where(wallet.c.code == asked.wallet)) is None:
            raise UnknownWallet(asked.wallet)
        return [], asked.amount_cents or 0
    lines = tuple(replace(line, case_reference=asked.case_reference) for line in asked.lines)
    request = ChargeRequest(
        asked.id, asked.facility or "", "online", asked.made_at, lines, till=asked.till
    )
    if fault := fault_of(request):
        raise PayLinkRefused(fault.code, **fault.data)
    catalogue = posted_catalogue(session)
    try:
        tender = tender_of(request, catalogue, {})
        # No pass is sold by a link, so none has to be numbered for a price.
        booked = book(request, tender, Known(catalogue, {}, {}, lambda: "P-000000"))
    except (BasketRefused, FacilityRefusal) as no:
        raise PayLinkRefused(no.code, **refusal_data(no)) from no
    if booked.passes or booked.visits:
        raise PayLinkRefused("pay_link_with_pass")
    return [
        {
            "product": sold.line.product, "quantity": sold.line.quantity,
            "unit_cents": sold.unit_cents, "waiver_reason": sold.line.waiver_reason,
            "applies_to": sold.line.applies_to,
        }
        for sold in booked.lines
    ], sum(sold.amount_cents for sold in booked.lines)  # fmt: skip

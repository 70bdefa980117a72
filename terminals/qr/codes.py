"""Printed guest codes at the centre: issued, found, revoked; their signed text is kept nowhere."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.passes import find_pass
from ledger.wallets import UnknownWallet, find_wallet
from terminals.errors import PassIsOver, UnknownGuestCode, UnknownPass
from terminals.qr.keys import KeyRing
from terminals.qr.tables import guest_code
from terminals.qr.tokens import Code, Kind, sign

WALLET_CARD_DAYS = 3 * 365


@dataclass(frozen=True, slots=True)
class GuestCard:
    """A printed code; instants are aware UTC, `revoked_at` None while it is in use."""

    id: int
    kind: Kind
    code: str
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None


def issue_card(
    session: Session, *, at: datetime, wallet: str = "", pass_code: str = ""
) -> GuestCard:
    """Let a printed card go out: for a wallet three years, for a pass to the end of its last day.

    Give one of the two; a wallet may be named by its reference as well. Raises UnknownWallet,
    UnknownPass and PassIsOver.
    """
    if (wallet == "") == (pass_code == ""):
        raise ValueError("a card is one wallet's or one pass's")
    kind, code, last_day = (
        _of_wallet(session, wallet, at) if wallet else _of_pass(session, pass_code, at)
    )
    until = datetime.combine(last_day + timedelta(days=1), time(), CITY_TIME)
    row = {"kind": kind, "code": code, "issued_at": at, "valid_until": until}
    return _card(session.execute(insert(guest_code).values(row).returning(*_COLUMNS)).one())


def card_text(card: GuestCard, keys: KeyRing) -> str:
    """What is printed on the card, signed with the newest key; the same each time but for that."""
    until = card.valid_until.astimezone(UTC)
    return sign(Code(card.kind, card.code, until, card.id), keys.signing, now=card.issued_at)


def find_card(session: Session, number: int) -> GuestCard | None:
    """The printed card of this number."""
    row = session.execute(select(*_COLUMNS).where(guest_code.c.id == number)).one_or_none()
    return None if row is None else _card(row)


def cards_of(session: Session, code: str) -> list[GuestCard]:
    """All cards of a wallet or pass, the revoked ones too, oldest first."""
    wanted = select(*_COLUMNS).where(guest_code.c.code == code).order_by(guest_code.c.id)
    return [_card(row) for row in session.execute(wanted)]


def revoke_card(session: Session, number: int, *, at: datetime) -> GuestCard:
    """Close the tills to a card from now on, for good. Raises UnknownGuestCode."""
    revoked = session.execute(
        update(guest_code)
        .where(guest_code.c.id == number, guest_code.c.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(*_COLUMNS)
    ).one_or_none()
    if revoked is None:
        raise UnknownGuestCode(number)
    return _card(revoked)


def _of_wallet(session: Session, code: str, at: datetime) -> tuple[Kind, str, date]:
    found = find_wallet(session, code)
    if found is None:
        raise UnknownWallet(code)
    return "wallet", found.code, business_day(at) + timedelta(days=WALLET_CARD_DAYS)


def _of_pass(session: Session, code: str, at: datetime) -> tuple[Kind, str, date]:
    found = find_pass(session, code)
    if found is None:
        raise UnknownPass(code)
    if found.ended or found.valid_until < business_day(at):
        raise PassIsOver(code)
    return "pass", found.code, found.valid_until


def _card(row: Any) -> GuestCard:
    return GuestCard(*row)


_COLUMNS = (
    guest_code.c.id, guest_code.c.kind, guest_code.c.code,
    guest_code.c.issued_at, guest_code.c.valid_until, guest_code.c.revoked_at,
)  # fmt: skip

"""What is kept about a payer: all of it to take along, and what is personal to be forgotten.

The books know a wallet and amounts and no person. Forgetting takes away what leads from a wallet
to somebody, and touches no booking: seals and balances are as before.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cases import cases_of, forget_words
from ledger.documents.spreadsheet import Cell, csv_of
from ledger.households import children_of, subsidies_of
from ledger.movements import Movement, statement
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.wallets import find_wallet
from terminals.checkout.auto_top_up import auto_of
from terminals.checkout.auto_top_up import end as end_auto_top_up
from terminals.checkout.forgetting import want_customer_gone
from terminals.checkout.payments import payments_of
from terminals.checkout.people import forget_way
from terminals.mail.letters import forget_letters
from terminals.portal.children import forget_looks, looks
from terminals.portal.closing_wishes import forget_wish
from terminals.portal.email_changes import forget_wanted_email
from terminals.portal.errors import BalanceNotZero, PaymentPending
from terminals.portal.joining import is_empty
from terminals.portal.passkeys import forget_passkeys, passkeys_of
from terminals.portal.payers import Payer
from terminals.portal.second_payers import invitations_of, withdraw_all
from terminals.portal.sessions import sessions_of
from terminals.portal.tables import payer, payer_session, sign_in_link
from terminals.portal.throttle import forget_tries

_FIRST_DAY = date(2000, 1, 1)  # before any booking of ours
_TOP_UPS = ("top_up", "auto_top_up")
_ON_THE_WAY = ("begun", "open", "processing")
YEARS_KEPT = 8  # § 147 Abs. 3 AO: vouchers, from the end of the year


def kept_until(today: date) -> date:
    """The last day what is booked today must be kept."""
    return date(today.year + YEARS_KEPT, 12, 31)


def archive(session: Session, known: Payer, *, at: datetime) -> bytes:
    """A ZIP with everything: `data.json`, and `movements.csv` for a spreadsheet."""
    moved = statement(session, known.wallet, _FIRST_DAY, business_day(at))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", _as_json(_everything(session, known, moved.movements, at)))
        packed.writestr("movements.csv", _as_csv(moved.movements))
    return file.getvalue()


def erase(session: Session, known: Payer, *, at: datetime) -> None:
    """Forget the payer; the wallet and its bookings stay.

    Raises BalanceNotZero, and PaymentPending while a payment may still arrive: then nobody would
    be there for the money.
    """
    end_auto_top_up(session, known.wallet, at=at)  # what was only planned is called off
    paid_in = [one for each in _TOP_UPS for one in payments_of(session, each, known.wallet)]
    if any(one.state in _ON_THE_WAY for one in paid_in):
        raise PaymentPending
    wallet = find_wallet(session, known.wallet)
    assert wallet is not None
    if not is_empty(session, known.wallet):
        raise BalanceNotZero(wallet.balance_cents)
    forget_way(session, known.code, at=at)
    want_customer_gone(session, known.code, at=at)
    withdraw_all(session, known, at=at)
    forget_wish(session, known.code)
    forget_wanted_email(session, known.code)
    forget_looks(session, known.code)
    forget_passkeys(session, known.code)
    session.execute(delete(sign_in_link).where(sign_in_link.c.email == known.email))
    session.execute(delete(payer_session).where(payer_session.c.payer == known.code))
    forget_tries(session, known.email)
    forget_letters(session, known.email)
    forget_words(session, known.wallet)
    session.execute(
        update(payer)
        .where(payer.c.code == known.code)
        .values(email=None, password_hash=None, dismissed=[], erased_at=at)
    )
    record(session, Caller(known.code, "payer"), "payer.erased", about=known.code)


def _everything(
    session: Session, known: Payer, moved: tuple[Movement, ...], at: datetime
) -> Mapping[str, Any]:
    children = children_of(session, known.wallet, on=business_day(at))
    seen = looks(session, known.code, [child.code for child in children])
    wallet = find_wallet(session, known.wallet)
    assert wallet is not None
    auto = auto_of(session, known.wallet)
    return {
        "made_at": at,
        "account": {
            "code": known.code, "email": known.email, "language": known.language,
            "registered_at": known.registered_at, "has_password": known.has_password,
            "notices": asdict(known.notices), "offers_dismissed": known.dismissed,
        },
        "wallet": {
            "code": wallet.code, "reference": wallet.reference,
            "balance_cents": wallet.balance_cents,
        },
        "children": [
            {"code": child.code, "facility": child.facility, "pays": child.pays,
             "sign": seen[child.code].sign, "nickname": seen[child.code].nickname}
            for child in children
        ],
        "subsidies": [asdict(one) for one in subsidies_of(session, known.wallet)],
        "shared": [asdict(one) for one in invitations_of(session, known, at=at)],
        "signed_in": [
            {"browser": one.browser, "way": one.way, "signed_in_at": one.signed_in_at,
             "seen_at": one.seen_at}
            for one in sessions_of(session, known.code, at=at)
        ],
        "passkeys": [asdict(one) for one in passkeys_of(session, known.code)],
        "cases": [asdict(one) for one in cases_of(session, known.wallet)],
        "auto_top_up": asdict(auto) if auto is not None else None,
        "movements": [asdict(one) for one in moved],
    }  # fmt: skip


def _as_json(data: Mapping[str, Any]) -> str:
    # Days, instants and keys as the text they are written as everywhere: ISO 8601, RFC 9562.
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)


def _as_csv(moved: tuple[Movement, ...]) -> bytes:
    rows: list[tuple[Cell, ...]] = [
        (one.day.isoformat(), one.kind, one.child, one.facility, one.amount_cents,
         one.subsidy_cents, str(one.id))
        for one in moved
    ]  # fmt: skip
    return csv_of(("day", "kind", "child", "facility", "amount", "subsidy", "key"), rows)

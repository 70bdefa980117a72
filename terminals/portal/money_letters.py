"""What a payer is told by mail about money: arrived, returned, on its way back, running low.

Sent to the payer of the wallet, whoever that is when it happens; an erased account is told
nothing. No letter names a child, and none the subsidy: that there is a reminder is all it says.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from babel.dates import format_date
from sqlalchemy.orm import Session

from ledger.low_balance import EndingSubsidy, LowWallet
from ledger.outlook import Outlook, outlook
from ledger.wallets import find_wallet
from terminals.face.amounts import euros
from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.payers import Payer, payer_of_wallet

HOME, TOP_UP = "/portal/", "/portal/aufladen"

_PATTERNS = {"de": "EEEE, d. MMMM", "en": "EEEE, d MMMM"}


def tell_arrived(
    session: Session, wallet: str, amount_cents: int, *, key: UUID, at: datetime
) -> None:
    """That money is on the wallet, and how long it lasts now; to those who want to know."""
    payer = payer_of_wallet(session, wallet)
    if payer is None or not payer.notices.tells_arrived:
        return
    _post(session, payer, "arrived", {
        "amount": euros(amount_cents, payer.language),
        "balance": _balance(session, wallet, payer),
        "lasts": _lasts(outlook(session, wallet, at=at), payer),
    }, key=key, path=HOME)  # fmt: skip


def tell_returned(session: Session, wallet: str, amount_cents: int, *, key: UUID) -> None:
    """That the bank took a debit back; always told, as it changes what is to be paid."""
    payer = payer_of_wallet(session, wallet)
    if payer is not None:
        _post(session, payer, "returned", {
            "amount": euros(amount_cents, payer.language),
            "balance": _balance(session, wallet, payer),
        }, key=key, path=TOP_UP)  # fmt: skip


def tell_sent_back(session: Session, wallet: str, amount_cents: int, *, key: UUID) -> None:
    """That money is on its way back to the payer; always told."""
    payer = payer_of_wallet(session, wallet)
    if payer is not None:
        values = {"amount": euros(amount_cents, payer.language)}
        _post(session, payer, "sent_back", values, key=key, path=HOME)


def tell_not_sent_back(session: Session, wallet: str, amount_cents: int, *, key: UUID) -> None:
    """That money could not be paid back and is on the wallet again; always told."""
    payer = payer_of_wallet(session, wallet)
    if payer is not None:
        _post(session, payer, "not_sent_back", {
            "amount": euros(amount_cents, payer.language),
            "balance": _balance(session, wallet, payer),
        }, key=key, path=HOME)  # fmt: skip


def tell_low(session: Session, low: LowWallet, *, at: datetime) -> bool:
    """The friendly reminder; False where nobody is to be told."""
    payer = payer_of_wallet(session, low.wallet)
    if payer is None or not payer.notices.tells_low:
        return False
    _post(session, payer, "low", {
        "balance": euros(low.balance_cents, payer.language),
        "lasts": _lasts(low.outlook, payer),
    }, key=uuid5(payer.handle, f"low-{at.isoformat()}"), path=TOP_UP)  # fmt: skip
    return True


def tell_ending(session: Session, ending: EndingSubsidy) -> bool:
    """A reminder waits, says the letter; what it is about only the page says."""
    payer = payer_of_wallet(session, ending.wallet)
    if payer is None:
        return False
    key = uuid5(payer.handle, f"ending-{ending.child}-{ending.valid_until}")
    values = {"day": _day(ending.valid_until, payer)}
    _post(session, payer, "ending", values, key=key, path=f"/portal/kinder/{ending.child}")
    return True


def _post(
    session: Session, payer: Payer, name: str, values: Mapping[str, str], *, key: UUID, path: str
) -> None:
    say = words_of(payer.language)
    letter = Letter(
        payer.email, payer.language, say(f"mail.{name}.subject", **values),
        (say(f"mail.{name}.text", **values), say(f"mail.{name}.more", **values)),
        (say(f"mail.{name}.button"), address(path)),
    )  # fmt: skip
    post_letter(session, letter, key=uuid5(key, f"mail-{name}"))


def _balance(session: Session, wallet: str, payer: Payer) -> str:
    found = find_wallet(session, wallet)
    return euros(found.balance_cents if found else 0, payer.language)


def _lasts(seen: Outlook, payer: Payer) -> str:
    """How long it lasts, in a sentence; the same words as on the first page."""
    say = words_of(payer.language)
    if seen.more_than_a_month:
        return say("mail.lasts.month")
    if not seen.has_bookings or seen.until is None or not seen.meals:
        return ""
    return say("mail.lasts.until", n=seen.meals, day=_day(seen.until, payer))


def _day(one: date, payer: Payer) -> str:
    return format_date(one, _PATTERNS[payer.language], locale=payer.language)

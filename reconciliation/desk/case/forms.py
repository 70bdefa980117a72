"""The forms of a case that take more than a word: rows chosen by hand, parts, a loss."""

from datetime import date, datetime
from itertools import zip_longest

from flask import request
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from reconciliation.casework.byhand import SIDES, Rest, match_by_hand
from reconciliation.casework.cases import find_case
from reconciliation.casework.correcting import Correction, ask_to_correct, ask_to_take_back
from reconciliation.casework.deciding import Codes, Done, Part, split, write_off
from reconciliation.casework.refusals import CaseworkRefused

MOST_PARTS = 10


def by_hand(session: Session, by: Caller, number: int, at: datetime) -> Done:
    """Match the case with the rows ticked in `posten`, each `side:code`."""
    chosen: dict[str, list[str]] = {side: [] for side in SIDES}
    for ticked in request.form.getlist("posten"):
        side, _, code = ticked.partition(":")
        if side not in chosen:
            raise CaseworkRefused("difference_codes")
        chosen[side].append(code)
    account, words = request.form.get("konto", ""), request.form.get("worte", "")
    return match_by_hand(
        session, by, number, version=_version(),
        chosen=Codes(chosen["expected"], chosen["provider"], chosen["bank"]), at=at,
        rest=Rest(account, words) if account else None,
    )  # fmt: skip


def divide(session: Session, by: Caller, number: int, at: datetime) -> Done:
    """Take the case apart by rows of `konto` and `betrag`."""
    accounts, amounts = request.form.getlist("konto"), request.form.getlist("betrag")
    parts = [
        Part(account, cents_of(amount))
        for account, amount in zip_longest(accounts[:MOST_PARTS], amounts, fillvalue="")
        if account and amount.strip()
    ]
    words = request.form.get("worte", "")
    return split(session, by, number, version=_version(), parts=parts, words=words, at=at)


def give_up(session: Session, by: Caller, number: int, at: datetime) -> Done:
    """Ask for the whole amount to be written off to `konto`."""
    reason = " ".join(filter(None, (request.form.get("grund"), request.form.get("worte"))))
    return write_off(
        session, by, number, version=_version(), account=request.form.get("konto", ""),
        words=reason if request.form.get("worte", "").strip() else "", at=at,
    )  # fmt: skip


def correction(session: Session, by: Caller, number: int, _: datetime) -> Done:
    """Prepare moving `betrag` between the case's account and `konto`; seite: which side of the
    entry the case's account is on, `soll` or `haben`."""
    own, other = find_case(session, number).account or "", request.form.get("konto", "")
    cents = cents_of(request.form.get("betrag", ""))
    is_debit = request.form.get("seite") == "soll"
    what = Correction(own, other, cents) if is_debit else Correction(other, own, cents)
    words = request.form.get("worte", "")
    return ask_to_correct(session, by, number, what, version=_version(), words=words)


def reversal(session: Session, by: Caller, number: int, _: datetime) -> Done:
    """Prepare taking back what two people booked last."""
    words = request.form.get("worte", "")
    return ask_to_take_back(session, by, number, version=_version(), words=words)


def cents_of(words: str) -> int:
    """`1.118,40` → 111840. Raises CaseworkRefused (difference_sum) for what is no amount."""
    whole, _, rest = words.strip().replace(".", "").replace("€", "").strip().partition(",")
    digits = f"{whole}{(rest + '00')[:2]}"
    if not digits.isdecimal() or not digits.isascii() or len(rest) > 2 or len(digits) > 13:
        raise CaseworkRefused("difference_sum")
    return int(digits)


def day_of(name: str) -> date:
    """A day of the form. Raises CaseworkRefused (difference_due)."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as wrong:
        raise CaseworkRefused("difference_due") from wrong


def _version() -> str:
    return request.form.get("fassung", "")

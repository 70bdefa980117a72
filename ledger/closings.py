"""Closing a wallet: asked for by its payer, released by a second person, paid back, once.

Posting rule 40. All meals are charged and all claims settled first. Money goes back the way it
came: direct debits of the last eight weeks to the account they were taken from and nowhere else,
then the cards that topped up last, and what is left to an account the payer names.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.claims import open_claims, settle_claims
from ledger.closing_rows import (
    Closing,
    ClosingRefused,
    Payout,
    Source,
    closing_locked,
    closing_of,
    is_iban,
    read_closings,
    set_closing,
)
from ledger.entries import Dimensions, Entry, Posted, Refused
from ledger.errors import constraint_of
from ledger.households import children_of
from ledger.journal import post
from ledger.outlook import outlook
from ledger.periods import first_open_day
from ledger.permissions import Caller
from ledger.shared_children import end_sharing
from ledger.staff.audit import record
from ledger.standing_orders import end_standing_order, resume_standing_order
from ledger.sub_accounts import lock_funds
from ledger.tables.families import closing_payout, wallet_closing
from ledger.tenders import meal_wallet
from ledger.wallets import UnknownWallet, find_wallet

DEBIT_CAN_RETURN = timedelta(weeks=8)
RELEASING_ROLE = "finance_approver"

__all__ = ["Closing", "ClosingRefused", "Payout", "Source", "closing_of", "is_iban"]


def request_closing(
    session: Session, wallet: str, *, key: UUID, last_day: date, iban: str | None = None,
    holder: str | None = None, at: datetime,
) -> Closing:  # fmt: skip
    """Ask to close a wallet after the meals of `last_day`; the same key asks once.

    From the day after on nothing is ordered any more. iban, holder: where money goes that cannot
    go back the way it came. What came in after an account was paid out is asked for again. Raises
    UnknownWallet and ClosingRefused (closing_iban, closing_day, closing_known).
    """
    if find_wallet(session, wallet) is None:
        raise UnknownWallet(wallet)
    if (iban is None) != (holder is None) or (iban is not None and not is_iban(iban)):
        raise ClosingRefused("closing_iban")
    if last_day < business_day(at):
        raise ClosingRefused("closing_day", day=last_day.isoformat())
    if (known := running_closing(session, wallet)) is not None:
        return _same(known, key)
    row = {
        "id": key, "wallet": wallet, "state": "requested", "last_day": last_day, "iban": iban,
        "holder": holder, "requested_at": at, "changed_at": at,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(wallet_closing), [row])
    except IntegrityError as refused:
        if constraint_of(refused) not in ("wallet_closing_one", "wallet_closing_pkey"):
            raise
        return _same(closing_of(session, wallet), key)
    for child in children_of(session, wallet, on=business_day(at)):
        if child.wallet == wallet:
            after = last_day + timedelta(days=1)
            end_standing_order(session, child.code, ends_before=after, at=at)
        else:
            end_sharing(session, wallet, child.code, at=at)
    return closing_locked(session, key)


def running_closing(session: Session, wallet: str) -> Closing | None:
    """As `closing_of`; None too where all was paid out and money has come onto the wallet since."""
    found = closing_of(session, wallet)
    if found is None or found.state != "paid_out":
        return found
    now = find_wallet(session, wallet)
    return None if now is not None and now.balance_cents > 0 else found


def withdraw_closing(session: Session, wallet: str, *, at: datetime) -> Closing:
    """The payer stays, as long as nothing was released; standing orders go on as before.

    Raises ClosingRefused (closing_unknown, closing_released).
    """
    found = closing_of(session, wallet)
    if found is None:
        raise ClosingRefused("closing_unknown")
    found = closing_locked(session, found.id)
    if found.state != "requested":
        raise ClosingRefused("closing_released", state=found.state)
    set_closing(session, found.id, "withdrawn", at=at, iban=None, holder=None)
    for child in children_of(session, wallet, on=business_day(at)):
        if child.wallet == wallet:
            resume_standing_order(session, child.code, found.last_day + timedelta(days=1), at=at)
    return replace(found, state="withdrawn", iban=None, holder=None, changed_at=at)


def closings(session: Session, *, state: str | None = None) -> list[Closing]:
    """Closings for finance, the oldest first; `state`: of that one alone."""
    wanted = select(wallet_closing).order_by(wallet_closing.c.requested_at)
    if state is not None:
        wanted = wanted.where(wallet_closing.c.state == state)
    return read_closings(session, wanted)


def why_not_yet(session: Session, closing: Closing, *, at: datetime) -> str | None:
    """What has to happen before it can be released, as a code; None if it can be.

    closing_meals_open, closing_claim_open, closing_in_debt or closing_held.
    """
    found = find_wallet(session, closing.wallet)
    if found is None:
        raise UnknownWallet(closing.wallet)
    if business_day(at) < closing.last_day or outlook(session, closing.wallet, at=at).has_bookings:
        return "closing_meals_open"
    if found.balance_cents < 0:
        return "closing_in_debt"
    if open_claims(session, closing.wallet) > found.balance_cents:
        return "closing_claim_open"
    return "closing_held" if found.available_cents != found.balance_cents else None


def release_closing(
    session: Session, by: Caller, closing: UUID, *, sources: Sequence[Source] = (), at: datetime
) -> Closing:
    """Release it as the second person: the balance leaves the wallet and is shared out.

    sources: payments that can still be paid back, whichever order. The payouts of a payment are
    then asked for at the provider by the caller, in this transaction; the others by transfer.
    Raises ClosingRefused: closing_role, closing_released, why_not_yet's, closing_iban_missing,
    closing_debit_recent (a direct debit that can still be returned is not among the sources).
    """
    if by.role != RELEASING_ROLE:
        raise ClosingRefused("closing_role", role=by.role)
    found = closing_locked(session, closing)
    if found.state != "requested":
        raise ClosingRefused("closing_released", state=found.state)
    settle_claims(session, at=at, wallets=[found.wallet])
    if code := why_not_yet(session, found, at=at):
        raise ClosingRefused(code, wallet=found.wallet)
    cents = _locked_balance(session, found.wallet)
    payouts = share_out(found, cents, sources, at=at)
    _check_debits(session, found, payouts, cents, at=at)
    entry_id = _empty(session, found, cents, at=at) if cents else None
    rows = [_row(found, one, at) for one in payouts]
    if rows:
        session.execute(insert(closing_payout), rows)
    session.execute(
        update(wallet_closing)
        .where(wallet_closing.c.id == closing)
        .values(
            state="released" if rows else "paid_out", released_at=at, released_by=by.name,
            amount_cents=cents, entry_id=entry_id, changed_at=at,
        )
    )  # fmt: skip
    detail = {"wallet": found.wallet, "amount_cents": cents}
    record(session, by, "closing.released", about=str(closing), detail=detail)
    return closing_locked(session, closing)


def share_out(
    closing: Closing, cents: int, sources: Sequence[Source], *, at: datetime
) -> list[Payout]:
    """Which part of the money goes which way: recent direct debits, cards, then the transfer.

    Raises ClosingRefused (closing_iban_missing, with the cents that have nowhere to go).
    """
    today = business_day(at)
    recent = [
        one for one in sources
        if one.way == "sepa_debit" and one.paid_on + DEBIT_CAN_RETURN >= today
    ]  # fmt: skip
    cards = [one for one in sources if one.way == "card"]
    payouts, left = list[Payout](), cents
    for one in (*_newest(recent), *_newest(cards)):
        amount = min(left, one.left_cents)
        if amount > 0:
            key = uuid5(closing.id, f"payout {one.payment}")
            payouts.append(Payout(key, one.way, one.payment, amount, "released"))
            left -= amount
    if left and closing.iban is None:
        raise ClosingRefused("closing_iban_missing", cents=left)
    if left:
        key = uuid5(closing.id, "payout transfer 1")
        payouts.append(Payout(key, "transfer", None, left, "released"))
    return payouts


def recent_debits(session: Session, wallet: str, *, at: datetime) -> int:
    """Cents of direct debits of the last eight weeks that were not returned: so much of the
    balance goes back to the account they came from and nowhere else."""
    since = business_day(at) - DEBIT_CAN_RETURN
    values = {"account": meal_wallet(wallet).account, "since": since}
    return max(0, int(session.execute(_DEBITS, values).scalar_one()))


def _same(known: Closing | None, key: UUID) -> Closing:
    if known is None or known.id != key:
        raise ClosingRefused("closing_known")
    return known


def _check_debits(
    session: Session, found: Closing, payouts: Sequence[Payout], cents: int, *, at: datetime
) -> None:
    to_same = sum(one.amount_cents for one in payouts if one.way == "sepa_debit")
    recent = min(cents, recent_debits(session, found.wallet, at=at))
    if to_same < recent:
        raise ClosingRefused("closing_debit_recent", cents=recent - to_same)


def _newest(sources: Sequence[Source]) -> list[Source]:
    return sorted(sources, key=lambda one: (one.paid_on, one.payment), reverse=True)


def _locked_balance(session: Session, wallet: str) -> int:
    """What is on the wallet; nobody moves it until the transaction ends."""
    lock_funds(session, [meal_wallet(wallet).account])
    found = find_wallet(session, wallet)
    return found.balance_cents if found else 0


def _empty(session: Session, found: Closing, cents: int, *, at: datetime) -> int:
    transfers = posted_catalogue(session).rulebook.transfers(
        "wallet_closed", amounts={"amount": cents},
        roles={"wallet": meal_wallet(found.wallet).account},
        dimensions=Dimensions(channel="wallet"),
    )  # fmt: skip
    day = first_open_day(session, business_day(at))
    entry = Entry(uuid5(found.id, "wallet_closed"), "wallet_closed", day, transfers)
    (outcome,) = post(session, [entry])
    if not isinstance(outcome, Posted):
        code = outcome.code if isinstance(outcome, Refused) else "closing_released"
        raise ClosingRefused(code, wallet=found.wallet)
    return outcome.entry_id


def _row(found: Closing, one: Payout, at: datetime) -> dict[str, object]:
    return {
        "id": one.id, "closing": found.id, "way": one.way, "payment": one.payment,
        "amount_cents": one.amount_cents, "state": one.state, "changed_at": at,
    }  # fmt: skip


_DEBITS = text("""
    SELECT coalesce(sum(CASE WHEN a.id = t.credit_account THEN t.amount_cents
                             ELSE -t.amount_cents END), 0)
      FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
     WHERE a.code = :account AND t.booked_on >= :since AND t.channel = 'direct_debit'""")

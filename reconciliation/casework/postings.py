"""What a decision books: shown before, booked once after, and never without a second person
where money leaves or is given up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Posted, Refused, Transfer
from ledger.errors import UnknownAccount
from ledger.journal import mirrored, post, reverse
from ledger.periods import first_open_day
from ledger.rules import Posting as RulePosting
from ledger.rules import RuleFault
from ledger.tables.books import account
from ledger.tables.catalogue import bank_account
from reconciliation.casework.refusals import CaseworkRefused

LOSS_ACCOUNTS = ("547300", "549100", "543100", "543110", "549200")
GAIN_ACCOUNTS = ("459200", "459100")
# Where a difference may be moved to without gain or loss, in the order of the chart.
MOVE_ACCOUNTS = (
    "371100", "171200", "171300", "161100", "171100", "371300", "371400", "184000", "184100",
    "184110", "184200", "184300", "184400",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posting:
    """One event of the posting rules with its amounts in cents and its accounts by role.

    reverses: an entry that is taken back as a whole instead; it stands alone, event "reversal".
    """

    event: str
    amounts: Mapping[str, int]
    roles: Mapping[str, str]
    reverses: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a request."""
        return asdict(self)


def posting_from(stored: Mapping[str, Any]) -> Posting:
    """A posting as it was kept, or as the night proposes it."""
    return Posting(
        stored["event"], stored.get("amounts", {}), stored.get("roles", {}), stored.get("reverses")
    )  # fmt: skip


def settling(account_code: str, amount_cents: int, target: str) -> Posting:
    """Take `amount_cents` (confirmed less expected) off a clearing account, to `target`.

    Missing money (negative) stands in debit on the clearing account and leaves it by a credit;
    too much stands in credit and leaves it by a debit.
    """
    cents, head = abs(amount_cents), target.partition("/")[0]
    if amount_cents < 0:
        role = "loss" if head in LOSS_ACCOUNTS else "moved_to"
        event = "difference_written_off" if role == "loss" else "difference_moved"
        return Posting(event, {"amount": cents}, {role: target, "moved_from": account_code})
    if head in GAIN_ACCOUNTS or head in LOSS_ACCOUNTS:
        return Posting(
            "difference_gained", {"amount": cents}, {"moved_to": account_code, "gain": target}
        )
    return Posting(
        "difference_moved", {"amount": cents}, {"moved_to": account_code, "moved_from": target}
    )


def transfers_of(session: Session, postings: Sequence[Posting]) -> tuple[Transfer, ...]:
    """The transfers that these postings book.

    Raises CaseworkRefused: difference_booking where the rules do not allow them,
    difference_account for one that takes no postings.
    """
    if postings and postings[0].reverses is not None:
        return mirrored(session, postings[0].reverses)
    rulebook = posted_catalogue(session).rulebook
    try:
        transfers = rulebook.book(
            RulePosting(one.event, one.amounts, one.roles, Dimensions()) for one in postings
        )
    except (RuleFault, ValueError) as fault:
        raise CaseworkRefused("difference_booking", why=str(fault)) from fault
    _check_accounts(session, transfers)
    return transfers


def _check_accounts(session: Session, transfers: Iterable[Transfer]) -> None:
    """Before a second person is asked: an account that takes no posting never will."""
    codes = {code for one in transfers for code in (one.debit, one.credit)}
    postable = select(account.c.code).where(account.c.code.in_(codes), ~account.c.is_control)
    strange = sorted(codes - set(session.scalars(postable)))
    if strange:
        raise CaseworkRefused("difference_account", account=strange[0])


def money_is_given_up(session: Session, transfers: Iterable[Transfer]) -> bool:
    """Whether a bank account pays, or the city takes a gain or a loss: then two people decide."""
    moved = list(transfers)
    banks = set(session.scalars(select(bank_account.c.account)))
    touched = {code for one in moved for code in (one.debit, one.credit)}
    rows = session.execute(
        select(account.c.code, account.c.kind).where(account.c.code.in_(touched))
    )
    kinds = {row.code: row.kind for row in rows}
    result_accounts = {code for code, kind in kinds.items() if kind in ("expense", "income")}
    return any(one.credit in banks for one in moved) or bool(result_accounts)


@dataclass(frozen=True, slots=True)
class Booking:
    """What is to be booked under which key. reference: what people look for it by."""

    key: UUID
    postings: Sequence[Posting]
    reference: str


def book(session: Session, what: Booking, *, at: datetime) -> int | None:
    """Book it on the first open day; the entry, None where the postings come to nothing.

    Once per key. Raises CaseworkRefused: difference_booking with the books' own code.
    """
    transfers = transfers_of(session, what.postings)
    if not transfers:
        return None
    day = first_open_day(session, business_day(at))
    first, outcome = what.postings[0], None
    entry = Entry(what.key, first.event, day, transfers, reference=what.reference)
    try:
        if first.reverses is not None:
            outcome = reverse(
                session, first.reverses, key=what.key, booked_on=day, reference=what.reference
            )
        else:
            (outcome,) = post(session, [entry])
    except UnknownAccount as unknown:
        raise CaseworkRefused("difference_account", account=unknown.account) from unknown
    if isinstance(outcome, Posted):
        return outcome.entry_id
    why = outcome.code if isinstance(outcome, Refused) else "conflict"
    raise CaseworkRefused("difference_booking", why=why)

"""What this person can do with a case now, what it would book, and why not where they cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.balances import balance
from ledger.calendar import add_bank_days, business_day
from ledger.entries import Transfer
from ledger.journal import mirrored
from ledger.periods import first_open_day
from ledger.permissions import Caller
from ledger.tables.books import account
from ledger.tables.staff import staff
from reconciliation.casework.cases import Case
from reconciliation.casework.deciding import proposal_postings
from reconciliation.casework.noting import LONGEST_WAIT_BANK_DAYS, OWNING_ROLES
from reconciliation.casework.postings import (
    GAIN_ACCOUNTS,
    LOSS_ACCOUNTS,
    MOVE_ACCOUNTS,
    Posting,
    money_is_given_up,
    transfers_of,
)
from reconciliation.casework.refusals import CaseworkRefused

FILE_CASES = frozenset({"FILE_MISSING", "STATEMENT_MISSING", "EOD_MISSING"})


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One side of a transfer as a Buchungssatz shows it; the other amount is None."""

    account: str
    name: str
    debit_cents: int | None
    credit_cents: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What accepting books. after: balances of the accounts afterwards, debit positive.

    day: when it is booked; late: that today is locked, so it is a later day. problem: why the
    books would refuse it.
    """

    lines: Sequence[PostingLine]
    after: Sequence[tuple[str, int]]
    needs_second: bool
    day: date
    is_late: bool
    problem: str = ""

    @property
    def cents(self) -> int:
        """What is booked in all."""
        return sum(line.debit_cents or 0 for line in self.lines)


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done. people: who may have the case; targets: accounts for parts and losses.

    may_decide: in this role at all; waits: for whose release; version: for the forms.
    """

    number: int
    version: str
    is_open: bool
    may_decide: bool
    is_file: bool
    waits: str | None
    preview: Preview | None
    people: Sequence[tuple[str, str]]
    losses: Sequence[tuple[str, str]]
    targets: Sequence[tuple[str, str]]
    owner: str | None
    latest_due: date
    cents: int
    can_book: bool


def acts_for(session: Session, case: Case, by: Caller, *, at: datetime) -> Acts:
    """Everything the forms of a case need."""
    may_decide = by.role in OWNING_ROLES and by.person is not None
    heads = LOSS_ACCOUNTS if case.amount_cents < 0 else GAIN_ACCOUNTS
    names = account_names(session, (*heads, *MOVE_ACCOUNTS))
    return Acts(
        case.number, case.version, case.is_open, may_decide, case.kind in FILE_CASES,
        case.asker_name if case.request else None,
        preview_of(session, proposal_postings(case), at=at),
        _people(session) if may_decide else (),
        [(code, f"{code} {names[code]}") for code in heads if code in names],
        [(code, f"{code} {names[code]}") for code in (*MOVE_ACCOUNTS, *heads) if code in names],
        case.owner, add_bank_days(business_day(at), LONGEST_WAIT_BANK_DAYS), case.amount_cents,
        case.account is not None and case.amount_cents != 0,
    )  # fmt: skip


def preview_of(session: Session, postings: Sequence[Posting], *, at: datetime) -> Preview | None:
    """What these postings book and leave; None where they book nothing."""
    if not postings:
        return None
    try:
        transfers = transfers_of(session, postings)
    except CaseworkRefused as no:
        day = first_open_day(session, business_day(at))
        return Preview((), (), needs_second=False, day=day, is_late=False, problem=no.code)
    return preview_of_transfers(session, transfers, at=at)


def preview_of_reversal(session: Session, entry: int, *, at: datetime) -> Preview:
    """What taking this entry back books and leaves."""
    return preview_of_transfers(session, mirrored(session, entry), at=at)


def preview_of_transfers(
    session: Session, transfers: Sequence[Transfer], *, at: datetime
) -> Preview:
    """What these transfers book in sum and leave."""
    today = business_day(at)
    day = first_open_day(session, today)
    codes = {code for moved in transfers for code in (moved.debit, moved.credit)}
    names = account_names(session, codes)
    return Preview(
        _lines(transfers, names), _after(session, transfers),
        money_is_given_up(session, transfers), day, day != today,
    )  # fmt: skip


def account_names(session: Session, codes: Sequence[str] | set[str]) -> Mapping[str, str]:
    """Names of accounts by code; a sub-account goes by its control account's."""
    heads = {code.partition("/")[0] for code in codes}
    rows = session.execute(
        select(account.c.code, account.c.name).where(account.c.code.in_([*codes, *heads]))
    )
    found = {row.code: row.name for row in rows}
    return {code: found.get(code.partition("/")[0], code) for code in codes if code in found}


def _lines(transfers: Sequence[Transfer], names: Mapping[str, str]) -> list[PostingLine]:
    sums: dict[tuple[str, bool], int] = {}
    for moved in transfers:
        for code, is_debit in ((moved.debit, True), (moved.credit, False)):
            sums[code, is_debit] = sums.get((code, is_debit), 0) + moved.amount.cents
    ordered = sorted(sums.items(), key=lambda item: not item[0][1])
    return [
        PostingLine(
            code, names.get(code, ""), cents if is_debit else None, None if is_debit else cents
        )
        for (code, is_debit), cents in ordered
    ]


def _after(session: Session, transfers: Sequence[Transfer]) -> list[tuple[str, int]]:
    changes: dict[str, int] = {}
    for moved in transfers:
        changes[moved.debit] = changes.get(moved.debit, 0) + moved.amount.cents
        changes[moved.credit] = changes.get(moved.credit, 0) - moved.amount.cents
    return [
        (code, balance(session, code).debit_balance_cents + change)
        for code, change in changes.items()
    ]


def _people(session: Session) -> list[tuple[str, str]]:
    known = select(staff.c.code, staff.c.name).where(
        staff.c.is_active, staff.c.role.in_(OWNING_ROLES)
    )
    return [(row.code, row.name) for row in session.execute(known.order_by(staff.c.name))]

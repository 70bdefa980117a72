"""Balances: now, on a business day, and as they were known when a block was sealed.

Running totals per account and block plus the few entries after the last block make "now" cost
the same for an account with a hundred transfers and with a million. A balance as of a day is
the running total less what the days after it moved, so recent days are cheap as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.accounts import find_accounts

DEBIT_KINDS = ("asset", "expense")


@dataclass(frozen=True, slots=True)
class Balance:
    """Everything ever debited and credited to an account up to the cut, in cents."""

    debit_cents: int
    credit_cents: int

    @property
    def debit_balance_cents(self) -> int:
        """Debits less credits: positive is a Soll balance, negative a Haben balance."""
        return self.debit_cents - self.credit_cents


@dataclass(frozen=True, slots=True)
class TrialBalanceLine:
    """One account of the trial balance."""

    code: str
    name: str
    kind: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class Cut:
    """What a read counts: blocks up to `block_number`, and the unsealed tail or not.

    as_of: business days up to and including this one; None for all.
    last_entry: the entry the running totals end with.
    """

    block_number: int
    last_entry: int
    with_tail: bool
    as_of: date | None


def balance(
    session: Session, code: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> Balance:
    """The balance of one account; of a control account, its whole sub-ledger's.

    as_of: counting business days up to this one. known_at: counting only what was sealed by
    then, so the same question gets the same answer for ever. Raises UnknownAccount.
    """
    found = find_accounts(session, [code])[code]
    cut = cut_at(session, as_of=as_of, known_at=known_at)
    if found.is_control:
        ids = session.scalars(
            text("SELECT id FROM account WHERE control_id = :control"), {"control": found.id}
        ).all()
    else:
        ids = [found.id]
    totals = _totals(session, cut, ids).values()
    return Balance(sum(t.debit_cents for t in totals), sum(t.credit_cents for t in totals))


def trial_balance(
    session: Session,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    sub_ledgers: bool = False,
) -> list[TrialBalanceLine]:
    """Every account that ever moved, by code; sub-ledgers summed up unless asked for."""
    cut = cut_at(session, as_of=as_of, known_at=known_at)
    totals = _totals(session, cut, None)
    accounts = session.execute(
        text("SELECT a.id, a.code, a.name, a.kind, c.code AS control FROM account a"
             " LEFT JOIN account c ON c.id = a.control_id ORDER BY a.code")
    ).all()  # fmt: skip
    names = {row.code: row for row in accounts}
    sums: dict[str, Balance] = {}
    for row in accounts:
        if row.id in totals:
            code = row.code if sub_ledgers or row.control is None else row.control
            sums[code] = _add(sums.get(code, Balance(0, 0)), totals[row.id])
    return [
        TrialBalanceLine(code, names[code].name, names[code].kind, sums[code])
        for code in sorted(sums)
    ]


def sub_ledger_balances(
    session: Session, control: str, *, as_of: date | None = None
) -> Mapping[str, Balance]:
    """Every account below `control` that has ever moved, by code; most clearing ones are even."""
    cut = cut_at(session, as_of=as_of, known_at=None)
    accounts = session.execute(
        text("SELECT a.id, a.code FROM account a JOIN account c ON c.id = a.control_id"
             " WHERE c.code = :control ORDER BY a.code"),
        {"control": control},
    ).all()  # fmt: skip
    totals = _totals(session, cut, [row.id for row in accounts]) if accounts else {}
    return {row.code: totals[row.id] for row in accounts if row.id in totals}


def cut_at(session: Session, *, as_of: date | None, known_at: datetime | None) -> Cut:
    """Read the frontier first and pass it on as values: the planner knows them then."""
    row = session.execute(
        text("SELECT number, last_entry FROM block"
             " WHERE CAST(:known_at AS timestamptz) IS NULL OR sealed_at <= :known_at"
             " ORDER BY number DESC LIMIT 1"),
        {"known_at": known_at},
    ).one_or_none()  # fmt: skip
    number, last_entry = row or (0, 0)
    return Cut(number, last_entry, known_at is None, as_of)


# `{which}` picks the accounts: one, a list or all; a plan for one must not serve the others.
_RUNNING = """
    SELECT DISTINCT ON (account_id) account_id, debit_cents, credit_cents FROM account_total
     WHERE account_id {which} AND block_number <= :block ORDER BY account_id, block_number DESC"""

_TAIL = """
    SELECT debit_account, sum(amount_cents)::bigint, 0::bigint FROM transfer
     WHERE debit_account {which} AND entry_id > :last_entry AND booked_on <= :as_of GROUP BY 1
    UNION ALL
    SELECT credit_account, 0, sum(amount_cents)::bigint FROM transfer
     WHERE credit_account {which} AND entry_id > :last_entry AND booked_on <= :as_of GROUP BY 1"""

_LATER_DAYS = """
    SELECT account_id, -sum(debit_cents)::bigint, -sum(credit_cents)::bigint FROM turnover
     WHERE account_id {which} AND booked_on > :as_of AND block_number <= :block GROUP BY 1"""

_ONE, _SOME, _ALL = "= :account", "= ANY (CAST(:accounts AS int[]))", "IS NOT NULL"


def _totals(session: Session, cut: Cut, accounts: Sequence[int] | None) -> Mapping[int, Balance]:
    """Totals by account id, for `accounts` or for all of them."""
    which = _ALL if accounts is None else _ONE if len(accounts) == 1 else _SOME
    parts = [_RUNNING] + [_TAIL] * cut.with_tail + [_LATER_DAYS] * (cut.as_of is not None)
    statement = " UNION ALL ".join(f"({part.format(which=which)})" for part in parts)
    values = {
        "block": cut.block_number, "last_entry": cut.last_entry, "as_of": cut.as_of or date.max,
        "accounts": accounts, "account": accounts[0] if accounts else None,
    }  # fmt: skip
    totals: dict[int, Balance] = {}
    for account_id, debit, credit in session.execute(text(statement), values):
        totals[account_id] = _add(totals.get(account_id, Balance(0, 0)), Balance(debit, credit))
    return totals


def _add(one: Balance, other: Balance) -> Balance:
    return Balance(one.debit_cents + other.debit_cents, one.credit_cents + other.credit_cents)

"""Control totals: two ways to the same figure, before anybody looks at single lines.

The bank's closing balance and the account that mirrors it, the provider's balance and what the
books say it holds, wallets and passes one by one and their control accounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ledger.balances import balance
from reconciliation.tables import night_total

WALLETS = ("371000", "371010")
PASSES = ("391000", "391010", "391020")


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A bank account in the books and at the bank, at the end of the latest statement."""

    account: str
    as_of: date
    ledger_cents: int
    bank_cents: int


@dataclass(frozen=True, slots=True)
class Total:
    """Any figure that is known twice. name: bank, provider, wallets or passes.

    Cents are positive on the side where the account stands: debit for banks, credit for wallets.
    """

    name: str
    account: str
    as_of: date
    ledger_cents: int
    other_cents: int

    @property
    def agrees(self) -> bool:
        """Whether both ways lead to the same."""
        return self.ledger_cents == self.other_cents


def control_totals(session: Session, day: date) -> list[ControlTotal]:
    """For each bank account the books' balance beside the bank's, as of its latest statement."""
    rows = session.execute(
        text("""SELECT DISTINCT ON (account) account, closing_on, closing_cents FROM bank_statement
                 WHERE closing_cents IS NOT NULL AND superseded_by IS NULL AND closing_on <= :day
                 ORDER BY account, closing_on DESC, sequence DESC, page DESC"""),
        {"day": day},
    )
    return [
        ControlTotal(
            row.account,
            row.closing_on,
            balance(session, row.account, as_of=row.closing_on).debit_balance_cents,
            row.closing_cents,
        )
        for row in rows
    ]


def fund_totals(session: Session, day: date) -> list[Total]:
    """Every wallet and pass by its guard, summed up, beside its control account."""
    rows = session.execute(
        text("""SELECT c.code, sum(g.posted)::bigint AS cents
                  FROM guard g JOIN account a ON a.id = g.account_id
                  JOIN account c ON c.id = a.control_id
                 WHERE c.code = ANY (CAST(:codes AS text[])) GROUP BY c.code ORDER BY c.code"""),
        {"codes": [*WALLETS, *PASSES]},
    )
    return [
        Total(
            "wallets" if row.code in WALLETS else "passes", row.code, day,
            -balance(session, row.code).debit_balance_cents, row.cents,
        )
        for row in rows
    ]  # fmt: skip


def bank_totals(totals: Iterable[ControlTotal]) -> list[Total]:
    """The same as any other figure that is known twice."""
    return [
        Total("bank", each.account, each.as_of, each.ledger_cents, each.bank_cents)
        for each in totals
    ]


def provider_total(total: ControlTotal) -> list[Total]:
    """What the provider holds, beside the account of its balance."""
    return [Total("provider", total.account, total.as_of, total.ledger_cents, total.bank_cents)]


def keep_totals(session: Session, run: UUID, totals: Sequence[Total]) -> None:
    """Write them down with their run."""
    if totals:
        session.execute(insert(night_total), [asdict(each) | {"run": run} for each in totals])


def totals_of(session: Session, run: UUID) -> list[Total]:
    """What a run wrote down, in a fixed order."""
    columns = [night_total.c[name] for name in
               ("name", "account", "as_of", "ledger_cents", "other_cents")]  # fmt: skip
    rows = session.execute(
        select(*columns)
        .where(night_total.c.run == run)
        .order_by(night_total.c.name, night_total.c.account)
    )
    return [Total(*row) for row in rows]

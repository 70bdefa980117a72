"""The terminal's own ledger: what it knows of money, whatever a register may have heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from terminals.simulators.zvt.cards import CARDS

Kind = Literal["payment", "reversal", "refund"]
State = Literal["pending", "approved", "declined", "auto_reversed"]

_LAST_TRACE, _LAST_RECEIPT, _LAST_TURNOVER = 999_999, 9_999, 999_999


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. number: its trace number; original: the trace it takes back, else None.

    Pending until the register has confirmed it, or the terminal has taken it back by itself.
    """

    number: int
    receipt: int
    turnover: int
    amount_cents: int
    kind: Kind
    state: State
    card: str
    entry: str
    at: datetime
    original: int | None = None
    register: int = 1


@dataclass(frozen=True, slots=True)
class Settlement:
    """An end of day: what was approved in its batch. amount_cents: payments less the rest."""

    number: int
    at: datetime
    transactions: tuple[Transaction, ...]

    @property
    def amount_cents(self) -> int:
        """What the acquirer owes for this batch."""
        return net(self.transactions)


@dataclass(slots=True)
class Book:
    """All transactions in order, the counters and the batches that were closed."""

    trace: int = 0
    receipt: int = 0
    turnover: int = 0
    transactions: list[Transaction] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    batch_start: int = 0

    @property
    def batch(self) -> tuple[Transaction, ...]:
        """What is approved and in no end of day yet."""
        return tuple(
            each for each in self.transactions[self.batch_start :] if each.state == "approved"
        )

    def open(self, transaction: Transaction) -> Transaction:
        """Book a new one under the next numbers, which wrap; its own numbers do not matter."""
        self.trace = self.trace % _LAST_TRACE + 1
        self.receipt = self.receipt % _LAST_RECEIPT + 1
        self.turnover = self.turnover % _LAST_TURNOVER + 1
        booked = replace(
            transaction, number=self.trace, receipt=self.receipt, turnover=self.turnover
        )
        self.transactions.append(booked)
        return booked

    def settle(
        self, transaction: Transaction, state: State, amount_cents: int | None = None
    ) -> Transaction:
        """Give a pending one its end, and less money where the register gave out less."""
        place = self.transactions.index(transaction)
        cents = transaction.amount_cents if amount_cents is None else amount_cents
        self.transactions[place] = replace(transaction, state=state, amount_cents=cents)
        return self.transactions[place]

    def payment(self, receipt: int) -> Transaction | None:
        """The payment of the open batch with this receipt, the newest where numbers wrapped."""
        return next(
            (each for each in reversed(self.batch)
             if each.receipt == receipt and each.kind == "payment"), None,
        )  # fmt: skip

    def last_payment(self) -> Transaction | None:
        """The newest payment of the open batch."""
        return next((each for each in reversed(self.batch) if each.kind == "payment"), None)

    def is_reversed(self, payment: Transaction) -> bool:
        """Whether a reversal that was not taken back itself names this payment."""
        return any(
            each.kind == "reversal" and each.original == payment.number for each in self.batch
        )

    def close_batch(self, at: datetime) -> Settlement:
        """The end of day: what is approved so far leaves the open batch."""
        settlement = Settlement(len(self.settlements) + 1, at, self.batch)
        self.settlements.append(settlement)
        self.batch_start = len(self.transactions)
        return settlement


def net(transactions: Sequence[Transaction]) -> int:
    """Payments less reversals and refunds, in cents."""
    return sum(
        each.amount_cents if each.kind == "payment" else -each.amount_cents for each in transactions
    )


def by_column(transactions: Sequence[Transaction]) -> list[tuple[int, int]]:
    """Count and net cents for the seven card columns of an end of day."""
    columns = []
    for column in range(7):
        some = [each for each in transactions if CARDS[each.card].column == column]
        columns.append((len(some), net(some)))
    return columns

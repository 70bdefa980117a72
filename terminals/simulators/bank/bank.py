"""The bank itself: accounts, what is on its way, and the statements it has delivered.

Its memory is one file, replaced as a whole when a day is closed. So a customer who was cut off
in the middle of a day may tell the bank everything again: what it took before it ignores, and
a day it has closed it answers with the files of that day.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from terminals.simulators.bank.calendar import is_bank_day
from terminals.simulators.bank.camt import Statement, statement_xml
from terminals.simulators.bank.payments import Kind, Payment

MEMORY = "bank.json"


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """What goes wrong, by the payment's id or by (IBAN, day of the statement).

    lost: payments that never arrive. skipped: statements that are not delivered, though the
    account moved. doubled: statements delivered twice under two names.
    """

    lost: frozenset[str] = frozenset()
    skipped: frozenset[tuple[str, date]] = frozenset()
    doubled: frozenset[tuple[str, date]] = frozenset()


@dataclass(slots=True)
class Account:
    """One account: what is on it, and the number of its last statement."""

    owner: str
    balance_cents: int = 0
    sequence: int = 0


@dataclass(slots=True)
class Bank:
    """A bank with its accounts by IBAN; `open` finds it again where it was left."""

    folder: Path
    accounts: dict[str, Account]
    waiting: list[Payment] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    last_day: date | None = None
    misbehaviour: Misbehaviour = field(default=Misbehaviour())

    @classmethod
    def open(
        cls, folder: Path, owners: Mapping[str, str], *, misbehaviour: Misbehaviour | None = None
    ) -> Self:
        """The bank whose memory lies in `folder`; a new one where there is none.

        owners: the account holder by IBAN; each account begins with nothing on it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        bank = cls(folder, {iban: Account(owner) for iban, owner in owners.items()})
        bank.misbehaviour = misbehaviour or Misbehaviour()
        if (folder / MEMORY).exists():
            bank._remember(json.loads((folder / MEMORY).read_text(encoding="utf-8")))
        return bank

    def take(self, payment: Payment) -> bool:
        """Take a payment for one of the accounts; False where its id was taken before."""
        if payment.iban not in self.accounts:
            raise KeyError(f"{payment.iban} is no account of this bank")
        if payment.id in self.taken:
            return False
        self.taken.add(payment.id)
        if payment.id not in self.misbehaviour.lost:
            self.waiting.append(payment)
        return True

    def close_day(self, day: date) -> list[Path]:
        """Book what has arrived by `day` and deliver its statements; none unless a bank day.

        A day that was closed before is answered with its files again and changes nothing.
        """
        if self.last_day is not None and day <= self.last_day:
            return sorted(self.folder.glob(f"{day:%Y-%m-%d}_*.xml"))
        files: list[Path] = []
        if is_bank_day(day):
            due = [payment for payment in self.waiting if payment.on <= day]
            self.waiting = [payment for payment in self.waiting if payment.on > day]
            for iban in sorted(self.accounts):
                files += self._close_account(iban, day, [p for p in due if p.iban == iban])
        self.last_day = day
        self._memorise()
        return sorted(files)

    def _close_account(self, iban: str, day: date, payments: list[Payment]) -> list[Path]:
        account = self.accounts[iban]
        opening = account.balance_cents
        account.sequence += 1
        account.balance_cents += sum(payment.cents for payment in payments)
        if (iban, day) in self.misbehaviour.skipped:
            return []
        statement = Statement(iban, account.owner, account.sequence, day, opening, tuple(payments))
        content = statement_xml(statement)
        copies = 2 if (iban, day) in self.misbehaviour.doubled else 1
        files = [
            self.folder / f"{day:%Y-%m-%d}_{iban}_{account.sequence:05d}{'-2' * copy}.xml"
            for copy in range(copies)
        ]
        for file in files:
            _replace(file, content)
        return files

    def _memorise(self) -> None:
        memory = {
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "accounts": {iban: asdict(account) for iban, account in self.accounts.items()},
            "waiting": [asdict(payment) | {"on": f"{payment.on}"} for payment in self.waiting],
            "taken": sorted(self.taken),
        }
        _replace(self.folder / MEMORY, json.dumps(memory, ensure_ascii=False).encode())

    def _remember(self, memory: Mapping[str, Any]) -> None:
        last = memory["last_day"]
        self.last_day = date.fromisoformat(last) if last else None
        self.accounts |= {iban: Account(**kept) for iban, kept in memory["accounts"].items()}
        self.waiting = [
            Payment(**{**kept, "on": date.fromisoformat(kept["on"]), "kind": Kind(kept["kind"])})
            for kept in memory["waiting"]
        ]
        self.taken = set(memory["taken"])


def _replace(file: Path, content: bytes) -> None:
    """Write the whole file or leave the old one: a reader never sees half of it."""
    unfinished = file.with_suffix(".part")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)

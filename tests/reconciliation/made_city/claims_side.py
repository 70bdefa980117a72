"""Invoices and the transfers that pay them, with the references people really write."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.reconciliation.made_city.bank_side import Bank
from tests.reconciliation.made_city.clock import (
    BERLIN,
    DAY,
    instant,
    open_days_after,
    open_on_or_after,
)  # fmt: skip
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.layout import FIRST_NAMES, LAST_NAMES
from tests.reconciliation.made_city.numbering import iban, swapped
from tests.reconciliation.made_city.rows import LedgerRow
from tests.reconciliation.made_city.truth import Case

OVERDUE = 14  # days


@dataclass(slots=True)
class ClaimsSide:
    """Issues invoices; payers pay within two weeks."""

    month: Month
    bank: Bank
    wanted: dict[str, int]
    combined_with: LedgerRow | None = None

    def day(self, day: date, count: int) -> None:
        """`count` invoices, none at weekends."""
        if day.weekday() > 4:
            return
        for _ in range(count):
            self._issue(day)

    def end(self) -> None:
        """An invoice that waited for a second one is paid alone."""
        if self.combined_with:
            row, self.combined_with = self.combined_with, None
            self.wanted["TRANSFER_COMBINED"] = 0
            self._settle(row, "")

    def _issue(self, day: date) -> None:
        rng, city = self.month.rng, self.month.city
        office = rng.choice(city.offices)
        amount = rng.randrange(1000, 250_000) if rng.random() < 0.6 else rng.choice(city.prices)
        row = self.month.ledger.add(LedgerRow(
            "invoice", "transfer", office.name,
            instant(day, rng.randrange(7 * 3600, 17 * 3600)), amount,
            order_ref=office.next_reference(),
            payer=f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",
        ))  # fmt: skip
        self._settle(row, self._draw(day, amount))

    def _settle(self, row: LedgerRow, fault: str) -> None:
        booked = row.booked_at.astimezone(BERLIN).date()
        if fault == "TRANSFER_MISSING":
            self._tell(fault, row, booked.isoformat(), row.amount, "overdue: > 14 days")
            return
        if fault == "TRANSFER_COMBINED" and self.combined_with is None:
            self.combined_with = row
            return
        paid = self._paid_on(booked, fault)
        if paid > self.month.last:
            self.bank.on_the_way("BANK", booked, row, "invoice open, not overdue")
        elif fault == "TRANSFER_COMBINED" and self.combined_with:
            self._pay_both(paid, row, self.combined_with)
        elif fault:
            self._pay_wrong(paid, row, fault)
        else:
            ref = self._credit(paid, row, row.amount, self._text(row.order_ref, row.payer))
            self.bank.belongs(paid, "BANK", ref, ledger=row)

    def _paid_on(self, booked: date, fault: str) -> date:
        """Within two weeks; what is faulty not on a day whose statement is missing."""
        paid = open_on_or_after(booked + timedelta(days=self.month.rng.randrange(OVERDUE) + 1))
        while fault and paid in self.month.missing:
            paid = open_days_after(paid, 1)
        return paid

    def _pay_wrong(self, paid: date, row: LedgerRow, fault: str) -> None:
        rng, amount, text = self.month.rng, row.amount, self._text(row.order_ref, row.payer)
        if fault == "NAME_ONLY_TRANSFER":
            text = rng.choice((row.payer, "Gebuehr Stadt", f"Rechnung {row.payer.split()[1]}"))
        elif fault == "TRANSFER_REF_TYPO":
            wrong = swapped(rng, row.order_ref, first=4)
            text = self._text(wrong, row.payer)
        elif fault == "TRANSFER_UNDERPAID":
            amount = amount * 8 // 10 if rng.random() < 0.7 else amount - 100
        elif fault == "TRANSFER_OVERPAID":
            amount += rng.choice((500, 500, 1000, 100))
        ref = self._credit(paid, row, amount, text)
        self._tell(fault, row, paid.isoformat(), row.amount - amount).bank = [ref]

    def _pay_both(self, paid: date, row: LedgerRow, other: LedgerRow) -> None:
        self.combined_with = None
        text = f"{self._text(row.order_ref, row.payer)} {other.order_ref}"
        ref = self._credit(paid, row, row.amount + other.amount, text)
        case = self._tell("TRANSFER_COMBINED", row, paid.isoformat())
        case.ledger.append(other)
        case.bank = [ref]

    def _tell(self, fault: str, row: LedgerRow, day: str, delta: int = 0, detail: str = "") -> Case:
        return self.month.truth.add(Case(fault, "BANK", day, [row], delta=delta, detail=detail))

    def _credit(self, day: date, row: LedgerRow, amount: int, text: str) -> str:
        return self.bank.credit(day, amount, row.payer, text=text, iban=iban(self.month.rng))

    def _text(self, ref: str, name: str) -> str:
        return self.month.rng.choice((
            f"KZ {ref}", f"{name} / {ref}", f"{ref} {name}",
            f"Rg. {ref[:4]} {ref[4:8]} {ref[8:]} danke", f"KASSENZEICHEN: {ref[:6]} {ref[6:]}",
            f"Kassenzeichen {ref[:4]}.{ref[4:8]}.{ref[8:12]}.{ref[12:]}",
        ))  # fmt: skip

    def _draw(self, day: date, amount: int) -> str:
        """A fault still wanted that could be told apart: early enough, of an amount of its own."""
        left = [name for name, count in self.wanted.items() if count]
        if not left or self.month.rng.random() > 0.5:
            return ""
        fault = self.month.rng.choice(left)
        is_in_time = open_on_or_after(day + OVERDUE * DAY) >= self.month.last
        if fault == "TRANSFER_MISSING" and is_in_time:
            return ""
        if fault == "NAME_ONLY_TRANSFER" and amount < 14_000:
            return ""
        if fault == "TRANSFER_UNDERPAID" and amount < 1000:
            return ""
        is_first_of_two = fault == "TRANSFER_COMBINED" and self.combined_with is None
        self.wanted[fault] -= not is_first_of_two
        return fault


def credits_of_nobody(bank: Bank, days: list[date], count: int) -> None:
    """Money that no invoice asks for."""
    rng = bank.month.rng
    fit = [day for day in days if day not in bank.month.missing]
    for _ in range(count):
        day = rng.choice(fit)
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        amount = rng.randrange(5000, 100_000)
        text = rng.choice(("Miete Garage", "Spende", "Danke", "Ueberweisung"))
        ref = bank.credit(day, amount, name, iban=iban(rng), text=text)
        bank.month.truth.add(
            Case("UNKNOWN_CREDIT", "BANK", day.isoformat(), bank=[ref], delta=-amount)
        )

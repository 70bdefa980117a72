"""Tills that take cash: sales, the count in the evening, the safebag, its way to the bank."""

from dataclasses import dataclass
from datetime import date

from tests.reconciliation.made_city.bank_side import Bank
from tests.reconciliation.made_city.clock import instant, open_days_after
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.layout import Office
from tests.reconciliation.made_city.numbering import digits
from tests.reconciliation.made_city.rows import LedgerRow
from tests.reconciliation.made_city.truth import Case

COUNTED_AT, BAGGED_AT = 66_000, 66_600  # 18:20 and 18:30


@dataclass(slots=True)
class CashSide:
    """Sells, counts and sends; faults come as the days allow."""

    month: Month
    bank: Bank
    wanted: dict[str, int]

    def day(self, day: date, sales: int) -> None:
        """A day of all tills with `sales` sales together; offices rest at weekends."""
        if day.weekday() > 4:
            return
        taken: dict[str, int] = {}
        tills = self.month.city.tills
        for _ in range(sales):
            till, office = self.month.rng.choice(tills)
            at = instant(day, self.month.rng.randrange(8 * 3600, 18 * 3600))
            price = self.month.rng.choice(self.month.city.prices)
            row = LedgerRow("cash_sale", "cash", office.name, at, price, till=till)
            self.month.ledger.add(row)
            taken[till] = taken.get(till, 0) + price
        for till, office in tills:
            if till in taken:
                self._evening(day, till, office, taken[till])

    def _evening(self, day: date, till: str, office: Office, sold: int) -> None:
        row = LedgerRow(
            "cash_count", "cash", office.name, instant(day, COUNTED_AT), sold, till=till
        )
        fault = self._draw("CASH_SHORT", "CASH_OVER")
        off = self.month.rng.choice((50, 100, 500, 1000, 2000, 1))
        if fault == "CASH_SHORT" and off < sold:
            row.amount -= off
        elif fault:
            fault = "CASH_OVER"
            row.amount += off
        self.month.ledger.add(row)
        if fault:
            self.month.truth.add(
                Case(fault, "CASH", day.isoformat(), [row], delta=row.amount - sold)
            )
        self._send(day, row)

    def _send(self, day: date, count: LedgerRow) -> None:
        """The bag is at the bank on the first or second bank day after."""
        bag = digits(self.month.rng, 10)
        row = LedgerRow("cash_deposit", "cash", count.office, instant(day, BAGGED_AT), count.amount,
                        till=count.till, related=bag)  # fmt: skip
        self.month.ledger.add(row)
        at_bank = open_days_after(day, self.month.rng.choices((1, 2), (3, 1))[0])
        if at_bank > self.month.last:
            self.bank.on_the_way("CASH", day, row)
            return
        fault = ""
        if open_days_after(day, 5) <= self.month.last and not self._meets_gap(day):
            fault = self._draw("DEPOSIT_DIFF", "DEPOSIT_MISSING")
        case = Case(fault, "CASH", at_bank.isoformat(), [row])
        if fault:
            self.month.truth.add(case)
        if fault == "DEPOSIT_MISSING":
            case.day, case.delta = day.isoformat(), row.amount
            return
        off = self._off(row.amount) if fault == "DEPOSIT_DIFF" else 0
        case.delta = -off
        ref = self.bank.credit(at_bank, row.amount + off, "Geldbearbeitung", code="PMNT+CNTR+CDPT",
                               text=f"SAFEBAG {bag} KASSE {row.till}")  # fmt: skip
        if fault:
            case.bank = [ref]
        else:
            self.bank.belongs(at_bank, "CASH", ref, ledger=row)

    def _off(self, amount: int) -> int:
        off = self.month.rng.choice((100, -100, 500, -500, 1000, -50))
        return off if amount + off > 0 else abs(off)

    def _meets_gap(self, day: date) -> bool:
        return any(open_days_after(day, count) in self.month.missing for count in (1, 2))

    def _draw(self, *names: str) -> str:
        """One of `names` still wanted, spread over the month by chance."""
        left = [name for name in names if self.wanted.get(name)]
        if not left or self.month.rng.random() > 0.25 * len(left):
            return ""
        fault = self.month.rng.choice(left)
        self.wanted[fault] -= 1
        return fault

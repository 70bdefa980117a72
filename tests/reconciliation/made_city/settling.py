"""How payouts reach the bank: on their day and in full, or not."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from tests.reconciliation.made_city.bank_side import Bank
from tests.reconciliation.made_city.clock import is_open, open_days_after, open_on_or_after
from tests.reconciliation.made_city.layout import City
from tests.reconciliation.made_city.numbering import iban
from tests.reconciliation.made_city.payouts import Payout
from tests.reconciliation.made_city.truth import Case

STRIPE = "Stripe Technology Europe Ltd"


class Settling:
    """Books payouts at the bank."""

    def __init__(self, bank: Bank, rng: Random) -> None:
        self.bank, self.rng = bank, rng
        self.ibans = {"stripe": f"IE29CITI{rng.randrange(10**14):014d}", "card": iban(rng)}
        self.ibans["girocard"] = self.ibans["card"]

    def settle(self, payouts: list[Payout], wanted: dict[str, int]) -> None:
        """Everything due by the end of the month; the rest is on its way."""
        last = self.bank.month.last
        due = [each for each in payouts if each.settle <= last and each.net]
        for each in payouts:
            if each.settle > last and each.net:
                self._wait(each)
        done = self._choose(due, wanted)
        for each in due:
            if each.id not in done:
                self._pay(each)

    def _wait(self, payout: Payout) -> None:
        """On its way; of a Stripe account only the lines are known by now."""
        self.bank.month.truth.add(Case(
            "IN_TRANSIT", "L2", payout.settle.isoformat(), psp=payout.waiting or [payout.id],
            delta=payout.net,
        ))  # fmt: skip

    def _choose(self, due: list[Payout], wanted: dict[str, int]) -> set[str]:
        """Let each fault happen to payouts that nothing else happened to."""
        missing = self.bank.month.missing
        fit = [each for each in due
               if not each.case and each.net > 200 and each.settle not in missing]  # fmt: skip
        self.rng.shuffle(fit)
        done: set[str] = set()
        for fault, count in wanted.items():
            happen = _FAULTS[fault]
            for _ in range(count):
                for payout in fit:
                    if payout.id not in done and (met := happen(self, payout, fit, done)):
                        done |= met
                        break
        return done

    def _pay(self, payout: Payout) -> None:
        ref = self.credit(payout, payout.settle, payout.net)
        if payout.case and payout.case.name in ("FILE_MISSING", "PAYOUT_SUM_MISMATCH"):
            payout.case.bank.append(ref)
        else:
            self.bank.belongs(payout.settle, "L2", ref, psp=payout.id)

    def credit(self, payout: Payout, day: date, cents: int, suffix: str = "", *,
               has_trace: bool = True) -> str:  # fmt: skip
        """An entry of this payout, or of a part of it."""
        city, text, e2e = self.bank.month.city, _text(self.rng, payout) + suffix, "NOTPROVIDED"
        if payout.provider == "stripe" and has_trace and payout.trace:
            e2e = payout.trace
            if city.scarce_references and self.rng.random() < 0.15:
                e2e = "NOTPROVIDED"
        name = _payer(city, payout)
        return self.bank.credit(day, cents, name, text=text, e2e=e2e,
                                iban=self.ibans[payout.provider])  # fmt: skip

    def tell(self, fault: str, payout: Payout, day: date, *refs: str, delta: int = 0) -> None:
        """A case of this payout and these entries."""
        self.bank.month.truth.add(
            Case(fault, "L2", day.isoformat(), psp=[payout.id], bank=[*refs], delta=delta)
        )

    def is_possible(self, day: date) -> bool:
        """Whether an entry of `day` will be seen."""
        return day <= self.bank.month.last and day not in self.bank.month.missing


def _payer(city: City, payout: Payout) -> str:
    return {"stripe": STRIPE, "card": city.acquirer, "girocard": city.girocard}[payout.provider]


def _text(rng: Random, payout: Payout) -> str:
    merchant = payout.account.removeprefix("N")
    if payout.provider == "stripe":
        return f"STRIPE {payout.office.upper()}"
    if payout.provider == "girocard":
        return f"GIROCARD UMSATZ NETZBETREIBER-NR {merchant} KASSENSCHNITT {payout.day:%d.%m.%Y}"
    if rng.random() < 0.5:
        return f"VU {merchant} BATCH {payout.id}"
    return (f"VU-NR {merchant} ABR {payout.day:%d,%m,%y} BRUTTO {_euros(payout.gross)} "
            f"ENTGELT {_euros(payout.fee)}")  # fmt: skip


def _euros(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def _never(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    if open_days_after(payout.settle, 4) > side.bank.month.last:
        return set()
    side.tell("PAYOUT_MISSING_AT_BANK", payout, payout.settle, delta=payout.net)
    return {payout.id}


def _other_amount(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    off = side.rng.choice((500, 100, -100, 1, 1000))
    if payout.net - off <= 0:
        return set()
    ref = side.credit(payout, payout.settle, payout.net - off)
    side.tell("PAYOUT_AMOUNT_DIFF", payout, payout.settle, ref, delta=off)
    return {payout.id}


def _late(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    day = open_days_after(payout.settle, side.rng.randrange(3, 6))
    if not side.is_possible(day):
        return set()
    ref = side.credit(payout, day, payout.net)
    side.tell("PAYOUT_LATE", payout, day, ref)
    return {payout.id}


def _returned(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    day = open_days_after(payout.settle, side.rng.randrange(1, 4))
    if not side.is_possible(day):
        return set()
    ref = side.credit(payout, payout.settle, payout.net)
    paid = side.bank.entries[payout.settle][-1]
    back = side.bank.credit(day, -payout.net, paid.name, text=f"RUECKRUF {paid.text}",
                            e2e=paid.e2e, code="PMNT+ICDT+RRTN", is_reversal=True)  # fmt: skip
    side.tell("PAYOUT_RETURNED", payout, day, ref, back, delta=payout.net)
    return {payout.id}


def _in_two(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    part = payout.net * side.rng.randrange(30, 71) // 100
    refs = [
        side.credit(payout, payout.settle, part, " 1/2"),
        side.credit(payout, payout.settle, payout.net - part, " 2/2", has_trace=False),
    ]
    side.tell("BATCH_SPLIT", payout, payout.settle, *refs)
    return {payout.id}


def _with_another(side: Settling, payout: Payout, fit: list[Payout], done: set[str]) -> set[str]:
    """Two payouts of an account within days, paid together on the later day."""
    for other in fit:
        apart = (other.settle - payout.settle).days
        if other.account == payout.account and 0 < apart <= 4 and other.id not in done:
            ref = side.credit(payout, other.settle, payout.net + other.net)
            side.tell("PAYOUT_MERGED", payout, other.settle, ref)
            side.bank.month.truth.cases[-1].psp.append(other.id)
            return {payout.id, other.id}
    return set()


_FAULTS: dict[str, Callable[[Settling, Payout, list[Payout], set[str]], set[str]]] = {
    "PAYOUT_MISSING_AT_BANK": _never,
    "PAYOUT_AMOUNT_DIFF": _other_amount,
    "PAYOUT_LATE": _late,
    "PAYOUT_RETURNED": _returned,
    "BATCH_SPLIT": _in_two,
    "PAYOUT_MERGED": _with_another,
}


def hidden_days(
    rng: Random, days: list[date], wanted: dict[str, int]
) -> tuple[set[date], list[date]]:
    """Days whose statement is missing, and days whose statement repeats the day before."""
    inner = [day for day in days[2:-4] if is_open(day)]
    missing: set[date] = set()
    overlaps: list[date] = []
    for _ in range(min(len(inner), wanted.get("STATEMENT_MISSING", 0))):
        missing.add(rng.choice(inner))
    near = {
        open_on_or_after(day + timedelta(days=ahead)) for day in missing for ahead in range(-1, 3)
    }
    free = [day for day in inner if day not in missing | near]
    for _ in range(min(len(free), wanted.get("STATEMENT_OVERLAP", 0))):
        overlaps.append(free.pop(rng.randrange(len(free))))
    return missing, sorted(overlaps)

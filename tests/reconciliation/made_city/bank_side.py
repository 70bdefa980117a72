"""The bank account: entries by day, statements in sequence, one missing, one repeating."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.reconciliation.made_city.clock import DAY, is_open, open_on_or_after
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.numbering import bank_id, digits
from tests.reconciliation.made_city.rows import BANK, LedgerRow, Part
from tests.reconciliation.made_city.truth import Case

SUPPLIERS = ("Bau AG", "IT Dienste GmbH", "Stadtwerke", "Papierhaus KG")


@dataclass(slots=True, eq=False)
class Entry:
    """One line of a statement; `cents` below zero: a debit."""

    day: date
    cents: int
    ref: str
    e2e: str
    code: str
    name: str
    iban: str
    text: str
    is_reversal: bool = False


@dataclass(slots=True, eq=False)
class Match:
    """What an entry settles, as long as its statement arrives."""

    level: str
    ref: str
    ledger: LedgerRow | None
    psp: str


@dataclass(slots=True)
class Bank:
    """Entries of the month and what they belong to."""

    month: Month
    entries: dict[date, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    matches: dict[date, list[Match]] = field(default_factory=lambda: defaultdict(list))

    def credit(
        self, day: date, cents: int, name: str, *, text: str, e2e: str = "NOTPROVIDED",
        code: str = "PMNT+RCDT+ESCT", iban: str = "", is_reversal: bool = False,
    ) -> str:  # fmt: skip
        """Book an entry; below zero it is a debit. Returns the bank's reference of it."""
        ref = bank_id(self.month.rng, day)
        if cents < 0 and code == "PMNT+RCDT+ESCT":
            code = "PMNT+ICDT+ESCT"
        entry = Entry(day, cents, ref, e2e, code, name, iban, self._broken(text), is_reversal)
        self.entries[day].append(entry)
        return ref

    def belongs(
        self, day: date, level: str, ref: str, *, ledger: LedgerRow | None = None, psp: str = ""
    ) -> None:
        """An entry of `day` settles this and nothing is wrong with it."""
        self.matches[day].append(Match(level, ref, ledger, psp))

    def on_the_way(self, level: str, day: date, row: LedgerRow, detail: str = "") -> None:
        """Not due when the month ends."""
        self.month.truth.add(
            Case("IN_TRANSIT", level, day.isoformat(), [row], delta=row.amount, detail=detail)
        )

    def _broken(self, text: str) -> str:
        """Old formats break after 27 characters; a space stays in the middle of a word."""
        if len(text) > 27 and self.month.rng.random() < 0.25:
            return f"{text[:27]} {text[27:]}"
        return text

    def tell_matches(self) -> None:
        """The truth about everything settled, and about what a missing statement hides."""
        for day in sorted(self.matches):
            if day in self.month.missing:
                continue
            for each in self.matches[day]:
                ids = (each.ledger.id if each.ledger else "", each.psp, each.ref)
                self.month.truth.matched(each.level, ids, day.isoformat())
        for day in sorted(self.month.missing):
            hidden = self.matches[day]
            self.month.truth.add(Case(
                "STATEMENT_MISSING", "BANK", day.isoformat(),
                [each.ledger for each in hidden if each.ledger],
                [each.psp for each in hidden if each.psp], [each.ref for each in self.entries[day]],
                sum(each.cents for each in self.entries[day]), "next OPBD != last CLBD",
            ))  # fmt: skip


def pay_bills(bank: Bank, days: list[date]) -> None:
    """What the city pays out itself: correct, and nobody's difference."""
    rng = bank.month.rng
    for day in days:
        for _ in range(rng.randrange(2, 7)):
            bank.credit(day, -rng.randrange(50_000, 4_000_000), rng.choice(SUPPLIERS),
                        text=f"RE {digits(rng, 6)}")  # fmt: skip


def open_days(first: date, last: date) -> list[date]:
    """The days with a statement."""
    days = []
    day = open_on_or_after(first)
    while day <= last:
        if is_open(day):
            days.append(day)
        day += DAY
    return days


def write_statements(bank: Bank, path: Path, overlaps: list[date]) -> int:
    """One statement a bank day, in sequence; `overlaps` have a second one over two days."""
    rng = bank.month.rng
    part = Part(path)
    part.write(BANK)
    balance = rng.randrange(10**8, 10**10)
    days = open_days(bank.month.start, bank.month.last)
    before = balance
    for place, day in enumerate(days):
        rng.shuffle(bank.entries[day])
        opening, sequence = balance, _sequence(days, place)
        balance += sum(each.cents for each in bank.entries[day])
        if day not in bank.month.missing:
            _write(part, day, sequence, [(day, bank.entries[day])], (opening, balance))
        if day in overlaps:
            both = [(each, bank.entries[each]) for each in days[place - 1 : place + 1]]
            _write(part, day, sequence, both, (before, balance), suffix="K")
            bank.month.truth.add(Case(
                "STATEMENT_OVERLAP", "BANK", day.isoformat(),
                bank=[each.ref for _, entries in both for each in entries],
                detail="second statement repeats two days of entries",
            ))  # fmt: skip
        before = opening
    part.close()
    return part.rows - 1


def _sequence(days: list[date], place: int) -> int:
    """Numbers go on from the first day's place in its year; a new year begins with one."""
    new_year = sum(day.year < days[place].year for day in days)
    if new_year:
        return place - new_year + 1
    return days[0].timetuple().tm_yday + place


def _write(
    part: Part, day: date, sequence: int, entries: list[tuple[date, list[Entry]]],
    balances: tuple[int, int], *, suffix: str = "",
) -> None:  # fmt: skip
    statement = f"C53{day:%Y%m%d}{sequence:05d}{suffix}"
    first = entries[0][0]
    head = (f"{statement}-1",), (statement, sequence)
    blank = ("",) * 7
    part.write((*head[0], "OPBD", *head[1], first, first, *_signed(balances[0]), *blank))
    for booked, of_day in entries:
        for entry in of_day:
            part.write((
                *head[0], "NTRY", *head[1], booked, booked, *_signed(entry.cents), entry.ref,
                entry.e2e, entry.code, "true" if entry.is_reversal else "", entry.name, entry.iban,
                entry.text,
            ))  # fmt: skip
    part.write((*head[0], "CLBD", *head[1], day, day, *_signed(balances[1]), *blank))


def _signed(cents: int) -> tuple[int, str, str]:
    return abs(cents), "EUR", "CRDT" if cents >= 0 else "DBIT"

"""What terminals count themselves: one total a close, with the receipts since the last one."""

from dataclasses import dataclass, field
from datetime import date

from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.layout import Terminal
from tests.reconciliation.made_city.rows import Line, Part
from tests.reconciliation.made_city.truth import Case


@dataclass(slots=True, eq=False)
class Tally:
    """A terminal's counter of one day, or of two when a close was forgotten."""

    terminal: Terminal
    day: date
    before: int  # the last receipt before it
    cents: int = 0
    items: int = 0
    seen: list[str] = field(default_factory=list)
    last: str = ""
    is_plain: bool = True

    def count(self, receipt: str, cents: int, *, items: int = 1) -> None:
        """A receipt the terminal counts; 0 items: sold and taken back."""
        self.cents += cents
        self.items += items
        self.seen.append(receipt)


@dataclass(slots=True)
class Closes:
    """Running counters of all terminals."""

    month: Month
    part: Part
    running: dict[date, dict[str, Tally]] = field(default_factory=dict)
    forgotten: dict[str, Tally] = field(default_factory=dict)

    def at(self, terminal: Terminal, day: date) -> Tally:
        """The counter of a terminal's day; ask before the terminal gives a new receipt."""
        tallies = self.running.setdefault(day, {})
        if terminal.id not in tallies:
            tallies[terminal.id] = Tally(terminal, day, terminal.receipt)
        return tallies[terminal.id]

    def close(self, day: date, faults: list[str]) -> list[str]:
        """Close all terminals of `day`; `faults` that found none come back."""
        tallies = [each for each in self.running.pop(day, {}).values() if each.seen]
        left = []
        chosen: dict[str, str] = {}
        for fault in faults:
            fit = [
                each.terminal.id
                for each in tallies
                if each.is_plain
                and each.terminal.id not in chosen
                and each.terminal.id not in self.forgotten
            ]
            if fit:
                chosen[self.month.rng.choice(fit)] = fault
            else:
                left.append(fault)
        for tally in tallies:
            if chosen.get(tally.terminal.id) == "EOD_MISSING":
                self.forgotten[tally.terminal.id] = tally
            else:
                self._write(tally, chosen.get(tally.terminal.id, ""))
        return left

    def end(self) -> None:
        """Nobody closed again: then the close was not forgotten after all."""
        for tally in self.forgotten.values():
            self._write(tally, "", alone=True)

    def _write(self, tally: Tally, fault: str, *, alone: bool = False) -> None:
        terminal = tally.terminal
        earlier = None if alone else self.forgotten.pop(terminal.id, None)
        if earlier:
            tally.cents += earlier.cents
            tally.items += earlier.items
            tally.before, tally.seen = earlier.before, [*earlier.seen, *tally.seen]
            self.month.truth.add(Case(
                "EOD_MISSING", "EOD", earlier.day.isoformat(),
                psp=[eod_id(terminal, earlier.day), eod_id(terminal, tally.day)],
                detail="terminal not closed; next close holds both days",
            ))  # fmt: skip
        off = 0
        if fault == "EOD_SUM_MISMATCH":
            off = self.month.rng.choice((100, 250, -100, 500, 1000, 370))
            self.month.truth.add(
                Case(
                    fault,
                    "EOD",
                    tally.day.isoformat(),
                    psp=[eod_id(terminal, tally.day)],
                    delta=off,
                )
            )
        counted = self.month.city.range_of_counted
        self.part.write(Line(
            file=f"zvt-{terminal.id}-{tally.day}", source="zvt", record="eod",
            account=terminal.merchant, txn=eod_id(terminal, tally.day),
            created=terminal.close_of(tally.day), gross=tally.cents + off, terminal=terminal.id,
            receipt=tally.seen[-1] if counted else tally.last,
            first_receipt=tally.seen[0] if counted else f"{tally.before % 9999 + 1:04d}",
            items=tally.items,
        ).cells())  # fmt: skip


def eod_id(terminal: Terminal, day: date) -> str:
    return f"EOD-{terminal.id}-{day}"

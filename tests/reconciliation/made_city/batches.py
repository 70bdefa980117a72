"""What an acquirer writes into a file a day and merchant number, and what is wrong with files."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from tests.reconciliation.made_city.clock import DAY, open_days_after
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.numbering import digits
from tests.reconciliation.made_city.payouts import Payout
from tests.reconciliation.made_city.rows import LedgerRow, Line, Part
from tests.reconciliation.made_city.truth import Case


@dataclass(slots=True, eq=False)
class Batch:
    """The lines of a merchant number and day. `pairs`: rows whose line is simply right."""

    account: str
    day: date
    lines: list[Line] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)
    pairs: list[tuple[LedgerRow, Line]] = field(default_factory=list)
    has_controls: bool = False

    @property
    def id(self) -> str:
        """Merchant number and day."""
        return f"{self.account}{self.day:%y%m%d}"

    @property
    def is_girocard(self) -> bool:
        """girocard is settled apart, gross, under the number with an N."""
        return self.account.startswith("N")

    @property
    def settle(self) -> date:
        """The next bank day for girocard, the one after it for cards."""
        return open_days_after(self.day, 1 if self.is_girocard else 2)

    @property
    def is_plain(self) -> bool:
        """Whether every line in it belongs to a row of the books."""
        return bool(self.lines) and len(self.pairs) == len(self.lines) and not self.doubled


@dataclass(slots=True)
class Batches:
    """Open batches; each is written once, when the last terminal of its day has closed."""

    month: Month
    part: Part
    payouts: list[Payout]
    open: dict[date, dict[str, Batch]] = field(default_factory=dict)

    def at(self, account: str, day: date) -> Batch:
        """The batch of a merchant number and day."""
        return self.open.setdefault(day, {}).setdefault(account, Batch(account, day))

    def put(self, batch: Batch, line: Line) -> Line:
        """A line goes into this batch's file and payout."""
        line.file = f"acq-{batch.account}-{batch.day}"
        line.account, line.batch, line.settle = batch.account, batch.id, batch.settle.isoformat()
        batch.lines.append(line)
        return line

    def close(self, day: date, faults: list[str]) -> list[str]:
        """Write the files of `day`; `faults` that found no batch come back."""
        batches = sorted(self.open.pop(day, {}).values(), key=lambda batch: batch.account)
        chosen: dict[int, str] = {}
        left = []
        for fault in faults:
            fit = [at for at, batch in enumerate(batches)
                   if at not in chosen and self._can_happen(fault, batch)]  # fmt: skip
            if fit:
                chosen[self.month.rng.choice(fit)] = fault
            else:
                left.append(fault)
        for at, batch in enumerate(batches):
            self._write(batch, chosen.get(at, ""))
        return left

    def _can_happen(self, fault: str, batch: Batch) -> bool:
        if not batch.is_plain or batch.has_controls or batch.settle > self.month.last:
            return False
        return fault == "FILE_REDELIVERED" or batch.settle not in self.month.missing

    def _write(self, batch: Batch, fault: str) -> None:
        batch.lines.sort(key=lambda line: line.created)
        head = self._head(batch, batch.lines)
        if fault == "PAYOUT_SUM_MISMATCH":
            head.net = head.net_cents - self.month.rng.choice((150, 25, -300))
        lines = [
            each for line in batch.lines for each in [line] * (1 + (line.txn in batch.doubled))
        ]
        if fault == "FILE_CORRECTED":
            self._wrong_version(batch)
            self._deliver([*lines, head], version=2, delivery=2)
        elif fault != "FILE_MISSING":
            self._deliver([*lines, head])
        if fault == "FILE_REDELIVERED":
            self._deliver([*lines, head], delivery=2)
        case = self._case(batch, fault, head)
        if fault != "FILE_MISSING":
            for row, line in batch.pairs:
                self.month.truth.matched("L1", (row.id, line.txn, ""), row.business_date)
        self._pay(batch, head, case)

    def _head(self, batch: Batch, lines: list[Line]) -> Line:
        gross, fee = sum(line.gross for line in lines), sum(line.fee for line in lines)
        return Line(
            file=f"acq-{batch.account}-{batch.day}", source="acquirer", record="batch",
            account=batch.account, txn=batch.id, created=datetime.combine(batch.day + DAY, time(6)),
            gross=gross, fee=fee, batch=batch.id, settle=batch.settle.isoformat(),
            items=len(lines), trace_id=digits(self.month.rng, 12),
        )  # fmt: skip

    def _wrong_version(self, batch: Batch) -> None:
        """The first version had ten euros too much on its first line."""
        first = batch.lines[0]
        wrong = replace(first, gross=first.gross + 1000, auth_cents=first.gross + 1000)
        lines = [wrong, *batch.lines[1:]]
        self._deliver([*lines, self._head(batch, lines)])

    def _deliver(self, lines: list[Line], *, version: int = 1, delivery: int = 1) -> None:
        for line in lines:
            self.part.write(line.cells(version=version, delivery=delivery))

    def _case(self, batch: Batch, fault: str, head: Line) -> Case | None:
        if not fault:
            return None
        case = Case(fault, "FILE", batch.day.isoformat(), psp=[batch.id])
        if fault == "FILE_MISSING":
            case.ledger = [row for row, _ in batch.pairs]
            case.detail = f"no acquirer file for VU {batch.account}"
        elif fault == "PAYOUT_SUM_MISMATCH":
            case.level, case.day = "L2", batch.settle.isoformat()
            case.delta = sum(line.net_cents for line in batch.lines) - head.net_cents
        else:
            case.psp = [*(line.txn for line in batch.lines), batch.id]
        return self.month.truth.add(case)

    def _pay(self, batch: Batch, head: Line, case: Case | None) -> None:
        terminals = self.month.city.terminals
        merchant = batch.account.removeprefix("N")
        office = next(each.office.name for each in terminals if each.merchant == merchant)
        self.payouts.append(Payout(
            batch.id, "girocard" if batch.is_girocard else "card", batch.account, office,
            batch.day, batch.settle, head.gross, head.fee, head.net_cents, head.trace_id, case,
        ))  # fmt: skip

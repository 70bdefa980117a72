"""What was done to the month: every case, and every group that belongs together."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.reconciliation.made_city.rows import TRUTH, LedgerRow, Part, put_together

SUGGEST = {
    "WRONG_DAY", "REF_DIGIT_SWAP", "REF_MISSING", "SPLIT_PAYMENT", "COMBINED_PAYMENT",
    "BATCH_SPLIT", "PAYOUT_MERGED", "NAME_ONLY_TRANSFER", "TRANSFER_REF_TYPO", "TRANSFER_COMBINED",
}  # fmt: skip
INFO = {
    "DUPLICATE_PSP_LINE", "LATE_ARRIVAL", "FILE_REDELIVERED", "FILE_CORRECTED", "STATEMENT_OVERLAP",
}  # fmt: skip


def severity_of(name: str) -> str:
    """BREAK unless the class is one of the others."""
    if name.startswith("CTRL_"):
        return "CONTROL"
    if name == "IN_TRANSIT":
        return "TIMING"
    return "SUGGEST" if name in SUGGEST else "INFO" if name in INFO else "BREAK"


@dataclass(slots=True, eq=False)
class Case:
    """One thing somebody should find; `ledger` rows get their numbers later."""

    name: str
    level: str
    day: str
    ledger: list[LedgerRow] = field(default_factory=list)
    psp: list[str] = field(default_factory=list)
    bank: list[str] = field(default_factory=list)
    delta: int = 0
    detail: str = ""


class Truth:
    """Collects cases and groups; groups go to disk at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._matched = Part(folder / "matched.part")
        self.cases: list[Case] = []

    def add(self, case: Case) -> Case:
        """Keep a case."""
        self.cases.append(case)
        return case

    def matched(self, level: str, ids: tuple[str, str, str], day: str) -> None:
        """`ids` of ledger, provider and bank belong together and are right."""
        self._matched.write(("MATCHED", "MATCHED", level, *ids, 0, day, ""))

    def write(self) -> dict[str, int]:
        """Write truth.csv; how many of each class there are."""
        cases = Part(self._folder / "cases.part")
        for case in sorted(self.cases, key=lambda case: (case.name, case.day)):
            cases.write((
                case.name, severity_of(case.name), case.level,
                ";".join(row.id for row in case.ledger), ";".join(case.psp), ";".join(case.bank),
                case.delta, case.day, case.detail,
            ))  # fmt: skip
        counts = Counter(case.name for case in self.cases)
        counts["MATCHED"] = self._matched.rows
        put_together(self._folder / "truth.csv", TRUTH, [cases, self._matched], letter="C")
        return dict(sorted(counts.items()))

"""How good an answer is: cases found by class, groups found, groups that were never together."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.reconciliation.made_city.consistency import Row, read

KINDS = ("ledger_ids", "psp_ids", "bank_ids")


@dataclass(slots=True)
class Tally:
    """Of one class: cases, and how the findings of that name hit them."""

    severity: str = ""
    cases: int = 0
    hits: int = 0
    others: int = 0  # it is a case, but of another class
    alarms: int = 0  # it is no case at all
    repeats: int = 0


@dataclass(slots=True)
class Score:
    """The answer to one month; `notes` names every miss."""

    classes: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    pairs: int = 0
    pairs_found: int = 0
    pairs_beyond: list[tuple[str, str]] = field(default_factory=list)
    pairs_wrong: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def recall(self, *severities: str, but: str = "") -> float:
        """Share of the cases of these severities that were found, `but` one class left out."""
        cases, hits, _ = self._sums(severities, but)
        return hits / cases if cases else 1.0

    def precision(self, *severities: str, but: str = "") -> float:
        """Share of the findings of these severities that are such a case."""
        _, hits, wrong = self._sums(severities, but)
        return hits / (hits + wrong) if hits + wrong else 1.0

    def _sums(self, severities: tuple[str, ...], but: str) -> tuple[int, int, int]:
        chosen = [
            each
            for name, each in self.classes.items()
            if each.severity in severities and name != but
        ]
        return (
            sum(each.cases for each in chosen), sum(each.hits for each in chosen),
            sum(each.others + each.alarms for each in chosen),
        )  # fmt: skip

    @property
    def alarms(self) -> int:
        """Findings where nothing is wrong."""
        return sum(each.alarms for each in self.classes.values())


@dataclass(slots=True, eq=False)
class _Truth:
    """A case and whether somebody found it."""

    name: str
    row: Row
    found: bool = False


def score(month: Path, answer: Path) -> Score:
    """Hold `answer`/breaks.csv and matches.csv against `month`/truth.csv."""
    truth = read(month, "truth")
    made = Score()
    cases = [_Truth(row["class"], row) for row in truth
             if row["severity"] not in ("MATCHED", "CONTROL")]  # fmt: skip
    by_id: dict[str, list[_Truth]] = defaultdict(list)
    for case in cases:
        tally = made.classes[case.name]
        tally.severity, tally.cases = case.row["severity"], tally.cases + 1
        for one in _keys(case.row, case.name):
            by_id[one].append(case)
    for finding in read(answer, "breaks"):
        _judge(made, finding, by_id)
    for case in cases:
        if not case.found:
            made.notes.append(f"missed {_short(case.row)}")
    _judge_pairs(made, truth, read(answer, "matches"))
    return made


def _keys(row: Row, name: str) -> list[str]:
    """What identifies a case: any of its ids; a file or statement also by its day."""
    keys = [f"{kind}:{one}" for kind in KINDS for one in (row.get(kind) or "").split(";") if one]
    if name.startswith(("FILE_", "STATEMENT_")):
        keys.append(f"{name}:{row.get('day')}")
    return keys


def _judge(made: Score, finding: Row, by_id: dict[str, list[_Truth]]) -> None:
    name = finding["class"]
    hit = [case for key in _keys(finding, name) for case in by_id.get(key, ())]
    same = [case for case in hit if case.name == name]
    fresh = next((case for case in same if not case.found), None)
    tally = made.classes[name]
    tally.severity = tally.severity or finding.get("severity", "BREAK").upper()
    if fresh:
        fresh.found = True
        tally.hits += 1
    elif same:
        tally.repeats += 1
    elif hit:
        tally.others += 1
        made.notes.append(f"{_short(finding)}, is {hit[0].name}: {_short(hit[0].row)}")
    else:
        tally.alarms += 1
        made.notes.append(f"false alarm {_short(finding)}")


def _short(row: Row) -> str:
    ids = " ".join((row.get(kind) or "-")[:70] for kind in KINDS)
    return f"{row['class']} {row.get('day', '')} {ids}"


def _judge_pairs(made: Score, truth: list[Row], answered: list[Row]) -> None:
    """A wrong pair joins what is neither a clean group nor within one case."""
    clean = {(row["ledger_ids"], row["psp_ids"]) for row in truth
             if row["class"] == "MATCHED" and row["level"] == "L1"}  # fmt: skip
    within: dict[str, set[int]] = defaultdict(set)
    for at, row in enumerate(truth):
        if row["class"] != "MATCHED":
            for one in _keys(row, ""):
                within[one].add(at)
    made.pairs = len(clean)
    given = {(row["ledger_ids"], row["psp_ids"]) for row in answered}
    made.pairs_found = len(given & clean)
    for pair in sorted(given - clean):
        keys = _keys({"ledger_ids": pair[0], "psp_ids": pair[1]}, "")
        together = set.intersection(*(within[key] for key in keys))
        (made.pairs_beyond if together else made.pairs_wrong).append(pair)

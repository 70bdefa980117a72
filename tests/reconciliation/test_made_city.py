"""Months of a made city, in every season: what the matcher finds, held against what was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from filecmp import cmpfiles
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.cli import main
from config.postgres import EmbeddedServer
from tests.reconciliation.made_city import make_month
from tests.reconciliation.made_city.consistency import contradictions, read
from tests.reconciliation.made_city.scoring import Score, score

# A claim that is open while a statement is missing may be paid in it: nobody can tell, some err.
UNSURE = "TRANSFER_MISSING"
FILES = ["ledger.csv", "psp.csv", "bank.csv", "manifest.json", "truth.csv"]


@dataclass(frozen=True, slots=True)
class Season:
    """A month to make: about `faults` of its payments go wrong."""

    seed: int
    start: date
    days: int = 31
    n: int = 600
    faults: float = 0.02

    def make(self, folder: Path) -> None:
        """The same files every time."""
        make_month(
            folder, seed=self.seed, start=self.start, days=self.days, n=self.n, faults=self.faults
        )


SEASONS = {
    "Easter and the long night of spring": Season(41, date(2027, 3, 15)),
    "the hour that comes twice": Season(42, date(2026, 10, 10)),
    "the turn of the year": Season(43, date(2026, 12, 14)),
}
CLEAN = {"from spring to autumn, nothing wrong": Season(44, date(2026, 3, 20), days=224, faults=0)}
ALL = SEASONS | CLEAN


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every month, made once."""
    made = {}
    for name, season in ALL.items():
        made[name] = tmp_path_factory.mktemp("month")
        season.make(made[name])
    return made


@pytest.fixture(scope="module")
def scores(
    months: dict[str, Path], server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Score]]:
    """What the command answers to each month, judged."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATABASE_URL", server.url("postgres"))
        patched.setenv("DATABASE_ADMIN_URL", server.url("postgres", "postgres"))
        yield {
            name: score(month, _answered(month, tmp_path_factory.mktemp("answer")))
            for name, month in months.items()
        }


def _answered(month: Path, answer: Path) -> Path:
    arguments = [
        "--ledger", month / "ledger.csv", "--settlement", month / "psp.csv",
        "--bank", month / "bank.csv", "--manifest", month / "manifest.json", "--out", answer,
    ]  # fmt: skip
    result = CliRunner().invoke(main, ["reconcile-files", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return answer


@pytest.mark.parametrize("name", ALL)
def test_a_made_month_adds_up(name: str, months: dict[str, Path]) -> None:
    assert contradictions(months[name]) == []


def test_the_same_seed_makes_the_same_bytes(months: dict[str, Path], tmp_path: Path) -> None:
    name, season = next(iter(SEASONS.items()))
    season.make(tmp_path)
    assert cmpfiles(months[name], tmp_path, FILES, shallow=False) == (FILES, [], [])


def test_a_month_with_faults_has_every_class(months: dict[str, Path]) -> None:
    classes = {row["class"] for name in SEASONS for row in read(months[name], "truth")}
    faults = {each for each in classes if not each.startswith("CTRL_")} - {"MATCHED"}
    assert len(faults) == 48, sorted(faults)


@pytest.mark.parametrize("name", ALL)
def test_every_clean_pair_is_found_and_no_wrong_one(name: str, scores: dict[str, Score]) -> None:
    found = scores[name]
    assert found.pairs > 500
    assert (found.pairs_found, found.pairs_wrong) == (found.pairs, [])


@pytest.mark.parametrize("name", SEASONS)
def test_differences_are_found_and_called_by_their_name(
    name: str, scores: dict[str, Score]
) -> None:
    found = scores[name]
    assert found.recall("BREAK", but=UNSURE) >= 0.98, found.notes
    assert found.precision("BREAK", but=UNSURE) >= 0.95, found.notes
    assert found.recall("BREAK") >= 0.93, found.notes
    assert found.precision("BREAK") >= 0.93, found.notes
    assert found.alarms == 0, found.notes


@pytest.mark.parametrize("name", SEASONS)
def test_suggestions_are_made(name: str, scores: dict[str, Score]) -> None:
    found = scores[name]
    assert found.recall("SUGGEST") >= 0.9, found.notes
    assert found.precision("SUGGEST") >= 0.9, found.notes


@pytest.mark.parametrize("name", SEASONS)
def test_what_was_handled_and_what_is_on_its_way_is_told(
    name: str, scores: dict[str, Score]
) -> None:
    found = scores[name]
    assert found.recall("INFO", "TIMING") == 1, found.notes


@pytest.mark.parametrize("name", CLEAN)
def test_where_nothing_is_wrong_only_what_is_on_its_way_is_told(
    name: str, scores: dict[str, Score]
) -> None:
    found = scores[name]
    assert set(found.classes) == {"IN_TRANSIT"}
    assert (found.recall("TIMING"), found.precision("TIMING")) == (1, 1)

"""Every row of the city's table of postings, with its figures: event in, debits and credits out."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.entries import Dimensions
from ledger.money import Money
from ledger.rules import Posting, ReversalOnly, rulebook_from

AACHEN = Path(__file__).parents[2] / "config/cities/aachen"
RULEBOOK = rulebook_from(tomllib.loads((AACHEN / "posting_rules.toml").read_text("utf-8")))


@dataclass(frozen=True)
class Example:
    """One step of a row: what happens, and the debits and credits by account, in cents."""

    row: int
    postings: tuple[Posting, ...]
    debits: dict[str, int]
    credits: dict[str, int]

    @property
    def event(self) -> str:
        return self.postings[0].event


def _examples() -> list[Example]:
    """Read from posting_examples.txt: row | event | amounts | roles | debits | credits."""
    examples: list[Example] = []
    for line in (Path(__file__).parent / "posting_examples.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        row, event, amounts, roles, *totals = (part.strip() for part in line.split("|"))
        posting = Posting(event, _money(amounts), dict(_pairs(roles)), Dimensions())
        if row == "+":
            earlier = examples.pop()
            examples.append(replace(earlier, postings=(*earlier.postings, posting)))
        else:
            debits, credits = ({a: m.cents for a, m in _money(t).items()} for t in totals)
            examples.append(Example(int(row), (posting,), debits, credits))
    return examples


def _money(text: str) -> dict[str, Money]:
    """`net 4.67, tax 0.33` as amounts by name."""
    return {name: Money(int(euros.replace(".", ""))) for name, euros in _pairs(text)}


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.split()[0], pair.split()[1]) for pair in text.split(",") if pair.strip()]


EXAMPLES = _examples()

# Events that take an earlier entry back: row, event, the row it mirrors.
REVERSALS = [
    (13, "meal_goodwill", 9),
    (13, "meal_goodwill", 10),
    (14, "wallet_overdrawn_back", 14),
    (29, "sale_voided", 15),
    (29, "sale_voided", 28),
    (41, "dormant_claimed", 41),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.row}-{e.event}")
def test_an_event_books_what_the_table_says(example: Example) -> None:
    transfers = RULEBOOK.book(example.postings)
    debits: defaultdict[str, int] = defaultdict(int)
    credits: defaultdict[str, int] = defaultdict(int)
    for transfer in transfers:
        debits[transfer.debit[:6]] += transfer.amount.cents
        credits[transfer.credit[:6]] += transfer.amount.cents
    assert debits == example.debits
    assert credits == example.credits


@pytest.mark.parametrize(("row", "event", "mirrored_row"), REVERSALS)
def test_an_exact_reversal_is_left_to_the_journal(row: int, event: str, mirrored_row: int) -> None:
    rule = RULEBOOK.rule(event)
    mirrored = next(e for e in EXAMPLES if e.row == mirrored_row).event
    assert rule.number == row
    assert mirrored in rule.reverses
    with pytest.raises(ReversalOnly):
        RULEBOOK.transfers(event, amounts={}, roles={}, dimensions=Dimensions())


def test_every_row_from_1_to_42_and_every_event_has_an_example() -> None:
    assert {e.row for e in EXAMPLES} | {row for row, _, _ in REVERSALS} == set(range(1, 43))
    shown = {posting.event for e in EXAMPLES for posting in e.postings}
    assert shown | {event for _, event, _ in REVERSALS} == RULEBOOK.rules.keys()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.row}-{e.event}")
def test_a_rule_says_which_rows_it_stands_for(example: Example) -> None:
    rule = RULEBOOK.rule(example.event)
    assert example.row in (rule.number, *rule.covers)


def test_no_event_tells_that_a_child_has_a_subsidy() -> None:
    assert {e.event for e in EXAMPLES if e.row in (9, 10)} == {"meal"}

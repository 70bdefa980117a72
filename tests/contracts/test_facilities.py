"""What every facility type owes its callers, run over each one that `load()` finds."""

import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ledger.facilities
from ledger.entries import Dimensions
from ledger.facilities import (
    Basket,
    Counted,
    Item,
    KindNotSold,
    TaxUndecided,
    WayNotAccepted,
    book_basket,
    load,
)
from ledger.money import Money
from ledger.rules import rulebook_from
from ledger.tenders import CONTROL_ACCOUNTS, Tender
from ledger.vat import split_vat

ROOT = Path(__file__).parents[2]
RULEBOOK = rulebook_from(
    tomllib.loads((ROOT / "config/cities/aachen/posting_rules.toml").read_text("utf-8"))
)
TYPES = load()
SAMPLES = sorted((ROOT / "ledger/facilities").glob("*/samples/*.toml"))
sample = pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")


def test_the_four_facility_types_of_the_city_are_found() -> None:
    assert set(TYPES) >= {"citizens_office", "daycare", "museum", "pool"}


@pytest.mark.parametrize("code", TYPES)
def test_a_facility_type_names_what_it_sells_and_how_it_is_paid(code: str) -> None:
    facility = TYPES[code]
    assert facility.title
    assert facility.kinds
    assert facility.ways
    assert facility.ways <= CONTROL_ACCOUNTS.keys()
    assert facility.cards.keys() <= facility.kinds


@pytest.mark.parametrize("code", TYPES)
def test_a_facility_type_has_a_sample_for_every_kind_it_sells(code: str) -> None:
    shown = {item.kind for path in SAMPLES if path.parts[-3] == code for item in _read(path)[0]}
    assert shown >= TYPES[code].kinds


@sample
def test_a_sample_books_exactly_the_transfers_it_expects(path: Path) -> None:
    items, tender, expected = _read(path)
    basket = _book(items, tender)
    booked = [(t.debit, t.credit, t.amount.cents) for t in basket.transfers]
    wanted = [(t["debit"], t["credit"], t["amount_cents"]) for t in expected.get("transfer", [])]
    assert booked == wanted
    assert basket.counted == tuple(Counted(**row) for row in expected.get("counted", []))
    assert basket.total == Money(expected["total_cents"])
    assert basket.due == Money(expected["due_cents"])


@sample
def test_what_is_booked_is_the_price_and_the_payer_owes_no_more(path: Path) -> None:
    items, tender, _ = _read(path)
    basket = _book(items, tender)
    assert sum(t.amount.cents for t in basket.transfers) == basket.total.cents
    assert basket.due.cents <= basket.total.cents


@sample
def test_every_transfer_says_where_it_belongs_and_how_it_was_paid(path: Path) -> None:
    items, tender, _ = _read(path)
    for transfer in _book(items, tender).transfers:
        at = transfer.dimensions
        assert None not in (at.facility, at.product, at.cost_centre, at.tax_code, at.sphere)
        assert (at.channel, at.till, at.shift) == (tender.channel, tender.till, tender.shift)


@sample
def test_the_tax_of_each_rate_is_the_tax_of_its_lines(path: Path) -> None:
    items, tender, _ = _read(path)
    basket = _book(items, tender)
    for account, rate in (("372007", 7), ("372019", 19)):
        lines = [item for item in items if item.vat_rate == rate]
        tax = sum(split_vat(item.price * item.quantity, rate).tax.cents for item in lines)
        booked = sum(t.amount.cents for t in basket.transfers if t.credit == account)
        assert booked == tax


@sample
def test_a_product_whose_tax_is_open_is_not_sold(path: Path) -> None:
    items, tender, _ = _read(path)
    with pytest.raises(TaxUndecided):
        _book([replace(items[0], is_tax_decided=False)], tender)


@pytest.mark.parametrize("code", TYPES)
def test_a_way_to_pay_that_is_not_taken_is_refused(code: str) -> None:
    items, _, _ = next(_read(path) for path in SAMPLES if path.parts[-3] == code)
    for way in sorted(CONTROL_ACCOUNTS.keys() - TYPES[code].ways):
        with pytest.raises(WayNotAccepted) as refusal:
            _book(items, Tender(way, CONTROL_ACCOUNTS[way]))
        assert refusal.value.code == "way_not_accepted"


@pytest.mark.parametrize("code", TYPES)
def test_an_option_nobody_knows_is_a_fault(code: str) -> None:
    items, tender, _ = next(_read(path) for path in SAMPLES if path.parts[-3] == code)
    with pytest.raises(ValueError, match="knows no option halved"):
        _book([replace(items[0], options=frozenset({"halved"}))], tender)


def test_a_kind_nobody_sells_is_refused() -> None:
    item = Item("TRAM", "pool", "tram_ticket", Money(320), "441100", Dimensions())
    with pytest.raises(KindNotSold):
        _book([item], Tender("cash", "183000/B01-1"))


def test_a_type_that_books_less_than_its_price_is_a_fault() -> None:
    items, tender, _ = _read(next(path for path in SAMPLES if path.stem == "ticket_and_sauna"))
    short = replace(TYPES["pool"], price=lambda item: item.price + Money(1))
    with pytest.raises(ValueError, match="not its price"):
        book_basket(items, tender, rulebook=RULEBOOK, types={"pool": short})


@pytest.fixture
def more_facilities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which further facility types are found."""
    monkeypatch.setattr(ledger.facilities, "__path__", [*ledger.facilities.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("ledger.facilities.library")]:
        del sys.modules[name]
    vars(ledger.facilities).pop("library", None)


def test_the_how_to_page_leads_to_a_type_that_sells(more_facilities: Path) -> None:
    blocks = _blocks(ROOT / "docs/how-to/add-a-facility-type.md")
    folder = more_facilities / "library"
    (folder / "samples").mkdir(parents=True)
    (folder / "__init__.py").write_text(blocks["python"], "utf-8")
    (folder / "samples/card.toml").write_text(blocks["toml"], "utf-8")
    items, tender, expected = _read(folder / "samples/card.toml")
    basket = book_basket(items, tender, rulebook=RULEBOOK, types=load())
    assert [t.amount.cents for t in basket.transfers] == [
        row["amount_cents"] for row in expected["transfer"]
    ]


def test_a_folder_must_be_called_as_its_type(more_facilities: Path) -> None:
    folder = more_facilities / "library_two"
    shutil.copytree(ROOT / "ledger/facilities/pool", folder)
    with pytest.raises(ValueError, match="library_two holds the type pool"):
        load()


def _blocks(page: Path) -> dict[str, str]:
    """The code blocks of a page by their language."""
    parts = page.read_text("utf-8").split("```")[1::2]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def _book(items: list[Item], tender: Tender) -> Basket:
    return book_basket(items, tender, rulebook=RULEBOOK, types=TYPES)


def _read(path: Path) -> tuple[list[Item], Tender, dict[str, Any]]:
    """A sample: its lines, its tender and the whole document with what is expected."""
    document = tomllib.loads(path.read_text("utf-8"))
    items = []
    for row in document["item"]:
        own = row.pop("dimensions", {})
        items.append(
            Item(
                facility_type=path.parts[-3],
                price=Money(row.pop("price_cents")),
                dimensions=Dimensions(**{**document["dimensions"], **own}),
                options=frozenset(row.pop("options", [])),
                federal_share=tuple(row.pop("federal_share", ())) or None,
                **row,
            )
        )
    return items, Tender(**document["tender"]), document

"""The basket on the counter: pieces, surcharges, waivers, and what may not be in it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from terminals.till import baskets, payments
from terminals.till.baskets import Basket, add, add_to_every_fee, set_quantity, waive
from terminals.till.errors import TillRefusal
from terminals.till.offers import read_offers
from terminals.till.shifts import close_shift, current_shift, open_shift
from tests.terminals.till.conftest import FLOAT

NOW = datetime.now(UTC)


@pytest.fixture
def fees(catalogues):
    return read_offers(catalogues["A01"]).articles


@pytest.fixture
def pool(catalogues):
    return read_offers(catalogues["B01"]).articles


def a_basket():
    return Basket(uuid4(), "A01-1", "2026-11-17-1", "open", (), None, None, NOW)


def filled(*offers):
    on = a_basket()
    for offer in offers:
        on = add(on, offer)
    return on


def test_the_same_article_twice_is_one_line_of_two(pool):
    on = filled(pool["POOL-AD"], pool["POOL-RED"], pool["POOL-AD"])
    assert [(line.product, line.quantity) for line in on.lines] == [
        ("POOL-AD", 2), ("POOL-RED", 1),
    ]  # fmt: skip
    assert (on.total_cents, on.pieces, on.marked) == (1300, 3, 0)


def test_an_article_that_costs_something_else_by_now_is_a_line_of_its_own(pool):
    on = add(filled(pool["POOL-AD"]), replace(pool["POOL-AD"], price_cents=550))
    assert [line.unit_cents for line in on.lines] == [500, 550]


def test_no_line_has_no_pieces_and_none_has_too_many(pool):
    with pytest.raises(TillRefusal, match="line_unknown"):
        add(a_basket(), pool["POOL-AD"], 0)
    with pytest.raises(TillRefusal, match="quantity_too_large"):
        add(a_basket(), pool["POOL-AD"], baskets.MAX_QUANTITY + 1)
    with pytest.raises(TillRefusal, match="quantity_too_large"):
        set_quantity(filled(pool["POOL-AD"]), 0, baskets.MAX_QUANTITY + 1)


def test_a_basket_has_so_many_lines_and_no_more(pool):
    on = filled(pool["POOL-AD"])
    full = replace(on, lines=on.lines * baskets.MAX_LINES)
    with pytest.raises(TillRefusal, match="basket_full"):
        add(full, pool["POOL-RED"])


def test_what_must_not_be_sold_is_refused(pool):
    with pytest.raises(TillRefusal, match="article_blocked"):
        add(a_basket(), pool["POOL-COURSE"])


def test_a_surcharge_needs_its_fee(fees):
    with pytest.raises(TillRefusal, match="surcharge_alone"):
        add(filled(fees["FOTO"]), fees["PAX"])


def test_a_surcharge_is_due_once_for_each_piece_of_its_fee(fees):
    on = filled(fees["PA24"], fees["PAX"])
    with pytest.raises(TillRefusal, match="surcharge_alone"):
        add(on, fees["PAX"])
    assert set_quantity(on, 1, 5).lines[1].quantity == 1
    two = add(add(on, fees["PA24"]), fees["PAX"])
    assert [line.quantity for line in two.lines] == [2, 2]
    assert [line.quantity for line in set_quantity(two, 0, 1).lines] == [1, 1]


def test_a_second_fee_gets_a_surcharge_of_its_own(fees):
    on = filled(fees["PA24"], fees["PAX"], fees["PAU24"], fees["PAX"])
    assert [line.applies_to for line in on.lines] == [None, "PA24", None, "PAU24"]


def test_a_fee_takes_its_surcharge_with_it(fees):
    on = filled(fees["PA24"], fees["FOTO"], fees["PAX"])
    assert [line.product for line in set_quantity(on, 0, 0).lines] == ["FOTO"]


def test_a_rule_for_the_basket_doubles_every_fee_it_is_for(fees):
    on = add(filled(fees["RP24"], fees["RPC"], fees["PA24"]), fees["RPC"])
    doubled = add_to_every_fee(on, fees["RPx2"])
    beside = [(one.applies_to, one.unit_cents, one.quantity) for one in doubled.lines[3:]]
    assert beside == [("RP24", 7000, 1), ("RPC", 600, 2)]
    assert add_to_every_fee(doubled, fees["RPx2"]).lines == doubled.lines
    with pytest.raises(TillRefusal, match="surcharge_alone"):
        add_to_every_fee(filled(fees["PA24"]), fees["RPx2"])


def test_a_fee_is_waived_and_one_more_of_it_is_not(fees):
    on = add(waive(filled(fees["PA24"]), 0, "need"), fees["PA24"])
    assert [line.amount_cents for line in on.lines] == [0, 4600]


def test_only_a_fee_is_waived(pool):
    with pytest.raises(TillRefusal, match="not_waivable"):
        waive(filled(pool["POOL-AD"]), 0, "need")


def test_a_line_that_is_not_there_is_refused(pool):
    for change in (lambda on: set_quantity(on, 1, 1), lambda on: waive(on, 1, "need")):
        with pytest.raises(TillRefusal, match="line_unknown"):
            change(filled(pool["POOL-AD"]))


def test_a_basket_filled_before_the_hand_over_is_sold_in_the_next_shift(bare):
    bare.fill("POOL-AD")
    with bare.site.journal.write() as connection:
        first = current_shift(connection, "B01-1")
        close_shift(
            connection, first, counts=[FLOAT], reason=None, person="S-0002", next_person="S-0003",
            now=datetime.now(UTC),
        )  # fmt: skip
        second = open_shift(
            connection, "B01-1", person="S-0003", counts=FLOAT, now=datetime.now(UTC)
        )
    sold = bare.pay_in_cash(500)
    assert (first.code != second.code, sold.shift) == (True, second.code)


def test_without_a_shift_nothing_is_sold(bare):
    bare.fill("POOL-AD")
    with bare.site.journal.write() as connection:
        close_shift(
            connection, current_shift(connection, "B01-1"), counts=[FLOAT], reason=None,
            person="S-0002", next_person=None, now=datetime.now(UTC),
        )  # fmt: skip
    with pytest.raises(TillRefusal, match="shift_missing"):
        bare.pay_in_cash(500)


def test_what_costs_something_is_not_handed_out(bare):
    bare.fill("POOL-AD")
    with (
        pytest.raises(TillRefusal, match="not_free"),
        bare.site.journal.write() as connection,
    ):
        payments.hand_out(connection, bare.desk(), key=uuid4())


def test_too_little_cash_is_refused_and_says_how_much_is_missing(bare):
    bare.fill("POOL-AD")
    with pytest.raises(TillRefusal) as no:
        bare.pay_in_cash(300)
    assert (no.value.code, no.value.data) == ("tendered_too_little", {"missing_cents": 200})

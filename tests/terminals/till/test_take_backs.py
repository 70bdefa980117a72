"""Voids and refunds: never more than was paid, never twice, by a second person if it is much."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from terminals.adapters import Approved, Declined, Unknown
from terminals.till import outbox, payments, take_backs
from terminals.till.errors import TillRefusal
from terminals.till.sales import find_sale
from terminals.till.shifts import current_shift, expected_cash
from tests.terminals.till.conftest import FLOAT
from tests.terminals.till.taking_back import (
    ask,
    by_card,
    close,
    decide_here,
    end,
    evidence,
    found,
    hear,
    kinds,
    large,
    next_shift,
    now,
    pay,
    sale,
    state,
    void,
)


@pytest.fixture
def sold(bare):
    """Two adults and a family in cash: 22.00."""
    bare.fill("POOL-AD", "POOL-AD", "POOL-FAM")
    return bare.pay_in_cash(2200)


def test_a_cash_void_gives_everything_back_once(bare, sold):
    key = uuid4()
    assert void(bare, sold, key) is None
    assert void(bare, sold, key) is None
    with bare.site.journal.read() as connection:
        assert find_sale(connection, sold.key).state == "voided"
        assert expected_cash(connection, current_shift(connection, "B01-1")) == 15000
    assert kinds(bare)["reversal"] == 1


def test_a_voided_sale_is_not_voided_again(bare, sold):
    void(bare, sold)
    with pytest.raises(TillRefusal, match="sale_not_paid"):
        void(bare, sale(bare, sold))
    with pytest.raises(TillRefusal, match="sale_not_paid"):
        ask(bare, sale(bare, sold))


def test_a_sale_of_an_earlier_shift_is_refunded_and_not_voided(bare, sold):
    next_shift(bare)
    with pytest.raises(TillRefusal, match="shift_over"):
        void(bare, sold)
    assert ask(bare, sold).state == "approved"


def test_what_is_partly_refunded_is_not_voided(bare, sold):
    pay(bare, sold, ask(bare, sold, lines=[(0, 1)]))
    with pytest.raises(TillRefusal, match="sale_not_paid"):
        void(bare, sale(bare, sold))


def test_no_piece_goes_back_twice(bare, sold):
    pay(bare, sold, ask(bare, sold, lines=[(0, 1)]))
    for lines in ([(0, 2)], [(0, 1), (0, 1)], [(2, 1)], [(1, 0)]):
        with pytest.raises(TillRefusal, match="line_unknown"):
            ask(bare, sale(bare, sold), lines=lines)
    assert ask(bare, sale(bare, sold), lines=[(0, 1)]).amount_cents == 500


def test_a_refund_of_the_rest_is_what_is_left(bare, sold):
    pay(bare, sold, ask(bare, sold, lines=[(1, 1)]))
    assert sale(bare, sold).state == "paid"
    rest = ask(bare, sale(bare, sold))
    assert rest.amount_cents == 1000
    pay(bare, sold, rest)
    assert sale(bare, sold).state == "refunded"
    with pytest.raises(TillRefusal, match="sale_not_paid"):
        ask(bare, sale(bare, sold))


def test_a_refund_cannot_exceed_the_sale(bare, sold):
    ask(bare, sold)
    with pytest.raises(TillRefusal, match="refund_too_large"):
        ask(bare, sold)


def test_a_pass_is_not_refunded_at_the_till(bare):
    bare.fill("POOL-10A", "POOL-AD")
    sold = bare.pay_in_cash(5000)
    for lines in (None, [(0, 1)]):
        with pytest.raises(TillRefusal, match="refund_of_pass"):
            ask(bare, sold, lines=lines)
    assert ask(bare, sold, lines=[(1, 1)]).amount_cents == 500


def test_above_the_limit_a_second_person_decides(bare):
    asked = ask(bare, large(bare))
    assert asked.state == "pending"
    with pytest.raises(TillRefusal, match="own_request"):
        decide_here(bare, asked, "S-0002")
    decide_here(bare, asked, "S-0003")
    with pytest.raises(TillRefusal, match="not_pending"):
        decide_here(bare, found(bare, asked), "S-0003")
    assert found(bare, asked).state == "approved"
    assert kinds(bare)["refund_decided"] == 1


def test_before_the_decision_nothing_is_paid_and_after_a_no_neither(bare):
    sold = large(bare)
    asked = ask(bare, sold)
    with pytest.raises(TillRefusal, match="not_approved"):
        pay(bare, sold, asked)
    hear(bare, asked, "refused")
    with pytest.raises(TillRefusal, match="not_approved"):
        pay(bare, sold, found(bare, asked))
    assert ask(bare, sold).state == "pending"


def test_a_decision_that_comes_late_changes_nothing(bare):
    asked = ask(bare, large(bare))
    decide_here(bare, asked, "S-0003")
    hear(bare, asked, "refused")
    assert found(bare, asked).state == "approved"


def test_who_withdrew_gets_no_money(bare):
    sold = large(bare)
    asked = ask(bare, sold)
    with bare.site.journal.write() as connection:
        take_backs.withdraw(connection, asked, person="S-0002", now=now())
    with pytest.raises(TillRefusal, match="not_approved"):
        pay(bare, sold, found(bare, asked))
    with pytest.raises(TillRefusal, match="not_pending"), bare.site.journal.write() as connection:
        take_backs.withdraw(connection, found(bare, asked), person="S-0002", now=now())


def test_a_refund_is_paid_once(bare, sold):
    asked = ask(bare, sold)
    pay(bare, sold, asked)
    with pytest.raises(TillRefusal, match="not_approved"):
        pay(bare, sold, found(bare, asked))
    assert kinds(bare)["refund_paid"] == 1


def test_cash_leaves_the_drawer_of_the_shift_that_pays_it(bare, sold):
    asked = ask(bare, sold)
    first = next_shift(bare, counts={**FLOAT, "2000": 1, "200": 6})
    pay(bare, sold, asked)
    with bare.site.journal.read() as connection:
        second = current_shift(connection, "B01-1")
        assert expected_cash(connection, second) == second.float_cents - 2200
        assert expected_cash(connection, first) == 15000 + 2200


def test_without_a_shift_no_cash_is_paid_out(bare, sold):
    asked = ask(bare, sold)
    close(bare)
    with pytest.raises(TillRefusal, match="shift_missing"):
        pay(bare, sold, asked)
    assert found(bare, asked).state == "approved"


def test_a_fee_notice_was_never_paid_and_is_not_refunded(bare):
    bare.fill("POOL-AD")
    with bare.site.journal.write() as connection:
        owed = payments.issue_notice(connection, bare.desk(), key=uuid4())
    with pytest.raises(TillRefusal, match="sale_not_paid"):
        ask(bare, owed)


def test_a_card_that_is_not_credited_can_be_tried_again(bare):
    sold = by_card(bare)
    asked = ask(bare, sold)
    first = pay(bare, sold, asked)
    end(bare, first, Declined("bank"))
    second = pay(bare, sold, found(bare, asked))
    end(bare, second, Approved(evidence(sold, "0002")))
    assert (found(bare, asked).state, sale(bare, sold).state) == ("done", "refunded")


def test_while_a_refund_is_unclear_no_other_money_of_that_sale_goes_back(bare):
    sold = by_card(bare)
    first, second = ask(bare, sold, lines=[(0, 1)]), ask(bare, sold, lines=[(0, 1)])
    unclear = pay(bare, sold, first)
    end(bare, unclear, Unknown("unreachable"))
    for asked in (first, second):
        with pytest.raises(TillRefusal, match="payment_open"):
            pay(bare, sold, found(bare, asked))
    end(bare, unclear, Approved(evidence(sold, "0002")))
    assert (found(bare, first).state, found(bare, second).state) == ("done", "approved")


@pytest.mark.parametrize(
    ("statement", "take_back", "of_sale"),
    [("paid", "done", "voided"), ("not_paid", "withdrawn", "paid"),
     ("dont_know", "paying", "voiding")],
)  # fmt: skip
def test_a_person_says_how_a_reversal_ended(bare, statement, take_back, of_sale):
    sold, key = by_card(bare), uuid4()
    unclear = void(bare, sold, key)
    end(bare, unclear, Unknown("cannot_say"))
    state(bare, unclear, statement)
    with bare.site.journal.read() as connection:
        assert take_backs.find_take_back(connection, key).state == take_back
    assert sale(bare, sold).state == of_sale
    with pytest.raises(TillRefusal, match="payment_decided"):
        state(bare, unclear, "paid")


def test_a_statement_is_kept_when_the_terminal_says_it_after_all(bare):
    sold = by_card(bare)
    unclear = void(bare, sold)
    end(bare, unclear, Unknown("cannot_say"))
    state(bare, unclear, "paid")
    end(bare, unclear, Approved(evidence(sold, "0002")))
    assert sale(bare, sold).state == "voided"
    assert kinds(bare)["reversal"] == 1


def test_a_reversal_that_is_declined_leaves_the_sale_paid(bare):
    sold = by_card(bare)
    end(bare, void(bare, sold), Declined("bank"))
    assert sale(bare, sold).state == "paid"
    assert void(bare, sale(bare, sold)) is not None


def test_a_request_the_centre_does_not_take_is_not_paid(bare, sold):
    asked = ask(bare, sold)
    with bare.site.journal.write() as connection:
        take_backs.hear_refusal(connection, asked.id, "refund_exceeds_charge", now())
    with pytest.raises(TillRefusal, match="not_approved"):
        pay(bare, sold, found(bare, asked))


def test_a_refund_by_line_stands_in_the_books_line_by_line(counter, centre):
    counter.fill("POOL-AD", "POOL-AD", "POOL-FAM")
    sold = counter.pay_in_cash(2200)
    pay(counter, sold, ask(counter, sold, lines=[(1, 1)]))
    counter.all_sent()
    with counter.site.journal.read() as connection:
        assert outbox.rejected(connection, "B01-1") == []
    with centre.database.read_only() as session:
        lines, cents = session.execute(text("SELECT lines, amount_cents FROM refund")).one()
    assert [(line["line"], line["product"]) for line in lines] == [(2, "POOL-FAM")]
    assert cents == 1200

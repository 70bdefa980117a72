"""What a payer reads about the wallet: every entry, its share of it, and nobody else's."""

from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from ledger.entries import Posted
from ledger.facilities.daycare.meals import cut_off
from ledger.journal import reverse
from ledger.movements import movement, movements, statement
from ledger.tables.services import meal_charge
from tests.ledger.families import (
    FRIDAY,
    LUNCH,
    MONDAY,
    SNACK,
    SUNDAY,
    SUNDAY_EVENING,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    a_child,
    a_wallet,
    charge,
    eats,
    on_wallet,
    put_in,
)

WEEK = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)


def test_meals_and_money_the_newest_first(city: Session) -> None:
    wallet = a_wallet(city, 5000)
    one = a_child(city, wallet, subsidised=True)
    eats(city, one, MONDAY, TUESDAY, products=(LUNCH, SNACK))
    charge(city, MONDAY, TUESDAY)
    put_in(city, wallet, 2000, on=WEDNESDAY)
    money, second, first, start = movements(city, wallet).movements
    assert (money.kind, money.amount_cents, money.way, money.day) == (
        "top_up", 2000, "online", WEDNESDAY,
    )  # fmt: skip
    assert (second.kind, second.child, second.amount_cents, second.day) == (
        "meal", one.code, -80, TUESDAY,
    )  # fmt: skip
    assert [(line.product, line.price_cents, line.subsidy_cents, line.own_cents)
            for line in first.lines] == [(LUNCH, 370, 370, 0), (SNACK, 80, 0, 80)]  # fmt: skip
    assert (first.subsidy_cents, first.facility) == (370, "K01")
    assert start.amount_cents == 5000


def test_a_lunch_that_cost_nothing_is_shown_too(city: Session) -> None:
    wallet = a_wallet(city, 0)
    eats(city, a_child(city, wallet, subsidised=True), MONDAY)
    charge(city, MONDAY)
    (free,) = movements(city, wallet).movements
    assert (free.kind, free.amount_cents, free.subsidy_cents) == ("meal", 0, 370)


def test_pages_follow_each_other_without_gap_or_double(city: Session) -> None:
    wallet = a_wallet(city, 9000)
    one = a_child(city, wallet)
    eats(city, one, *WEEK)
    charge(city, *WEEK)
    whole = movements(city, wallet).movements
    seen, after = [], None
    while True:
        page = movements(city, wallet, after=after, limit=4)
        seen.extend(page.movements)
        after = page.after
        if after is None:
            break
    assert seen == list(whole)
    assert len({one.id for one in seen}) == 6


def test_filters_by_kind_child_and_month(city: Session) -> None:
    wallet = a_wallet(city, 9000, on=date(2026, 10, 31))
    one, other = a_child(city, wallet), a_child(city, wallet)
    for each in (one, other):
        eats(city, each, MONDAY)
    charge(city, MONDAY)
    assert [m.kind for m in movements(city, wallet, kind="top_up").movements] == ["top_up"]
    assert [m.child for m in movements(city, wallet, child=one.code).movements] == [one.code]
    november = movements(city, wallet, month=MONDAY).movements
    assert {m.kind for m in november} == {"meal"}
    assert movements(city, wallet, month=date(2026, 12, 1)).movements == ()


def test_a_charge_tells_how_it_came_about(city: Session) -> None:
    wallet = a_wallet(city)
    eats(city, a_child(city, wallet), MONDAY)
    (outcome,) = charge(city, MONDAY)
    found = movement(city, wallet, outcome.key)
    assert found is not None
    steps = [(step.kind, step.at) for step in found.how[:2]]
    assert steps == [("ordered", SUNDAY_EVENING), ("not_cancelled", cut_off(MONDAY))]
    assert found.how[2].kind == "charged"
    assert isinstance(outcome, Posted)
    back = reverse(city, outcome.entry_id, key=uuid4(), booked_on=TUESDAY)
    again = movement(city, wallet, outcome.key)
    assert again is not None
    assert [step.kind for step in again.how] == ["ordered", "not_cancelled", "charged", "credited"]
    credit = movement(city, wallet, back.key)
    assert credit is not None
    assert (credit.kind, credit.amount_cents, credit.about) == ("credit", 370, outcome.key)


def test_nobody_elses_movements_are_there(city: Session) -> None:
    mine, theirs = a_wallet(city), a_wallet(city)
    eats(city, a_child(city, theirs), MONDAY)
    (outcome,) = charge(city, MONDAY)
    assert movement(city, mine, outcome.key) is None
    assert movement(city, theirs, outcome.key) is not None
    assert movement(city, mine, uuid4()) is None
    assert len(movements(city, mine).movements) == 1


def test_what_the_balance_cannot_bear_is_told_as_an_open_bill(city: Session) -> None:
    wallet = a_wallet(city, 0)
    for _ in range(5):
        eats(city, a_child(city, wallet), MONDAY)
    charge(city, MONDAY)
    *_, last = movements(city, wallet).movements[::-1]
    assert (last.amount_cents, last.claim_cents) == (0, 370)
    assert sum(line.own_cents for line in last.lines) == 370


def test_a_statement_adds_up(city: Session) -> None:
    wallet = a_wallet(city, 5000, on=SUNDAY - timedelta(days=20))
    one, other = a_child(city, wallet), a_child(city, wallet, subsidised=True)
    for each in (one, other):
        eats(city, each, *WEEK, products=(LUNCH, SNACK))
    charge(city, *WEEK)
    put_in(city, wallet, 1000, on=WEDNESDAY)
    seen = statement(city, wallet, date(2026, 11, 1), date(2026, 11, 30))
    assert seen.opening_cents == 5000
    assert seen.sums == {"meal": -5 * 450 - 5 * 80, "top_up": 1000}
    assert seen.closing_cents == on_wallet(city, wallet)
    assert [(each.child, each.days, each.price_cents, each.subsidy_cents, each.own_cents)
            for each in seen.children] == [
        (one.code, 5, 2250, 0, 2250), (other.code, 5, 2250, 1850, 400),
    ]  # fmt: skip
    assert seen.movements[0].day == MONDAY
    part = statement(city, wallet, TUESDAY, TUESDAY)
    assert part.opening_cents == 5000 - 530
    assert part.closing_cents == 5000 - 2 * 530


def test_a_page_takes_two_questions_however_long_the_history(city: Session) -> None:
    wallet = a_wallet(city, 9000)
    eats(city, a_child(city, wallet), *WEEK)
    charge(city, *WEEK)
    asked: list[str] = []
    connection = city.connection()

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", count)
    movements(city, wallet, limit=3)
    event.remove(connection, "before_cursor_execute", count)
    assert len(asked) == 2
    assert city.query(meal_charge).count() >= 5

"""Two paying households for one child: each pays its days, and sees nothing of the other."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.households import UnknownChild, children_of, subsidies_of
from ledger.movements import movements
from ledger.shared_children import (
    ChildIsShared,
    SharingInvalid,
    end_sharing,
    share_child,
    sharing_of,
)
from tests.ledger.families import (
    FRIDAY,
    LUNCH,
    MONDAY,
    SNACK,
    SUNDAY_EVENING,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    a_child,
    a_wallet,
    charge,
    clock,
    eats,
    on_wallet,
)


def paid(session: Session, wallet: str) -> set[date]:
    return {one.day for one in movements(session, wallet, kind="meal").movements}


def test_fixed_days_are_charged_to_the_second_wallet(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[2, 4], valid_from=MONDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    week = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    eats(city, one, *week)
    charge(city, *week)
    assert paid(city, second) == {TUESDAY, THURSDAY}
    assert paid(city, main) == {MONDAY, WEDNESDAY, FRIDAY}
    assert (on_wallet(city, main), on_wallet(city, second)) == (5000 - 1110, 5000 - 740)


def test_weeks_alternate_even_over_a_year_with_53_weeks(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=None, valid_from=WEDNESDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    mondays = [MONDAY + timedelta(weeks=n) for n in range(9)]  # weeks 47 to 53, then 1 and 2
    eats(city, one, WEDNESDAY, *mondays)
    charge(city, WEDNESDAY, *mondays)
    # Its first week counts from Wednesday on; then every other one.
    assert paid(city, second) == {WEDNESDAY, *mondays[2::2]}
    assert paid(city, main) == {mondays[0], *mondays[1::2]}


def test_a_subsidised_lunch_is_free_for_either_and_shown_to_one(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main, subsidised=True)
    share_child(city, one.code, wallet=second, weekdays=[2], valid_from=MONDAY, at=SUNDAY_EVENING)
    eats(city, one, MONDAY, TUESDAY, products=(LUNCH, SNACK))
    charge(city, MONDAY, TUESDAY)
    (theirs,) = movements(city, second, kind="meal").movements
    (ours,) = movements(city, main, kind="meal").movements
    assert (theirs.amount_cents, theirs.subsidy_cents) == (-80, 0)
    assert [line.price_cents for line in theirs.lines] == [0, 80]
    assert (ours.amount_cents, ours.subsidy_cents) == (-80, 370)
    assert subsidies_of(city, second) == []
    assert [each.child for each in subsidies_of(city, main)] == [one.code]


def test_both_see_the_child_and_their_own_days(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one, other = a_child(city, main), a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[1, 3], valid_from=MONDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    mine = children_of(city, main, on=MONDAY)
    assert [(each.code, each.is_shared, each.pays) for each in mine] == [
        (one.code, True, "2,4,5"), (other.code, False, "all"),
    ]  # fmt: skip
    (theirs,) = children_of(city, second, on=MONDAY)
    assert (theirs.code, theirs.is_shared, theirs.pays) == (one.code, True, "1,3")


@pytest.mark.parametrize("who", [0, 1])
def test_either_ends_it_from_next_monday(city: Session, who: int) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[1, 4], valid_from=MONDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    next_monday = MONDAY + timedelta(days=7)
    assert end_sharing(city, (main, second)[who], one.code, at=clock(WEDNESDAY)) == next_monday
    assert end_sharing(city, main, one.code, at=clock(WEDNESDAY)) is None
    eats(city, one, THURSDAY, next_monday)
    charge(city, THURSDAY, next_monday)
    assert (paid(city, second), paid(city, main)) == ({THURSDAY}, {next_monday})
    assert children_of(city, second, on=next_monday) == []
    assert sharing_of(city, one.code, on=next_monday) is None
    share_child(city, one.code, wallet=second, weekdays=None, valid_from=next_monday,
                at=clock(FRIDAY))  # fmt: skip


def test_what_never_began_never_holds(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    later = MONDAY + timedelta(days=30)
    share_child(city, one.code, wallet=second, weekdays=None, valid_from=later,
                at=SUNDAY_EVENING)  # fmt: skip
    assert len(children_of(city, second, on=MONDAY)) == 1
    end_sharing(city, second, one.code, at=SUNDAY_EVENING)
    assert children_of(city, second, on=MONDAY) == []


def test_a_child_has_two_payers_at_most(city: Session) -> None:
    main, second, third = (a_wallet(city) for _ in range(3))
    one = a_child(city, main)
    share_child(city, one.code, wallet=second, weekdays=[1], valid_from=TUESDAY,
                at=SUNDAY_EVENING)  # fmt: skip
    with pytest.raises(ChildIsShared):
        share_child(city, one.code, wallet=third, weekdays=[2], valid_from=FRIDAY,
                    at=SUNDAY_EVENING)  # fmt: skip


def test_sharing_makes_sense(city: Session) -> None:
    main, second = a_wallet(city), a_wallet(city)
    one = a_child(city, main)
    for wallet, weekdays, day, why in (
        (second, [1], MONDAY - timedelta(days=1), "past"),
        (second, [], MONDAY, "weekdays"),
        (second, [6], MONDAY, "weekdays"),
        (main, [1], MONDAY, "own_wallet"),
    ):
        with pytest.raises(SharingInvalid) as refused:
            share_child(city, one.code, wallet=wallet, weekdays=weekdays, valid_from=day,
                        at=SUNDAY_EVENING)  # fmt: skip
        assert refused.value.why == why
    with pytest.raises(UnknownChild):
        end_sharing(city, second, one.code, at=SUNDAY_EVENING)

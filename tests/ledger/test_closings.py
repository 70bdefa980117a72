"""Leaving: the last meal is charged, a second person releases, the money goes back once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.balances import balance
from ledger.catalogue.posted import posted_catalogue
from ledger.closing_payouts import (
    name_account,
    payout_arrived,
    payout_returned,
    payout_sent,
    refund_ended,
    release_again,
    transfers_to_send,
)
from ledger.closings import (
    Closing,
    ClosingRefused,
    Source,
    closing_of,
    closings,
    is_iban,
    release_closing,
    request_closing,
    withdraw_closing,
)
from ledger.entries import Dimensions, Entry
from ledger.family_meals import meal_days
from ledger.journal import post
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from ledger.standing_orders import plan_meals, set_standing_order
from tests.ledger.families import (
    FRIDAY,
    LUNCH,
    MONDAY,
    SUNDAY_EVENING,
    TUESDAY,
    WHOLE_WEEK,
    a_child,
    a_wallet,
    charge,
    clock,
    on_wallet,
    put_in,
)

IBAN, HOLDER = "DE25999000010000181010", "Erika Beispiel"
NOW = clock(FRIDAY, 10)


@pytest.fixture
def approver(city: Session) -> Caller:
    by = Caller("test", "administrator")
    one = add_person(city, by, login="f.rei", name="Frei Gabe", post=Post("finance_approver"))
    return Caller(one.code, one.role, person=one.name)


def a_leaving_family(session: Session, cents: int = 5000) -> str:
    """A child that eats every day, and a payer who wants to leave after Tuesday."""
    wallet = a_wallet(session, cents)
    one = a_child(session, wallet)
    set_standing_order(
        session, one.code, products=[LUNCH], weekdays=WHOLE_WEEK, valid_from=MONDAY,
        at=SUNDAY_EVENING,
    )  # fmt: skip
    plan_meals(session, FRIDAY, at=SUNDAY_EVENING)
    return wallet


def leave(session: Session, wallet: str, **changes: Any) -> Closing:
    values = {"last_day": TUESDAY, "iban": IBAN, "holder": HOLDER, "at": SUNDAY_EVENING} | changes
    return request_closing(session, wallet, key=values.pop("key", uuid4()), **values)


def owed_back(session: Session) -> int:
    return -balance(session, "371300").debit_balance_cents


def test_after_the_last_day_nothing_is_ordered_and_staying_brings_it_back(city: Session) -> None:
    wallet = a_leaving_family(city)
    leave(city, wallet)
    states = [day.state for day in meal_days(city, wallet, MONDAY, FRIDAY, SUNDAY_EVENING)]
    assert states == ["ordered"] * 2 + ["no_order"] * 3
    assert withdraw_closing(city, wallet, at=SUNDAY_EVENING).iban is None
    plan_meals(city, FRIDAY, at=SUNDAY_EVENING)
    states = [day.state for day in meal_days(city, wallet, MONDAY, FRIDAY, SUNDAY_EVENING)]
    assert states == ["ordered"] * 5
    assert closing_of(city, wallet) is None
    leave(city, wallet)


def test_it_is_asked_once_and_released_after_the_last_meal(city: Session, approver: Caller) -> None:
    wallet, key = a_leaving_family(city), uuid4()
    asked = leave(city, wallet, key=key)
    assert leave(city, wallet, key=key) == asked
    with pytest.raises(ClosingRefused, match="closing_known"):
        leave(city, wallet)
    with pytest.raises(ClosingRefused, match="closing_meals_open"):
        release_closing(city, approver, asked.id, at=clock(TUESDAY))
    charge(city, MONDAY, TUESDAY)
    with pytest.raises(ClosingRefused, match="closing_role"):
        release_closing(city, replace(approver, role="finance"), asked.id, at=NOW)
    done = release_closing(city, approver, asked.id, at=NOW)
    assert (done.state, done.amount_cents, done.released_by) == ("released", 4260, approver.name)
    assert (on_wallet(city, wallet), owed_back(city)) == (0, 4260)
    with pytest.raises(ClosingRefused, match="closing_released"):
        release_closing(city, approver, asked.id, at=NOW)
    with pytest.raises(ClosingRefused, match="closing_released"):
        withdraw_closing(city, wallet, at=NOW)
    assert [one.id for one in closings(city, state="released")] == [asked.id]


def released(
    session: Session, approver: Caller, sources: tuple[Source, ...] = (), **changes: Any
) -> Closing:
    wallet = a_leaving_family(session)
    asked = leave(session, wallet, **changes)
    charge(session, MONDAY, TUESDAY)
    return release_closing(session, approver, asked.id, sources=sources, at=NOW)


def test_a_transfer_is_paid_out_once_and_the_account_forgotten(
    city: Session, approver: Caller
) -> None:
    closing = released(city, approver)
    ((listed, payout),) = transfers_to_send(city)
    assert (listed.iban, payout.amount_cents) == (IBAN, 4260)
    assert payout_sent(city, payout.id, at=NOW).state == "on_the_way"
    for _ in range(2):
        done = payout_arrived(city, payout.id, at=NOW)
    assert (done.id, done.state, done.iban, done.holder) == (closing.id, "paid_out", None, None)
    assert owed_back(city) == 0
    assert transfers_to_send(city) == []
    with pytest.raises(ClosingRefused, match="payout_state"):
        payout_sent(city, payout.id, at=NOW)


@pytest.mark.parametrize("first", [payout_sent, payout_arrived])
def test_money_that_came_back_goes_to_another_account(
    city: Session, approver: Caller, first: Callable[..., Closing]
) -> None:
    closing = released(city, approver)
    first(city, closing.payouts[0].id, at=NOW)
    back = payout_returned(city, closing.payouts[0].id, at=NOW)
    assert (back.state, back.iban, owed_back(city)) == ("came_back", None, 4260)
    with pytest.raises(ClosingRefused, match="closing_iban_missing"):
        release_again(city, approver, closing.id, at=NOW)
    with pytest.raises(ClosingRefused, match="closing_iban"):
        name_account(city, closing.wallet, iban="DE00", holder=HOLDER, at=NOW)
    name_account(city, closing.wallet, iban=IBAN, holder=HOLDER, at=NOW)
    again = release_again(city, approver, closing.id, at=NOW)
    assert again.state == "released"
    assert sorted(one.state for one in again.payouts) == ["released", "replaced"]
    new = next(one for one in again.payouts if one.state == "released")
    assert payout_arrived(city, new.id, at=NOW).state == "paid_out"
    assert owed_back(city) == 0


def a_source(way: str, cents: int, days_ago: int) -> Source:
    return Source(uuid4(), way, cents, FRIDAY - timedelta(days=days_ago))


def test_money_goes_back_the_way_it_came(city: Session, approver: Caller) -> None:
    debit, old_debit = a_source("sepa_debit", 1000, 20), a_source("sepa_debit", 3000, 60)
    card, old_card = a_source("card", 2000, 5), a_source("card", 900, 90)
    closing = released(city, approver, (old_card, old_debit, card, debit))
    by_way: dict[UUID | None, int] = {one.payment: one.amount_cents for one in closing.payouts}
    assert by_way == {
        debit.payment: 1000, card.payment: 2000, old_card.payment: 900, None: 360,
    }  # fmt: skip
    for one in closing.payouts:
        done = payout_arrived(city, one.id, at=NOW)
    assert done.state == "paid_out"
    assert owed_back(city) == 4260 - 360  # the provider's refunds are booked where they are made


def test_a_refund_at_the_provider_that_fails_later_asks_for_an_account(
    city: Session, approver: Caller
) -> None:
    closing = released(city, approver, (a_source("card", 4260, 5),))
    refund = closing.payouts[0].id
    assert not refund_ended(city, uuid4(), is_paid=True, at=NOW)
    assert refund_ended(city, refund, is_paid=True, at=NOW)
    assert [one.state for one in closings(city)] == ["paid_out"]
    assert refund_ended(city, refund, is_paid=False, at=NOW)
    assert [one.state for one in closings(city)] == ["came_back"]


def test_without_an_account_what_is_left_has_nowhere_to_go(city: Session, approver: Caller) -> None:
    card = a_source("card", 4259, 5)
    with pytest.raises(ClosingRefused) as no:
        released(city, approver, (card,), iban=None, holder=None)
    assert (no.value.code, no.value.data["cents"]) == ("closing_iban_missing", 1)


def test_a_recent_direct_debit_goes_nowhere_else(city: Session, approver: Caller) -> None:
    wallet = a_leaving_family(city)
    transfers = posted_catalogue(city).rulebook.transfers(
        "direct_debit_submitted", amounts={"amount": 3000}, roles={"wallet": f"371000/{wallet}"},
        dimensions=Dimensions(),
    )  # fmt: skip
    post(city, [Entry(uuid4(), "direct_debit_submitted", MONDAY, transfers)])
    asked = leave(city, wallet)
    charge(city, MONDAY, TUESDAY)
    with pytest.raises(ClosingRefused) as no:
        release_closing(city, approver, asked.id, at=NOW)
    assert (no.value.code, no.value.data["cents"]) == ("closing_debit_recent", 3000)
    source = a_source("sepa_debit", 3000, 4)
    done = release_closing(city, approver, asked.id, sources=[source], at=NOW)
    assert {one.way: one.amount_cents for one in done.payouts} == {
        "sepa_debit": 3000, "transfer": 4260,
    }  # fmt: skip


def test_an_open_bill_is_settled_before_and_a_debt_is_not_closed(
    city: Session, approver: Caller
) -> None:
    wallet = a_leaving_family(city, 0)
    for _ in range(5):
        one = a_child(city, wallet)
        set_standing_order(
            city, one.code, products=[LUNCH], weekdays=[1], valid_from=MONDAY, at=SUNDAY_EVENING
        )
    plan_meals(city, TUESDAY, at=SUNDAY_EVENING)
    asked = leave(city, wallet)
    charge(city, MONDAY, TUESDAY)
    with pytest.raises(ClosingRefused, match="closing_in_debt"):
        release_closing(city, approver, asked.id, at=NOW)
    put_in(city, wallet, 7 * 370 + 100, on=FRIDAY)
    done = release_closing(city, approver, asked.id, at=NOW)
    assert done.amount_cents == 100
    assert balance(city, "171100").debit_balance_cents == 0


def test_an_empty_wallet_is_closed_at_once(city: Session, approver: Caller) -> None:
    wallet = a_wallet(city, 0)
    asked = leave(city, wallet, iban=None, holder=None, last_day=MONDAY)
    done = release_closing(city, approver, asked.id, at=NOW)
    assert (done.state, done.amount_cents, done.payouts) == ("paid_out", 0, ())


def test_money_that_comes_after_all_was_paid_out_is_paid_out_too(
    city: Session, approver: Caller
) -> None:
    wallet = a_wallet(city, 0)
    first = leave(city, wallet, last_day=MONDAY)
    release_closing(city, approver, first.id, at=NOW)
    with pytest.raises(ClosingRefused, match="closing_known"):
        leave(city, wallet, last_day=FRIDAY)
    put_in(city, wallet, 3700, on=FRIDAY)
    again = leave(city, wallet, last_day=FRIDAY, at=NOW)
    done = release_closing(city, approver, again.id, at=NOW)
    assert (done.amount_cents, done.state) == (3700, "released")
    assert closing_of(city, wallet) == done
    assert on_wallet(city, wallet) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iban": "DE25999000010000181011"}, "closing_iban"),
        ({"holder": None}, "closing_iban"),
        ({"at": clock(FRIDAY)}, "closing_day"),
    ],
)
def test_a_closing_makes_sense(city: Session, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ClosingRefused, match=code):
        leave(city, a_wallet(city), **changes)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (IBAN, True),
        ("GB82WEST12345698765432", True),
        ("DE25 9990 0001", False),
        ("", False),
        ("DE26999000010000181010", False),
    ],
)
def test_check_digits_of_an_iban(text: str, is_one: bool) -> None:
    assert is_iban(text) == is_one

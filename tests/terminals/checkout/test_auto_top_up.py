"""Wallets that fill themselves up: one at a time, within the cap, stopped by declines."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from ledger.calendar import business_day
from ledger.closings import request_closing, withdraw_closing
from terminals.checkout import auto_top_up as auto
from terminals.checkout.auto_running import due_top_ups, run_top_up
from terminals.checkout.auto_state import spent_cents
from terminals.checkout.errors import ProviderDown
from terminals.checkout.payments import Payment
from terminals.checkout.people import way_of
from terminals.checkout.rows import change
from terminals.checkout.tables import auto_consent
from tests.terminals.checkout.shop import Shop

PLAN = auto.Plan(threshold_cents=1000, amount_cents=2000, month_cap_cents=5000)
PAYER = "Z-000001"


def agreed(shop: Shop, plan: auto.Plan = PLAN, means: str = "visa") -> auto.Auto:
    """A payer who paid once with a way to keep, and agreed."""
    first = shop.begin(500, payer=PAYER, save=True)
    shop.pays(first, means)
    shop.settle(first)
    if means == "sepa":
        shop.stripe.online.clear_debit(str(shop.found(first).intent))
        shop.settle(first)
    with shop.database.transaction() as session:
        return auto.set_up(
            session, shop.wallet, plan, payer=PAYER, text_version="2026-11", at=shop.now
        )


def due(shop: Shop, at: datetime | None = None) -> list[UUID]:
    with shop.database.transaction() as session:
        return due_top_ups(session, at or shop.now)


def runs(shop: Shop, id_: UUID) -> Payment:
    return run_top_up(shop.database, shop.provider, id_, at=shop.now)


def state(shop: Shop) -> str:
    with shop.database.read_only() as session:
        found = auto.auto_of(session, shop.wallet)
    return "none" if found is None else found.state


def test_a_low_wallet_is_filled_once(shop: Shop) -> None:
    kept = agreed(shop)
    assert (kept.state, kept.way, kept.label) == ("active", "card", "visa 4242")
    (planned,) = due(shop)
    assert due(shop) == []
    assert (runs(shop, planned).state, runs(shop, planned).state) == ("paid", "paid")
    assert shop.balance() == 2500
    assert due(shop) == []  # not low any more


def test_it_waits_for_a_way_to_pay_and_then_goes_on(shop: Shop) -> None:
    with shop.database.transaction() as session:
        auto.set_up(session, shop.wallet, PLAN, payer=PAYER, text_version="1", at=shop.now)
    assert (state(shop), due(shop)) == ("waiting_for_way", [])
    first = shop.begin(500, payer=PAYER, save=True)
    shop.pays(first)
    shop.settle(first)
    assert state(shop) == "active"


def test_batches_at_the_same_time_plan_one(shop: Shop) -> None:
    agreed(shop)
    planned: list[UUID] = []
    crowd = [threading.Thread(target=lambda: planned.extend(due(shop))) for _ in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert len(planned) == 1


def test_the_cap_of_a_month_holds_as_the_city_counts_months(shop: Shop) -> None:
    agreed(shop)
    for _ in range(4):
        for planned in due(shop):
            runs(shop, planned)
        if shop.balance():
            shop.spend(shop.balance())
    with shop.database.read_only() as session:
        assert spent_cents(session, shop.wallet, shop.now) == 4000
    # An hour before midnight in UTC it is the next month in Aachen already.
    month = (business_day(shop.now).replace(day=1) + timedelta(days=32)).replace(day=1)
    eve = datetime.combine(month - timedelta(days=1), datetime.min.time(), UTC)
    assert due(shop, eve + timedelta(hours=21)) == []
    assert len(due(shop, eve + timedelta(hours=23, minutes=30))) == 1


def test_two_declines_stop_it_and_a_payment_by_hand_goes_on(shop: Shop) -> None:
    agreed(shop)
    shop.stripe.online.next_payment("declined", "insufficient_funds")
    for expected in ("active", "stopped"):
        (planned,) = due(shop)
        assert runs(shop, planned).state == "failed"
        assert state(shop) == expected
    assert due(shop) == []
    by_hand = shop.begin(300, payer=PAYER, save=True)
    shop.pays(by_hand)
    shop.settle(by_hand)
    assert state(shop) == "active"
    shop.settle(by_hand)
    assert shop.balance() == 800


def test_a_bank_that_wants_to_see_the_payer_is_waited_for(shop: Shop) -> None:
    agreed(shop)
    shop.stripe.online.next_payment("asks")
    (planned,) = due(shop)
    failed = runs(shop, planned)
    assert (failed.state, failed.reason) == ("failed", "authentication_required")
    assert (state(shop), due(shop), shop.balance()) == ("waiting_for_bank", [], 500)


@pytest.mark.parametrize("fault", ["answer_lost", "unreachable", "server_error_done"])
def test_a_charge_whose_answer_was_lost_is_made_once(shop: Shop, fault: str) -> None:
    agreed(shop)
    (planned,) = due(shop)
    shop.stripe.fault(fault, "payment_intents.create", times=3)
    with pytest.raises(ProviderDown):
        runs(shop, planned)
    shop.wait(hours=30)
    assert due(shop) == []  # it is still on its way
    ended = runs(shop, planned)
    made = [b.amount_cents for b in shop.stripe.ledger if b.kind == "charge"]
    assert (ended.state, made) in [("paid", [500, 2000]), ("failed", [500])]
    assert shop.balance() == sum(made)


def test_a_debit_is_announced_two_days_ahead_and_can_be_stopped_until_then(shop: Shop) -> None:
    agreed(shop, means="sepa")
    (planned,) = due(shop)
    assert runs(shop, planned).state == "begun"
    shop.wait(hours=49)
    assert runs(shop, planned).state == "processing"
    shop.spend(2500)
    assert due(shop) == []


def test_what_is_paused_or_ended_is_not_charged(shop: Shop) -> None:
    agreed(shop)
    (planned,) = due(shop)
    with shop.database.transaction() as session:
        auto.pause(session, shop.wallet, until=date(2030, 1, 1), at=shop.now)
    assert (runs(shop, planned).state, due(shop)) == ("cancelled", [])
    with shop.database.transaction() as session:
        assert auto.resume(session, shop.wallet, at=shop.now).state == "active"
        changed = auto.Plan(1000, 1500, 5000)
        auto.change(session, shop.wallet, changed, text_version="2026-12", at=shop.now)
    (planned,) = due(shop)
    with shop.database.transaction() as session:
        auto.end(session, shop.wallet, at=shop.now)
    assert (runs(shop, planned).state, state(shop), due(shop)) == ("cancelled", "none", [])
    with shop.database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(auto_consent)) == 2


def test_a_way_to_pay_the_provider_does_not_know_any_more_is_no_endless_try(shop: Shop) -> None:
    agreed(shop)
    with shop.database.read_only() as session:
        kept = way_of(session, PAYER)
    shop.provider.client.v1.payment_methods.detach(kept.method)
    for expected in ("active", "stopped"):
        (planned,) = due(shop)
        assert runs(shop, planned).state == "failed"
        assert state(shop) == expected
    assert due(shop) == []


def test_an_account_that_is_being_closed_is_not_filled_up(shop: Shop) -> None:
    agreed(shop)
    (planned,) = due(shop)
    with shop.database.transaction() as session:
        request_closing(
            session, shop.wallet, key=uuid4(), last_day=business_day(shop.now), at=shop.now
        )
    assert runs(shop, planned).state == "cancelled"
    assert due(shop) == []
    with shop.database.transaction() as session:
        withdraw_closing(session, shop.wallet, at=shop.now)
    assert len(due(shop)) == 1


def test_a_plan_made_while_a_payment_ends_waits_for_nobody(shop: Shop) -> None:
    agreed(shop)
    (planned,) = due(shop)
    with shop.database.transaction() as moving:
        change(moving, planned, state="failed", ended_at=shop.now)
        assert due(shop) == []  # it has not ended yet for anybody else


def test_a_rest_does_not_set_going_again_what_declines_have_stopped(shop: Shop) -> None:
    agreed(shop)
    shop.stripe.online.next_payment("declined", "insufficient_funds")
    for _ in range(2):
        (planned,) = due(shop)
        runs(shop, planned)
    with shop.database.transaction() as session:
        auto.pause(session, shop.wallet, until=None, at=shop.now)
        auto.resume(session, shop.wallet, at=shop.now)
    assert (state(shop), due(shop)) == ("stopped", [])

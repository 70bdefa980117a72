"""Money that goes back: within what is left, by two people above a limit, once; failing late."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from ledger.calendar import business_day
from ledger.closings import release_closing, request_closing
from ledger.movements import movements
from ledger.permissions import Caller
from terminals.checkout.cases import open_cases
from terminals.checkout.errors import RefundNotPossible
from terminals.checkout.payments import Payment, give_back
from terminals.checkout.queries import disputes_of
from terminals.checkout.refunds import (
    failed_refunds,
    find_refund,
    refunds_of,
    release,
    take_back,
    turn_down,
    waiting_refunds,
)
from terminals.mail.tables import letter
from terminals.portal.payers import add_payer
from tests.staff_client import a_person
from tests.terminals.checkout.shop import Shop


def a_paid(shop: Shop, cents: int = 5000) -> Payment:
    payment = shop.begin(cents)
    shop.pays(payment)
    return shop.settle(payment)


def asks(shop: Shop, payment: Payment, cents: int, key: UUID | None = None) -> UUID:
    with shop.database.transaction() as session:
        refund = give_back(session, payment.id, cents, key=key or uuid4(), by="P-1",
                           reason="Irrtum", at=shop.now)  # fmt: skip
    return refund.id


def kinds(shop: Shop) -> list[str]:
    with shop.database.read_only() as session:
        return [case.kind for case in open_cases(session)]


def state(shop: Shop, refund: UUID) -> str:
    with shop.database.read_only() as session:
        return find_refund(session, refund).state


def test_a_refund_is_paid_once_however_often_it_is_asked(shop: Shop) -> None:
    payment, key = a_paid(shop), uuid4()
    assert asks(shop, payment, 1000, key) == asks(shop, payment, 1000, key) == key
    assert shop.books()["371300"] == -1000
    shop.ask(key)
    shop.ask(key)
    assert "371300" not in shop.books()
    assert shop.balance() == 4000
    assert [b.amount_cents for b in shop.stripe.ledger if b.kind == "refund"] == [1000]
    assert state(shop, key) == "succeeded"


def test_a_refund_whose_answer_was_lost_is_found(shop: Shop) -> None:
    refund = asks(shop, a_paid(shop), 1000)
    shop.stripe.fault("answer_lost", "refunds.create", times=3)
    shop.ask_calmly(refund)
    shop.late = timedelta(hours=30)
    shop.sweep()
    assert state(shop, refund) == "succeeded"
    assert [b.amount_cents for b in shop.stripe.ledger if b.kind == "refund"] == [1000]


def test_more_than_is_left_never_goes_back(shop: Shop) -> None:
    payment = a_paid(shop)
    shop.ask(asks(shop, payment, 2000))
    with pytest.raises(RefundNotPossible, match="too_much"):
        asks(shop, payment, 3001)
    with pytest.raises(RefundNotPossible, match="not_paid"):
        asks(shop, shop.begin(700), 700)


def test_what_was_spent_cannot_go_back(shop: Shop) -> None:
    payment = a_paid(shop, 2000)
    shop.spend(1500)
    with pytest.raises(RefundNotPossible, match="spent"):
        asks(shop, payment, 1000)


def test_above_the_limit_a_second_person_releases(shop: Shop) -> None:
    payment = a_paid(shop)
    refund = asks(shop, payment, 4000)
    assert state(shop, refund) == "waiting"
    shop.ask(refund)  # nothing happens before it is released
    assert shop.books()["371300"] == -4000
    with shop.database.transaction() as session:
        assert [each.id for each in waiting_refunds(session)] == [refund]
        with pytest.raises(RefundNotPossible, match="own_request"):
            release(session, refund, by="P-1", at=shop.now)
        release(session, refund, by="P-2", at=shop.now)
    shop.ask(refund)
    assert shop.books() == {"184200": 1000, "371000": -1000}


def test_what_is_turned_down_is_on_the_wallet_again(shop: Shop) -> None:
    refund = asks(shop, a_paid(shop), 4000)
    with shop.database.transaction() as session:
        turn_down(session, refund, by="P-2", at=shop.now)
        with pytest.raises(RefundNotPossible, match="decided"):
            release(session, refund, by="P-2", at=shop.now)
    assert shop.balance() == 5000


def test_a_payer_takes_back_a_double_top_up_for_fourteen_days(shop: Shop) -> None:
    payment = a_paid(shop)
    with shop.database.transaction() as session:
        refund = take_back(session, payment.id, 5000, key=uuid4(), payer="Z-1", at=shop.now)
    shop.ask(refund.id)
    assert shop.books() == {}
    late = shop.now + timedelta(days=15)
    with shop.database.transaction() as session, pytest.raises(RefundNotPossible, match="late"):
        take_back(session, payment.id, 1, key=uuid4(), payer="Z-1", at=late)


def test_a_refund_that_fails_late_is_owed_again_and_seen(shop: Shop) -> None:
    refund = asks(shop, a_paid(shop), 1000)
    shop.ask(refund)
    with shop.database.read_only() as session:
        (made,) = refunds_of(session, find_refund(session, refund).payment)
    at_stripe = shop.provider.client.v1.refunds.list({"limit": 1}).data[0].id
    shop.stripe.online.fail_refund(at_stripe)
    shop.sweep()
    assert (made.state, state(shop, refund)) == ("succeeded", "failed")
    assert shop.balance() == 5000
    assert "371300" not in shop.books()
    assert kinds(shop) == ["refund_failed"]
    shop.sweep()
    shop.told_everything()
    assert (shop.balance(), kinds(shop)) == (5000, ["refund_failed"])
    with shop.database.read_only() as session:
        assert failed_refunds(session) == []  # nothing has to go another way
        shown = [(one.kind, one.amount_cents) for one in movements(session, shop.wallet).movements]
    assert shown == [("refund_back", 1000), ("refund", -1000), ("top_up", 5000)]


def test_the_payer_hears_that_money_could_not_be_paid_back(shop: Shop) -> None:
    with shop.database.transaction() as session:
        add_payer(session, "eltern@post.example", language="de", wallet=shop.wallet, at=shop.now)
    refund = asks(shop, a_paid(shop), 1000)
    shop.ask(refund)
    shop.stripe.online.fail_refund(shop.provider.client.v1.refunds.list({"limit": 1}).data[0].id)
    shop.sweep()
    with shop.database.read_only() as session:
        subjects = session.scalars(select(letter.c.subject)).all()
    assert sum("wieder auf Ihrem Guthaben" in str(one) for one in subjects) == 1


def test_money_of_a_closed_account_that_comes_back_goes_another_way(shop: Shop) -> None:
    refund = asks(shop, a_paid(shop), 1000)
    shop.ask(refund)
    shop.spend(4000)
    approver = Caller(a_person(shop.database, "finance_approver").code, "finance_approver")
    with shop.database.transaction() as session:
        request_closing(
            session, shop.wallet, key=refund, last_day=business_day(shop.now), at=shop.now
        )
        release_closing(session, approver, refund, at=shop.now)
    shop.stripe.online.fail_refund(shop.provider.client.v1.refunds.list({"limit": 1}).data[0].id)
    shop.sweep()
    assert (shop.balance(), shop.books()["371300"]) == (0, -1000)
    with shop.database.read_only() as session:
        assert [one.id for one in failed_refunds(session)] == [refund]


def test_a_refund_the_provider_refuses_is_on_the_wallet_again(shop: Shop) -> None:
    payment = a_paid(shop)
    refund = asks(shop, payment, 1000)
    intent = shop.found(payment).intent
    assert intent is not None
    shop.stripe.online.refund_elsewhere(intent, 4500)
    shop.ask(refund)
    assert state(shop, refund) == "failed"
    assert "371300" not in shop.books()
    assert shop.balance() == 500  # what was refunded over there is taken from the whole wallet
    assert sorted(kinds(shop)) == ["refund_elsewhere", "refund_failed"]


def test_a_lost_dispute_takes_the_wallet_to_its_floor_and_leaves_a_claim(shop: Shop) -> None:
    payment = a_paid(shop, 5000)
    shop.spend(4000)
    dispute = shop.stripe.online.dispute(str(shop.found(payment).intent))
    shop.settle(payment)
    assert shop.books()["171200"] == 5000
    shop.stripe.online.end_dispute(dispute, is_won=False)
    shop.settle(payment)
    assert shop.balance() == -1500
    assert shop.books()["171200"] == 2500
    assert sorted(kinds(shop)) == ["claim_left", "disputed"]
    with pytest.raises(RefundNotPossible, match="disputed"):
        asks(shop, payment, 100)


def test_a_dispute_that_is_won_after_it_was_lost_is_a_case_for_a_person(shop: Shop) -> None:
    payment = a_paid(shop, 5000)
    dispute = shop.stripe.online.dispute(str(shop.found(payment).intent))
    shop.stripe.online.end_dispute(dispute, is_won=False)
    shop.settle(payment)
    assert (shop.balance(), "171200" in shop.books()) == (0, False)
    shown = shop.stripe.world.find("dispute", dispute, "dispute")
    shown["status"] = "under_review"  # the bank changed its mind
    shop.stripe.online.end_dispute(dispute, is_won=True)
    for _ in range(2):
        shop.settle(payment)
    assert shop.books()["171200"] == -5000
    assert sorted(kinds(shop)) == ["disputed", "won_after_lost"]
    with shop.database.read_only() as session:
        assert [one.state for one in disputes_of(session, payment.id)] == ["won"]


def test_the_letter_of_a_debit_that_came_back_names_what_is_left(shop: Shop) -> None:
    with shop.database.transaction() as session:
        add_payer(session, "parent@post.example", language="de", wallet=shop.wallet, at=shop.now)
    payment = shop.begin(4000)
    shop.pays(payment, "sepa")
    shop.settle(payment)
    shop.stripe.online.clear_debit(str(shop.found(payment).intent), is_paid=False)
    shop.settle(payment)
    with shop.database.read_only() as session:
        told = session.scalars(select(letter.c.paragraphs).order_by(letter.c.written_at)).all()
    assert "jetzt 0,00" in told[-1][1]


def test_a_debit_within_the_limit_counts_at_once_and_one_above_it_later(shop: Shop) -> None:
    small, large = shop.begin(4000), shop.begin(2000)
    shop.pays(small, "sepa")
    shop.pays(large, "sepa")
    assert (shop.settle(small).credited_at is not None, shop.balance()) == (True, 4000)
    assert (shop.settle(large).credited_at, shop.balance()) == (None, 4000)
    assert shop.books() == {"184300": 4000, "371000": -4000}
    shop.spend(4500)
    shop.stripe.online.clear_debit(str(shop.found(small).intent), is_paid=False)
    assert shop.settle(small).state == "failed"
    assert shop.balance() == -1500  # its floor
    assert shop.books()["171200"] == 3000

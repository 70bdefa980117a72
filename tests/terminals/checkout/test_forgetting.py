"""Nothing of a payer stays at the provider when it is needed no more: asked until it has gone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from ledger.calendar import business_day
from ledger.closings import release_closing, request_closing
from ledger.permissions import Caller
from terminals.checkout import auto_top_up as auto
from terminals.checkout.auto_running import due_top_ups, run_top_up
from terminals.checkout.errors import ProviderDown
from terminals.checkout.forgetting import JOB, forget, waiting
from terminals.checkout.people import customer_for, way_of
from terminals.checkout.provider import Json
from terminals.checkout.tables import online_forgetting
from terminals.portal.own_data import erase
from tests.payer_client import Household, a_household
from tests.staff_client import a_person
from tests.terminals.checkout.shop import Shop

PLAN = auto.Plan(threshold_cents=1000, amount_cents=2000, month_cap_cents=5000)


@pytest.fixture
def home(shop: Shop) -> Household:
    """A household whose wallet fills itself up by a card that was kept."""
    home = a_household(shop.database)
    shop.wallet = home.wallet
    pays_with_a_new_card(shop, home)
    with shop.database.transaction() as session:
        auto.set_up(session, home.wallet, PLAN, payer=home.payer.code, text_version="1",
                    at=shop.now)  # fmt: skip
    return home


def pays_with_a_new_card(shop: Shop, home: Household) -> None:
    first = shop.begin(500, payer=home.payer.code, save=True)
    shop.pays(first)
    shop.settle(first)


def kept(shop: Shop, home: Household) -> str:
    with shop.database.read_only() as session:
        return str(way_of(session, home.payer.code).method)


def ends(shop: Shop, home: Household) -> None:
    with shop.database.transaction() as session:
        auto.end(session, home.wallet, at=shop.now)


def is_closed(shop: Shop, home: Household) -> None:
    """The wallet is empty, and the closing released."""
    shop.spend(shop.balance())
    key = uuid4()
    with shop.database.transaction() as session:
        request_closing(session, home.wallet, key=key, last_day=business_day(shop.now), at=shop.now)
    approver = Caller(a_person(shop.database, "finance_approver").code, "finance_approver")
    with shop.database.transaction() as session:
        assert release_closing(session, approver, key, at=shop.now).state == "paid_out"


def works(shop: Shop) -> None:
    """The worker does the jobs that were deferred."""
    with shop.database.read_only() as session:
        refs = session.scalars(
            text("SELECT args->>'ref' FROM procrastinate_jobs WHERE task_name = :job ORDER BY id"),
            {"job": JOB},
        ).all()
    for ref in refs:
        forget(shop.database, shop.provider, ref, at=shop.now)


def owner(shop: Shop, method: str) -> str | None:
    found: str | None = shop.provider.method(method)["customer"]
    return found


def customer(shop: Shop, id_: str) -> Json:
    shown: Json = shop.provider.client.v1.customers.retrieve(id_).to_dict()
    return shown


def left(shop: Shop) -> list[str]:
    with shop.database.read_only() as session:
        return waiting(session)


def test_who_ends_topping_up_automatically_has_no_way_to_pay_over_there(
    shop: Shop, home: Household
) -> None:
    method = kept(shop, home)
    assert owner(shop, method) is not None
    ends(shop, home)
    works(shop)
    works(shop)  # a job that died is run again
    assert (owner(shop, method), left(shop)) == (None, [])
    with shop.database.read_only() as session:
        row = session.execute(select(online_forgetting)).one()
    assert (row.ref, row.kind, row.payer) == (method, "way", home.payer.code)
    assert row.done_at >= row.wanted_at


def test_a_way_in_place_of_another_one_leaves_one(shop: Shop, home: Household) -> None:
    before = kept(shop, home)
    with shop.database.transaction() as session:
        (planned,) = due_top_ups(session, shop.now)
    pays_with_a_new_card(shop, home)
    works(shop)
    assert (owner(shop, before) is None, left(shop)) == (False, [before])  # one is planned with it
    run_top_up(shop.database, shop.provider, planned, at=shop.now)
    shop.sweep()
    assert (owner(shop, before), left(shop)) == (None, [])
    assert owner(shop, kept(shop, home)) is not None


def test_the_provider_is_asked_until_it_has_answered(shop: Shop, home: Household) -> None:
    method = kept(shop, home)
    ends(shop, home)
    shop.stripe.fault("answer_lost", "payment_methods.detach", times=3)
    with pytest.raises(ProviderDown):
        works(shop)
    assert left(shop) == [method]
    assert shop.sweep().forgotten == 1
    assert (owner(shop, method), left(shop)) == (None, [])


def test_who_is_erased_is_nobody_over_there(shop: Shop, home: Household) -> None:
    method, known = kept(shop, home), customer_for(shop.database, shop.provider, home.payer.code)
    shop.spend(shop.balance())
    with shop.database.transaction() as session:
        erase(session, home.payer, at=shop.now)
    works(shop)
    assert customer(shop, known)["deleted"] is True
    assert (owner(shop, method), left(shop)) == (None, [])


def test_a_closed_account_that_is_paid_out_is_forgotten_by_the_sweep(
    shop: Shop, home: Household
) -> None:
    known = customer_for(shop.database, shop.provider, home.payer.code)
    is_closed(shop, home)
    assert shop.sweep().forgotten == 2
    assert shop.sweep().forgotten == 0
    assert customer(shop, known)["deleted"] is True
    with shop.database.read_only() as session:
        assert auto.auto_of(session, home.wallet) is None
    again = shop.begin(700, payer=home.payer.code)  # they come back, and are somebody new
    shop.pays(again)
    assert shop.settle(again).state == "paid"
    assert customer_for(shop.database, shop.provider, home.payer.code) != known
    shop.sweep()
    assert left(shop) == []


def test_a_customer_stays_while_a_payment_is_on_its_way(shop: Shop, home: Household) -> None:
    known = customer_for(shop.database, shop.provider, home.payer.code)
    is_closed(shop, home)
    page = shop.begin(700, payer=home.payer.code)
    shop.sweep()
    assert "deleted" not in customer(shop, known)
    with shop.database.transaction() as session:
        auto.end(session, home.wallet, at=shop.now)
    assert shop.found(page).state == "open"


def test_a_way_that_fills_nothing_up_is_not_kept(shop: Shop, home: Household) -> None:
    ends(shop, home)
    works(shop)
    pays_with_a_new_card(shop, home)  # on a page that was still open
    method = kept(shop, home)
    assert shop.sweep().forgotten == 0
    shop.late = timedelta(days=2)
    shop.sweep()
    assert owner(shop, method) is None

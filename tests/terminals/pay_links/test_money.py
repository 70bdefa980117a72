"""Money for a pay link: booked once, never lost, whatever happened to the link meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from config.database import Database
from ledger.baskets import BasketLine, ChargeRequest
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import charge, find_charge, reverse_charge
from ledger.claims import open_claims
from ledger.pay_links import (
    PayLinkRefused,
    change_link,
    find_link,
    issue_notice,
    link_by_token,
    make_link,
    receive,
    withdraw_link,
)
from ledger.pay_links.standing import UnknownPayLink
from ledger.wallets import find_wallet, open_wallet
from tests.ledger.families import MONDAY, a_child, a_wallet, eats, on_wallet
from tests.ledger.families import charge as charge_day
from tests.terminals.pay_links.links import (
    CARD,
    CASE,
    LATER,
    NOW,
    a_link,
    asked,
    do,
    held,
    paid,
    standing,
)

ONLINE, UNCLEAR, CLAIMS, FEES = "184200", "371100", "161100", "431100"


def test_a_link_is_made_once_and_found_by_its_address(city: Database) -> None:
    wish = asked()
    first = do(city, lambda session: make_link(session, wish))
    again = do(city, lambda session: make_link(session, replace(wish, made_at=NOW + LATER)))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.token == again.token
    found = do(city, lambda session: link_by_token(session, first.token.lower()))
    assert (found.amount_cents, found.state(NOW), found.facility) == (4600, "open", "A01")
    assert found.reference.startswith("RF")
    assert do(city, lambda session: link_by_token(session, "0" * 26)) is None


def test_the_same_id_for_something_else_is_refused(city: Database) -> None:
    wish = asked()
    do(city, lambda session: make_link(session, wish))
    other = replace(wish, lines=(BasketLine("PA24", 2),))
    with pytest.raises(PayLinkRefused) as refused:
        do(city, lambda session: make_link(session, other))
    assert refused.value.code == "pay_link_key_reused"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"facility": "A99"}, "facility_unknown"),
        ({"lines": (BasketLine("NIX"),)}, "product_unknown"),
        ({"lines": ()}, "line_count"),
        ({"case_reference": None}, "case_reference_missing"),
        ({"lines": (BasketLine("PA24", waiver_reason="Härtefall"),)}, "pay_link_without_amount"),
        ({"expires_at": NOW}, "pay_link_end"),
    ],
)
def test_what_cannot_be_charged_gets_no_link(city: Database, change: dict, code: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(PayLinkRefused) as refused:
        do(city, lambda session: make_link(session, asked(**change)))
    assert refused.value.code == code


def test_a_paid_link_charges_the_fee_exactly_once(city: Database) -> None:
    link, payment = a_link(city), uuid4()
    for is_new in (True, False):
        got = do(city, lambda session: receive(
            session, link.id, payment=payment, amount_cents=4600, at=NOW + LATER))  # fmt: skip
        assert (got.use, got.back_cents, got.is_new) == ("settles", 0, is_new)
    now = standing(city, link.id)
    assert (now.state(NOW), now.paid_how, now.paid_at) == ("paid", "online", NOW + LATER)
    assert (held(city, ONLINE), held(city, FEES)) == (4600, -4600)


def test_paying_twice_keeps_the_second_payment_to_go_back(city: Database) -> None:
    link = a_link(city)
    assert paid(city, link.id, 4600).use == "settles"
    second = paid(city, link.id, 4600)
    assert (second.use, second.back_cents) == ("too_much", 4600)
    assert (held(city, ONLINE), held(city, FEES), held(city, UNCLEAR)) == (9200, -4600, -4600)
    assert standing(city, link.id).back_cents == 4600


def test_two_payments_at_once_settle_it_once(city: Database) -> None:
    link = a_link(city)
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda _: paid(city, link.id, 4600), range(4)))
    assert sorted(one.use for one in got) == ["settles", "too_much", "too_much", "too_much"]
    assert (held(city, FEES), held(city, UNCLEAR)) == (-4600, -13800)


def test_an_old_link_paid_after_the_counter_goes_back_whole(city: Database) -> None:
    link = a_link(city)
    sold = ChargeRequest(
        uuid4(), "A01", "cash", NOW + LATER, (replace(CARD, case_reference=CASE),), till="A01-1"
    )
    do(city, lambda session: charge(session, posted_catalogue(session), [sold]))
    now = standing(city, link.id)
    assert (now.state(NOW), now.paid_how, now.paid_at) == ("paid", "counter", NOW + LATER)
    assert paid(city, link.id, 4600, NOW + 2 * LATER).use == "too_much"
    assert (held(city, FEES), held(city, UNCLEAR)) == (-4600, -4600)


def test_a_sale_of_another_case_or_before_the_link_says_nothing(city: Database) -> None:
    link = a_link(city)
    for case, at in (("9999", NOW + LATER), (CASE, NOW - LATER)):
        line = replace(CARD, case_reference=case)
        sold = ChargeRequest(uuid4(), "A01", "cash", at, (line,), till="A01-1")
        do(city, lambda session, one=sold: charge(session, posted_catalogue(session), [one]))
    assert standing(city, link.id).state(NOW) == "open"


def test_a_sale_that_was_voided_leaves_the_link_open(city: Database) -> None:
    link = a_link(city)
    line = replace(CARD, case_reference=CASE)
    sold = ChargeRequest(uuid4(), "A01", "cash", NOW + LATER, (line,), till="A01-1")
    do(city, lambda session: charge(session, posted_catalogue(session), [sold]))
    do(city, lambda session: reverse_charge(
        session, sold.key, key=uuid4(), booked_on=sold.booked_on, reason="vertippt"))  # fmt: skip
    assert standing(city, link.id).state(NOW) == "open"


def test_more_than_the_amount_that_was_lowered_gives_the_difference_back(city: Database) -> None:
    link = a_link(city, lines=(BasketLine("PA24", 2),))
    changed = do(city, lambda session: change_link(
        session, link.id, reason="Nur ein Ausweis", by="S-1", at=NOW, lines=(CARD,)))  # fmt: skip
    assert (changed.first_cents, changed.amount_cents) == (9200, 4600)
    assert changed.change_reason == "Nur ein Ausweis"
    got = paid(city, link.id, 9200)
    assert (got.use, got.back_cents) == ("settles", 4600)
    assert (held(city, ONLINE), held(city, FEES), held(city, UNCLEAR)) == (9200, -4600, -4600)


def test_less_than_the_amount_that_was_raised_leaves_the_rest_open(city: Database) -> None:
    link = a_link(city)
    do(city, lambda session: change_link(
        session, link.id, reason="Zwei Ausweise", by="S-0001", at=NOW,
        lines=(BasketLine("PA24", 2),)))  # fmt: skip
    assert paid(city, link.id, 4600).use == "part"
    assert (standing(city, link.id).due_cents, held(city, UNCLEAR)) == (4600, -4600)
    assert paid(city, link.id, 4600).use == "settles"
    assert (held(city, ONLINE), held(city, FEES), held(city, UNCLEAR)) == (9200, -9200, 0)


def test_a_withdrawn_link_takes_no_money_for_good(city: Database) -> None:
    link = a_link(city)
    gone = do(city, lambda session: withdraw_link(
        session, link.id, reason="Irrtum", by="S-0001", at=NOW))  # fmt: skip
    assert gone.state(NOW) == "withdrawn"
    assert paid(city, link.id, 4600).back_cents == 4600


def test_a_paid_link_is_not_withdrawn_any_more(city: Database) -> None:
    link = a_link(city)
    paid(city, link.id, 4600)
    kept = do(city, lambda session: withdraw_link(
        session, link.id, reason="Irrtum", by="S-0001", at=NOW))  # fmt: skip
    assert kept.state(NOW) == "paid"
    with pytest.raises(PayLinkRefused) as refused:
        do(city, lambda session: change_link(
            session, link.id, reason="zu spät", by="S-0001", at=NOW, lines=(CARD,)))  # fmt: skip
    assert refused.value.code == "pay_link_over"


def test_a_link_that_has_ended_still_takes_the_money_that_comes(city: Database) -> None:
    link = a_link(city, expires_at=NOW + timedelta(minutes=1))
    assert standing(city, link.id).state(NOW + LATER) == "expired"
    assert paid(city, link.id, 4600).use == "settles"


def test_money_the_books_would_not_charge_waits_for_finance(city: Database) -> None:
    # In January the catalogue may have another price: here the line has none that holds.
    link = a_link(city)
    late = NOW.replace(year=2020)
    got = paid(city, link.id, 4600, late)
    assert (got.use, got.back_cents) == ("unclear", 0)
    now = standing(city, link.id)
    assert (now.state(NOW), now.is_unclear) == ("paid", True)
    assert (held(city, FEES), held(city, UNCLEAR)) == (0, -4600)


def test_a_notice_is_a_claim_and_is_paid_online_once(city: Database) -> None:
    link = a_link(city)
    for _ in range(2):
        do(city, lambda session: issue_notice(session, link.id, at=NOW))
    assert (held(city, CLAIMS), held(city, FEES)) == (4600, -4600)
    assert paid(city, link.id, 4600).use == "settles"
    assert (held(city, CLAIMS), held(city, ONLINE), held(city, FEES)) == (0, 4600, -4600)
    assert paid(city, link.id, 4600).use == "too_much"


def test_a_notice_that_was_taken_back_ends_its_link(city: Database) -> None:
    link = a_link(city)
    issued = do(city, lambda session: issue_notice(session, link.id, at=NOW))
    do(city, lambda session: reverse_charge(
        session, issued.key, key=uuid4(), booked_on=NOW.date(), reason="aufgehoben"))  # fmt: skip
    assert standing(city, link.id).state(NOW) == "withdrawn"
    assert paid(city, link.id, 4600).use == "too_much"


def test_a_shared_fee_keeps_the_share_of_the_federation(city: Database) -> None:
    link = a_link(city, lines=(BasketLine("FZ"),))
    paid(city, link.id, 1300)
    assert (held(city, ONLINE), held(city, "371200")) == (1300, -780)


def test_an_open_bill_of_a_wallet_is_paid_onto_the_wallet(city: Database) -> None:
    wallet = do(city, lambda session: open_wallet(session, kind="kita", key=uuid4()))
    link = a_link(city, facility=None, lines=(), case_reference=None, wallet=wallet.code,
                  amount_cents=850)  # fmt: skip
    assert paid(city, link.id, 850).use == "settles"
    assert standing(city, link.id).state(NOW) == "paid"
    assert paid(city, link.id, 850).use == "credit"
    now = do(city, lambda session: find_wallet(session, wallet.code))
    assert now.balance_cents == 1700


def test_a_bill_paid_by_its_link_is_open_no_more(city: Database) -> None:
    with city.transaction() as session:
        wallet = a_wallet(session, 0)
        for _ in range(6):
            eats(session, a_child(session, wallet), MONDAY)
        charge_day(session, MONDAY)
        assert (on_wallet(session, wallet), open_claims(session, wallet)) == (-1480, 740)
    link = a_link(city, facility=None, lines=(), case_reference=None, wallet=wallet,
                  amount_cents=2220)  # fmt: skip
    assert paid(city, link.id, 2220).use == "settles"
    with city.read_only() as session:
        assert (on_wallet(session, wallet), open_claims(session, wallet)) == (0, 0)


def test_the_charge_carries_the_number_on_the_receipt(city: Database) -> None:
    link = a_link(city)
    paid(city, link.id, 4600)
    now = standing(city, link.id)
    with city.read_only() as session:
        entry = session.connection().exec_driver_sql(
            f"SELECT key FROM entry WHERE id = {now.paid_entry}"
        )
        sold = find_charge(session, entry.scalar_one())
    assert sold is not None
    assert (sold.receipt_number, sold.way) == (now.receipt_number, "online")


def test_an_unknown_link_is_none(city: Database) -> None:
    with city.read_only() as session:
        assert find_link(session, uuid4()) is None
    with pytest.raises(UnknownPayLink):
        paid(city, uuid4(), 100)

"""Posting: balanced by construction, once, never below the floor."""

from dataclasses import replace
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.entries import Conflict, Posted, Refused, Transfer
from ledger.errors import UnknownAccount, UnknownEntry
from ledger.journal import post, post_now, reverse
from ledger.money import Money
from ledger.tables.books import account, case_reference, entry, guard, transfer
from tests.builders import (
    BANK,
    CLEARING,
    REVENUE,
    TAX,
    a_bill,
    a_chart,
    a_top_up,
    a_wallet,
    an_entry,
)


@pytest.fixture(autouse=True)
def chart(session: Session) -> None:
    a_chart(session)


def posted_cents(session: Session, wallet: str) -> int:
    return session.execute(
        select(guard.c.posted)
        .join(account, account.c.id == guard.c.account_id)
        .where(account.c.code == wallet)
    ).scalar_one()


def test_an_entry_with_two_transfers_is_written_whole(session: Session) -> None:
    [posted] = post(session, [a_bill((CLEARING, REVENUE, 467), (CLEARING, TAX, 33))])
    assert isinstance(posted, Posted)
    lines = session.execute(
        select(transfer.c.line, transfer.c.amount_cents).where(
            transfer.c.entry_id == posted.entry_id
        )
    ).all()
    assert lines == [(1, 467), (2, 33)]


@pytest.mark.parametrize("others", [0, 3])
def test_the_same_key_and_content_get_the_first_answer(session: Session, others: int) -> None:
    sale = an_entry()
    [first, *_] = post(session, [sale, *(an_entry() for _ in range(others))])
    [again, *_] = post(session, [sale, *(an_entry() for _ in range(others))])
    assert again == replace(first, replayed=True)
    assert session.scalar(select(func.count()).where(entry.c.key == sale.key)) == 1


@pytest.mark.parametrize("others", [0, 3])
def test_the_same_key_with_other_content_is_a_conflict(session: Session, others: int) -> None:
    sale = an_entry(cents=500)
    post(session, [sale])
    altered = an_entry(cents=600, key=sale.key)
    [outcome, *_] = post(session, [altered, *(an_entry() for _ in range(others))])
    assert outcome == Conflict(sale.key)


@pytest.mark.parametrize("others", [0, 3])
def test_a_wallet_is_not_spent_below_its_floor(session: Session, others: int) -> None:
    wallet = a_wallet(session, 1)
    post(session, [a_top_up(wallet, 1000)])
    rest = [an_entry() for _ in range(others)]
    first, second = an_entry(wallet, cents=700), an_entry(wallet, cents=301)
    [spent, *_] = post(session, [first, *rest])
    [refused, *_] = post(session, [second, *rest])
    assert isinstance(spent, Posted)
    assert refused == Refused(
        second.key,
        "balance_too_low",
        {"account": wallet, "available_cents": 300, "needed_cents": 301},
    )
    assert posted_cents(session, wallet) == 300


def test_a_refusal_stays_refused_when_the_money_comes_later(session: Session) -> None:
    wallet = a_wallet(session, 1)
    meal = an_entry(wallet, cents=370)
    [refused] = post(session, [meal])
    post(session, [a_top_up(wallet, 5000)])
    [again] = post(session, [meal])
    assert isinstance(refused, Refused)
    assert again == replace(refused, replayed=True)


def test_a_kita_wallet_may_use_its_grace_limit_and_no_more(session: Session) -> None:
    wallet = a_wallet(session, 1, control="371000")
    outcomes = post(session, [an_entry(wallet, cents=1500), an_entry(wallet, cents=1)])
    assert [type(outcome) for outcome in outcomes] == [Posted, Refused]


def test_a_batch_looks_at_funds_in_the_order_given(session: Session) -> None:
    wallet = a_wallet(session, 1)
    spend, top_up = an_entry(wallet, cents=450), a_top_up(wallet, 450)
    first, second = post(session, [spend, top_up])
    assert isinstance(first, Refused)
    assert isinstance(second, Posted)


def test_one_refusal_does_not_stop_the_others(session: Session) -> None:
    empty = a_wallet(session, 1)
    outcomes = post(session, [an_entry(), an_entry(empty), an_entry()])
    assert [type(outcome) for outcome in outcomes] == [Posted, Refused, Posted]


def test_linked_entries_stand_or_fall_together(session: Session) -> None:
    empty = a_wallet(session, 1)
    good, bad = an_entry(), an_entry(empty)
    outcomes = post(session, [good, bad], all_or_nothing=True)
    assert outcomes[0] == Refused(good.key, "linked_refused", {"because": "balance_too_low"})
    assert isinstance(outcomes[1], Refused)
    assert session.scalar(select(func.count()).select_from(entry)) == 0


def test_a_key_that_stands_twice_in_a_batch_is_posted_once(session: Session) -> None:
    sale = an_entry()
    altered = an_entry(cents=1, key=sale.key)
    first, again, conflict = post(session, [sale, sale, altered])
    assert isinstance(first, Posted)
    assert again == replace(first, replayed=True)
    assert conflict == Conflict(sale.key)


def test_an_unknown_account_is_named_and_nothing_is_written(session: Session) -> None:
    with pytest.raises(UnknownAccount) as refused:
        post(session, [an_entry(), an_entry("999999")])
    assert refused.value.account == "999999"
    assert session.scalar(select(func.count()).select_from(entry)) == 0


def test_a_control_account_takes_no_postings(session: Session) -> None:
    with pytest.raises(UnknownAccount):
        post(session, [an_entry(BANK, "371000")])


def test_another_currency_than_the_account_is_refused(session: Session) -> None:
    foreign = an_entry()
    moved = Transfer(CLEARING, REVENUE, Money(100, "CHF"))
    with pytest.raises(ValueError, match="kept in EUR"):
        post(session, [replace(foreign, transfers=(moved,))])


def test_a_reversal_exchanges_debit_and_credit_and_names_the_old_entry(session: Session) -> None:
    wallet = a_wallet(session, 1)
    post(session, [a_top_up(wallet, 1000)])
    [spent] = post(session, [an_entry(wallet, cents=700)])
    assert isinstance(spent, Posted)
    taken_back = reverse(session, spent.entry_id, key=uuid4(), booked_on=an_entry().booked_on)
    assert isinstance(taken_back, Posted)
    assert posted_cents(session, wallet) == 1000
    names = select(entry.c.reverses).where(entry.c.id == taken_back.entry_id)
    assert session.scalar(names) == spent.entry_id


def test_an_entry_is_reversed_once(session: Session) -> None:
    [sold] = post(session, [an_entry()])
    assert isinstance(sold, Posted)
    key, day = uuid4(), an_entry().booked_on
    first = reverse(session, sold.entry_id, key=key, booked_on=day)
    again = reverse(session, sold.entry_id, key=key, booked_on=day)
    other = reverse(session, sold.entry_id, key=uuid4(), booked_on=day)
    assert isinstance(first, Posted)
    assert again == replace(first, replayed=True)
    assert isinstance(other, Refused)
    assert (other.code, other.data) == ("already_reversed", {"entry_id": sold.entry_id})


def test_what_is_not_in_the_books_cannot_be_reversed(session: Session) -> None:
    with pytest.raises(UnknownEntry):
        reverse(session, 4711, key=uuid4(), booked_on=an_entry().booked_on)


@pytest.mark.parametrize("others", [0, 3])
def test_a_case_reference_is_kept_apart_with_a_salt_of_its_own(
    session: Session, others: int
) -> None:
    fee = an_entry(case_reference="02.12-2026-004711")
    [posted, *_] = post(session, [fee, *(an_entry() for _ in range(others))])
    assert isinstance(posted, Posted)
    canonical = session.scalar(select(entry.c.canonical).where(entry.c.id == posted.entry_id))
    kept = session.execute(
        select(case_reference).join(transfer, transfer.c.case_id == case_reference.c.id)
    ).one()
    assert kept.value == "02.12-2026-004711"
    assert len(kept.salt) == 16
    assert b"004711" not in canonical


def test_a_lone_charge_is_committed_when_it_returns(database) -> None:
    with database.transaction() as session:
        a_chart(session)
    sale = an_entry()
    posted = post_now(database.engine, sale)
    assert isinstance(posted, Posted)
    assert post_now(database.engine, sale) == replace(posted, replayed=True)
    with database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(transfer)) == 1


def test_a_reversal_is_answered_again_after_its_case_reference_was_erased(
    session: Session,
) -> None:
    [fee] = post(session, [an_entry(case_reference="02.12-4711")])
    assert isinstance(fee, Posted)
    key, day = uuid4(), an_entry().booked_on
    first = reverse(session, fee.entry_id, key=key, booked_on=day)
    assert isinstance(first, Posted)
    session.execute(case_reference.update().values(salt=None, value=None))
    again = reverse(session, fee.entry_id, key=key, booked_on=day)
    assert again == replace(first, replayed=True)


def test_a_reversal_that_races_a_batch_with_the_same_one_is_refused(database) -> None:
    with database.transaction() as session:
        a_chart(session)
        [sold] = post(session, [an_entry()])
    assert isinstance(sold, Posted)
    moved = Transfer(REVENUE, CLEARING, Money(500))
    back = replace(an_entry(), transfers=(moved,), reverses=sold.entry_id)
    outcomes: list[object] = []

    def reverse_as_well() -> None:
        with database.transaction() as other:
            day = back.booked_on
            outcomes.append(reverse(other, sold.entry_id, key=uuid4(), booked_on=day))

    with database.transaction() as session:
        post(session, [back, an_entry()])
        racing = Thread(target=reverse_as_well)
        racing.start()
        racing.join(timeout=0.3)
    racing.join()
    assert [getattr(outcome, "code", outcome) for outcome in outcomes] == ["already_reversed"]


@pytest.mark.parametrize("reference", ["", "x" * 65])
def test_a_case_reference_has_a_length(reference: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        an_entry(case_reference=reference)


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_001])
def test_a_transfer_moves_a_positive_amount_of_a_sane_size(cents: int) -> None:
    with pytest.raises(ValueError, match="positive amount"):
        an_entry(cents=cents)

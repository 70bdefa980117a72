"""Orders to the bank: asked by one, released by another, covered by the books, sent once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.errors import constraint_of
from reconciliation.exports.refusals import PaymentOrderRefused
from reconciliation.exports.sepa.direct_debits import (
    Mandate,
    NewCollection,
    add_mandate,
    end_mandate,
    request_collection,
)
from reconciliation.exports.sepa.orders import order_locked, release_order, stop_order
from tests.reconciliation.payment_stand import (
    IBAN,
    NOW,
    Stand,
    a_mandate,
    a_stand,
    an_order,
    ask,
    files,
    state_of,
)


@pytest.fixture
def stand(city: Database) -> Stand:
    return a_stand(city)


def test_money_is_sent_once_a_second_person_agrees(stand: Stand) -> None:
    order = ask(stand, an_order(stand))
    assert (order.state, order.end_to_end_id) == ("requested", order.id.hex)
    with stand.database.transaction() as session:
        with pytest.raises(PaymentOrderRefused, match="order_role"):
            release_order(session, stand.maker, order.id, at=NOW)
        done = release_order(session, stand.checker, order.id, at=NOW)
        assert (done.state, done.released_by) == ("released", stand.checker.name)
        with pytest.raises(PaymentOrderRefused, match="order_state"):
            release_order(session, stand.checker, order.id, at=NOW)


def test_who_asked_never_releases_and_the_database_knows_it(stand: Stand) -> None:
    approver = replace(stand, maker=stand.checker)
    order = ask(approver, an_order(approver))
    refused = pytest.raises(PaymentOrderRefused, match="order_own")
    with stand.database.transaction() as session, refused:
        release_order(session, stand.checker, order.id, at=NOW)
    with pytest.raises(DBAPIError) as refused, stand.database.transaction() as session:
        session.execute(text("UPDATE payment_order SET state = 'released', released_at = now(),"
                             " released_by = requested_by"))  # fmt: skip
    assert constraint_of(refused.value) == "payment_order_by_second_person"
    with pytest.raises(DBAPIError) as refused, stand.database.transaction() as session:
        session.execute(text("UPDATE payment_order SET state = 'submitted'"))
    assert constraint_of(refused.value) == "payment_order_out_is_released"


def test_no_more_is_ordered_than_the_books_put_aside(stand: Stand) -> None:
    first = an_order(stand, 1500)
    ask(stand, replace(first, amount_cents=1000))
    more = replace(first, id=uuid4(), subject="another", amount_cents=501)
    with pytest.raises(PaymentOrderRefused, match="order_not_covered"):
        ask(stand, more)
    ask(stand, replace(more, amount_cents=500))
    with pytest.raises(PaymentOrderRefused, match="order_not_covered"):
        ask(stand, an_order(stand, 1, booked_entry=10**9))


def test_asking_again_asks_once_and_for_something_else_is_refused(stand: Stand) -> None:
    new = an_order(stand)
    assert ask(stand, new) == ask(stand, new)
    for other in (replace(new, amount_cents=1), replace(new, id=uuid4())):
        with pytest.raises(PaymentOrderRefused, match=r"order_known|order_not_covered"):
            ask(stand, other)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iban": "DE00370400440532013000"}, "order_iban"),
        ({"holder": "你好"}, "order_text"),
        ({"purpose": ""}, "order_text"),
        ({"holder": "x" * 71}, "order_text"),
    ],
)
def test_what_no_bank_takes_is_refused_at_once(
    stand: Stand, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(PaymentOrderRefused, match=code):
        ask(stand, an_order(stand, **changes))


def test_an_order_is_stopped_as_long_as_no_file_has_it(stand: Stand) -> None:
    stopped, sent = ask(stand, an_order(stand)), ask(stand, an_order(stand))
    with stand.database.transaction() as session:
        done = stop_order(session, stand.maker, stopped.id, at=NOW)
        assert (done.state, done.iban, done.holder) == ("stopped", None, None)
        release_order(session, stand.checker, sent.id, at=NOW)
    files(stand, "pain001")
    refused = pytest.raises(PaymentOrderRefused, match="order_state")
    with stand.database.transaction() as session, refused:
        stop_order(session, stand.maker, sent.id, at=NOW)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE payment_order SET state = 'requested'",
        "UPDATE payment_order SET iban = 'DE89370400440532013000'",
        "UPDATE payment_order SET state = 'paid'",
        "UPDATE payment_order SET released_by = 'S-0000'",
        "UPDATE payment_order SET amount_cents = 1",
        "DELETE FROM payment_order",
    ],
)
def test_a_released_order_can_only_go_forward(stand: Stand, deed: str) -> None:
    order = ask(stand, an_order(stand))
    with stand.database.transaction() as session:
        release_order(session, stand.checker, order.id, at=NOW)
    with pytest.raises(DBAPIError), stand.database.transaction() as session:
        session.execute(text(deed))
    assert state_of(stand, order.id) == "released"


@pytest.mark.parametrize(
    "due_on",
    [date(2026, 11, 19), date(2026, 11, 21), date(2026, 11, 18), date(2026, 12, 4)],
    ids=["today", "a Saturday", "yesterday", "in 15 days"],
)
def test_a_collection_is_due_on_a_bank_day_between_the_next_and_14_days(
    stand: Stand, due_on: date
) -> None:
    mandate = a_mandate(stand)
    with stand.database.transaction() as session:
        new = NewCollection(uuid4(), mandate.id, 100, due_on, "Essensgeld")
        with pytest.raises(PaymentOrderRefused, match="collection_due"):
            request_collection(session, stand.maker, new, at=NOW)
        ok = NewCollection(uuid4(), mandate.id, 100, date(2026, 11, 20), "Essensgeld")
        assert request_collection(session, stand.maker, ok, at=NOW).due_on == date(2026, 11, 20)


def test_what_is_handed_in_on_a_saturday_counts_from_monday(stand: Stand) -> None:
    mandate, saturday = a_mandate(stand), NOW + timedelta(days=2)
    with stand.database.transaction() as session:
        new = NewCollection(uuid4(), mandate.id, 100, date(2026, 11, 23), "Essensgeld")
        with pytest.raises(PaymentOrderRefused, match="collection_due"):
            request_collection(session, stand.maker, new, at=saturday)
        ok = NewCollection(uuid4(), mandate.id, 100, date(2026, 11, 24), "Essensgeld")
        request_collection(session, stand.maker, ok, at=saturday)


def test_a_mandate_lapses_36_months_after_its_last_use(stand: Stand) -> None:
    mandate = a_mandate(stand)
    old = Mandate("M-OLD", mandate.wallet, IBAN, "Erika Beispiel", date(2023, 11, 20))
    with stand.database.transaction() as session:
        add_mandate(session, stand.maker, old, at=NOW)
        new = NewCollection(uuid4(), old.id, 100, date(2026, 11, 20), "Essensgeld")
        with pytest.raises(PaymentOrderRefused, match="mandate_lapsed"):
            request_collection(session, stand.maker, new, at=NOW)
        with pytest.raises(PaymentOrderRefused, match="mandate_known"):
            add_mandate(session, stand.maker, old, at=NOW)


def test_an_ended_mandate_collects_nothing_and_is_forgotten(stand: Stand) -> None:
    mandate = a_mandate(stand)
    with stand.database.transaction() as session:
        end_mandate(session, mandate.id, at=NOW)
        new = NewCollection(uuid4(), mandate.id, 100, date(2026, 11, 20), "Essensgeld")
        with pytest.raises(PaymentOrderRefused, match="mandate_unknown"):
            request_collection(session, stand.maker, new, at=NOW)
        kept = session.execute(text("SELECT iban, holder FROM mandate")).one()
    assert tuple(kept) == (None, None)


def test_an_unknown_order_is_refused(stand: Stand) -> None:
    refused = pytest.raises(PaymentOrderRefused, match="order_unknown")
    with stand.database.transaction() as session, refused:
        order_locked(session, uuid4())

"""Files for the bank: valid by the schema, each payment once, released by a second person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sepaxml.validation import try_valid_xml
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.closing_payouts import payout_arrived
from ledger.closings import ClosingRefused
from ledger.errors import constraint_of
from reconciliation.exports.handover import content, find_batch, note_step
from reconciliation.exports.refusals import ExportRefused, PaymentOrderRefused
from reconciliation.exports.sepa.direct_debits import end_mandate
from reconciliation.exports.sepa.files import create_files, ready_orders, refuse_file
from reconciliation.exports.sepa.orders import release_order
from reconciliation.exports.sepa.payments import sepa_text
from tests.reconciliation.export_books import SETTINGS, file_of, rows, sha256
from tests.reconciliation.payment_stand import (
    IBAN,
    NOW,
    OTHER_IBAN,
    Stand,
    a_collection,
    a_mandate,
    a_payout,
    a_stand,
    an_order,
    ask,
    files,
    held_on,
    let_go,
    on_wallet,
    sent,
    state_of,
    texts,
)

BANK = "181010"


@pytest.fixture
def stand(city: Database) -> Stand:
    return a_stand(city)


def test_a_closed_accounts_money_goes_out_in_a_valid_file(stand: Stand) -> None:
    payout = a_payout(stand, 4260)
    written = sent(stand, "pain001")
    try_valid_xml(written, "pain.001.001.09")
    assert texts(written, "MsgId") == ["SK-PAIN001-000001"]
    assert texts(written, "CreDtTm") == ["2026-11-19T09:30:00"]
    assert texts(written, "PmtInfId") == ["SK-PAIN001-000001-00001"]
    assert texts(written, "EndToEndId") == [payout.hex]
    assert texts(written, "InstdAmt") == ["42.60"]
    assert texts(written, "IBAN") == ["DE25999000010000181010", IBAN]
    assert texts(written, "Nm")[-1] == "Juergen Gross + Soehne"
    assert texts(written, "BtchBookg") == ["false"]
    assert texts(written, "AdrLine") == []
    assert rows(stand.database, "SELECT state FROM closing_payout") == [("on_the_way",)]


def test_collections_are_booked_when_their_file_is_let_go(stand: Stand) -> None:
    mandate = a_mandate(stand)
    order = a_collection(stand, mandate, 3000)
    (number,) = files(stand, "pain008")
    assert (on_wallet(stand, mandate.wallet), held_on(stand, "184300")) == (0, 0)
    let_go(stand, "pain008", number)
    assert (on_wallet(stand, mandate.wallet), held_on(stand, "184300")) == (3000, 3000)
    written = file_of(stand.database, "pain008", number)[1]
    try_valid_xml(written, "pain.008.001.08")
    assert texts(written, "EndToEndId") == [order.id.hex]
    assert texts(written, "MndtId") == [mandate.id]
    assert texts(written, "DtOfSgntr") == ["2026-11-19"]
    assert texts(written, "SeqTp") == ["RCUR"]
    assert texts(written, "ReqdColltnDt") == ["2026-11-23"]
    assert "DE98ZZZ09999999999" in texts(written, "Id")


def test_every_payment_is_in_one_file_and_the_file_is_always_the_same(stand: Stand) -> None:
    a_payout(stand, 4260)
    first = sent(stand, "pain001")
    with pytest.raises(ExportRefused, match="export_empty"):
        files(stand, "pain001", at=NOW + timedelta(days=1))
    batch, again = file_of(stand.database, "pain001", 1)
    assert (again, sha256(again)) == (first, batch.sha256)
    with pytest.raises(DBAPIError), stand.database.transaction() as session:
        session.execute(text("INSERT INTO export_payment SELECT format, 2, payment_order,"
                             " payment_info, true FROM export_payment"))  # fmt: skip


def test_each_of_our_accounts_has_a_file_of_its_own(stand: Stand) -> None:
    a_payout(stand, 4260)
    order = ask(stand, an_order(stand))
    with stand.database.transaction() as session:
        release_order(session, stand.checker, order.id, at=NOW)
    assert files(stand, "pain001") == [1, 2]
    for number in (1, 2):
        let_go(stand, "pain001", number)
    assert texts(file_of(stand.database, "pain001", 1)[1], "IBAN")[1] == OTHER_IBAN
    assert texts(file_of(stand.database, "pain001", 2)[1], "IBAN")[1] == IBAN


def test_nobody_downloads_or_sends_a_file_before_its_release(stand: Stand) -> None:
    a_payout(stand)
    files(stand, "pain001")
    with stand.database.transaction() as session:
        batch = find_batch(session, "pain001", 1)
        with pytest.raises(ExportRefused, match="export_not_released"):
            content(session, batch)
        with pytest.raises(ExportRefused, match="export_not_released"):
            note_step(session, stand.maker, batch, "sent", at=NOW)
    with pytest.raises(DBAPIError) as refused, stand.database.transaction() as session:
        session.execute(text("INSERT INTO export_step (format, number, kind, at, staff)"
                             " VALUES ('pain001', 1, 'sent', now(), 'x')"))  # fmt: skip
    assert constraint_of(refused.value) == "export_step_released"


def test_its_maker_never_releases_a_file_and_the_database_knows_it(stand: Stand) -> None:
    a_payout(stand)
    files(replace(stand, maker=stand.checker), "pain001")
    with pytest.raises(ExportRefused, match="export_own"):
        let_go(stand, "pain001")
    with pytest.raises(ExportRefused, match="export_role"):
        let_go(replace(stand, checker=stand.maker), "pain001")
    with pytest.raises(DBAPIError) as refused, stand.database.transaction() as session:
        session.execute(text("INSERT INTO export_decision SELECT format, number, created_by,"
                             " 'released', created_by, now() FROM export_batch"))  # fmt: skip
    assert constraint_of(refused.value) == "export_decision_by_second_person"
    with pytest.raises(DBAPIError), stand.database.transaction() as session:
        session.execute(text("INSERT INTO export_decision SELECT format, number, 'S-9999',"
                             " 'released', created_by, now() FROM export_batch"))  # fmt: skip
    assert rows(stand.database, "SELECT state FROM closing_payout") == [("released",)]


def test_a_device_makes_no_file(stand: Stand) -> None:
    a_payout(stand)
    device = replace(stand.maker, person=None)
    refused = pytest.raises(ExportRefused, match="export_role")
    with stand.database.transaction() as session, refused:
        create_files(session, device, "pain001", settings=SETTINGS, at=NOW)


def test_payments_of_a_refused_file_go_into_another(stand: Stand) -> None:
    payout = a_payout(stand)
    files(stand, "pain001")
    with stand.database.transaction() as session:
        with pytest.raises(ExportRefused, match="export_words"):
            refuse_file(session, stand.checker, "pain001", 1, words="", at=NOW)
        refused = refuse_file(session, stand.checker, "pain001", 1, words="IBAN fraglich", at=NOW)
    assert refused.decision == "refused"
    with pytest.raises(ExportRefused, match="export_decided"):
        let_go(stand, "pain001")
    assert files(stand, "pain001") == [2]
    let_go(stand, "pain001", 2)
    assert texts(file_of(stand.database, "pain001", 2)[1], "EndToEndId") == [payout.hex]
    with pytest.raises(DBAPIError), stand.database.transaction() as session:
        session.execute(text("UPDATE export_payment SET is_live = false WHERE number = 2"))


def test_a_collection_that_waited_too_long_is_not_let_go(stand: Stand) -> None:
    order = a_collection(stand, a_mandate(stand), days=1)
    files(stand, "pain008")
    with pytest.raises(PaymentOrderRefused, match="collection_due"):
        let_go(stand, "pain008", at=NOW + timedelta(days=1))
    assert (state_of(stand, order.id), held_on(stand, "184300")) == ("requested", 0)


def test_what_is_held_back_has_a_reason(stand: Stand) -> None:
    unreleased = ask(stand, an_order(stand))
    mandate = a_mandate(stand)
    ended, late = a_collection(stand, a_mandate(stand)), a_collection(stand, mandate, days=1)
    fine = a_collection(stand, mandate, days=3)
    with stand.database.transaction() as session:
        end_mandate(session, ended.mandate or "", at=NOW)
        ready, held = ready_orders(session, "pain001", settings=SETTINGS, at=NOW)
        assert (ready, [(one.order.id, one.code) for one in held]) == (
            [], [(unreleased.id, "order_not_released")])  # fmt: skip
        tomorrow = NOW + timedelta(days=1)
        ready, held = ready_orders(session, "pain008", settings=SETTINGS, at=tomorrow)
    assert [one.id for one in ready] == [fine.id]
    assert {one.order.id: one.code for one in held} == {
        ended.id: "mandate_unknown", late.id: "collection_due"}  # fmt: skip


def test_a_payout_that_went_another_way_is_not_sent_any_more(stand: Stand) -> None:
    early, late = a_payout(stand, 100), a_payout(stand, 200)
    files(stand, "pain001")
    with stand.database.transaction() as session:
        payout_arrived(session, early, at=NOW)
    with pytest.raises(ClosingRefused, match="payout_state"):
        let_go(stand, "pain001")
    with stand.database.transaction() as session:
        refuse_file(session, stand.checker, "pain001", 1, words="schon bezahlt", at=NOW)
    assert files(stand, "pain001") == [2]
    let_go(stand, "pain001", 2)
    assert texts(file_of(stand.database, "pain001", 2)[1], "EndToEndId") == [late.hex]
    assert state_of(stand, early) == "stopped"


def test_a_collection_whose_mandate_ended_meanwhile_is_not_let_go(stand: Stand) -> None:
    order = a_collection(stand, a_mandate(stand))
    files(stand, "pain008")
    with stand.database.transaction() as session:
        end_mandate(session, order.mandate or "", at=NOW)
    with pytest.raises(PaymentOrderRefused, match="mandate_unknown"):
        let_go(stand, "pain008")
    assert held_on(stand, "184300") == 0


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Müller & Söhne", "Mueller + Soehne"),
        ("Ærøskøbing  Straße\n3", "rskbing Strasse 3"),
        ("Zoë (geb. Ó Neill)", "Zoe (geb. O Neill)"),
        ("=cmd|'/c'!A1", "cmd '/c' A1"),
    ],
)
def test_texts_are_in_the_signs_that_banks_take(typed: str, written: str) -> None:
    assert sepa_text(typed) == written

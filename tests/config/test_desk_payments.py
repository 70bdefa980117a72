"""Finance's pages for online payments: what they show, who decides, and what comes twice."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from config.app import create_app
from config.database import Database
from config.desk.payment_words import BOOKINGS, CASES, PURPOSES, REFUNDS, STATES
from terminals.checkout.cases import open_case, open_cases
from terminals.checkout.payments import Payment, give_back
from terminals.checkout.purposes import load
from terminals.checkout.queries import GROUPS
from terminals.simulators.stripe import Simulator
from tests.config.desk_of_payments import CLEARING, PATH, REFUNDS_PATH, Desk
from tests.ledger.families import an_unclear_receipt
from tests.staff_client import a_browser, a_person, a_session
from tests.terminals.checkout.shop import a_shop
from tests.terminals.pay_links.links import a_link, standing

FIFTY = "50,00\N{NO-BREAK SPACE}€"


ROLES = ("finance", "finance_approver", "auditor", "cashier", "site_manager", "administrator")


@pytest.fixture
def desk(city: Database) -> Iterator[Desk]:
    with Simulator() as stripe:
        app = create_app(database=city)
        people = {role: a_person(city, role) for role in ROLES}
        browsers = {role: a_browser(app, a_session(city, one)) for role, one in people.items()}
        codes = {role: one.code for role, one in people.items()}
        yield Desk(app, a_shop(city, stripe), codes, browsers)


def a_paid(desk: Desk, cents: int = 5000) -> Payment:
    payment = desk.shop.begin(cents)
    desk.shop.pays(payment)
    return desk.shop.settle(payment)


def test_payments_are_listed_by_state_and_found_by_what_is_known(desk: Desk) -> None:
    paid, waiting = a_paid(desk), desk.shop.begin(700)
    assert str(waiting.id) in desk.see(PATH)
    assert str(paid.id) not in desk.see(PATH)
    assert str(paid.id) in desk.see(f"{PATH}?state=paid")
    assert desk.browsers["finance"].get(f"{PATH}?state=gone").status_code == 404
    known = (str(paid.id), desk.shop.wallet, desk.shop.wallet.lower(), str(paid.intent))
    for words in known:
        assert str(paid.id) in desk.see(f"{PATH}?q={words}"), words
    for words in (str(uuid4()), "W-999999", "ZL-000001", "nichts"):
        assert "Dazu gibt es keine Zahlung." in desk.see(f"{PATH}?q={words}"), words


def test_a_pay_link_is_found_by_what_is_printed_on_it(desk: Desk) -> None:
    link = a_link(desk.shop.database)
    payment = desk.shop.begin(4600, purpose="pay_link", subject=str(link.id))
    reference = standing(desk.shop.database, link.id).reference
    grouped = f"{reference[:4]} {reference[4:]}"
    for words in ("ZL-000001", "zl-1", str(link.id), link.token, reference, grouped):
        found = desk.see(f"{PATH}?q={words}")
        assert str(payment.id) in found, words
        assert "ZL-000001" in found, words


def test_one_payment_tells_its_story(desk: Desk) -> None:
    payment = desk.shop.begin(5000)
    desk.shop.pays(payment)
    desk.shop.stripe.online.settle()
    desk.shop.told_everything()
    assert desk.ask(payment, "10") == 303
    desk.shop.ask(desk.refund(payment))
    desk.shop.stripe.online.dispute(str(desk.shop.found(payment).intent))
    desk.shop.settle(payment)
    told = desk.see(f"{PATH}/{payment.id}", "auditor")
    for words in ("Begonnen", "Geld eingegangen", "Gebühr des Anbieters", "Doppelt bezahlt",
                  "Meldung checkout.session.completed", "/api/v1/entries/", "ausgezahlt",
                  "Rückzahlung abgeflossen", "Rückbuchung der Bank", "Antwort nötig",
                  desk.codes["finance"]):  # fmt: skip
        assert words in told, words
    assert "Geld zurückzahlen" not in told
    assert desk.browsers["finance"].get(f"{PATH}/{uuid4()}").status_code == 404


def test_an_entry_a_payment_was_booked_by_can_be_opened(desk: Desk) -> None:
    told = desk.see(f"{PATH}/{a_paid(desk).id}")
    path = told.partition('href="/api/v1/entries/')[2].partition('"')[0]
    assert desk.browsers["finance"].get(f"/api/v1/entries/{path}").status_code == 200


def test_above_the_limit_somebody_else_releases_and_once(desk: Desk) -> None:
    payment = a_paid(desk)
    assert desk.ask(payment, "40,00", who="finance_approver") == 303
    refund = desk.refund(payment)
    shown = desk.see(REFUNDS_PATH, "finance_approver")
    assert "1\N{NO-BREAK SPACE}Rückzahlung wartet" in shown
    assert "freigeben muss eine zweite Person" in shown
    assert ">Freigeben<" not in shown
    status, answer = desk.decide(refund, "released", "finance_approver")
    assert (status, "freigeben muss eine zweite Person" in answer) == (403, True)
    second = a_browser(
        desk.app, a_session(desk.shop.database, a_person(desk.shop.database, "finance_approver"))
    )
    assert ">Freigeben<" in second.get(f"{PATH}/{payment.id}").text
    path, form = f"{REFUNDS_PATH}/{refund}", {"decision": "released"}
    assert second.post(path, data=form).status_code == 303
    again = second.post(path, data=form)
    assert (again.status_code, "schon entschieden" in again.text) == (409, True)
    desk.shop.ask(refund)
    assert desk.shop.books() == {"184200": 1000, "371000": -1000}
    assert desk.log() == ["payment.refund_asked", "payment.refund_released"]


def test_the_database_knows_no_refund_that_its_asker_released(desk: Desk) -> None:
    payment = a_paid(desk)
    desk.ask(payment, "40")
    by = {"by": desk.codes["finance"], "id": desk.refund(payment)}
    said = text("UPDATE online_refund SET state = 'asked', released_by = :by WHERE id = :id")
    with (
        pytest.raises(IntegrityError, match="online_refund_by_second_person"),
        desk.shop.database.transaction() as session,
    ):
        session.execute(said, by)


def test_what_is_turned_down_is_on_the_wallet_again(desk: Desk) -> None:
    payment = a_paid(desk)
    desk.ask(payment, "40")
    assert desk.shop.balance() == 1000
    assert desk.decide(desk.refund(payment), "turned_down", "finance_approver")[0] == 303
    assert desk.shop.balance() == 5000
    assert "Keine Rückzahlung wartet" in desk.see(REFUNDS_PATH)


def test_a_form_that_is_sent_twice_asks_once(desk: Desk) -> None:
    payment, key = a_paid(desk), str(uuid4())
    assert desk.ask(payment, "10,00", key=key) == 303
    assert desk.ask(payment, "10,00", key=key) == 303
    assert desk.ask(payment, "11,00", key=key) == 409
    assert desk.shop.books()["371300"] == -1000
    assert desk.log() == ["payment.refund_asked"]


def test_no_more_goes_back_than_there_is(desk: Desk) -> None:
    payment, unpaid = a_paid(desk), desk.shop.begin(700)
    for amount, status in (("50,01", 422), ("0", 422), ("viel", 422), ("50", 303), ("1", 422)):
        assert desk.ask(payment, amount) == status, amount
    assert desk.ask(unpaid, "1") == 422
    assert desk.ask(payment, "1", key="nothing") == 400
    assert desk.browsers["finance"].post(f"{PATH}/{uuid4()}/refunds").status_code == 404


def test_money_without_use_goes_back_from_where_it_waits(desk: Desk) -> None:
    payment = desk.shop.begin(3000, purpose="tickets", subject=str(uuid4()))
    desk.shop.pays(payment)
    desk.shop.settle(payment)
    assert "aus den ungeklärten Zahlungen" in desk.see(f"{PATH}/{payment.id}")
    assert "Geld ohne Verwendung" in desk.see(CLEARING)
    assert desk.ask(payment, "30") == 303
    assert "Geld zurückzahlen" not in desk.see(f"{PATH}/{payment.id}")
    desk.decide(desk.refund(payment), "released", "finance_approver")
    desk.shop.ask(desk.refund(payment))
    assert desk.shop.books() == {}


def fails(desk: Desk, payment: Payment) -> None:
    """Ten euros are asked back, paid out, and come back."""
    desk.ask(payment, "10")
    desk.shop.ask(desk.refund(payment))
    made = next(desk.shop.provider.refunds_of(str(desk.shop.found(payment).intent)))
    desk.shop.stripe.online.fail_refund(made["id"])
    desk.shop.settle(payment)


def test_what_failed_and_is_on_the_wallet_again_is_only_to_be_read(desk: Desk) -> None:
    payment = a_paid(desk)
    fails(desk, payment)
    assert desk.shop.balance() == 5000
    assert str(payment.id) not in desk.see(REFUNDS_PATH)
    assert "wieder auf dem Guthaben" in desk.see(CLEARING)


def test_what_failed_stays_in_sight_until_its_case_is_closed(desk: Desk) -> None:
    link = a_link(desk.shop.database)
    payment = desk.shop.begin(4600, purpose="pay_link", subject=str(link.id))
    desk.shop.pays(payment)
    desk.shop.settle(payment)
    assert "von der Gebühr" in desk.see(f"{PATH}/{payment.id}")
    fails(desk, payment)
    assert str(payment.id) in desk.see(REFUNDS_PATH)
    with desk.shop.database.read_only() as session:
        (case,) = open_cases(session)
    path, finance = f"{CLEARING}/cases/{case.id}", desk.browsers["finance"]
    assert finance.post(path, data={"answer": " "}).status_code == 422
    assert finance.post(path, data={"answer": "Heute überwiesen"}).status_code == 303
    again = finance.post(path, data={"answer": "Noch einmal"})
    assert (again.status_code, "schon abgeschlossen" in again.text) == (409, True)
    assert str(payment.id) not in desk.see(REFUNDS_PATH)
    assert "Alles ist geklärt." in desk.see(CLEARING)
    with desk.shop.database.read_only() as session:
        row = session.execute(text("SELECT closed_by, answer FROM online_case")).one()
    assert tuple(row) == (desk.codes["finance"], "Heute überwiesen")


def test_a_ticket_that_was_taken_back_is_paid_back(desk: Desk) -> None:
    """What was taken back for it cannot be given again, so it is not refused."""
    payment, refund = a_paid(desk), uuid4()
    with desk.shop.database.transaction() as session:
        give_back(session, payment.id, 4000, key=refund, by="ticket return", reason="returned",
                  at=desk.shop.now, source="booked")  # fmt: skip
    shown = desk.see(REFUNDS_PATH, "finance_approver")
    assert (">Freigeben<" in shown, ">Ablehnen<" in shown) == (True, False)
    assert desk.decide(refund, "turned_down", "finance_approver")[0] == 422
    assert desk.decide(refund, "released", "finance_approver")[0] == 303


def a_message_that_failed(desk: Desk) -> None:
    told = {"id": "evt_1", "type": "refund.failed", "at": desk.shop.now}
    with desk.shop.database.transaction() as session:
        row = "INSERT INTO provider_event (id, type, created) VALUES (:id, :type, :at)"
        session.execute(text(row), told)
        session.execute(text("UPDATE provider_event SET tries = 7, trouble = 'provider_down: x'"))


def test_disputes_messages_and_money_nobody_knows_are_seen(desk: Desk) -> None:
    payment = a_paid(desk)
    dispute = desk.shop.stripe.online.dispute(str(payment.intent))
    desk.shop.settle(payment)
    with desk.shop.database.transaction() as session:
        open_case(session, "unknown_reference", "pi_x", payment=None, cents=900, detail={},
                  at=desk.shop.now)  # fmt: skip
        an_unclear_receipt(session, 7700)
    a_message_that_failed(desk)
    shown = desk.see(CLEARING, "auditor")
    for words in (dispute, "77,00", "Frist", FIFTY, "Zahlung ohne Vorgang", "refund.failed",
                  "provider_down: x"):  # fmt: skip
        assert words in shown, words
    assert "Abschließen" not in shown
    assert "Abschließen" in desk.see(CLEARING)


def test_who_has_no_hand_on_money_sees_nothing(desk: Desk) -> None:
    payment = a_paid(desk)
    desk.ask(payment, "40")
    refund = desk.refund(payment)
    for who in ("cashier", "site_manager", "administrator"):
        for path in (PATH, f"{PATH}/{payment.id}", REFUNDS_PATH, CLEARING):
            assert desk.browsers[who].get(path).status_code == 403, (who, path)
        assert desk.ask(payment, "1", who=who) == 403
        assert desk.decide(refund, "released", who)[0] in (403, 404)
    for who in ("auditor", "finance"):
        assert desk.decide(refund, "released", who)[0] == 403
    assert desk.ask(payment, "1", who="auditor") == 403
    stranger = a_browser(desk.app)
    assert stranger.get(PATH).status_code in (303, 401)
    assert desk.decide(uuid4(), "released", "finance_approver")[0] == 404
    assert desk.decide(refund, "forgotten", "finance_approver")[0] == 400


def test_everything_the_database_knows_has_a_word(desk: Desk) -> None:
    assert set(PURPOSES) == set(load())
    assert {state for states in GROUPS.values() for state in states} == set(STATES)
    with desk.shop.database.read_only() as session:
        rule = text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
        names = (("online_case_kind", CASES), ("online_booking_kind", BOOKINGS),
                 ("online_refund_state", REFUNDS))  # fmt: skip
        for name, words in names:
            said = session.scalar(rule, {"name": name})
            assert set(said.split("'")[1::2]) == set(words)

"""Topping up: what is offered and typed, once however often it is sent, and what came of it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from terminals.checkout.provider import provider_to
from terminals.portal.top_up_choice import Choice, choice_of
from tests.money_stand import Stand, a_family, key_in
from tests.payer_client import Household

EURO = "\N{NO-BREAK SPACE}€"
PATH = "/portal/aufladen"


def send(phone: FlaskClient, *, key: str | None = None, **form: str) -> TestResponse:
    """The form, as a browser with scripts sends it."""
    given = {"betrag": "40", "weg": "karte", "sofort": "1", "key": key or str(uuid4())}
    return phone.post(PATH, data=given | form)


def session_in(answer: TestResponse) -> str:
    """The id of the provider's page the answer leads to."""
    assert answer.status_code == 303, answer.text[:500]
    found = re.search(r"cs_\w+", answer.location)
    assert found is not None, answer.location
    return found.group()


def a_paid_top_up(stand: Stand, phone: FlaskClient, means: str = "visa", **form: str) -> str:
    """The path the provider sends the payer back to."""
    session = session_in(send(phone, **form))
    back = stand.stripe.online.pay(session, means)
    return back.removeprefix("http://localhost")


def test_the_form_says_how_long_each_amount_lasts(stand: Stand) -> None:
    page = stand.get(stand.signed_in(a_family(stand.database)), PATH)
    assert f"Guthaben jetzt: 1,00{EURO}" in page
    assert re.search(r"20\s€.*?für etwa 2 Tage", page, re.S)


def test_without_booked_meals_nothing_is_said_of_days(stand: Stand) -> None:
    page = stand.get(stand.signed_in(a_family(stand.database, eats=False)), PATH)
    assert "für etwa" not in page


@pytest.mark.parametrize("typed", ["12,5", "12.50", f"12,50{EURO}", "12,50 €", " 12,50 "])
def test_an_amount_is_understood_however_it_is_typed(typed: str) -> None:
    form = {"betrag": "anders", "anderer": typed, "weg": "lastschrift"}
    assert choice_of(form, way="card").cents == 1250


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("4,99", "amt.range"), ("200,01", "amt.range"), ("0", "amt.range"), ("-5", "amt.invalid"),
     ("1e2", "amt.invalid"), ("", "amt.invalid"), ("zehn", "amt.invalid")],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_in_words(typed: str, problem: str) -> None:
    assert choice_of({"betrag": "anders", "anderer": typed}, way="card").problem == problem


def test_the_bounds_belong_to_the_range() -> None:
    amounts = [choice_of({"betrag": each}, way="card").cents for each in ("5", "200")]
    assert amounts == [500, 20000]


def test_whoever_types_without_tapping_means_what_was_typed() -> None:
    assert choice_of({"betrag": "", "anderer": "25"}, way="card") == Choice(2500, "card", "25")


def test_a_wrong_amount_is_said_at_its_field_and_kept(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    answer = send(phone, betrag="anders", anderer="3")
    assert answer.status_code == 422
    assert "Bitte zwischen 5 und 200 € wählen." in answer.text
    assert 'value="3"' in answer.text


def test_without_scripts_a_second_page_shows_amount_way_and_balance(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    key = key_in(stand.get(phone, PATH))
    answer = send(phone, key=key, sofort="")
    assert answer.status_code == 303
    page = stand.get(phone, answer.location)
    assert f"140,00{EURO}" in page
    assert f"Weiter: 40{EURO} mit Karte" in page
    assert key_in(page) == key


def test_a_paid_top_up_is_on_the_balance_when_the_payer_comes_back(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    back = a_paid_top_up(stand, phone)
    page = stand.settled(phone, back)
    assert f"40,00{EURO} sind auf Ihrem Konto." in page
    assert stand.balance(home) == 14000
    assert stand.get(phone, back)
    assert stand.balance(home) == 14000


def test_sent_twice_a_form_makes_one_payment(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone, key = stand.signed_in(home), str(uuid4())
    first, second = send(phone, key=key), send(phone, key=key)
    assert session_in(first) == session_in(second)
    assert len(stand.payments(home)) == 1


def test_back_and_another_amount_is_another_payment(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone, key = stand.signed_in(home), str(uuid4())
    first, second = send(phone, key=key), send(phone, key=key, betrag="60")
    assert session_in(first) != session_in(second)
    assert {each.amount_cents for each in stand.payments(home)} == {4000, 6000}


def test_whoever_turns_back_finds_the_form_as_it_was_and_the_page_closed(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    send(phone, betrag="60", weg="lastschrift")
    (payment,) = stand.payments(home)
    answer = phone.get(f"{PATH}/vorgang/{payment.id}/zurueck?weg=lastschrift")
    assert "Nicht bezahlt. Es wurde nichts abgebucht." in answer.text
    assert re.search(r'value="60" checked', answer.text)
    assert re.search(r'value="lastschrift" checked', answer.text)
    assert [each.state for each in stand.payments(home)] == ["cancelled"]


def test_a_declined_payment_says_so_and_offers_another_try(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    session = session_in(send(phone))
    stand.stripe.online.pay(session, "declined")
    stand.later(minutes=61)
    stand.stripe.online.advance(0)
    (payment,) = stand.payments(home)
    page = stand.settled(phone, f"{PATH}/vorgang/{payment.id}")
    assert "Nicht bezahlt" in page
    assert stand.balance(home) == 10000


def test_a_small_debit_counts_at_once_and_may_be_taken_off_again(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    page = stand.settled(phone, a_paid_top_up(stand, phone, "sepa", weg="lastschrift"))
    assert "Bei einer Rückgabe ziehen wir den Betrag wieder ab." in page
    assert stand.balance(home) == 14000


def test_a_large_debit_is_on_its_way(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    back = a_paid_top_up(stand, phone, "sepa", weg="lastschrift", betrag="60")
    assert f"60,00{EURO} sind unterwegs" in stand.settled(phone, back)
    assert stand.balance(home) == 10000


def test_while_nobody_knows_the_page_asks_again_and_never_for_money(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    send(phone)
    (payment,) = stand.payments(home)
    page = phone.get(f"{PATH}/vorgang/{payment.id}").text
    assert "Ihre Zahlung wird geprüft." in page
    assert '<noscript><meta http-equiv="refresh"' in page
    last = phone.get(f"{PATH}/vorgang/{payment.id}?n=12").text
    assert "<noscript><meta" not in last
    assert "Es dauert länger." in last
    look = phone.get(f"{PATH}/vorgang/{payment.id}/stand?n=3")
    assert "delay:2s" in look.text
    assert "HX-Refresh" not in look.headers
    assert "delay:10s" in phone.get(f"{PATH}/vorgang/{payment.id}/stand?n=30").text


def test_once_it_is_known_the_waiting_page_loads_anew(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    a_paid_top_up(stand, phone)
    (payment,) = stand.payments(home)
    assert phone.get(f"{PATH}/vorgang/{payment.id}/stand").headers["HX-Refresh"] == "true"


def test_a_second_equal_top_up_is_given_back_once_for_fourteen_days(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    a_paid_top_up(stand, phone)
    stand.settled(phone, _result(stand, home))
    stand.later(minutes=2)
    a_paid_top_up(stand, phone)
    page = stand.settled(phone, _result(stand, home))
    assert f"Sie haben zweimal 40,00{EURO} aufgeladen." in page
    assert stand.balance(home) == 18000
    for _ in range(2):
        given = phone.post(f"{_result(stand, home)}/zurueckgeben", data={"key": str(uuid4())})
        assert given.status_code == 303
    assert stand.balance(home) == 14000
    assert "gehen auf demselben Weg zurück" in stand.settled(phone, _result(stand, home))


def test_after_fourteen_days_it_stays(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    for _ in range(2):
        a_paid_top_up(stand, phone)
        stand.settled(phone, _result(stand, home))
        stand.later(minutes=2)
    stand.clock[0] += timedelta(days=14)
    assert "zweimal" not in stand.settled(phone, _result(stand, home))


def test_a_provider_that_is_down_leaves_the_other_ways(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    stand.stripe.fault("unreachable", "checkout_sessions.create", times=10)
    answer = send(phone)
    assert answer.status_code == 503
    assert "Es wurde nichts abgebucht." in answer.text
    assert "/portal/aufladen/ueberweisung?betrag=40" in answer.text
    assert "/portal/aufladen/bar" in answer.text


def test_a_key_the_provider_does_not_know_is_no_fault_of_the_payers(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    send(phone)
    (begun,) = stand.payments(home)
    address = stand.stripe.address
    stand.app.extensions["provider"] = provider_to("sk_live_nobody", address=address)
    refused = send(phone, betrag="20")
    assert refused.status_code == 503
    assert "Es wurde nichts abgebucht." in refused.text
    assert phone.get(f"{PATH}/vorgang/{begun.id}").status_code == 200


def test_without_a_provider_the_page_offers_transfer_and_counter(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    stand.app.extensions["provider"] = None
    page = stand.get(phone, PATH)
    assert "Online-Zahlung geht hier gerade nicht." in page
    assert 'value="karte"' not in page
    assert 'value="ueberweisung" checked' in page
    assert send(phone).status_code == 503


def test_the_transfer_page_says_everything_the_code_says(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    page = stand.get(phone, f"{PATH}/ueberweisung?betrag=40")
    assert f"40,00{EURO} überweisen" in page
    assert "DE25 9990 0001 0000 1810 10" in page
    assert "Betrag" not in stand.get(phone, f"{PATH}/ueberweisung").split("Wann ist")[0].replace(
        "ohne Betrag", ""
    )
    image = phone.get(f"{PATH}/ueberweisung/girocode.png?betrag=40")
    assert image.data.startswith(b"\x89PNG")
    assert 'filename="girocode.png"' in image.headers["Content-Disposition"]


def test_nobody_sees_or_touches_the_payment_of_another_household(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    send(stand.signed_in(home))
    (payment,) = stand.payments(home)
    stranger = stand.signed_in(a_family(stand.database, eats=False))
    paths = ["", "/stand", "/zurueck"]
    answers = [stranger.get(f"{PATH}/vorgang/{payment.id}{each}") for each in paths]
    answers.append(
        stranger.post(f"{PATH}/vorgang/{payment.id}/zurueckgeben", data={"key": str(uuid4())})
    )
    answers.append(stranger.get(f"{PATH}/vorgang/{uuid4()}"))
    assert [each.status_code for each in answers] == [404] * 5
    assert [each.state for each in stand.payments(home)] == ["open"]


def _result(stand: Stand, home: Household) -> str:
    return f"{PATH}/vorgang/{stand.payments(home)[0].id}"

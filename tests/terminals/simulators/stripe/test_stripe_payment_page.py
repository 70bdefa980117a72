"""The payment page of the simulated Stripe, as a browser without scripts sees it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe as sdk

from terminals.simulators.stripe import MEANS, Simulator
from tests.terminals.simulators.stripe.shop import SHOP, a_customer, a_session


def look(url: str, language: str = "de") -> requests.Response:
    return requests.get(url, headers={"Accept-Language": language}, timeout=10)


def press(url: str, **form: str) -> requests.Response:
    return requests.post(url, form, timeout=10, allow_redirects=False)


def test_the_page_says_what_is_paid_and_how(client: sdk.StripeClient) -> None:
    page = look(a_session(client).url)
    assert page.status_code == 200
    for words in ("Zahlung an Stadt Aachen", "25,00\N{NO-BREAK SPACE}€ bezahlen", f"{SHOP}/back",
                  "Karte, die funktioniert", "SEPA-Lastschrift", 'lang="de"'):  # fmt: skip
        assert words in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {SHOP}" in policy
    assert "<script" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize(
    ("locale", "asked", "words"),
    [("en", "de", "Pay €25.00"), ("auto", "en-GB,en", "Pay €25.00"), (None, "de-DE", "bezahlen"),
     ("pl", "de", "Pay €25.00")],
)  # fmt: skip
def test_the_page_speaks_the_payers_language(
    client: sdk.StripeClient, locale: str | None, asked: str, words: str
) -> None:
    assert words in look(a_session(client, locale=locale).url, asked).text


def test_only_what_is_allowed_is_offered(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client, allowed_payment_method_types=["card"])
    assert "SEPA" not in look(session.url).text
    refused = press(session.url, means="sepa")
    assert refused.status_code == 400
    assert "Bitte wählen Sie aus" in refused.text
    assert stripe.ledger == ()


def test_an_e_mail_address_is_asked_for_once(client: sdk.StripeClient) -> None:
    assert 'name="email"' in look(a_session(client).url).text
    known = look(a_session(client, customer=a_customer(client)).url).text
    assert 'name="email"' not in known
    assert "payer@example.org" in known


@pytest.mark.parametrize(
    ("means", "words"),
    [("declined", "Ihre Karte wurde abgelehnt"), ("insufficient_funds", "nicht genug Geld"),
     ("expired", "ist abgelaufen")],
)  # fmt: skip
def test_after_a_refusal_another_card_may_be_tried(
    stripe: Simulator, client: sdk.StripeClient, means: str, words: str
) -> None:
    session = a_session(client)
    again = press(session.url, means=means)
    assert again.status_code == 303
    assert words in look(again.headers["Location"]).text
    assert press(session.url, means="visa").headers["Location"].startswith(f"{SHOP}/done?sid=cs_")
    (intent,) = client.v1.payment_intents.list().data
    assert intent.status == "succeeded"
    assert [each.status for each in client.v1.charges.list().data] == ["succeeded", "failed"]


def test_a_card_is_known_by_its_number(stripe: Simulator, client: sdk.StripeClient) -> None:
    press(a_session(client).url, number="5555 5555 5555 4444")
    press(a_session(client).url, number="DE89 3704 0044 0532 0130 00")
    kinds = [each.payment_method_details for each in client.v1.charges.list().data]
    assert [each and each.type for each in kinds] == ["sepa_debit", "card"]
    assert press(a_session(client).url, number="1234").status_code == 400


def test_the_bank_asks_and_is_told_no_and_yes(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    bank = press(session.url, means="three_ds").headers["Location"]
    assert "Möchten Sie 25,00\N{NO-BREAK SPACE}€ an Stadt Aachen zahlen?" in look(bank).text
    refused = press(bank, answer="no").headers["Location"]
    assert "nicht freigegeben" in look(refused).text
    assert stripe.ledger == ()
    bank = press(session.url, means="three_ds").headers["Location"]
    assert press(bank, answer="yes").headers["Location"] == f"{SHOP}/done?sid={session.id}"
    assert "schon beantwortet" in look(bank).text
    charge: Any = client.v1.charges.list().data[0]
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_a_second_tab_is_told_that_it_is_paid(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    assert press(session.url, means="visa").status_code == 303
    second = press(session.url, means="mastercard")
    assert (second.status_code, "Schon bezahlt" in second.text) == (409, True)
    later = look(session.url)
    assert (later.status_code, f"{SHOP}/done?sid={session.id}" in later.text) == (200, True)
    assert len(stripe.ledger) == 1


def test_the_bank_asks_in_one_tab_while_another_pays(
    stripe: Simulator, client: sdk.StripeClient
) -> None:
    session = a_session(client)
    bank = press(session.url, means="three_ds").headers["Location"]
    assert press(session.url, means="visa").status_code == 303
    assert "schon beantwortet" in press(bank, answer="yes").text
    assert len(stripe.ledger) == 1


def test_pressing_often_at_once_pays_once(stripe: Simulator, client: sdk.StripeClient) -> None:
    url = a_session(client).url
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: press(url, means="visa").status_code, range(8)))
    assert sorted(statuses) == [303] + [409] * 7
    assert len(stripe.ledger) == 1


def test_an_expired_page_leads_back(stripe: Simulator, client: sdk.StripeClient) -> None:
    session = a_session(client)
    client.v1.checkout.sessions.expire(session.id)
    page = look(session.url)
    assert "Diese Seite ist abgelaufen" in page.text
    assert f"{SHOP}/back" in page.text
    assert press(session.url, means="visa").status_code == 409
    assert stripe.ledger == ()


@pytest.mark.parametrize("path", ["/c/pay/cs_test_none", "/c/auth/pi_none", "/c/pay", "/c/"])
def test_a_page_that_is_not_there_says_so(stripe: Simulator, path: str) -> None:
    page = look(stripe.address + path)
    assert (page.status_code, "Diese Seite gibt es nicht" in page.text) == (404, True)


def test_words_from_outside_are_only_words(client: sdk.StripeClient) -> None:
    price = {"currency": "eur", "unit_amount": 100, "product_data": {"name": "<b>'\"&"}}
    session = a_session(client, line_items=[{"price_data": price, "quantity": 2}])
    page = look(session.url).text
    assert "&lt;b&gt;&#x27;&quot;&amp; × 2" in page
    assert "<b>" not in page


def test_no_two_means_share_a_number() -> None:
    assert len({each.number for each in MEANS.values()}) == len(MEANS)

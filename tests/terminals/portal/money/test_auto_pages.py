"""Topping up automatically: agreed to word by word, looked after, paused and ended."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from terminals.checkout.auto_top_up import auto_of
from terminals.checkout.tables import auto_consent
from tests.money_stand import Stand, a_family
from tests.payer_client import Household

EURO = "\N{NO-BREAK SPACE}€"
PATH = "/portal/automatisch"
FIGURES = {"untergrenze": "15", "betrag": "40", "hoechstens": "120", "gelesen": "1500/4000/12000"}


def agree(phone: FlaskClient, path: str = PATH, **form: str) -> TestResponse:
    """The form with its tick."""
    given = FIGURES | {"weg": "karte", "erlaubnis": "ja", "key": str(uuid4())}
    return phone.post(path, data=given | form)


def do(phone: FlaskClient, what: str, **form: str) -> TestResponse:
    """One of the page's buttons."""
    return phone.post(f"{PATH}/{what}", data={"key": str(uuid4())} | form)


def runs(stand: Stand, home: Household) -> FlaskClient:
    """A telephone of a payer whose wallet fills itself up by card."""
    phone = stand.signed_in(home)
    answer = agree(phone)
    session = re.search(r"cs_\w+", answer.location)
    assert session is not None
    back = stand.stripe.online.pay(session.group(), "visa").removeprefix("http://localhost")
    stand.settled(phone, back)
    return phone


def state(stand: Stand, home: Household) -> str | None:
    """How it stands."""
    with stand.database.read_only() as session:
        found = auto_of(session, home.wallet)
    return found.state if found else None


def consents(stand: Stand) -> int:
    """How many agreements are kept."""
    with stand.database.read_only() as session:
        return len(session.execute(select(auto_consent)).all())


def test_the_tick_is_not_set_and_says_every_figure(stand: Stand) -> None:
    page = stand.get(stand.signed_in(a_family(stand.database, eats=False)), PATH)
    assert f"unter 15,00{EURO} fällt: je 40,00{EURO}, höchstens 120,00{EURO}" in page
    tick = re.search(r'<input type="checkbox"[^>]*>', page)
    assert tick is not None
    assert "checked" not in tick.group()
    assert "SEPA-Lastschriftmandat" in page


def test_without_the_tick_nothing_is_agreed(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    answer = agree(stand.signed_in(home), erlaubnis="")
    assert answer.status_code == 422
    assert "Bitte setzen Sie den Haken" in answer.text
    assert (state(stand, home), consents(stand)) == (None, 0)


def test_a_tick_counts_only_for_the_figures_beside_it(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    answer = agree(stand.signed_in(home), betrag="60")
    assert answer.status_code == 422
    assert "Die Beträge haben sich geändert." in answer.text
    assert f"je 60,00{EURO}" in answer.text
    assert consents(stand) == 0


@pytest.mark.parametrize(
    "wrong", [{"untergrenze": "51"}, {"betrag": "5"}, {"hoechstens": "39"}, {"betrag": "viel"}]
)
def test_figures_that_make_no_sense_are_refused(stand: Stand, wrong: dict[str, str]) -> None:
    home = a_family(stand.database, eats=False)
    assert agree(stand.signed_in(home), **wrong).status_code == 422
    assert state(stand, home) is None


def test_one_payment_sets_it_going_and_its_page_says_so(stand: Stand) -> None:
    home = a_family(stand.database)
    phone = runs(stand, home)
    assert state(stand, home) == "active"
    page = stand.get(phone, PATH)
    for words in ("Aktiv", f"0,00{EURO} von 120,00{EURO}", "Visa 4242", "<progress"):
        assert words in page


def test_it_rests_until_a_day_and_goes_on(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = runs(stand, home)
    assert do(phone, "pausieren", bis="2026-11-01").status_code == 422
    assert do(phone, "pausieren", bis="2027-01-07").status_code == 303
    assert "Pausiert bis 7. Januar." in stand.get(phone, PATH)
    do(phone, "weiter")
    assert state(stand, home) == "active"
    do(phone, "pausieren")
    assert "Pausiert" in stand.get(phone, PATH)


def test_other_figures_are_agreed_to_anew(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = runs(stand, home)
    stand.get(phone, f"{PATH}/aendern")
    changed = {"betrag": "60", "gelesen": "1500/6000/12000"}
    for _ in range(2):
        assert agree(phone, f"{PATH}/aendern", **changed).status_code == 303
    assert consents(stand) == 2
    assert f"laden wir 60,00{EURO} auf" in stand.get(phone, PATH)


def test_ended_it_is_gone_and_the_way_to_pay_with_it(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = runs(stand, home)
    assert "Wir buchen dann nichts mehr ab." in stand.get(phone, f"{PATH}/beenden")
    assert do(phone, "beenden").status_code == 303
    assert state(stand, home) is None
    assert do(phone, "pausieren").status_code == 404


def test_sent_twice_the_form_leads_to_one_payment(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone, key = stand.signed_in(home), str(uuid4())
    first, second = agree(phone, key=key), agree(phone, key=key)
    assert first.location == second.location
    assert (len(stand.payments(home)), consents(stand)) == (1, 1)


def test_without_a_provider_it_cannot_be_set_up(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    stand.app.extensions["provider"] = None
    assert "lässt sich deshalb nicht einrichten" in stand.get(phone, PATH)

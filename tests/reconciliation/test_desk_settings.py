"""The settings on the desk: what is in force, and a price that two people change."""

import html
import re
from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.app import create_app
from config.database import Database
from ledger.catalogue.reading import city_from
from tests.price_house import AACHEN, DRAFT, SOON, House, a_house, with_price
from tests.staff_client import signed_in

AT = "/desk/einstellungen"
FORM = {"preis": "5,50", "ab": str(SOON), "grundlage": DRAFT.legal_basis, "grund": DRAFT.reason}


@pytest.fixture
def house(city: Database) -> House:
    return a_house(city)


def said(answer: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def shown(client: FlaskClient, address: str = AT) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return said(answer)


def test_the_page_says_what_is_in_force_and_where_it_is_kept(house: House) -> None:
    page = shown(house.browser(house.anna))
    assert "in Kraft, keiner ändert sich." in page
    assert "POOL-AD Erwachsene – überall 7 % 5,00 Do 01.01.2026" in page
    assert "Kreditkarte Kartenabrechner 0,89 % + 0,04 €" in page
    assert "Untergrenze" in page
    assert "−15,00 €" in page
    assert "Ohne Leitung: Guthaben je Tag till.toml je Stelle; hier die Vorgabe bis 10,00 €" in page
    assert "Steht in tax_codes.toml." in page
    assert "DE04999000010000181000" in page


def test_names_of_people_are_for_those_who_may_see_them(city: Database, house: House) -> None:
    audit = shown(signed_in(create_app(database=city), city, "auditor"))
    assert f"{house.carla.code} {house.carla.name}" in audit
    assert "Sie lesen nur." in audit
    finance = shown(house.browser(house.anna))
    assert house.carla.code in finance
    assert house.carla.name not in finance


def test_an_auditor_reads_and_is_offered_nothing(city: Database) -> None:
    auditor = signed_in(create_app(database=city), city, "auditor")
    page = auditor.get(f"{AT}/preise/POOL-AD").text
    assert "Preise beantragt die Finanzbuchhaltung" in page
    assert "<textarea" not in page
    assert auditor.post(f"{AT}/preise/POOL-AD", data=FORM).status_code == 403


@pytest.mark.parametrize("role", ["administrator", "cashier", "site_manager"])
def test_the_page_is_not_for_everybody(city: Database, role: str) -> None:
    assert signed_in(create_app(database=city), city, role).get(AT).status_code == 403


def test_a_price_goes_from_draft_to_preview_to_release(house: House) -> None:
    anna, carla = house.browser(house.anna), house.browser(house.carla)
    form = f"{AT}/preise/POOL-AD"
    preview = anna.post(form, data=FORM | {"schritt": "ansehen"})
    assert preview.status_code == 200
    assert "bisher neu Preis 5,00 € 5,50 € (+0,50)" in said(preview)
    assert re.search(r"Wirkt auf \d+ Kassen in 6 Einrichtungen, 0 alte Belege\.", said(preview))
    assert house.prices() == {date(2026, 1, 1): 500}

    asked = anna.post(form, data=FORM | {"schritt": "beantragen"})
    assert asked.status_code == 303
    address = asked.headers["Location"]
    assert "Von Ihnen beantragt. Eine andere Person muss freigeben." in shown(anna, address)
    assert "1 Antrag wartet auf eine zweite Person." in shown(carla, "/desk/freigaben")
    assert "Preis freigeben: Erwachsene" in shown(carla, "/desk/aufgaben")
    assert anna.post(address, data={"entscheidung": "released"}).status_code == 403

    done = carla.post(address, data={"entscheidung": "released"}, follow_redirects=True)
    assert "Preis freigeben POOL-AD ab" in said(done)
    assert house.prices() == {date(2026, 1, 1): 500, SOON: 550}
    history = shown(anna)
    assert f"5,00 5,50 Energiekosten {house.anna.name}" in history
    assert "1 Produkt ändert sich." in history
    assert f"{{ valid_from = {SOON}, cents = 550," in shown(anna, address)


def test_what_was_typed_is_kept_when_it_is_refused(house: House) -> None:
    anna = house.browser(house.anna)
    for wrong, words in (({"preis": "fünf"}, "einen Betrag wie 5,50"), ({"ab": "bald"}, "morgen")):
        answer = anna.post(f"{AT}/preise/POOL-AD", data=FORM | wrong | {"schritt": "ansehen"})
        assert answer.status_code == 422
        assert words in said(answer)
        assert "Energiekosten" in answer.text
    assert anna.get(f"{AT}/preise/NONE").status_code == 404
    assert anna.get(f"{AT}/aenderungen/{uuid4()}").status_code == 404


def test_a_request_that_is_stale_can_only_be_given_back(house: House) -> None:
    request = house.ask()
    assert house.load(with_price(city_from(AACHEN), SOON, 520)) == []
    carla = house.browser(house.carla)
    page = carla.get(f"{AT}/aenderungen/{request}")
    assert "Ab diesem Tag gilt schon ein neuer Preis." in said(page)
    assert 'value="released"' not in page.text
    answer = carla.post(f"{AT}/aenderungen/{request}", data={"entscheidung": "released"})
    assert answer.status_code == 409
    given = {"entscheidung": "refused", "worte": "Schon geladen"}
    assert carla.post(f"{AT}/aenderungen/{request}", data=given).status_code == 303
    assert house.change(request).state == "refused"


def test_one_s_own_request_is_withdrawn(house: House) -> None:
    request = house.ask()
    answer = house.browser(house.anna).post(f"{AT}/aenderungen/{request}/zurueckziehen")
    assert answer.status_code == 303
    assert house.change(request).state == "withdrawn"

"""The list of movements, one of them in full, disputes about it, and the requests they become."""

import re
from datetime import timedelta
from uuid import uuid4

from flask.testing import FlaskClient

from ledger.cases import Case, cases_of
from tests.money_stand import Stand, a_family
from tests.payer_client import Household

EURO = "\N{NO-BREAK SPACE}€"
PATH = "/portal/umsaetze"


def ids(page: str) -> list[str]:
    """Of the movements a page lists, in its order."""
    return re.findall(rf'href="{PATH}/([0-9a-f-]{{36}})"', page)


def dispute(phone: FlaskClient, movement: str, **form: str) -> int:
    """Send the form; the status of the answer."""
    given = {"grund": "was_cancelled", "text": "Am Abend vorher.", "key": str(uuid4())}
    return phone.post(f"{PATH}/{movement}/pruefen", data=given | form).status_code


def a_meal(stand: Stand, phone: FlaskClient) -> str:
    """The newest meal of the household."""
    return ids(stand.get(phone, f"{PATH}?art=essen"))[0]


def test_before_anything_happened_the_page_says_what_will(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, cents=0, eats=False))
    assert "Das erste Essen erscheint hier am selben Tag um 8:00 Uhr." in stand.get(phone, PATH)


def test_the_list_shows_a_month_with_its_total_and_filters_in_its_address(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database))
    page = stand.get(phone, PATH)
    assert "November 2026" in page
    assert f"zusammen +1,00{EURO}" in page
    assert len(ids(page)) == 23
    assert len(ids(stand.get(phone, f"{PATH}?art=aufladungen"))) == 1
    assert len(ids(stand.get(phone, f"{PATH}?art=essen&monat=2026-11"))) == 22
    nothing = stand.get(phone, f"{PATH}?art=aufladungen&monat=2026-10")
    assert "Im Oktober 2026 gab es keine Aufladungen." in nothing


def test_one_child_is_listed_alone_and_a_foreign_one_is_no_filter(stand: Stand) -> None:
    home, other = a_family(stand.database), a_family(stand.database)
    phone = stand.signed_in(home)
    assert len(ids(stand.get(phone, f"{PATH}?kind={home.children[0].code}"))) == 11
    assert len(ids(stand.get(phone, f"{PATH}?kind={other.children[0].code}"))) == 23


def test_older_movements_follow_page_by_page_without_a_gap(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, children=3))
    first = stand.get(phone, PATH)
    older = re.search(r'href="([^"]+nach=\d+)"', first)
    assert older is not None
    second = stand.get(phone, older.group(1))
    assert len(ids(first)) == 30
    assert len(ids(second)) == 4
    assert not set(ids(first)) & set(ids(second))


def test_a_meal_shows_its_lines_and_how_it_came_about(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database))
    page = stand.get(phone, f"{PATH}/{a_meal(stand, phone)}")
    said = [f"3,70{EURO}", f"4,50{EURO}", "Mittagessen", "Kita Bergstraße", "So kam es dazu"]
    evidence = ["Ihr Kind ist für jeden Tag angemeldet", "Keine Abbestellung bei uns"]
    for words in said + evidence:
        assert words in page


def test_a_subsidy_shows_to_the_entitled_alone(stand: Stand) -> None:
    entitled = stand.signed_in(a_family(stand.database, children=1, subsidised=True))
    page = stand.get(entitled, f"{PATH}/{a_meal(stand, entitled)}")
    assert "Zuschuss" in page
    assert f"3,70{EURO}" in page
    others = stand.signed_in(a_family(stand.database, children=1))
    assert "Zuschuss" not in stand.get(others, f"{PATH}/{a_meal(stand, others)}")


def test_nobody_sees_or_disputes_the_movement_of_another_household(stand: Stand) -> None:
    home = a_family(stand.database)
    movement = a_meal(stand, stand.signed_in(home))
    stranger = stand.signed_in(a_family(stand.database))
    assert stranger.get(f"{PATH}/{movement}").status_code == 404
    assert dispute(stranger, movement) == 404
    assert _cases(stand, home) == []


def test_a_charge_is_disputed_once_however_often_it_is_sent(stand: Stand) -> None:
    home = a_family(stand.database)
    phone, key = stand.signed_in(home), str(uuid4())
    movement = a_meal(stand, phone)
    assert [dispute(phone, movement, key=key), dispute(phone, movement, key=key)] == [303, 303]
    assert dispute(phone, movement) == 303
    (case,) = _cases(stand, home)
    assert case.words == "Am Abend vorher."
    page = stand.get(phone, f"{PATH}/{movement}")
    assert "Wird geprüft, Antwort bis Donnerstag, 26. November" in page
    assert "Zahlung prüfen lassen" not in page


def test_a_dispute_without_a_reason_says_what_is_missing(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database))
    movement = a_meal(stand, phone)
    assert dispute(phone, movement, grund="") == 422
    assert dispute(phone, movement, text="x" * 501) == 422


def test_after_eight_weeks_a_charge_is_not_disputed_here(stand: Stand) -> None:
    home = a_family(stand.database)
    movement = a_meal(stand, stand.signed_in(home))
    stand.clock[0] += timedelta(weeks=8)
    late = stand.signed_in(home)
    assert "Nach 8 Wochen" in stand.get(late, f"{PATH}/{movement}")
    assert dispute(late, movement) == 422


def test_a_request_is_withdrawn_by_who_made_it_and_by_nobody_else(stand: Stand) -> None:
    home = a_family(stand.database)
    phone = stand.signed_in(home)
    dispute(phone, a_meal(stand, phone))
    (case,) = _cases(stand, home)
    path = f"/portal/anfragen/{case.id}"
    stranger = stand.signed_in(a_family(stand.database, eats=False))
    form = {"key": str(uuid4()), "text": "Bitte noch einmal."}
    assert stranger.post(f"{path}/zurueckziehen", data=form).status_code == 404
    assert stranger.post(f"{path}/nachfragen", data=form).status_code == 404
    assert case.id.hex not in stand.get(stranger, "/portal/anfragen").replace("-", "")
    for _ in range(2):
        assert phone.post(f"{path}/zurueckziehen", data=form).status_code == 303
    assert [each.state for each in _cases(stand, home)] == ["withdrawn"]
    assert "Zurückgezogen am" in stand.get(phone, "/portal/anfragen")


def test_a_missing_transfer_becomes_a_request_and_three_are_enough(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    path = "/portal/fehlende-ueberweisung"
    form = {"betrag": "40,00", "tag": "2026-11-18", "iban": "1234", "zweck": "Essen"}
    for _ in range(3):
        assert phone.post(path, data=form | {"key": str(uuid4())}).status_code == 303
    refused = phone.post(path, data=form | {"key": str(uuid4())})
    assert refused.status_code == 422
    assert "drei offene Suchen" in refused.text
    assert len(_cases(stand, home)) == 3
    assert "Fehlende Überweisung" in stand.get(phone, "/portal/anfragen")


def test_what_cannot_be_right_in_a_claim_is_said_at_its_field(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    form = {"betrag": "viel", "tag": "2026-12-24", "iban": "12", "zweck": "", "key": str(uuid4())}
    answer = phone.post("/portal/fehlende-ueberweisung", data=form)
    assert answer.status_code == 422
    assert answer.text.count("field__error") == 3


def _cases(stand: Stand, home: Household) -> list[Case]:
    with stand.database.read_only() as session:
        return cases_of(session, home.wallet)


def test_a_top_up_opens_its_receipt_and_a_meal_has_none(stand: Stand) -> None:
    home = a_family(stand.database)
    phone, other = stand.signed_in(home), stand.signed_in(a_family(stand.database))
    (top_up,) = ids(stand.get(phone, f"{PATH}?art=aufladungen"))
    page = stand.get(phone, f"{PATH}/{top_up}")
    assert f'action="{PATH}/{top_up}/beleg"' in page
    key = {"key": str(uuid4())}
    paths = {phone.post(f"{PATH}/{top_up}/beleg", data=key).location for _ in range(2)}
    (path,) = paths  # one receipt, however often it is opened
    assert path.startswith("/beleg/")
    assert home.payer.email not in stand.get(phone, path)
    assert other.post(f"{PATH}/{top_up}/beleg", data=key).status_code == 404
    meal = a_meal(stand, phone)
    assert "/beleg" not in stand.get(phone, f"{PATH}/{meal}")
    assert phone.post(f"{PATH}/{meal}/beleg", data=key).status_code == 404

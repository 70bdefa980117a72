"""The work list, a case and releases, as browsers ask for them."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from reconciliation.casework.noting import assign
from reconciliation.desk.case.comparing import differing
from reconciliation.desk.case.forms import cents_of
from reconciliation.tables import difference
from tests.reconciliation.casework_stand import WORDS, Desk, a_desk, browser_of, now
from tests.reconciliation.desk_books import CHARGEBACK, GROUPED, SHORT, SWAPPED, UNMATCHED
from tests.staff_client import signed_in

LIST = "/desk/differenzen"


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def browser(desk: Desk, who: str = "anna") -> FlaskClient:
    """A browser in which anna, ben or carla is signed in."""
    return browser_of(desk, getattr(desk, who))


def path(desk: Desk, reference: str) -> str:
    return f"{LIST}/D-{desk.numbers[reference]}"


def version(client: FlaskClient, address: str) -> str:
    """What the form of the page says that it was filled in for."""
    return re.search(r'name="fassung" value="([^"]+)"', client.get(address).text)[1]


def test_the_list_has_differences_before_suggestions_and_the_oldest_first(desk: Desk) -> None:
    page = browser(desk).get(LIST).text
    numbers = re.findall(r'data-row href="/desk/differenzen/(D-\d+)', page)
    first, oldest = desk.numbers["Safebag 7730418"], desk.numbers["Abrechnung Oktober"]
    assert numbers[:2] == [f"D-{first}", f"D-{oldest}"]
    assert numbers.index(f"D-{desk.numbers['Beleg 2208']}") < numbers.index(
        f"D-{desk.numbers['Beleg 1184']}"
    )
    for words in ("13\u00a0Differenzen", "8\u00a0Vorschläge", "964,70\u00a0€", "−412,50"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kanal=girocard", 3), ("?art=CHARGEBACK", 1), ("?ort=A05", 1), ("?schwere=suggestion", 8),
        ("?ansicht=alt", 4), ("?ansicht=meine", 0), ("?ansicht=frei", 21), ("?sort=betrag", 21),
        ("?kanal=files", 0), ("?ansicht=erledigt", 0), ("?ansicht=wartet", 0),
    ],
)  # fmt: skip
def test_filters_live_in_the_address(desk: Desk, query: str, count: int) -> None:
    page = browser(desk).get(LIST + query).text
    assert len(re.findall(r"data-row href", page)) == count


def test_a_filter_that_is_none_is_refused(desk: Desk) -> None:
    client = browser(desk)
    for query in ("?ansicht=alles", "?sort=zufall", "?kanal=post", "?seite=0", "?seite=x"):
        assert client.get(LIST + query).status_code == 400


def test_empty_lists_say_so(city: Database) -> None:
    client = signed_in(create_app(database=city), city, "finance")
    assert "Keine offenen Differenzen." in client.get(LIST).text
    assert "Kein Fall passt zu diesen Filtern." in client.get(f"{LIST}?kanal=card").text


def test_more_than_a_hundred_cases_come_in_pages_with_sums_over_all(desk: Desk) -> None:
    with desk.database.transaction() as session:
        row = {"kind": "CASH_SHORT", "amount_cents": -100, "since": business_day(now()), "data": {}}
        session.execute(difference.insert(), [
            row | {"id": f"X:{number}", "subject": str(number), "opened_at": now(),
                   "severity": "break", "expected_codes": [], "provider_codes": [],
                   "bank_codes": []} for number in range(120)])  # fmt: skip
    client = browser(desk)
    first, second = client.get(LIST).text, client.get(f"{LIST}?seite=2").text
    assert len(re.findall("data-row href", first)) == 100
    assert len(re.findall("data-row href", second)) == 41
    for page in (first, second):
        assert "133\u00a0Differenzen" in page
        assert "141\u00a0Zeilen, Summe aller Seiten" in page


def test_chosen_cases_are_taken_in_one_go(desk: Desk) -> None:
    client = browser(desk)
    chosen = [str(desk.numbers[name]) for name in (SWAPPED.reference, SHORT.reference)]
    assert client.post(LIST, data={"fall": chosen}).status_code == 303
    assert desk.case(SHORT.reference).owner == desk.case(SWAPPED.reference).owner == desk.anna.name
    assert client.post(LIST, data={}).status_code == 422
    assert client.post(LIST, data={"fall": "x"}).status_code == 400


def test_the_foot_shows_one_case_with_what_can_be_done(desk: Desk) -> None:
    foot = browser(desk).get(f"{path(desk, '31 Zahlungen')}/fuss").text
    assert "Kassenschnitt fehlt" in foot
    assert "Datei anfordern" in foot
    assert "<html" not in foot
    assert browser(desk).get(f"{LIST}/D-999999/fuss").status_code == 404


def test_a_case_marks_and_speaks_the_characters_that_differ(desk: Desk) -> None:
    page = browser(desk).get(path(desk, SWAPPED.reference)).text
    assert "vertauscht, Stellen 14 und 15: 17 statt 71" in page
    assert page.count('<mark class="cells__one">') == 4
    for words in ("Stufe 3 von 5", "Beim Annehmen wird gebucht", "184400 Transit E-Payment",
                  "Kein Geld fließt, eine Person genügt.", "41 s auseinander"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        ("AB12", "AB12", ""), ("AB12", "AB13", "Stelle 4: 3 statt 2"),
        ("8004716", "8004176", "vertauscht, Stellen 5 und 6: 17 statt 71"),
        ("ABCDEF", "UVWXYZ", "6 Stellen weichen ab"), ("AB12", "AB1", "1 Zeichen fehlen"),
        ("AB", "AB12", "2 Zeichen mehr"),
    ],
)  # fmt: skip
def test_where_two_references_differ_is_said(left: str, right: str, words: str) -> None:
    first, second, said = differing(left, right)
    assert said == words
    assert ("".join(one for one, _ in first), "".join(one for one, _ in second)) == (left, right)


def test_accepting_goes_on_with_the_next_case_and_can_be_undone(desk: Desk) -> None:
    client, address = browser(desk), path(desk, SWAPPED.reference)
    query = "?schwere=suggestion"
    answer = client.post(f"{address}/annehmen{query}", data={"fassung": version(client, address)})
    assert answer.status_code == 303
    assert answer.location.startswith(f"{LIST}/D-{desk.numbers['13.11. + 14.11.']}?")
    page = client.get(answer.location).text
    assert f"D-{desk.numbers[SWAPPED.reference]} zugeordnet, 46,00\N{NO-BREAK SPACE}€ am" in page
    undo = re.search(r'action="(/desk/schritte/\d+/zurueck)"', page)[1]
    answer = client.post(undo)
    assert answer.location.startswith(address)
    assert desk.case(SWAPPED.reference).is_open
    again = client.post(undo)
    assert again.status_code == 409
    assert "lässt sich nicht zurücknehmen" in again.text


def test_a_conflict_names_who_was_faster_and_keeps_the_input(desk: Desk) -> None:
    client, address = browser(desk), path(desk, UNMATCHED.reference)
    seen = version(client, address)
    with desk.database.transaction() as session:
        assign(session, desk.ben, desk.numbers[UNMATCHED.reference], desk.ben.name)
    typed = {"fassung": seen, "konto": "549100", "grund": "Falschgeld.", "worte": WORDS}
    answer = client.post(f"{address}/ausbuchen", data=typed)
    assert answer.status_code == 409
    assert f"{desk.ben.person} hat diesen Fall um" in answer.text
    assert f">{WORDS}</textarea>" in answer.text
    assert '<option value="549100" selected>' in answer.text
    assert desk.case(UNMATCHED.reference).request is None


def test_forms_that_say_too_little_come_back_with_what_was_typed(desk: Desk) -> None:
    client, address = browser(desk), path(desk, UNMATCHED.reference)
    seen = version(client, address)
    for deed, typed, said in (
        ("ausbuchen", {"konto": "547300", "worte": " "}, "Bitte nennen Sie einen Grund."),
        ("aufteilen", {"konto": ["171200"], "betrag": ["40,00"], "worte": WORDS}, "Rest: 6,00"),
        ("aufteilen", {"konto": ["171200"], "betrag": ["viel"], "worte": WORDS}, "Summen"),
        ("von-hand", {"posten": ["provider:ch_25"]}, "Rest: −21,00"),
        ("von-hand", {"posten": ["unsinn"]}, "Posten von zwei Seiten"),
        ("wiedervorlage", {"am": "bald", "worte": WORDS}, "10 Banktage"),
        ("notiz", {"worte": ""}, "Bitte nennen Sie einen Grund."),
        ("zuweisen", {"person": "ST-9999"}, "kann keine Fälle übernehmen"),
    ):
        answer = client.post(f"{address}/{deed}", data={"fassung": seen, **typed})
        assert answer.status_code == 422, deed
        assert said in answer.text, deed
        assert f'id="{deed}"' in answer.text
        assert "data-open" in answer.text
    assert client.post(f"{address}/wegwerfen", data={}).status_code == 404


def test_every_deed_of_a_case_is_a_form(desk: Desk) -> None:
    client, address = browser(desk), path(desk, UNMATCHED.reference)
    day = (business_day(now()) + timedelta(days=1)).isoformat()
    for deed, typed in (
        ("zuweisen", {"person": desk.ben.name}),
        ("notiz", {"worte": "Ruft zurück"}),
        ("wiedervorlage", {"am": day, "auf": "bank", "worte": WORDS}),
        ("datei", {}),
        ("aufteilen", {"konto": ["171200", "171300"], "betrag": ["40,00", "6"], "worte": WORDS}),
    ):
        seen = version(client, address)
        answer = client.post(f"{address}/{deed}", data={"fassung": seen, **typed})
        assert answer.status_code == 303, (deed, answer.text[:2000])
    assert not desk.case(UNMATCHED.reference).is_open
    page = client.get(address).text
    for words in ("Ruft zurück", "Datei angefordert", "aufgeteilt", "Geschlossen am"):
        assert words in page
    assert 'data-opens="ausbuchen"' not in page


def test_matching_by_hand_takes_the_ticked_rows(desk: Desk) -> None:
    client, address = browser(desk), path(desk, UNMATCHED.reference)
    page = client.get(f"{address}?tage=7&cent=1000").text
    assert 'value="provider:EP-77301-204431"' in page
    answer = client.post(f"{address}/von-hand", data={
        "fassung": version(client, address), "posten": ["provider:EP-77301-204431"]})  # fmt: skip
    assert answer.status_code == 303
    assert not desk.case(UNMATCHED.reference).is_open
    assert client.get(f"{address}?tage=viele").status_code == 400


def test_a_case_that_is_none_is_not_found(desk: Desk) -> None:
    client = browser(desk)
    assert client.get(f"{LIST}/D-999999").status_code == 404
    assert client.post(f"{LIST}/D-999999/notiz", data={"worte": "x"}).status_code == 404
    assert client.post("/desk/schritte/999999/zurueck").status_code == 404


def test_who_only_reads_sees_everything_and_has_no_button(desk: Desk) -> None:
    auditor = signed_in(create_app(database=desk.database), desk.database, "auditor")
    page = auditor.get(path(desk, SWAPPED.reference)).text
    assert "Nur lesen" in page
    assert 'data-opens="annehmen"' not in page
    assert auditor.post(f"{path(desk, SWAPPED.reference)}/annehmen").status_code == 403
    cashier = signed_in(create_app(database=desk.database), desk.database, "cashier")
    assert cashier.get(LIST).status_code == 403


def test_a_release_goes_from_one_person_to_another(desk: Desk) -> None:
    anna, carla = browser(desk), browser(desk, "carla")
    address = path(desk, CHARGEBACK.reference)
    page = anna.get(address).text
    assert "Zur Freigabe geben" in page
    anna.post(f"{address}/annehmen", data={"fassung": version(anna, address)})
    assert "Wartet auf Freigabe" in anna.get(address).text
    one = re.search(r"/desk/freigaben/[0-9a-f-]{36}", anna.get("/desk/freigaben").text)[0]
    own = anna.get(one).text
    assert "Von Ihnen beantragt. Eine andere Person muss freigeben." in own
    assert anna.post(one, data={"entscheidung": "released"}).status_code == 403
    assert "Buchung freigeben" in carla.get("/desk/aufgaben").text
    assert carla.post(one, data={"entscheidung": "vielleicht"}).status_code == 400
    back = carla.post(one, data={"entscheidung": "refused", "worte": " "})
    assert (back.status_code, "Bitte nennen Sie einen Grund." in back.text) == (422, True)
    assert carla.post(one, data={"entscheidung": "released"}).status_code == 303
    assert carla.post(one, data={"entscheidung": "released"}).status_code == 409
    assert "freigegeben" in carla.get("/desk/freigaben").text
    assert not desk.case(CHARGEBACK.reference).is_open


def test_ones_own_request_is_withdrawn(desk: Desk) -> None:
    desk.ask_write_off()
    anna, ben = browser(desk), browser(desk, "ben")
    one = re.search(r"/desk/freigaben/[0-9a-f-]{36}", anna.get("/desk/freigaben").text)[0]
    assert ben.post(f"{one}/zurueckziehen").status_code == 403
    assert anna.post(f"{one}/zurueckziehen").status_code == 303
    assert desk.case(UNMATCHED.reference).request is None
    unknown = "/desk/freigaben/00000000-0000-0000-0000-000000000000"
    assert anna.get(unknown).status_code == 404


def test_amounts_are_read_as_people_write_them() -> None:
    assert [cents_of(words) for words in ("46", "46,5", "1.118,40", "2,00 €")] == [
        4600, 4650, 111840, 200,
    ]  # fmt: skip


def test_a_group_with_equal_sums_needs_no_dialog(desk: Desk) -> None:
    client, address = browser(desk), path(desk, GROUPED.reference)
    page = client.get(address).text
    assert "Beim Annehmen wird nichts gebucht" in page
    answer = client.post(f"{address}/annehmen", data={"fassung": version(client, address)})
    assert answer.status_code == 303
    assert not desk.case(GROUPED.reference).is_open


def test_a_filter_is_kept_under_a_name_and_dropped_again(desk: Desk) -> None:
    anna, ben = browser(desk), browser(desk, "ben")
    keep = f"{LIST}/filter?kanal=girocard&ansicht=alt"
    assert anna.post(keep, data={"name": "Alte girocard"}).status_code == 303
    assert ">Alte girocard</a>" in anna.get(LIST).text
    assert "?ansicht=alt&amp;kanal=girocard" in anna.get(LIST).text
    assert "Alte girocard" not in ben.get(LIST).text
    assert anna.post(keep, data={"name": " "}).status_code == 422
    anna.post(keep, data={"name": "Alte girocard", "weg": "1"})
    assert "Alte girocard" not in anna.get(LIST).text

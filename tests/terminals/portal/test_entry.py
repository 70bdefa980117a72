"""The ways in: the letter's code, the link by mail, the password; and everybody who tries."""

import re

from flask import Flask
from sqlalchemy import text

from config.database import Database
from ledger.permissions import Caller
from terminals.portal.activation import ALPHABET, make_code
from tests.letters import letters_to
from tests.payer_client import a_child, a_household, a_phone, a_top_up, a_wallet, signed_in
from tests.terminals.portal.conftest import START, Clock

BY = Caller("S-0001", "administrator")
MAIL = "parent@post.example"


def a_code(database: Database, child: str) -> str:
    with database.transaction() as session:
        return make_code(session, BY, child, at=START).code


def registered(app: Flask, database: Database, email: str = MAIL) -> str:
    """A new payer by the letter of a new child; the child's code."""
    child = a_child(database)
    phone = a_phone(app)
    phone.post(f"/portal/willkommen/{a_code(database, child.code)}", data={"email": email})
    phone.post(letters_to(database, email)[-1].path)
    return child.code


def count(database: Database, table: str, where: str = "true") -> int:
    with database.read_only() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))


def test_a_letter_a_mail_and_two_taps_make_an_account(app: Flask, city: Database) -> None:
    child = a_child(city)
    code = a_code(city, child.code)
    phone = a_phone(app)
    page = phone.get(f"/portal/willkommen/{code}")
    assert page.status_code == 200
    assert "1 Kind" in page.text
    sent = phone.post(f"/portal/willkommen/{code}", data={"email": " Parent@Post.example "})
    assert (sent.status_code, sent.location) == (303, "/portal/anmelden/gesendet")
    assert MAIL in phone.get(sent.location).text
    [letter] = letters_to(city, MAIL)
    assert letter.subject == "Ihr Link zum Anmelden"
    assert "Anmelden" in phone.get(letter.path).text
    entered = phone.post(letter.path)
    assert (entered.status_code, entered.location) == (303, "/portal/willkommen/kinder")
    page = phone.get(entered.location)
    assert f'name="sign-{child.code}"' in page.text
    chosen = {f"sign-{child.code}": "fish", f"name-{child.code}": "Kleine"}
    assert phone.post(entered.location, data=chosen).location == "/portal/willkommen/passkey"
    assert phone.post("/portal/willkommen/passkey").location == "/portal/"
    assert phone.post(entered.location, data=chosen).location == "/portal/"
    assert "Kleine" in phone.get("/portal/mehr").text
    with city.read_only() as session:
        row = session.execute(text("SELECT p.code, p.email, p.wallet = c.wallet AS is_own"
                                   "  FROM payer p, child c")).one()  # fmt: skip
    assert (row.code, row.email, row.is_own) == ("Z-000001", MAIL, True)


def test_a_code_may_be_typed_as_people_type(app: Flask, city: Database) -> None:
    code = a_code(city, a_child(city).code)
    typed = f" {code[:4].lower()} - {code[4:].lower()} "
    phone = a_phone(app)
    answer = phone.post("/portal/willkommen", data={"code": typed})
    assert answer.location == f"/portal/willkommen/{code}"
    assert phone.get(answer.location).status_code == 200
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert not set("IO01") & set(ALPHABET)


def test_five_wrong_codes_end_in_a_break_for_the_right_one_too(
    app: Flask, city: Database, clock: Clock
) -> None:
    code = a_code(city, a_child(city).code)
    phone = a_phone(app)
    said = [phone.get(f"/portal/willkommen/AAAAAAA{letter}").text for letter in "BCDEF"]
    assert [re.search(r"Noch (\d) Versuch", page)[1] for page in said] == list("43210")
    answer = phone.get(f"/portal/willkommen/{code}")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 900
    clock.on(minutes=15, seconds=1)
    assert phone.get(f"/portal/willkommen/{code}").status_code == 200


def test_another_source_is_not_held_up_by_somebody_who_guesses(app: Flask, city: Database) -> None:
    code = a_code(city, a_child(city).code)
    guesser, parent = a_phone(app), a_phone(app)
    guesser.environ_base["REMOTE_ADDR"] = "2001:db8:1:1::7"
    for letter in "ABCDEF":
        guesser.environ_base["REMOTE_ADDR"] = f"2001:db8:1:1::{letter}"
        guesser.get(f"/portal/willkommen/AAAAAAA{letter}")
    assert guesser.get(f"/portal/willkommen/{code}").status_code == 429
    assert parent.get(f"/portal/willkommen/{code}").status_code == 200


def test_a_used_code_says_so_and_an_older_letter_ends_with_the_new_one(
    app: Flask, city: Database
) -> None:
    child = a_child(city)
    old = a_code(city, child.code)
    new = a_code(city, child.code)
    phone = a_phone(app)
    assert "gilt nicht mehr" in phone.get(f"/portal/willkommen/{old}").text
    phone.post(f"/portal/willkommen/{new}", data={"email": MAIL})
    phone.post(letters_to(city, MAIL)[0].path)
    assert "schon benutzt" in a_phone(app).get(f"/portal/willkommen/{new}").text


def test_only_a_hash_of_a_code_is_kept(app: Flask, city: Database) -> None:
    code = a_code(city, a_child(city).code)
    with city.read_only() as session:
        assert code not in str(session.execute(text("SELECT * FROM activation_code")).all())


def test_two_who_have_the_same_letter_do_not_both_get_the_child(app: Flask, city: Database) -> None:
    code = a_code(city, a_child(city).code)
    first, second = a_phone(app), a_phone(app)
    first.post(f"/portal/willkommen/{code}", data={"email": "first@post.example"})
    second.post(f"/portal/willkommen/{code}", data={"email": "second@post.example"})
    [one], [two] = letters_to(city, "first@post.example"), letters_to(city, "second@post.example")
    assert first.post(one.path).status_code == 303
    refused = second.post(two.path)
    assert refused.status_code == 410
    assert "schon benutzt" in refused.text
    assert count(city, "payer") == 1


def test_a_further_child_comes_to_the_same_wallet(app: Flask, city: Database) -> None:
    home = a_household(city, children=1)
    phone = signed_in(app, city, home, at=START)
    sibling = a_child(city, wallet=home.wallet)
    other = a_child(city)
    for child in (sibling, other):
        data = {"code": a_code(city, child.code)}
        assert phone.post("/portal/willkommen/kinder/code", data=data).status_code == 303
    page = phone.get("/portal/willkommen/kinder").text
    assert all(one.code in page for one in (home.children[0], sibling, other))
    with city.read_only() as session:
        wallets = set(session.scalars(text("SELECT wallet FROM child")))
    assert wallets == {home.wallet}


def test_a_child_somebody_else_pays_for_stays_there(app: Flask, city: Database) -> None:
    mine, theirs = a_household(city), a_household(city)
    phone = signed_in(app, city, mine, at=START)
    code = a_code(city, theirs.children[0].code)
    answer = phone.post("/portal/willkommen/kinder/code", data={"code": code})
    assert answer.status_code == 422
    assert "gibt es schon ein Konto" in answer.text
    assert count(city, "child", f"wallet = '{theirs.wallet}'") == 2


def test_wrong_codes_of_somebody_signed_in_count_as_well(app: Flask, city: Database) -> None:
    phone = signed_in(app, city, a_household(city), at=START)
    answers = [
        phone.post("/portal/willkommen/kinder/code", data={"code": f"AAAAAAA{letter}"}).status_code
        for letter in "BCDEFG"
    ]
    assert answers == [422] * 5 + [429]


def test_a_child_whose_wallet_has_money_is_not_moved(app: Flask, city: Database) -> None:
    home, child = a_household(city), a_child(city)
    a_top_up(city, child.wallet, 500)
    phone = signed_in(app, city, home, at=START)
    answer = phone.post("/portal/willkommen/kinder/code", data={"code": a_code(city, child.code)})
    assert answer.status_code == 422
    assert count(city, "child", f"wallet = '{home.wallet}'") == 2


def test_a_second_payer_of_a_wallet_is_not_possible(app: Flask, city: Database) -> None:
    wallet = a_wallet(city)
    one, two = a_child(city, wallet=wallet), a_child(city, wallet=wallet)
    for child, email in ((one, "one@post.example"), (two, "two@post.example")):
        phone = a_phone(app)
        path = f"/portal/willkommen/{a_code(city, child.code)}"
        phone.post(path, data={"email": email})
    assert a_phone(app).post(letters_to(city, "one@post.example")[0].path).status_code == 303
    refused = a_phone(app).post(letters_to(city, "two@post.example")[0].path)
    assert refused.status_code == 410
    assert "weitere zahlende Person einladen" in refused.text

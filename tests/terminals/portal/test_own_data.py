"""Taking one's data along and being forgotten; the books and their seals stay as they were."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from config.database import Database
from config.migrations.checks import find_faults
from ledger.cases import claim_transfer
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry
from ledger.journal import post
from ledger.money import Money
from ledger.seal import seal
from ledger.wallets import find_wallet
from terminals.checkout.tables import online_customer, online_payment
from terminals.portal.activation import make_code
from terminals.portal.closing_wishes import wish_to_close
from tests.letters import letters_to
from tests.payer_client import Household, a_household, a_phone, a_top_up, signed_in
from tests.promises import keep_all
from tests.terminals.portal.conftest import START, Clock
from tests.terminals.portal.test_entry import BY

PATH = "/portal/mehr/daten"
# Everywhere something personal may stand.
TABLES = ("payer", "payer_child", "payer_session", "sign_in_link", "passkey", "passkey_challenge",
          "portal_try", "invitation", "letter", "audit_log", "procrastinate_jobs",
          "closing_wish", "email_change", "payer_case", "payer_case_step")  # fmt: skip


@pytest.fixture
def home(city: Database) -> Household:
    return a_household(city, email="forget.me@post.example")


@pytest.fixture
def phone(app: Flask, city: Database, home: Household) -> FlaskClient:
    return signed_in(app, city, home, at=START)


def everything(database: Database) -> str:
    with database.read_only() as session:
        return " ".join(str(session.execute(text(f"SELECT * FROM {one}")).all()) for one in TABLES)


def test_everything_is_taken_along_in_one_file(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    child = home.children[0].code
    phone.post("/portal/willkommen/kinder", data={f"sign-{child}": "sun", f"name-{child}": "Mia"})
    a_top_up(city, home.wallet, 4000)
    answer = phone.post(f"{PATH}/herunterladen")
    assert answer.content_type == "application/zip"
    assert "forget" not in answer.headers["Content-Disposition"]
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(packed.read("data.json"))
    assert data["account"]["email"] == home.payer.email
    assert data["children"][0]["nickname"] == "Mia"
    assert data["wallet"]["balance_cents"] == 4000
    assert (data["cases"], data["auto_top_up"]) == ([], None)
    assert len(data["signed_in"]) == 1
    assert "40,00" in packed.read("movements.csv").decode("utf-8-sig")
    assert packed.testzip() is None


def test_nothing_of_anybody_else_is_in_it(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    stranger = a_household(city)
    packed = zipfile.ZipFile(io.BytesIO(phone.post(f"{PATH}/herunterladen").data))
    content = packed.read("data.json").decode()
    assert stranger.payer.email not in content
    assert stranger.wallet not in content
    assert stranger.children[0].code not in content


def test_taking_along_and_forgetting_want_a_fresh_sign_in(phone: FlaskClient, clock: Clock) -> None:
    clock.on(hours=1)
    for path in (f"{PATH}/herunterladen", f"{PATH}/loeschen"):
        assert phone.post(path, data={"sure": "yes"}).location.startswith("/portal/anmelden?next=")


def test_what_is_personal_goes_and_the_books_stay_as_they_were(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    child = home.children[0].code
    phone.post("/portal/willkommen/kinder", data={f"sign-{child}": "sun", f"name-{child}": "Mia"})
    a_phone(app).post("/portal/anmelden", data={"email": home.payer.email})
    wanted = {"email": "forget.me@neu.example", "key": str(uuid4())}
    assert phone.post("/portal/mehr/anmeldung/adresse", data=wanted).status_code == 303
    with city.transaction() as session:
        wish_to_close(session, home.payer.code, key=uuid4(), last_day=START.date(),
                      iban="DE02120300000000202051", holder="forget.me", at=START)  # fmt: skip
        claim_transfer(session, home.wallet, key=uuid4(), amount_cents=4000, paid_on=START.date(),
                       words="Bitte an forget.me schreiben", at=START)  # fmt: skip
    a_top_up(city, home.wallet, 4000)
    a_top_up(city, home.wallet, 1000)
    seal(city.engine)
    _close(city, home.wallet, 5000)
    before = _books(city)
    kept = "2034" in phone.get(f"{PATH}/loeschen").text
    answer = phone.post(f"{PATH}/loeschen", data={"sure": "yes"})
    assert kept
    assert (answer.status_code, answer.location) == (303, f"{PATH}/geloescht")
    assert "gelöscht" in phone.get(answer.location).text
    assert phone.get("/portal/mehr").status_code == 303
    left = everything(city)
    assert "forget.me" not in left
    assert "Mia" not in left
    assert letters_to(city, home.payer.email) == []
    assert _books(city) == before
    seal(city.engine)
    with city.read_only() as session:
        assert find_faults(session) == []
        keep_all(session)


def test_with_money_on_it_the_account_is_closed_first(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    a_top_up(city, home.wallet, 1)
    answer = phone.post(f"{PATH}/loeschen", data={"sure": "yes"})
    assert answer.status_code == 422
    assert "Konto schließen" in answer.text
    assert home.payer.email in everything(city)


def test_nobody_is_forgotten_while_a_debit_of_the_wallets_own_is_on_its_way(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    with city.transaction() as session:
        session.execute(insert(online_customer).values(payer=home.payer.code, customer="cus_1"))
        session.execute(
            insert(online_payment).values(
                id=uuid4(), kind="saved", purpose="auto_top_up", subject=home.wallet,
                amount_cents=4000, title="x", locale="de", ways=["sepa_debit"],
                payer=home.payer.code, keeps_way=False, begun_at=START, due_at=START,
                state="processing",
            )
        )  # fmt: skip
    assert phone.post(f"{PATH}/loeschen", data={"sure": "yes"}).status_code == 422
    assert home.payer.email in everything(city)


def test_nobody_is_forgotten_by_mistake(
    city: Database, home: Household, phone: FlaskClient
) -> None:
    assert phone.post(f"{PATH}/loeschen").status_code == 422
    assert home.payer.email in everything(city)


def test_who_was_forgotten_can_come_again_and_finds_nothing_of_the_past(
    app: Flask, city: Database, home: Household, phone: FlaskClient
) -> None:
    phone.post(f"{PATH}/loeschen", data={"sure": "yes"})
    child = home.children[0]
    with city.transaction() as session:
        code = make_code(session, BY, child.code, at=START).code
    new = a_phone(app)
    new.post(f"/portal/willkommen/{code}", data={"email": home.payer.email})
    assert new.post(letters_to(city, home.payer.email)[0].path).status_code == 303
    with city.read_only() as session:
        wallet = session.scalar(
            text("SELECT wallet FROM child WHERE code = :code"), {"code": child.code}
        )
        payers = session.scalar(text("SELECT count(*) FROM payer"))
    assert wallet != home.wallet
    assert payers == 2


def _close(database: Database, wallet: str, cents: int) -> None:
    """What is on the wallet goes to its payer."""
    with database.transaction() as session:
        found = find_wallet(session, wallet)
        assert found is not None
        transfers = posted_catalogue(session).rulebook.transfers(
            "wallet_closed", amounts={"amount": Money(cents)}, roles={"wallet": found.account},
            dimensions=Dimensions(),
        )  # fmt: skip
        post(session, [Entry(uuid4(), "wallet_closed", START.date(), transfers)])


def _books(database: Database) -> list[object]:
    with database.read_only() as session:
        rows = session.execute(text("SELECT * FROM transfer ORDER BY 1, 2"))
        return [tuple(row) for row in rows]

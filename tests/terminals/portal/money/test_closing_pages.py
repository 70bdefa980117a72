"""Closing the account: asked for, and confirmed by the link in a letter."""

import re
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from ledger.closings import Closing, closing_of
from terminals.mail.tables import letter
from terminals.portal.tables import closing_wish
from tests.money_stand import Stand, a_family
from tests.payer_client import Household

PATH = "/portal/konto-schliessen"
FORM = {"tag": "2026-11-24", "iban": "DE89 3704 0044 0532 0130 00", "inhaber": "A. Person"}


def ask(phone: FlaskClient, **form: str) -> int:
    """Send the form; the status of the answer."""
    return phone.post(PATH, data=FORM | {"key": str(uuid4())} | form).status_code


def link(stand: Stand) -> str:
    """The path in the newest letter."""
    with stand.database.read_only() as session:
        newest = select(letter.c.button).order_by(letter.c.written_at.desc()).limit(1)
        address = session.scalar(newest)[1]
    found = re.search(r"/portal/.*", address)
    assert found is not None
    return found.group()


def closing(stand: Stand, home: Household) -> Closing | None:
    """The closing of the household's wallet."""
    with stand.database.read_only() as session:
        return closing_of(session, home.wallet)


def wishes(stand: Stand) -> int:
    """How many wait for their link."""
    with stand.database.read_only() as session:
        return len(session.execute(select(closing_wish)).all())


def test_nothing_is_closed_before_the_link_in_the_letter_and_its_button(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    stand.get(phone, PATH)
    assert ask(phone) == 303
    assert "Bitte bestätigen Sie per E-Mail" in stand.get(phone, PATH)
    address = link(stand)
    assert "Konto wirklich schließen?" in stand.get(phone, address)
    assert closing(stand, home) is None
    for _ in range(2):
        assert phone.post(address, data={"key": str(uuid4())}).status_code == 303
    found = closing(stand, home)
    assert found is not None
    assert found.state == "requested"
    assert found.iban == "DE89370400440532013000"
    assert wishes(stand) == 0
    assert "Beantragt" in stand.get(phone, PATH)


def test_the_letter_says_nothing_of_the_money_or_the_account(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    ask(phone)
    with stand.database.read_only() as session:
        row = session.execute(select(letter)).one()
    assert row.subject == "Bitte bestätigen: Konto schließen"
    assert "DE89" not in f"{row.subject} {row.paragraphs} {row.button}"


def test_a_link_of_another_household_opens_nothing(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    ask(stand.signed_in(home))
    stranger = stand.signed_in(a_family(stand.database, eats=False))
    assert stranger.get(link(stand)).status_code == 404
    assert stranger.post(link(stand), data={"key": str(uuid4())}).status_code == 404
    assert closing(stand, home) is None


def test_a_link_is_over_after_two_days(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    ask(phone)
    stand.later(days=2, minutes=1)
    assert "abgelaufen" in phone.get(link(stand)).text
    assert phone.post(link(stand), data={"key": str(uuid4())}).status_code == 404


def test_what_cannot_be_right_is_said_and_nothing_is_sent(stand: Stand) -> None:
    phone = stand.signed_in(a_family(stand.database, eats=False))
    assert ask(phone, iban="DE89 3704 0044 0532 0130 01") == 422
    assert ask(phone, inhaber="") == 422
    assert ask(phone, tag="2026-11-23") == 422
    assert wishes(stand) == 0


def test_whoever_stays_after_all_takes_it_back(stand: Stand) -> None:
    home = a_family(stand.database, eats=False)
    phone = stand.signed_in(home)
    ask(phone)
    phone.post(link(stand), data={"key": str(uuid4())})
    assert phone.post(f"{PATH}/zurueckziehen", data={"key": str(uuid4())}).status_code == 303
    assert closing(stand, home) is None
    assert ask(phone) == 303


def test_money_from_a_card_needs_no_account_to_go_to(stand: Stand) -> None:
    home = a_family(stand.database, cents=0, eats=False)
    phone = stand.signed_in(home)
    answer = phone.post("/portal/aufladen", data={
        "betrag": "40", "weg": "karte", "sofort": "1", "key": str(uuid4())
    })  # fmt: skip
    session = re.search(r"cs_\w+", answer.location)
    assert session is not None
    back = stand.stripe.online.pay(session.group(), "visa").removeprefix("http://localhost")
    stand.settled(phone, back)
    assert 'name="iban"' not in stand.get(phone, PATH)
    assert ask(phone, iban="", inhaber="") == 303

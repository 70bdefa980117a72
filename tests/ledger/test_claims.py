"""The open bill of a family: what it could not bear, and how it is settled."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.catalogue.posted import posted_catalogue
from ledger.claims import open_claims, open_claims_of, settle_claims
from ledger.entries import Dimensions, Entry
from ledger.journal import post
from ledger.movements import movements
from tests.ledger.families import (
    MONDAY,
    TUESDAY,
    a_child,
    a_wallet,
    charge,
    clock,
    eats,
    on_wallet,
    put_in,
)

NOW = clock(TUESDAY, 10)


@pytest.fixture
def owing(city: Session) -> str:
    """A wallet at its grace limit, with two lunches beyond it."""
    wallet = a_wallet(city, 0)
    for _ in range(6):
        eats(city, a_child(city, wallet), MONDAY)
    charge(city, MONDAY)
    return wallet


def test_what_the_wallet_cannot_bear_is_an_open_bill(city: Session, owing: str) -> None:
    assert (on_wallet(city, owing), open_claims(city, owing)) == (-1480, 740)
    assert open_claims(city, a_wallet(city)) == 0
    assert open_claims_of(city, None)[owing] == 740


def test_credit_pays_nothing_and_money_pays_once(city: Session, owing: str) -> None:
    put_in(city, owing, 1480)
    assert settle_claims(city, at=NOW) == 0
    put_in(city, owing, 500)
    assert settle_claims(city, at=NOW, wallets=[a_wallet(city), owing]) == 500
    assert settle_claims(city, at=NOW) == 0
    assert (on_wallet(city, owing), open_claims(city, owing)) == (0, 240)
    put_in(city, owing, 1000)
    assert settle_claims(city, at=NOW, wallets=[owing]) == 240
    assert (on_wallet(city, owing), open_claims(city, owing)) == (760, 0)
    settled = movements(city, owing, kind="claim").movements
    assert [one.amount_cents for one in settled] == [-240, -500]


def test_a_bill_paid_by_itself_is_paid(city: Session, owing: str) -> None:
    transfers = posted_catalogue(city).rulebook.transfers(
        "claim_paid_online", amounts={"amount": 740}, roles={"claim": "171100"},
        dimensions=Dimensions(case_reference=owing),
    )  # fmt: skip
    post(city, [Entry(uuid4(), "claim_paid_online", TUESDAY, transfers)])
    assert (on_wallet(city, owing), open_claims(city, owing)) == (-1480, 0)

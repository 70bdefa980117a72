"""Tickets and passes that somebody bought, gates that ask, and the keys of a city."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.database import Database
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import BasketLine, ChargeRequest, charge, find_charge
from ledger.entries import Posted
from ledger.outcomes import Recorded
from terminals.devices import add_device, new_token
from terminals.gate.admissions import admit
from terminals.gate.tickets import Issued, issue, ticket_text, tickets_of
from terminals.gate.values import Asked, Gate
from terminals.qr.codes import card_text, issue_card
from terminals.qr.keys import KeyRing, read_ring, with_new_key

RING_TEXT = with_new_key()
RING: KeyRing = read_ring(RING_TEXT)
DAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 12, tzinfo=CITY_TIME)
A_MINUTE = timedelta(minutes=1)
GATE_1, GATE_2 = Gate("B01", "Tor 1", "B01 Tor 1"), Gate("B01", "Tor 2", "B01 Tor 2")
MUSEUM = Gate("M01", "Eingang", "M01 Eingang")


def gates(database: Database) -> dict[str, str]:
    """Devices for the three gates; their tokens by name."""
    tokens = {gate.device: new_token() for gate in (GATE_1, GATE_2, MUSEUM)}
    with database.transaction() as session:
        for gate in (GATE_1, GATE_2, MUSEUM):
            token = tokens[gate.device]
            add_device(session, gate.device, role="gate", token=token, facility=gate.facility)
    return tokens


def buy(session: Session, *products: str, at: datetime = NOON, facility: str = "B01") -> UUID:
    """Buy these online; the key of the charge."""
    lines = tuple(BasketLine(product) for product in products)
    request = ChargeRequest(uuid4(), facility, "online", at, lines)
    catalogue = posted_catalogue(session)
    (outcome,) = charge(session, catalogue, [request])
    assert isinstance(outcome, Posted | Recorded), outcome
    sold = find_charge(session, request.key)
    assert sold is not None
    issue(session, catalogue, sold)
    return request.key


def a_ticket(database: Database, product: str = "POOL-AD", **how: Any) -> Issued:
    with database.transaction() as session:
        return tickets_of(session, [buy(session, product, **how)])[0]


def a_pass(database: Database, product: str = "POOL-10A", **how: Any) -> tuple[str, str]:
    """The code of a pass and what its card says."""
    with database.transaction() as session:
        sold = find_charge(session, buy(session, product, **how))
        assert sold is not None
        code = sold.lines[0].passes[0]
        return code, card_text(issue_card(session, at=how.get("at", NOON), pass_code=code), RING)


def text_of(issued: Issued) -> str:
    return ticket_text(issued, RING.signing)


def ask(database: Database, text: str, gate: Gate = GATE_1, **how: Any) -> Any:
    """Scan at a gate; `was_open`: it was alone and had opened."""
    given: dict[str, Any] = {"at": NOON, "key": uuid4(), "was_open": False,
                             "now": datetime.now(UTC)} | how  # fmt: skip
    with database.transaction() as session:
        return admit(session, Asked(text, gate, **given), RING.public)

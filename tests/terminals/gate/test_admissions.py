"""Admissions at the centre: once each, with a plain reason, and nothing lost that had opened."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from config.database import Database
from ledger.balances import balance
from ledger.calendar import CITY_TIME
from ledger.charge_reversals import reverse_charge
from ledger.entries import Posted
from ledger.passes import find_pass, take_back
from ledger.periods import close_day
from terminals.gate.admissions import withdraw
from terminals.gate.scanned import scan
from terminals.gate.tables import admission, ticket_end
from terminals.gate.tickets import ticket_text
from terminals.gate.tokens import Ticket, sign
from terminals.gate.values import Admitted, NotAdmitted
from terminals.qr.codes import cards_of, revoke_card
from terminals.qr.keys import read_ring, with_new_key
from tests.ledger.counter import entry_count
from tests.terminals.gate.house import (
    A_MINUTE,
    DAY,
    GATE_1,
    GATE_2,
    MUSEUM,
    NOON,
    RING_TEXT,
    a_pass,
    a_ticket,
    ask,
    gates,
    text_of,
)

A_DAY = timedelta(days=1)


@pytest.fixture
def house(city: Database) -> Database:
    gates(city)
    return city


def reason(outcome: Any) -> str:
    assert isinstance(outcome, NotAdmitted), outcome
    return outcome.reason


def test_a_ticket_lets_in_once_and_then_says_when_and_where(house: Database) -> None:
    ticket = a_ticket(house)
    assert isinstance(ask(house, text_of(ticket), GATE_2), Admitted)
    again = ask(house, text_of(ticket), GATE_1, at=NOON + A_MINUTE)
    assert reason(again) == "used"
    assert again.data == {"at": NOON.astimezone(UTC).isoformat(), "gate": "Tor 2"}


def test_the_same_key_gets_the_same_answer_and_counts_once(house: Database) -> None:
    ticket, key = a_ticket(house), uuid4()
    first, again = (ask(house, text_of(ticket), key=key) for _ in range(2))
    assert (first.replayed, again.replayed) == (False, True)
    assert reason(ask(house, text_of(a_ticket(house)), key=key)) == "key_conflict"


def test_an_admission_books_nothing_for_a_ticket_whose_sale_was_booked(house: Database) -> None:
    ticket = a_ticket(house)
    with house.read_only() as session:
        before = entry_count(session)
    ask(house, text_of(ticket))
    with house.read_only() as session:
        assert entry_count(session) == before


def test_a_pass_visit_releases_its_share_once(house: Database) -> None:
    code, card = a_pass(house)
    key = uuid4()
    first = ask(house, card, key=key)
    assert (first.visits_left, ask(house, card, key=key).replayed) == (9, True)
    with house.read_only() as session:
        found = find_pass(session, code)
        assert found is not None
        assert balance(session, found.card.account).debit_balance_cents == -(4206 - 421)


def test_six_for_six_opens_each_house_once(house: Database) -> None:
    _, card = a_pass(house, "MUS-SIX", facility="M01")
    assert ask(house, card, MUSEUM).visits_left == 5
    assert reason(ask(house, card, MUSEUM, at=NOON + A_DAY)) == "used"
    assert reason(ask(house, card, GATE_1)) == "other_house"


def test_a_holiday_card_opens_once_a_day(house: Database) -> None:
    _, card = a_pass(house, "POOL-HOL-S")
    assert ask(house, card).visits_left is None
    again = ask(house, card, GATE_2, at=NOON + A_MINUTE)
    assert (reason(again), again.data["gate"]) == ("used", "Tor 1")
    assert isinstance(ask(house, card, at=NOON + A_DAY), Admitted)


@pytest.mark.parametrize(
    ("gate", "at", "why", "data"),
    [
        (MUSEUM, NOON, "other_house", {"house": "Elisabethhalle"}),
        (GATE_1, NOON - A_DAY, "not_yet", {"on": "2026-11-17"}),
        (GATE_1, datetime(2030, 1, 1, tzinfo=CITY_TIME), "expired", {"on": "2029-12-31"}),
    ],
)
def test_a_ticket_opens_its_own_gate_on_its_own_days(
    house: Database, gate: Any, at: datetime, why: str, data: dict[str, str]
) -> None:
    refused = ask(house, text_of(a_ticket(house)), gate, at=at)
    assert (reason(refused), refused.data) == (why, data)


def test_a_supplement_is_no_admission(house: Database) -> None:
    sauna = text_of(a_ticket(house, "POOL-SAUNA"))
    assert reason(ask(house, sauna)) == "supplement"
    tour = text_of(a_ticket(house, "MUS-TOUR", facility="M01"))
    assert reason(ask(house, tour, MUSEUM)) == "supplement"
    assert isinstance(ask(house, text_of(a_ticket(house))), Admitted)


def test_a_ticket_is_good_on_its_last_evening(house: Database) -> None:
    last = datetime(2029, 12, 31, 23, 59, tzinfo=CITY_TIME)
    assert isinstance(ask(house, text_of(a_ticket(house)), at=last), Admitted)


def test_what_ended_opens_no_gate(house: Database) -> None:
    ticket, (code, card), (_, lost) = a_ticket(house), a_pass(house), a_pass(house)
    with house.transaction() as session:
        row = {"ticket": ticket.code, "kind": "returned", "key": uuid4()}
        session.execute(insert(ticket_end), [row])
        assert isinstance(take_back(session, code, key=uuid4(), booked_on=DAY), Posted)
        for each in cards_of(session, "P-000002"):
            revoke_card(session, each.id, at=NOON)
    assert reason(ask(house, text_of(ticket))) == "returned"
    assert reason(ask(house, card)) == "returned"
    assert reason(ask(house, lost)) == "blocked"


def test_an_empty_pass_says_so(house: Database) -> None:
    _, card = a_pass(house)
    for _ in range(10):
        ask(house, card)
    assert reason(ask(house, card)) == "empty"


def test_what_is_no_ticket_is_told_apart_from_what_cannot_be_read(house: Database) -> None:
    stranger = read_ring(with_new_key())
    forged = text_of(a_ticket(house))
    assert reason(ask(house, forged[:-1] + ("0" if forged[-1] != "0" else "1"))) == "unknown"
    assert reason(ask(house, "https://example.org/ticket")) == "unread"
    assert reason(ask(house, ticket_text(a_ticket(house), stranger.signing))) == "unknown"


def test_codes_of_an_old_key_hold_while_it_is_in_the_ring(house: Database) -> None:
    old = text_of(a_ticket(house))
    renewed = read_ring(with_new_key(RING_TEXT))
    held = scan(old, renewed.public, NOON)
    assert isinstance(held, Ticket)
    assert sign(held, renewed.signing) != old
    assert isinstance(scan(sign(held, renewed.signing), renewed.public, NOON), Ticket)


def test_a_gate_that_had_opened_for_a_used_ticket_is_a_conflict_with_both_gates(
    house: Database,
) -> None:
    ticket, first, second = a_ticket(house), uuid4(), uuid4()
    ask(house, text_of(ticket), GATE_2, key=first, was_open=True)
    late = ask(house, text_of(ticket), GATE_1, key=second, was_open=True, at=NOON - A_MINUTE)
    assert (reason(late), late.was_open) == ("used", True)
    assert ask(house, text_of(ticket), GATE_1, key=second, was_open=True).replayed
    with house.read_only() as session:
        rows = session.execute(select(admission).order_by(admission.c.admitted_at)).all()
    assert [(row.gate, row.state, row.other) for row in rows] == [
        ("Tor 1", "conflict", first), ("Tor 2", "admitted", None),
    ]  # fmt: skip


def test_a_pass_visit_that_comes_after_the_day_was_closed_is_released_all_the_same(
    house: Database,
) -> None:
    now = datetime.now(UTC)
    code, card = a_pass(house, at=now - 3 * A_DAY)
    with house.transaction() as session:
        close_day(session, (now - 2 * A_DAY).astimezone(CITY_TIME).date(), closed_by="Nacht")
    late = ask(house, card, at=now - 2 * A_DAY, was_open=True, now=now)
    assert isinstance(late, Admitted)
    with house.read_only() as session:
        found = find_pass(session, code)
        assert found is not None
        assert found.card.used == 1


def test_two_gates_that_ask_at_once_let_one_in(house: Database) -> None:
    told: list[Any] = []
    text_ = text_of(a_ticket(house))

    def at(gate: Any) -> None:
        told.append(ask(house, text_, gate))

    threads = [threading.Thread(target=at, args=(gate,)) for gate in (GATE_1, GATE_2) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Admitted) for one in told) == 1
    assert {one.reason for one in told if isinstance(one, NotAdmitted)} == {"used"}


def back(database: Database, key: Any, *, why: str = "mistake", at: datetime = NOON) -> str | None:
    with database.transaction() as session:
        return withdraw(session, key, key=uuid4(), gate=GATE_1, why=why, at=at)


def test_an_admission_by_mistake_is_withdrawn_and_the_ticket_is_good_again(house: Database) -> None:
    ticket, key = a_ticket(house), uuid4()
    ask(house, text_of(ticket), key=key)
    assert back(house, key, at=NOON + 16 * A_MINUTE) == "too_late"
    assert back(house, key, at=NOON + A_MINUTE) is None
    assert back(house, key, at=NOON + A_MINUTE) is None
    assert isinstance(ask(house, text_of(ticket)), Admitted)
    assert reason(ask(house, text_of(ticket))) == "used"


def test_a_pass_visit_by_mistake_gets_its_share_back(house: Database) -> None:
    code, card = a_pass(house)
    key = uuid4()
    ask(house, card, key=key)
    assert back(house, key) is None
    assert ask(house, card).visits_left == 9
    with house.read_only() as session:
        found = find_pass(session, code)
        assert found is not None
        assert balance(session, found.card.account).debit_balance_cents == -(4206 - 421)


def test_a_withdrawal_that_comes_first_keeps_the_admission_out(house: Database) -> None:
    ticket, key = a_ticket(house), uuid4()
    assert back(house, key, why="not_opened") is None
    assert reason(ask(house, text_of(ticket), key=key)) == "withdrawn"
    assert isinstance(ask(house, text_of(ticket)), Admitted)


def test_the_database_itself_lets_a_ticket_in_once(house: Database) -> None:
    ticket = a_ticket(house)
    row = {
        "kind": "ticket", "code": ticket.code, "state": "admitted", "facility": "B01",
        "gate": "Tor 1", "device": "B01 Tor 1", "admitted_at": NOON, "day": DAY,
        "was_offline": False,
    }  # fmt: skip
    with house.transaction() as session:
        session.execute(insert(admission), [row | {"key": uuid4(), "turn": 0}])
    for turn, rule in ((0, "admission_once"), (1, "lets in once")):
        with pytest.raises(IntegrityError, match=rule), house.transaction() as session:
            session.execute(insert(admission), [row | {"key": uuid4(), "turn": turn}])
    for statement in ("DELETE FROM admission", "UPDATE admission SET gate = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"), house.transaction() as session:
            session.execute(text(statement))


def test_a_sale_whose_ticket_was_used_is_not_reversed(house: Database) -> None:
    ticket, other = a_ticket(house), a_ticket(house)
    ask(house, text_of(ticket))
    how = {"booked_on": date(2026, 11, 17), "reason": "vertippt"}
    with pytest.raises(IntegrityError, match="not reversed"), house.transaction() as session:
        reverse_charge(session, ticket.charge, key=uuid4(), **how)  # type: ignore[arg-type]
    with house.transaction() as session:
        reverse_charge(session, other.charge, key=uuid4(), **how)  # type: ignore[arg-type]
    assert reason(ask(house, text_of(other))) == "returned"

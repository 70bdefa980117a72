"""A gate with its own journal: with the centre, alone, and after the line is mended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.database import Database
from ledger.calendar import business_day
from terminals.devices import revoke_device
from terminals.face.words import words_of
from terminals.gate.site import memory
from terminals.gate.site.gate import Gate
from terminals.gate.site.screen import lines_of
from terminals.gate.site.sync import Sync
from terminals.gate.tables import admission, admission_withdrawal
from terminals.till.centre import CentreSilent
from tests.terminals.gate.house import a_pass, a_ticket, ask, text_of
from tests.terminals.till.conftest import Server

AtGate = Callable[[str], tuple[Gate, Sync]]
LATER = timedelta(seconds=10)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def enter(gate: Gate, text: str, at: datetime) -> tuple[str, str | None]:
    one = gate.enter(text, at)
    assert one is not None
    return one.state, one.reason


def admissions(city: Database) -> list[Any]:
    with city.read_only() as session:
        return list(session.execute(select(admission).order_by(admission.c.recorded_at)))


def waiting(gate: Gate) -> int:
    with gate.journal.read() as connection:
        return memory.count_waiting(connection)


def test_a_gate_that_never_heard_the_centre_opens_for_nobody(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    gate, _ = at_gate("B01 Tor 1")
    assert gate.enter(text_of(a_ticket(city, at=now)), now) is None


def test_with_the_centre_a_ticket_used_at_one_gate_is_used_at_the_other(
    at_gate: AtGate, city: Database, now: datetime
) -> None:
    text = text_of(a_ticket(city, at=now))
    (first, hears), (second, hears_too) = at_gate("B01 Tor 1"), at_gate("B01 Tor 2")
    hears.once()
    hears_too.once()
    assert enter(first, text, now) == ("opened", None)
    one = second.enter(text, now + LATER)
    assert one is not None
    assert (one.reason, one.data["gate"]) == ("used", "Tor 1")
    assert waiting(first) == waiting(second) == 0


def test_two_gates_without_a_line_both_open_and_the_centre_finds_it_out(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    text = text_of(a_ticket(city, at=now))
    (first, tells), (second, tells_too) = at_gate("B01 Tor 1"), at_gate("B01 Tor 2")
    tells.once()
    tells_too.once()
    centre.stop()
    assert enter(first, text, now) == ("opened", None)
    assert enter(second, text, now + LATER) == ("opened", None)
    assert enter(first, text, now + 2 * LATER) == ("refused", "used")
    with pytest.raises(CentreSilent):
        tells.once()
    centre.start()
    tells_too.once()
    tells.once()
    tells.once()
    rows = admissions(city)
    assert [(row.gate, row.state, row.was_offline) for row in rows] == [
        ("Tor 2", "admitted", True), ("Tor 1", "conflict", True),
    ]  # fmt: skip
    assert rows[1].other == rows[0].key
    assert rows[1].data == {"at": rows[0].admitted_at.isoformat(), "gate": "Tor 2"}


def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    text = text_of(a_ticket(city, at=now))
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    real = gate.centre

    class Deaf:
        def post(self, *asked: Any, **how: Any) -> Any:
            real.post(*asked, **how)
            raise CentreSilent("the answer was lost")

    gate.centre = Deaf()  # type: ignore[assignment]
    assert enter(gate, text, now) == ("opened", None)
    gate.centre = real
    assert waiting(gate) == 1
    sync.tell()
    assert [row.state for row in admissions(city)] == ["admitted"]


def test_alone_a_gate_counts_the_visits_of_a_pass_itself(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    _, card = a_pass(city, at=now)
    for _ in range(8):
        ask(city, card, at=now)
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    centre.stop()
    told = [enter(gate, card, now + n * LATER) for n in range(4)]
    assert told == [("opened", None)] * 2 + [("refused", "empty")] * 2
    centre.start()
    sync.once()
    assert [row.state for row in admissions(city)] == ["admitted"] * 10


def test_alone_a_holiday_card_opens_once_a_day(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    _, card = a_pass(city, "POOL-HOL-S", at=now)
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    centre.stop()
    assert enter(gate, card, now) == ("opened", None)
    assert enter(gate, card, now + LATER) == ("refused", "used")
    assert enter(gate, card, now + timedelta(days=1))[0] == "opened"
    centre.start()


def test_alone_six_for_six_opens_a_house_once(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    _, card = a_pass(city, "MUS-SIX", at=now, facility="M01")
    gate, sync = at_gate("M01 Eingang")
    sync.once()
    centre.stop()
    assert enter(gate, card, now) == ("opened", None)
    assert enter(gate, card, now + timedelta(days=1)) == ("refused", "used")
    centre.start()
    sync.once()
    assert enter(gate, card, now + timedelta(days=2)) == ("refused", "used")


def test_alone_a_gate_knows_what_the_centre_said_before(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    used, museum = a_ticket(city, at=now), a_ticket(city, "MUS-AD", at=now, facility="M01")
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    ask(city, text_of(used), at=now)
    sync.hear()
    centre.stop()
    assert enter(gate, text_of(used), now) == ("refused", "used")
    other = gate.enter(text_of(museum), now)
    assert other is not None
    assert (other.reason, other.data["house"]) == ("other_house", "Ludwig Forum")
    assert enter(gate, text_of(a_ticket(city, at=now)), now - timedelta(days=1))[1] == "not_yet"
    centre.start()


def test_alone_a_gate_opens_for_no_supplement_and_says_why(
    at_gate: AtGate, city: Database, centre: Server, now: datetime
) -> None:
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    centre.stop()
    one = gate.enter(text_of(a_ticket(city, "POOL-SAUNA", at=now)), now)
    assert one is not None
    assert (one.state, one.reason) == ("refused", "supplement")
    for language, said in (("de", "Nur ein Zusatz"), ("en", "An extra only")):
        lines = lines_of(one, words_of(language), language, today=business_day(now))
        assert lines[0].startswith(said)
    centre.start()


def test_a_code_that_is_held_there_counts_once(
    at_gate: AtGate, city: Database, now: datetime
) -> None:
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    text = text_of(a_ticket(city, at=now))
    first, again = gate.enter(text, now), gate.enter(text, now + timedelta(seconds=2))
    assert first == again


@pytest.mark.parametrize("is_online", [True, False])
def test_somebody_let_in_by_mistake_is_taken_back(
    at_gate: AtGate, city: Database, centre: Server, now: datetime, is_online: bool
) -> None:
    text = text_of(a_ticket(city, at=now))
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    if not is_online:
        centre.stop()
    one = gate.enter(text, now)
    assert one is not None
    assert gate.take_back(one.key, now + LATER)
    assert not gate.take_back(one.key, now + LATER)
    if not is_online:
        centre.start()
    sync.once()
    with city.read_only() as session:
        assert session.execute(select(admission_withdrawal)).one().reason == "mistake"
    assert enter(gate, text, now + 2 * LATER) == ("opened", None)


def test_what_was_asked_when_the_process_died_did_not_open(
    at_gate: AtGate, city: Database, now: datetime
) -> None:
    text = text_of(a_ticket(city, at=now))
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    real = gate._follow

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    gate._follow = dies  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        gate.enter(text, now)
    assert [row.state for row in admissions(city)] == ["admitted"]
    gate._follow = real  # type: ignore[method-assign]
    reborn, tells = at_gate("B01 Tor 1")
    tells.once()
    assert enter(reborn, text, now + LATER) == ("opened", None)


def test_a_revoked_gate_opens_for_nobody(at_gate: AtGate, city: Database, now: datetime) -> None:
    gate, sync = at_gate("B01 Tor 1")
    sync.once()
    with city.transaction() as session:
        revoke_device(session, "B01 Tor 1")
    assert enter(gate, text_of(a_ticket(city, at=now)), now) == ("refused", "closed")
    assert gate.enter(text_of(a_ticket(city, at=now)), now) is None

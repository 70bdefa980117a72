"""The simulated ZVT terminal with its connection lost: its ledger says what became of the money."""

from collections.abc import Iterator
from itertools import count

import pytest

from terminals.simulators.zvt import Simulator
from tests.terminals.simulators.raw_register import (
    PAY_1050,
    REGISTER,
    REGISTER_BLOCKS,
    STATUS,
    RawRegister,
    registered,
    starts,
)


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator() as terminal:
        yield terminal


def a_whole_payment(terminal: Simulator, how: str) -> list[tuple[str, int]]:
    """The messages of one payment: who spoke and how many bytes."""
    with registered(terminal.port, how) as register:
        assert terminal.settled()  # the registration's last answer was heard
        before = len(terminal.frames)
        register.run(PAY_1050)
    assert terminal.settled()
    messages = [(direction, len(data)) for direction, data in terminal.frames[before:]]
    terminal.reset()
    return [each for each in messages if each[1]]


def final_at(messages: list[tuple[str, int]], direction: str) -> int:
    """How many bytes went that way when the last answer before 06 0F had been heard whole."""
    upto = messages[:-2]
    return sum(size for way, size in upto if way == direction)


@pytest.mark.parametrize("how", [REGISTER, REGISTER_BLOCKS])
def test_what_the_register_sends_ends_at_any_byte(terminal: Simulator, how: str) -> None:
    messages = a_whole_payment(terminal, how)
    command, final = messages[0][1], final_at(messages, "<")
    total = sum(size for way, size in messages if way == "<")
    with registered(terminal.port, how):
        """Once is enough: the terminal remembers."""
    for byte in range(1, total + 1):
        terminal.cut("received", byte, command="0601")
        before = len(terminal.ledger)
        pay_until_cut(terminal)
        booked = [each.state for each in terminal.ledger[before:]]
        if byte < command:
            assert booked == [], byte
        else:
            assert booked == ["approved" if byte >= final else "auto_reversed"], byte
        assert not terminal.is_cut_armed


def test_what_the_terminal_sends_ends_at_any_byte(terminal: Simulator) -> None:
    messages = a_whole_payment(terminal, REGISTER)
    final = final_at(messages, ">")
    with registered(terminal.port):
        """Once is enough: the terminal remembers."""
    for byte in count():
        terminal.cut("sent", byte, command="0601")
        before = len(terminal.ledger)
        pay_until_cut(terminal)
        booked = [each.state for each in terminal.ledger[before:]]
        assert booked == ["approved" if byte > final else "auto_reversed"], byte
        if terminal.is_cut_armed:
            break
    assert byte == sum(size for way, size in messages if way == ">") + 1
    assert {each.state for each in terminal.ledger} == {"approved", "auto_reversed"}


def pay_until_cut(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        try:
            register.run(PAY_1050)
        except ConnectionError:
            assert register.is_ended()
        assert terminal.settled()


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_cut_may_be_a_goodbye_or_a_reset(terminal: Simulator, how: str) -> None:
    with registered(terminal.port) as register:
        terminal.cut("received", 12, how=how)
        register.send(PAY_1050)
        register.frame()
        register.frame()
        register.ack()
        assert register.is_ended()
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["auto_reversed"]


def test_a_cut_may_be_silence_on_an_open_connection(terminal: Simulator) -> None:
    terminal.set(ack_seconds=0.05)
    with registered(terminal.port) as register:
        terminal.cut("sent", 3, how="silence")
        register.send(PAY_1050)
        assert register.frame() == "800000"
        assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["auto_reversed"]


@pytest.mark.parametrize(
    ("scenario", "state", "last"),
    [("drop_before_status", "auto_reversed", "04FF"),
     ("drop_after_status", "auto_reversed", "040F"),
     ("drop_after_ack", "approved", "040F")],
)  # fmt: skip
def test_the_connection_goes_at_a_chosen_step(
    terminal: Simulator, scenario: str, state: str, last: str
) -> None:
    terminal.next(scenario)
    heard = []
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        try:
            while True:
                heard.append(register.frame())
                register.ack()
        except ConnectionError:
            assert terminal.settled()
    assert starts(heard)[-1][:4] == last
    assert [each.state for each in terminal.ledger] == [state]


def test_a_terminal_that_takes_a_payment_back_is_busy_until_it_has(terminal: Simulator) -> None:
    terminal.set(reversal_seconds=0.8)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("040F")
    with RawRegister(terminal.port) as register:
        assert register.run(STATUS)[-1] == "060F019C"
        assert [each.state for each in terminal.ledger] == ["pending"]
        assert register.run(PAY_1050) == ["849C00"]
        assert terminal.settled()
        assert register.run(STATUS)[-1] == "060F0100"
    assert [each.state for each in terminal.ledger] == ["auto_reversed"]


def test_a_register_that_leaves_before_the_card_leaves_nothing(terminal: Simulator) -> None:
    terminal.set(automatic_card=False)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        register.ack()
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["declined"]


def test_an_unplugged_terminal_answers_nobody_until_it_is_plugged_in(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        terminal.now("unplug")
        assert register.is_ended()
        try:
            with RawRegister(terminal.port) as other:
                assert other.is_ended()
        except ConnectionResetError:
            assert terminal.ledger == []  # hung up before the connection stood: no answer, too
        terminal.now("plug_in")
    with RawRegister(terminal.port) as register:
        assert register.run(PAY_1050)[-1] == "060F00"


def test_a_cut_that_was_not_reached_can_be_taken_back(terminal: Simulator) -> None:
    terminal.cut("sent", 1_000)
    assert terminal.is_cut_armed
    terminal.heal()
    assert not terminal.is_cut_armed

"""The simulated ZVT terminal apart from money: end of day, copies, states, diagnosis."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from terminals.simulators.zvt import Simulator
from tests.terminals.simulators.raw_register import (
    ACK,
    END_OF_DAY,
    PAY_1050,
    REGISTER_BLOCKS,
    REGISTER_LINES,
    REPEAT,
    STATUS,
    RawRegister,
    registered,
    starts,
)

LATE = datetime(2026, 12, 31, 23, 59, 58, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator(clock=lambda: LATE) as terminal:
        yield terminal


def test_an_end_of_day_says_the_sum_and_the_cards(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        terminal.next("approve_visa")
        register.run("06010704000000000200")
        register.run("063006000000870001")
        terminal.next("approve_mastercard")
        register.run("06010704000000000045")
        *_, totals, end = register.run(END_OF_DAY)
    columns = ["02000000000000", "00000000000000", "01000000000045", "00000000000000",
               "01000000000200", "00000000000000", "00000000000000"]  # fmt: skip
    assert totals == (
        "040F49" + "2700" + "04000000000245" + "0C235958" + "0D1231" + "60F0F5F3"
        + "0001" + "0004" + "".join(columns)
    )  # fmt: skip
    assert end == "060F00"
    (settlement,) = terminal.settlements
    assert (settlement.number, settlement.amount_cents) == (1, 245)


def test_after_an_end_of_day_the_batch_is_empty_and_nothing_reverses(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        register.run(END_OF_DAY)
        assert register.run("063006000000870001")[-1] == "061E01B5"
        assert "04000000000000" in register.run(END_OF_DAY)[-2]
    assert [each.amount_cents for each in terminal.settlements] == [1050, 0]


def test_an_end_of_day_is_done_even_if_the_register_never_hears_of_it(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        register.send(END_OF_DAY)
        register.until("040F")
    assert terminal.settled()
    assert [each.amount_cents for each in terminal.settlements] == [1050]


def test_an_end_of_day_cannot_be_stopped(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.send(END_OF_DAY)
        register.until("04FF")
        register.send("06B000")
        assert register.frame() == "848300"


def test_payments_that_were_taken_back_are_in_no_sum(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("040F")
        register.send("846600")
        register.until("061E")
        register.ack()
        assert terminal.settled()
        assert "04000000000000" in register.run(END_OF_DAY)[-2]


def test_a_failed_end_of_day_locks_the_terminal_until_one_succeeds(terminal: Simulator) -> None:
    terminal.next("end_of_day_fails")
    with registered(terminal.port) as register:
        assert register.run(PAY_1050)[-1] == "060F00"
        assert register.run(END_OF_DAY)[-2:] == ["040F0927770C2359580D1231", "061E0177"]
        assert register.run(STATUS)[-1] == "060F01F0"
        for command in (PAY_1050, REPEAT, "067000"):
            assert register.run(command)[-1] == "061E01F0"
        assert register.run(END_OF_DAY)[-1] == "060F00"
        assert register.run(PAY_1050)[-1] == "060F00"
    assert [each.amount_cents for each in terminal.settlements] == [1050]


def test_an_end_of_day_may_start_an_update_and_the_terminal_hears_nothing(
    terminal: Simulator,
) -> None:
    terminal.next("end_of_day_update", deaf_seconds=600.0)
    with registered(terminal.port) as register:
        assert register.run(END_OF_DAY)[-1] == "060F0227E0"
        assert terminal.settled()
        register.send(STATUS)
        register.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            register.frame()


def test_the_last_success_is_repeated_word_for_word(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        result = register.run(PAY_1050)[-2]
        terminal.next("decline")
        register.run(PAY_1050)
        assert register.run(REPEAT) == [ACK, result, "060F00"]


def test_a_repetition_prints_unless_it_shall_not(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        register.run(PAY_1050)
        assert starts(register.run("062003000000")) == ["8000"] + ["06D3"] * 4 + ["060F"]
        assert starts(register.run(REPEAT)) == ["8000", "040F", "060F"]


@pytest.mark.parametrize(
    ("scenario", "kinds"),
    [("repeat_without_status", ["8000", "06D3", "06D3", "06D3", "06D3", "060F"]),
     ("repeat_empty", ["8000", "060F"])],
)  # fmt: skip
def test_a_repetition_may_lack_everything(
    terminal: Simulator, scenario: str, kinds: list[str]
) -> None:
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        register.run(PAY_1050)
        terminal.next(scenario)
        assert starts(register.run("0620050000000301")) == kinds


def test_there_is_nothing_to_repeat_before_the_first_success(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        assert register.run(REPEAT) == [ACK, "061E0183"]


def test_a_state_comes_with_or_without_the_version(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        assert register.run(STATUS) == [ACK, "060F0100"]
        assert register.run("050100") == [
            ACK,
            "060F0B" + "F0F0F7" + b"SIM 1.0".hex().upper() + "00",
        ]


def test_the_turnover_so_far_leaves_the_batch_open(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        for _ in range(2):
            assert "04000000001050" in register.run("061003000000")[-2]
    assert terminal.settlements == ()


def test_receipts_of_the_batch_are_printed_again(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        for _ in range(3):
            register.run(PAY_1050)
        assert starts(register.run("0612070000000001" + "0002")).count("06D3") == 8
        assert starts(register.run("0612050000000003")).count("06D3") == 4
        assert register.run("061203000000") == ["848300"]


def test_a_diagnosis_prints_a_sheet(terminal: Simulator) -> None:
    with registered(terminal.port, "06000A0000008E097803010600") as register:
        kinds = starts(register.run("067000"))
        assert kinds == ["8000", "04FFC9", "06D1", "06D1", "06D1", "060F"]
    with registered(terminal.port) as register:
        assert starts(register.run("067000")) == ["8000", "04FFC9", "060F"]


def test_no_reservation_is_ever_open(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        assert register.run("06230387FFFF") == [ACK, "061E04B887FFFF"]


def test_a_slow_registration_shows_what_it_does(terminal: Simulator) -> None:
    terminal.next("slow_registration")
    with RawRegister(terminal.port) as register:
        assert starts(register.run(REGISTER_LINES)) == ["8000", "060F"]  # wants no news
        terminal.next("slow_registration")
        assert starts(register.run("06000A0000003E097803010600")) == (
            ["8000"] + ["04FF06"] * 3 + ["060F"]
        )


def test_the_clock_may_be_wrong(terminal: Simulator) -> None:
    terminal.set(skew_seconds=3)
    with registered(terminal.port) as register:
        assert "0C0000010D0101" in register.run(PAY_1050)[-2]
    assert terminal.ledger[0].at.year == 2027

"""What guests, hosts and other registers do to a payment at the simulated ZVT terminal."""

from collections.abc import Iterator

import pytest

from terminals.simulators.zvt import SCENARIOS, Simulator
from tests.terminals.simulators.raw_register import (
    ABORT,
    ACK,
    END_OF_DAY,
    PAY_1050,
    REGISTER,
    REGISTER_BLOCKS,
    REPEAT,
    STATUS,
    RawRegister,
    registered,
    starts,
)


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator() as terminal:
        yield terminal


@pytest.mark.parametrize(
    ("scenario", "result", "code"),
    [("decline", "05", "05"), ("expired", "78", "78"), ("stop_key", "6C", "6C"),
     ("pin_timeout", "6C", "6C"), ("host_cut", "9B", "9B")],
)  # fmt: skip
def test_no_money_moves(terminal: Simulator, scenario: str, result: str, code: str) -> None:
    terminal.next(scenario)
    with registered(terminal.port) as register:
        *_, status, end = register.run(PAY_1050)
    assert status.startswith("040F")
    assert f"27{result}2952000017" in status
    assert end == f"061E01{code}"
    assert [each.state for each in terminal.ledger] == ["declined"]


@pytest.mark.parametrize(
    ("scenario", "card", "entry", "kind"),
    [("approve", "girocard", "contactless", "8A05"), ("approve_chip", "girocard", "chip", "8A05"),
     ("approve_visa", "visa", "contactless", "8A0A"),
     ("approve_mastercard", "mastercard", "chip", "8A06")],
)  # fmt: skip
def test_money_moves(terminal: Simulator, scenario: str, card: str, entry: str, kind: str) -> None:
    terminal.next(scenario)
    with registered(terminal.port) as register:
        *_, status, end = register.run(PAY_1050)
    assert kind in status
    assert end == "060F00"
    (paid,) = terminal.ledger
    assert (paid.state, paid.card, paid.entry) == ("approved", card, entry)


def test_a_wrong_pin_is_a_result_before_the_one_that_counts(terminal: Simulator) -> None:
    terminal.next("wrong_pin")
    with registered(terminal.port) as register:
        results = [each for each in register.run(PAY_1050) if each.startswith("040F")]
    assert [each[6:10] for each in results] == ["2737", "2700"]
    assert [each.state for each in terminal.ledger] == ["approved"]


def test_minutes_of_waiting_are_full_of_signs_of_life(terminal: Simulator) -> None:
    terminal.next("long_wait", statuses=7)
    with registered(terminal.port) as register:
        assert starts(register.run(PAY_1050)).count("04FF17") == 7


def test_a_result_may_come_twice_and_is_booked_once(terminal: Simulator) -> None:
    terminal.next("repeat_status", repeats=2)
    with registered(terminal.port) as register:
        assert starts(register.run(PAY_1050)).count("040F") == 3
    assert [each.state for each in terminal.ledger] == ["approved"]


def test_a_late_result_is_taken_back_when_nobody_waits(terminal: Simulator) -> None:
    terminal.next("late_status", late_seconds=0.1)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["auto_reversed"]


@pytest.mark.parametrize(
    ("scenario", "answer"),
    [("busy", "849C00"), ("not_ready", "84A000"), ("unsupported", "848300"),
     ("refused_with_data", "841E017D")],
)  # fmt: skip
def test_a_command_is_refused_so_many_times(
    terminal: Simulator, scenario: str, answer: str
) -> None:
    with registered(terminal.port) as register:
        terminal.next(scenario, times=2)
        assert [register.run(PAY_1050) for _ in range(2)] == [[answer], [answer]]
        assert register.run(PAY_1050)[-1] == "060F00"
    assert len(terminal.ledger) == 1


def test_scenarios_wait_in_a_row_for_the_command_they_are_for(terminal: Simulator) -> None:
    terminal.next("end_of_day_fails")
    terminal.next("decline")
    terminal.next("approve_visa")
    with registered(terminal.port) as register:
        assert register.run(PAY_1050)[-1] == "061E0105"
        assert register.run(PAY_1050)[-1] == "060F00"
        assert register.run(END_OF_DAY)[-1] == "061E0177"


def test_a_signature_must_be_printed(terminal: Simulator) -> None:
    terminal.next("signature")
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        frames = register.run(PAY_1050)
    result = next(each for each in frames if each.startswith("040F"))
    assert "1F100101" in result
    assert "450422000000" in result
    assert any("1F370183" in each for each in frames if each.startswith("06D3"))


def test_fields_and_tags_may_be_unknown(terminal: Simulator) -> None:
    terminal.next("unknown_fields")
    with registered(terminal.port) as register:
        result = register.run(PAY_1050)[-2]
    assert result.endswith("5E0102")
    assert "1F7A013F" in result


def test_a_result_may_say_nothing_at_all(terminal: Simulator) -> None:
    terminal.next("bare_status")
    with registered(terminal.port) as register:
        assert register.run(PAY_1050)[-2] == "040F022700"


def test_an_approval_may_end_before_its_receipt_or_without(terminal: Simulator) -> None:
    terminal.next("completes_early")
    terminal.next("no_receipt")
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        kinds = starts(register.run(PAY_1050))
        assert "06D3" not in kinds
        for _ in range(4):
            assert register.frame().startswith("06D3")
            register.ack()
        assert terminal.settled()
        assert "06D3" not in starts(register.run(PAY_1050))
    assert [each.state for each in terminal.ledger] == ["approved", "approved"]


def test_nothing_undoes_an_approval_that_was_completed(terminal: Simulator) -> None:
    terminal.next("completes_early")
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        register.run(PAY_1050)
        assert register.frame().startswith("06D3")
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["approved"]


def test_another_register_pays_in_between(terminal: Simulator) -> None:
    terminal.next("second_register", second_register_cents=990)
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        assert terminal.settled()
        assert "04000000000990" in register.run(REPEAT)[1]
        terminal.now("second_register", amount_cents=110)
        assert "04000000000110" in register.run(REPEAT)[1]
    assert [each.register for each in terminal.ledger] == [1, 2, 2]


def test_a_terminal_waits_for_the_key_when_told(terminal: Simulator) -> None:
    terminal.set(automatic_card=False)
    with registered(terminal.port) as register:
        for key, end in (("present_card", "060F00"), ("stop_key", "061E016C")):
            register.send(PAY_1050)
            register.until("04FF")
            terminal.now(key)
            register.ack()
            while (frame := register.frame()) != end:
                assert frame[:4] in ("04FF", "040F")
                register.ack()
            register.ack()
            assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["approved", "declined"]


def test_a_guest_who_never_comes_ends_it(terminal: Simulator) -> None:
    terminal.set(automatic_card=False, card_seconds=0.05)
    with registered(terminal.port) as register:
        assert register.run(PAY_1050)[-1] == "061E016C"


def asked_to_abort(terminal: Simulator, register: RawRegister) -> None:
    """The payment waits for a card, and the cashier wants it no more."""
    register.send(PAY_1050)
    register.until("04FF")
    register.ack()
    assert terminal.waits_for_card()
    register.send(ABORT)


@pytest.mark.parametrize(
    ("scenario", "answers", "end"),
    [("wait_for_card", [ACK], "061E016C"), ("abort_refused", ["848300"], "060F00"),
     ("abort_ignored", [], "060F00"), ("abort_promised", [ACK], "060F00")],
)  # fmt: skip
def test_the_cashier_wants_to_stop(
    terminal: Simulator, scenario: str, answers: list[str], end: str
) -> None:
    terminal.next(scenario)
    with registered(terminal.port) as register:
        asked_to_abort(terminal, register)
        said = []
        while (frame := register.frame()) != end:
            if frame[:2] in ("80", "84"):
                said.append(frame)
            else:
                register.ack()
        register.ack()
        assert said == answers
        assert terminal.settled()
    assert terminal.ledger[0].state == ("approved" if end == "060F00" else "declined")


@pytest.mark.parametrize(("answer", "state"), [(ACK, "approved"), ("846600", "auto_reversed")])
def test_an_approval_crosses_the_wish_to_stop(terminal: Simulator, answer: str, state: str) -> None:
    terminal.next("abort_crossing")
    with registered(terminal.port) as register:
        asked_to_abort(terminal, register)
        assert register.frame().startswith("040F")
        assert register.frame() == ACK  # of the abort, behind the approval
        register.send(answer)
        register.frame()
        register.ack()
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == [state]


def test_nothing_can_be_stopped_when_nothing_runs_or_the_host_was_asked(
    terminal: Simulator,
) -> None:
    with registered(terminal.port) as register:
        register.send(ABORT)
        assert register.frame() == "848300"
        register.send(PAY_1050)
        register.until("040F")
        register.send(ABORT)
        assert register.frame() == "848300"
        register.ack()
        assert register.frame() == "060F00"
        register.ack()


def test_a_status_enquiry_is_answered_in_the_middle_of_a_payment(terminal: Simulator) -> None:
    terminal.set(automatic_card=False)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("04FF")
        register.ack()
        register.send(STATUS)
        assert [register.frame(), register.frame()] == [ACK, "060F019C"]
        register.ack()
        terminal.now("present_card")
        register.until("060F")
        register.ack()
    assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["approved"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_comes_to_an_end(terminal: Simulator, name: str) -> None:
    terminal.set(card_seconds=0.05, ack_seconds=0.2)
    options = {"late_seconds": 0.05} if name == "late_status" else {}
    terminal.next(name, **options)
    with RawRegister(terminal.port) as register:
        for command in (REGISTER, PAY_1050, REPEAT, END_OF_DAY):
            try:
                register.run(command)
            except ConnectionError:
                break
            assert terminal.settled()
    assert terminal.settled()
    assert "pending" not in {each.state for each in terminal.ledger}

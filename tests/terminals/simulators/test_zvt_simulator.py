"""The simulated ZVT terminal at a payment, byte by byte: it waits for every answer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import terminals.simulators.zvt
from terminals.simulators.zvt import Simulator
from tests.terminals.simulators.raw_register import (
    ACK,
    PAY_1050,
    REGISTER_BLOCKS,
    REGISTER_LINES,
    REGISTER_PLAIN,
    RawRegister,
    registered,
    starts,
)


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator() as terminal:
        yield terminal


def states(terminal: Simulator) -> list[str]:
    assert terminal.settled()
    return [each.state for each in terminal.ledger]


def test_a_registration_names_the_terminal_and_its_currency(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        assert register.run(REGISTER_BLOCKS) == [ACK, "060F0A19002952000017490978"]


def test_a_registration_with_another_currency_is_refused(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        assert register.run("060006000000BE0840") == ["841E036F0978"]


def test_a_register_that_did_not_register_is_refused_unless_it_may(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        assert register.run(PAY_1050) == ["846B00"]
        terminal.set(accepts_unregistered=True)
        assert register.run(PAY_1050)[-1] == "060F00"


def test_a_log_off_ends_the_registration_with_one_answer(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.send("060200")
        assert register.frame() == ACK
        assert register.run(PAY_1050) == ["846B00"]


def test_a_wrong_password_is_refused_when_it_is_checked(terminal: Simulator) -> None:
    terminal.set(password="123456")
    with RawRegister(terminal.port) as register:
        assert register.run(REGISTER_PLAIN) == ["843700"]
        assert register.run("0600061234563E0978")[-1].startswith("060F")


def test_a_payment_goes_frame_by_frame_and_each_waits_for_its_answer(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_PLAIN) as register:
        register.send(PAY_1050)
        assert register.frame() == ACK
        for status in ("04FF020A03", "04FF020E03", "04FF020403"):
            assert register.frame() == status
            register.ack()
        result = register.frame()
        assert result.startswith("040F")
        assert "2700" + "04000000001050" + "0B000001" in result
        assert [each.state for each in terminal.ledger] == ["pending"]
        register.ack()
        assert register.frame() == "060F00"
        register.ack()
    assert states(terminal) == ["approved"]
    (paid,) = terminal.ledger
    assert (paid.number, paid.receipt, paid.turnover, paid.amount_cents) == (1, 1, 1, 1050)
    assert (paid.kind, paid.card, paid.entry) == ("payment", "girocard", "contactless")


def test_a_register_without_tags_gets_none(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_PLAIN) as register:
        result = register.run(PAY_1050)[-2]
        assert "2F0C1F1001" not in result
    with registered(terminal.port) as register:
        assert "2F0C1F1001" in register.run(PAY_1050)[-2]


def test_the_currency_is_echoed_to_who_names_it(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_PLAIN) as register:
        assert "490978" not in register.run(PAY_1050)[-2]
        assert "490978" in register.run("06010A04000000001050490978")[-2]


def test_a_register_that_wants_no_news_hears_only_the_result(terminal: Simulator) -> None:
    with registered(terminal.port, "060006000000360978") as register:
        assert starts(register.run(PAY_1050)) == ["8000", "040F", "060F"]


def test_a_result_nobody_answers_is_repeated_and_then_taken_back(terminal: Simulator) -> None:
    terminal.set(ack_seconds=0.25, status_repeats=2)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        first = register.until("040F")
        assert [register.frame(), register.frame()] == [first, first]
        assert register.is_ended()
    assert states(terminal) == ["auto_reversed"]


def test_an_answer_to_the_repetition_is_enough(terminal: Simulator) -> None:
    terminal.set(ack_seconds=0.25, status_repeats=9)
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        assert register.until("040F") == register.frame()
        register.ack()
        assert register.frame() == "060F00"
        register.ack()
    assert states(terminal) == ["approved"]


@pytest.mark.parametrize("answer", ["846600", "84CC00", "849D00"])
def test_a_refused_result_is_taken_back(terminal: Simulator, answer: str) -> None:
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("040F")
        register.send(answer)
        assert register.frame().startswith("04FF")
        register.ack()
        assert register.frame() == "061E016C"
        register.ack()
    assert states(terminal) == ["auto_reversed"]


def test_a_register_may_ask_for_the_result_again_and_may_give_less(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        first = register.until("040F")
        register.send("849C00")
        assert register.frame() == first
        register.send("849D0704000000000800")
        assert register.frame() == "060F00"
        register.ack()
    assert states(terminal) == ["approved"]
    assert terminal.ledger[0].amount_cents == 800


def test_a_positive_answer_may_be_84_00(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        register.until("040F")
        register.send("840000")
        assert register.frame() == "060F00"
        register.ack()
    assert states(terminal) == ["approved"]


def test_a_payment_is_final_only_with_its_print_frames(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        register.send(PAY_1050)
        register.until("06D3")
    assert states(terminal) == ["auto_reversed"]


def test_a_terminal_may_not_care_for_its_print_frames(terminal: Simulator) -> None:
    terminal.set(binding_prints=False)
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        register.send(PAY_1050)
        register.until("06D3")
    assert states(terminal) == ["approved"]


def test_receipts_come_as_blocks_or_as_lines(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        frames = register.run(PAY_1050)
        blocks = [frame for frame in frames if frame.startswith("06D3")]
        assert len(blocks) == 4
        assert [block.endswith("090181") for block in blocks] == [False, True, False, True]
    with registered(terminal.port, REGISTER_LINES) as register:
        frames = register.run(PAY_1050)
        lines = [frame for frame in frames if frame.startswith("06D1")]
        assert [line[6:8] for line in lines].count("81") == 2
    terminal.set(prints="none")
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        assert "06D3" not in starts(register.run(PAY_1050))


def test_a_receipt_that_cannot_be_printed_takes_the_payment_back(terminal: Simulator) -> None:
    with registered(terminal.port, REGISTER_LINES) as register:
        register.send(PAY_1050)
        register.until("06D1")
        register.send("84CC00")
        register.until("061E")
        register.ack()
    assert states(terminal) == ["auto_reversed"]


@pytest.mark.parametrize(
    ("how", "name", "umlaut"),
    [("FF", "negotiated", "84"), ("01", "negotiated", "E4"), ("FE", "negotiated", "C3A4"),
     ("01", "cp437", "84"), ("FF", "latin1", "E4"), ("FF", "utf8", "C3A4")],
)  # fmt: skip
def test_text_comes_in_three_character_sets(
    terminal: Simulator, how: str, name: str, umlaut: str
) -> None:
    terminal.set(charset=name)
    asking = f"060015000000BE0978030106 0B 26040A0206D3 2703 1401{how}"
    with registered(terminal.port, asking) as register:
        printed = next(each for each in register.run(PAY_1050) if each.startswith("06D3"))
        assert f"48{umlaut}6E646C6572" in printed  # Händler


def test_an_agreed_character_set_is_confirmed(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        agreed = register.run("060015000000BE09780301060B26040A0206D32703140101")[-1]
        assert agreed.endswith("060527031401" + "01")


def test_what_was_paid_can_be_reversed_once(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        result = register.run("063006000000870001")[-2]
        assert "0B000002" + "37000001" in result
        again = register.run("063006000000870001")
        assert again[-1] == "061E01B4"
        assert register.run("063006000000879999")[-1] == "061E01B5"
    _, reversal = terminal.ledger
    assert (reversal.kind, reversal.original, reversal.amount_cents) == ("reversal", 1, 1050)


def test_a_reversal_of_another_amount_is_refused(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        wrong = "06300D000000870001" + "04000000000999"
        assert register.run(wrong)[-1] == "061E01B5"


def test_a_reversal_may_hit_the_last_payment_whatever_it_names(terminal: Simulator) -> None:
    terminal.set(reverses_last_only=True)
    with registered(terminal.port) as register:
        register.run(PAY_1050)
        register.run("06010704000000000200")
        assert "0400000000020" in register.run("063006000000870001")[-2]
    assert terminal.ledger[-1].original == 2


def test_a_refund_is_a_transaction_of_its_own(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        assert register.run("06310A000000" + "04000000000500")[-1] == "060F00"
    assert [(each.kind, each.amount_cents) for each in terminal.ledger] == [("refund", 500)]


def test_numbers_wrap(terminal: Simulator) -> None:
    terminal.set(trace=999999, receipt=9999, turnover=999999)
    with registered(terminal.port) as register:
        register.run(PAY_1050)
    (paid,) = terminal.ledger
    assert (paid.number, paid.receipt, paid.turnover) == (1, 1, 1)


def test_what_is_not_known_or_cannot_be_read_is_not_possible(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        for words in ("06C000", "0FFF00", "060104FF020304", "0601020400", "06010199", "060100"):
            register.send(words)
            assert register.frame() == "848300"


def test_two_registers_do_not_pay_at_once(terminal: Simulator) -> None:
    terminal.set(automatic_card=False)
    with registered(terminal.port) as one, RawRegister(terminal.port) as other:
        one.send(PAY_1050)
        one.until("04FF")
        other.send(PAY_1050)
        assert other.frame() == "849C00"
        terminal.now("present_card")
        one.ack()
        one.until("040F")
        one.ack()
        assert one.frame() == "060F00"
        one.ack()
    assert states(terminal) == ["approved"]


def test_the_terminal_imports_nothing_of_this_project() -> None:
    folder = Path(str(terminals.simulators.zvt.__file__)).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            ours = [
                name
                for name in names
                if name.split(".")[0] in ("config", "ledger", "reconciliation", "terminals")
            ]
            assert all(name.startswith("terminals.simulators.zvt") for name in ours), file.name

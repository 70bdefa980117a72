"""Orders against a terminal that plays transcripts: what is sent, kept, answered and concluded."""

from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest

from terminals.adapters import (
    Aborted,
    Approved,
    Declined,
    News,
    Unknown,
)
from tests.terminals.zvt.scripted_terminal import (
    AT,
    NEVER,
    REGISTERED,
    Journal,
    ScriptedTerminal,
    Wish,
    a_terminal,
    an_order,
    block,
    connected,
    evidence,
    status,
)

PAID = ("> 0601", "< 800000", "< " + status(), "< 060F00")


def test_a_payment_is_approved_once_the_terminal_has_heard_that_we_know() -> None:
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *PAID) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), journal, NEVER)
    assert isinstance(verdict, Approved)
    heard = verdict.evidence
    assert (heard.number, heard.receipt, heard.amount_cents) == ("000012", "0012", 1050)
    assert (heard.terminal_id, heard.at) == ("29001006", AT)
    assert journal.claimed == [replace(heard, slip=(), merchant_slip=())]


def test_everything_is_durable_before_the_next_step() -> None:
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *PAID) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), journal, NEVER)
        assert "0601" in terminal.commands
    kinds = [kind for kind, _ in journal.events]
    result = journal.index("received", "040F")
    assert kinds[result : result + 3] == ["received", "claims", "sent"]
    assert journal.events[result + 2] == ("sent", "800000")


def test_two_payments_need_one_registration_and_one_frame_before_the_first_byte() -> None:
    with ScriptedTerminal(*REGISTERED, *PAID, *PAID) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), Journal(), NEVER)
        second = Journal()
        till.perform(an_order(), second, NEVER)
    assert terminal.commands == ["0600", "0601", "0601"]
    assert second.events[0][0] == "sent"
    assert second.events[1] == ("received", "800000")


def test_what_an_idle_terminal_said_is_answered_before_the_next_order() -> None:
    idle = ("<< 06D1024141", "<< " + status(), "> 8000", "> 8466")
    steps = (*REGISTERED, *PAID, *idle, *PAID)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), Journal(), NEVER)
        sleep(0.1)  # until it has arrived
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)
    assert terminal.answers[3:5] == ["800000", "846600"]


def test_a_line_that_died_while_idle_is_replaced_before_anything_is_sent() -> None:
    steps = (*REGISTERED, *PAID, "x", "+", *REGISTERED, *PAID)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), Journal(), NEVER)
        sleep(0.1)  # until it is noticed
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)


def test_some_terminals_want_a_connection_for_every_command() -> None:
    steps = (*REGISTERED, *PAID, "+", *REGISTERED, *PAID)
    with (
        ScriptedTerminal(*steps) as terminal,
        connected(terminal.port, connect_per_command=True) as till,
    ):
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)


def test_a_decline_names_the_banks_reason() -> None:
    steps = ("> 0601", "< 800000", "< " + status(0x36), "< 061E0136")
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), Journal(), NEVER)
    assert verdict == Declined("card_expired", "36")


@pytest.mark.parametrize(
    ("refusal", "verdict"),
    [("848300", Declined("device", "83")), ("84F000", Declined("end_of_day_needed", "F0"))],
)
def test_a_refused_command_has_moved_no_money(refusal: str, verdict: Declined) -> None:
    steps = (*REGISTERED, "> 0601", f"< {refusal}")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.perform(an_order(), Journal(), NEVER) == verdict


def test_a_busy_terminal_is_asked_again_and_the_cashier_sees_it() -> None:
    busy = ("> 0601", "< 849C00", "> 0601", "< 84A000")
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *busy, *PAID) as terminal, connected(terminal.port) as till:
        assert isinstance(till.perform(an_order(), journal, NEVER), Approved)
    assert terminal.commands.count("0601") == 3
    assert [each.step for each in journal.news] == ["busy", "retrying"] * 2


def test_a_terminal_that_stays_busy_has_taken_nothing() -> None:
    busy = ("> 0601", "< 84A100") * 3
    with (
        ScriptedTerminal(*REGISTERED, *busy) as terminal,
        connected(terminal.port, busy_resends=2) as till,
    ):
        assert till.perform(an_order(), Journal(), NEVER) == Declined("no_connection", "A1")


def test_the_cashier_may_give_up_while_the_terminal_is_busy() -> None:
    busy = (*REGISTERED, "> 0601", "< 849C00")
    with (
        ScriptedTerminal(*busy) as terminal,
        connected(terminal.port, busy_pause_seconds=0.3) as till,
    ):
        assert till.perform(an_order(), Journal(), Wish(4)) == Aborted("cashier")
    assert terminal.commands == ["0600", "0601"]


def test_a_wish_that_comes_before_the_order_stops_it_without_a_byte() -> None:
    journal = Journal()
    assert a_terminal(1).perform(an_order(), journal, Wish()) == Aborted("cashier")
    assert journal.events == []


STOPPED = ("< " + status(0x6C, cents=None), "< 061E016C")
CANCELLED = ("> 06B0", "< 800000", *STOPPED)


@pytest.mark.parametrize(
    ("steps", "by"),
    [(STOPPED, "guest"), (CANCELLED, "cashier"), (("~ 0.2", *STOPPED), "time")],
)
def test_it_is_told_apart_who_ended_a_payment(steps: tuple[str, ...], by: str) -> None:
    wish = Wish(2) if by == "cashier" else NEVER
    with (
        ScriptedTerminal(*REGISTERED, "> 0601", "< 800000", *steps) as terminal,
        connected(terminal.port, guest_seconds=0.1) as till,
    ):
        assert till.perform(an_order(), Journal(), wish) == Aborted(by, "6C")


def test_an_answer_that_may_still_come_meets_no_other_command() -> None:
    given_up = ("> 0601", "< 800000", "> 06B0", *STOPPED, "+", *REGISTERED, *PAID)
    with ScriptedTerminal(*REGISTERED, *given_up) as terminal, connected(terminal.port) as till:
        assert till.perform(an_order(), Journal(), NEVER) == Aborted("time", "6C")
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)


def test_a_payment_that_crosses_the_cancellation_is_paid() -> None:
    steps = ("> 0601", "< 800000", "> 06B0", "<< " + status(), "> 8000", "< 800000", "< 060F00")
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        assert isinstance(till.perform(an_order(), Journal(), Wish(2)), Approved)


def test_a_payment_that_crosses_the_giving_up_is_paid() -> None:
    steps = ("> 0601", "< 800000", "> 06B0", "< " + status(), "< 800000", "< 060F00")
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        assert isinstance(till.perform(an_order(), Journal(), NEVER), Approved)


def test_the_terminals_own_text_is_shown() -> None:
    text = "Karte vorhalten".encode("cp437").hex()
    inner = f"2411070F{text}"
    frame = f"04FF{len(inner) // 2 + 4:02X}0A0106{len(inner) // 2:02X}{inner}"
    steps = ("> 0601", "< 800000", f"< {frame}", "< 04FF020104", "< " + status(), "< 060F00")
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), journal, NEVER)
    assert journal.news == [News("card", "Karte vorhalten"), News("pin")]


@pytest.mark.parametrize(
    "steps",
    [
        ("> 0601", "x"),
        ("> 0601",),
        ("> 0601", "< 800000", "x"),
        ("> 0601", "< 800000", "<< " + status(), "x"),
        ("> 0601", "< 800000", "< " + status(), "x"),
        ("> 0601", "< 800000", "< " + status(), "< " + block(2, ["A"]), "x"),
        ("> 0601", "< 800000", "< " + status(), "< 061E01FF"),
        ("> 0601", "< 800000", "< " + status(5), "x"),
        ("> 0601", "< 800000", "< 060F00"),
        ("> 0601", "< 800000", "> 06B0", "< 800000"),
        ("> 0601", "< 800000", "< " + status(cents=990), "< 061E0166"),
    ],
    ids=" ".join,
)
def test_an_end_that_was_not_heard_is_unknown(steps: tuple[str, ...]) -> None:
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), Journal(), NEVER)
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "unreachable"


def test_an_order_that_never_left_has_moved_no_money() -> None:
    with ScriptedTerminal("> 0600", "< 84FF00") as terminal, connected(terminal.port) as till:
        assert till.perform(an_order(), Journal(), NEVER) == Declined("device", "FF")
    with ScriptedTerminal("x") as terminal, connected(terminal.port) as till:
        assert till.perform(an_order(), Journal(), NEVER) == Declined("no_connection", "not_sent")


def test_an_approval_of_another_amount_is_refused() -> None:
    steps = ("> 0601", "< 800000", "< " + status(cents=990), "< 061E0166")
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        till.perform(an_order(), journal, NEVER)
    assert "846600" in terminal.answers
    assert journal.claimed == []


def test_a_result_said_twice_is_claimed_twice_and_paid_once() -> None:
    steps = ("> 0601", "< 800000", "< " + status(), "< " + status(), "< 060F00")
    journal = Journal()
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), journal, NEVER)
    assert isinstance(verdict, Approved)
    assert [each.number for each in journal.claimed] == ["000012", "000012"]


def test_the_copies_are_sorted_and_a_signature_wants_paper() -> None:
    signs = status(more="06041F100101")
    prints = ("< " + block(1, ["Merchant", ""]), "< " + block(2, ["Guest"]))
    steps = ("> 0601", "< 800000", f"< {signs}", *prints, "< 060F00")
    with ScriptedTerminal(*REGISTERED, *steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), Journal(), NEVER)
    assert isinstance(verdict, Approved)
    assert verdict.evidence.slip == ("Guest",)
    assert verdict.evidence.merchant_slip == ("Merchant", "")
    assert verdict.evidence.must_print


def test_lines_after_the_end_belong_to_the_receipt() -> None:
    late = ("< " + status(), "< 060F00", "< 06D10100", "< 06D1064054616E6B21", "< 06D10181")
    with (
        ScriptedTerminal(*REGISTERED, "> 0601", "< 800000", *late) as terminal,
        connected(terminal.port, late_print_seconds=0.2) as till,
    ):
        verdict = till.perform(an_order(), Journal(), NEVER)
    assert isinstance(verdict, Approved)
    assert verdict.evidence.slip == ("Tank!", "")


ORIGINAL = evidence(9, at=AT - timedelta(minutes=5))


def test_a_reversal_names_its_receipt_and_its_amount() -> None:
    done = ("< 800000", "< " + status(original=9), "< 060F00")
    steps = (*REGISTERED, "> 0630", *done)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order("reversal", original=ORIGINAL), Journal(), NEVER)
    assert isinstance(verdict, Approved)
    assert any(each.startswith("06300D00000087000904000000001050") for each in terminal.heard)


@pytest.mark.parametrize("wrong", [status(original=8), status(original=9, cents=500)])
def test_a_terminal_that_reverses_another_payment_is_told_to_undo_it(wrong: str) -> None:
    steps = (*REGISTERED, "> 0630", "< 800000", f"< {wrong}", "< 061E0166")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order("reversal", original=ORIGINAL), Journal(), NEVER)
    assert isinstance(verdict, Unknown)
    assert "846600" in terminal.answers


def test_a_reversal_without_a_receipt_number_is_not_tried() -> None:
    order = an_order("reversal", original=replace(ORIGINAL, receipt=""))
    assert a_terminal(1).perform(order, Journal(), NEVER) == Declined("device", "no_receipt")

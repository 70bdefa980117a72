"""One command over a real socket: answers, deadlines, cancellation, crossing frames."""

import threading
from dataclasses import replace
from time import monotonic

import pytest

from terminals.adapters import Cancellation
from terminals.adapters.zvt.dialogue import Course, Dialogue, Ears
from terminals.adapters.zvt.protocol.messages import (
    Ack,
    Authorisation,
    Refuse,
    Request,
    StatusInformation,
)
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.transport import connect
from terminals.adapters.zvt.wire import Wire
from tests.terminals.zvt.scripted_terminal import (
    Journal,
    ScriptedTerminal,
    Wish,
    block,
    status,
)

PAY = Authorisation(1050)
QUICK = Settings("127.0.0.1", answer_seconds=0.2, silence_seconds=0.3)
ABORTED = ("< " + status(0x6C, cents=None, trace=None, at=None), "< 061E016C")


def converse(
    terminal: ScriptedTerminal,
    *,
    settings: Settings = QUICK,
    cancellation: Cancellation | None = None,
    command: Request = PAY,
    journal: Journal | None = None,
) -> Course:
    line = connect("127.0.0.1", terminal.port, connect_seconds=1, send_seconds=1)
    wire = Wire(line, journal or Journal(), "auto")
    ears = Ears(status=lambda _: Ack(), late=lambda _: Refuse(0x66))
    course = Dialogue(wire, settings, ears, cancellation).run(command)
    line.close()
    return course


def test_everything_the_terminal_says_is_answered_and_kept_before() -> None:
    journal = Journal()
    steps = ("> 0601", "< 800000", "< 04FF010A", "< " + status(), "< 06D1024141", "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, journal=journal)
    assert course.end == "completed"
    assert terminal.answers == ["800000"] * 4
    kinds = [kind for kind, _ in journal.events if kind in ("sent", "received")]
    assert kinds == ["sent", "received"] + ["received", "sent"] * 4


def test_an_unknown_command_is_answered_83_and_the_dialogue_goes_on() -> None:
    steps = ("> 0601", "< 800000", "< 040108AA2611230C093015", "< 0F7700", "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        assert converse(terminal).end == "completed"
    assert terminal.answers == ["848300", "848300", "800000"]


def test_a_refusal_ends_it_and_84_00_is_a_yes() -> None:
    with ScriptedTerminal("> 0601", "< 841E017D") as terminal:
        course = converse(terminal)
    assert (course.end, course.code) == ("refused", 0x1E)
    with ScriptedTerminal("> 0601", "< 840000", "< 060F00") as terminal:
        assert converse(terminal).end == "completed"


def test_a_command_that_nobody_answers_ends_after_t3() -> None:
    with ScriptedTerminal("> 0601") as terminal:
        course = converse(terminal)
    assert course.end == "no_answer"
    assert terminal.commands == ["0601"]
    assert not course.is_settled_line


def test_after_t4_one_06_b0_is_tried_and_then_it_is_over() -> None:
    with ScriptedTerminal("> 0601", "< 800000", "> 06B0", "< 800000") as terminal:
        course = converse(terminal)
    assert course.end == "overtime"
    assert terminal.commands == ["0601", "06B0"]


def test_an_end_that_follows_the_06_b0_of_t4_is_heard() -> None:
    steps = ("> 0601", "< 800000", "> 06B0", "< 800000", *ABORTED)
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal)
    assert (course.end, course.code, course.was_given_up) == ("aborted", 0x6C, True)


@pytest.mark.parametrize("word", ["04FF0117", status(), "06D1024141", block(2, ["A"])])
def test_t4_starts_again_with_whatever_the_terminal_says(word: str) -> None:
    waits = ("~ 0.2", f"< {word}") * 3
    with ScriptedTerminal("> 0601", "< 800000", *waits, "< 060F00") as terminal:
        assert converse(terminal).end == "completed"
    assert terminal.commands == ["0601"]


@pytest.mark.parametrize(("minutes", "silence"), [("02", "0.5"), ("00", "0.2")])
def test_a_04_ff_may_lengthen_t4_but_never_shorten_it(minutes: str, silence: str) -> None:
    steps = ("> 0601", "< 800000", f"< 04FF0217{minutes}", f"~ {silence}", "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        assert converse(terminal).end == "completed"


def test_no_terminal_holds_a_command_for_ever() -> None:
    steps = ("> 0601", "< 800000", "< 04FF021705", "> 06B0", "< 800000", *ABORTED)
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, settings=replace(QUICK, longest_seconds=0.2))
    assert course.was_given_up
    assert course.end == "aborted"


def test_a_cut_at_any_time_is_a_value() -> None:
    for steps in (("x",), ("> 0601", "x"), ("> 0601", "< 800000", "x")):
        with ScriptedTerminal(*steps) as terminal:
            course = converse(terminal)
        assert (course.end, course.is_cut) == ("lost", True)


def test_a_completion_counts_even_where_its_ack_cannot_be_sent() -> None:
    steps = ("> 0601", "< 800000", "<< " + status() + "060F00", "x")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal)
    assert course.end in ("completed", "lost")
    if course.end == "completed":
        assert course.status is not None


def test_the_cashiers_wish_becomes_one_06_b0() -> None:
    steps = ("> 0601", "< 800000", "< 04FF010A", "> 06B0", "< 800000", *ABORTED)
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, cancellation=Wish(1))
    assert (course.end, course.code, course.cancelling) == ("aborted", 0x6C, "taken")
    assert terminal.commands == ["0601", "06B0"]


def test_a_cancellation_refused_as_too_late_is_waited_out() -> None:
    steps = ("> 0601", "< 800000", "> 06B0", "< 848300", "< " + status(), "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, cancellation=Wish(0))
    assert (course.end, course.cancelling) == ("completed", "refused")
    assert course.is_settled_line


def test_a_cancellation_that_nobody_answers_ends_nothing() -> None:
    steps = ("> 0601", "< 800000", "> 06B0", "< 04FF0117", "< " + status(), "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, cancellation=Wish(0))
    assert (course.end, course.cancelling) == ("completed", "asked")
    assert not course.is_settled_line  # its answer may still come, and must meet no other command


def test_a_result_that_crosses_the_cancellation_is_a_result() -> None:
    both = "<< " + status() + "800000"
    steps = ("> 0601", "< 800000", "> 06B0", both, "> 800000", "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal, cancellation=Wish(0))
    assert course.end == "completed"
    assert course.status is not None
    assert course.status.is_approved


def test_a_result_before_the_80_belongs_to_an_earlier_command() -> None:
    steps = ("> 0601", "< " + status(), "< 060F00", "< 800000", "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal)
    assert terminal.answers == ["846600", "800000", "800000"]
    assert (course.end, course.status) == ("completed", None)


def test_the_last_of_several_results_counts() -> None:
    steps = ("> 0601", "< 800000", "< " + status(0x37), "< " + status(), "< 060F00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal)
    assert isinstance(course.status, StatusInformation)
    assert course.status.is_approved


def test_a_result_that_cannot_be_read_is_refused_and_other_garbage_is_not() -> None:
    steps = ("> 0601", "< 800000", "< 040F0304F1F2", "< 04FF00", "< 06D30106", "< 061E00")
    with ScriptedTerminal(*steps) as terminal:
        course = converse(terminal)
    assert terminal.answers[0] == "846600"
    assert set(terminal.answers[1:]) == {"800000"}
    assert (course.end, course.code, course.was_rejected) == ("aborted", 0xFF, True)


def test_it_looks_for_the_wish_while_the_terminal_is_silent() -> None:
    wish = threading.Event()
    threading.Timer(0.15, wish.set).start()
    begun = monotonic()
    steps = ("> 0601", "< 800000", "> 06B0", "< 800000", *ABORTED)
    with ScriptedTerminal(*steps) as terminal:
        settings = replace(QUICK, silence_seconds=30)
        course = converse(terminal, settings=settings, cancellation=wish)
    assert course.end == "aborted"
    assert course.silence <= monotonic() - begun

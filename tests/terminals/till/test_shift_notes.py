"""A note from one shift to the next: seen at the sign-in, forgotten when the next shift ends."""

# ruff: noqa: F401, F811 - the fixture comes in by import

from tests.terminals.till.conftest import FLOAT
from tests.terminals.till.test_counter import till

NOTE = "Terminal 2 langsam"


def close(till):
    till.tap("begin", what="close")
    till.count(FLOAT)
    till.tap("close_shift")


def open_again(till):
    till.tap("open_step", to="float")
    till.count(FLOAT)
    till.tap("open_shift")


def test_the_next_shift_sees_the_note_and_the_one_after_does_not(till):
    assert till.page.stage.state != "till_menu"
    till.tap("shift_note", text=f" {NOTE}\n")
    close(till)
    assert till.page.stage.note == NOTE
    till.tap("leave_closed")
    assert (till.page.stage.state, till.page.stage.note) == ("pin", NOTE)
    till.tap("pin", digits="482916")
    assert (till.page.stage.state, till.page.stage.note) == ("open_shift", NOTE)
    open_again(till)
    shown = till.tap("go", screen="till").stage
    assert (shown.note_before, shown.note) == (NOTE, "")
    close(till)
    till.tap("leave_closed")
    assert till.page.stage.note == ""


def test_a_note_may_be_left_after_the_closing_and_taken_away_again(till):
    close(till)
    till.tap("shift_note", text="x" * 500)
    assert till.page.stage.note == "x" * 160
    till.tap("shift_note", text="  ")
    assert (till.said, till.page.stage.note, till.page.stage.state) == (
        "note_gone", "", "shift_closed",
    )  # fmt: skip


def test_who_takes_over_at_the_till_is_told_the_note(till):
    till.tap("shift_note", text=NOTE)
    till.tap("begin", what="hand_over")
    till.count(FLOAT)
    till.tap("hand_over_pins")
    till.tap("hand_over_pin", digits="482916")
    till.tap("hand_over_pin", digits="735204")
    assert till.said == "handed_over_note"
    assert NOTE in dict(till.page.frame.message.values).values()

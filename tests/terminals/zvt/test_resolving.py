"""Orders whose end was not heard, late results, the end of day, and how a terminal is."""

from datetime import timedelta

import pytest

from terminals.adapters import (
    Approved,
    Declined,
    NotSettled,
    Order,
    Readiness,
    Settlement,
    Total,
    Unknown,
)
from terminals.adapters.zvt.verdict import NOT_PAID
from tests.terminals.zvt.scripted_terminal import (
    ASKED,
    AT,
    NEVER,
    REGISTERED,
    Journal,
    ScriptedTerminal,
    block,
    connected,
    evidence,
    status,
)
from tests.terminals.zvt.scripted_terminal import an_order as _an_order

KNOWN = evidence(11, at=AT - timedelta(minutes=20))
LOST = ("> 0601", "< 800000", "< " + status(), "x", "+")
REPEATED = ("> 0620050000000303", "< 800000", "< " + status(), "< 060F00")
COPIES = ("> 0620", "< 800000", "< " + block(2, ["Copy"]), "< 060F00")
AGAIN = (*REGISTERED, *ASKED)


def an_order(**more: object) -> Order:
    return _an_order(**{"last_known": KNOWN, **more})  # type: ignore[arg-type]


def test_a_lost_payment_is_found_again_with_its_receipt() -> None:
    order = an_order()
    with (
        ScriptedTerminal(*REGISTERED, *LOST, *AGAIN, *REPEATED, *COPIES) as terminal,
        connected(terminal.port) as till,
    ):
        assert till.perform(order, Journal(), NEVER) == Unknown("unreachable")
        verdict = till.resolve(order, Journal())
    assert isinstance(verdict, Approved)
    assert (verdict.evidence.number, verdict.evidence.slip) == ("000012", ("Copy",))
    assert terminal.commands == ["0600", "0601", "0600", "0501", "0620", "0620"]


def test_after_a_restart_the_journal_alone_is_enough() -> None:
    steps = (*AGAIN, *REPEATED, *COPIES)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert isinstance(till.resolve(an_order(), Journal()), Approved)


def test_a_claim_of_the_journal_outlives_the_process() -> None:
    order = an_order(claimed=evidence(12), last_known=None)
    gone = ("> 0620", "< 800000", "< " + status(trace=13, original=12), "< 060F00")
    with ScriptedTerminal(*AGAIN, *gone) as terminal, connected(terminal.port) as till:
        assert till.resolve(order, Journal()) == NOT_PAID


def test_what_proves_a_payment_keeps_proving_it_when_the_copy_fails() -> None:
    steps = (*AGAIN, *REPEATED, "> 0620", "x")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert isinstance(till.resolve(an_order(), Journal()), Approved)


def test_resolving_asks_and_never_charges() -> None:
    known = ("> 0620", "< 800000", "< " + status(trace=11, at=KNOWN.at), "< 060F00")
    with ScriptedTerminal(*AGAIN, *known) as terminal, connected(terminal.port) as till:
        assert till.resolve(an_order(), Journal()) == NOT_PAID
    assert set(terminal.commands) == {"0600", "0501", "0620"}


@pytest.mark.parametrize(
    "steps",
    [
        ("> 0600", "< 849C00"),
        (*REGISTERED, "> 0501", "< 800000", "< 060F019C"),
        (*REGISTERED, "> 0501", "< 84A000"),
        (*AGAIN, "> 0620", "< 849C00", "> 0620", "< 849C00"),
    ],
    ids=" ".join,
)
def test_a_busy_terminal_is_asked_later(steps: tuple[str, ...]) -> None:
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        verdict = till.resolve(an_order(), Journal())
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "busy"


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ((*AGAIN, "> 0620", "< 800000", "< 060F00"), Unknown("cannot_say")),
        ((*AGAIN, "> 0620", "< 800000", "< 040F032700FF", "< 060F00"), Unknown("cannot_say")),
        ((*AGAIN, "> 0620", "< 848300"), Unknown("cannot_say", "83")),
        ((*AGAIN, "> 0620", "< 800000", "< 061E01F0"), Unknown("cannot_say", "F0")),
        ((*REGISTERED, "> 0501", "< 848300", "> 0620", "x"), Unknown("unreachable")),
        ((*AGAIN, "> 0620", "< 800000", "< " + status(), "x"), Unknown("unreachable")),
        (("x",), Unknown("unreachable")),
        ((*REGISTERED, "> 0501"), Unknown("unreachable")),
    ],
)
def test_what_proves_nothing_stays_unknown(steps: tuple[str, ...], verdict: Unknown) -> None:
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.resolve(an_order(), Journal()) == verdict


def test_a_terminal_known_to_repeat_nothing_is_not_asked_to() -> None:
    with (
        ScriptedTerminal(*AGAIN) as terminal,
        connected(terminal.port, repeats_receipt=False) as till,
    ):
        assert till.resolve(an_order(), Journal()) == Unknown("cannot_say")


def test_a_late_result_of_a_waiting_order_is_accepted_and_kept() -> None:
    order, journal = an_order(), Journal()
    late = ("> 0600", "< " + status(), "< 800000", "< 060F00")
    steps = (*REGISTERED, "> 0601", "x", "+", *late, *ASKED, *REPEATED, *COPIES)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert isinstance(till.perform(order, Journal(), NEVER), Unknown)
        assert isinstance(till.resolve(order, journal), Approved)
    assert [each.number for each in journal.claimed] == ["000012"]
    assert "846600" not in terminal.answers


@pytest.mark.parametrize("late", [status(cents=990), status(original=9)])
def test_a_late_result_of_nobodys_order_is_taken_back(late: str) -> None:
    order, journal = an_order(), Journal()
    known = ("> 0620", "< 800000", "< " + status(trace=11, at=KNOWN.at), "< 060F00")
    steps = ("> 0600", f"< {late}", "< 800000", "< 060F00", *ASKED, *known)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.resolve(order, journal) == NOT_PAID
    assert terminal.answers[0] == "846600"
    assert journal.claimed == []


def test_a_late_failure_is_simply_heard() -> None:
    late = ("> 0600", "< " + status(5), "< 061E0105", "< 800000", "< 060F00")
    with ScriptedTerminal(*late, *ASKED) as terminal, connected(terminal.port) as till:
        assert till.check(Journal()).state == "ready"
    assert set(terminal.answers) == {"800000"}


SUMS = "60F0F5F3" + "00010009" + "02000000006000" + "00" * 21 + "01000000001050" + "00" * 14
TOTALS = status(cents=7050, trace=None, more=SUMS)
DAY = (*REGISTERED, "> 065003000000", "< 800000", "< 04FF010E")


def test_an_end_of_day_gives_its_totals_and_its_slip() -> None:
    steps = (*DAY, f"< {TOTALS}", "< " + block(3, ["Totals"]), "< 060F00")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        settled = till.settle(Journal())
    assert settled == Settlement(
        number="0001-0009",
        at=AT,
        amount_cents=7050,
        totals=(Total("girocard", "girocard", 2, 6000), Total("VISA", "credit_card", 1, 1050)),
        slip=("Totals",),
    )


@pytest.mark.parametrize("end", ["< 060F0227E0", "< 060F0227FC", "x"])
def test_an_end_of_day_is_done_even_if_the_terminal_goes_deaf(end: str) -> None:
    steps = (*DAY, f"< {TOTALS}", end, *(() if end == "x" else ("+", *REGISTERED, *ASKED)))
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        settled = till.settle(Journal())
        if end != "x":
            assert till.check(Journal()).state == "ready"
    assert isinstance(settled, Settlement)
    assert settled.amount_cents == 7050


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((*DAY, "< " + status(0x77, cents=None), "< 061E0177"), NotSettled("not_possible", "77")),
        ((*REGISTERED, "> 0650", "< 848300"), NotSettled("not_possible", "83")),
        ((*REGISTERED, *("> 0650", "< 849C00") * 4), NotSettled("busy", "9C")),
        ((*DAY, "x"), NotSettled("unreachable")),
        (("> 0600", "x"), NotSettled("unreachable")),
        (("> 0600", "< 84FF00"), NotSettled("not_possible", "FF")),
    ],
)
def test_an_end_of_day_that_failed_says_why(steps: tuple[str, ...], why: NotSettled) -> None:
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.settle(Journal()) == why


def test_after_a_failed_end_of_day_a_payment_asks_for_it() -> None:
    locked = ("> 0601", "< 800000", "< " + status(0xF0, cents=None), "< 061E01F0")
    with ScriptedTerminal(*REGISTERED, *locked) as terminal, connected(terminal.port) as till:
        verdict = till.perform(an_order(), Journal(), NEVER)
    assert verdict == Declined("end_of_day_needed", "F0")


@pytest.mark.parametrize(
    ("answer", "readiness"),
    [
        ("060F0100", Readiness("ready", "00 ready")),
        ("060F019C", Readiness("busy", "9C busy")),
        ("060F01F0", Readiness("end_of_day_needed", "F0 needs its end of day")),
        ("060F01C2", Readiness("out_of_order", "C2 needs a diagnosis")),
        ("061E01DF", Readiness("out_of_order", "DF out of order")),
    ],
)
def test_a_terminal_says_how_it_is(answer: str, readiness: Readiness) -> None:
    steps = (*REGISTERED, "> 0501", "< 800000", f"< {answer}")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.check(Journal()) == readiness


def test_a_terminal_that_cannot_be_asked_is_ready_when_it_lets_us_in() -> None:
    steps = (*REGISTERED, "> 0501", "< 848300")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.check(Journal()) == Readiness("ready")


def test_a_port_that_speaks_serial_is_named() -> None:
    steps = ("> 0600", "<< 150369", "~ 0.5")
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        readiness = till.check(Journal())
    assert readiness.state == "unreachable"
    assert "serial" in readiness.text


def test_without_a_password_for_enquiries_none_is_sent() -> None:
    steps = (*REGISTERED, "> 050100", "< 800000", "< 060F0100")
    with (
        ScriptedTerminal(*steps) as terminal,
        connected(terminal.port, enquiry_password="") as till,
    ):
        assert till.check(Journal()).state == "ready"


def test_the_same_order_may_be_asked_for_again_and_again() -> None:
    order = an_order()
    steps = (*AGAIN, *REPEATED, *COPIES, *ASKED, *REPEATED, *COPIES)
    with ScriptedTerminal(*steps) as terminal, connected(terminal.port) as till:
        assert till.resolve(order, Journal()) == till.resolve(order, Journal())

"""The adapter against the simulated terminal, whose ledger is the truth."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from terminals.adapters import (
    Aborted,
    Approved,
    Declined,
    Evidence,
    NotSettled,
    Order,
    Settlement,
    Unknown,
    Verdict,
)
from terminals.adapters.zvt.terminal import ZvtTerminal
from terminals.simulators.zvt import Simulator
from tests.terminals.zvt.scripted_terminal import NEVER, Journal, Wish, a_terminal, an_order

PATIENCE = {"answer_seconds": 0.3, "silence_seconds": 0.6, "late_print_seconds": 0.1}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        simulator.set(ack_seconds=0.3)
        yield simulator


@pytest.fixture
def till(simulator: Simulator) -> Iterator[ZvtTerminal]:
    till = a_till(simulator)
    yield till
    till.close()


def a_till(simulator: Simulator, **settings: object) -> ZvtTerminal:
    return a_terminal(simulator.port, clock=now, **{**PATIENCE, **settings})


def now() -> datetime:
    return datetime.now(UTC)


def order(**more: Any) -> Order:
    return an_order(started_at=now(), **more)


def paid(till: ZvtTerminal, **more: Any) -> Evidence:
    verdict = till.perform(order(**more), Journal(), NEVER)
    assert isinstance(verdict, Approved)
    return verdict.evidence


def resolved(till: ZvtTerminal, asked: Order, verdict: Verdict) -> Verdict:
    """What becomes of it when the till asks until the terminal can tell."""
    for _ in range(20):
        if not isinstance(verdict, Unknown) or verdict.reason == "cannot_say":
            break
        threading.Event().wait(0.02 if verdict.reason == "busy" else 0)
        verdict = till.resolve(asked, Journal())
    return verdict


def agrees(simulator: Simulator, verdict: Verdict, *, since: int) -> bool:
    """Whether the terminal's own ledger has the money that the verdict says, and once."""
    approved = [each for each in simulator.ledger[since:] if each.state == "approved"]
    return len(approved) == isinstance(verdict, Approved) and not isinstance(verdict, Unknown)


@pytest.mark.parametrize(
    "scenario",
    ["approve", "approve_chip", "approve_visa", "approve_mastercard", "signature", "wrong_pin",
     "silence", "long_wait", "busy", "not_ready", "repeat_status", "unknown_fields",
     "bare_status", "extended_length", "no_receipt", "completes_early", "second_register"],
)  # fmt: skip
def test_an_approval_is_an_approval(simulator: Simulator, till: ZvtTerminal, scenario: str) -> None:
    simulator.next(scenario)
    journal = Journal()
    assert isinstance(till.perform(order(), journal, NEVER), Approved)
    assert simulator.settled()
    assert simulator.ledger[0].state == "approved"
    assert journal.claimed


@pytest.mark.parametrize(
    ("scenario", "verdict"),
    [
        ("decline", Declined("bank", "05")),
        ("expired", Declined("card_expired", "78")),
        ("host_cut", Declined("no_connection", "9B")),
        ("stop_key", Aborted("guest", "6C")),
        ("unsupported", Declined("device", "83")),
        ("refused_with_data", Declined("device", "1E")),
    ],
)
def test_what_was_not_taken_says_why(
    simulator: Simulator, till: ZvtTerminal, scenario: str, verdict: Verdict
) -> None:
    simulator.next(scenario)
    assert till.perform(order(), Journal(), NEVER) == verdict
    assert all(each.state != "approved" for each in simulator.ledger)


@pytest.mark.parametrize(
    ("scenario", "state"),
    [("drop_before_status", Declined), ("drop_after_status", Declined),
     ("drop_after_ack", Approved)],
)  # fmt: skip
def test_a_lost_line_is_resolved_by_asking(
    simulator: Simulator, till: ZvtTerminal, scenario: str, state: type[Verdict]
) -> None:
    known = paid(till)
    simulator.next(scenario)
    asked = order(last_known=known)
    verdict = till.perform(asked, Journal(), NEVER)
    assert isinstance(verdict, Unknown)
    assert simulator.settled()
    verdict = resolved(till, asked, verdict)
    assert isinstance(verdict, state)
    assert agrees(simulator, verdict, since=1)


@pytest.mark.parametrize(
    ("scenario", "state"),
    [("wait_for_card", Aborted), ("abort_refused", Approved), ("abort_ignored", Approved),
     ("abort_promised", Approved), ("abort_crossing", Approved)],
)  # fmt: skip
def test_the_cashiers_cancellation_never_hides_a_payment(
    simulator: Simulator, till: ZvtTerminal, scenario: str, state: type[Verdict]
) -> None:
    known = paid(till)
    simulator.next(scenario)
    asked = order(last_known=known)
    verdict = resolved(till, asked, till.perform(asked, Journal(), Wish(6)))
    assert simulator.settled()
    assert isinstance(verdict, state)
    assert agrees(simulator, verdict, since=1)


@pytest.mark.parametrize("skew_seconds", [-3600, 3600, 86_400])
def test_what_the_journal_heard_counts_more_than_a_wrong_clock(
    simulator: Simulator, till: ZvtTerminal, skew_seconds: int
) -> None:
    simulator.set(skew_seconds=skew_seconds)
    known, journal = paid(till), Journal()
    simulator.next("drop_after_ack")
    asked = order(last_known=known)
    assert isinstance(till.perform(asked, journal, NEVER), Unknown)
    assert simulator.settled()
    till.close()
    after_a_restart = a_till(simulator)
    claimed = replace(asked, claimed=journal.claimed[-1])
    assert isinstance(resolved(after_a_restart, claimed, Unknown("unreachable")), Approved)
    after_a_restart.close()


@pytest.mark.parametrize("scenario", ["repeat_without_status", "repeat_empty"])
def test_a_terminal_that_repeats_nothing_leaves_it_to_people(
    simulator: Simulator, till: ZvtTerminal, scenario: str
) -> None:
    known = paid(till)
    simulator.next("drop_after_ack")
    simulator.next(scenario)
    asked = order(last_known=known)
    verdict = resolved(till, asked, till.perform(asked, Journal(), NEVER))
    assert verdict == Unknown("cannot_say")


def test_another_registers_payment_is_not_taken_for_ours(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    known = paid(till)
    simulator.next("drop_before_status")
    asked = order(last_known=known)
    verdict = till.perform(asked, Journal(), NEVER)
    assert simulator.settled()
    simulator.now("second_register", amount_cents=1500)
    assert resolved(till, asked, verdict) == Unknown("cannot_say")


def test_a_payment_is_reversed_once(simulator: Simulator, till: ZvtTerminal) -> None:
    known = paid(till)
    back = paid(till, kind="reversal", original=known, last_known=known)
    assert [each.kind for each in simulator.ledger] == ["payment", "reversal"]
    again = order(kind="reversal", original=known, last_known=back)
    assert till.perform(again, Journal(), NEVER) == Declined("device", "B4")


def test_a_terminal_that_reverses_the_last_one_reverses_no_other(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    first, last = paid(till, cents=1050), paid(till, cents=700)
    simulator.set(reverses_last_only=True)
    wrong = order(kind="reversal", original=first, last_known=last)
    verdict = resolved(till, wrong, till.perform(wrong, Journal(), NEVER))
    assert not isinstance(verdict, Approved)
    assert agrees(simulator, verdict, since=2)


def test_a_refund_gives_money_back(simulator: Simulator, till: ZvtTerminal) -> None:
    paid(till, kind="refund", cents=500, original=paid(till))
    assert [each.kind for each in simulator.ledger] == ["payment", "refund"]


def test_an_end_of_day_agrees_with_the_terminals_own(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    for cents in (1050, 200):
        paid(till, cents=cents)
    simulator.next("approve_visa")
    paid(till, cents=600)
    settled = till.settle(Journal())
    assert isinstance(settled, Settlement)
    assert settled.amount_cents == simulator.settlements[0].amount_cents == 1850
    assert {each.scheme: each.amount_cents for each in settled.totals} == {
        "girocard": 1250, "VISA": 600,
    }  # fmt: skip
    assert settled.slip


def test_a_failed_end_of_day_locks_the_terminal_until_one_succeeds(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    paid(till)
    simulator.next("end_of_day_fails")
    assert till.settle(Journal()) == NotSettled("not_possible", "77")
    assert till.perform(order(), Journal(), NEVER) == Declined("end_of_day_needed", "F0")
    assert till.check(Journal()).state == "end_of_day_needed"
    assert isinstance(till.settle(Journal()), Settlement)
    ready = till.check(Journal())
    assert (ready.state, ready.text) == ("ready", "00 ready")


def test_a_terminal_in_an_update_is_settled_and_then_away(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    paid(till)
    simulator.next("end_of_day_update")
    assert isinstance(till.settle(Journal()), Settlement)
    assert till.check(Journal()).state == "unreachable"


@pytest.mark.parametrize("charset", ["cp437", "latin1", "utf8"])
@pytest.mark.parametrize("prints", ["lines", "blocks"])
def test_umlauts_arrive_in_any_character_set(
    simulator: Simulator, till: ZvtTerminal, charset: str, prints: str
) -> None:
    simulator.set(charset=charset, prints=prints)
    heard = paid(till)
    assert "Händlerbeleg" in heard.merchant_slip[0]
    assert "Kundenbeleg" in heard.slip[0]
    assert any("geprüft" in line for line in heard.slip)


@pytest.mark.parametrize("framing", ["whole", "chunks", "coalesced", "mixed"])
def test_bytes_may_come_in_any_pieces(
    simulator: Simulator, till: ZvtTerminal, framing: str
) -> None:
    simulator.set(framing=framing)
    assert [paid(till, cents=cents).amount_cents for cents in (1, 1010, 99_999)] == [1, 1010, 99999]


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("command", ["0601", "0630"])
@pytest.mark.parametrize(("direction", "step"), [("received", 1), ("sent", 11)])
def test_wherever_the_line_is_cut_the_verdict_is_the_terminals_own(
    simulator: Simulator, how: Any, command: str, direction: Any, step: int
) -> None:
    till, is_armed, byte = a_till(simulator), False, 0
    while not is_armed:
        known = paid(till)
        kind = "payment" if command == "0601" else "reversal"
        asked = order(kind=kind, last_known=known, original=known)
        since = len(simulator.ledger)
        simulator.cut(direction, byte, command=command, how=how)
        verdict = till.perform(asked, Journal(), NEVER)
        assert simulator.settled()
        if byte % 2:
            till.close()  # the process ends here, and with it what it remembered
            till = a_till(simulator)
        verdict = resolved(till, asked, verdict)
        assert agrees(simulator, verdict, since=since), (byte, verdict, simulator.ledger[since:])
        is_armed = simulator.is_cut_armed
        simulator.heal()
        byte += step
    till.close()

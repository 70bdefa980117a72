"""Lost answers and lost power: the verdict is what Stripe's ledger says, and nobody pays twice."""

from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminals.adapters import Aborted, Approved, Declined, Order, Unknown
from terminals.simulators.stripe import Fault, Guest, Simulator
from tests.terminals.stripe_terminal.counter import (
    NOBODY,
    Cashier,
    Journal,
    PowerCut,
    a_reader,
    an_order,
    assert_true,
    charged,
    intents,
    long_ago,
    perform,
    resolve,
)

CALLS = (
    "payment_intents.create", "readers.process_payment_intent", "readers.retrieve",
    "payment_intents.retrieve", "readers.cancel_action", "payment_intents.cancel",
)  # fmt: skip
FAULTS = ("answer_lost", "unreachable", "server_error", "server_error_done", "rate_limit",
          "key_in_use", "late")  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("times", [1, 4])
def test_one_thing_goes_wrong(stripe: Simulator, call: str, fault: str, times: int) -> None:
    stripe.fault(fault, call, times=times)
    stripe.next_guest(looks=2)
    order = an_order()
    with a_reader(stripe) as device:
        verdict = device.perform(order, Journal(), Cashier(40))
    assert_true(stripe, order, verdict)
    stripe.world.faults.clear()
    found = resolve(stripe, order)
    assert not isinstance(found, Unknown)
    linger(stripe)
    assert_true(stripe, order, found)
    if not isinstance(verdict, Unknown):
        assert isinstance(found, Approved) == isinstance(verdict, Approved)


@pytest.mark.parametrize("card", ["visa", "declined"])
@pytest.mark.parametrize("patience", [2, 1000])
def test_the_power_is_cut_at_any_line_of_the_journal(
    stripe: Simulator, card: str, patience: int
) -> None:
    for line in count(1):
        order, journal = an_order(), Journal(dies_at=line)
        stripe.world.guests.clear()
        stripe.next_guest(card, looks=2, at="look")
        with a_reader(stripe) as device, suppress(PowerCut):
            device.perform(order, journal, Cashier(patience))
        found = resolve(stripe, order)
        assert not isinstance(found, Unknown)
        assert_true(stripe, order, found)
        if journal.written < line:
            break  # it went through
        assert_true(stripe, order, resolve(stripe, order))
    assert line > 8


@given(
    broken=st.lists(
        st.tuples(st.sampled_from(CALLS), st.sampled_from(FAULTS), st.integers(0, 3)), max_size=6
    ),
    card=st.sampled_from(["visa", "girocard_pin", "declined"]),
    moment=st.sampled_from(["look", "cancel", "after_cancel"]),
    is_slow=st.booleans(),
    patience=st.integers(0, 8),
    dies_at=st.integers(0, 20),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_goes_wrong_the_verdict_is_what_the_ledger_says(
    *,
    broken: list[tuple[str, str, int]],
    card: str,
    moment: str,
    is_slow: bool,
    patience: int,
    dies_at: int,
) -> None:
    with Simulator() as stripe:
        for call, fault, skip in broken:
            stripe.fault(fault, call, skip=skip)
        stripe.next_guest(card, at=moment, is_slow=is_slow)
        order, verdict = an_order(), None
        with a_reader(stripe) as device, suppress(PowerCut):
            verdict = device.perform(order, Journal(dies_at), Cashier(patience))
            assert_true(stripe, order, verdict)
        stripe.world.faults.clear()
        found = resolve(stripe, order)
        assert not isinstance(found, Unknown)
        linger(stripe)
        assert_true(stripe, order, found)
        if isinstance(verdict, Approved | Declined | Aborted):
            assert isinstance(found, Approved) == isinstance(verdict, Approved)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_command_that_arrives_after_the_verdict_finds_a_closed_intent(
    stripe: Simulator, times: int
) -> None:
    stripe.add_fault(Fault("readers.process_payment_intent", "late", calls=9))
    stripe.fault("unreachable", "readers.process_payment_intent", times=times)
    order = an_order()
    with a_reader(stripe) as device:
        verdict = device.perform(order, Journal(), Cashier(3))
    assert isinstance(verdict, Declined | Aborted)
    linger(stripe)
    assert_true(stripe, order, verdict)


def test_a_card_presented_after_the_verdict_meets_a_closed_intent(stripe: Simulator) -> None:
    order = an_order()
    stripe.next_guest(looks=1000)
    with a_reader(stripe) as device, suppress(PowerCut):
        device.perform(order, Journal(dies_at=6), NOBODY)
    assert resolve(stripe, order) == Aborted("time")
    assert stripe.world.runs == {}
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]


def test_without_a_line_nothing_is_asked_and_nothing_is_unknown(stripe: Simulator) -> None:
    order = an_order()
    with a_reader(stripe, address="http://127.0.0.1:9") as device:
        verdict = device.perform(order, Journal(), NOBODY)
        assert verdict == Declined("no_connection", "unreachable")
        assert device.resolve(order, Journal()) == Unknown("unreachable", "unreachable")
    assert resolve(stripe, order) == Aborted("time")


def test_a_line_that_dies_with_the_order_leaves_it_unknown(stripe: Simulator) -> None:
    stripe.next_guest(does="waits")
    order = an_order()
    stripe.fault("unreachable", "readers.retrieve", skip=1, times=50)
    with a_reader(stripe) as device:
        verdict = device.perform(order, Journal(), Cashier(3))
    assert verdict == Unknown("unreachable", "unreachable")


def test_an_answer_that_takes_too_long_is_asked_for_again(stripe: Simulator) -> None:
    stripe.fault("slow", "payment_intents.create")
    stripe.next_guest()
    order = an_order()
    with a_reader(stripe, answer_seconds="1") as device:
        verdict = device.perform(order, Journal(), NOBODY)
    assert isinstance(verdict, Approved)
    assert_true(stripe, order, verdict)
    assert len(intents(stripe)) == 1


def test_an_order_older_than_stripes_memory_of_keys_is_looked_up(stripe: Simulator) -> None:
    stripe.next_guest()
    order = an_order()
    assert isinstance(perform(stripe, order), Approved)
    for _ in range(120):  # more than one page of the list lies above it
        perform_quietly(stripe)
    stripe.world.answers.clear()
    before = len(intents(stripe))
    found = resolve(stripe, long_ago(order, hours=23))
    assert isinstance(found, Approved)
    assert charged(stripe, order) == [1250]
    assert len(intents(stripe)) == before


def test_an_old_order_that_stripe_never_heard_of_is_unpaid(stripe: Simulator) -> None:
    assert resolve(stripe, long_ago(an_order(), hours=30)) == Aborted("time", "no_intent")


def test_the_key_to_another_account_proves_nothing(stripe: Simulator) -> None:
    stripe.next_guest()
    order = an_order()
    perform(stripe, order)
    with Simulator(readers={"tmr_elsewhere": "Kasse 1"}) as other:
        assert resolve(other, order) == Unknown("cannot_say", "resource_missing")


def test_a_payment_still_at_the_bank_is_asked_for_again_later(stripe: Simulator) -> None:
    stripe.next_guest()
    order: Order = an_order()
    with a_reader(stripe) as device, suppress(PowerCut):
        device.perform(order, Journal(dies_at=6), NOBODY)
    (intent,) = intents(stripe)
    intent["status"] = "processing"
    with a_reader(stripe) as device:
        assert device.resolve(order, Journal()) == Unknown("busy")


def linger(stripe: Simulator) -> None:
    """Whatever is still on its way arrives, and guests with good cards stand at the reader."""
    stripe.world.every_guest = Guest()
    with a_reader(stripe) as device:
        for _ in range(12):
            device.check(Journal())


def perform_quietly(stripe: Simulator) -> None:
    """An intent of somebody else's."""
    with stripe.world.lock:
        like = {name: value for name, value in intents(stripe)[0].items() if name != "id"}
        stripe.world.put("pi", like | {"metadata": {}})

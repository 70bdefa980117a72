"""Readers that serve somebody else, have no line, do not answer, or restart in the middle."""

from contextlib import suppress
from dataclasses import dataclass

from terminals.adapters import Aborted, Approved, Declined, News, Verdict
from terminals.simulators.stripe import READER, Simulator
from tests.terminals.stripe_terminal.counter import (
    NOBODY,
    Cashier,
    Journal,
    PowerCut,
    a_reader,
    an_order,
    assert_true,
    intents,
    perform,
    resolve,
)


def test_a_reader_that_serves_another_intent_is_busy(stripe: Simulator) -> None:
    with a_reader(stripe) as device, a_reader(stripe, address=_alias(stripe)) as other_site:
        stripe.next_guest(does="waits")
        verdicts: list[Verdict] = []

        @dataclass
        class InTheMiddle(Journal):
            def saw(self, news: News) -> None:
                super().saw(news)
                if news.step == "card":
                    verdicts.append(other_site.perform(an_order(), Journal(), NOBODY))

        mine = device.perform(an_order(), InTheMiddle(), Cashier(3))
    assert verdicts == [Declined("device", "busy")]
    assert mine == Aborted("cashier")  # the other till did not cancel it
    assert stripe.ledger == ()


def test_finding_out_about_one_order_leaves_the_next_one_alone(stripe: Simulator) -> None:
    lost, found = an_order(), list[Verdict]()
    with a_reader(stripe) as device, suppress(PowerCut):
        device.perform(lost, Journal(dies_at=3), NOBODY)  # the reader never heard of it

    @dataclass
    class InTheMiddle(Journal):
        def saw(self, news: News) -> None:
            super().saw(news)
            if news.step == "card":
                found.append(resolve(stripe, lost))

    stripe.next_guest(looks=9)
    assert isinstance(perform(stripe, an_order(), InTheMiddle()), Approved)
    assert found == [Aborted("time")]


def test_two_tills_of_one_process_take_turns_at_a_reader(stripe: Simulator) -> None:
    with a_reader(stripe) as device, a_reader(stripe) as neighbour:
        stripe.next_guest(looks=2)
        verdicts: list[Verdict] = []

        @dataclass
        class InTheMiddle(Journal):
            def saw(self, news: News) -> None:
                super().saw(news)
                if news.step == "card":
                    verdicts.append(neighbour.perform(an_order(), Journal(), NOBODY))

        assert isinstance(device.perform(an_order(), InTheMiddle(), NOBODY), Approved)
        assert verdicts == [Declined("device", "busy")]
        assert len(intents(stripe)) == 1  # the neighbour did not even ask
        stripe.next_guest()
        assert isinstance(neighbour.perform(an_order(), Journal(), NOBODY), Approved)


def test_a_reader_without_a_line_declines(stripe: Simulator) -> None:
    stripe.set_reader("offline")
    order = an_order()
    assert perform(stripe, order) == Declined("no_connection", "terminal_reader_offline")
    stripe.set_reader("online")
    stripe.next_guest()
    assert isinstance(perform(stripe, order), Approved)


def test_a_reader_that_is_busy_with_an_update_declines(stripe: Simulator) -> None:
    stripe.fault("reader_busy")
    assert perform(stripe, an_order()) == Declined("device", "busy")


def test_a_reader_that_did_not_answer_is_asked_again_with_the_same_intent(
    stripe: Simulator,
) -> None:
    stripe.fault("reader_timeout", times=2)
    stripe.next_guest()
    order = an_order()
    assert_true(stripe, order, verdict := perform(stripe, order))
    assert isinstance(verdict, Approved)
    assert len(intents(stripe)) == 1


def test_a_reader_that_heard_although_it_did_not_answer_takes_one_payment(
    stripe: Simulator,
) -> None:
    stripe.fault("reader_timeout_done")
    stripe.next_guest(looks=3)
    order = an_order()
    assert_true(stripe, order, verdict := perform(stripe, order))
    assert isinstance(verdict, Approved)
    assert stripe.calls.count("readers.process_payment_intent") == 1


def test_a_reader_that_never_answers_leaves_no_open_intent(stripe: Simulator) -> None:
    stripe.fault("reader_timeout", times=3)
    verdict = perform(stripe, an_order())
    assert verdict == Declined("no_connection", "terminal_reader_timeout")
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]


def test_a_reader_that_restarts_in_the_middle_ends_the_payment(stripe: Simulator) -> None:
    @dataclass
    class Midnight(Journal):
        def saw(self, news: News) -> None:
            super().saw(news)
            if news.step == "card":
                with stripe.world.lock:
                    stripe.world.runs.clear()
                    stripe.world.objects[READER]["action"] = None

    stripe.next_guest(does="waits")
    assert perform(stripe, an_order(), Midnight()) == Declined("device", "action_lost")
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]


def test_a_key_that_opens_nothing_declines(stripe: Simulator) -> None:
    with a_reader(stripe, api_key="sk_live_not_here") as device:
        assert device.perform(an_order(), Journal(), NOBODY) == Declined("device", "api_key")


def test_an_unknown_reader_declines(stripe: Simulator) -> None:
    with a_reader(stripe, reader="tmr_elsewhere") as device:
        verdict = device.perform(an_order(), Journal(), NOBODY)
    assert verdict == Declined("device", "resource_missing")


def _alias(stripe: Simulator) -> str:
    """The same API by another name: another process, whose leases are not ours."""
    return stripe.address.replace("127.0.0.1", "localhost")

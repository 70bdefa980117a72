"""Payments at a Stripe reader: who pays, who does not, and who changes their mind."""

from dataclasses import dataclass

import pytest

from terminals.adapters import STEPS, Aborted, Approved, Declined, News
from terminals.simulators.stripe import READER, Simulator
from tests.terminals.stripe_terminal.counter import (
    KEY,
    NOBODY,
    Cashier,
    Journal,
    a_reader,
    an_order,
    assert_true,
    charged,
    intents,
    perform,
    resolve,
)


def test_a_girocard_pays_and_leaves_its_evidence(stripe: Simulator) -> None:
    stripe.next_guest("girocard")
    order, journal = an_order(), Journal()
    verdict = perform(stripe, order, journal)
    assert isinstance(verdict, Approved)
    evidence = verdict.evidence
    assert (evidence.number, evidence.amount_cents) == (intents(stripe)[0]["id"], 1250)
    assert (evidence.way, evidence.scheme, evidence.last4) == ("girocard", "girocard", "0017")
    assert (evidence.entry, evidence.terminal_id) == ("contactless", READER)
    assert evidence.turnover.startswith("ch_")
    assert len(evidence.authorisation) == 6
    assert evidence.at is not None
    assert evidence.at.tzinfo is not None
    assert not evidence.must_print
    assert "Betrag: 12,50 EUR" in evidence.slip
    assert f"Genehmigung: {evidence.authorisation}" in evidence.slip
    assert charged(stripe, order) == [1250]
    assert journal.claimed == [evidence]
    assert resolve(stripe, order) == verdict


@pytest.mark.parametrize("card", ["visa", "mastercard"])
def test_other_cards_clear_as_credit_cards(stripe: Simulator, card: str) -> None:
    stripe.next_guest(card)
    verdict = perform(stripe, an_order())
    assert isinstance(verdict, Approved)
    assert (verdict.evidence.way, verdict.evidence.scheme.lower()) == ("credit_card", card)


def test_a_signature_makes_paper_compulsory(stripe: Simulator) -> None:
    stripe.next_guest("visa_signature")
    verdict = perform(stripe, an_order())
    assert isinstance(verdict, Approved)
    assert verdict.evidence.must_print
    assert verdict.evidence.entry == "chip"
    assert verdict.evidence.merchant_slip[-1].startswith("Unterschrift:")


def test_the_cashier_sees_card_and_bank_go_by(stripe: Simulator) -> None:
    stripe.next_guest("girocard_pin", is_slow=True, looks=2)
    journal = Journal()
    assert isinstance(perform(stripe, an_order(), journal), Approved)
    assert journal.steps == ["sent", "card", "bank", "promised"]
    assert set(journal.steps) <= set(STEPS)


def test_the_journal_has_the_intent_before_the_reader_hears_of_it(stripe: Simulator) -> None:
    stripe.next_guest()
    journal = Journal()
    perform(stripe, an_order(), journal)
    id_ = str(intents(stripe)[0]["id"]).encode()
    directions = [direction for direction, _ in journal.frames]
    first = next(place for place, (_, data) in enumerate(journal.frames) if id_ in data)
    told = next(place for place, (_, data) in enumerate(journal.frames) if b"process_pay" in data)
    assert directions[:2] == ["sent", "received"]
    assert first == 1
    assert told == 2


def test_the_journal_keeps_no_secret(stripe: Simulator) -> None:
    stripe.next_guest()
    journal = Journal()
    perform(stripe, an_order(), journal)
    written = b"".join(data for _, data in journal.frames)
    assert KEY.encode() not in written
    assert b"client_secret" not in written


def test_waiting_does_not_fill_the_journal(stripe: Simulator) -> None:
    stripe.next_guest(looks=30)
    journal = Journal()
    perform(stripe, an_order(), journal)
    assert stripe.calls.count("readers.retrieve") >= 30
    assert len(journal.frames) < 10


def test_a_declined_card_leaves_the_intent_for_the_next_one(stripe: Simulator) -> None:
    stripe.next_guest("declined")
    stripe.next_guest("visa")
    order = an_order()
    assert perform(stripe, order) == Declined("bank", "generic_decline")
    assert charged(stripe, order) == []
    second = perform(stripe, order)
    assert_true(stripe, order, second)
    assert isinstance(second, Approved)
    assert [intent["status"] for intent in intents(stripe)] == ["succeeded"]


@pytest.mark.parametrize(
    ("card", "reason"),
    [("expired", "card_expired"), ("stolen", "card_blocked"), ("insufficient_funds", "bank")],
)
def test_the_guest_hears_why(stripe: Simulator, card: str, reason: str) -> None:
    stripe.next_guest(card)
    verdict = perform(stripe, an_order())
    assert isinstance(verdict, Declined)
    assert verdict.reason == reason


def test_a_wrong_pin_is_no_payment(stripe: Simulator) -> None:
    stripe.next_guest("girocard_pin", knows_pin=False)
    assert perform(stripe, an_order()) == Declined("wrong_pin", "incorrect_pin")


def test_an_old_reader_that_names_no_error_is_understood_by_its_intent(stripe: Simulator) -> None:
    @dataclass
    class OldReader(Journal):
        def saw(self, news: News) -> None:
            super().saw(news)
            with stripe.world.lock:
                action = stripe.world.objects[READER]["action"]
                if action and action["status"] == "failed":
                    action["api_error"] = None

    stripe.next_guest("expired", looks=2)
    verdict = perform(stripe, an_order(), OldReader())
    assert verdict == Declined("card_expired", "expired_card")


def test_a_reader_that_breaks_takes_no_further_card_for_the_order(stripe: Simulator) -> None:
    stripe.next_guest(does="breaks")
    assert perform(stripe, an_order()) == Declined("device", "terminal_reader_hardware_fault")
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]


def test_an_amount_too_small_for_a_card_is_named(stripe: Simulator) -> None:
    assert perform(stripe, an_order(cents=49)) == Declined("amount", "amount_too_small")


def test_a_guest_who_presses_the_red_key_ends_it(stripe: Simulator) -> None:
    stripe.next_guest(does="cancels")
    order = an_order()
    assert perform(stripe, order) == Aborted("guest")
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]
    assert resolve(stripe, order) == Aborted("guest")


def test_a_cashier_ends_it_before_a_card_is_there(stripe: Simulator) -> None:
    stripe.next_guest(does="waits")
    order = an_order()
    with a_reader(stripe) as device:
        assert device.perform(order, Journal(), Cashier(2)) == Aborted("cashier")
    assert [intent["status"] for intent in intents(stripe)] == ["canceled"]
    assert stripe.world.objects[READER]["action"] is None
    assert resolve(stripe, order) == Aborted("cashier")


@pytest.mark.parametrize("moment", ["cancel", "after_cancel"])
def test_a_guest_who_is_quicker_than_the_cashier_has_paid(stripe: Simulator, moment: str) -> None:
    stripe.next_guest(at=moment)
    order = an_order()
    with a_reader(stripe) as device:
        verdict = device.perform(order, Journal(), Cashier(2))
    assert isinstance(verdict, Approved)
    assert_true(stripe, order, verdict)


@pytest.mark.parametrize("patience", range(6))
def test_a_card_that_is_being_processed_is_waited_for(stripe: Simulator, patience: int) -> None:
    stripe.next_guest("girocard_pin", is_slow=True)
    order = an_order()
    with a_reader(stripe) as device:
        verdict = device.perform(order, Journal(), Cashier(patience))
    assert isinstance(verdict, Approved | Aborted)
    assert_true(stripe, order, verdict)


def test_nobody_comes(stripe: Simulator) -> None:
    order = an_order()
    with a_reader(stripe, patience_seconds="1", poll_milliseconds="100") as device:
        assert device.perform(order, Journal(), NOBODY) == Aborted("time")
    assert resolve(stripe, order) == Aborted("time")

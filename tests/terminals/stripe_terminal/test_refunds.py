"""Money back to a card: once, never more than was paid, and found again after any trouble."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from terminals.adapters import Aborted, Approved, Declined, Evidence, Unknown, Verdict
from terminals.simulators.stripe import Simulator
from tests.terminals.stripe_terminal.counter import (
    NOBODY,
    Journal,
    PowerCut,
    a_reader,
    an_order,
    long_ago,
    perform,
    resolve,
)


@pytest.fixture
def paid(stripe: Simulator) -> Iterator[Evidence]:
    """A payment of twelve fifty by girocard."""
    stripe.next_guest("girocard")
    verdict = perform(stripe, an_order())
    assert isinstance(verdict, Approved)
    return verdict.evidence


def given_back(stripe: Simulator) -> list[int]:
    return [each.amount_cents for each in stripe.ledger if each.kind == "refund"]


def test_a_reversal_gives_everything_back(stripe: Simulator, paid: Evidence) -> None:
    journal = Journal()
    verdict = perform(stripe, an_order("reversal", original=paid), journal)
    assert isinstance(verdict, Approved)
    evidence = verdict.evidence
    assert evidence.number.startswith("re_")
    assert (evidence.receipt, evidence.turnover) == (paid.number, paid.turnover)
    assert (evidence.amount_cents, evidence.way, evidence.last4) == (1250, "girocard", "0017")
    assert "Betrag: 12,50 EUR" in evidence.slip
    assert given_back(stripe) == [1250]
    assert journal.claimed == [evidence]
    assert journal.steps == ["reversing"]


def test_a_refund_may_be_a_part(stripe: Simulator, paid: Evidence) -> None:
    assert isinstance(perform(stripe, an_order("refund", 500, original=paid)), Approved)
    assert isinstance(perform(stripe, an_order("refund", 750, original=paid)), Approved)
    assert given_back(stripe) == [500, 750]


def test_a_refund_cannot_exceed_the_payment(stripe: Simulator, paid: Evidence) -> None:
    assert perform(stripe, an_order("refund", 1251, original=paid)) == Declined(
        "amount", "amount_too_large"
    )
    perform(stripe, an_order("reversal", original=paid))
    assert perform(stripe, an_order("reversal", original=paid)) == Declined(
        "amount", "charge_already_refunded"
    )
    assert given_back(stripe) == [1250]


def test_the_same_refund_asked_twice_is_one(stripe: Simulator, paid: Evidence) -> None:
    order = an_order("refund", 500, original=paid)
    assert perform(stripe, order) == perform(stripe, order) == resolve(stripe, order)
    assert given_back(stripe) == [500]


@pytest.mark.parametrize("fault", ["answer_lost", "unreachable", "rate_limit"])
def test_a_refund_whose_answer_is_lost_is_asked_again(
    stripe: Simulator, paid: Evidence, fault: str
) -> None:
    stripe.fault(fault, "refunds.create")
    assert isinstance(perform(stripe, an_order("reversal", original=paid)), Approved)
    assert given_back(stripe) == [1250]


@pytest.mark.parametrize("fault", ["answer_lost", "server_error_done"])
def test_a_refund_that_stays_silent_is_found(stripe: Simulator, paid: Evidence, fault: str) -> None:
    stripe.fault(fault, "refunds.create", times=2)
    order = an_order("reversal", original=paid)
    unknown = perform(stripe, order)
    assert isinstance(unknown, Unknown)
    assert unknown.reason == "unreachable"
    assert isinstance(resolve(stripe, order), Approved)
    assert given_back(stripe) == [1250]


def test_a_refund_is_missing_only_when_it_can_no_longer_arrive(
    stripe: Simulator, paid: Evidence
) -> None:
    stripe.fault("unreachable", "refunds.create", times=2)
    order = an_order("reversal", original=paid)
    assert perform(stripe, order) == Unknown("unreachable", "unreachable")
    assert resolve(stripe, order) == Unknown("busy")
    assert resolve(stripe, long_ago(order)) == Aborted("time", "no_refund")
    assert given_back(stripe) == []


def test_the_power_is_cut_at_any_line_of_the_journal(stripe: Simulator, paid: Evidence) -> None:
    for line in count(1):
        order, journal = an_order("refund", 1, original=paid), Journal(dies_at=line)
        before = len(given_back(stripe))
        with a_reader(stripe) as device, suppress(PowerCut):
            device.perform(order, journal, NOBODY)
        found: Verdict = resolve(stripe, long_ago(order))
        assert isinstance(found, Approved | Aborted)
        assert len(given_back(stripe)) - before == isinstance(found, Approved)
        if journal.written < line:
            break
    assert line > 3


def test_a_refund_that_waits_for_the_balance_counts_as_done(
    stripe: Simulator, paid: Evidence
) -> None:
    stripe.next_refund("pending")
    assert isinstance(perform(stripe, an_order("reversal", original=paid)), Approved)


def test_a_refund_the_bank_does_not_take_is_declined(stripe: Simulator, paid: Evidence) -> None:
    stripe.next_refund("failed")
    order = an_order("reversal", original=paid)
    assert perform(stripe, order) == Declined("bank", "lost_or_stolen_card")
    assert resolve(stripe, order) == Declined("bank", "lost_or_stolen_card")
    assert given_back(stripe) == []


def test_a_refund_of_nothing_is_declined(stripe: Simulator) -> None:
    assert perform(stripe, an_order("refund")) == Declined("device", "original_missing")
    assert resolve(stripe, an_order("refund")) == Aborted("time", "original_missing")
    stray = Evidence("pi_elsewhere", 100, "girocard")
    assert perform(stripe, an_order("refund", original=stray)) == Declined(
        "device", "resource_missing"
    )
    gone = long_ago(an_order("refund", original=stray))
    assert resolve(stripe, gone) == Unknown("cannot_say", "resource_missing")


def test_a_refund_needs_no_reader(stripe: Simulator, paid: Evidence) -> None:
    stripe.set_reader("offline")
    assert isinstance(perform(stripe, an_order("reversal", original=paid)), Approved)

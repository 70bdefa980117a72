"""What a terminal says was its newest transaction, and what that proves later."""

from terminals.adapters import Declined, Evidence, NothingYet, Unknown
from terminals.adapters.zvt.terminal import ZvtTerminal
from terminals.simulators.zvt import Simulator
from tests.terminals.zvt.scripted_terminal import NEVER, Journal
from tests.terminals.zvt.test_simulated import order, paid, resolved, simulator, till

__all__ = ["simulator", "till"]


def test_a_first_payment_that_was_cut_is_told_from_none_at_all(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    assert till.check(Journal()).newest == NothingYet()
    first = order(had_none=True)
    simulator.next("drop_before_status")
    verdict = till.perform(first, Journal(), NEVER)
    assert isinstance(verdict, Unknown)
    assert resolved(till, first, verdict) == Declined("no_connection", "not_paid")


def test_a_ready_terminal_names_its_newest_transaction(
    simulator: Simulator, till: ZvtTerminal
) -> None:
    evidence = paid(till)
    found = till.check(Journal()).newest
    assert isinstance(found, Evidence)
    assert (found.number, found.amount_cents) == (evidence.number, evidence.amount_cents)

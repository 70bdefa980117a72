"""Reading the provider's account: all of it, once, whatever it answers and whenever we die."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reconciliation.night.findings import payouts as findings
from reconciliation.sources.stripe import SweepResult, sweep_provider
from terminals.simulators.stripe import Simulator
from tests.reconciliation.provider.stand import Stand

LISTED = "balance_transactions.list"


class Died(BaseException):
    """The process ends here."""


def test_what_has_been_read_is_not_written_again(stand: Stand) -> None:
    stand.paid(2500)
    stand.pays_out()
    first = stand.sweep()
    assert (first.line_count, first.changed_count) == (2, 1)  # the charge got its payout
    written = stand.written()
    second = stand.sweep()
    assert (second.line_count, second.changed_count, second.payout_count) == (0, 0, 1)
    assert stand.written() == written


def test_every_line_of_a_payout_is_read_however_many_pages_it_has(stand: Stand) -> None:
    for number in range(230):
        stand.moves("charge", "charge", 100 + number)
    payout = stand.pays_out()
    result = stand.sweep()
    assert (result.held, result.line_count, result.changed_count) == ((), 231, 230)
    row = stand.payouts()[payout]
    assert (row.line_count, row.charge_count) == (230, 230)
    assert row.charge_cents == stand.amount(payout) == sum(range(100, 330))
    assert {line.batch for line in stand.lines()} == {payout}
    assert {line.settle_on for line in stand.lines()} == {row.arrives_on}


def test_a_record_says_what_the_matcher_needs(stand: Stand) -> None:
    payment = stand.paid(2500)
    stand.shop.stripe.online.refund_elsewhere(stand.intent(payment), 500)
    stand.shop.stripe.online.dispute(stand.intent(payment))
    payout = stand.pays_out()
    stand.sweep()
    charge, refund, dispute, whole = sorted(
        stand.lines(), key=lambda line: (line.record_type == "payout", -line.net_cents)
    )
    intent = stand.intent(payment)
    assert (charge.record_type, charge.psp_ref, charge.order_ref, charge.scheme) == (
        "charge", intent, str(payment.id), "visa",
    )  # fmt: skip
    assert (charge.gross_cents, charge.auth_cents, charge.card_region) == (2500, 2500, "eea")
    assert (refund.record_type, refund.order_ref, refund.gross_cents) == ("refund", intent, -500)
    assert (refund.psp_ref or "").startswith("re_")
    assert (dispute.record_type, dispute.psp_ref) == ("chargeback", intent)
    assert (dispute.gross_cents, dispute.fee_cents, dispute.net_cents) == (-2000, 2000, -4000)
    assert (whole.txn_id, whole.batch, whole.item_count) == (payout, payout, 3)
    assert (whole.net_cents, whole.trace_id) == (-stand.amount(payout), stand.trace(payout))


def test_a_payout_on_its_way_has_no_lines_yet_and_is_asked_for_until_it_has(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.payout()
    assert stand.sweep().checked_count == 0
    assert [line.record_type for line in stand.lines()] == ["charge"]
    stand.shop.wait(hours=24 * 30)
    assert stand.payouts()[payout].state == "in_transit"
    assert stand.sweep().checked_count == 1
    assert (stand.payouts()[payout].state, stand.payouts()[payout].line_count) == ("paid", 1)


def test_a_payout_that_fails_late_is_heard_of(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    stand.sweep()
    stand.shop.wait(hours=24 * 10)
    stand.sweep()
    stand.shop.stripe.online.end_payout(payout, is_paid=False)
    stand.sweep()
    assert (stand.payouts()[payout].state, stand.payouts()[payout].failure) == (
        "failed", "account_closed",
    )  # fmt: skip
    [back] = [line for line in stand.lines() if line.record_type == "other"]
    assert (back.psp_ref, back.net_cents) == (payout, stand.amount(payout))


def test_a_movement_of_an_unknown_kind_is_kept_and_somebody_hears_of_it(stand: Stand) -> None:
    stand.paid(2500)
    strange = stand.moves("anticipation_repayment", "moon_dust", -300)
    stand.pays_out()
    result = stand.sweep()
    assert (result.unknown, result.held) == ((strange,), ())
    [kept] = [line for line in stand.lines() if line.txn_id == strange]
    assert (kept.record_type, kept.scheme, kept.net_cents) == ("other", "moon_dust", -300)
    with stand.database.read_only() as session:
        [found] = findings.find(session, stand.today - timedelta(days=1))
    assert (found.id, found.amount_cents) == (f"UNKNOWN_CATEGORY:{strange}", -300)


def test_a_movement_that_changes_is_kept_beside_what_it_was(stand: Stand) -> None:
    stand.paid(2500)
    stand.sweep()
    [line] = stand.lines()
    stand.breaks(line.txn_id, fee=line.fee_cents + 3, net=line.net_cents - 3)
    assert stand.sweep().changed_count == 1
    [changed] = stand.lines()
    assert (changed.file_version, changed.fee_cents) == (2, line.fee_cents + 3)


def test_a_payment_at_a_reader_is_told_from_one_online_and_its_fee_is_booked(
    stand: Stand,
) -> None:
    stand.at_reader(1200, terminal="M01-1")
    stand.night()
    [line] = stand.lines()
    assert (line.record_type, line.terminal) == ("charge", "M01-1")
    assert stand.cents("543100") == (line.fee_cents,)
    assert stand.night()[1] == {}


@pytest.mark.parametrize("name", ["unreachable", "server_error"])
def test_a_provider_that_is_down_is_said_and_asked_again_the_next_night(
    stand: Stand, stripe: Simulator, name: str
) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    stripe.fault(name, LISTED, times=3)
    stripe.fault(name, "payouts.list", times=3)
    stripe.fault(name, "balance.retrieve", times=3)
    result = stand.sweep()
    assert len(result.troubles) == 3
    assert (result.line_count, result.balance) == (0, None)
    assert stand.lines() == []
    whole = stand.sweep()
    assert (whole.troubles, whole.line_count) == ((), 2)
    assert stand.payouts()[payout].line_count == 1


def test_a_call_too_many_is_made_again_a_little_later(stand: Stand, stripe: Simulator) -> None:
    stand.paid(2500)
    stripe.fault("rate_limit", LISTED, times=2)
    assert stand.sweep().troubles == ()
    stripe.fault("rate_limit", LISTED, times=3)
    assert stand.sweep().troubles == ("rate_limit",)


def test_payouts_made_by_hand_have_no_lines_and_are_booked_all_the_same(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    stand.breaks(payout, automatic=False, reconciliation_status="not_applicable")
    result, booked = stand.night()
    assert (result.checked_count, booked) == (0, {"payout_created": 1})
    [whole] = [line for line in stand.lines() if line.record_type == "payout"]
    assert (whole.item_count, whole.net_cents) == (None, -stand.amount(payout))


def test_the_balance_over_there_is_held_against_the_books(stand: Stand) -> None:
    stand.paid(2500)
    stand.pays_out()
    stand.paid(1000)
    stand.night()
    total = stand.control()
    assert total is not None
    assert total.ledger_cents == total.bank_cents > 0
    stand.moves("reserve_transaction", "risk_reserved_funds", -77)
    stand.night()
    total = stand.control()
    assert total is not None
    assert total.ledger_cents - total.bank_cents == 77


def test_dying_anywhere_and_running_again_leaves_what_an_undisturbed_run_leaves(
    stand: Stand,
) -> None:
    for cents in (2500, 1000):
        stand.paid(cents)
        stand.pays_out()
    stand.moves("stripe_fee", "fee", -40)
    deaths = 0
    while not _swept_until(stand, deaths):
        deaths += 1
    assert deaths > 10
    stand.sweep()
    result = stand.sweep()
    assert (result.line_count, result.changed_count) == (0, 0)
    assert len(stand.lines()) == 5
    assert [row.line_count for row in stand.payouts().values()] == [1, 1]
    assert stand.book() == {"payout_created": 2, "provider_fee": 1}
    assert stand.book() == {}
    total = stand.control()
    assert total is not None
    assert total.ledger_cents == total.bank_cents


def _swept_until(stand: Stand, deaths: int) -> SweepResult | None:
    """One run that dies with the transaction of this number, before it is committed."""
    begun = 0

    class dying:
        def __init__(self) -> None:
            nonlocal begun
            begun += 1
            self.dies = begun > deaths
            self.inner: AbstractContextManager[Session] = stand.database.transaction()

        def __enter__(self) -> Session:
            return self.inner.__enter__()

        def __exit__(self, *said: Any) -> bool | None:
            if self.dies and said[0] is None:
                self.inner.__exit__(Died, Died(), None)
                raise Died
            return self.inner.__exit__(*said)

    try:
        until = stand.shop.now + timedelta(seconds=1)
        return sweep_provider(dying, stand.shop.provider.client, until)
    except Died:
        return None

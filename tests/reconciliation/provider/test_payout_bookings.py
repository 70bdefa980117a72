"""From the charge to the bank: whatever goes wrong on the way, the clearing accounts end empty."""

from datetime import timedelta

import pytest

from tests.reconciliation.provider.stand import Stand

PROVIDER, ON_THE_WAY, BANK, FEES, DISPUTE_COSTS = "184200", "184210", "181000", "543100", "543110"


def test_a_charge_its_fee_a_payout_and_a_bank_line_leave_nothing_behind(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    result, booked = stand.night()
    assert (result.payout_count, result.checked_count, result.troubles) == (1, 1, ())
    assert booked == {"payout_created": 1}
    net = stand.amount(payout)
    assert stand.cents(PROVIDER, ON_THE_WAY) == (0, net)
    stand.bank_says(net, end_to_end_id=stand.trace(payout))
    assert stand.book() == {"payout_trace": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY, BANK, FEES) == (0, 0, net, 2500 - net)


@pytest.mark.parametrize(
    "values",
    [
        {"remittance": "STRIPE 4F0A {trace} VIELEN DANK"},
        {"remittance": "{broken}"},
        {"remittance": "Auszahlung {payout}"},
    ],
)
def test_a_line_may_name_its_payout_anywhere(stand: Stand, values: dict[str, str]) -> None:
    stand.paid()
    payout = stand.pays_out()
    stand.night()
    trace = stand.trace(payout)
    broken = f"{trace[:7]} {trace[7:]}"
    said = {k: v.format(trace=trace, payout=payout, broken=broken) for k, v in values.items()}
    stand.bank_says(stand.amount(payout), name="Irgendeine Bank", **said)
    assert stand.book() == {"payout_trace": 1}


def test_without_a_trace_the_amount_the_day_and_the_provider_must_fit(stand: Stand) -> None:
    stand.paid()
    payout = stand.pays_out()
    stand.night()
    arrives = stand.payouts()[payout].arrives_on
    stand.bank_says(stand.amount(payout), on=arrives, name="Jemand", remittance="Miete")
    assert stand.book() == {}
    stand.bank_says(stand.amount(payout) + 1, on=arrives)
    assert stand.book() == {}
    stand.bank_says(stand.amount(payout), on=arrives)
    assert stand.book() == {"payout_amount": 1}
    assert stand.cents(ON_THE_WAY) == (0,)


def test_a_line_far_from_the_day_needs_a_trace(stand: Stand) -> None:
    stand.paid()
    payout = stand.pays_out()
    stand.night()
    arrives = stand.payouts()[payout].arrives_on
    stand.bank_says(stand.amount(payout), on=arrives + timedelta(days=12))
    assert stand.book() == {}
    later = arrives + timedelta(days=20)
    stand.bank_says(stand.amount(payout), on=later, end_to_end_id=stand.trace(payout))
    assert stand.book() == {"payout_trace": 1}


def test_two_lines_or_two_payouts_that_fit_are_for_a_person(stand: Stand) -> None:
    payouts = []
    for _ in range(2):
        stand.paid(2500)
        payouts.append(stand.pays_out())
    stand.night()
    day = stand.payouts()[payouts[0]].arrives_on
    stand.bank_says(stand.amount(payouts[0]), on=day)
    assert stand.book() == {}
    # The bank names one of them: then the other is the only one left for the other line.
    stand.bank_says(stand.amount(payouts[1]), on=day, end_to_end_id=stand.trace(payouts[1]))
    assert stand.book() == {"payout_trace": 1, "payout_amount": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY) == (0, 0)


def test_a_line_that_names_another_payout_is_not_taken_for_its_amount(stand: Stand) -> None:
    stand.paid(2500)
    first = stand.pays_out()
    stand.paid(3000)
    second = stand.pays_out()
    stand.night()
    day = stand.payouts()[first].arrives_on
    stand.bank_says(stand.amount(first), on=day, end_to_end_id=stand.trace(second))
    assert stand.book() == {}


def test_a_payout_that_fails_comes_back_and_goes_out_with_the_next(stand: Stand) -> None:
    stand.paid(2500)
    failed = stand.payout()
    stand.night()
    stand.shop.stripe.online.end_payout(failed, is_paid=False)
    _, booked = stand.night()
    assert booked == {"payout_failed": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY) == (stand.amount(failed), 0)
    stand.paid(1000)
    second = stand.pays_out()
    result, booked = stand.night()
    assert (result.held, booked) == ((), {"payout_created": 1})
    stand.bank_says(stand.amount(second), end_to_end_id=stand.trace(second))
    assert stand.book() == {"payout_trace": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY) == (0, 0)


def test_a_payout_that_fails_after_it_was_paid_and_arrived(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    stand.night()
    cents, trace = stand.amount(payout), stand.trace(payout)
    stand.bank_says(cents, end_to_end_id=trace)
    stand.book()
    stand.shop.wait(hours=72)
    stand.shop.stripe.online.end_payout(payout, is_paid=False)
    stand.bank_says(-cents, name="Bank", remittance=f"RUECKRECHNUNG {trace}")
    _, booked = stand.night()
    assert booked == {"payout_failed": 1, "payout_taken_back": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY, BANK) == (cents, 0, 0)


def test_a_payout_known_only_when_it_has_failed_is_booked_both_ways(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.payout()
    stand.shop.stripe.online.end_payout(payout, is_paid=False)
    _, booked = stand.night()
    assert booked == {"payout_created": 1, "payout_failed": 1}
    assert stand.cents(PROVIDER, ON_THE_WAY) == (stand.amount(payout), 0)


def test_the_provider_draws_from_our_account_when_refunds_exceed_the_balance(stand: Stand) -> None:
    payment = stand.paid(2500)
    stand.pays_out()
    stand.shop.stripe.online.refund_elsewhere(stand.intent(payment), 2500)
    stand.shop.settle(payment)
    drawn = stand.pays_out()
    assert stand.amount(drawn) == -2500
    result, booked = stand.night()
    assert (result.held, booked) == ((), {"payout_created": 1, "payout_drawn": 1})
    stand.bank_says(-2500, end_to_end_id=stand.trace(drawn))
    assert stand.book() == {"payout_trace": 1}
    [first] = [id_ for id_ in stand.payouts() if id_ != drawn]
    assert stand.cents(PROVIDER, ON_THE_WAY, BANK) == (0, stand.amount(first), -2500)


def test_a_dispute_within_a_payout_is_part_of_its_sum(stand: Stand) -> None:
    payments = [stand.paid(cents) for cents in (2500, 4000)]
    stand.shop.stripe.online.dispute(stand.intent(payments[0]))
    stand.shop.settle(payments[0])
    payout = stand.pays_out()
    result, _ = stand.night()
    assert result.held == ()
    row = stand.payouts()[payout]
    assert (row.line_count, row.charge_count, row.charge_cents) == (3, 2, 6500)
    assert row.other_cents == -(2500 + 2000)
    stand.bank_says(stand.amount(payout), end_to_end_id=stand.trace(payout))
    stand.book()
    assert stand.cents(PROVIDER, ON_THE_WAY, DISPUTE_COSTS) == (0, 0, 2000)


def test_fees_of_the_provider_alone_are_booked_once(stand: Stand) -> None:
    stand.paid(5000)
    stand.moves("stripe_fee", "fee", -450)
    stand.moves("stripe_fee", "network_cost", -31)
    stand.moves("tax_fee", "tax", -19)
    stand.moves("stripe_fee", "fee", 50)
    before = stand.cents(FEES)[0]
    payout = stand.pays_out()
    result, booked = stand.night()
    assert result.held == ()
    assert booked == {"provider_fee": 3, "provider_fee_back": 1, "payout_created": 1}
    assert stand.cents(FEES)[0] - before == 450
    assert stand.cents(PROVIDER, ON_THE_WAY) == (0, stand.amount(payout))
    assert stand.night()[1] == {}


def test_a_payout_that_is_not_the_sum_of_its_lines_is_booked_no_further(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    line = next(each for each in stand.moves_of(payout) if each["type"] == "charge")
    stand.breaks(line["id"], net=line["net"] - 100, amount=line["amount"] - 100)
    result, booked = stand.night()
    assert (result.held, booked) == ((payout,), {})
    row = stand.payouts()[payout]
    assert (row.problem, row.charge_cents) == ("sum", 2400)
    stand.bank_says(stand.amount(payout), end_to_end_id=stand.trace(payout))
    assert stand.book() == {}
    # The provider mends its list: the next night reads it again, and everything follows.
    stand.breaks(line["id"], net=line["net"], amount=line["amount"])
    result, booked = stand.night()
    assert (result.held, booked) == ((), {"payout_created": 1, "payout_trace": 1})
    assert stand.cents(PROVIDER, ON_THE_WAY) == (0, 0)


def test_a_closed_day_is_booked_on_the_first_open_one(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    stand.sweep()
    stand.close_days(3)
    assert stand.book() == {"payout_created": 1}
    assert stand.cents(ON_THE_WAY) == (stand.amount(payout),)
    assert stand.book() == {}

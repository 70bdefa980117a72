"""Payments against providers' lines: what agrees, and every way in which it may not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from reconciliation.engine import Knowledge, Tariff
from tests.reconciliation.engine.stand import DAY, NOON, TERMINAL, Stand


def test_what_agrees_is_paired_and_nobody_is_told(stand: Stand) -> None:
    online, line = stand.online(), stand.stripe()
    card, confirmed = stand.at_terminal(1999), stand.card(1999)
    stand.close(1, 1999, 17, 17)
    result = stand.run()
    assert result.pair_count == 2
    assert stand.outcomes() == [(online, line, "agrees"), (card, confirmed, "agrees")]
    assert stand.found() == {}


def test_every_pair_says_by_which_rule_and_key(stand: Stand) -> None:
    stand.at_terminal()
    stand.card()
    stand.run()
    row = stand.session.execute(text("SELECT rule, rule_version, key_used FROM item_match")).one()
    assert tuple(row) == ("key", 1, f"{TERMINAL}/000017/0017")


def test_another_amount_is_a_pair_with_a_difference(stand: Stand) -> None:
    stand.online(350)
    stand.stripe(349)
    stand.run()
    found = stand.found()["AMOUNT_DIFF"]
    assert (found.amount_cents, found.severity) == (-1, "break")
    assert found.explanation == "Gebucht sind 3,50 €, eingezogen wurden 3,49 €."


def test_less_than_was_approved_is_a_class_of_its_own(stand: Stand) -> None:
    stand.online(7000)
    stand.stripe(6900, auth_cents=7000)
    stand.run()
    assert [*stand.found()] == ["PARTIAL_CAPTURE"]


def test_cents_of_another_currency_are_never_compared(stand: Stand) -> None:
    stand.online()
    stand.stripe(currency="USD", batch=None)
    stand.run()
    assert [*stand.found()] == ["CURRENCY_MISMATCH"]


def test_a_fee_beyond_the_contract_is_noticed(stand: Stand) -> None:
    stand.online()
    stand.stripe(fee_cents=65)
    stand.run()
    found = stand.found()["FEE_MISMATCH"]
    assert (found.expected_cents, found.confirmed_cents) == (-40, -65)


@pytest.mark.parametrize(("since", "kinds"), [(DAY, []), (DAY + timedelta(days=1), ["FEE"])])
def test_a_rate_counts_from_its_first_day(stand: Stand, since: date, kinds: list[str]) -> None:
    newer = Tariff("stripe", "eea", 200, 45, since)
    stand.knowledge = replace(stand.knowledge, tariffs=(newer, *stand.knowledge.tariffs))
    stand.online()
    stand.stripe(fee_cents=65)
    assert [each.partition("_")[0] for each in stand.kinds()] == kinds


def test_half_a_cent_of_a_fee_is_rounded_up(stand: Stand) -> None:
    stand.online(3700)
    stand.stripe(3700, fee_cents=81)  # 55.5 + 25
    stand.run()
    assert stand.found() == {}


def test_no_fee_is_judged_without_a_contract(stand: Stand) -> None:
    stand.knowledge = Knowledge()
    stand.online()
    stand.stripe(fee_cents=999)
    stand.run()
    assert stand.found() == {}


def test_a_booking_of_another_day_is_proposed(stand: Stand) -> None:
    stand.online(at=NOON + timedelta(days=2))
    stand.stripe()
    stand.run()
    found = stand.found()["WRONG_DAY"]
    assert found.severity == "suggestion"
    assert [reason["fits"] for reason in found.proposal["reasons"]] == [True, True, False]


def test_ninety_seconds_around_midnight_are_the_same_day(stand: Stand) -> None:
    midnight = NOON.replace(hour=23, minute=0)
    stand.online(at=midnight - timedelta(seconds=45))
    stand.stripe(at=midnight + timedelta(seconds=45))
    stand.run()
    assert stand.found() == {}


def test_the_hour_that_comes_twice_is_one_hour(stand: Stand) -> None:
    # 25 October 2026, 02:30 in the city, the second time: the terminal writes no offset.
    at = NOON.replace(month=10, day=25, hour=1, minute=30)
    stand.as_of = at + timedelta(days=1)
    stand.at_terminal(at=at)
    stand.card(at=at)
    stand.run()
    assert stand.found() == {}


def test_equal_amounts_seconds_apart_are_two_payments(stand: Stand) -> None:
    for n in (17, 18):
        at = NOON + timedelta(seconds=n)
        stand.at_terminal(receipt=n, at=at)
        stand.card(receipt=n, at=at)
    stand.run()
    assert stand.found() == {}


def test_a_payment_nobody_confirms_is_missing(stand: Stand) -> None:
    stand.online()
    stand.stripe(ref="pi_other", gross_cents=500)
    stand.online(500, "pi_other")
    stand.run()
    assert "MISSING_AT_PSP" in stand.found()


def test_a_line_nobody_booked_is_missing_in_the_books(stand: Stand) -> None:
    line = stand.stripe()
    stand.run()
    assert stand.found()["MISSING_IN_LEDGER"].provider_codes == [line]


def test_refunds_missing_on_either_side_are_told_apart(stand: Stand) -> None:
    stand.expected("refund", "online", -500, psp_ref="re_1")
    stand.stripe(-700, "re_2", record_type="refund", fee_cents=0)
    stand.run()
    assert [*stand.found()] == ["REFUND_MISSING_AT_PSP", "REFUND_MISSING_IN_LEDGER"]


def test_a_refund_of_a_part_agrees(stand: Stand) -> None:
    stand.online(order_ref="R1")
    stand.stripe(order_ref="R1")
    stand.expected("refund", "online", -300, psp_ref="re_1", order_ref="R1")
    stand.stripe(-300, "re_1", record_type="refund", fee_cents=0, order_ref="R1")
    stand.run()
    assert stand.found() == {}


def test_money_taken_twice_online_is_to_be_given_back(stand: Stand) -> None:
    item = stand.online(order_ref="R1")
    first = stand.stripe(order_ref="R1")
    second = stand.stripe(ref="pi_2", order_ref="R1", at=NOON + timedelta(seconds=20))
    stand.run()
    found = stand.found()["DUPLICATE_CHARGE"]
    assert (found.expected_codes, found.provider_codes) == ([item], [first, second])


def test_money_taken_twice_at_a_terminal_has_the_same_counters(stand: Stand) -> None:
    stand.at_terminal()
    stand.card()
    stand.card()
    stand.close(1, 1000, 17, 17)
    stand.run()
    assert [*stand.found()] == ["DUPLICATE_CHARGE"]


def test_the_same_record_twice_counts_once(stand: Stand) -> None:
    stand.online()
    for _ in range(2):
        stand.stripe(txn_id="txn_same")
    stand.payout(960)
    stand.statement(DAY, entry_of(960))
    stand.run()
    found = stand.found()
    assert found["DUPLICATE_PSP_LINE"].severity == "info"
    assert "PAYOUT_SUM_MISMATCH" not in found


def entry_of(cents: int) -> dict[str, object]:
    """What a provider pays out."""
    return {"amount_cents": cents, "remittance": "STRIPE", "bank_reference": "B1",
            "counterparty_name": "Stripe"}  # fmt: skip


def test_a_payment_booked_twice_is_confirmed_once(stand: Stand) -> None:
    first, second = stand.online(), stand.online(at=NOON + timedelta(minutes=8))
    line = stand.stripe()
    stand.run()
    found = stand.found()["DUPLICATE_LEDGER"]
    assert found.expected_codes == [first, second]
    assert stand.outcomes() == [(first, line, "agrees")]


def test_one_payment_in_two_lines_is_proposed_as_one(stand: Stand) -> None:
    item = stand.online(3000, None, order_ref="R1")
    lines = [stand.stripe(1000, "pi_a", order_ref="R1"), stand.stripe(2000, "pi_b", order_ref="R1")]
    stand.run()
    found = stand.found()["SPLIT_PAYMENT"]
    assert (found.expected_codes, found.provider_codes) == ([item], lines)


def test_two_claims_in_one_payment_are_proposed_as_one(stand: Stand) -> None:
    stand.online(1850, "pi_1", order_ref="R1")
    stand.online(1850, "pi_1", order_ref="R2")
    stand.stripe(3700, order_ref="R1")
    stand.run()
    assert [*stand.found()] == ["COMBINED_PAYMENT"]


def test_a_lost_reference_is_proposed_by_our_own(stand: Stand) -> None:
    stand.online(ref=None, order_ref="5000027554620")
    stand.stripe(ref="pi_9", order_ref="5000027554620")
    stand.run()
    assert stand.found()["REF_MISSING"].tier == 2


def test_without_any_counter_terminal_amount_and_second_are_left(stand: Stand) -> None:
    stand.at_terminal(2280, trace=None, receipt=17, terminal=TERMINAL)
    stand.rows[-1][1]["receipt"] = None
    stand.card(2280, at=NOON + timedelta(seconds=3))
    stand.run()
    assert stand.found()["REF_MISSING"].tier == 4


def test_swapped_digits_are_proposed_with_the_reason(stand: Stand) -> None:
    stand.online(450, None, order_ref="5003060126063")
    stand.stripe(450, "pi_1", order_ref="5003060120663")
    stand.at_terminal(800, trace="000071")
    stand.card(800)
    stand.close(1, 800, 17, 17)
    stand.run()
    kinds = stand.session.execute(text("SELECT class, tier FROM finding")).all()
    assert [tuple(kind) for kind in kinds] == [("REF_DIGIT_SWAP", 3)] * 2


def test_another_reference_is_never_a_slip(stand: Stand) -> None:
    stand.online(450, None, order_ref="5003060126063")
    stand.stripe(450, "pi_1", order_ref="5009999990663")
    stand.run()
    assert [*stand.found()] == ["MISSING_AT_PSP", "MISSING_IN_LEDGER"]


def test_cancelled_at_the_terminal_alone_is_one_case_with_both_lines(stand: Stand) -> None:
    item, charge = stand.at_terminal(500), stand.card(500)
    back = stand.card(-500, record_type="reversal", at=NOON + timedelta(minutes=1))
    stand.close(0, 0, 17, 17)
    stand.run()
    found = stand.found()["REVERSED_AT_PSP"]
    assert (found.expected_codes, found.provider_codes) == ([item], [charge, back])


def test_cancelled_on_both_sides_is_nothing(stand: Stand) -> None:
    stand.at_terminal(500)
    stand.card(500)
    later = NOON + timedelta(minutes=1)
    known = {"terminal": TERMINAL, "trace": "000017", "receipt": "0017"}
    stand.expected("reversal", "terminal", -500, at=later, **known)
    stand.card(-500, record_type="reversal", at=later)
    stand.close(0, 0, 17, 17)
    stand.run()
    assert stand.found() == {}


def test_a_terminal_that_is_not_ours_is_named(stand: Stand) -> None:
    stand.card(terminal="69999999")
    stand.run()
    assert stand.found()["UNKNOWN_TERMINAL"].place == "69999999"


def test_a_chargeback_leaves_the_payment_matched(stand: Stand) -> None:
    stand.online()
    stand.stripe()
    stand.stripe(-1000, record_type="chargeback", fee_cents=2000, at=NOON + timedelta(days=5))
    result = stand.run()
    assert (result.pair_count, [*stand.found()]) == (1, ["CHARGEBACK"])
    assert stand.found()["CHARGEBACK"].amount_cents == -3000


def test_a_chargeback_that_was_won_is_one_case(stand: Stand) -> None:
    stand.online()
    stand.stripe()
    stand.stripe(-1000, record_type="chargeback", fee_cents=2000, at=NOON + timedelta(days=5))
    stand.stripe(1000, record_type="chargeback_reversal", fee_cents=0, at=NOON + timedelta(days=9))
    stand.run()
    assert [*stand.found()] == ["CHARGEBACK_REVERSED"]

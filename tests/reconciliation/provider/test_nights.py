"""Whole nights with a provider: what is left as a case, and that a second one has nothing to do."""

import time
from datetime import UTC, datetime, timedelta

from reconciliation.differences import ASKS_FOR_A_PERSON, open_differences
from reconciliation.night import Means, NightResult, run_night
from terminals.simulators.stripe import Simulator
from tests.reconciliation.provider.stand import Stand


def a_night(stand: Stand, *, days_on: int = 0) -> NightResult:
    """The night after this day, or some days later."""
    # The provider counts in seconds, and a night leaves the running one to the next night.
    time.sleep(1 - datetime.now(UTC).microsecond / 1_000_000)
    day = stand.today + timedelta(days=days_on)
    means = Means(provider=stand.shop.provider.client)
    return run_night(stand.database.transaction, day, means)


def ids(stand: Stand) -> set[str]:
    """The classes of what waits for a person."""
    with stand.database.read_only() as session:
        found = open_differences(session)
    return {each.kind for each in found if each.severity in ASKS_FOR_A_PERSON}


def test_a_month_without_faults_leaves_no_case(stand: Stand) -> None:
    for cents in (2500, 1000):
        stand.paid(cents)
    payout = stand.pays_out()
    a_night(stand)
    stand.bank_says(stand.amount(payout), end_to_end_id=stand.trace(payout))
    assert stand.closed is not None
    days_on = (stand.closed - stand.today).days  # the bank may have closed for a weekend
    a_night(stand, days_on=days_on)
    assert ids(stand) == set()
    assert stand.cents("184200", "184210") == (0, 0)
    assert a_night(stand, days_on=days_on).written == 0


def test_a_payout_that_failed_is_not_waited_for(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.payout()
    stand.shop.stripe.online.end_payout(payout, is_paid=False)
    a_night(stand)
    a_night(stand, days_on=20)
    assert ids(stand) == set()


def test_a_payout_that_failed_is_not_waited_for_before_its_money_is_seen_to_be_back(
    stand: Stand, stripe: Simulator
) -> None:
    stand.paid(2500)
    payout = stand.payout()
    a_night(stand)
    stand.shop.stripe.online.end_payout(payout, is_paid=False)
    stripe.fault("unreachable", "balance_transactions.list", times=3)
    a_night(stand, days_on=20)
    assert ids(stand) == {"FILE_MISSING"}


def test_a_payout_that_is_not_its_lines_is_one_case(stand: Stand) -> None:
    stand.paid(2500)
    payout = stand.pays_out()
    line = next(each for each in stand.moves_of(payout) if each["type"] == "charge")
    stand.breaks(line["id"], net=line["net"] - 100, fee=line["fee"] + 100)
    a_night(stand)
    with stand.database.read_only() as session:
        found = [each.id for each in open_differences(session) if each.severity == "break"]
    assert [id_ for id_ in found if payout in id_] == [f"PAYOUT_SUM_MISMATCH:{payout}"]


def test_a_night_without_an_answer_is_one_case_and_the_next_makes_up_for_it(
    stand: Stand, stripe: Simulator
) -> None:
    stand.paid(2500)
    a_night(stand)
    stand.paid(1000)
    stripe.fault("unreachable", "balance_transactions.list", times=3)
    a_night(stand)
    assert ids(stand) == {"FILE_MISSING"}
    a_night(stand)
    assert ids(stand) == set()
    assert len(stand.lines()) == 2


def test_money_of_a_reader_leaves_its_terminals_day_once_the_record_agrees(stand: Stand) -> None:
    intent = stand.at_reader(1200, terminal="M04-1")
    account = stand.sold_at_reader(intent, 1200, terminal="M04-1")
    payout = stand.pays_out()
    a_night(stand)
    assert stand.cents(account, "184200", "184210") == (0, 0, stand.amount(payout))
    assert ids(stand) == set()
    assert a_night(stand).written == 0


def test_money_of_a_reader_that_was_never_sold_stays_in_sight(stand: Stand) -> None:
    stand.at_reader(1200, terminal="M04-1")
    a_night(stand)
    assert ids(stand) == {"CONTROL_TOTAL", "MISSING_IN_LEDGER"}
    a_night(stand, days_on=8)
    assert ids(stand) == {"CONTROL_TOTAL", "MISSING_IN_LEDGER"}

"""What terminals counted at their close against lines and bookings."""

from datetime import datetime, timedelta

from tests.reconciliation.engine.stand import DAY, NOON, TERMINAL, Stand


def test_a_receipt_only_the_terminal_counts_is_a_gap(stand: Stand) -> None:
    for receipt in (9998, 1):  # 9999 between them, and the counter begins again
        stand.at_terminal(receipt=receipt)
        stand.card(receipt=receipt)
    stand.close(3, 2500, 9998, 1)
    assert stand.kinds() == ["TERMINAL_COUNTER_GAP"]
    assert stand.found()["TERMINAL_COUNTER_GAP"].reference == "9999"


def test_a_trace_number_left_out_is_no_gap(stand: Stand) -> None:
    for receipt, trace in ((17, "000100"), (18, "000105")):
        stand.at_terminal(receipt=receipt, trace=trace)
        stand.card(receipt=receipt, trace=trace)
    stand.close(2, 2000, 17, 18)
    assert stand.kinds() == []


def test_a_booking_the_terminal_did_not_count_never_was(stand: Stand) -> None:
    for receipt in (17, 18):
        stand.at_terminal(receipt=receipt)
    stand.card()
    stand.close(1, 1000, 17, 18)
    assert stand.kinds() == ["MISSING_AT_PSP"]


def test_a_total_that_is_not_the_sum_is_a_case_of_the_terminal(stand: Stand) -> None:
    stand.at_terminal()
    stand.card()
    stand.close(1, 1100, 17, 17)
    assert stand.kinds() == ["EOD_SUM_MISMATCH"]


def test_a_day_without_a_close_is_in_the_next_one(stand: Stand) -> None:
    for n in (0, 1):
        at = NOON + timedelta(days=n)
        stand.at_terminal(receipt=17 + n, at=at)
        stand.card(receipt=17 + n, at=at)
    stand.close(2, 2000, 17, 18, at=datetime(2026, 3, 19, 20, 0))  # noqa: DTZ001 - a terminal's clock
    assert stand.kinds() == ["EOD_MISSING"]
    found = stand.found()["EOD_MISSING"]
    assert (found.since, found.place) == (DAY, TERMINAL)

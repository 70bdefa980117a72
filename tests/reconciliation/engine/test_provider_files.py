"""Files of providers: late, again, corrected, or never."""

from datetime import timedelta

import pytest

from reconciliation.engine import Knowledge
from tests.reconciliation.engine.stand import DAY, GIROCARD, NOON, Stand


def test_a_line_in_the_file_of_a_later_day_is_told(stand: Stand) -> None:
    stand.at_terminal()
    stand.card(batch_day=DAY + timedelta(days=1))
    stand.close(1, 1000, 17, 17)
    stand.run()
    assert [*stand.found()] == ["LATE_ARRIVAL"]


def test_money_of_a_night_belongs_to_the_day_before(stand: Stand) -> None:
    night = NOON.replace(hour=2)  # 03:00 in the city; the terminal closes at 04:00
    stand.at_terminal(at=night)
    stand.card(at=night, batch_day=DAY - timedelta(days=1))
    at = night.replace(tzinfo=None, hour=4)
    stand.close(1, 1000, 17, 17, at=at, day=DAY - timedelta(days=1))
    stand.run()
    assert stand.found() == {}


def test_a_file_that_came_twice_counts_once(stand: Stand) -> None:
    for n in (17, 18):
        stand.at_terminal(receipt=n)
        for delivery in (1, 2):
            stand.card(receipt=n, txn_id=f"7{n}", delivery=delivery)
    stand.run()
    found = stand.found()["FILE_REDELIVERED"]
    assert (found.since, found.provider_codes, found.severity) == (DAY, ["717", "718"], "info")


def test_a_corrected_file_takes_the_place_of_the_first_as_a_whole(stand: Stand) -> None:
    for n, wrong in ((17, 2000), (18, 1000)):
        stand.at_terminal(receipt=n)
        stand.card(wrong, receipt=n, txn_id=f"7{n}")
        stand.card(1000, receipt=n, txn_id=f"7{n}", file_version=2, delivery=2)
    stand.run()
    assert [*stand.found()] == ["FILE_CORRECTED"]


def test_a_correction_that_comes_later_ends_the_pairs_of_the_first(stand: Stand) -> None:
    item = stand.at_terminal()
    stand.card(1100, txn_id="7")
    stand.run()
    assert stand.outcomes() == [(item, "7", "AMOUNT_DIFF")]
    stand.card(1000, txn_id="7", file_version=2, delivery=2)
    stand.run()
    assert stand.outcomes() == [(item, "7", "agrees")]
    assert stand.found() == {}


def test_a_file_that_never_came_is_one_case(stand: Stand) -> None:
    stand.card(receipt=16, at=NOON - timedelta(days=1))
    stand.at_terminal(receipt=16, at=NOON - timedelta(days=1))
    items = [stand.at_terminal(receipt=n) for n in (17, 18)]
    stand.close(1, 1000, 16, 16, at=NOON.replace(tzinfo=None) - timedelta(days=1, hours=-9))
    stand.close(2, 2000, 17, 18)
    stand.card(receipt=1, account="N4800", terminal="60000009", at=NOON)
    stand.at_terminal(receipt=1, terminal="60000009")
    stand.knowledge = Knowledge()
    stand.run()
    found = stand.found()["FILE_MISSING"]
    assert (found.since, found.expected_codes) == (DAY, items)
    assert found.reference.startswith(GIROCARD)


@pytest.mark.parametrize("receipt", [18, 20], ids=["between two closes", "after the last close"])
def test_what_no_close_counted_does_not_wait_for_a_missing_file(stand: Stand, receipt: int) -> None:
    stand.card(receipt=16, at=NOON - timedelta(days=1))
    stand.at_terminal(receipt=16, at=NOON - timedelta(days=1))
    waits = stand.at_terminal(receipt=17)
    never = stand.at_terminal(receipt=receipt)
    stand.close(1, 1000, 16, 16, at=NOON.replace(tzinfo=None) - timedelta(days=1, hours=-9))
    stand.close(1, 1000, 17, 17)
    stand.card(receipt=19, at=NOON + timedelta(days=1))
    stand.at_terminal(receipt=19, at=NOON + timedelta(days=1))
    stand.close(1, 1000, 19, 19, at=NOON.replace(tzinfo=None) + timedelta(days=1, hours=9))
    stand.run()
    found = stand.found()
    assert found["FILE_MISSING"].expected_codes == [waits]
    assert found["MISSING_AT_PSP"].expected_codes == [never]

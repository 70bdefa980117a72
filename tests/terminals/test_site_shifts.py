"""Shifts as a till sends them: float, bags, the count, and a terminal's end of day."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from config.database import Database
from tests.api_client import a_charge
from tests.terminals.sent import SHIFT, a_site, closing, item, opening, rows, states


def test_a_day_at_the_till_is_booked_in_order(city: Database) -> None:
    site = a_site(city)
    sale = item("charge", a_charge(shift=SHIFT, way="cash", terminal=None))
    outcomes = site.send(
        item("shift_opened", opening(site.cashier)),
        sale,
        item("cash_drop", {"shift": SHIFT, "bag": "004711", "amount_cents": 600,
                           "counts": {"500": 1, "100": 1}, "person": site.cashier}),
        item("shift_closed", closing(site.cashier, counted=15350, expected=15400)),
    )  # fmt: skip
    assert states(outcomes) == [("taken", None)] * 4
    assert [one["replayed"] for one in outcomes] == [False] * 4
    # float 150.00 out and back, 10.00 sold, 6.00 dropped, 0.50 missing: 3.50 stay in the drawer
    assert site.balance("183000/B01-1") == 350
    assert site.balance("183900") == 0
    assert site.balance("184000") == 600
    assert site.balance("171300") == 50
    (moved,) = rows(city, "SELECT * FROM till_shift")
    assert (moved.shift, moved.difference_cents, moved.z_number) == (SHIFT, -50, 17)
    assert moved.summary["takings"] == {"cash": 1000}
    dimensions = "SELECT DISTINCT till, shift FROM transfer"
    assert [tuple(row) for row in rows(city, dimensions)] == [("B01-1", SHIFT)]


def test_a_bag_number_is_used_once_in_the_city(city: Database) -> None:
    site = a_site(city)
    drop = {"shift": SHIFT, "bag": "004711", "amount_cents": 600, "counts": {"500": 1, "100": 1},
            "person": site.cashier, "witness": site.other_cashier}  # fmt: skip
    outcomes = site.send(item("cash_drop", drop), item("cash_drop", drop))
    assert states(outcomes) == [("taken", None), ("refused", "bag_number_used")]
    assert site.balance("184000") == 600
    (bag,) = rows(city, "SELECT * FROM cash_bag")
    assert (bag.number, bag.witness) == ("004711", site.other_cashier)


def test_a_shift_is_opened_and_closed_once(city: Database) -> None:
    site = a_site(city)
    end = closing(site.cashier, counted=15000, expected=15000)
    outcomes = site.send(
        item("shift_closed", end),
        item("shift_opened", opening(site.cashier)),
        item("shift_opened", opening(site.cashier)),
        item("shift_closed", end),
        item("shift_closed", end),
    )
    assert states(outcomes) == [
        ("refused", "shift_unknown"), ("taken", None), ("refused", "shift_known"),
        ("taken", None), ("refused", "shift_closed"),
    ]  # fmt: skip
    assert site.balance("183900") == 0


def test_a_shift_over_midnight_closes_on_its_own_business_day(city: Database) -> None:
    site = a_site(city)
    night = {"closed_at": "2026-11-18T00:20:00+01:00", "business_day": "2026-11-17"}
    wrong = closing(site.cashier, counted=15100, expected=15000, **night)
    outcomes = site.send(
        item("shift_opened", opening(site.cashier)),
        item("shift_closed", wrong | {"business_day": "2026-11-19"}),
        item("shift_closed", wrong),
    )
    assert states(outcomes) == [("taken", None), ("invalid", "business_day_wrong"), ("taken", None)]
    days = rows(city, "SELECT DISTINCT booked_on FROM entry")
    assert [row.booked_on.isoformat() for row in days] == ["2026-11-17"]


def test_too_much_in_the_drawer_is_booked_and_a_large_difference_asks_for_a_person(
    city: Database,
) -> None:
    site = a_site(city)
    site.send(
        item("shift_opened", opening(site.cashier)),
        item("shift_closed", closing(site.cashier, counted=16001, expected=15000)),
    )
    assert site.balance("371400") == -1001
    (asked,) = rows(city, "SELECT * FROM approval")
    assert (asked.kind, asked.amount_cents, asked.requested_by) == (
        "cash_difference", 1001, site.cashier,
    )  # fmt: skip


def test_a_small_difference_asks_nobody(city: Database) -> None:
    site = a_site(city)
    site.send(
        item("shift_opened", opening(site.cashier)),
        item("shift_closed", closing(site.cashier, counted=14000, expected=15000)),
    )
    assert site.balance("171300") == 1000
    assert rows(city, "SELECT FROM approval") == []


def test_the_totals_of_a_terminal_are_frozen(city: Database) -> None:
    site = a_site(city)
    totals = {"terminal": "B01-1", "day": "2026-11-17", "number": 31, "amount_cents": 2000,
              "totals": [{"scheme": "girocard", "way": "girocard", "count": 2,
                          "amount_cents": 2000}],
              "agrees": True, "expected_cents": 2000}  # fmt: skip
    outcomes = site.send(item("terminal_totals", totals),
                         item("terminal_totals", totals | {"amount_cents": 1}))  # fmt: skip
    assert states(outcomes) == [("taken", None), ("refused", "totals_known")]
    with pytest.raises(ProgrammingError, match="permission denied"), city.transaction() as session:
        session.execute(text("UPDATE terminal_total SET amount_cents = 1"))


def test_a_terminal_that_numbers_nothing_reports_twice_a_day(city: Database) -> None:
    site = a_site(city)
    totals = {"terminal": "B01-1", "day": "2026-11-17", "number": "", "amount_cents": 0,
              "totals": [], "agrees": True, "expected_cents": 0}  # fmt: skip
    outcomes = site.send(item("terminal_totals", totals), item("terminal_totals", totals))
    assert states(outcomes) == [("taken", None)] * 2

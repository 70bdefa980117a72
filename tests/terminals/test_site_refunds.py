"""Refunds from a till: within what is left, approved by rule or a second person, paid once."""

from typing import Any
from uuid import uuid4

import pytest

from config.database import Database
from ledger.approvals import LIMITS_CENTS
from ledger.permissions import Caller
from ledger.wallets import open_wallet
from terminals.site_items import take_items
from tests.api_client import a_top_up
from tests.terminals.sent import (
    AT,
    Site,
    a_payment,
    a_refund,
    a_site,
    an_attempt,
    item,
    rows,
    states,
)

DECISIONS = "/api/v1/till/decisions"
TEN = [{"product": "POOL-AD", "quantity": 10}]


def ask(site: Site, charge: str, cents: int, **changes: Any) -> dict[str, Any]:
    body = a_refund(charge, cents, site.cashier, **changes)
    (outcome,) = site.send(item("refund_requested", body))
    return outcome | {"refund": body["refund"]}


def pay(site: Site, refund: str, **changes: Any) -> tuple[str, str | None]:
    (outcome,) = site.send(item("refund_paid", a_payment(refund, site.cashier, **changes)))
    return outcome["state"], outcome.get("code")


def decide(site: Site, refund: str, person: str, decision: str = "approved", **changes: Any) -> Any:
    body = {"refund": refund, "person": person, "decision": decision, "reason": None} | changes
    return states(site.send(item("refund_decided", body)))[0]


def test_a_small_refund_is_approved_by_rule_and_booked_when_it_is_paid(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(way="cash", terminal=None)
    asked = ask(site, charge, 500, lines=[{"line": 1, "quantity": 1}])
    assert (asked["state"], asked["data"]["refund_state"]) == ("taken", "approved")
    assert site.balance("183000/B01-1") == 1000
    assert pay(site, asked["refund"]) == ("taken", None)
    assert site.balance("183000/B01-1") == 500
    assert site.balance("371300") == 0
    # 7 % of what is left of two tickets at 5.00
    assert (site.balance("441100"), site.balance("372007")) == (-467, -33)
    events = rows(city, "SELECT event FROM entry WHERE event LIKE 'refund%' ORDER BY id")
    assert [row.event for row in events] == ["refund_approved", "refund_paid"]
    (decision,) = rows(city, "SELECT * FROM approval_decision")
    assert (decision.is_by_rule, decision.decided_by) == (True, None)


def test_parts_of_a_sale_go_back_until_nothing_is_left_to_the_cent(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(lines=[{"product": "POOL-AD", "quantity": 3}], way="cash", terminal=None)
    for quantity in (1, 1, 1):
        asked = ask(site, charge, 500, lines=[{"line": 1, "quantity": quantity}])
        assert pay(site, asked["refund"]) == ("taken", None)
    for account in ("183000/B01-1", "441100", "372007", "371300"):
        assert site.balance(account) == 0, account
    more = ask(site, charge, 500, lines=[{"line": 1, "quantity": 1}])
    assert (more["state"], more["code"]) == ("refused", "refund_exceeds_charge")


def test_a_refund_cannot_exceed_the_sale(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(way="cash", terminal=None)
    wrong = [
        ({"lines": [{"line": 1, "quantity": 3}]}, 1500, "refund_exceeds_charge"),
        ({"lines": [{"line": 2, "quantity": 1}]}, 500, "refund_line_unknown"),
        ({"lines": [{"line": 1, "quantity": 1}] * 2}, 1000, "refund_line_unknown"),
        ({"lines": [{"line": 1, "quantity": 1}]}, 501, "refund_amount_wrong"),
        ({}, 999, "refund_amount_wrong"),
    ]
    for changes, cents, code in wrong:
        outcome = ask(site, charge, cents, **changes)
        assert (outcome["state"], outcome["code"]) == ("refused", code)
    assert ask(site, str(uuid4()), 500)["code"] == "charge_unknown"
    assert ask(site, charge, 1000)["state"] == "taken"
    assert ask(site, charge, 1000)["code"] == "refund_amount_wrong"
    assert rows(city, "SELECT count(*) FROM refund")[0].count == 1


def test_above_the_limit_only_a_second_person_lets_money_out(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(lines=TEN, way="cash", terminal=None)
    asked = ask(site, charge, 5000)
    refund = asked["refund"]
    assert LIMITS_CENTS["refund"] < 5000
    assert asked["data"]["refund_state"] == "pending"
    assert pay(site, refund) == ("refused", "refund_not_approved")
    assert decide(site, refund, site.cashier) == ("refused", "approval_own_request")
    assert decide(site, refund, site.other_cashier) == ("refused", "approval_not_theirs")
    assert decide(site, refund, site.stranger) == ("refused", "approval_not_theirs")
    assert decide(site, refund, site.manager) == ("taken", None)
    assert decide(site, refund, site.manager, "refused", reason="x") == (
        "refused", "approval_decided",
    )  # fmt: skip
    assert pay(site, refund) == ("taken", None)
    assert pay(site, refund) == ("refused", "refund_paid")
    assert site.balance("183000/B01-1") == 0
    log = rows(city, "SELECT who, role, what, detail FROM audit_log WHERE what LIKE 'approval%'")
    assert [(row.who, row.role, row.what) for row in log] == [
        (site.manager, "site_manager", "approval.decided")
    ]
    assert log[0].detail["amount_cents"] == 5000


def test_who_asked_may_withdraw_and_the_sale_is_whole_again(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(lines=TEN, way="cash", terminal=None)
    refund = ask(site, charge, 5000)["refund"]
    assert decide(site, refund, site.manager, "withdrawn")[1] == "approval_not_theirs"
    assert decide(site, refund, site.cashier, "withdrawn", reason="") == ("taken", None)
    assert pay(site, refund) == ("refused", "refund_not_approved")
    assert ask(site, charge, 5000)["state"] == "taken"


def test_the_till_hears_what_became_of_its_refunds(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(lines=TEN, way="cash", terminal=None)
    refund = ask(site, charge, 5000)["refund"]
    (waiting,) = site.api.till.get(DECISIONS).json["decisions"]
    assert (waiting["refund"], waiting["state"]) == (refund, "pending")
    decide(site, refund, site.manager, "refused", reason="Kein Grund erkennbar")
    (said,) = site.api.till.get(f"{DECISIONS}?since=2026-11-17T00:00:00Z").json["decisions"]
    assert (said["state"], said["reason"], said["by"]) == (
        "refused", "Kein Grund erkennbar", "Manager",
    )  # fmt: skip
    assert site.api.till.get(f"{DECISIONS}?since=2099-01-01T00:00:00Z").json["decisions"] == []
    assert site.api.finance.get(DECISIONS).status_code == 403


def test_a_void_and_a_refund_exclude_each_other(city: Database) -> None:
    site = a_site(city)
    refunded, voided = (site.sell(way="cash", terminal=None) for _ in range(2))
    ask(site, refunded, 1000)
    body = {"charge": refunded, "reversed_at": AT, "reason": "vertippt", "person": site.cashier}
    outcomes = site.send(
        item("reversal", body),
        item("reversal", body | {"charge": voided}),
        item("refund_requested", a_refund(voided, 1000, site.cashier)),
    )
    assert states(outcomes) == [
        ("refused", "charge_refunded"), ("taken", None), ("refused", "already_reversed"),
    ]  # fmt: skip


def test_a_card_refund_goes_back_to_the_terminal_it_was_approved_on(city: Database) -> None:
    site = a_site(city)
    charge = site.sell()
    refund = ask(site, charge, 1000)["refund"]
    given = an_attempt("unknown", kind="refund")
    site.send(item("attempt", given))
    how = {"way": "girocard", "attempt": given["attempt"]}
    assert pay(site, refund, **how) == ("refused", "attempt_not_approved")
    site.send(item("attempt", given | {"state": "approved"}))
    assert pay(site, refund, **how) == ("taken", None)
    assert site.balance("184100") == 0


def test_a_pass_is_not_refunded_but_returned(city: Database) -> None:
    site = a_site(city)
    charge = site.sell(lines=[{"product": "POOL-10A"}], way="cash", terminal=None)
    (line,) = site.api.till.get(f"/api/v1/charges/{charge}").json["lines"]
    assert ask(site, charge, line["amount_cents"])["code"] == "refund_of_pass"


def test_the_part_of_the_federation_goes_back_with_its_fee(city: Database) -> None:
    site = a_site(city)
    fee = [{"product": "FZ", "case_reference": "AC-1"}]
    with city.transaction() as session:
        office = Caller("till-1", "till", "A01", "A01-1")
        key = str(uuid4())
        sale = item("charge", {"facility": "A01", "way": "cash", "till": "A01-1",
                               "charged_at": AT, "lines": fee}, key=key)  # fmt: skip
        (sold,) = take_items(session, [sale], caller=office)
        assert sold["state"] == "taken", sold
        body = a_refund(key, 1300, site.cashier)
        outcomes = take_items(
            session,
            [item("refund_requested", body), item("refund_paid", a_payment(body["refund"], "S-1"))],
            caller=office,
        )
    assert states(outcomes) == [("taken", None)] * 2
    for account in ("371200", "371300", "183000/A01-1"):
        assert site.balance(account) == 0


@pytest.mark.parametrize("way", ["wallet", "online", "e_payment"])
def test_money_goes_back_only_where_it_could_have_come_from(city: Database, way: str) -> None:
    site = a_site(city)
    refund = ask(site, site.sell(way="cash", terminal=None), 1000)["refund"]
    assert pay(site, refund, way=way) == ("refused", "refund_way")


def test_what_was_paid_from_a_wallet_goes_back_to_it(city: Database) -> None:
    site = a_site(city)
    with city.transaction() as session:
        wallet = open_wallet(session, kind="citizen", key=uuid4()).code
    site.api.till.post(f"/api/v1/wallets/{wallet}/top-ups", a_top_up(2000))
    charge = site.sell(way="wallet", wallet=wallet, terminal=None)
    refund = ask(site, charge, 500, lines=[{"line": 1, "quantity": 1}])["refund"]
    assert pay(site, refund, way="wallet") == ("taken", None)
    assert site.balance(f"371010/{wallet}") == -1500


def test_a_reminder_is_kept_while_the_request_waits_and_is_no_trouble_later(city: Database) -> None:
    site = a_site(city)
    refund = ask(site, site.sell(lines=TEN), 5000)["refund"]
    body = {"refund": refund, "person": site.cashier}
    reminder = item("refund_reminded", body)
    assert states(site.send(reminder)) == states(site.send(reminder)) == [("taken", None)]
    assert decide(site, refund, site.manager) == ("taken", None)
    assert states(site.send(item("refund_reminded", body))) == [("taken", None)]
    told = rows(city, "SELECT who, about FROM audit_log WHERE what = 'approval.reminded'")
    assert [(row.who, row.about) for row in told] == [(site.cashier, refund)]
    strange = item("refund_reminded", {"refund": str(uuid4()), "person": site.cashier})
    assert states(site.send(strange)) == [("refused", "approval_unknown")]

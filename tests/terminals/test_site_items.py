"""What tills send: taken once, in order, every refusal kept, and nothing stops anything else."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from config.database import Database
from terminals.site_items.attempts import RANKS
from tests.api_client import Api, a_charge, an_api
from tests.terminals.sent import (
    AT,
    ITEMS,
    SHIFT,
    Site,
    a_payment,
    a_refund,
    a_site,
    an_attempt,
    item,
    opening,
    rows,
    states,
)


def test_the_same_request_again_changes_nothing_and_gets_the_first_answers(city: Database) -> None:
    site = a_site(city)
    request = [
        item("shift_opened", opening(site.cashier)),
        item("charge", a_charge()),
        item("charge", a_charge(lines=[{"product": "POOL-AD", "unit_cents": 1}])),
        item("attempt", an_attempt("approved")),
        item("guess", {}),
    ]
    first = site.send(*request)
    written = site.api.written()
    again = site.send(*request)
    assert [one["replayed"] for one in again] == [True] * 5
    assert [one | {"replayed": False} for one in again] == first
    assert site.api.written() == written
    assert len(rows(city, "SELECT FROM till_item")) == 5


def test_the_same_key_with_other_content_is_kept_as_a_conflict(city: Database) -> None:
    site, key = a_site(city), uuid4()
    first = item("charge", a_charge(), key=key)
    other = item("charge", a_charge(receipt_number="other"), key=key)
    assert states(site.send(first, other, other)) == [
        ("taken", None),
        ("conflict", "idempotency_key_conflict"),
        ("conflict", "idempotency_key_conflict"),
    ]
    assert site.send(other)[0]["replayed"] is True
    assert site.send(first)[0]["state"] == "taken"
    assert len(rows(city, "SELECT FROM till_item WHERE state = 'conflict'")) == 1


def test_a_key_that_was_charged_before_is_a_replay_or_a_conflict(city: Database) -> None:
    site, same, other = a_site(city), uuid4(), uuid4()
    for key in (same, other):
        site.api.till.post("/api/v1/charges", a_charge(), key)
    written = site.api.written()
    replay, conflict = site.send(
        item("charge", a_charge(), key=same),
        item("charge", a_charge(receipt_number="x"), key=other),
    )
    assert (replay["state"], replay["replayed"]) == ("taken", True)
    assert conflict["state"] == "conflict"
    assert site.api.written() == written


HOSTILE: list[Any] = [
    "no object",
    None,
    [],
    {},
    {"key": "no uuid", "seq": 1, "kind": "charge", "at": AT, "body": {}},
    {"key": str(uuid4()), "seq": -1, "kind": "charge", "at": AT, "body": {}},
    {"key": str(uuid4()), "seq": 2**70, "kind": "charge", "at": AT, "body": {}},
    {"key": str(uuid4()), "seq": 1, "kind": "x" * 80, "at": AT, "body": {}},
    {"key": str(uuid4()), "seq": 1, "kind": ["charge"], "at": AT, "body": {}},
    {"key": str(uuid4()), "seq": 1, "kind": "charge", "at": "yesterday", "body": {}},
    {"key": str(uuid4()), "seq": 1, "kind": "charge", "at": AT, "body": "text"},
    {"key": str(uuid4()), "seq": 1, "kind": "a\x00b", "at": AT, "body": {}},
    item("charge", {"facility": "B01\x00", "text": "\x00"}),
    item("charge", a_charge(till="B01-2")),
    item("charge", a_charge(facility="B02", till="B02-1")),
    item("attempt", an_attempt("melted")),
    item("attempt", an_attempt("started", attempt=7)),
    item("till_event", {"what": "signed_in", "person": None, "detail": {"x": "\x00"}}),
    item("till_event", {"what": "signed_in", "person": None, "detail": {"x": 10**400}}),
    item("till_event", {"what": "Drop Table", "person": None, "detail": {}}),
    item("till_event", {"what": "signed_in", "person": "S-9999", "detail": {}}),
    item("shift_closed", {"shift": SHIFT}),
    item("cash_drop", {"shift": SHIFT, "bag": "1", "amount_cents": 5, "counts": {"5": 2},
                       "person": "S-0001"}),
    item("reversal", {"charge": str(uuid4()), "reversed_at": AT, "reason": "x", "person": "S-1"}),
    item("refund_paid", a_payment(str(uuid4()), "S-0001")),
    item("refund_requested", a_refund(str(uuid4()), 100, "S-0001")),
    item("refund_decided", {"refund": str(uuid4()), "person": "S-0001", "decision": "approved"}),
    item("terminal_totals", {"terminal": "M01-1", "day": "2026-11-17", "number": 5,
                             "amount_cents": 5, "expected_cents": 5, "agrees": True,
                             "totals": []}),
    item("charge", {"\x00": 1, "\ud800": 2}),
    item("kind_of_tomorrow", {"deep": [[[[[]]]]]}),
]  # fmt: skip


def test_a_hostile_or_half_broken_item_stops_no_other(city: Database) -> None:
    site = a_site(city)
    request = [each for bad in HOSTILE for each in (bad, item("charge", a_charge()))]
    outcomes = site.send(*request)
    bad, good = outcomes[::2], outcomes[1::2]
    assert {one["state"] for one in good} == {"taken"}
    harmless = {17, 18}  # odd text in a detail may be kept or refused, but stops nothing
    for number, outcome in enumerate(bad):
        if number not in harmless:
            assert outcome["state"] in ("invalid", "refused"), (number, outcome)
            assert outcome["code"], number
    assert len(rows(city, "SELECT FROM till_item")) == len(request)
    again = site.send(*request)
    assert [one | {"replayed": True} for one in outcomes] == again


def test_numbers_and_texts_jsonb_cannot_hold_are_kept_as_they_came(city: Database) -> None:
    site = a_site(city)
    odd = b'{"items":[{"seq":1,"key":"%s","kind":"till_event","at":"%s","body":' % (
        str(uuid4()).encode(), AT.encode(),
    )  # fmt: skip
    for body in (b'{"x":1e999}', b'{"x":"\\ud800"}', b'{"x":"\\u0000"}', b"[" * 900 + b"]" * 900):
        answer = site.api.till.send(ITEMS, odd + body + b"}]}")
        assert answer.status_code == 200, body
        assert answer.json["outcomes"][0]["state"] in ("invalid", "conflict")
    assert len(rows(city, "SELECT FROM till_item")) == 4


def test_two_requests_with_the_same_items_at_once_are_done_once(city: Database) -> None:
    site = a_site(city)
    request = [item("shift_opened", opening(site.cashier))]
    request += [item("charge", a_charge(way="cash", terminal=None)) for _ in range(20)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: site.send(*request), range(4)))
    assert {one["state"] for outcomes in answers for one in outcomes} == {"taken"}
    assert sum(not one["replayed"] for outcomes in answers for one in outcomes) == 21
    assert site.balance("183000/B01-1") == 15000 + 20 * 1000


def test_a_till_sends_for_itself_only(city: Database) -> None:
    site = a_site(city)
    assert site.api.finance.post(ITEMS, {"items": []}).status_code == 403
    assert site.api.anonymous.post(ITEMS, {"items": []}).status_code == 401
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO device (name, role, facility, token_hash)"
                 " VALUES ('free', 'till', 'B01', sha256('sk_free'))")
        )  # fmt: skip
    free = Api(site.api.app, city, {"till": "sk_free"}).till
    answer = free.post(ITEMS, {"items": [item("charge", a_charge())]})
    assert (answer.status_code, answer.json["code"]) == (403, "outside_its_place")


def test_another_till_cannot_take_over_a_key(city: Database) -> None:
    site, sale = a_site(city), item("charge", a_charge())
    site.send(sale)
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO device (name, role, facility, till, token_hash)"
                 " VALUES ('two', 'till', 'B01', 'B01-2', sha256('sk_two'))")
        )  # fmt: skip
    other = Api(site.api.app, city, {"till": "sk_two"}).till
    (outcome,) = other.post(ITEMS, {"items": [sale]}).json["outcomes"]
    assert (outcome["state"], outcome.get("entry_id")) == ("conflict", None)


def test_an_attempt_only_moves_forward(city: Database) -> None:
    site = a_site(city)
    for order in (("started", "unknown", "approved"), ("approved", "started", "unknown"),
                  ("unknown", "declined", "started")):  # fmt: skip
        body = an_attempt("started")
        outcomes = site.send(*(item("attempt", body | {"state": state}) for state in order))
        assert states(outcomes) == [("taken", None)] * 3
        (row,) = rows(city, f"SELECT state FROM till_attempt WHERE attempt = '{body['attempt']}'")
        assert row.state == max(order, key=lambda state: RANKS[state])
    assert len(rows(city, "SELECT FROM till_item WHERE kind = 'attempt'")) == 9


def test_a_second_decision_that_contradicts_the_first_is_a_conflict(city: Database) -> None:
    site, body = a_site(city), an_attempt("approved")
    outcomes = site.send(
        item("attempt", body),
        item("attempt", body | {"state": "declined"}),
        item("attempt", body | {"amount_cents": 7}),
    )
    assert states(outcomes) == [
        ("taken", None), ("conflict", "attempt_decided"), ("conflict", "attempt_differs"),
    ]  # fmt: skip
    assert [row.state for row in rows(city, "SELECT state FROM till_attempt")] == ["approved"]
    with pytest.raises(DBAPIError, match="moves forward"), city.transaction() as session:
        session.execute(text("UPDATE till_attempt SET state = 'declined'"))


def test_what_a_person_said_about_an_unclear_payment_is_kept(city: Database) -> None:
    site, body = a_site(city), an_attempt("unknown")
    later = body | {"statement": "paid", "statement_by": site.cashier, "at": "2026-11-17T08:00:00Z"}
    site.send(item("attempt", body), item("attempt", later))
    (row,) = rows(city, "SELECT * FROM till_attempt")
    assert (row.state, row.statement, row.statement_by) == ("unknown", "paid", site.cashier)
    assert row.started_at.isoformat() == "2026-11-17T06:42:10+00:00"


def test_a_void_takes_the_sale_back_once(city: Database) -> None:
    site = a_site(city)
    key = site.sell(way="cash", terminal=None)
    body = {"charge": key, "reversed_at": AT, "reason": "vertippt", "person": site.cashier}
    outcomes = site.send(item("reversal", body), item("reversal", body))
    assert states(outcomes) == [("taken", None), ("refused", "already_reversed")]
    assert site.balance("183000/B01-1") == 0
    assert [tuple(row) for row in rows(city, "SELECT who, what FROM audit_log WHERE who <> 'test'")
            ] == [(site.cashier, "charge.reversed")]  # fmt: skip


def test_events_of_a_till_are_in_the_audit_log(city: Database) -> None:
    site = a_site(city)
    site.send(item("till_event", {"what": "reprint", "person": site.cashier,
                                  "detail": {"receipt": "B01-1-000231"}}))  # fmt: skip
    (row,) = rows(city, "SELECT * FROM audit_log WHERE what = 'till.reprint'")
    assert (row.who, row.role, row.about) == (site.cashier, "cashier", "B01-1")
    assert row.detail["detail"] == {"receipt": "B01-1-000231"}


@pytest.mark.parametrize("change", ["UPDATE till_item SET state = 'taken'", "DELETE FROM till_item",
                                    "TRUNCATE till_item"])  # fmt: skip
def test_what_was_received_is_only_ever_added_to(city: Database, change: str) -> None:
    site: Site = a_site(city)
    site.send(item("guess", {}))
    with pytest.raises(ProgrammingError, match="permission denied"), city.transaction() as session:
        session.execute(text(change))


POISON = """
    CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'no' USING ERRCODE = '23514', CONSTRAINT = 'poisoned';
    END $$;
    CREATE TRIGGER poisoned BEFORE INSERT ON charge FOR EACH ROW
        WHEN (NEW.receipt_number = 'R-17') EXECUTE FUNCTION poisoned();
"""


def test_one_poisoned_charge_among_many_stops_no_other_and_no_order(city: Database) -> None:
    api = an_api(city)
    owner = create_engine(city.admin_url)
    with owner.begin() as connection:
        connection.execute(text(POISON))
    owner.dispose()
    items = [item("charge", a_charge(receipt_number=f"R-{n}"), seq=n) for n in range(30)]
    outcomes = api.till.post(ITEMS, {"items": items}).json["outcomes"]
    assert [one["key"] for one in outcomes] == [one["key"] for one in items]
    refused = [(n, one["code"]) for n, one in enumerate(outcomes) if one["state"] != "taken"]
    assert refused == [(17, "rule_broken")]
    entries = [one["entry_id"] for one in outcomes if one["state"] == "taken"]
    assert entries == sorted(entries)


def test_a_thousand_queued_charges_are_taken_in_one_request(city: Database) -> None:
    api = an_api(city)
    items = [item("charge", a_charge(receipt_number=f"R-{n}"), seq=n) for n in range(1000)]
    answer = api.till.post(ITEMS, {"items": items})
    assert {one["state"] for one in answer.json["outcomes"]} == {"taken"}
    assert api.finance.get("/api/v1/balances/184100").json["debit_balance_cents"] == 1_000_000

"""Charges over HTTP: once per key, in batches, at one's own place, and taken back once."""

from uuid import uuid4

from sqlalchemy import text

from config.database import Database
from ledger.wallets import open_wallet
from tests.api_client import a_charge, a_top_up, an_api

CHARGES = "/api/v1/charges"


def test_a_charge_is_booked_and_can_be_looked_up(city: Database) -> None:
    api, key = an_api(city), uuid4()
    answer = api.till.post(CHARGES, a_charge(), key)
    assert (answer.status_code, answer.json["state"], answer.json["key"]) == (
        201, "posted", str(key),
    )  # fmt: skip
    assert "Idempotency-Replayed" not in answer.headers
    entry = api.finance.get(f"/api/v1/entries/{answer.json['entry_id']}").json
    assert entry["booked_on"] == "2026-11-17"
    assert sum(moved["amount_cents"] for moved in entry["transfers"]) == 1000
    found = api.till.get(f"{CHARGES}/{key}").json
    assert (found["entry_id"], found["total_cents"]) == (answer.json["entry_id"], 1000)


def test_a_free_ticket_is_recorded_and_books_nothing(city: Database) -> None:
    api, key = an_api(city), uuid4()
    free = a_charge(lines=[{"product": "POOL-U6"}], way="cash", terminal=None)
    answer = api.till.post(CHARGES, free, key)
    assert (answer.status_code, answer.json) == (201, {"key": str(key), "state": "recorded"})
    found = api.till.get(f"{CHARGES}/{key}").json
    assert (found["entry_id"], found["total_cents"]) == (None, 0)


def test_a_pass_is_sold_and_its_code_is_on_the_charge(city: Database) -> None:
    api, key = an_api(city), uuid4()
    api.till.post(CHARGES, a_charge(lines=[{"product": "POOL-10A"}]), key)
    (line,) = api.till.get(f"{CHARGES}/{key}").json["lines"]
    visit = {"product": "POOL-10A", "pass_code": line["passes"][0]}
    body = a_charge(lines=[visit], way="cash", terminal=None)
    assert api.till.post(CHARGES, body).json["state"] == "posted"


def test_a_price_that_is_no_longer_right_is_refused(city: Database) -> None:
    api = an_api(city)
    answer = api.till.post(CHARGES, a_charge(lines=[{"product": "POOL-AD", "unit_cents": 400}]))
    assert (answer.status_code, answer.json["code"]) == (422, "price_changed")
    assert answer.json["data"]["price_cents"] == 500


def test_a_repeated_charge_gets_the_first_answer(city: Database) -> None:
    api, key = an_api(city), uuid4()
    first = api.till.post(CHARGES, a_charge(), key)
    written = api.written()
    again = api.till.post(CHARGES, a_charge(), key)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api.written() == written


def test_a_repetition_may_space_and_order_its_json_otherwise(city: Database) -> None:
    api, key = an_api(city), uuid4()
    body = b'{"facility":"B01","way":"cash","till":"B01-1","charged_at":"2026-11-17T08:00:00Z",' \
           b'"lines":[{"product":"POOL-AD"}]}'  # fmt: skip
    spaced = b'{ "way": "cash", "lines": [ {"product": "POOL-AD"} ], "facility": "B01",' \
             b' "charged_at": "2026-11-17T08:00:00Z", "till": "B01-1" }'  # fmt: skip
    assert api.till.send(CHARGES, body, Idempotency_Key=str(key)).status_code == 201
    again = api.till.send(CHARGES, spaced, Idempotency_Key=str(key))
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_same_key_for_other_content_is_a_conflict(city: Database) -> None:
    api, key = an_api(city), uuid4()
    api.till.post(CHARGES, a_charge(), key)
    written = api.written()
    answer = api.till.post(CHARGES, a_charge(receipt_number="B01-1-000232"), key)
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_key_conflict")
    assert answer.json["data"] == {"key": str(key)}
    assert api.written() == written


def test_a_refusal_says_why_and_stays(city: Database) -> None:
    api, key = an_api(city), uuid4()
    wallet = a_wallet(city)
    api.till.post(f"/api/v1/wallets/{wallet}/top-ups", a_top_up(300))
    charge = a_charge(way="wallet", wallet=wallet, terminal=None)
    answer = api.till.post(CHARGES, charge, key)
    assert (answer.status_code, answer.json["code"]) == (422, "balance_too_low")
    assert answer.json["type"] == "urn:stadtkasse:problem:balance_too_low"
    assert answer.json["data"]["available_cents"] == 300
    assert answer.json["data"]["needed_cents"] == 1000
    api.till.post(f"/api/v1/wallets/{wallet}/top-ups", a_top_up(5000))
    again = api.till.post(CHARGES, charge, key)
    assert again.json == answer.json
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_batch_answers_each_item_for_itself(city: Database) -> None:
    api, known, taken = an_api(city), uuid4(), uuid4()
    api.till.post(CHARGES, a_charge(), known)
    api.till.post(CHARGES, a_charge(), taken)
    good = uuid4()
    items = [
        a_charge(key=str(good)),
        a_charge(key=str(known)),
        a_charge(key=str(taken), receipt_number="other"),
        a_charge(key=str(uuid4()), lines=[{"product": "POOL-AD", "quantity": 1.0}]),
        a_charge(key=str(uuid4()), facility="B02", till=None),
        a_charge(key="no uuid"),
    ]
    answer = api.till.post(f"{CHARGES}/batch", {"charges": items})
    assert answer.status_code == 200
    outcomes = answer.json["outcomes"]
    assert [(one["state"], one.get("code")) for one in outcomes] == [
        ("posted", None),
        ("posted", None),
        ("conflict", "idempotency_key_conflict"),
        ("invalid", "request_invalid"),
        ("invalid", "outside_its_place"),
        ("invalid", "request_invalid"),
    ]
    assert [one["replayed"] for one in outcomes[:2]] == [False, True]
    assert "quantity" in str(outcomes[3]["data"]["errors"])
    assert api.till.get(f"{CHARGES}/{good}").status_code == 200


def test_an_invalid_item_stores_nothing_under_its_key(city: Database) -> None:
    api, key = an_api(city), str(uuid4())
    wrong = a_charge(key=key, lines=[{"product": "POOL-AD", "quantity": "2"}])
    api.till.post(f"{CHARGES}/batch", {"charges": [wrong]})
    assert api.till.post(CHARGES, a_charge(), key).status_code == 201


def test_a_charge_sent_alone_is_known_in_a_batch(city: Database) -> None:
    api, key = an_api(city), uuid4()
    api.till.post(CHARGES, a_charge(), key)
    answer = api.till.post(f"{CHARGES}/batch", {"charges": [a_charge(key=str(key))]})
    assert answer.json["outcomes"][0]["replayed"] is True
    assert answer.headers["Idempotency-Replayed"] == "true"


def test_a_batch_of_a_whole_day_is_booked_in_one_request(city: Database) -> None:
    api = an_api(city)
    items = [a_charge(key=str(uuid4()), receipt_number=f"R-{number}") for number in range(400)]
    answer = api.till.post(f"{CHARGES}/batch", {"charges": items})
    assert {one["state"] for one in answer.json["outcomes"]} == {"posted"}
    balance = api.finance.get("/api/v1/balances/184100").json
    assert balance["debit_balance_cents"] == 400 * 1000


def test_a_till_charges_at_its_own_place_only(city: Database) -> None:
    api = an_api(city)
    written = api.written()
    for elsewhere in ({"facility": "B02"}, {"till": "B01-2"}, {"till": None}):
        answer = api.till.post(CHARGES, a_charge(**elsewhere))
        assert (answer.status_code, answer.json["code"]) == (403, "outside_its_place")
    assert api.written() == written


def test_a_till_sees_no_charge_of_another_house(city: Database) -> None:
    api, key = an_api(city), uuid4()
    api.till.post(CHARGES, a_charge(), key)
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO device (name, role, facility, token_hash)"
                 " VALUES ('far', 'till', 'B02', sha256('sk_far'))")
        )  # fmt: skip
    far = type(api)(api.app, city, {"till": "sk_far"}).till
    assert far.get(f"{CHARGES}/{key}").json["code"] == "charge_unknown"
    body = {"reversed_at": "2026-11-17T08:05:00+01:00", "reason": "Irrtum"}
    assert far.post(f"{CHARGES}/{key}/reversal", body).status_code == 404
    assert api.finance.get(f"{CHARGES}/{key}").status_code == 200


def test_a_charge_is_taken_back_once(city: Database) -> None:
    api, key, reversal = an_api(city), uuid4(), uuid4()
    api.till.post(CHARGES, a_charge(), key)
    body = {"reversed_at": "2026-11-17T08:05:00+01:00", "reason": "Falsche Karte gewählt"}
    first = api.till.post(f"{CHARGES}/{key}/reversal", body, reversal)
    assert first.status_code == 201
    again = api.till.post(f"{CHARGES}/{key}/reversal", body, reversal)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    other = api.till.post(f"{CHARGES}/{key}/reversal", body)
    assert (other.status_code, other.json["code"]) == (422, "already_reversed")
    assert api.finance.get("/api/v1/balances/184100").json["debit_balance_cents"] == 0


def test_what_was_never_charged_cannot_be_taken_back(city: Database) -> None:
    body = {"reversed_at": "2026-11-17T08:05:00+01:00", "reason": "Irrtum"}
    answer = an_api(city).till.post(f"{CHARGES}/{uuid4()}/reversal", body)
    assert (answer.status_code, answer.json["code"]) == (404, "charge_unknown")


def a_wallet(city: Database) -> str:
    with city.transaction() as session:
        return open_wallet(session, kind="citizen", key=uuid4()).code

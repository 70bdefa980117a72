"""The books over HTTP: balances at a cut, the journal and statements page by page."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from config.database import Database
from ledger.seal import seal
from reconciliation.cursors import CursorMalformed, read, written
from tests.api_client import Api, Device, a_charge, an_api

DAYS = ("2026-11-16", "2026-11-17", "2026-11-17", "2026-11-18")
CLEARING = "184100/B01-1/2026-11-17"


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    api = an_api(module_city)
    for number, day in enumerate(DAYS):
        charge = a_charge(charged_at=f"{day}T09:00:00+01:00", receipt_number=f"R-{number}")
        assert api.till.post("/api/v1/charges", charge).status_code == 201
    return api


@pytest.fixture
def finance(api: Api) -> Device:
    return api.finance


def test_the_balance_of_an_account_and_of_its_control_account(finance: Device) -> None:
    one = finance.get(f"/api/v1/balances/{CLEARING}").json
    assert one == {
        "account": CLEARING, "debit_cents": 2000, "credit_cents": 0, "currency": "EUR",
        "debit_balance_cents": 2000, "as_of": None, "known_at": None,
    }  # fmt: skip
    assert finance.get("/api/v1/balances/184100").json["debit_balance_cents"] == 4000


def test_a_balance_as_of_a_day_counts_days_up_to_it(finance: Device) -> None:
    answer = finance.get("/api/v1/balances/184100?as_of=2026-11-17").json
    assert (answer["debit_balance_cents"], answer["as_of"]) == (3000, "2026-11-17")


def test_a_balance_as_known_then_counts_what_was_sealed_then(api: Api, finance: Device) -> None:
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+", "%2B")
    seal(api.database.engine)
    after = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+", "%2B")
    balances = [
        finance.get(f"/api/v1/balances/184100?known_at={at}").json["debit_balance_cents"]
        for at in (before, after)
    ]
    assert balances == [0, 4000]


def test_an_account_that_is_none_has_no_balance(finance: Device) -> None:
    for path in ("balances/999999", "accounts/999999/statement", "journal?account=999999"):
        answer = finance.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_account")


def test_the_trial_balance_comes_to_the_same_on_both_sides(finance: Device) -> None:
    answer = finance.get("/api/v1/trial-balance").json
    assert answer["debit_cents"] == answer["credit_cents"] == 4000
    codes = [line["account"] for line in answer["accounts"]]
    assert codes == sorted(codes)
    assert "184100" in codes
    deep = finance.get("/api/v1/trial-balance?sub_ledgers=true&as_of=2026-11-17").json
    assert CLEARING in [line["account"] for line in deep["accounts"]]
    assert deep["debit_cents"] == 3000


def test_the_journal_is_read_to_its_end_page_by_page(finance: Device) -> None:
    read_entries, cursor, pages = [], "", 0
    while cursor is not None:
        page = finance.get(f"/api/v1/journal?limit=1&cursor={cursor}").json
        read_entries += page["entries"]
        cursor, pages = page["next"], pages + 1
    assert [entry["reference"] for entry in read_entries] == ["R-0", "R-1", "R-2", "R-3"]
    assert pages == len(DAYS)


def test_the_journal_is_filtered(finance: Device) -> None:
    def references(filters: str) -> list[str]:
        entries = finance.get(f"/api/v1/journal?{filters}").json["entries"]
        return [entry["reference"] for entry in entries]

    assert references("booked_from=2026-11-17&booked_to=2026-11-17") == ["R-1", "R-2"]
    assert references(f"account={CLEARING}") == ["R-1", "R-2"]
    assert references("event=reversal") == []


def test_a_statement_runs_on_over_its_pages(finance: Device) -> None:
    path = f"/api/v1/accounts/{CLEARING}/statement?limit=1"
    first = finance.get(path).json
    balance = first["lines"][0]["balance_cents"]
    second = finance.get(f"{path}&cursor={first['next']}").json
    assert second["lines"][0]["balance_cents"] > balance
    assert first["lines"][0]["debit_cents"] > 0


def test_an_entry_that_is_none_is_not_found(finance: Device) -> None:
    answer = finance.get("/api/v1/entries/99999999")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_entry")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=1.5", "cursor=x", "cursor=%C3%A4", "booked_from=today",
     f"cursor={written('statement', 1, 1)}", "event=a%00b", f"cursor={written('journal', 2**63)}"],
)  # fmt: skip
def test_a_question_out_of_shape_is_refused(finance: Device, query: str) -> None:
    answer = finance.get(f"/api/v1/journal?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_cut_out_of_shape_is_refused(finance: Device) -> None:
    for query in ("as_of=2026-02-30", "known_at=2026-11-17T10:00:00", "known_at=now", "at=1"):
        assert finance.get(f"/api/v1/trial-balance?{query}").status_code == 400


def test_a_cursor_is_read_as_it_was_written_and_in_no_other_way() -> None:
    cursor = written("statement", 17, 3)
    assert read(cursor, "statement", 2) == (17, 3)
    assert read("", "statement", 2) == (0, 0)
    for other in (cursor + "=", cursor[:-1], written("statement", 17), written("journal", 17, 3),
                  written("statement", 17, -3), str(uuid4())):  # fmt: skip
        with pytest.raises(CursorMalformed):
            read(other, "statement", 2)

"""Our files at a bank that we did not write, and its statements in our books: end to end."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import text

from config.database import Database
from ledger.calendar import CITY_TIME
from reconciliation.errors import IncompleteStatement
from reconciliation.exports.sepa.outcome import (
    order_of,
    order_paid,
    order_rejected,
    order_returned,
)
from reconciliation.imports import import_file
from reconciliation.night import run_night
from tests.reconciliation.bank_stand import OPENING_CENTS, Bank, a_bank
from tests.reconciliation.export_books import rows
from tests.reconciliation.payment_stand import (
    Stand,
    a_collection,
    a_mandate,
    a_payout,
    a_stand,
    held_on,
    on_wallet,
    sent,
    state_of,
)

ACCOUNT, IBAN, BOOKS = "KITA", "DE25999000010000181010", "181010"
DEBTOR = "DE02120300000000202051"


@pytest.fixture
def stand(city: Database) -> Stand:
    return a_stand(city)


@pytest.fixture
def bank() -> Iterator[Bank]:
    with a_bank("2026-11-19T09:30") as bank:
        yield bank


def import_statements(stand: Stand, bank: Bank, folder: Path) -> int:
    """Take in every statement that waits; how many."""
    files = bank.collect("camt.053", ACCOUNT, folder)
    for file in files:
        with stand.database.transaction() as session:
            import_file(session, file)
    return len(files)


def explain(stand: Stand) -> int:
    """Book every line that names one of our orders; how many."""
    with stand.database.read_only() as session:
        lines = session.execute(text("SELECT * FROM bank_line ORDER BY booked_on, id")).all()
    done = 0
    for line in lines:
        at = datetime.combine(line.booked_on, time(12), CITY_TIME)
        with stand.database.transaction() as session:
            order = order_of(session, line.end_to_end_id or "")
            assert order is not None, line
            assert abs(line.amount_cents) == order.amount_cents
            if (line.amount_cents < 0) == order.goes_out:
                order_paid(session, order.id, bank=BOOKS, at=at)
            else:
                order_returned(session, order.id, bank=BOOKS, at=at, reason=line.return_reason)
            done += 1
    return done


def test_the_bank_finds_nothing_wrong_with_our_files(stand: Stand, bank: Bank) -> None:
    a_payout(stand, 4260)
    a_payout(stand, 1)
    mandate = a_mandate(stand)
    a_collection(stand, mandate, 3000)
    a_collection(stand, mandate, 4500, days=3)
    for format, count in (("pain001", "2 payments"), ("pain008", "2 collections")):
        assert bank.findings(sent(stand, format)).strip().endswith(f"{count}, 0 findings")


def test_payouts_and_collections_settle_and_both_books_agree(
    stand: Stand, bank: Bank, tmp_path: Path
) -> None:
    bank.open_account(ACCOUNT, IBAN)
    payout, mandate = a_payout(stand, 4260), a_mandate(stand)
    collection = a_collection(stand, mandate, 3000)
    for format in ("pain001", "pain008"):
        decided = bank.take(sent(stand, format))
        assert (decided["status"], decided["accepted"], decided["findings"]) == ("ACCP", 1, [])
    bank.until("2026-11-25")
    assert import_statements(stand, bank, tmp_path) == 4
    assert explain(stand) == 2
    assert (state_of(stand, payout), state_of(stand, collection.id)) == ("paid", "paid")
    assert (held_on(stand, "371300"), held_on(stand, "184300")) == (0, 0)
    assert held_on(stand, BOOKS) == 3000 - 4260
    closing = rows(stand.database, "SELECT closing_cents FROM bank_statement ORDER BY closing_on"
                                   " DESC LIMIT 1")  # fmt: skip
    assert closing == [(OPENING_CENTS + 3000 - 4260,)]


def test_the_night_books_by_itself_what_the_bank_did(
    stand: Stand, bank: Bank, tmp_path: Path
) -> None:
    bank.open_account(ACCOUNT, IBAN)
    payout, mandate = a_payout(stand, 4260), a_mandate(stand)
    collection = a_collection(stand, mandate, 3000, days=1)
    for format in ("pain001", "pain008"):
        bank.take(sent(stand, format))
    bank.until("2026-11-23")
    bank.ask("POST", f"/_mock/collections/{collection.end_to_end_id}/refuse", {"reason": "MD06"})
    bank.until("2026-11-25")
    import_statements(stand, bank, tmp_path)
    for _ in range(2):
        run_night(stand.database.transaction, date(2026, 11, 24))
    assert (state_of(stand, payout), state_of(stand, collection.id)) == ("paid", "returned")
    assert (held_on(stand, "371300"), held_on(stand, "184300")) == (0, 0)
    assert held_on(stand, BOOKS) == -4260
    matched = rows(stand.database, "SELECT rule FROM bank_match")
    assert matched == [("payment_order",)] * 3


def test_a_file_that_comes_twice_is_taken_once(stand: Stand, bank: Bank) -> None:
    bank.open_account(ACCOUNT, IBAN)
    a_payout(stand, 4260)
    file = sent(stand, "pain001")
    assert bank.take(file)["status"] == "ACCP"
    assert bank.take(file)["status"] == "RJCT"  # its message id was there before


@pytest.mark.parametrize(("reason", "ends"), [("MD01", True), ("AM04", False)])
def test_a_collection_comes_back_after_it_settled(
    stand: Stand, bank: Bank, tmp_path: Path, reason: str, ends: bool
) -> None:
    bank.open_account(ACCOUNT, IBAN)
    mandate = a_mandate(stand)
    collection = a_collection(stand, mandate, 3000, days=1)
    bank.take(sent(stand, "pain008"))
    bank.until("2026-11-23")
    bank.ask("POST", f"/_mock/collections/{collection.end_to_end_id}/refuse", {"reason": reason})
    bank.until("2026-11-25")
    import_statements(stand, bank, tmp_path)
    assert explain(stand) == 2
    assert state_of(stand, collection.id) == "returned"
    assert (on_wallet(stand, mandate.wallet), held_on(stand, BOOKS)) == (0, 0)
    ended = rows(stand.database, "SELECT ended_at IS NOT NULL FROM mandate")
    assert ended == [(ends,)]


def test_a_collection_without_funds_is_rejected_before_it_moves(
    stand: Stand, bank: Bank, tmp_path: Path
) -> None:
    bank.open_account(ACCOUNT, IBAN)
    bank.ask("POST", "/_mock/accounts", {"id": "PAYER", "name": "Erika Beispiel", "iban": DEBTOR,
                                         "behaviour": "insufficient-funds"})  # fmt: skip
    mandate = a_mandate(stand, iban=DEBTOR)
    collection = a_collection(stand, mandate, 3000)
    decided = bank.take(sent(stand, "pain008"))
    (rejected,) = decided["collections"]
    assert (decided["rejected"], rejected["reason"]) == (1, "AM04")
    with stand.database.transaction() as session:
        order = order_of(session, rejected["end_to_end_id"])
        assert order is not None
        order_rejected(session, order.id, at=datetime.now(CITY_TIME), reason="AM04")
    bank.until("2026-11-25")
    import_statements(stand, bank, tmp_path)
    assert explain(stand) == 0
    assert state_of(stand, collection.id) == "returned"
    assert (held_on(stand, "184300"), held_on(stand, "171200")) == (0, 3000)


def test_a_payout_comes_back_days_later(stand: Stand, bank: Bank, tmp_path: Path) -> None:
    bank.open_account(ACCOUNT, IBAN, behaviour="return-later",
                      parameters={"days": 2, "reason": "AC04"})  # fmt: skip
    payout = a_payout(stand, 4260)
    bank.take(sent(stand, "pain001"))
    bank.until("2026-11-26")
    import_statements(stand, bank, tmp_path)
    assert explain(stand) == 2
    assert state_of(stand, payout) == "returned"
    assert rows(stand.database, "SELECT state FROM wallet_closing") == [("came_back",)]
    assert (held_on(stand, "371300"), held_on(stand, BOOKS)) == (-4260, 0)


def test_an_entry_the_bank_left_off_shows_in_the_balances(
    stand: Stand, bank: Bank, tmp_path: Path
) -> None:
    bank.open_account(ACCOUNT, IBAN, behaviour="statement-gap")
    first, second = a_payout(stand, 4260), a_payout(stand, 900)
    bank.take(sent(stand, "pain001"))
    bank.until("2026-11-20")
    files = bank.collect("camt.053", ACCOUNT, tmp_path)
    assert len(files) == 1
    with pytest.raises(IncompleteStatement), stand.database.transaction() as session:
        import_file(session, files[0])  # its lines do not explain its balances
    assert explain(stand) == 0
    assert (state_of(stand, first), state_of(stand, second)) == ("submitted", "submitted")

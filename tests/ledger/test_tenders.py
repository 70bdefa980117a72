"""Ways to pay lead to the account they belong to, and to no other."""

from datetime import date

import pytest

from ledger import tenders
from ledger.tenders import CONTROL_ACCOUNTS, Tender

DAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("tender", "account", "channel"),
    [
        (tenders.girocard("B01-1", DAY), "184100/B01-1/2026-11-17", "girocard"),
        (tenders.credit_card("B01-1", DAY), "184110/B01-1/2026-11-17", "credit_card"),
        (tenders.cash("B01-1"), "183000/B01-1", "cash"),
        (tenders.meal_wallet("W-000017"), "371000/W-000017", "wallet"),
        (tenders.citizen_wallet("W-000021"), "371010/W-000021", "wallet"),
        (tenders.online(), "184200", "online"),
        (tenders.e_payment(), "184400", "e_payment"),
        (tenders.invoice(), "161100", "invoice"),
    ],
)
def test_each_way_to_pay_debits_its_account(tender: Tender, account: str, channel: str) -> None:
    assert tender.account == account
    assert tender.channel == channel


def test_the_session_at_the_counter_goes_with_the_tender() -> None:
    card = tenders.girocard("B01-T2", DAY, till="B01-1", shift="S-3")
    cash = tenders.cash("B01-1", shift="S-3")
    assert (card.till, card.shift) == (cash.till, cash.shift) == ("B01-1", "S-3")


@pytest.mark.parametrize("way", CONTROL_ACCOUNTS)
def test_a_way_to_pay_cannot_debit_another_account(way: str) -> None:
    with pytest.raises(ValueError, match="is booked to"):
        Tender(way, "441100")


def test_an_unknown_way_and_an_empty_code_are_faults() -> None:
    with pytest.raises(ValueError, match="no way to pay"):
        Tender("cheque", "183000")
    for code in ("", " B01-1"):
        with pytest.raises(ValueError, match="has a code"):
            tenders.cash(code)

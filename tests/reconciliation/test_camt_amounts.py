"""Amounts in camt files: exact to the cent, in the account's currency and in others."""

import pytest

from reconciliation.sources import unexplained_cents
from tests.reconciliation.camt_xml import (
    amount,
    balance,
    detail,
    document,
    entry,
    one_entry,
    path,
    statement,
)
from tests.reconciliation.test_camt_reading import only_entry, read


@pytest.mark.parametrize(
    ("written", "cents"),
    [("123", 12300), ("474.4", 47440), ("1.10", 110), ("0.01", 1), ("5.", 500), (".5", 50),
     ("12.3400", 1234), ("0", 0), ("99999999999999.99", 9999999999999999)],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent(written: str, cents: int) -> None:
    assert only_entry(one_entry(entry(written))).amount_cents == cents


def test_an_entry_in_another_currency_is_kept_and_left_out_of_the_sum() -> None:
    file = document(
        statement(balance("OPBD", "0.00"), balance("CLBD", "9.00"), entry("10.00", currency="CHF"))
    )

    (found,) = read(file)

    assert (found.entries[0].amount_cents, found.entries[0].currency) == (1000, "CHF")
    assert (found.end.movement_cents, found.end.foreign_count) == (0, 1)
    assert unexplained_cents(found.head, found.end) is None


def test_a_payment_in_another_currency_prefers_the_amount_in_the_entrys() -> None:
    foreign = detail(
        path("AmtDtls/TxAmt", amount("11.00", "USD")),
        path("AmtDtls/CntrValAmt", amount("10.00")),
    )
    unknown = detail(amount("11.00", "USD"))

    assert only_entry(one_entry(entry("10.00", foreign))).details[0].currency == "EUR"
    kept = only_entry(one_entry(entry("10.00", unknown))).details[0]
    assert (kept.amount_cents, kept.currency) == (1100, "USD")

"""Reading posting rules and applying them: what is refused, so that no slip loses money."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entries import Dimensions, Transfer
from ledger.money import Money
from ledger.rules import (
    BadRule,
    MissingAmount,
    MissingRole,
    NegativeAmount,
    Posting,
    ReversalOnly,
    RuleFault,
    UnknownEvent,
    UnusedValue,
    WrongAccount,
    rule_from,
    rulebook_from,
)

TILL = Dimensions(facility="B01", till="B01-1")
SALE = {
    "number": 15,
    "event": "sale",
    "title": "Verkauf",
    "transfers": [
        {"debit": "@tender", "credit": "@revenue", "amount": "net"},
        {"debit": "@tender", "credit": "@vat", "amount": "tax"},
    ],
}
FEE = {
    "number": 2,
    "event": "provider_fee",
    "title": "Gebühr",
    "dimensions": {"channel": "online"},
    "transfers": [{"debit": "543100", "credit": "184200", "amount": "fee"}],
}
VOID = {
    "number": 29,
    "event": "sale_voided",
    "title": "Storno",
    "reverses": ["sale"],
    "transfers": [],
}
ROLES = {
    "tender": {"accounts": ["183000"]},
    "revenue": {"accounts": ["441100"]},
    "vat": {"accounts": ["372007"]},
}
BOOK = rulebook_from({"roles": ROLES, "rule": [SALE, FEE, VOID]})
AMOUNTS = {"net": 467, "tax": 33}
ACCOUNTS = {"tender": "183000/B01-1", "revenue": "441100", "vat": "372007"}


def _sale(
    amounts: dict[str, int] = AMOUNTS, roles: dict[str, str] = ACCOUNTS
) -> tuple[Transfer, ...]:
    return BOOK.transfers("sale", amounts=amounts, roles=roles, dimensions=TILL)


def test_an_event_becomes_transfers_with_its_dimensions() -> None:
    assert _sale() == (
        Transfer("183000/B01-1", "441100", Money(467), TILL),
        Transfer("183000/B01-1", "372007", Money(33), TILL),
    )


def test_cents_and_money_are_the_same_amount() -> None:
    amounts = {"net": Money(467), "tax": Money(33)}
    assert BOOK.transfers("sale", amounts=amounts, roles=ACCOUNTS, dimensions=TILL) == _sale()


def test_zero_books_nothing_and_needs_no_account() -> None:
    without_tax = {"tender": "183000/B01-1", "revenue": "441100"}
    assert [t.credit for t in _sale({"net": 500, "tax": 0}, without_tax)] == ["441100"]
    assert _sale({"net": 0, "tax": 0}) == ()


def test_a_rule_fills_only_dimensions_the_event_leaves_open() -> None:
    fees = [
        BOOK.transfers("provider_fee", amounts={"fee": 1}, roles={}, dimensions=given)[0]
        for given in (Dimensions(), Dimensions(channel="terminal", facility="B01"))
    ]
    assert [fee.dimensions.channel for fee in fees] == ["online", "terminal"]
    assert fees[1].dimensions.facility == "B01"


def test_a_rule_tells_its_roles_accounts_and_amounts() -> None:
    sale, fee = BOOK.rule("sale"), BOOK.rule("provider_fee")
    assert sale.roles == {"tender", "revenue", "vat"}
    assert sale.amounts == {"net", "tax"}
    assert fee.accounts == {"543100", "184200"}


@pytest.mark.parametrize(
    ("amounts", "roles", "fault"),
    [
        ({"net": 467}, ACCOUNTS, MissingAmount),
        ({"net": 467, "tax": 33, "tip": 50}, ACCOUNTS, UnusedValue),
        ({"net": -467, "tax": 33}, ACCOUNTS, NegativeAmount),
        (AMOUNTS, {"tender": "183000/B01-1", "revenue": "441100"}, MissingRole),
        (AMOUNTS, {**ACCOUNTS, "wallet": "371000/W-000017"}, UnusedValue),
        (AMOUNTS, {**ACCOUNTS, "revenue": "441200"}, WrongAccount),
        (AMOUNTS, {**ACCOUNTS, "tender": "1830001/B01-1"}, WrongAccount),
    ],
)
def test_a_slip_of_the_caller_is_refused(
    amounts: dict[str, int], roles: dict[str, str], fault: type[RuleFault]
) -> None:
    with pytest.raises(fault):
        _sale(amounts, roles)


def test_floats_never_become_money() -> None:
    amounts: Any = {"net": 4.67, "tax": 33}
    with pytest.raises(TypeError):
        _sale(amounts)


def test_an_unknown_event_is_a_fault() -> None:
    with pytest.raises(UnknownEvent):
        BOOK.transfers("sail", amounts={}, roles={}, dimensions=TILL)


def test_a_reversal_is_not_booked_by_rule() -> None:
    with pytest.raises(ReversalOnly, match="sale"):
        BOOK.transfers("sale_voided", amounts={}, roles={}, dimensions=TILL)


def test_lines_of_a_basket_keep_their_dimensions_and_equal_ones_become_one() -> None:
    other = Dimensions(facility="B01", till="B01-1", tax_code="POOL7")
    lines = [Posting("sale", AMOUNTS, ACCOUNTS, at) for at in (TILL, other, TILL)]
    transfers = BOOK.book(lines)
    assert [(t.amount.cents, t.dimensions) for t in transfers] == [
        (934, TILL),
        (66, TILL),
        (467, other),
        (33, other),
    ]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=30))
def test_a_basket_books_every_cent_it_is_given(lines: list[tuple[int, int]]) -> None:
    postings = [Posting("sale", {"net": n, "tax": t}, ACCOUNTS, TILL) for n, t in lines]
    transfers = BOOK.book(postings)
    assert sum(t.amount.cents for t in transfers) == sum(n + t for n, t in lines)
    assert len(transfers) <= 2


BAD_RULES: list[tuple[dict[str, Any], str]] = [
    ({"event": "Sale"}, "small letters"),
    ({"event": None}, "small letters"),
    ({"number": "15"}, "number"),
    ({"number": True}, "number"),
    ({"title": ""}, "title"),
    ({"basis": 7}, "basis"),
    ({"covers": ["16"]}, "covers"),
    ({"transfers": None}, "transfers is a list"),
    ({"colour": "blue"}, "no colour"),
    ({"dimensions": {"colour": "blue"}}, "dimensions are"),
    ({"dimensions": {"channel": 7}}, "dimensions are text"),
    ({"reverses": ["sale"]}, "has no transfers"),
    ({"reverses": [], "transfers": []}, "one or more texts"),
]
BAD_TRANSFERS: list[tuple[Any, str]] = [
    ("@a an @b", "exactly debit"),
    ({"debit": "@tender", "credit": "441100"}, "exactly debit"),
    ({"debit": "44110", "credit": "@vat", "amount": "net"}, "six digits"),
    ({"debit": "@Tender", "credit": "@vat", "amount": "net"}, "six digits"),
    ({"debit": "441100", "credit": "@vat", "amount": 5}, "name of an amount"),
    ({"debit": "@vat", "credit": "@vat", "amount": "net"}, "at once"),
]


@pytest.mark.parametrize(("change", "message"), BAD_RULES)
def test_a_rule_that_cannot_be_read_says_why(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRule, match=message):
        rule_from({**SALE, **change})


@pytest.mark.parametrize(("line", "message"), BAD_TRANSFERS)
def test_a_line_that_cannot_be_read_says_why(line: object, message: str) -> None:
    with pytest.raises(BadRule, match=message):
        rule_from({**SALE, "transfers": [line]})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"roles": ROLES, "rule": [SALE, SALE]}, "two rules"),
        ({"roles": ROLES, "rule": [{**VOID, "reverses": ["sail"]}, SALE]}, "unknown event sail"),
        ({"roles": {}, "rule": [SALE]}, "not declared"),
        ({"roles": ROLES, "rule": [FEE]}, "used by no rule"),
        ({"roles": {"vat": {"accounts": []}}, "rule": []}, "one or more texts"),
        ({"rules": []}, "no section rules"),
    ],
)
def test_a_rulebook_that_does_not_hold_together_is_refused(
    document: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadRule, match=message):
        rulebook_from(document)

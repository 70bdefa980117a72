"""A wallet's bill that changes while somebody is paying it: nothing is lost, nothing paid twice."""

from typing import Any
from uuid import uuid4

from ledger.pay_links import Link
from ledger.wallets import find_wallet, open_wallet
from terminals.checkout.rows import row_of
from tests.terminals.pay_links.links import do
from tests.terminals.pay_links.office import LINKS, Office


def a_bill(office: Office, cents: int = 1200) -> tuple[Link, str]:
    """An open bill of a wallet."""
    wallet = do(office.database, lambda session: open_wallet(session, kind="kita", key=uuid4()))
    of_wallet = {"facility": None, "lines": (), "case_reference": None, "wallet": wallet.code}
    return office.a_link(**of_wallet, amount_cents=cents), wallet.code


def balance(office: Office, wallet: str) -> int:
    found = do(office.database, lambda session: find_wallet(session, wallet))
    return int(found.balance_cents)


def changes(office: Office, link: Link, cents: int) -> Any:
    change = {"amount_cents": cents, "reason": "Zwei Essen gutgeschrieben"}
    return office.api.finance.post(f"{LINKS}/{link.id}/changes", change)


def test_a_bill_that_changed_closes_its_old_page_and_asks_for_the_new_amount(
    office: Office,
) -> None:
    link, wallet = a_bill(office)
    office.goes_to_pay(link)
    assert changes(office, link, 460).status_code == 201
    (old,) = office.payments(link)
    with office.database.read_only() as session:
        page = row_of(session, old.id).session
    provider = office.api.app.extensions["provider"]
    assert (old.state, provider.session(page)["status"]) == ("cancelled", "expired")
    assert "4,60 € statt 12,00 €" in office.page(link)
    assert "Zwei Essen gutgeschrieben" in office.page(link)
    office.goes_to_pay(link)
    new = office.payments(link)[-1]
    office.pays(new)
    office.comes_back(link, new)
    assert (new.amount_cents, balance(office, wallet)) == (460, 460)
    assert "Schon bezahlt" in office.page(link)


def test_a_bill_paid_while_it_was_lowered_leaves_credit(office: Office) -> None:
    link, wallet = a_bill(office)
    office.goes_to_pay(link)
    office.pays(office.payments(link)[0])
    answer = changes(office, link, 460).json  # the old page was paid a moment ago
    assert (answer["state"], answer["back_cents"], balance(office, wallet)) == ("paid", 0, 1200)


def test_a_bill_paid_while_it_was_raised_leaves_the_rest_open(office: Office) -> None:
    link, wallet = a_bill(office)
    office.goes_to_pay(link)
    office.pays(office.payments(link)[0])
    answer = changes(office, link, 2000).json
    assert (answer["state"], answer["due_cents"], balance(office, wallet)) == ("open", 800, 1200)
    office.goes_to_pay(link)
    rest = office.payments(link)[-1]
    office.pays(rest)
    office.comes_back(link, rest)
    assert (rest.amount_cents, balance(office, wallet)) == (800, 2000)
    assert "Schon bezahlt" in office.page(link)


def test_a_fee_has_no_amount_of_its_own_and_a_bill_no_lines(office: Office) -> None:
    assert changes(office, office.a_link(), 100).status_code == 422
    lines = {"lines": [{"product": "PA24"}], "reason": "Ausweis"}
    answer = office.api.finance.post(f"{LINKS}/{a_bill(office)[0].id}/changes", lines)
    assert (answer.status_code, answer.json["code"]) == (422, "pay_link_of_wallet")

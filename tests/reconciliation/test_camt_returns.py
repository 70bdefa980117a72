"""Who the other side is, and what payments that came back say about themselves."""

from tests.reconciliation.camt_xml import (
    OWN_IBAN,
    PAYER_IBAN,
    amount,
    detail,
    entry,
    one_entry,
    party,
    path,
    tag,
    text,
)
from tests.reconciliation.test_camt_reading import only_entry

RETURNED = path("RtrInf/Rsn", text("Cd", "AC04"))


def sides(*parties: str) -> str:
    return tag("RltdPties", *parties)


def test_money_comes_from_the_debtor_and_goes_to_the_creditor() -> None:
    both = detail(sides(party("Dbtr", "Payer"), party("Cdtr", "Payee")))

    assert only_entry(one_entry(entry("1", both))).counterparty_name == "Payer"
    assert only_entry(one_entry(entry("1", both, sign="DBIT"))).counterparty_name == "Payee"


def test_the_side_with_our_iban_is_us_whatever_the_direction() -> None:
    collected = detail(
        sides(party("Dbtr", "David", PAYER_IBAN), party("Cdtr", "Stadt", OWN_IBAN)), RETURNED
    )
    blanks = detail(
        sides(party("Dbtr", "Stadt", "DE89 3704 0044 0532 0130 00"), party("Cdtr", "David"))
    )

    assert only_entry(one_entry(entry("1", collected, sign="DBIT"))).counterparty_name == "David"
    assert only_entry(one_entry(entry("1", blanks))).counterparty_name == "David"


def test_in_a_returned_payment_without_ibans_the_sides_are_those_of_the_original() -> None:
    names = sides(party("Dbtr", "Debtor"), party("Cdtr", "Creditor"))
    by_reason = entry("1", detail(names, RETURNED), sign="DBIT")
    code = text("BkTxCd/Domn/Cd", "PMNT").replace(
        "</Domn>", "<Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn>"
    )
    own_transfer_back = entry("1", detail(names), sign="CRDT", above=code)
    reversal = entry("1", detail(names), sign="DBIT", above="<RvslInd>true</RvslInd>")

    assert only_entry(one_entry(by_reason)).counterparty_name == "Debtor"
    assert only_entry(one_entry(own_transfer_back)).counterparty_name == "Creditor"
    assert only_entry(one_entry(reversal)).counterparty_name == "Debtor"


def test_the_only_side_given_is_the_other_side() -> None:
    creditor_only = entry("1", detail(sides(party("Cdtr", "Lonely"))), sign="CRDT")

    assert only_entry(one_entry(creditor_only)).counterparty_name == "Lonely"


def test_an_account_that_is_no_iban_is_not_called_one() -> None:
    other = detail(
        sides(party("Dbtr", "Bank"), path("DbtrAcct/Id/Othr", text("Id", "700123456789")))
    )

    assert only_entry(one_entry(entry("1", other))).counterparty_iban is None


def test_a_return_names_reason_mandate_and_charges() -> None:
    returned = detail(
        tag("Refs", text("EndToEndId", "E-15"), text("MndtId", "M-15")),
        tag("AmtDtls", path("InstdAmt", amount("11.00")), path("TxAmt", amount("14.00"))),
        tag("Chrgs", tag("Rcrd", amount("2.50")), tag("Rcrd", amount("0.50"))),
        RETURNED,
    )

    found = only_entry(one_entry(entry("14.00", returned, sign="DBIT")))

    assert (found.amount_cents, found.charges_cents) == (-1400, 300)
    assert (found.return_reason, found.mandate_id, found.end_to_end_id) == ("AC04", "M-15", "E-15")
    assert found.details[0].charges_cents == 300


def test_charges_come_in_the_older_shape_on_the_entry_and_in_other_currencies() -> None:
    old = detail(tag("Chrgs", amount("3.00")))
    given_back = detail(tag("Chrgs", tag("Rcrd", amount("3.00"), text("CdtDbtInd", "CRDT"))))
    on_entry = tag("Chrgs", tag("Rcrd", amount("1.00")))
    foreign = detail(tag("Chrgs", tag("Rcrd", amount("9.00", "USD"))))

    assert only_entry(one_entry(entry("10", old))).charges_cents == 300
    assert only_entry(one_entry(entry("10", given_back))).charges_cents == -300
    assert only_entry(one_entry(entry("10", detail(), above=on_entry))).charges_cents == 100
    assert only_entry(one_entry(entry("10", foreign))).charges_cents is None


def test_a_reason_of_the_banks_own_is_kept() -> None:
    own = detail(path("RtrInf/Rsn", text("Prtry", "NO-IDEA")))

    assert only_entry(one_entry(entry("1", own, sign="DBIT"))).return_reason == "NO-IDEA"

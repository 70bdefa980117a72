"""camt files as German and other banks write them, in every dialect we know of."""

from datetime import date
from io import BytesIO

import pytest

from reconciliation.sources import (
    Kind,
    Statement,
    StatementEntry,
    read_statements,
    unexplained_cents,
    whole_statements,
)
from tests.reconciliation.camt_xml import (
    OWN_IBAN,
    PAYER_IBAN,
    V02,
    V08,
    amount,
    balance,
    detail,
    document,
    entry,
    one_entry,
    party,
    path,
    statement,
    tag,
    text,
)


def read(file: bytes) -> list[Statement]:
    return list(whole_statements(read_statements(BytesIO(file))))


def only_entry(file: bytes) -> StatementEntry:
    (found,) = read(file)
    (only,) = found.entries
    return only


def test_a_statement_carries_its_account_balances_and_entries() -> None:
    file = document(
        statement(balance("PRCD", "100.00"), balance("CLBD", "112.34"), entry("12.34")),
    )

    (found,) = read(file)

    head, end = found.head, found.end
    assert (head.message, head.kind) == ("camt.053.001.08", Kind.STATEMENT)
    assert (head.account_iban, head.statement_id, head.sequence) == (OWN_IBAN, "S-1", 7)
    assert (head.currency, head.opening_cents, end.closing_cents) == ("EUR", 10000, 11234)
    assert (end.entry_count, end.movement_cents) == (1, 1234)
    assert unexplained_cents(head, end) == 0


@pytest.mark.parametrize("namespace", [V02, V08])
@pytest.mark.parametrize("status", ["<Sts>BOOK</Sts>", "<Sts>\n <Cd>BOOK</Cd>\n</Sts>"])
def test_both_shapes_are_read_under_either_version(namespace: str, status: str) -> None:
    for shape in (V02, V08):
        sides = tag("RltdPties", party("Dbtr", "Erika", PAYER_IBAN, version=shape))
        found = only_entry(one_entry(entry("1.10", detail(sides), status=status)))

        assert found.counterparty_name == "Erika"
        assert found.counterparty_iban == PAYER_IBAN
        assert found.amount_cents == 110


def test_the_sign_comes_from_the_indicator_and_a_reversal_never_turns_it() -> None:
    reversal = "<RvslInd>true</RvslInd>"

    assert only_entry(one_entry(entry("5", sign="DBIT"))).amount_cents == -500
    taken_back = only_entry(one_entry(entry("5", sign="DBIT", above=reversal)))
    given_back = only_entry(one_entry(entry("5", sign="CRDT", above=reversal)))
    assert (taken_back.amount_cents, taken_back.reversal) == (-500, True)
    assert (given_back.amount_cents, given_back.reversal) == (500, True)


def test_debit_balances_are_negative_and_others_than_booked_ones_are_ignored() -> None:
    file = document(
        statement(
            balance("OPBD", "50.00", sign="DBIT"),
            balance("CLAV", "999.00"),
            balance("CLBD", "37.66", sign="DBIT"),
            balance("FWAV", "999.00"),
            entry("12.34"),
        )
    )

    (found,) = read(file)

    assert (found.head.opening_cents, found.end.closing_cents) == (-5000, -3766)
    assert unexplained_cents(found.head, found.end) == 0


def test_of_several_days_the_first_opening_and_the_last_closing_balance_count() -> None:
    balances = (
        balance("CLBD", "1.00", day="2026-11-19"),
        balance("CLBD", "2.00", day="2026-11-20"),
        balance("OPBD", "1.00", day="2026-11-20"),
        balance("OPBD", "0.00", day="2026-11-19"),
    )

    (found,) = read(document(statement(*balances, entry("2.00"))))

    assert (found.head.opening_cents, found.end.closing_cents) == (0, 200)


def test_a_closing_balance_may_stand_after_the_entries() -> None:
    (found,) = read(
        document(statement(balance("OPBD", "1.00"), entry("2.00"), balance("CLBD", "3.00")))
    )

    assert unexplained_cents(found.head, found.end) == 0


def test_several_statements_are_told_apart() -> None:
    file = document(
        statement(balance("OPBD", "0.00"), balance("CLBD", "5.00"), entry("5.00"), sequence="1"),
        statement(balance("OPBD", "5.00"), balance("CLBD", "5.00"), sequence="2"),
        statement(balance("OPBD", "5.00"), balance("CLBD", "3.00"), entry("2.00", sign="DBIT")),
    )

    found = read(file)

    assert [whole.head.sequence for whole in found] == [1, 2, 7]
    assert [len(whole.entries) for whole in found] == [1, 0, 1]
    assert [unexplained_cents(whole.head, whole.end) for whole in found] == [0, 0, 0]
    assert [whole.entries[0].ordinal for whole in found if whole.entries] == [1, 1]


def test_only_booked_entries_come_through_and_the_others_are_counted() -> None:
    pending, odd = "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Prtry>MAYBE</Prtry></Sts>"
    file = document(
        statement(
            entry("1.00", status=pending),
            entry("2.00"),
            entry("4.00", status="<Sts>INFO</Sts>"),
            entry("8.00", status=pending),
            entry("16.00", status=odd),
        )
    )

    (found,) = read(file)

    assert [line.amount_cents for line in found.entries] == [200]
    assert found.entries[0].ordinal == 1
    assert dict(found.end.skipped) == {"PDNG": 2, "INFO": 1, "MAYBE": 1}


def test_a_batch_keeps_each_payment_and_the_entry_only_what_is_its_own() -> None:
    codes = text("BkTxCd/Domn/Cd", "PMNT").replace(
        "</Domn>", text("Fmly/Cd", "IDDT").replace("</Fmly>", "<SubFmlyCd>ESDD</SubFmlyCd></Fmly>")
        + "</Domn>"
    )  # fmt: skip
    batch = tag("Btch", text("PmtInfId", "RUN-11"), text("NbOfTxs", "2"))
    first = detail(
        tag("Refs", text("EndToEndId", "E-1"), text("MndtId", "M-1")),
        path("AmtDtls/TxAmt", amount("11.00")),
        text("BkTxCd/Prtry/Cd", "NMSC+192+08382"),
        tag("RltdPties", party("Dbtr", "Anna", PAYER_IBAN), party("Cdtr", "Stadt", OWN_IBAN)),
    )
    second = detail(tag("Refs", text("EndToEndId", "E-2")), amount("22.00"))

    found = only_entry(one_entry(entry("33.00", batch, first, second, above=codes)))

    assert (found.end_to_end_id, found.mandate_id, found.counterparty_name) == (None, None, None)
    assert (found.bank_tx_code, found.batch_id, found.batch_count) == (
        "PMNT/IDDT/ESDD",
        "RUN-11",
        2,
    )
    assert [part.amount_cents for part in found.details] == [1100, 2200]
    assert [part.end_to_end_id for part in found.details] == ["E-1", "E-2"]
    assert found.details[0].mandate_id == "M-1"
    assert (found.details[0].gvc, found.details[0].bank_tx_code) == ("192", "PMNT/IDDT/ESDD")
    assert found.details[0].counterparty_name == "Anna"


def test_a_batch_may_come_without_its_payments() -> None:
    batch = tag("Btch", text("PmtInfId", "RUN-12"), text("NbOfTxs", "31"))

    found = only_entry(one_entry(entry("33.00", batch, sign="DBIT")))

    assert (found.details, found.batch_id, found.batch_count) == ((), "RUN-12", 31)


def test_payments_of_a_batch_may_run_against_their_entry() -> None:
    down = detail(amount("40.00"), text("CdtDbtInd", "DBIT"))
    up = detail(amount("15.00"), text("CdtDbtInd", "CRDT"))

    found = only_entry(one_entry(entry("25.00", down, up, sign="DBIT")))

    assert [part.amount_cents for part in found.details] == [-4000, 1500]


def test_a_payment_without_an_amount_has_the_entrys_only_when_it_is_alone() -> None:
    alone = only_entry(one_entry(entry("7.00", detail())))
    pair = only_entry(one_entry(entry("7.00", detail(), detail())))

    assert alone.details[0].amount_cents == 700
    assert [part.amount_cents for part in pair.details] == [None, None]


@pytest.mark.parametrize(
    ("code", "issuer", "gvc"),
    [("NTRF+166+00900", "DK", "166"), ("NSTO+152", "ZKA", "152"), ("NRTI+109+00931+x", "", "109"),
     ("171", "DK", "171"), ("544", "", None), ("00100", "ING Group", None), ("Z24", "", None)],
)  # fmt: skip
def test_the_german_code_is_taken_from_german_issuers_only(
    code: str, issuer: str, gvc: str | None
) -> None:
    prtry = path("BkTxCd/Prtry", text("Cd", code), text("Issr", issuer))

    assert only_entry(one_entry(entry("1", above=prtry))).gvc == gvc
    assert only_entry(one_entry(entry("1", detail(prtry)))).gvc == gvc


def test_not_provided_is_no_end_to_end_id() -> None:
    given = only_entry(one_entry(entry("1", detail(text("Refs/EndToEndId", "NOTPROVIDED")))))

    assert given.end_to_end_id is None


def test_lines_of_text_are_joined_without_a_blank() -> None:
    lines = text("Ustrd", "Essensgeld Nov") + text("Ustrd", "ember ") + text("Ustrd", " Mia")

    found = only_entry(one_entry(entry("1", detail(tag("RmtInf", lines)))))

    assert found.remittance == "Essensgeld November  Mia"


def test_comments_and_cdata_do_not_cut_a_text() -> None:
    inner = "<RmtInf><Ustrd>A <!-- no -->&amp; <![CDATA[<B>]]></Ustrd></RmtInf>"

    assert only_entry(one_entry(entry("1", detail(inner)))).remittance == "A & <B>"


def test_the_value_date_may_lie_before_the_booking_date_and_dates_come_in_every_form() -> None:
    plain = only_entry(one_entry(entry("1")))
    assert (plain.booking_date, plain.value_date) == (date(2026, 11, 20), date(2026, 11, 19))

    forms = {
        "<DtTm>2026-11-20T23:30:00Z</DtTm>": date(2026, 11, 21),
        "<DtTm>2026-11-20T21:43:18.0+01:00</DtTm>": date(2026, 11, 20),
        "<DtTm>2026-11-20T23:30:00</DtTm>": date(2026, 11, 20),
        "<Dt>2026-11-20+01:00</Dt>": date(2026, 11, 20),
    }
    for written, meant in forms.items():
        file = one_entry(entry("1")).replace(b"<Dt>2026-11-20</Dt>", written.encode())
        assert only_entry(file).booking_date == meant


def test_reports_and_notifications_are_read_and_called_what_they_are() -> None:
    report = document(
        statement(entry("1"), name="Rpt"),
        namespace=V08.replace("053", "052"),
        message="BkToCstmrAcctRpt",
    )
    notification = document(
        statement(entry("1"), name="Ntfctn"),
        namespace=V08.replace("053", "054"),
        message="BkToCstmrDbtCdtNtfctn",
    )

    assert [whole.head.kind for whole in read(report)] == [Kind.REPORT]
    assert [whole.head.kind for whole in read(notification)] == [Kind.NOTIFICATION]
    assert read(notification)[0].end.closing_cents is None


def test_a_page_of_a_statement_says_which_it_is() -> None:
    pages = path("StmtPgntn", text("PgNb", "2"), text("LastPgInd", "false"))

    (found,) = read(document(statement(pages, entry("1"))))

    assert (found.head.page, found.head.is_last_page) == (2, False)


def test_a_prefix_a_byte_order_mark_and_latin_1_are_read_all_the_same() -> None:
    plain = one_entry(entry("1", detail(tag("RltdPties", party("Dbtr", "Müller")))))
    prefixed = plain.replace(b"<", b"<n:").replace(b"<n:/", b"</n:").replace(b"<n:?", b"<?")
    prefixed = prefixed.replace(b"xmlns=", b"xmlns:n=")
    latin = plain.decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    wide = plain.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    for file in (plain, prefixed, b"\xef\xbb\xbf" + plain, latin, wide):
        assert only_entry(file).counterparty_name == "Müller"


def test_elements_of_another_namespace_are_not_mistaken_for_ours() -> None:
    foreign = '<SplmtryData><Envlp xmlns="urn:other"><Amt Ccy="EUR">9</Amt></Envlp></SplmtryData>'
    nested = '<x:Amt xmlns:x="urn:other" Ccy="USD">9</x:Amt>'

    found = only_entry(one_entry(entry("1", above=foreign + nested)))

    assert (found.amount_cents, found.currency) == (100, "EUR")

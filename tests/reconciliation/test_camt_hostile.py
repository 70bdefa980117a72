"""Files that are broken, forged or far too large are refused with the place and the reason."""

import socket
from io import BytesIO

import pytest

from reconciliation.sources import (
    Problem,
    UnknownFormat,
    UnreadableStatement,
    read_statements,
)
from reconciliation.sources.camt import Limits, read_camt
from tests.reconciliation.camt_xml import (
    V08,
    balance,
    detail,
    document,
    entry,
    one_entry,
    statement,
)

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<lolz>&lol3;</lolz>"""


def refused(file: bytes, limits: Limits | None = None) -> UnreadableStatement:
    parts = read_camt(BytesIO(file), limits) if limits else read_statements(BytesIO(file))
    with pytest.raises(UnreadableStatement) as caught:
        list(parts)
    return caught.value


def with_doctype(declaration: str) -> bytes:
    return one_entry(entry("1")).replace(b"?>\n", b"?>\n" + declaration.encode())


@pytest.mark.parametrize(
    "file",
    [
        BOMB,
        with_doctype("<!DOCTYPE Document>"),
        with_doctype("<!-- a comment\n --><?pi x?><!DOCTYPE Document SYSTEM 'http://127.0.0.1/x'>"),
        with_doctype("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
        with_doctype("<!DOCTYPE Document>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        with_doctype("<!--" + "x" * 100_000 + "--><!DOCTYPE Document>"),
        b"<!DOCTYPE html><html><body>Bitte anmelden</body></html>",
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(
    file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)

    fault = refused(file)

    assert fault.problem in (Problem.DOCTYPE, Problem.TRUNCATED)
    assert fault.line is not None


def test_the_place_of_a_document_type_is_named() -> None:
    fault = refused(with_doctype("<!-- \n\n -->\n<!DOCTYPE Document>"))

    assert (fault.problem, fault.line) == (Problem.DOCTYPE, 5)


def test_a_reference_to_an_entity_nobody_declared_is_damage() -> None:
    assert refused(one_entry(entry("1", above="&x;"))).problem is Problem.MALFORMED


@pytest.mark.parametrize("file", [b"", b"  \n\t "])
def test_an_empty_file_is_called_empty(file: bytes) -> None:
    assert refused(file).problem is Problem.EMPTY


@pytest.mark.parametrize(
    "file",
    [
        b"PK\x03\x04....",
        b"\x00\x01\x02",
        b"{}",
        b"Datum;",
    ],
)
def test_what_is_no_xml_is_an_unknown_format(file: bytes) -> None:
    with pytest.raises(UnknownFormat) as caught:
        list(read_statements(BytesIO(file)))
    assert caught.value.begins_with.isprintable()


def test_another_root_is_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat, match="Rechnung"):
        list(read_statements(BytesIO(b"<Rechnung><Betrag>1</Betrag></Rechnung>")))


@pytest.mark.parametrize(
    "namespace",
    [V08.replace("camt.053", "pain.001"), V08.replace("053", "056"), "", "http://example.org/"],
)
def test_another_message_is_refused_by_its_name(namespace: str) -> None:
    fault = refused(one_entry(entry("1"), namespace=namespace))

    assert (fault.problem, fault.line) == (Problem.WRONG_MESSAGE, 2)
    assert fault.found == (namespace or "Document")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_file_cut_anywhere_is_truncated(share: float) -> None:
    whole = document(statement(balance("OPBD", "0"), *(entry("1", detail()) for _ in range(50))))

    fault = refused(whole[: int(len(whole) * share)])

    assert fault.problem is Problem.TRUNCATED
    assert fault.line is not None


def test_damage_is_named_with_line_and_column() -> None:
    fault = refused(one_entry(entry("1")).replace(b"<Ntry>", b"\n<Ntry></Oops>"))

    assert (fault.problem, fault.line) == (Problem.MALFORMED, 3)
    assert fault.column is not None


def test_something_after_the_end_is_damage() -> None:
    assert refused(one_entry(entry("1")) + b"<more/>").problem is Problem.MALFORMED


def test_characters_of_another_encoding_are_damage_and_unknown_ones_are_named() -> None:
    plain = one_entry(entry("1", above="<AddtlNtryInf>ä</AddtlNtryInf>"))

    assert refused(plain.replace("ä".encode(), b"\xe4")).problem is Problem.MALFORMED
    assert refused(plain.replace(b"UTF-8", b"KLINGON")).problem is Problem.ENCODING


def test_a_document_without_a_statement_is_refused() -> None:
    assert refused(document()).problem is Problem.NO_STATEMENT


def test_deep_nesting_is_refused() -> None:
    deep = "<Foo>" * 100 + "</Foo>" * 100

    assert refused(one_entry(entry("1", above=deep))).problem is Problem.TOO_DEEP
    assert refused(b"<Document xmlns='" + V08.encode() + b"'>" + b"<a>" * 100_000).problem in (
        Problem.TOO_DEEP,
        Problem.TRUNCATED,
    )


def test_a_giant_text_is_refused() -> None:
    giant = f"<AddtlNtryInf>{'x' * 10_001}</AddtlNtryInf>"

    fault = refused(one_entry(entry("1", above=giant)))

    assert fault.problem is Problem.TEXT_TOO_LONG


@pytest.mark.parametrize(
    ("element", "written", "problem"),
    [
        ("Amt", "1.234", Problem.BAD_AMOUNT),
        ("Amt", "1.001", Problem.BAD_AMOUNT),
        ("Amt", "-1.00", Problem.BAD_AMOUNT),
        ("Amt", "1,00", Problem.BAD_AMOUNT),
        ("Amt", "1e3", Problem.BAD_AMOUNT),
        ("Amt", "1_0", Problem.BAD_AMOUNT),
        ("Amt", "١.٠٠", Problem.BAD_AMOUNT),
        ("Amt", "NaN", Problem.BAD_AMOUNT),
        ("Amt", ".", Problem.BAD_AMOUNT),
        ("Amt", "9" * 18, Problem.BAD_AMOUNT),
        ("Amt", "", Problem.MISSING),
        ("CdtDbtInd", "crdt", Problem.BAD_INDICATOR),
        ("CdtDbtInd", "", Problem.MISSING),
        ("Sts", "", Problem.MISSING),
        ("Dt", "2026-02-30", Problem.BAD_DATE),
        ("Dt", "20.11.2026", Problem.BAD_DATE),
        ("Dt", "0001-01-01T00:00:00+14:00", Problem.BAD_DATE),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_line_and_entry(
    element: str, written: str, problem: Problem
) -> None:
    old = {"Amt": "7.00", "CdtDbtInd": "CRDT", "Sts": "BOOK", "Dt": "2026-11-20"}[element]
    bad = entry("7.00", status="<Sts>BOOK</Sts>").replace(f">{old}<", f">{written}<", 1)

    fault = refused(document(statement(entry("1"), entry("2"), "\n" + bad)))

    assert (fault.problem, fault.line, fault.entry) == (problem, 3, 3)
    assert fault.element is not None


@pytest.mark.parametrize("currency", ["", "EU", "eur", "EURO", "€€€"])
def test_an_amount_needs_a_currency(currency: str) -> None:
    fault = refused(one_entry(entry("1", currency=currency)))

    assert (fault.problem, fault.found) == (Problem.BAD_CURRENCY, currency)


def test_an_opening_balance_after_the_entries_is_refused() -> None:
    late = document(statement(entry("1"), balance("OPBD", "5.00")))

    assert refused(late).problem is Problem.MISPLACED


def test_what_is_found_is_shown_short_and_printable() -> None:
    fault = refused(one_entry(entry("\x85[31m" + "9" * 500)))

    assert fault.found is not None
    assert fault.found.isprintable()
    assert len(fault.found) <= 60
    assert "entry 1" in str(fault)


def test_the_limits_on_size_and_number_hold() -> None:
    file = document(statement(*(entry("1", detail()) for _ in range(20))))
    padded = one_entry(entry("1", above=f"<!--{'x' * 200_000}-->"))

    assert refused(file, Limits(file_bytes=1000)).problem is Problem.TOO_LARGE
    assert refused(padded, Limits(entry_bytes=100_000)).problem is Problem.TOO_LARGE
    assert refused(file, Limits(entries=19)).problem is Problem.TOO_MANY_ENTRIES
    assert list(read_camt(BytesIO(file), Limits(entries=20)))
    batch = one_entry(entry("1", *(detail() for _ in range(20))))
    assert refused(batch, Limits(details=19)).problem is Problem.TOO_MANY_ENTRIES
    balances = document(statement(*(entry("1") + balance("CLBD", "1") for _ in range(20))))
    assert refused(balances, Limits(details=19)).problem is Problem.TOO_MANY_ENTRIES

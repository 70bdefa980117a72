"""From the journal to paper: the receipt says what was sold, and a printer holds nobody up."""

import socket
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from terminals.adapters import Approved, Evidence, Unknown
from terminals.printing.escpos import Settings
from terminals.printing.sheet import sheet
from terminals.till import payments
from terminals.till.attempts import find_attempt
from terminals.till.counter import Counter as Register
from terminals.till.enrolled import bind_browser, change_till
from terminals.till.papers import Printing, clarification_of, receipt_of
from terminals.till.sales import find_sale

HEARD = Evidence(
    "0007", 800, "girocard", terminal_id="52000017", scheme="girocard", last4="1234",
    authorisation="998877", slip=("** Kundenbeleg **",),
)  # fmt: skip


def test_a_cash_receipt_says_what_was_given_and_what_came_back(bare):
    bare.fill("POOL-AD", "POOL-AD", "POOL-SAUNA")
    paper = paper_of(bare, bare.pay_in_cash(2000))
    assert paper.number == "B01-1-000001"
    assert [(item.quantity, item.amount_cents) for item in paper.items] == [(2, 1000), (1, 600)]
    assert (paper.payment.tendered_cents, paper.payment.change_cents) == (2000, 400)
    assert "Kasse 1" in sheet(paper, stylesheet="/x.css")


def test_a_card_receipt_carries_the_terminals_own_slip(bare):
    sold = by_card(bare, Approved(HEARD))
    paper = paper_of(bare, sold)
    assert (paper.payment.way, paper.payment.last4, paper.payment.trace) == (
        "girocard", "1234", "0007",
    )  # fmt: skip
    assert paper.slip == ("** Kundenbeleg **",)


def test_what_is_free_is_not_paid_in_cash(bare):
    bare.fill("POOL-U6")
    with bare.site.journal.write() as connection:
        sold = payments.hand_out(connection, bare.desk(), key=uuid4())
    assert paper_of(bare, sold).payment.way == "free"


def test_the_qr_code_names_the_receipt_and_nothing_that_can_be_guessed(bare):
    bare.fill("POOL-AD")
    sold = bare.pay_in_cash(500)
    with bare.site.journal.read() as connection:
        paper = receipt_of(connection, sold, address="http://kasse.example")
        assert receipt_of(connection, sold).qr == ""
    assert paper.qr.endswith(sold.receipt_token)
    assert len(sold.receipt_token) >= 20


def test_english_names_stand_on_an_english_receipt(bare):
    bare.fill("POOL-AD")
    sold = bare.pay_in_cash(500)
    with bare.site.journal.read() as connection:
        german, english = (
            receipt_of(connection, sold, language=language).items[0].name
            for language in ("de", "en")
        )
    assert german != english


def test_the_clarification_slip_names_the_amount_and_the_attempt(bare):
    key = uuid4()
    by_card(bare, Unknown("cannot_say"), key)
    with bare.site.journal.read() as connection:
        slip = clarification_of(connection, find_attempt(connection, key))
    assert slip.number == str(key)[:8].upper()
    assert "8,00" in sheet(slip, stylesheet="/x.css")


def test_a_receipt_goes_to_the_printer_beside_the_sale(bare):
    bare.fill("POOL-AD")
    paper = paper_of(bare, bare.pay_in_cash(500))
    with socket.create_server(("127.0.0.1", 0)) as printer:
        Printing(Settings("127.0.0.1", printer.getsockname()[1])).print(paper)
        printer.settimeout(5)
        talking, _ = printer.accept()
        with talking:
            assert heard(talking, b"B01-1-000001")


@pytest.mark.parametrize("printer", [None, Settings("127.0.0.1", 9)])
def test_without_a_printer_nothing_goes_wrong(bare, printer):
    bare.fill("POOL-AD")
    Printing(printer).print(paper_of(bare, bare.pay_in_cash(500)))
    Printing(printer).open_drawer()


def test_an_audit_is_counted_blind_and_printed_to_be_signed(far):
    register = Register(far.site)
    with far.site.journal.write() as connection:
        browser = bind_browser(connection, "B01-1", datetime.now(UTC))
        change_till(connection, "B01-1", person="S-0002")
    register.act(browser, "print_audit", {})
    assert register.page(browser).frame.message is not None  # nothing was counted yet
    register.act(browser, "begin", {"what": "audit"})
    for coin, pieces in (("5000", "1"), ("1000", "4")):
        register.act(browser, "count", {"coin": coin, "pieces": pieces})
    register.act(browser, "count_rest", {})
    register.act(browser, "confirm_count", {})
    seen = register.page(browser).stage
    assert (seen.counted_cents, seen.difference_cents) == (9000, 9000 - seen.expected_cents)
    with socket.create_server(("127.0.0.1", 0)) as printer:
        far.site.printers = {"B01-1": Settings("127.0.0.1", printer.getsockname()[1])}
        register.act(browser, "print_audit", {})
        printer.settimeout(20)
        talking, _ = printer.accept()
        with talking:
            assert heard(talking, "Unterschrift Prüfung".encode("cp858"))
    assert register.page(browser).stage.state == "audit"


def paper_of(bare, sold):
    with bare.site.journal.read() as connection:
        return receipt_of(connection, sold)


def by_card(bare, verdict, key=None):
    bare.fill("POOL-AD", "POOL-RED")
    key = key or uuid4()
    with bare.site.journal.write() as connection:
        begun = payments.pay_by_card(
            connection, bare.desk(), key=key, terminal="B01-1", adapter="zvt"
        )
        payments.decide(connection, begun, verdict, datetime.now(UTC))
        return find_sale(connection, key)


def heard(talking, wanted):
    """Whether this comes; the printer answers that it is ready whenever it is asked."""
    talking.settimeout(5)
    data = b""
    while wanted not in data:
        part = talking.recv(4096)
        if not part:
            return False
        data += part
        if b"\x10\x04" in part:
            talking.sendall(b"\x12")
    return True

"""From the journal to paper: receipts and slips of this till, printed, drawn or shown as a page."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.calendar import business_day
from terminals.printing import receipt, slips
from terminals.printing.escpos import Settings as Printer
from terminals.printing.escpos import open_drawer, print_receipt
from terminals.printing.receipt import House, Item, Language, Payment, Place, Receipt, Tax
from terminals.printing.slips import clarification_slip, notice_slip, pass_slip, pick_up_slip
from terminals.till.attempts import Attempt
from terminals.till.baskets import Line
from terminals.till.enrolled import Till, find_till
from terminals.till.notices import payable_at
from terminals.till.pages import Audit
from terminals.till.passes import passes_of
from terminals.till.sales import Sale, case_of, receipt_number
from terminals.till.shifts import Shift
from terminals.till.take_backs import TakeBack, sale_of

WAYS: Mapping[str, str] = {"invoice": "notice", "online": "pay_link"}
_EXEMPT: Mapping[str, str] = {
    "de": "steuerfrei oder nicht steuerbar", "en": "exempt or outside VAT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printing:
    """Printing for one till. printer: None where there is none; receipts are then on the phone."""

    printer: Printer | None

    def print(self, paper: Receipt) -> None:
        """Print beside the sale: a printer's trouble holds nobody up."""
        if self.printer is not None:
            _beside(print_receipt, self.printer, paper)

    def open_drawer(self) -> None:
        """Let the drawer spring open."""
        if self.printer is not None:
            _beside(open_drawer, self.printer)


def receipt_of(
    connection: Connection, sold: Sale, *, address: str = "", language: Language = "de"
) -> Receipt:
    """The receipt of a sale, as it was sold."""
    till = find_till(connection, sold.till)
    assert till is not None
    evidence = sold.tender.evidence
    slip = evidence.slip if evidence else ()
    return receipt.sale(
        _place(till),
        sold.receipt_number,
        [_item(line, language) for line in sold.lines],
        payment=_payment(sold),
        started_at=sold.sold_at,
        finished_at=sold.sold_at,
        qr=f"{address}/kasse/beleg/{sold.receipt_token}" if address else "",
        slip=slip,
        language=language,
    )


def pass_slips(connection: Connection, sold: Sale, *, language: Language = "de") -> list[Receipt]:
    """A slip for every pass of a sale that has its code."""
    till = find_till(connection, sold.till)
    assert till is not None
    names = {line.product: line.name for line in sold.lines}
    return [
        pass_slip(
            _place(till), sold.receipt_number,
            slips.SoldPass(one.code, names.get(one.product, one.product), till.facility_name,
                           one.valid_until, one.token, one.visits),
            at=sold.sold_at, language=language,
        )
        for one in passes_of(connection, sold.key)
    ]  # fmt: skip


def notice_of(connection: Connection, sold: Sale, *, language: Language = "de") -> Receipt | None:
    """The slip of a fee notice, with the code of its pay link; None before it has one."""
    at, till = payable_at(connection, sold.till, sold.key), find_till(connection, sold.till)
    if at is None or till is None:
        return None
    owed = slips.OwedFee(
        sold.total_cents, at.address, at.reference, business_day(at.pay_until),
        case_of(connection, sold),
    )  # fmt: skip
    return notice_slip(_place(till), sold.receipt_number, owed, at=sold.sold_at, language=language)


def protocol_of(
    connection: Connection, of: Shift, *, not_sent: int, language: Language = "de"
) -> Receipt:
    """The protocol of a closed shift. Raises ValueError for one that is open."""
    till = find_till(connection, of.till)
    if till is None or of.closing is None or of.closed_at is None:
        raise ValueError(f"shift {of.code} is not closed")
    closing = of.closing
    first_last = [receipt_number(of.till, number) for number in closing["receipts"]]
    shift = slips.ClosedShift(
        name=of.code, opened_at=of.opened_at, closed_at=of.closed_at, person=closing["person"],
        takings=closing["takings"], float_cents=of.float_cents,
        expected_cents=closing["expected_cents"], counted_cents=closing["counted_cents"],
        reason=closing["reason"] or "", guests=closing["guests"], voids=closing["voids"],
        receipts=(first_last[0], first_last[1]) if first_last else None,
        z_number=closing["z_number"], not_sent=not_sent,
    )  # fmt: skip
    return slips.shift_protocol(_place(till), shift, language=language)


def audit_of(
    connection: Connection, of: Shift, seen: Audit, counts: Mapping[str, int], *,
    language: Language = "de",
) -> Receipt:  # fmt: skip
    """The protocol of an unannounced count amid a shift, as the page shows it."""
    till = find_till(connection, of.till)
    assert till is not None
    counted = slips.CountedTill(
        shift=of.code, z_number=of.number, person=till.person or of.person, opened_at=of.opened_at,
        counted_at=seen.at, counts={int(coin): pieces for coin, pieces in counts.items()},
        expected_cents=seen.expected_cents, counted_cents=seen.counted_cents,
        bags=tuple((bag, cents) for bag, cents, _ in seen.drops), unclear=seen.unclear,
        not_sent=seen.not_sent,
    )  # fmt: skip
    return slips.audit_protocol(_place(till), counted, language=language)


def pick_up_of(connection: Connection, asked: TakeBack, *, language: Language = "de") -> Receipt:
    """The slip for a guest who cannot wait until a refund is approved."""
    till = find_till(connection, asked.till)
    assert till is not None
    sold = sale_of(connection, asked)
    return pick_up_slip(
        _place(till), str(asked.id)[:8].upper(), original=sold.receipt_number,
        amount_cents=asked.amount_cents, at=asked.asked_at, language=language,
    )  # fmt: skip


def clarification_of(connection: Connection, of: Attempt, *, language: Language = "de") -> Receipt:
    """The slip for a guest who leaves before it is known whether the card was charged."""
    till = find_till(connection, of.till)
    assert till is not None
    at: datetime = of.lost_at or of.started_at
    number = str(of.id)[:8].upper()
    return clarification_slip(
        _place(till), number, amount_cents=of.amount_cents, at=at, language=language
    )


def _place(till: Till) -> Place:
    house = House(till.city, till.facility_name)
    return Place(house, till.name, till.code)


def _item(line: Line, language: Language) -> Item:
    name = line.name if language == "de" else line.name_en or line.name
    note = "" if line.vat_rate else _EXEMPT[language]
    return Item(name, line.amount_cents, line.quantity, line.unit_cents, Tax(line.vat_rate, note))


def _payment(sold: Sale) -> Payment:
    evidence, tendered = sold.tender.evidence, sold.tender.tendered_cents
    is_cash = sold.way == "cash" and sold.total_cents > 0 and tendered is not None
    return Payment(
        way=WAYS.get(sold.way, sold.way) if sold.total_cents else "free",
        amount_cents=sold.total_cents,
        tendered_cents=tendered if is_cash else None,
        change_cents=tendered - sold.total_cents if is_cash and tendered is not None else None,
        scheme=evidence.scheme if evidence else "",
        last4=evidence.last4 if evidence else "",
        terminal=evidence.terminal_id if evidence else "",
        trace=evidence.number if evidence else "",
        authorisation=evidence.authorisation if evidence else "",
    )


def _beside(work: object, *given: object) -> None:
    assert callable(work)
    threading.Thread(target=work, args=given, daemon=True).start()

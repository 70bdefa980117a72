"""Payments at terminals: the books' rows, the acquirer's lines and the terminal's own count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tests.reconciliation.made_city.batches import Batch, Batches
from tests.reconciliation.made_city.clock import DAY, wall_of
from tests.reconciliation.made_city.closes import Closes, Tally, eod_id
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.layout import CARDS, Terminal
from tests.reconciliation.made_city.numbering import acquirer_id, digits, swapped
from tests.reconciliation.made_city.online_side import wrong_amount
from tests.reconciliation.made_city.rows import LedgerRow, Line
from tests.reconciliation.made_city.sales import Charge
from tests.reconciliation.made_city.truth import Case

MINUTE = timedelta(minutes=1)


@dataclass(slots=True, eq=False)
class Sale:
    """A charge at a terminal and everything it touches."""

    charge: Charge
    terminal: Terminal
    row: LedgerRow
    line: Line
    batch: Batch
    tally: Tally

    @property
    def eod(self) -> str:
        """The close that counts it."""
        return eod_id(self.terminal, self.tally.day)


@dataclass(slots=True)
class TerminalSide:
    """Takes charges and writes what three sides say about them."""

    month: Month
    batches: Batches
    closes: Closes

    def tally_of(self, charge: Charge) -> Tally:
        """The counter that counts `charge`; ask before the charge gets its receipt."""
        assert charge.terminal
        return self.closes.at(charge.terminal, charge.terminal.batch_day(charge.at))

    def take(self, charge: Charge, tally: Tally) -> None:
        """Write what the sides say about `charge`, which has its receipt by now."""
        sale = self._sale(charge, tally)
        tally.last = charge.receipt or tally.last
        made = _FAULTS.get(charge.fault)
        if made:
            tally.is_plain &= charge.fault in ("CTRL_REVERSED_BOTH", "UNKNOWN_TERMINAL")
            made(self, sale)
            return
        self.right(sale)
        if charge.fault:  # a control: odd and right
            sale.batch.has_controls = True
            self.case(sale, sale.row, sale.line)

    def right(self, sale: Sale) -> None:
        """All sides agree."""
        self.month.ledger.add(sale.row)
        self.batches.put(sale.batch, sale.line)
        sale.batch.pairs.append((sale.row, sale.line))
        sale.tally.count(sale.charge.receipt, sale.charge.amount)

    def case(self, sale: Sale, row: LedgerRow | None, *lines: Line, eod: bool = False) -> Case:
        """Tell the truth about a sale."""
        day = row.business_date if row else wall_of(sale.charge.at).date().isoformat()
        case = Case(
            sale.charge.fault, "L1", day, [row] if row else [], [each.txn for each in lines]
        )
        if eod:
            case.psp.append(sale.eod)
        return self.month.truth.add(case)

    def pair(self, sale: Sale, *, eod: bool = False) -> Case:
        """Both sides know of it, the terminal counts what the acquirer has."""
        self.month.ledger.add(sale.row)
        self.batches.put(sale.batch, sale.line)
        sale.tally.count(sale.charge.receipt, sale.line.gross)
        case = self.case(sale, sale.row, sale.line, eod=eod)
        case.delta = sale.row.amount - sale.line.gross
        return case

    def fee(self, line: Line) -> int:
        """By contract, of the line's amount; taken back with a storno."""
        fee = self.month.city.fee("acquirer", line.scheme, line.gross)
        return fee if line.gross >= 0 else -fee

    def _sale(self, charge: Charge, tally: Tally) -> Sale:
        terminal = charge.terminal
        assert terminal
        row = LedgerRow(
            "charge", "terminal", charge.office.name, charge.at, charge.amount,
            terminal=terminal.id, trace=charge.trace, receipt=charge.receipt, auth=charge.auth,
            order_ref=charge.order_ref,
        )  # fmt: skip
        line = Line(
            file="", source="acquirer", record="charge", account="",
            txn=acquirer_id(self.month.rng), created=wall_of(charge.at), gross=charge.amount,
            terminal=terminal.id, trace=charge.trace, receipt=charge.receipt, auth=charge.auth,
            scheme=charge.scheme,
        )  # fmt: skip
        line.fee = self.fee(line)
        return Sale(charge, terminal, row, line, self.batch(charge, tally.day), tally)

    def batch(self, charge: Charge, day: date) -> Batch:
        """The batch of the card used, on `day`."""
        assert charge.terminal
        merchant = charge.terminal.merchant
        return self.batches.at(f"N{merchant}" if charge.scheme == "girocard" else merchant, day)

    def taken_back(self, sale: Sale) -> Line:
        """The storno a minute later, in the same batch."""
        back = Line(
            file="", source="acquirer", record="reversal", account="",
            txn=acquirer_id(self.month.rng), created=wall_of(sale.charge.at + MINUTE),
            gross=-sale.charge.amount, terminal=sale.terminal.id, trace=sale.charge.trace,
            receipt=sale.charge.receipt, scheme=sale.charge.scheme,
        )  # fmt: skip
        back.fee = self.fee(back)
        return self.batches.put(sale.batch, back)


def _taken_back_by_both(side: TerminalSide, sale: Sale) -> None:
    side.month.ledger.add(sale.row)
    side.batches.put(sale.batch, sale.line)
    back = side.taken_back(sale)
    row = side._sale(sale.charge, sale.tally).row
    row.kind, row.amount, row.booked_at = "reversal", -row.amount, row.booked_at + MINUTE
    row.booked_at = min(row.booked_at, side.month.end - timedelta(seconds=1))
    side.month.ledger.add(row)
    side.case(sale, sale.row, sale.line, back).ledger.append(row)
    sale.tally.count(sale.charge.receipt, 0, items=0)


def _taken_back_at_psp(side: TerminalSide, sale: Sale) -> None:
    side.month.ledger.add(sale.row)
    side.batches.put(sale.batch, sale.line)
    side.case(sale, sale.row, sale.line, side.taken_back(sale), eod=True).delta = sale.row.amount
    sale.tally.count(sale.charge.receipt, 0, items=0)


def _amount_differs(side: TerminalSide, sale: Sale) -> None:
    sale.line.gross = wrong_amount(side.month, sale.charge.amount)
    sale.line.fee = side.fee(sale.line)
    side.pair(sale, eod=True)


def _fee_differs(side: TerminalSide, sale: Sale) -> None:
    sale.line.fee += side.month.rng.choice((25, 25, 5, 60))
    side.pair(sale)


def _trace_swapped(side: TerminalSide, sale: Sale) -> None:
    sale.row.trace, sale.row.auth = swapped(side.month.rng, sale.row.trace), ""
    side.pair(sale)


def _reference_missing(side: TerminalSide, sale: Sale) -> None:
    sale.row.trace = sale.row.receipt = sale.row.auth = ""
    side.pair(sale)


def _booked_late(side: TerminalSide, sale: Sale) -> None:
    day = sale.row.business_date
    sale.row.booked_at += side.month.rng.randrange(1, 4) * DAY
    side.pair(sale, eod=True).day = day


def _missing_at_psp(side: TerminalSide, sale: Sale) -> None:
    side.month.ledger.add(sale.row)
    side.case(sale, sale.row, eod=True).delta = sale.row.amount


def _missing_in_ledger(side: TerminalSide, sale: Sale) -> None:
    side.batches.put(sale.batch, sale.line)
    sale.tally.count(sale.charge.receipt, sale.line.gross)
    side.case(sale, None, sale.line, eod=True).delta = -sale.line.gross


def _counted_only(side: TerminalSide, sale: Sale) -> None:
    sale.tally.count(sale.charge.receipt, sale.charge.amount)
    case = side.case(sale, None, eod=True)
    case.day, case.delta = sale.tally.day.isoformat(), -sale.charge.amount
    case.detail = (
        f"terminal {sale.terminal.id} receipt {sale.charge.receipt} counted by terminal only"
    )


def _of_a_stranger(side: TerminalSide, sale: Sale) -> None:
    rng = side.month.rng
    sale.line.terminal = side.month.city.stranger(rng)
    sale.line.trace, sale.line.receipt = digits(rng, 6), f"{rng.randrange(1, 9999):04d}"
    sale.line.auth, sale.line.scheme = digits(rng, 6), rng.choice(CARDS)
    sale.line.fee = side.fee(sale.line)
    sale.charge.scheme = sale.line.scheme
    side.batches.put(side.batch(sale.charge, sale.tally.day), sale.line)
    side.case(sale, None, sale.line).delta = -sale.line.gross


def _charged_twice(side: TerminalSide, sale: Sale) -> None:
    again = side._sale(sale.charge, sale.tally).line
    side.batches.put(sale.batch, again)
    case = side.pair(sale, eod=True)
    case.psp.insert(1, again.txn)
    case.delta = -again.gross


def _booked_twice(side: TerminalSide, sale: Sale) -> None:
    again = side._sale(sale.charge, sale.tally).row
    again.booked_at = side.month.later(again.booked_at, 4 * MINUTE, 12 * MINUTE)
    case = side.pair(sale, eod=True)
    case.ledger.append(side.month.ledger.add(again))
    case.delta = again.amount


def _line_twice(side: TerminalSide, sale: Sale) -> None:
    sale.batch.doubled.add(sale.line.txn)
    side.pair(sale)


def _arrived_late(side: TerminalSide, sale: Sale) -> None:
    """The line comes with the file of one of the next two days."""
    sale.batch = side.batch(sale.charge, sale.tally.day + side.month.rng.randrange(1, 3) * DAY)
    side.pair(sale)


def _disputed(side: TerminalSide, sale: Sale) -> None:
    side.right(sale)
    month = side.month
    won = sale.charge.fault == "CHARGEBACK_REVERSED"
    at = month.later(sale.charge.at, 2 * DAY, (4 if won else 9) * DAY)
    lines = [_dispute(side, sale, "chargeback", -1)]
    lines[0].created, lines[0].fee = wall_of(at), month.city.dispute_fee
    if won:
        lines.append(_dispute(side, sale, "chargeback_reversal", 1))
        lines[1].created = wall_of(month.later(at, DAY / 2, 4 * DAY))
    for line in lines:
        side.batches.put(side.batch(sale.charge, line.created.date()), line)
    side.case(sale, sale.row, *lines).day = lines[0].created.date().isoformat()


def _dispute(side: TerminalSide, sale: Sale, record: str, sign: int) -> Line:
    line = side._sale(sale.charge, sale.tally).line
    line.record, line.gross, line.fee = record, sign * line.gross, 0
    return line


_FAULTS: dict[str, Callable[[TerminalSide, Sale], object]] = {
    "AMOUNT_DIFF": _amount_differs,
    "FEE_MISMATCH": _fee_differs,
    "REF_DIGIT_SWAP": _trace_swapped,
    "REF_MISSING": _reference_missing,
    "WRONG_DAY": _booked_late,
    "MISSING_AT_PSP": _missing_at_psp,
    "MISSING_IN_LEDGER": _missing_in_ledger,
    "TERMINAL_COUNTER_GAP": _counted_only,
    "UNKNOWN_TERMINAL": _of_a_stranger,
    "DUPLICATE_CHARGE": _charged_twice,
    "DUPLICATE_LEDGER": _booked_twice,
    "DUPLICATE_PSP_LINE": _line_twice,
    "LATE_ARRIVAL": _arrived_late,
    "REVERSED_AT_PSP": _taken_back_at_psp,
    "CTRL_REVERSED_BOTH": _taken_back_by_both,
    "CHARGEBACK": _disputed,
    "CHARGEBACK_REVERSED": _disputed,
}

"""Payments online: the books' rows and Stripe's lines, in order or with a fault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.reconciliation.made_city.clock import open_days_after
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.numbering import digits, stripe_id, swapped
from tests.reconciliation.made_city.rows import LedgerRow, Line, Part
from tests.reconciliation.made_city.sales import Charge
from tests.reconciliation.made_city.truth import Case

REFUNDED = 0.017
DAY = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Transfer:
    """What a Stripe account pays out on a day; a day after the month: not yet."""

    id: str
    account: str
    office: str
    settle: date
    trace: str
    net: int = 0
    items: int = 0
    waiting: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OnlineSide:
    """Takes charges, writes lines and keeps what each account pays out on which day."""

    month: Month
    part: Part
    transfers: dict[tuple[str, date], Transfer] = field(default_factory=dict)
    pairs: list[tuple[LedgerRow, str]] = field(default_factory=list)

    def take(self, charge: Charge) -> None:
        """Write what the two sides say about `charge`."""
        row, line = self._row(charge), self._line(charge)
        made = _FAULTS.get(charge.fault)
        if made:
            made(self, charge, row, line)
            return
        self._right(row, line)
        if charge.fault:  # a control: odd and right
            self.month.truth.add(_case(charge, row, line))
        if self.month.rng.random() < REFUNDED:
            whole = self.month.rng.random() < 0.5 or charge.amount < 100
            self._refund(charge, charge.amount if whole else charge.amount // 2)

    def settle_pairs(self) -> None:
        """Tell the truth about pairs whose row is written by now."""
        waiting = []
        for row, txn in self.pairs:
            if row.id:
                self.month.truth.matched("L1", (row.id, txn, ""), row.business_date)
            else:
                waiting.append((row, txn))
        self.pairs = waiting

    def _row(self, charge: Charge) -> LedgerRow:
        return LedgerRow(
            "charge", "online", charge.office.name, charge.at, charge.amount,
            order_ref=charge.order_ref, psp_ref=charge.psp_ref,
        )  # fmt: skip

    def _line(self, charge: Charge, amount: int | None = None) -> Line:
        cents = charge.amount if amount is None else amount
        line = self._record(
            charge, "charge", charge.at + timedelta(seconds=self.month.rng.randrange(4))
        )
        line.gross, line.psp_ref = cents, charge.psp_ref
        line.fee = self.month.city.fee("stripe", charge.region, cents)
        return line

    def _record(self, charge: Charge, record: str, at: datetime) -> Line:
        """A line without amounts, of the day it happened by UTC."""
        account, day = charge.office.stripe, at.date()
        return Line(
            file=f"stripe-{account}-{day}", source="stripe", record=record, account=account,
            txn=stripe_id(self.month.rng, "txn"), created=at, gross=0, order_ref=charge.order_ref,
            scheme=charge.scheme, region=charge.region,
            settle=open_days_after(day, 2).isoformat(),
        )  # fmt: skip

    def _write(self, line: Line, *, twice: bool = False) -> None:
        """Put a line into its account's next transfer and into its file."""
        if line.currency == "EUR":
            transfer = self._transfer(line.account, date.fromisoformat(line.settle))
            transfer.net += line.net_cents
            transfer.items += 1
            if transfer.settle <= self.month.last:
                line.batch = transfer.id
            else:
                transfer.waiting.append(line.txn)
        for _ in range(2 if twice else 1):
            self.part.write(line.cells())

    def _transfer(self, account: str, settle: date) -> Transfer:
        if (account, settle) not in self.transfers:
            rng = self.month.rng
            office = next(each.name for each in self.month.city.offices if each.stripe == account)
            self.transfers[account, settle] = Transfer(
                stripe_id(rng, "po"), account, office, settle, digits(rng, 12)
            )
        return self.transfers[account, settle]

    def _right(self, row: LedgerRow, line: Line) -> None:
        self.month.ledger.add(row)
        self._write(line)
        self.pairs.append((row, line.txn))

    def _refund(
        self, charge: Charge, amount: int, *, ledger: bool = True, psp: bool = True
    ) -> None:
        """Give `amount` back within days; one side may not know of it."""
        at = self.month.later(charge.at, timedelta(hours=1), 6 * DAY)
        ref = stripe_id(self.month.rng, "re")
        row = LedgerRow(
            "refund", "online", charge.office.name, at, -amount,
            order_ref=charge.order_ref, psp_ref=ref, related=charge.psp_ref,
        )  # fmt: skip
        line = self._record(charge, "refund", at + timedelta(seconds=2))
        line.gross, line.psp_ref = -amount, ref
        if ledger and psp:
            self._right(row, line)
        elif ledger:
            self.month.ledger.add(row)
            self.month.truth.add(Case(charge.fault, "L1", row.business_date, [row], delta=-amount))
        else:
            self._write(line)
            self.month.truth.add(
                Case(charge.fault, "L1", row.business_date, psp=[line.txn], delta=amount)
            )


def _case(charge: Charge, row: LedgerRow | None, *lines: Line) -> Case:
    day = row.business_date if row else lines[0].created.date().isoformat()
    return Case(charge.fault, "L1", day, [row] if row else [], [line.txn for line in lines])


def _pair(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> Case:
    """Write both and the case of the two."""
    case = side.month.truth.add(_case(charge, row, line))
    side.month.ledger.add(row)
    side._write(line, twice=charge.fault == "DUPLICATE_PSP_LINE")
    case.delta = row.amount - line.gross
    return case


def _amount_differs(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    line.gross = wrong_amount(side.month, charge.amount)
    line.fee = side.month.city.fee("stripe", charge.region, line.gross)
    _pair(side, charge, row, line)


def wrong_amount(month: Month, amount: int) -> int:
    """Off by a cent up to ten euros, or two digits changed over; above zero."""
    off = month.rng.choice((1, -1, 9, -27, 27, 90, -90, 1000, -1000, 250))
    return amount + off if amount + off > 0 else amount + abs(off)


def _partly_captured(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    less = min(side.month.rng.choice((50, 100, 250, 1000)), charge.amount // 2)
    line.gross, line.auth_cents = charge.amount - less, charge.amount
    line.fee = side.month.city.fee("stripe", charge.region, line.gross)
    _pair(side, charge, row, line)


def _fee_differs(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    line.fee += side.month.rng.choice((25, 25, 5, -7, 60))
    _pair(side, charge, row, line).delta = 25


def _other_currency(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    line.currency = side.month.rng.choice(("USD", "GBP", "CHF"))
    _pair(side, charge, row, line)


def _reference_swapped(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    row.order_ref, row.psp_ref = swapped(side.month.rng, row.order_ref, first=4), ""
    _pair(side, charge, row, line)


def _reference_missing(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    row.psp_ref = ""
    _pair(side, charge, row, line)


def _booked_late(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    day = row.business_date
    row.booked_at += side.month.rng.randrange(1, 4) * DAY
    _pair(side, charge, row, line).day = day


def _missing_at_psp(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    side.month.ledger.add(row)
    side.month.truth.add(_case(charge, row)).delta = charge.amount


def _missing_in_ledger(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    side._write(line)
    side.month.truth.add(_case(charge, None, line)).delta = -charge.amount


def _charged_twice(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    again = side._line(charge)
    again.created = line.created + timedelta(seconds=side.month.rng.randrange(15, 240))
    _redate(again)
    again.psp_ref = stripe_id(side.month.rng, "pi")
    _pair(side, charge, row, line).psp.append(again.txn)
    side._write(again)


def _redate(line: Line) -> None:
    """File and payout of a line that was moved, perhaps over midnight."""
    day = line.created.date()
    line.file, line.settle = f"stripe-{line.account}-{day}", open_days_after(day, 2).isoformat()


def _booked_twice(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    again = side._row(charge)
    again.booked_at = side.month.later(charge.at, timedelta(minutes=4), timedelta(minutes=12))
    _pair(side, charge, row, line).ledger.append(side.month.ledger.add(again))


def _split(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    part = max(1, charge.amount // side.month.rng.choice((2, 3)))
    row.psp_ref = ""
    first, second = side._line(charge, part), side._line(charge, charge.amount - part)
    second.created, second.psp_ref = (
        first.created + timedelta(seconds=38),
        stripe_id(side.month.rng, "pi"),
    )
    _redate(second)
    case = _pair(side, charge, row, first)
    case.psp.append(second.txn)
    case.delta = 0
    side._write(second)


def _combined(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    other = side._row(charge)
    other.order_ref = charge.office.next_reference()
    other.amount = charge.amount // 2
    row.amount = charge.amount - other.amount
    case = _pair(side, charge, row, line)
    case.ledger.append(side.month.ledger.add(other))
    case.delta = 0


def _disputed(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    """The payer's bank takes it back; the second class gets it back again days later."""
    side._right(row, line)
    month = side.month
    at = month.later(charge.at, 2 * DAY, (4 if charge.fault == "CHARGEBACK_REVERSED" else 9) * DAY)
    lines = [side._record(charge, "chargeback", at)]
    lines[0].gross, lines[0].fee = -charge.amount, month.city.dispute_fee
    if charge.fault == "CHARGEBACK_REVERSED":
        lines.append(side._record(charge, "chargeback_reversal", month.later(at, DAY / 2, 4 * DAY)))
        lines[1].gross = charge.amount
    for each in lines:
        each.psp_ref = charge.psp_ref
        side._write(each)
    case = month.truth.add(_case(charge, row, *lines))
    case.day = lines[0].created.date().isoformat()


def _refund_unknown(side: OnlineSide, charge: Charge, row: LedgerRow, line: Line) -> None:
    side._right(row, line)
    in_ledger = charge.fault == "REFUND_MISSING_AT_PSP"
    side._refund(charge, charge.amount, ledger=in_ledger, psp=not in_ledger)


_FAULTS: dict[str, Callable[[OnlineSide, Charge, LedgerRow, Line], object]] = {
    "AMOUNT_DIFF": _amount_differs,
    "PARTIAL_CAPTURE": _partly_captured,
    "FEE_MISMATCH": _fee_differs,
    "CURRENCY_MISMATCH": _other_currency,
    "REF_DIGIT_SWAP": _reference_swapped,
    "REF_MISSING": _reference_missing,
    "WRONG_DAY": _booked_late,
    "MISSING_AT_PSP": _missing_at_psp,
    "MISSING_IN_LEDGER": _missing_in_ledger,
    "DUPLICATE_CHARGE": _charged_twice,
    "DUPLICATE_LEDGER": _booked_twice,
    "DUPLICATE_PSP_LINE": _pair,
    "SPLIT_PAYMENT": _split,
    "COMBINED_PAYMENT": _combined,
    "CHARGEBACK": _disputed,
    "CHARGEBACK_REVERSED": _disputed,
    "REFUND_MISSING_AT_PSP": _refund_unknown,
    "REFUND_MISSING_IN_LEDGER": _refund_unknown,
}

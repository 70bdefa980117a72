"""From a row's texts to a line: cents, times and signs as the layout writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from reconciliation.sources.acquirer_csv.layouts import Layout
from reconciliation.sources.errors import Problem, UnreadableStatement, shown
from reconciliation.sources.provider_lines import SUMS, ProviderLine, RecordType

_DIGITS_MAX = 15
_GOES_OUT = frozenset({RecordType.REFUND, RecordType.CHARGEBACK, RecordType.FEE})


@dataclass(frozen=True, slots=True)
class Row:
    """One row by our fields; a field of several columns has several texts."""

    layout: Layout
    line: int
    texts: Mapping[str, tuple[str, ...]]
    kind: RecordType | None = None

    def text(self, field: str) -> str | None:
        """The texts of the field joined by "-", None if there is none."""
        found = [text for text in self.texts.get(field, ()) if text]
        return "-".join(found) or None

    def required(self, field: str) -> str:
        """The text of the field; raises MISSING."""
        found = self.text(field)
        if found is None:
            raise self.fault(Problem.MISSING, field, None)
        return found

    def fault(self, problem: Problem, field: str, found: str | None) -> UnreadableStatement:
        """The error for this field of this row, by the acquirer's name for it."""
        element = "+".join(self.layout.columns.get(field, (field,)))
        cut = None if found is None else shown(found)
        return UnreadableStatement(problem, self.line, element=element, found=cut)


def provider_line(row: Row) -> ProviderLine:
    """The row as a line. Raises MISSING, BAD_AMOUNT, BAD_CURRENCY or BAD_DATE with its line."""
    kind = record_type(row)
    gross, net, fee = _amounts(row, kind)
    settle_on = _moment(row, "settle_on")
    at = _moment(row, "at") or settle_on
    if at is None:
        raise row.fault(Problem.MISSING, "at" if "at" in row.texts else "settle_on", None)
    return ProviderLine(
        record_type=kind,
        account=row.required("account"),
        txn_id=row.text("txn_id") or row.required("batch"),
        gross_cents=gross,
        net_cents=net,
        fee_cents=fee,
        currency=_currency(row),
        local_at=at,
        settle_on=None if settle_on is None else settle_on.date(),
        item_count=_count(row),
        psp_ref=row.text("psp_ref"),
        order_ref=row.text("order_ref"),
        terminal=row.text("terminal"),
        trace=row.text("trace"),
        receipt=row.text("receipt"),
        auth_code=row.text("auth_code"),
        scheme=row.text("scheme"),
        card_region=row.text("card_region"),
        batch=row.text("batch"),
        trace_id=row.text("trace_id"),
    )


def record_type(row: Row) -> RecordType:
    """What the row records; a word nobody knows keeps its money as "other"."""
    if row.kind is not None:
        return row.kind
    return row.layout.kinds.get(row.required("kind"), RecordType.OTHER)


def day_of(line: ProviderLine) -> date | None:
    """The day the line belongs to in its file's period."""
    return line.settle_on or (line.local_at.date() if line.local_at else None)


def _amounts(row: Row, kind: RecordType) -> tuple[int, int, int]:
    """Gross, net and fee; what is not given follows from the others."""
    fee = sum(_cents(row, "fee", text) for text in row.texts.get("fee", ()) if text)
    gross = _signed(row, "gross", kind)
    net = _signed(row, "net", kind)
    if gross is None and net is None:
        raise row.fault(Problem.MISSING, "gross", None)
    if gross is None:
        gross = (net or 0) + fee
    return gross, gross - fee if net is None else net, fee


def _signed(row: Row, field: str, kind: RecordType) -> int | None:
    """The amount as it moves our money: what is paid out to us comes in."""
    if row.layout.sign == "debit_credit":
        pair = ("net_debit", "net_credit") if field == "net" else ("debit", "credit")
        debit, credit = (row.text(name) for name in pair)
        if debit is None and credit is None:
            return None
        in_cents = (_cents(row, pair[1], credit) if credit else 0) - (
            _cents(row, pair[0], debit) if debit else 0
        )
        return -in_cents if kind in SUMS else in_cents
    text = row.text(field)
    if text is None:
        return None
    cents = _cents(row, field, text)
    if row.layout.sign == "by_kind":
        return -abs(cents) if kind in _GOES_OUT else abs(cents)
    return cents


def _cents(row: Row, field: str, text: str) -> int:
    layout = row.layout
    plain = text.strip()
    if layout.thousands:
        plain = plain.replace(layout.thousands, "")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-").removeprefix("+")
    whole, fraction = plain, ""
    if layout.decimal:
        whole, _, fraction = plain.partition(layout.decimal)
        # Providers give as many decimals as they compute with; fractions of a cent are no money.
        fraction = fraction[:2].ljust(2, "0") + fraction[2:].rstrip("0")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _DIGITS_MAX or not whole:
        raise row.fault(Problem.BAD_AMOUNT, field, text)
    if layout.decimal and len(fraction) > 2:
        raise row.fault(Problem.BAD_AMOUNT, field, text)
    return sign * int(digits)


def _currency(row: Row) -> str:
    found = row.text("currency") or row.layout.currency or ""
    if len(found) != 3 or not (found.isascii() and found.isalpha() and found.isupper()):
        raise row.fault(Problem.BAD_CURRENCY, "currency", found)
    return found


def _count(row: Row) -> int | None:
    text = row.text("item_count")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise row.fault(Problem.BAD_AMOUNT, "item_count", text)
    return int(text)


def _moment(row: Row, field: str) -> datetime | None:
    text = row.text(field)
    if text is None:
        return None
    for form in row.layout.times:
        try:
            found = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the files write local time
        except ValueError:
            continue
        return found if found.tzinfo is None else datetime.combine(found.date(), time())
    raise row.fault(Problem.BAD_DATE, field, text)

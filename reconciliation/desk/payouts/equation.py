"""A payout as an equation of real figures: what was expected, what came between, what arrived."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reconciliation.desk.payouts.lines import Line
from reconciliation.desk.payouts.whole import Whole
from reconciliation.desk.payouts.words import provider_word
from reconciliation.german import german_day


@dataclass(frozen=True, slots=True)
class Term:
    """One term. sign: "", "+", "−" or "="; cents: what is shown behind it, so that the sum reads
    from left to right. is_off: part of it is not booked, or open; agrees: what it is held against
    is the same."""

    label: str
    cents: int
    sign: str = ""
    is_result: bool = False
    is_off: bool = False
    agrees: bool = False


MINUS = "\N{MINUS SIGN}"


def equation(shown: Whole, lines: Sequence[Line], returned_on: date | None = None) -> list[Term]:
    """The terms from the payments to the bank, as far as they are known."""
    who, arrived = provider_word(shown.provider), shown.bank_cents
    terms = [*_lines(lines)] if lines else []
    if shown.remainder_cents:
        terms.append(_signed("Rest ohne Zeile", shown.remainder_cents, is_off=True))
    word = "Einzug" if shown.amount_cents < 0 else "Auszahlung"
    terms.append(Term(f"{word} ({who})", shown.amount_cents, "=" if terms else "", is_result=True))
    if returned_on is not None:
        back = _signed(f"Zurückgebucht am {german_day(returned_on)}", -shown.amount_cents)
        sign = "≠" if arrived else "="  # the bank may still have to take it back
        return [*terms, back, Term("Auf dem Konto", arrived or 0, sign, True, bool(arrived))]
    if arrived is not None:
        label = f"{shown.bank_count} Bankeinträge" if shown.bank_count > 1 else _at_bank(shown)
        is_same = arrived == shown.amount_cents
        sign = "=" if is_same else "≠"
        terms.append(Term(label, arrived, sign, True, not is_same, is_same))
    return terms


def _at_bank(shown: Whole) -> str:
    return "Belastung (Bank)" if shown.amount_cents < 0 else "Gutschrift (Bank)"


def _lines(lines: Sequence[Line]) -> Iterator[Term]:
    """What the books expect, then what they do not know or what is open."""
    plain = [line for line in lines if line.record_type in ("charge", "refund", "reversal")]
    known = [line for line in plain if line.is_settled]
    charges, refunds = _of(known, "charge"), _of(known, "refund", "reversal")
    yield Term(_counted(len(charges), "Zahlung", "Zahlungen"), _gross(charges))
    if refunds:
        yield _signed(_counted(len(refunds), "Erstattung", "Erstattungen"), _gross(refunds))
    fee = sum(line.fee_cents for line in known)
    if fee:
        yield _signed("Entgelte nach Vertrag", -fee)
    if len(known) < len(lines):
        yield Term("Erwartet (Hauptbuch)", _net(known), "=", is_result=True)
        yield from _others([line for line in lines if line not in known])


def _others(rest: Sequence[Line]) -> Iterator[Term]:
    taken = _of(rest, "chargeback")
    if taken:
        many = "Rückbelastung" if len(taken) == 1 else f"{len(taken)} Rückbelastungen"
        yield _signed(many, _gross(taken), is_off=_is_off(taken))
        cost = sum(line.fee_cents for line in taken)
        if cost:
            yield _signed("Entgelt Rückbelastung", -cost, is_off=_is_off(taken))
    unknown = _of(rest, "charge")
    groups = (
        (_counted(len(unknown), "Zahlung", "Zahlungen") + " ohne Buchung", unknown),
        ("Erstattungen ohne Buchung", _of(rest, "refund", "reversal")),
        ("Rückbelastung gewonnen", _of(rest, "chargeback_reversal")),
        ("Eigene Entgelte", _of(rest, "fee")),
        ("Frühere Auszahlung zurück", [r for r in rest if r.category == "payout_reversal"]),
    )
    for label, group in groups:
        if group:
            yield _signed(label, _net(group), is_off=_is_off(group))
    known = {line.txn_id for _, group in groups for line in group} | {t.txn_id for t in taken}
    left = [line for line in rest if line.txn_id not in known]
    if left:
        yield _signed("Sonstiges", _net(left), is_off=_is_off(left))


def _of(lines: Sequence[Line], *types: str) -> list[Line]:
    return [line for line in lines if line.record_type in types]


def _gross(lines: Sequence[Line]) -> int:
    return sum(line.gross_cents for line in lines)


def _net(lines: Sequence[Line]) -> int:
    return sum(line.net_cents for line in lines)


def _is_off(lines: Sequence[Line]) -> bool:
    return not all(line.is_settled for line in lines)


def _signed(label: str, cents: int, *, is_off: bool = False) -> Term:
    return Term(label, abs(cents), MINUS if cents < 0 else "+", is_off=is_off)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

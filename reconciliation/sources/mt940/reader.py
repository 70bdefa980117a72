"""Read MT940: one statement at a time, each held in memory as its fields."""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from reconciliation.sources.creditor_reference import exact_reference, find_references
from reconciliation.sources.errors import Problem, UnreadableStatement
from reconciliation.sources.mt940.fields import Field, read_blocks
from reconciliation.sources.mt940.purpose import Purpose, purpose_of
from reconciliation.sources.mt940.scalars import (
    Balance,
    account_iban,
    balance,
    cents,
    day,
    entry_day,
)
from reconciliation.sources.statements import (
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
)

# Value date, entry date, mark, third letter of the currency, amount, type, references.
_LINE = re.compile(
    r"([0-9]{6})([0-9]{4})?(RC|RD|C|D)([A-Z])?([0-9]+,[0-9]*)\s*([NFS][0-9A-Z]{3})(.*)"
)
_CHARGES = re.compile(r"/CHGS/[A-Z]{3}([0-9]+,[0-9]*)")
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "KREF+", "EREF+"})
_BUNDLES = frozenset({"079", "174", "189", *(str(code) for code in range(190, 200))})
_CAME_BACK = frozenset({"108", "109", "110", "159", "160"})


def read_mt940(stream: BinaryIO) -> Iterator[StatementPart]:
    """The parts of every statement in the file, in order.

    Raises UnreadableStatement with the line. A day that does not exist is an error of its line,
    not a reason to guess.
    """
    count = 0
    for fields in read_blocks(stream):
        count += 1
        yield from _statement(fields)
    if count == 0:
        raise UnreadableStatement(Problem.NO_STATEMENT)


def _statement(fields: Sequence[Field]) -> Iterator[StatementPart]:
    by_tag = {field.tag: field for field in reversed(fields)}
    if not {"60F", "60M"} & by_tag.keys():
        problem = Problem.WRONG_MESSAGE if "34F" in by_tag else Problem.MISSING
        raise UnreadableStatement(problem, fields[0].line, element=":60F:", found="MT942")
    opening = balance(_required(by_tag, fields, "60F", "60M"))
    closing = balance(_required(by_tag, fields, "62F", "62M"))
    entries = list(_entries(fields, opening.currency))
    yield _head(by_tag, fields, opening, closing)
    yield from entries
    yield StatementEnd(
        entry_count=len(entries),
        movement_cents=sum(entry.amount_cents for entry in entries),
        closing_cents=closing.cents,
        closing_on=closing.on,
    )


def _head(
    by_tag: dict[str, Field], fields: Sequence[Field], opening: Balance, closing: Balance
) -> StatementHead:
    number, _, page = _required(by_tag, fields, "28C", "28").text.strip().partition("/")
    sequence = _number(number)
    reference = _required(by_tag, fields, "20").text.strip()
    # The format has no id: the number counts within a year, and some banks leave even that out.
    identity = f"{closing.on.year}-{sequence:05d}" if sequence else f"{closing.on} {reference}"
    return StatementHead(
        message="MT940",
        account_iban=account_iban(_required(by_tag, fields, "25").text),
        statement_id=identity,
        sequence=sequence or None,
        page=max(_number(page), 1),
        is_last_page=closing.is_final,
        currency=opening.currency,
        opening_cents=opening.cents,
        opening_on=opening.on,
    )


def _number(text: str) -> int:
    """At most nine digits, 0 for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _required(by_tag: dict[str, Field], fields: Sequence[Field], *tags: str) -> Field:
    for tag in tags:
        if tag in by_tag:
            return by_tag[tag]
    raise UnreadableStatement(Problem.MISSING, fields[0].line, element=f":{tags[0]}:")


def _entries(fields: Sequence[Field], currency: str) -> Iterator[StatementEntry]:
    ordinal = 0
    for position, field in enumerate(fields):
        if field.tag != "61":
            continue
        ordinal += 1
        follows = fields[position + 1] if position + 1 < len(fields) else None
        said = follows.text if follows is not None and follows.tag == "86" else ""
        try:
            yield _entry(field, purpose_of(said), ordinal, currency)
        except UnreadableStatement as error:
            error.entry = ordinal
            raise


def _entry(field: Field, said: Purpose, ordinal: int, currency: str) -> StatementEntry:
    match = _LINE.fullmatch(field.lines[0].rstrip())
    if match is None:
        raise field.fault(Problem.MALFORMED, field.lines[0])
    value, booked, mark, _, amount, _, references = match.groups()
    value_on = day(field, value)
    unsigned = cents(field, amount)
    own, _, banks = references.partition("//")
    end_to_end = said.tags.get("EREF")
    is_back = said.gvc in _CAME_BACK
    return StatementEntry(
        ordinal=ordinal,
        # RC takes a credit back, RD a debit: the mark already is the direction, turned once.
        amount_cents=unsigned if mark in ("C", "RD") else -unsigned,
        currency=currency,
        booking_date=entry_day(field, booked, value_on) if booked else value_on,
        value_date=value_on,
        end_to_end_id=_reference(end_to_end),
        rf_reference=_rf(said.text, end_to_end),
        remittance=said.text,
        counterparty_name=said.name,
        counterparty_iban=said.party_iban,
        gvc=said.gvc,
        reversal=mark in ("RC", "RD"),
        return_reason=said.reason() if is_back else None,
        mandate_id=said.tags.get("MREF") or None,
        charges_cents=_charges(field, said, unsigned) if is_back else None,
        bank_reference=_reference(banks.strip()),
        batch_id=_reference(said.tags.get("KREF") or own) if said.gvc in _BUNDLES else None,
        booking_text=said.booking_text,
    )


def _reference(text: str | None) -> str | None:
    return None if text is None or text.strip().upper() in _NO_REFERENCE else text.strip()


def _rf(text: str | None, end_to_end: str | None) -> str | None:
    exact = exact_reference(end_to_end or "")
    return exact or next(find_references(text or ""), None)


def _charges(field: Field, said: Purpose, unsigned: int) -> int | None:
    """What banks took for a return: named in `:61:`, else what exceeds the original amount."""
    named = _CHARGES.findall("".join(field.lines[1:]))
    if named:
        return sum(cents(field, amount) for amount in named)
    original = re.match(r"(?:[A-Z]{3})?([0-9]+,[0-9]*)", said.tags.get("OAMT", ""))
    beyond = unsigned - cents(field, original.group(1)) if original else 0
    return beyond if beyond > 0 else None

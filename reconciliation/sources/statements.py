"""The values every statement source translates into: head, entries, end.

A statement is a sequence of parts, `StatementHead`, any number of `StatementEntry`, then
`StatementEnd`, so that a file of any size is read in little memory, and formats that name
the closing balance first or last look alike.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What the bank says with the message: only a STATEMENT is final and without gaps."""

    STATEMENT = "statement"
    REPORT = "report"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class StatementHead:
    """What stands above the entries; None where the bank does not say.

    message: the format with its version ("camt.053.001.08").
    statement_id, sequence, page: tell a repeated file from a new one, per account.
    opening_cents: signed balance before the first entry.
    announced_entries: how many entries the bank says there are, of any status.
    """

    message: str
    kind: Kind = Kind.STATEMENT
    account_iban: str | None = None
    statement_id: str | None = None
    sequence: int | None = None
    page: int = 1
    is_last_page: bool = True
    currency: str | None = None
    opening_cents: int | None = None
    opening_on: date | None = None
    announced_entries: int | None = None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One payment within an entry; a batch has many, most entries have one.

    amount_cents: signed, money in is positive; None where the bank gives none.
    currency: of the payment, which may differ from the entry's and the account's.
    charges_cents: what a bank took on top, positive when it cost us.
    rf_reference: ISO 11649 reference with a right checksum, wherever the payer put it. One
        in 97 random texts has one too: look it up before believing it.
    structured_reference: the creditor reference as given, of whatever kind.
    """

    amount_cents: int | None = None
    currency: str | None = None
    end_to_end_id: str | None = None
    rf_reference: str | None = None
    remittance: str | None = None
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    return_reason: str | None = None
    mandate_id: str | None = None
    bank_tx_code: str | None = None
    gvc: str | None = None
    charges_cents: int | None = None
    structured_reference: str | None = None
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One booked line of the account. Has the values of its detail when there is exactly one.

    ordinal: position among the booked entries of its statement, from 1; part of what tells
        two equal payments of one day apart, since banks repeat their own references.
    amount_cents: signed, money in is positive; `reversal` says why, not which way.
    value_date: may lie before or after `booking_date`.
    bank_tx_code: ISO 20022 domain/family/sub-family ("PMNT/RCDT/ESCT").
    gvc: German business transaction code, three digits ("166").
    batch_id, batch_count: the bank's word for a bundle, also where its details are missing.
    booking_text: the bank's own words ("Dauerauftragsgutschr").
    """

    ordinal: int
    amount_cents: int
    currency: str
    booking_date: date | None = None
    value_date: date | None = None
    end_to_end_id: str | None = None
    rf_reference: str | None = None
    remittance: str | None = None
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    bank_tx_code: str | None = None
    gvc: str | None = None
    reversal: bool = False
    return_reason: str | None = None
    mandate_id: str | None = None
    details: tuple[EntryDetail, ...] = ()
    charges_cents: int | None = None
    structured_reference: str | None = None
    transaction_id: str | None = None
    bank_reference: str | None = None
    batch_id: str | None = None
    batch_count: int | None = None
    booking_text: str | None = None


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """What is known when the last entry is through.

    movement_cents: sum of the entries in the statement's currency.
    foreign_count: entries in another currency, which no sum of ours can contain.
    skipped: entries not booked, by the status the bank gave them ("PDNG": 2).
    """

    entry_count: int
    movement_cents: int
    closing_cents: int | None = None
    closing_on: date | None = None
    foreign_count: int = 0
    skipped: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


StatementPart = StatementHead | StatementEntry | StatementEnd


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in memory, for files known to be small."""

    head: StatementHead
    entries: tuple[StatementEntry, ...]
    end: StatementEnd


def unexplained_cents(head: StatementHead, end: StatementEnd) -> int | None:
    """Closing minus opening minus movement: 0 when the statement adds up, None if unknowable."""
    if head.opening_cents is None or end.closing_cents is None or end.foreign_count:
        return None
    return end.closing_cents - head.opening_cents - end.movement_cents


def whole_statements(parts: Iterable[StatementPart]) -> Iterator[Statement]:
    """The statements the parts belong to, each held in memory with all its entries."""
    head: StatementHead | None = None
    entries: list[StatementEntry] = []
    for part in parts:
        match part:
            case StatementHead():
                head, entries = part, []
            case StatementEntry():
                entries.append(part)
            case StatementEnd():
                if head is None:
                    raise ValueError("a statement ended that never began")
                yield Statement(head, tuple(entries), part)
                head = None

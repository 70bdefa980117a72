"""The statement as JSON: the shape `stadtkasse statement show --json` prints and samples expect."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from reconciliation.sources.provider_lines import ProviderLine, ProviderPart
from reconciliation.sources.statements import (
    EntryDetail,
    StatementEnd,
    StatementEntry,
    StatementHead,
)


def head_as_json(head: StatementHead, end: StatementEnd) -> Mapping[str, Any]:
    """Everything about a statement but its entries; amounts in cents, absent values None."""
    return {
        "account_iban": head.account_iban,
        "statement_id": head.statement_id,
        "sequence": head.sequence,
        "currency": head.currency,
        "opening_cents": head.opening_cents,
        "closing_cents": end.closing_cents,
    }


def entry_as_json(entry: StatementEntry) -> Mapping[str, Any]:
    """One booked entry; `amount_cents` signed, dates ISO 8601."""
    return {
        "amount_cents": entry.amount_cents,
        "currency": entry.currency,
        "booking_date": entry.booking_date and entry.booking_date.isoformat(),
        "value_date": entry.value_date and entry.value_date.isoformat(),
        "end_to_end_id": entry.end_to_end_id,
        "rf_reference": entry.rf_reference,
        "remittance": entry.remittance,
        "counterparty_name": entry.counterparty_name,
        "counterparty_iban": entry.counterparty_iban,
        "bank_tx_code": entry.bank_tx_code,
        "gvc": entry.gvc,
        "reversal": entry.reversal,
        "return_reason": entry.return_reason,
        "mandate_id": entry.mandate_id,
        "details": [_detail_as_json(detail) for detail in entry.details],
    }


def _detail_as_json(detail: EntryDetail) -> Mapping[str, Any]:
    return {
        "amount_cents": detail.amount_cents,
        "currency": detail.currency,
        "end_to_end_id": detail.end_to_end_id,
        "rf_reference": detail.rf_reference,
        "remittance": detail.remittance,
        "counterparty_name": detail.counterparty_name,
        "counterparty_iban": detail.counterparty_iban,
        "return_reason": detail.return_reason,
        "mandate_id": detail.mandate_id,
        "bank_tx_code": detail.bank_tx_code,
        "gvc": detail.gvc,
        "charges_cents": detail.charges_cents,
    }


def provider_as_json(parts: Iterable[ProviderPart]) -> Mapping[str, Any]:
    """A provider's file with all its lines; absent values are left out."""
    told: dict[str, Any] = {"lines": []}
    for part in parts:
        plain = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(part).items()
            if value not in (None, 0)
        }
        if isinstance(part, ProviderLine):
            told["lines"].append(plain)
        else:
            told |= plain
    return told

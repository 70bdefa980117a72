"""One booked `Ntry` becomes one StatementEntry.

Signs come from `CdtDbtInd` alone. `RvslInd` tells that an entry takes another one back; its
own direction is already in the indicator and is never turned again.
"""

from reconciliation.sources.camt.details import (
    Above,
    bank_tx_code,
    charged,
    charges,
    detail,
    gvc,
)
from reconciliation.sources.camt.records import Record
from reconciliation.sources.camt.scalars import day, is_credit, money, number, required
from reconciliation.sources.statements import EntryDetail, StatementEntry

BOOKED = "BOOK"


def status_of(record: Record) -> str:
    """`Sts` as plain text (up to 001.07) or in `Cd` or `Prtry` (from then on)."""
    values = record.values
    return values.get("Sts/Cd") or values.get("Sts/Prtry") or required(record, "Sts")


def booked_entry(record: Record, ordinal: int, own_iban: str | None) -> StatementEntry:
    """The entry; takes the values of its detail when there is exactly one."""
    values, transactions = record.values, record.inner.get("TxDtls", ())
    above = _above(record, own_iban, is_sole=len(transactions) == 1)
    details = tuple(detail(transaction, above) for transaction in transactions)
    sole = details[0] if above.is_sole else _of_the_entry_alone(above)
    return StatementEntry(
        ordinal=ordinal,
        amount_cents=above.cents if above.is_credit else -above.cents,
        currency=above.currency,
        booking_date=day(record, "BookgDt"),
        value_date=day(record, "ValDt"),
        end_to_end_id=sole.end_to_end_id,
        rf_reference=sole.rf_reference,
        remittance=sole.remittance,
        counterparty_name=sole.counterparty_name,
        counterparty_iban=sole.counterparty_iban,
        bank_tx_code=sole.bank_tx_code,
        gvc=sole.gvc,
        reversal=above.is_reversal,
        return_reason=sole.return_reason,
        mandate_id=sole.mandate_id,
        details=details,
        charges_cents=sole.charges_cents,
        structured_reference=sole.structured_reference,
        transaction_id=sole.transaction_id,
        bank_reference=values.get("AcctSvcrRef"),
        batch_id=values.get("NtryDtls/Btch/PmtInfId"),
        batch_count=number(values.get("NtryDtls/Btch/NbOfTxs")),
        booking_text=values.get("AddtlNtryInf"),
    )


def _above(record: Record, own_iban: str | None, *, is_sole: bool) -> Above:
    cents, currency = money(record)
    return Above(
        cents=cents,
        currency=currency,
        is_credit=is_credit(record),
        is_reversal=record.values.get("RvslInd") in ("true", "1"),
        is_sole=is_sole,
        own_iban=own_iban,
        bank_tx_code=bank_tx_code(record),
        gvc=gvc(record),
        charges=charges(record),
    )


def _of_the_entry_alone(above: Above) -> EntryDetail:
    return EntryDetail(
        bank_tx_code=above.bank_tx_code,
        gvc=above.gvc,
        charges_cents=charged(above.charges, above.currency),
    )

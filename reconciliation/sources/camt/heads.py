"""What stands around the entries of a camt statement: identity, account and balances."""

from dataclasses import dataclass
from datetime import date

from reconciliation.sources.camt.records import Record
from reconciliation.sources.camt.scalars import day, iban, is_credit, money, number
from reconciliation.sources.statements import Kind, StatementHead

_KINDS = {"Stmt": Kind.STATEMENT, "Rpt": Kind.REPORT, "Ntfctn": Kind.NOTIFICATION}


@dataclass(frozen=True, slots=True)
class Balance:
    """One signed balance with the bank's word for what it is ("CLBD")."""

    type: str | None
    cents: int
    currency: str
    on: date | None


def statement_head(record: Record, message: str) -> StatementHead:
    """The head of a statement, from as much of it as has been read."""
    values, kind = record.values, record.shape.name
    balances = _balances(record)
    currency = values.get("Acct/Ccy") or (balances[0].currency if balances else None)
    opening = opening_balance(record, currency)
    return StatementHead(
        message=message,
        kind=_KINDS[kind],
        account_iban=iban(values.get("Acct/Id/IBAN")),
        statement_id=values.get("Id"),
        sequence=number(values.get("ElctrncSeqNb") or values.get("LglSeqNb"), digits=18),
        page=number(values.get(f"{kind}Pgntn/PgNb")) or 1,
        is_last_page=values.get(f"{kind}Pgntn/LastPgInd") not in ("false", "0"),
        currency=currency,
        opening_cents=None if opening is None else opening.cents,
        opening_on=None if opening is None else opening.on,
        announced_entries=number(values.get("TxsSummry/TtlNtries/NbOfNtries")),
    )


def opening_balance(record: Record, currency: str | None) -> Balance | None:
    """The earliest opening balance; German banks give the previous closing one (PRCD) instead."""
    for kind in ("OPBD", "PRCD"):
        if found := _of_kind(record, kind, currency):
            return min(found, key=_order)
    return None


def closing_balance(record: Record, currency: str | None) -> Balance | None:
    """The latest booked closing balance; available and forward balances are no such thing."""
    found = _of_kind(record, "CLBD", currency)
    return max(found, key=_order) if found else None


def _of_kind(record: Record, kind: str, currency: str | None) -> list[Balance]:
    return [
        balance
        for balance in _balances(record)
        if balance.type == kind and currency in (None, balance.currency)
    ]


def _balances(record: Record) -> list[Balance]:
    return [_balance(inner) for inner in record.inner.get("Bal", ())]


def _balance(record: Record) -> Balance:
    cents, currency = money(record)
    return Balance(
        type=record.values.get("Tp/CdOrPrtry/Cd"),
        cents=cents if is_credit(record) else -cents,
        currency=currency,
        on=day(record, "Dt"),
    )


def _order(balance: Balance) -> date:
    return balance.on or date.min

"""Which fields a case shows, and how each side says them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ledger.calendar import CITY_TIME

Look = Callable[[Mapping[str, Any]], str | None]
Looks = tuple[Look, Look, Look]


def _of(name: str) -> Look:
    return lambda row: row.get(name)


WORDS: Mapping[str, str] = {
    "terminal": "am Terminal", "online": "im Netz", "cash": "bar", "transfer": "Überweisung",
    "charge": "Zahlung", "refund": "Erstattung", "reversal": "Storno", "cash_sale": "Barverkauf",
    "cash_count": "Kassenzählung", "cash_deposit": "Einzahlung", "invoice": "Bescheid, Rechnung",
    "chargeback": "Rückbelastung", "chargeback_reversal": "Rückbelastung gewonnen",
    "payout": "Auszahlung", "batch": "Abrechnung", "eod": "Kassenschnitt", "fee": "Entgelt",
    "other": "Sonstiges", "stripe": "Stripe", "acquirer": "Kartenabrechnung", "zvt": "Terminal",
}  # fmt: skip


def _word(name: str) -> Look:
    return lambda row: WORDS.get(row[name], row[name]) if row.get(name) else None


def _nothing(_: Mapping[str, Any]) -> str | None:
    return None


def _time(row: Mapping[str, Any]) -> str | None:
    at: datetime | None = row.get("booked_at") or row.get("happened_at")
    if at is not None:
        return f"{at.astimezone(CITY_TIME):%d.%m.%Y, %H:%M:%S}"
    local: datetime | None = row.get("local_at")
    return f"{local:%d.%m.%Y, %H:%M:%S}" if local else None


def _bank_days(row: Mapping[str, Any]) -> str | None:
    value: date | None = row.get("value_on")
    booked = f"Buchung {row['booked_on']:%d.%m.%Y}"
    return f"{booked}, Wert {value:%d.%m.}" if value else booked


def _place(row: Mapping[str, Any]) -> str | None:
    return (
        " ".join(str(row[name]) for name in ("office", "till", "terminal") if row.get(name)) or None
    )


def _provider_place(row: Mapping[str, Any]) -> str | None:
    return " ".join(str(row[name]) for name in ("account", "terminal") if row.get(name)) or None


def _payer(row: Mapping[str, Any]) -> str | None:
    iban = row.get("counterparty_iban")
    name = row.get("counterparty_name") or ""
    return f"{name} ··{iban[-4:]}".strip() if iban else name or None


def _scheme(row: Mapping[str, Any]) -> str | None:
    scheme = row.get("scheme")
    return " ".join(filter(None, (WORDS.get(row["source"], row["source"]), scheme)))


def _ledger_source(row: Mapping[str, Any]) -> str | None:
    return f"Journal, Buchung {row['entry_id']}" if row.get("entry_id") else "Journal"


def _provider_source(row: Mapping[str, Any]) -> str | None:
    version = f", Fassung {row['file_version']}" if row["file_version"] > 1 else ""
    return f"{row.get('file_name') or row['file_code']}{version}"


def _bank_source(row: Mapping[str, Any]) -> str | None:
    return f"{row['file_name']}, Auszug {row['statement_name']}, Eintrag {row['ordinal']}"


# Name, and how each side says it. The first four are references: their characters are compared.
FIELDS: Sequence[tuple[str, Looks]] = (
    ("Referenz", (_of("order_ref"), _of("order_ref"), _of("rf_reference"))),
    ("Anbieternummer", (_of("psp_ref"), _of("psp_ref"), _of("end_to_end_id"))),
    ("Beleg", (_of("receipt"), _of("receipt"), _nothing)),
    ("Genehmigung", (_of("auth_code"), _of("auth_code"), _nothing)),
    ("Betrag", (_nothing, _nothing, _nothing)),
    ("Zeit (Aachen)", (_time, _time, _bank_days)),
    ("Ort", (_place, _provider_place, _of("account"))),
    ("Zahlart, Zahler", (_word("channel"), _scheme, _payer)),
    ("Text", (_word("kind"), _word("record_type"), _of("remittance"))),
    ("Nummer", (_of("code"), _of("txn_id"), _of("bank_reference"))),
    ("Quelle", (_ledger_source, _provider_source, _bank_source)),
)
REFERENCES = frozenset({"Referenz", "Anbieternummer", "Beleg", "Genehmigung"})

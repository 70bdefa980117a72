"""The two XML files: credit transfers (pain.001.001.09) and direct debits (pain.008.001.08).

Written by `sepaxml` and checked against the schema. What that library takes from the clock or
from chance (message id, time, ids of the payment blocks) is set from the batch, so that the same
payments always give the same bytes. Every payment is a block of its own: the bank books each one
by itself, and its line names the payment.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

from sepaxml import SepaDD, SepaTransfer
from sepaxml.validation import try_valid_xml

from ledger.calendar import CITY_TIME
from reconciliation.exports.fields import Values

SEPA = "sepa"  # the name of the settings
TRANSFER, COLLECTION = "pain001", "pain008"
SCHEMAS = {TRANSFER: "pain.001.001.09", COLLECTION: "pain.008.001.08"}
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "&": "+"}
)
_NO_SEPA_SIGN = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")


@dataclass(frozen=True, slots=True)
class Party:
    """The city towards its bank, as its settings say.

    name: as the account holder. creditor_id: of direct debits. days_ahead: bank days between
    handing a collection in and its due date.
    """

    name: str
    creditor_id: str
    days_ahead: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a file. due_on: executed or collected on; the rest is of direct debits."""

    end_to_end_id: str
    amount_cents: int
    iban: str
    holder: str
    purpose: str
    due_on: date
    mandate: str | None = None
    signed_on: date | None = None
    sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a file is besides its payments: its format and number, our account, its moment."""

    format: str
    number: int
    iban: str
    made_at: datetime

    @property
    def id(self) -> str:
        """MsgId: at most 35 signs, never used again."""
        return f"SK-{self.format.upper()}-{self.number:06d}"

    def payment_info(self, position: int) -> str:
        """PmtInfId of the payment at this position, from 1."""
        return f"{self.id}-{position:05d}"


def party_of(settings: Mapping[str, Any]) -> Party:
    """The city's settings for the bank. Raises SettingsWrong."""
    values = Values(SEPA, settings)
    values.only("name", "creditor_id", "days_ahead")
    return Party(
        values.text("name", longest=70), values.text("creditor_id", longest=35),
        values.number("days_ahead", 1, least=1, most=10),
    )  # fmt: skip


def payment_file(message: Message, payments: Sequence[Payment], party: Party) -> bytes:
    """The file, valid by its schema; raises sepaxml's ValidationError if it were not."""
    config = {
        "name": sepa_text(party.name)[:70], "IBAN": message.iban, "batch": False,
        "currency": "EUR",
    }  # fmt: skip
    schema = SCHEMAS[message.format]
    if message.format == TRANSFER:
        writer = SepaTransfer(config, schema=schema, clean=True)
    else:
        config["creditor_id"] = party.creditor_id
        writer = SepaDD(config, schema=schema, clean=True)
    for payment in payments:
        writer.add_payment(_values(payment))
    return _named(writer.export(validate=True), message, schema)


def sepa_text(text: str) -> str:
    """The text in the signs that every bank takes: `Müller & Söhne` is `Mueller + Soehne`."""
    plain = (
        unicodedata.normalize("NFKD", text.translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    )
    return " ".join(_NO_SEPA_SIGN.sub(" ", plain).split())


def _values(payment: Payment) -> dict[str, Any]:
    values = {
        "name": sepa_text(payment.holder)[:70], "IBAN": payment.iban,
        "amount": payment.amount_cents, "description": sepa_text(payment.purpose)[:140],
        "endtoend_id": payment.end_to_end_id,
    }  # fmt: skip
    if payment.mandate is None:
        return values | {"execution_date": payment.due_on}
    return values | {
        "type": payment.sequence, "collection_date": payment.due_on,
        "mandate_id": payment.mandate, "mandate_date": payment.signed_on,
    }  # fmt: skip


def _named(written: bytes, message: Message, schema: str) -> bytes:
    """The file with ids and a time of its batch's instead of random ones."""
    space = f"urn:iso:std:iso:20022:tech:xsd:{schema}"
    ET.register_namespace("", space)
    document = ET.fromstring(written)  # noqa: S314 - written by ourselves a moment ago
    within = {"": space}
    made = message.made_at.astimezone(CITY_TIME).replace(tzinfo=None)
    for element in document.iterfind(".//GrpHdr/MsgId", within):
        element.text = message.id
    for element in document.iterfind(".//GrpHdr/CreDtTm", within):
        element.text = made.isoformat(timespec="seconds")
    for position, element in enumerate(document.iterfind(".//PmtInf/PmtInfId", within), start=1):
        element.text = message.payment_info(position)
    for element in document.iterfind(".//DbtrAgt/FinInstnId", within):
        if not len(element):  # whose bank it is follows from the IBAN; German banks want it said
            other = ET.SubElement(element, f"{{{space}}}Othr")
            ET.SubElement(other, f"{{{space}}}Id").text = "NOTPROVIDED"
    content: bytes = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(document, "utf-8") + b"\n"
    )
    try_valid_xml(content, schema)
    return content

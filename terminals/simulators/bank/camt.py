"""One day of one account as camt.053.001.08, with the German bank codes (GVC) beside ISO's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from terminals.simulators.bank.payments import Kind, Payment

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
BIC = "DEMODEFFXXX"
LONGEST_LINE = 140  # of remittance text; more goes on in the next element

# Domain, family, sub-family of ISO 20022, the German GVC and the words on the statement.
_CODES = {
    Kind.TRANSFER: ("PMNT", "RCDT", "ESCT", "166", "GUTSCHRIFT"),
    Kind.INSTANT: ("PMNT", "RRCT", "ESCT", "168", "ECHTZEIT-GUTSCHRIFT"),
    Kind.GIROCARD: ("PMNT", "MCRD", "POSP", "198", "KARTENZAHLUNGEN"),
    Kind.CREDIT_CARD: ("PMNT", "MCRD", "POSC", "198", "KARTENZAHLUNGEN"),
    Kind.CASH: ("PMNT", "CNTR", "CDPT", "082", "EINZAHLUNG"),
    Kind.FEE: ("ACMT", "MDOP", "CHRG", "808", "ENTGELT"),
}
_WITH_REFERENCE = {"166": "167", "168": "164"}  # the same transfer carrying a creditor reference


@dataclass(frozen=True, slots=True)
class Statement:
    """What the bank says about one account on one day."""

    iban: str
    owner: str
    sequence: int
    day: date
    opening_cents: int
    payments: tuple[Payment, ...]

    @property
    def closing_cents(self) -> int:
        return self.opening_cents + sum(payment.cents for payment in self.payments)


def statement_xml(statement: Statement) -> bytes:
    """The whole file in UTF-8; the same statement always gives the same bytes."""
    document = Element("Document", xmlns=NAMESPACE)
    message = SubElement(document, "BkToCstmrStmt")
    made_at = f"{statement.day:%Y-%m-%d}T22:30:00+01:00"
    head = SubElement(message, "GrpHdr")
    _text(head, "MsgId", f"{statement.day:%Y%m%d}-{statement.iban[-10:]}-{statement.sequence}")
    _text(head, "CreDtTm", made_at)
    body = SubElement(message, "Stmt")
    _text(body, "Id", f"{statement.iban[-10:]}-{statement.day:%Y}-{statement.sequence:05d}")
    _text(body, "ElctrncSeqNb", str(statement.sequence))
    _text(body, "CreDtTm", made_at)
    account = SubElement(body, "Acct")
    _text(account, "Id/IBAN", statement.iban)
    _text(account, "Ccy", "EUR")
    _text(account, "Ownr/Nm", statement.owner)
    _text(account, "Svcr/FinInstnId/BICFI", BIC)
    _balance(body, "OPBD", statement.opening_cents, statement.day)
    _balance(body, "CLBD", statement.closing_cents, statement.day)
    _summary(body, statement.payments)
    for ordinal, payment in enumerate(statement.payments, start=1):
        _entry(body, statement, payment, ordinal)
    ElementTree.indent(document)
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _summary(body: Element, payments: Sequence[Payment]) -> None:
    summary = SubElement(body, "TxsSummry")
    _text(summary, "TtlNtries/NbOfNtries", str(len(payments)))
    for name, sign in (("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
        some = [payment.cents * sign for payment in payments if payment.cents * sign > 0]
        total = SubElement(summary, name)
        _text(total, "NbOfNtries", str(len(some)))
        _text(total, "Sum", _amount(sum(some)))


def _entry(body: Element, statement: Statement, payment: Payment, ordinal: int) -> None:
    reference = f"{statement.day:%Y%m%d}{statement.sequence:05d}{ordinal:06d}"
    entry = SubElement(body, "Ntry")
    _text(entry, "NtryRef", str(ordinal))
    _money(entry, payment.cents)
    _text(entry, "Sts/Cd", "BOOK")
    _text(entry, "BookgDt/Dt", statement.day.isoformat())
    _text(entry, "ValDt/Dt", statement.day.isoformat())
    _text(entry, "AcctSvcrRef", reference)
    _codes(entry, payment)
    details = SubElement(SubElement(entry, "NtryDtls"), "TxDtls")
    refs = SubElement(details, "Refs")
    _text(refs, "AcctSvcrRef", reference)
    _text(refs, "EndToEndId", payment.end_to_end_id or "NOTPROVIDED")
    _money(details, payment.cents)
    _parties(details, statement, payment)
    _remittance(details, payment)
    _text(entry, "AddtlNtryInf", _CODES[payment.kind][4])


def _codes(entry: Element, payment: Payment) -> None:
    domain, family, sub_family, gvc, _ = _CODES[payment.kind]
    if payment.reference:
        gvc = _WITH_REFERENCE.get(gvc, gvc)
    code = SubElement(entry, "BkTxCd")
    iso = SubElement(code, "Domn")
    _text(iso, "Cd", domain)
    within = SubElement(iso, "Fmly")
    _text(within, "Cd", family)
    _text(within, "SubFmlyCd", sub_family)
    own = SubElement(code, "Prtry")
    _text(own, "Cd", f"NTRF+{gvc}+00900")
    _text(own, "Issr", "DK")


def _parties(details: Element, statement: Statement, payment: Payment) -> None:
    if not payment.name:
        return
    parties = SubElement(details, "RltdPties")
    _text(parties, "Dbtr/Pty/Nm", payment.name)
    if payment.payer_iban:
        _text(parties, "DbtrAcct/Id/IBAN", payment.payer_iban)
    _text(parties, "Cdtr/Pty/Nm", statement.owner)
    _text(parties, "CdtrAcct/Id/IBAN", statement.iban)


def _remittance(details: Element, payment: Payment) -> None:
    if not payment.remittance and not payment.reference:
        return
    remittance = SubElement(details, "RmtInf")
    for start in range(0, len(payment.remittance), LONGEST_LINE):
        _text(remittance, "Ustrd", payment.remittance[start : start + LONGEST_LINE])
    if payment.reference:
        structured = SubElement(SubElement(remittance, "Strd"), "CdtrRefInf")
        _text(structured, "Tp/CdOrPrtry/Cd", "SCOR")
        _text(structured, "Ref", payment.reference)


def _balance(body: Element, kind: str, cents: int, day: date) -> None:
    balance = SubElement(body, "Bal")
    _text(balance, "Tp/CdOrPrtry/Cd", kind)
    _money(balance, cents)
    _text(balance, "Dt/Dt", day.isoformat())


def _money(parent: Element, cents: int) -> None:
    """Amount and direction: ISO 20022 has no signs."""
    SubElement(parent, "Amt", Ccy="EUR").text = _amount(abs(cents))
    _text(parent, "CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _text(parent: Element, path: str, value: str) -> None:
    """`value` in the elements of `path`, made one within the other."""
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = value

"""Builds camt files for tests, in the shapes of 001.02 and 001.08, one small piece at a time."""

from xml.sax.saxutils import escape, quoteattr

OWN_IBAN = "DE89370400440532013000"
PAYER_IBAN = "DE02120300000000202051"
V02 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
V08 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def tag(name: str, *inner: str, **attributes: str) -> str:
    """`<name>…</name>`; inner parts are XML already."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>"


def path(names: str, *inner: str) -> str:
    """Nested elements: `path("Refs/EndToEndId", "X")`; inner parts are XML already."""
    outer, _, rest = names.partition("/")
    return tag(outer, path(rest, *inner)) if rest else tag(outer, *inner)


def text(names: str, value: str) -> str:
    """Nested elements around an escaped text."""
    return path(names, escape(value))


def amount(value: str, currency: str = "EUR") -> str:
    return tag("Amt", escape(value), Ccy=currency)


def balance(kind: str, value: str, *, sign: str = "CRDT", day: str = "2026-11-20") -> str:
    return tag(
        "Bal",
        text("Tp/CdOrPrtry/Cd", kind),
        amount(value),
        text("CdtDbtInd", sign),
        text("Dt/Dt", day),
    )


def party(side: str, name: str, iban: str | None = None, *, version: str = V08) -> str:
    """One side of a payment, for `RltdPties`."""
    named = text(f"{side}/Nm" if version == V02 else f"{side}/Pty/Nm", name)
    return named + (text(f"{side}Acct/Id/IBAN", iban) if iban else "")


def entry(
    value: str = "12.34",
    *details: str,
    sign: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    above: str = "",
    currency: str = "EUR",
) -> str:
    """A `Ntry`; `details` go into `NtryDtls`, `above` stands before them."""
    return tag(
        "Ntry",
        amount(value, currency),
        text("CdtDbtInd", sign),
        status,
        text("BookgDt/Dt", "2026-11-20"),
        text("ValDt/Dt", "2026-11-19"),
        above,
        tag("NtryDtls", *details) if details else "",
    )


def detail(*inner: str) -> str:
    return tag("TxDtls", *inner)


def statement(*inner: str, name: str = "Stmt", iban: str = OWN_IBAN, sequence: str = "7") -> str:
    return tag(
        name,
        text("Id", "S-1"),
        text("ElctrncSeqNb", sequence),
        text("Acct/Id/IBAN", iban),
        text("Acct/Ccy", "EUR"),
        *inner,
    )


def document(*statements: str, namespace: str = V08, message: str = "BkToCstmrStmt") -> bytes:
    """A whole file in UTF-8; without `statements` one that is empty of them."""
    inner = path(message, text("GrpHdr/MsgId", "M-1"), *statements)
    xml = '<?xml version="1.0" encoding="UTF-8"?>\n' + tag("Document", inner, xmlns=namespace)
    return xml.encode()


def one_entry(*inner: str, namespace: str = V08) -> bytes:
    """A file with one statement whose only entries are given."""
    return document(statement(*inner), namespace=namespace)

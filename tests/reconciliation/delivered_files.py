"""Files as banks and providers would deliver them, and bringing them in."""

import zipfile
from datetime import date
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from config.database import Database
from reconciliation.inbox import Bringer, Delivered, deliver
from tests.reconciliation import camt_xml as xml

MAIN, KITA = "DE04999000010000181000", "DE25999000010000181010"
CLERK = Bringer("upload", "a clerk")
V054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


def line(
    value: str, reference: str = "", words: str = "", *, day: str = "2026-11-20", inner: str = ""
) -> str:
    """A booked credit of this day with the bank's own reference."""
    parts = xml.text("BookgDt/Dt", day)
    parts += xml.text("AcctSvcrRef", reference) if reference else ""
    remittance = xml.tag("RmtInf", xml.text("Ustrd", words)) if words else ""
    return xml.tag(
        "Ntry", xml.amount(value), xml.text("CdtDbtInd", "CRDT"), "<Sts><Cd>BOOK</Cd></Sts>",
        parts, xml.tag("NtryDtls", inner or xml.tag("TxDtls", remittance)),
    )  # fmt: skip


def statement(
    *lines: str, number: int, opening: str, closing: str, day: str = "2026-11-20",
    iban: str = MAIN, name: str = "",
) -> str:  # fmt: skip
    """One statement; its id says its number unless it is named."""
    return xml.tag(
        "Stmt", xml.text("Id", name or f"S-{number}"), xml.text("ElctrncSeqNb", str(number)),
        xml.text("Acct/Id/IBAN", iban), xml.text("Acct/Ccy", "EUR"),
        xml.balance("PRCD", opening, day=day), xml.balance("CLBD", closing, day=day), *lines,
    )  # fmt: skip


FIRST = statement(line("1.00", "R1"), line("2.00", "R2"), number=1, opening="0", closing="3.00")


def file_of(folder: Path, content: bytes, name: str = "") -> Path:
    path = folder / (name or f"{uuid4()}.xml")
    path.write_bytes(content)
    return path


def a_zip(folder: Path, *members: tuple[str, bytes], name: str = "auszuege.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for member, content in members:
            out.writestr(member, content)
    return path


def bring(city: Database, path: Path, bringer: Bringer = CLERK) -> list[Delivered]:
    with city.transaction() as session:
        return deliver(session, path, bringer)


def bring_one(city: Database, path: Path, bringer: Bringer = CLERK) -> Delivered:
    [found] = bring(city, path, bringer)
    return found


def live_lines(city: Database) -> list[tuple[int, str | None]]:
    """Cents and bank reference of every line that counts, in order."""
    with city.read_only() as session:
        rows = session.execute(
            text("SELECT amount_cents, bank_reference FROM live_bank_line ORDER BY id")
        )
        return [(row.amount_cents, row.bank_reference) for row in rows]


def deliveries_of(city: Database) -> list[str]:
    """The state of every delivery, in order."""
    with city.read_only() as session:
        return list(session.scalars(text("SELECT state FROM delivery ORDER BY id")))


def day(number: int) -> date:
    return date(2026, 11, number)

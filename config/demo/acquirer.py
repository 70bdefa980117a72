"""The acquirer of four terminals: what they said of every sale, and its advices the next morning.

The terminals' answers reach the centre as from a till; the advices reach the inbox as files. Now
and then the acquirer is wrong, and the desk finds out.
"""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from config.database import Database
from config.demo.chance import draws, key_of
from ledger.calendar import CITY_TIME
from ledger.permissions import Caller
from terminals.devices import add_device, devices, new_token
from terminals.simulators.bank import Kind, Payment, next_bank_day
from terminals.site_items import take_items

# Terminals whose acquirer sends advices: terminal id and merchant number by code.
ADVISED = {
    "M01-1": ("63905420", "4590542201"), "M02-1": ("64025901", "4612124202"),
    "M06-1": ("61602852", "4648663206"), "M03-1": ("68988403", "4700110303"),
}  # fmt: skip
FEE_BASIS_POINTS, FEE_FIXED_CENTS = 89, 4
WAYS = ("girocard", "credit_card")
NO_TOTAL_IN_1000, WRONG_TOTAL_IN_1000 = 12, 12  # ends of day that are missing or wrong
HEAD = (
    "Art", "Haendler", "Abrechnung", "Terminal", "Trace", "Beleg", "Autorisierung", "Marke",
    "Zeit", "Brutto", "Entgelt", "Netto", "Waehrung", "Umsatz", "Wertstellung", "Anzahl",
)  # fmt: skip

_SALES = """
    SELECT c.key, c.terminal, c.way, c.total_cents, c.charged_at,
           r.key AS reversal
      FROM charge c LEFT JOIN charge_reversal r ON r.charge = c.key
     WHERE c.booked_on = :day AND c.terminal = ANY (CAST(:terminals AS text[]))
       AND c.entry_id IS NOT NULL AND c.way IN ('girocard', 'credit_card')
     ORDER BY c.charged_at, c.key"""
_SO_FAR = """
    SELECT body ->> 'terminal' AS terminal, count(*) AS done FROM till_item
     WHERE kind = 'attempt' AND body ->> 'kind' = 'payment'
       AND device = ANY (CAST(:devices AS text[])) AND happened_at < :until
     GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction at one terminal as the acquirer saw it; cents are signed."""

    kind: str
    key: UUID
    terminal: str
    way: str
    trace: int
    receipt: int
    authorisation: str
    at: datetime
    gross: int
    fee: int

    @property
    def net(self) -> int:
        """What is paid out for it."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class Batch:
    """What one terminal took with one kind of card on one day; girocards are paid out gross."""

    way: str
    terminal: str
    day: date

    @property
    def merchant(self) -> str:
        """Its number at the acquirer; girocards are settled under one of their own."""
        number = ADVISED[self.terminal][1]
        return f"N{number}" if self.way == "girocard" else number

    @property
    def number(self) -> str:
        """Of the settlement."""
        return f"{self.merchant}{self.day:%y%m%d}"

    @property
    def pays_on(self) -> date:
        """The next bank day, or the one after for cards that are not girocards."""
        first = next_bank_day(self.day)
        return first if self.way == "girocard" else next_bank_day(first)


def advise(database: Database, day: date, inbox: Path, iban: str) -> Iterator[Payment]:
    """Tell the centre what the terminals said, write the advices, and pay the batches out.

    inbox: where the city looks for files. iban: the city's account that takes the money.
    """
    with database.transaction() as session:
        lines = list(_lines(session, day))
        for terminal in sorted({line.terminal for line in lines}):
            own = [line for line in lines if line.terminal == terminal]
            _tell(session, terminal, own, day)
    for way, terminal in product(WAYS, ADVISED):  # an advice comes of a day without sales, too
        batch = Batch(way, terminal, day)
        own = [line for line in lines if (line.way, line.terminal) == (way, terminal)]
        seen = list(_as_seen(own, draws(day, way, terminal, "advice")))
        _write(inbox, batch, seen)
        if (paid := sum(line.net for line in seen)) > 0:
            yield _payment(iban, batch, paid)


def _lines(session: Session, day: date) -> Iterator[Line]:
    begins = datetime(day.year, day.month, day.day, tzinfo=CITY_TIME)
    values = {"day": day, "terminals": list(ADVISED)}
    told = {"devices": [_device(code) for code in ADVISED], "until": begins}
    done = dict.fromkeys(ADVISED, 0)
    done |= {row.terminal: row.done for row in session.execute(text(_SO_FAR), told)}
    for row in session.execute(text(_SALES), values):
        done[row.terminal] += 1
        sale = _line(row, done[row.terminal])
        yield sale
        if row.reversal is not None:  # a storno keeps the receipt it takes back
            yield replace(sale, kind="VOID", key=row.reversal, gross=-sale.gross, fee=-sale.fee)


def _line(row: Row[Any], number: int) -> Line:
    fee = 0
    if row.way == "credit_card":
        fee = (2 * row.total_cents * FEE_BASIS_POINTS + 10_000) // 20_000 + FEE_FIXED_CENTS
    approved = draws(row.key, "authorisation").randrange(10**6)
    return Line(
        "SALE", row.key, row.terminal, row.way, number % 999_999 + 1, number % 9_999 + 1,
        f"{approved:06d}", row.charged_at.astimezone(CITY_TIME), row.total_cents, fee,
    )  # fmt: skip


def _device(terminal: str) -> str:
    return f"demo-{terminal}"


def _tell(session: Session, terminal: str, lines: Sequence[Line], day: date) -> None:
    """What a till would send: each approved attempt, and the terminal's end of day."""
    known = {each.name: each for each in devices(session)}
    device = known.get(_device(terminal)) or add_device(
        session, _device(terminal), role="till", token=new_token(), till=terminal
    )
    sent = [_attempt(line, seq) for seq, line in enumerate(lines, start=1)]
    if draws(day, terminal, "end of day").randrange(1000) >= NO_TOTAL_IN_1000:
        sent.append(_end_of_day(terminal, lines, day))
    caller = Caller(device.name, "till", device.facility, terminal)
    take_items(session, sent, caller=caller)


def _attempt(line: Line, seq: int) -> dict[str, Any]:
    at = line.at.isoformat()
    evidence = {
        "number": f"{line.trace:06d}", "receipt": f"{line.receipt:04d}", "at": at,
        "authorisation": line.authorisation, "terminal_id": ADVISED[line.terminal][0],
        "amount_cents": abs(line.gross), "way": line.way,
    }  # fmt: skip
    body = {
        "attempt": str(line.key), "basket": None, "amount_cents": abs(line.gross),
        "kind": "payment" if line.kind == "SALE" else "reversal", "terminal": line.terminal,
        "adapter": "zvt", "state": "approved", "at": at, "reason": None, "evidence": evidence,
        "statement": None, "statement_by": None,
    }  # fmt: skip
    return {"seq": seq, "key": str(key_of(line.key, "attempt")), "kind": "attempt", "at": at,
            "body": body}  # fmt: skip


def _end_of_day(terminal: str, lines: Sequence[Line], day: date) -> dict[str, Any]:
    booked = sum(line.gross for line in lines)
    wrong = 100 if draws(day, terminal, "total").randrange(1000) < WRONG_TOTAL_IN_1000 else 0
    at = datetime(day.year, day.month, day.day, 21, 30, tzinfo=CITY_TIME).isoformat()
    body = {
        "terminal": terminal, "day": day.isoformat(), "number": day.toordinal() % 10_000,
        "amount_cents": booked + wrong, "expected_cents": booked, "agrees": not wrong,
        "totals": [{"scheme": "all", "count": len(lines), "amount_cents": booked + wrong}],
    }  # fmt: skip
    return {"seq": 9999, "key": str(key_of(terminal, day, "total")), "kind": "terminal_totals",
            "at": at, "body": body}  # fmt: skip


def _as_seen(lines: Sequence[Line], chance: Random) -> Iterator[Line]:
    """The lines as the acquirer reports them: nearly always as they were."""
    for line in lines:
        luck = chance.randrange(1000) if line.kind == "SALE" else 999
        if luck < 1:
            continue  # lost at the acquirer
        if luck < 2:
            yield replace(line, gross=line.gross + 100)
        elif luck < 3:
            yield replace(line, fee=line.fee + 15)
        else:
            yield line
        if luck == 3:  # taken twice
            again = chance.randrange(10**6)
            yield replace(line, key=key_of(line.key, "twice"), authorisation=f"{again:06d}")


def _write(inbox: Path, batch: Batch, lines: Sequence[Line]) -> None:
    """The advice as a file, written whole or not at all."""
    stream = io.StringIO(newline="")
    rows = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    rows.writerow(HEAD)
    for line in lines:
        rows.writerow(_row(batch, line))
    gross, net = sum(line.gross for line in lines), sum(line.net for line in lines)
    rows.writerow(
        ["BATCH", batch.merchant, batch.number, "", "", "", "", "", f"{batch.pays_on} 06:00:00",
         gross, gross - net, net, "EUR", batch.number, f"{batch.pays_on}", len(lines)]
    )  # fmt: skip
    inbox.mkdir(parents=True, exist_ok=True)
    whole = inbox / f"advice-{batch.number}.csv"
    part = whole.with_suffix(".part")
    part.write_text(stream.getvalue(), encoding="utf-8")
    written_at = datetime(batch.day.year, batch.day.month, batch.day.day, 22, tzinfo=CITY_TIME)
    os.utime(part, times=(written_at.timestamp(), written_at.timestamp()))
    part.rename(whole)


def _row(batch: Batch, line: Line) -> list[str | int]:
    return [
        line.kind, batch.merchant, batch.number, ADVISED[line.terminal][0], f"{line.trace:06d}",
        f"{line.receipt:04d}", line.authorisation, line.way, f"{line.at:%Y-%m-%d %H:%M:%S}",
        line.gross, line.fee, line.net, "EUR", line.key.hex, f"{batch.pays_on}", "",
    ]  # fmt: skip


def _payment(iban: str, batch: Batch, cents: int) -> Payment:
    kind = Kind(batch.way)
    return Payment(
        id=f"advice/{batch.number}", iban=iban, cents=cents, on=batch.pays_on, kind=kind,
        name="Demo Acquiring SE", payer_iban="DE97999000020000000300",
        remittance=f"ABRECHNUNG {batch.number} HAENDLER {batch.merchant}",
    )  # fmt: skip

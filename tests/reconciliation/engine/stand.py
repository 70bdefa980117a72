"""Three sides of a few payments, written by hand, and the matcher run over them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from reconciliation.engine import EngineResult, Knowledge, Tariff, run
from reconciliation.tables import bank_line, bank_statement, expected_item, finding, provider_line

DAY = date(2026, 3, 18)  # a Wednesday
NOON = datetime(2026, 3, 18, 11, 0, tzinfo=UTC)  # 12:00 in the city
AS_OF = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)  # the second morning after
ACCOUNT = "181000"
TERMINAL, CARDS, GIROCARD = "60000001", "4711471147", "N4711471147"

KNOWN = Knowledge(
    tariffs=(
        Tariff("stripe", "eea", 150, 25),
        Tariff("acquirer", "girocard", 0, 0),
        Tariff("acquirer", "visa", 89, 4),
    ),
    dispute_fee_cents=2000,
    terminals=frozenset({TERMINAL}),
)

_BANK = """
WITH chart AS (INSERT INTO account
               (code, name, kind, currency, guarded, floor_cents, is_control, clearing)
               VALUES (:account, 'Bank', 'asset', 'EUR', false, 0, false, false) RETURNING code),
     bank AS (INSERT INTO bank_account (account, name, iban, bank)
              SELECT code, 'Bank', 'DE02120300000000202051', 'Bank' FROM chart)
INSERT INTO source_file (sha256, name, content) VALUES (sha256('x'), 'x', '') RETURNING id
"""


@dataclass
class Stand:
    """Adds rows to the three sides; every method returns what the row is called."""

    session: Session
    knowledge: Knowledge = KNOWN
    as_of: datetime = AS_OF
    file_id: int = 0
    sequence: int = 75
    balance: int = 1_000_000
    count: int = 0
    rows: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def _add(self, table: Any, row: dict[str, Any]) -> None:
        self.rows.append((table, row))

    def _next(self) -> int:
        self.count += 1
        return self.count

    def expected(self, kind: str, channel: str, cents: int, **more: Any) -> str:
        """A row of the books; `at` sets its instant."""
        at = more.pop("at", NOON)
        code = more.pop("code", f"L{self._next():06d}")
        day = more.pop("business_day", at.astimezone(CITY_TIME).date())
        row = {"code": code, "kind": kind, "channel": channel, "amount_cents": cents,
               "booked_at": at, "business_day": day, "currency": "EUR",
               "office": "Bad"}  # fmt: skip
        self._add(expected_item, row | more)
        return code

    def online(self, cents: int = 1000, ref: str | None = "pi_1", **more: Any) -> str:
        """A payment online as the books have it."""
        return self.expected("charge", "online", cents, **({"psp_ref": ref} | more))

    def at_terminal(self, cents: int = 1000, receipt: int = 17, **more: Any) -> str:
        """A payment at the terminal as the books have it."""
        known = {"terminal": TERMINAL, "trace": f"{receipt:06d}", "receipt": f"{receipt:04d}"}
        return self.expected("charge", "terminal", cents, **(known | more))

    def line(self, **more: Any) -> str:
        """A provider's line of any kind."""
        txn = more.setdefault("txn_id", f"txn_{self._next():06d}")
        gross = more["gross_cents"]
        more.setdefault("fee_cents", 0)
        more.setdefault("net_cents", gross - more["fee_cents"])
        more.setdefault("auth_cents", gross)
        self._add(provider_line, {"file_version": 1, "delivery": 1, "currency": "EUR"} | more)
        return str(txn)

    def stripe(self, cents: int = 1000, ref: str | None = "pi_1", **more: Any) -> str:
        """Stripe's line of a payment, at the contract's fee unless told otherwise."""
        at = more.pop("at", NOON)
        fee = (cents * 150 + 5000) // 10000 + 25
        row = {"source": "stripe", "record_type": "charge", "account": "acct", "psp_ref": ref,
               "file_code": f"stripe-acct-{at:%Y-%m-%d}", "happened_at": at, "fee_cents": fee,
               "card_region": "eea", "gross_cents": cents, "batch": "po_1"}  # fmt: skip
        return self.line(**(row | more))

    def card(self, cents: int = 1000, receipt: int = 17, **more: Any) -> str:
        """An acquirer's line of a girocard payment, in the batch and file of its day."""
        at = more.pop("at", NOON).astimezone(CITY_TIME).replace(tzinfo=None)
        day = more.pop("batch_day", at.date())
        account = more.pop("account", GIROCARD)
        row = {"source": "acquirer", "record_type": "charge", "account": account,
               "file_code": f"acq-{account}-{day}", "local_at": at, "scheme": "girocard",
               "terminal": TERMINAL, "trace": f"{receipt:06d}", "receipt": f"{receipt:04d}",
               "gross_cents": cents, "batch": f"{account}{day:%y%m%d}"}  # fmt: skip
        return self.line(**(row | more))

    def batch(self, cents: int, day: date = DAY, account: str = GIROCARD, **more: Any) -> str:
        """An acquirer's batch, due on the next bank day."""
        code = f"{account}{day:%y%m%d}"
        row = {"source": "acquirer", "record_type": "batch", "account": account, "txn_id": code,
               "file_code": f"acq-{account}-{day}", "gross_cents": cents, "batch": code,
               "local_at": datetime.combine(day + timedelta(days=1), datetime.min.time()),
               "settle_on": day + timedelta(days=1)}  # fmt: skip
        return self.line(**(row | more))

    def payout(self, cents: int, day: date = DAY, **more: Any) -> str:
        """A payout of Stripe; it leaves the balance there."""
        row = {"source": "stripe", "record_type": "payout", "account": "acct", "txn_id": "po_1",
               "file_code": f"stripe-acct-{day}", "gross_cents": -cents, "batch": "po_1",
               "happened_at": NOON, "settle_on": day}  # fmt: skip
        return self.line(**(row | more))

    def close(self, count: int, cents: int, first: int, last: int, **more: Any) -> str:
        """A terminal's own total at the end of its day."""
        at = more.pop("at", NOON.replace(hour=20, tzinfo=None))
        day = more.pop("day", at.date())
        row = {"source": "zvt", "record_type": "eod", "account": CARDS, "terminal": TERMINAL,
               "txn_id": f"EOD-{TERMINAL}-{day}", "file_code": f"zvt-{TERMINAL}-{day}",
               "local_at": at, "gross_cents": cents, "item_count": count,
               "first_receipt": f"{first:04d}", "receipt": f"{last:04d}"}  # fmt: skip
        return self.line(**(row | more))

    def invoice(self, cents: int = 5000, ref: str = "5000027559678", **more: Any) -> str:
        """A claim that is to be paid by transfer."""
        known = {"order_ref": ref, "payer": "Ida Muster"}
        return self.expected("invoice", "transfer", cents, **(known | more))

    def bag(self, cents: int = 5000, number: str = "1895359315", **more: Any) -> str:
        """A safebag on its way to the bank."""
        known = {"related_ref": number, "till": "K001"}
        return self.expected("cash_deposit", "cash", cents, **(known | more))

    def statement(self, day: date, *entries: dict[str, Any], **more: Any) -> None:
        """A statement of one day that goes on where the one before ended."""
        if not self.file_id:
            self.file_id = self.session.execute(text(_BANK), {"account": ACCOUNT}).scalar_one()
        opening = more.pop("opening", self.balance)
        moved = sum(entry["amount_cents"] for entry in entries)
        row = {"file_id": self.file_id, "account": ACCOUNT, "statement_id": f"S{day}", "page": 1,
               "sequence": self.sequence, "currency": "EUR", "opening_cents": opening,
               "closing_cents": opening + moved, "closing_on": day, "line_count": len(entries),
               "movement_cents": moved}  # fmt: skip
        made = insert(bank_statement).values(row | more).returning(bank_statement.c.id)
        statement_id = self.session.execute(made).scalar_one()
        self.balance, self.sequence = opening + moved, self.sequence + 1
        for ordinal, entry in enumerate(entries, start=1):
            known = {"statement_id": statement_id, "ordinal": ordinal, "detail": 1,
                     "booked_on": day, "currency": "EUR", "is_reversal": False}  # fmt: skip
            self.session.execute(insert(bank_line).values(known | entry))

    def run(self, *, backwards: bool = False) -> EngineResult:
        """Write the rows, in order or from the last, and run the matcher."""
        for table, row in reversed(self.rows) if backwards else self.rows:
            self.session.execute(insert(table).values(row))
        self.rows.clear()
        return run(self.session, as_of=self.as_of, knowledge=self.knowledge, run_id=uuid4())

    def kinds(self) -> list[str]:
        """Run; every class that was found, each as often as it was."""
        self.run()
        return [*self.session.scalars(text("SELECT class FROM finding ORDER BY 1, id"))]

    def outcomes(self) -> list[tuple[str, str, str]]:
        """Live pairs: what was expected, what confirmed it, what came of it."""
        rows = self.session.execute(
            text("""SELECT e.code, p.txn_id, m.outcome FROM item_match m
                      JOIN expected_item e ON e.id = m.expected_id
                      JOIN provider_line p ON p.id = m.provider_id
                     WHERE m.ended_at IS NULL ORDER BY 1""")
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def found(self) -> dict[str, Any]:
        """The finding of each class; a test that has two of one class asks the table itself."""
        rows = self.session.execute(finding.select().order_by(finding.c.id)).all()
        kinds = [row[1] for row in rows]
        assert len(kinds) == len(set(kinds)), kinds
        return dict(zip(kinds, rows, strict=True))


def entry(cents: int, words: str = "", **more: Any) -> dict[str, Any]:
    """An entry of the bank; `ref` is the bank's own reference."""
    ref = more.pop("ref", f"B{abs(hash((cents, words))) % 10**9}")
    name = more.pop("name", "Ida Muster")
    return {"amount_cents": cents, "remittance": words, "counterparty_name": name,
            "bank_reference": ref} | more  # fmt: skip

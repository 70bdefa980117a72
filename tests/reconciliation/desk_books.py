"""A morning at the desk: 13 differences and 8 suggestions with the rows and entries behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.database import Database
from ledger.accounts import open_sub_account
from ledger.calendar import CITY_TIME, bank_days_between, business_day
from ledger.entries import Entry, Posted, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.tables.books import entry
from reconciliation.casework.cases import Case, find_case
from reconciliation.night.steps import STEPS
from reconciliation.tables import (
    bank_line,
    bank_match,
    bank_statement,
    difference,
    expected_item,
    night_account,
    night_channel,
    night_run,
    night_start,
    night_step,
    night_total,
    provider_line,
    source_file,
)
from reconciliation.words import CHANNELS

TODAY = business_day(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Found:
    """What the night found; expected and confirmed in cents, age in bank days."""

    kind: str
    channel: str
    place: str
    reference: str
    expected: int | None
    confirmed: int | None
    age: int = 0
    account: str | None = None
    tier: int | None = None
    severity: str = "break"
    proposal: Mapping[str, Any] | None = None
    sides: Mapping[str, Sequence[str]] = field(default_factory=dict)
    explanation: str = ""

    @property
    def cents(self) -> int:
        return (self.confirmed or 0) - (self.expected or 0)


def proposing(
    event: str = "", *, roles: Mapping[str, str] | None = None, **amounts: int
) -> dict[str, Any]:
    """A proposal with one reason that fits and one that does not."""
    fits = {"fits": True, "words": "Betrag, Tag und Leistung gleich"}
    off = {"fits": False, "words": "Kassenzeichen: Stellen 14 und 15 weichen ab"}
    return {"event": event, "amounts": amounts, "roles": dict(roles or {}), "reasons": [fits, off]}


def bank_day(age: int) -> date:
    """The latest day that lies so many bank days back."""
    day = TODAY
    while bank_days_between(day, TODAY) < age:
        day -= timedelta(days=1)
    return day


SWAPPED = Found(
    "REF_DIGIT_SWAP", "card", "A01", "8030.2026.004716-3", 4600, 4600, 1, "371100", 3, "suggestion",
    proposing(
        "difference_moved", roles={"moved_to": "371100", "moved_from": "184400"}, amount=4600
    ),
    {"expected": ("E-4716",), "provider": ("EP-77301-204418",)},
    "Zwei Ziffern des Kassenzeichens sind vertauscht.",
)  # fmt: skip
CHARGEBACK = Found(
    "CHARGEBACK", "stripe", "M04", "Auszahlung 17.11.", 100044, 96254, 0, "184200", 1,
    proposal=proposing("dispute_opened", amount=1790, fee=2000),
    explanation="Rückbelastung 17,90 und Entgelt 20,00",
)  # fmt: skip
UNMATCHED = Found(
    "MISSING_AT_PSP", "card", "A03-1", "Beleg 2208", 4600, None, account="184110/A03-1/2026-11-17",
    sides={"expected": ("E-2208",)}, explanation="Das Terminal kennt diesen Beleg nicht.",
)  # fmt: skip
UNKNOWN = Found(
    "UNKNOWN_CREDIT", "transfer", "181000", "222/31", None, 15000, account="371100",
    sides={"bank": ("1",)},  # the first line of new books
    explanation="Niemand erwartet diese Gutschrift.",
)  # fmt: skip
SHORT = Found("CASH_SHORT", "cash", "B03-1", "Schicht 0611", 48600, 48300, 5, "171300")
GROUPED = Found(
    "SPLIT_PAYMENT", "stripe", "Portal", "25,00 + 15,00", 4000, 4000, 0, "184200", 2, "suggestion",
    proposing(), {"provider": ("ch_25", "ch_15")}, "Gleiche Bestellung, Summe gleich",
)  # fmt: skip
FINDINGS = (
    Found("DEPOSIT_MISSING", "cash", "A05", "Safebag 7730418", 41250, None, 12, "184000"),
    Found("FEE_MISMATCH", "card", "alle Terminals", "Abrechnung Oktober", -31840, -33190, 9),
    Found("DUPLICATE_CHARGE", "stripe", "Portal", "Aufladung 7QH2", 5000, 10000, 6, "184200", 2),
    SHORT,
    Found("MISSING_IN_LEDGER", "girocard", "B04-1", "Beleg 3391", None, 1200, 4),
    Found("DEPOSIT_DIFF", "cash", "B01", "Safebag 7730502", 30000, 29000, 4, "184000", 2,
          proposal=proposing("cash_counted_short", roles={"safebag": "184000"}, counted=29000,
                             missing=1000)),
    Found("REFUND_MISSING_AT_PSP", "stripe", "M01", "Erstattung M4T8", -1200, None, 3, "371300", 1),
    Found("AMOUNT_DIFF", "card", "A01-3", "Beleg 5127", 3750, 3570, 2,
          "184110/A01-3/2026-11-16", 3),
    Found("EOD_MISSING", "girocard", "B02-1", "31 Zahlungen", 21400, None, 1,
          "184100/B02-1/2026-11-16", explanation="31 Zahlungen warten auf die Datei."),
    UNKNOWN, UNMATCHED, CHARGEBACK,
    Found("CASH_OVER", "cash", "M04-1", "Schicht 0298", 12800, 13000, 0, "371400"),
    Found("PAYOUT_MERGED", "card", "Sammelgutschrift", "13.11. + 14.11.", 111840, 111840, 0, None,
          2, "suggestion", proposing()),
    GROUPED,
    Found("WRONG_DAY", "girocard", "B05-1", "Beleg 1184", 1000, 1000, 2, None, 2, "suggestion",
          proposing()),
    SWAPPED,
    Found("TRANSFER_REF_TYPO", "transfer", "Portal", "Aufladung", 4000, 4000, 0, None, 3,
          "suggestion", proposing()),
    Found("NAME_ONLY_TRANSFER", "transfer", "K07", "Zuschuss Oktober", 6290, 6290, 0, None, 4,
          "suggestion", proposing()),
    Found("NAME_ONLY_TRANSFER", "transfer", "Portal", "Aufladung 2", 3000, 3000, 0, None, 4,
          "suggestion", proposing()),
    Found("TRANSFER_COMBINED", "transfer", "A06", "46,00 + 9,00", 5500, 5500, 0, None, 5,
          "suggestion", proposing()),
)  # fmt: skip


def a_morning(database: Database, findings: Sequence[Found] = FINDINGS) -> dict[str, int]:
    """Write it all down; the numbers of the cases by what people know them by."""
    with database.transaction() as session:
        _balances(session, findings)
        _sides(session)
        _explain_unknown(session)
    with database.transaction() as session:
        run = a_run(session, findings)
    return {found.reference: open_finding(database, found, run) for found in findings}


def open_finding(database: Database, found: Found, run: UUID | None = None) -> int:
    """The number of the case of this finding."""
    opened = datetime.combine(bank_day(found.age), time(2), CITY_TIME)
    row = {
        "id": f"{found.kind}:{found.reference}", "kind": found.kind, "subject": found.reference,
        "amount_cents": found.cents, "since": bank_day(found.age), "data": {},
        "opened_at": opened, "severity": found.severity, "channel": found.channel,
        "place": found.place, "reference": found.reference, "account": found.account,
        "expected_cents": found.expected, "confirmed_cents": found.confirmed, "tier": found.tier,
        "proposal": found.proposal, "explanation": found.explanation or None, "opened_run": run,
        **{f"{side}_codes": list(found.sides.get(side, ()))
           for side in ("expected", "provider", "bank")},
    }  # fmt: skip
    with database.transaction() as session:
        query = insert(difference).values(row).returning(difference.c.number)
        return int(session.execute(query).scalar_one())


def the_case(database: Database, number: int) -> Case:
    with database.read_only() as session:
        return find_case(session, number)


def _balances(session: Session, findings: Sequence[Found]) -> None:
    """What stands on clearing accounts: too little in debit, too much in credit."""
    entries = []
    for found in findings:
        if not found.account:
            continue
        control, _, name = found.account.partition("/")
        if name:
            open_sub_account(session, control, name, title="Transit")
        cents = Money(abs(found.cents) or abs(found.expected or 0))
        sides = (found.account, "441200") if found.cents < 0 else ("181000", found.account)
        entries.append(_entry("sale", Transfer(*sides, cents), found))
    entries.append(_entry("sale", Transfer("184400", "431100", Money(4600)), SWAPPED))
    outcomes = post(session, entries)
    assert all(isinstance(one, Posted) for one in outcomes)


def _entry(event: str, moved: Transfer, found: Found) -> Entry:
    is_credit = moved.credit == "371100"
    name = "unclear_receipt" if is_credit else event
    return Entry(uuid4(), name, bank_day(found.age), (moved,), reference=found.reference)


def _sides(session: Session) -> None:
    day = bank_day(1)
    at = datetime.combine(day, time(10, 41, 7), CITY_TIME)
    items = (("E-4716", "8030.2026.004716-3", "online"), ("E-2208", "Beleg 2208", "terminal"))
    for code, reference, channel in items:
        session.execute(insert(expected_item).values(
            code=code, kind="charge", channel=channel, office="A01", till="A01-2",
            order_ref=reference, booked_at=at, business_day=day, amount_cents=4600,
            currency="EUR"))  # fmt: skip
    lines = (
        ("EP-77301-204418", "8030.2026.004176-3", 4600),
        ("EP-77301-204431", "8030.2026.005218-9", 4600),
        ("ch_25", "7QH2", 2500), ("ch_15", "7QH2", 1500),
    )  # fmt: skip
    for number, (txn, reference, cents) in enumerate(lines):
        session.execute(insert(provider_line).values(
            file_code=f"ep_{day:%Y%m%d}.csv", file_version=1, delivery=1, source="acquirer",
            record_type="charge", account="AC-BUERGER", txn_id=txn, order_ref=reference,
            scheme="Visa", happened_at=at + timedelta(seconds=41 + 900 * number), gross_cents=cents,
            fee_cents=0, net_cents=cents, currency="EUR"))  # fmt: skip
    _bank(session, day)


def _bank(session: Session, day: date) -> None:
    file = session.execute(insert(source_file).values(
        sha256=b"b" * 32, name="camt053.xml", content=b"<x/>", source="camt",
        received_at=datetime.now(UTC),
    ).returning(source_file.c.id)).scalar_one()  # fmt: skip
    statement = session.execute(insert(bank_statement).values(
        file_id=file, account="181000", statement_id="222", sequence=222, page=1, currency="EUR",
        line_count=2, movement_cents=19600,
    ).returning(bank_statement.c.id)).scalar_one()  # fmt: skip
    for ordinal, (cents, words) in enumerate((
        (15000, "DANKE FUER ALLES"), (4600, "EP SAMMLER GEBUEHR 8030.2026.004176-3"),
    ), start=31):  # fmt: skip
        session.execute(insert(bank_line).values(
            statement_id=statement, amount_cents=cents, ordinal=ordinal, detail=0, booked_on=day,
            value_on=day, currency="EUR", remittance=words, counterparty_name="Erika Muster",
            counterparty_iban="DE02120300000000202051", bank_reference=f"2026{ordinal}",
            is_reversal=False))  # fmt: skip


def _explain_unknown(session: Session) -> None:
    """The first bank line is the unclear receipt of UNKNOWN, where that was booked."""
    booked = session.scalar(select(entry.c.id).where(entry.c.reference == UNKNOWN.reference))
    if booked is not None:
        row = {"bank_line_id": 1, "rule": "unclear", "rule_version": 1, "key_used": ""}
        session.execute(insert(bank_match).values(row | {"entry_id": booked}))


def a_run(
    session: Session, findings: Sequence[Found] = FINDINGS, *, nights: int = 14,
    finished: bool = True,
) -> UUID:  # fmt: skip
    """The runs of the last nights, the newest with all steps and sums; returns the newest."""
    run = uuid4()
    for back in reversed(range(1, nights)):
        a_night(session, uuid4(), TODAY - timedelta(days=back + 1), ())
    a_night(session, run, TODAY - timedelta(days=1), findings, finished=finished)
    return run


def a_night(
    session: Session, run: UUID, day: date, findings: Sequence[Found], *, finished: bool = True
) -> None:
    """One run with its steps and sums; one that did not finish stands at its seventh step."""
    # At two in the morning, or now where it is earlier than that: no step begins in the future.
    two = datetime.combine(day + timedelta(days=1), time(2), CITY_TIME)
    at = min(two, datetime.now(UTC))
    session.execute(insert(night_start).values(run=run, day=day))
    for step in STEPS if finished else STEPS[:6]:
        done = {"run": run, "step": step.name, "started_at": at, "counts": {"read": 9}}
        session.execute(insert(night_step).values(done))
    if not finished:
        return
    for channel in CHANNELS:
        row = {"run": run, "channel": channel, **_sums(channel, findings)}
        session.execute(insert(night_channel).values(row))
    for account in ("184000", "184100", "184110", "184200", "371100", "371300"):
        row = {
            "run": run, "account": account, "balance_cents": 50000, "in_time_cents": 40000,
            "suggestion_cents": 4600, "difference_cents": 5400, "case_count": 2, "oldest_days": 3,
        }  # fmt: skip
        session.execute(insert(night_account).values(row))
    total = {"run": run, "name": "bank", "account": "181000", "as_of": day}
    session.execute(insert(night_total).values(total | {"ledger_cents": 1, "other_cents": 1}))
    end = {"day": day, "started_at": at, "finished_at": datetime.now(UTC) + timedelta(seconds=188)}
    session.execute(insert(night_run).values(end | {"run": run, "result": {}}))


def _sums(channel: str, findings: Sequence[Found]) -> dict[str, int | None]:
    mine = [found for found in findings if found.channel == channel]
    breaks = [found for found in mine if found.severity == "break"]
    return {
        "checked": 400 + len(mine), "closed": 300, "in_time": 100,
        "suggestions": len(mine) - len(breaks), "differences": len(breaks),
        "opened": sum(found.age == 0 for found in breaks), "in_transit_cents": 963220,
        "unexplained_cents": sum(abs(found.cents) for found in breaks),
        "oldest_days": max((found.age for found in breaks), default=None),
    }  # fmt: skip

"""The tables on the carrier: entries, transfers, accounts, approvals, seals and what they name."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.balances import trial_balance
from ledger.calendar import business_day
from ledger.turnovers import entries_between
from reconciliation.audits.acts import KINDS, acts
from reconciliation.data_carrier.shape import CarrierTable, Cell, Column
from reconciliation.exports.books import REVERSAL
from reconciliation.reports.approvals import outcome_of
from reconciliation.reports.period import Period

_AT_A_TIME = 5000
ACCOUNT_KINDS = {
    "asset": "Aktiva", "liability": "Passiva", "equity": "Kapital", "income": "Ertrag",
    "expense": "Aufwand",
}  # fmt: skip

_OF_DAYS = """
     WHERE e.booked_on BETWEEN :first AND :last
       AND ((e.id > :after AND e.id <= :until) OR e.id > :sealed)"""

_ENTRIES = f"""
    SELECT e.id, e.booked_on, (e.recorded_at AT TIME ZONE 'Europe/Berlin')::date,
           to_char(e.recorded_at AT TIME ZONE 'Europe/Berlin', 'HH24:MI:SS'),
           e.event, coalesce(r.body->>'title', '{REVERSAL}'), e.reference, e.reverses, e.line_count,
           (SELECT b.number FROM block b WHERE b.last_entry >= e.id ORDER BY b.last_entry LIMIT 1),
           encode(e.leaf, 'hex')
      FROM entry e LEFT JOIN posting_rule r ON r.event = e.event {_OF_DAYS} ORDER BY e.id"""

_TRANSFERS = f"""
    SELECT e.id, t.line, e.booked_on, d.code, c.code, t.amount_cents, t.currency, t.facility,
           t.product, t.cost_centre, t.tax_code, t.sphere, t.channel, t.till, t.shift
      FROM entry e JOIN transfer t ON t.entry_id = e.id
      JOIN account d ON d.id = t.debit_account JOIN account c ON c.id = t.credit_account
      {_OF_DAYS} ORDER BY e.id, t.line"""

_SEALS = f"""
    SELECT b.number, b.last_entry, b.entry_count, b.tree_size, encode(b.root, 'hex'),
           (b.sealed_at AT TIME ZONE 'Europe/Berlin')::date,
           to_char(b.sealed_at AT TIME ZONE 'Europe/Berlin', 'HH24:MI:SS')
      FROM (SELECT *, lag(last_entry, 1, 0::bigint) OVER (ORDER BY number) AS before FROM block) b
     WHERE EXISTS (SELECT FROM entry e {_OF_DAYS} AND e.id > b.before AND e.id <= b.last_entry)
     ORDER BY b.number"""

_FACILITIES = "SELECT code, name, kind FROM facility ORDER BY code"

_TAX_CODES = """
    SELECT code, valid_from, name, kind, rate_percent, account, legal_basis FROM tax_code
     WHERE valid_from <= :last ORDER BY code, valid_from"""

_CONTROLS = "SELECT a.code, a.name FROM account a WHERE a.control_id IS NULL"


def _days(statement: str, session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    within = entries_between(session, period.first, period.last)
    values = {"first": period.first, "last": period.last, "after": within.before,
              "until": within.until, "sealed": within.sealed}  # fmt: skip
    found = session.execute(text(statement), values, execution_options={"yield_per": _AT_A_TIME})
    with found as rows:
        for row in rows:
            yield cast(Sequence[Cell], row)


def _entries(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    return _days(_ENTRIES, session, period)


def _transfers(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    return _days(_TRANSFERS, session, period)


def _seals(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    return _days(_SEALS, session, period)


def _accounts(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    # Names of accounts below a control account are not written: the code says which one it is.
    names = {row.code: row.name for row in session.execute(text(_CONTROLS))}
    before = period.first - timedelta(days=1)
    opened = {
        one.code: one.balance.debit_balance_cents
        for one in trial_balance(session, as_of=before, sub_ledgers=True)
    }
    for one in trial_balance(session, as_of=period.last, sub_ledgers=True):
        control = one.code.partition("/")[0]
        yield (one.code, names[control], ACCOUNT_KINDS[one.kind], control,
               opened.get(one.code, 0), one.balance.debit_balance_cents)  # fmt: skip


def _approvals(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    for number, one in enumerate(reversed(acts(session, period)), start=1):
        yield (number, KINDS[one.kind], one.subject, one.amount_cents, one.maker,
               business_day(one.asked_at), one.checker, business_day(one.decided_at),
               outcome_of(one), one.reason, one.words, one.entry_id)  # fmt: skip


def _facilities(session: Session, _: Period) -> Iterator[Sequence[Cell]]:
    yield from (tuple(row) for row in session.execute(text(_FACILITIES)))


def _tax_codes(session: Session, period: Period) -> Iterator[Sequence[Cell]]:
    found = session.execute(text(_TAX_CODES), {"last": period.last})
    yield from (tuple(row) for row in found)


TABLES = (
    CarrierTable("Buchungen", "buchungen.csv", "Buchungen des Zeitraums, nach Nummer", (
        Column("Nummer", "number", "Nummer der Buchung, aufsteigend", is_key=True),
        Column("Buchungstag", "date", "Tag, zu dem sie gehört"),
        Column("Erfasst_am", "date", "Tag der Erfassung, Zeit in Deutschland"),
        Column("Erfasst_um", "text", "Uhrzeit der Erfassung, HH:MM:SS"),
        Column("Vorgang", "text", "Kennung des Vorgangs"),
        Column("Bezeichnung", "text", "Titel der Buchungsregel"),
        Column("Beleg", "text", "Belegnummer oder Referenz"),
        Column("Storno_von", "number", "Nummer der Buchung, die sie ganz zurücknimmt"),
        Column("Saetze", "number", "Anzahl ihrer Buchungssätze"),
        Column("Siegelblock", "number", "Block, der sie versiegelt; leer: noch keiner", "Siegel"),
        Column("Blatt", "text", "Hash ihrer kanonischen Form im Siegelbaum, RFC 9162, hex"),
    ), _entries),
    CarrierTable("Buchungssaetze", "buchungssaetze.csv", "Buchungssätze: Soll an Haben", (
        Column("Buchung", "number", "Nummer der Buchung", "Buchungen", is_key=True),
        Column("Satz", "number", "Nummer des Satzes in der Buchung", is_key=True),
        Column("Buchungstag", "date", "Tag der Buchung"),
        Column("Soll", "text", "Konto im Soll", "Konten"),
        Column("Haben", "text", "Konto im Haben", "Konten"),
        Column("Betrag", "amount", "Betrag, immer größer als null"),
        Column("Waehrung", "text", "Währung, ISO 4217"),
        Column("Einrichtung", "text", "Einrichtung", "Einrichtungen"),
        Column("Produkt", "text", "Artikel oder Leistung"),
        Column("Kostenstelle", "text", "Kostenstelle"),
        Column("Steuerschluessel", "text", "Steuerschlüssel am Buchungstag"),
        Column("Sphaere", "text", "sovereign: hoheitlich, commercial: gewerblich (BgA)"),
        Column("Zahlungsweg", "text", "Zahlungsweg"),
        Column("Kasse", "text", "Kasse"),
        Column("Schicht", "text", "Schicht"),
    ), _transfers),
    CarrierTable("Konten", "konten.csv", "Konten mit Salden; Soll positiv, Haben negativ", (
        Column("Konto", "text", "Konto; Nebenbuch als Sammelkonto/Name", is_key=True),
        Column("Bezeichnung", "text", "Name des Sachkontos"),
        Column("Art", "text", "Aktiva, Passiva, Kapital, Ertrag oder Aufwand"),
        Column("Sachkonto", "text", "Sachkonto, zu dem es gehört"),
        Column("Anfangssaldo", "amount", "Saldo vor dem ersten Tag"),
        Column("Endsaldo", "amount", "Saldo nach dem letzten Tag"),
    ), _accounts, of_period=False),
    CarrierTable("Freigaben", "freigaben.csv", "Wer hat was freigegeben, nach Zeit", (
        Column("Nummer", "number", "Laufende Nummer in dieser Datei", is_key=True),
        Column("Art", "text", "Art der Entscheidung"),
        Column("Gegenstand", "text", "Beleg, Fall, Datei, Tag oder Monat"),
        Column("Betrag", "amount", "Betrag; leer: kein einzelner"),
        Column("Beantragt_von", "text", "Erste Person, mit Kennung"),
        Column("Beantragt_am", "date", "Tag des Antrags oder der ersten Unterschrift"),
        Column("Entschieden_von", "text", "Zweite Person, mit Kennung"),
        Column("Entschieden_am", "date", "Tag der Entscheidung"),
        Column("Ergebnis", "text", "freigegeben, abgelehnt oder gesperrt"),
        Column("Grund", "text", "Grund der ersten Person"),
        Column("Begruendung", "text", "Begründung der zweiten Person"),
        Column("Buchung", "number", "Buchung, die daraus wurde; auch eines späteren Tages"),
    ), _approvals),
    CarrierTable("Siegel", "siegel.csv", "Siegelblöcke, in denen Buchungen des Zeitraums stehen", (
        Column("Block", "number", "Nummer des Blocks", is_key=True),
        Column("Letzte_Buchung", "number", "Letzte Buchung im Block"),
        Column("Buchungen", "number", "Buchungen im Block"),
        Column("Baumgroesse", "number", "Blätter im Baum nach diesem Block"),
        Column("Wurzel", "text", "Wurzel des Baums, RFC 9162, hex"),
        Column("Versiegelt_am", "date", "Tag"),
        Column("Versiegelt_um", "text", "Uhrzeit in Deutschland, HH:MM:SS"),
    ), _seals),
    CarrierTable("Einrichtungen", "einrichtungen.csv", "Einrichtungen", (
        Column("Einrichtung", "text", "Kennung", is_key=True),
        Column("Name", "text", "Name"),
        Column("Art", "text", "Art der Einrichtung"),
    ), _facilities, of_period=False),
    CarrierTable("Steuerschluessel", "steuerschluessel.csv", "Steuerschlüssel", (
        Column("Schluessel", "text", "Steuerschlüssel", is_key=True),
        Column("Gueltig_ab", "date", "Erster Tag, an dem er so gilt", is_key=True),
        Column("Name", "text", "Name"),
        Column("Art", "text", "Art der Behandlung"),
        Column("Satz", "number", "Prozent; 0: keine Steuer"),
        Column("Konto", "text", "Steuerkonto"),
        Column("Grundlage", "text", "Rechtsgrundlage"),
    ), _tax_codes, of_period=False),
)  # fmt: skip

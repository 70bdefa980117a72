"""A sample as a document: the entries to work through, and how they were drawn."""

from collections.abc import Sequence

from reconciliation.audits.sampling import Draw, SampledEntry
from reconciliation.desk.event_words import event_word
from reconciliation.german import euros, german_day, german_instant, grouped
from reconciliation.reports.document import (
    Cell,
    Document,
    Table,
    euro,
    number,
    remark,
    text,
    tick,
)
from reconciliation.reports.period import Period

RULE = (
    "Gezogen sind die Buchungen mit den kleinsten SHA-256 von „Startwert:Buchungsnummer“."
    " Gleicher Startwert, gleicher Siegelblock, gleiche Grenzen: dieselbe Stichprobe."
)
_COLUMNS = (
    number("Buchung", has_sum=False), number("Zug", has_sum=False), text("Tag"), text("Art"),
    text("Soll"), text("an Haben"), euro("Betrag"), text("Einrichtung"), text("Beleg"),
    text("Siegel"), tick("geprüft"), remark("Bemerkung"),
)  # fmt: skip


def sheet_of(drawn: Draw, entries: Sequence[SampledEntry]) -> Document:
    """Everything that has to be on paper, the entries by number."""
    wanted = drawn.wanted
    rows: list[list[Cell]] = [
        [one.id, one.place, german_day(one.booked_on), event_word(one.event), debit_of(one),
         one.credit, one.cents, one.facility or "", one.reference or "", f"Block {one.block}",
         None, None]
        for one in entries
    ]  # fmt: skip
    facts: list[list[Cell]] = [[name, value] for name, value in facts_of(drawn)]
    return Document(
        f"Stichprobe {wanted.seed}", Period(wanted.first, wanted.last, drawn.sealed_at),
        (
            Table("Buchungen", _COLUMNS, rows, sentence_of(drawn, len(rows))),
            Table("So wurde gezogen", (text("Angabe"), text("Wert")), facts, RULE),
        ),
    )  # fmt: skip


def sentence_of(drawn: Draw, count: int) -> str:
    """`25 von 1.234 Buchungen`."""
    words = "Buchung" if drawn.population == 1 else "Buchungen"
    return f"{grouped(count)} von {grouped(drawn.population)} {words}."


def debit_of(one: SampledEntry) -> str:
    """The debit account, and how many transfers follow the first."""
    return f"{one.debit} + {one.more}" if one.more else one.debit


def facts_of(drawn: Draw) -> list[tuple[str, str]]:
    """How it was drawn, by name: all that somebody needs to draw it again."""
    wanted = drawn.wanted
    return [
        ("Startwert", wanted.seed),
        ("Siegelblock", f"{grouped(wanted.block or 0)}, "
                        f"versiegelt {german_instant(drawn.sealed_at)}"),
        ("Zeitraum", f"{german_day(wanted.first)} bis {german_day(wanted.last)}"),
        ("Konto", wanted.account or "alle"),
        ("Einrichtung", wanted.facility or "alle"),
        ("Anzahl", grouped(wanted.count)),
        ("Grundgesamtheit", f"{grouped(drawn.population)} Buchungen, "
                            f"{euros(drawn.population_cents)}"),
        ("Gezogen von", f"{drawn.name or drawn.by} ({drawn.by}), "
                        f"{german_instant(drawn.at)}"),
    ]  # fmt: skip

"""What the pages of days say in German."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ledger.calendar import CITY_TIME
from reconciliation.closing.checks import Check
from reconciliation.german import grouped

CHANNELS = {
    "girocard": "girocard",
    "card": "Kreditkarten",
    "stripe": "Stripe",
    "e_payment": "E-Payment",
    "direct_debit": "SEPA-Lastschrift",
    "transfer": "Überweisung",
    "cash": "Bargeld",
}
COMPARED = {
    "bank": "Auszug, Schlusssaldo",
    "provider": "Guthaben beim Anbieter",
    "wallets": "Summe der Guthaben",
    "passes": "Restwert der Karten",
    "books": "Summe der Unterkonten",
}
PROBLEMS = {
    "closing_blocked": "Der Tag kann noch nicht unterschrieben werden. Es fehlt etwas.",
    "closing_changed": "Seit dem Öffnen geändert. Bitte prüfen Sie die Summen noch einmal.",
    "closing_first_lapsed": "Die erste Unterschrift ist verfallen: Die Summen haben sich seitdem"
    " geändert. Sie muss neu geleistet werden.",
    "closing_already_signed": "Die erste Unterschrift liegt inzwischen vor.",
    "closing_own_signature": "Sie haben schon unterschrieben. Eine andere Person muss sperren.",
    "closing_locked": "Der Tag ist gesperrt. Gebucht wird am ersten offenen Tag.",
}
UNSEEN = "Bitte bestätigen Sie, dass Sie die Summen und die übertragenen Fälle gesehen haben."


MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
          "Oktober", "November", "Dezember")  # fmt: skip


def check_words(check: Check) -> str:
    """One line of what was looked at; a blocker names its place."""
    return _CHECKS[check.code](check.facts)


def month_words(day: date) -> str:
    """`November 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def _shifts(facts: dict[str, Any]) -> str:
    if not facts["shifts"]:
        return "Keine Schicht an diesem Tag"
    shifts = "1 Schicht" if facts["shifts"] == 1 else f"{grouped(facts['shifts'])} Schichten"
    places = facts["facilities"]
    where = "1 Einrichtung" if places == 1 else f"{places} Einrichtungen"
    return f"{shifts} in {where}, alle gezählt"


def _carried(count: int) -> str:
    if count == 0:
        return "Keine offenen Fälle"
    if count == 1:
        return "1 Fall mit Zustand und Alter, übertragen"
    return f"Jeder Fall hat Zustand und Alter; {grouped(count)} Fälle übertragen"


def _day(on: date) -> str:
    return f"{on:%d.%m.}"


def _earlier(count: int) -> str:
    return (
        "1 früherer Tag ist noch offen" if count == 1 else f"{count} frühere Tage sind noch offen"
    )


_CHECKS: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "day_not_over": lambda facts: f"Der {_day(facts['day'])} ist noch nicht zu Ende.",
    "night_missing": lambda facts: f"Der Nachtlauf über den {_day(facts['day'])} fehlt.",
    "night_done": lambda facts: (
        f"Nachtlauf fertig, {facts['at'].astimezone(CITY_TIME):%d.%m., %H:%M}"
    ),
    "shift_open": lambda facts: f"Schicht {facts['shift']} ({facts['till']}) ist nicht gezählt.",
    "shifts_counted": _shifts,
    "file_missing": lambda facts: (
        f"{facts['reference'] or 'Eine Datei'} fehlt (D-{facts['number']})"
    ),
    "files_there": lambda _: "Alle erwarteten Dateien und Auszüge sind da",
    "books_balanced": lambda facts: (
        f"Journal ausgeglichen: Soll = Haben, {grouped(facts['count'])} Buchungen"
    ),
    "books_unbalanced": lambda facts: (
        f"Das Journal ist nicht ausgeglichen: {grouped(facts['rest_cents'])} Cent Rest."
    ),
    "cases_carried": lambda facts: _carried(facts["count"]),
    "seal_broken": lambda facts: (
        f"Siegelprüfung fehlgeschlagen bei Block {grouped(facts['block'])}. Nicht buchen."
    ),
    "seal_waits": lambda facts: (
        f"{grouped(facts['count'])} Buchungen warten auf das nächste Siegel"
    ),
    "sealed": lambda facts: f"Siegel bis Buchung {grouped(facts['entry'])}",
    "earlier_open": lambda facts: _earlier(facts["count"]),
}

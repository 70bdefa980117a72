"""What came of a file, in the words of the finance office (German: these are screen texts)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ledger.calendar import CITY_TIME
from reconciliation.engine.words import euro
from reconciliation.inbox.missing import Missing
from reconciliation.inbox.parts import Diff, State
from reconciliation.sources import Problem

_FIELDS = {
    "Amt": "Betrag", "amount_cents": "Betrag", "gross": "Betrag", "net": "Betrag",
    "count": "Anzahl", "item_count": "Anzahl", "BookgDt": "Buchungstag", "ValDt": "Wertstellung",
    "Sts": "Status",
    "CdtDbtInd": "Soll/Haben-Kennzeichen", ":61:": "Umsatz (:61:)", "closed_at": "Zeitpunkt",
    ":60F:": "Anfangssaldo", ":62F:": "Endsaldo", "credited_on": "Buchungstag",
}  # fmt: skip
_UNNAMED = {Problem.BAD_AMOUNT: "Betrag", Problem.BAD_DATE: "Datum"}
_PROBLEMS = {
    Problem.EMPTY: "die Datei ist leer",
    Problem.ENCODING: "die Zeichen sind nicht in der Kodierung, die sie nennt ({found})",
    Problem.DOCTYPE: "sie enthält eine Dokumenttyp-Angabe (DOCTYPE), die keine Bank schreibt und"
    " die einen Angriff verbergen kann",
    Problem.MALFORMED: "sie ist beschädigt ({found})",
    Problem.TRUNCATED: "sie bricht vor ihrem Ende ab",
    Problem.WRONG_MESSAGE: "das ist kein Kontoauszug, sondern {found}",
    Problem.NO_STATEMENT: "es steht kein Auszug und keine Abrechnung darin",
    Problem.TOO_LARGE: "sie oder ein Umsatz darin ist zu groß ({found} Byte)",
    Problem.TOO_DEEP: "sie ist zu tief verschachtelt ({found})",
    Problem.TOO_MANY_ENTRIES: "sie hat zu viele Umsätze ({found})",
    Problem.TEXT_TOO_LONG: "ein Text ist zu lang ({found} Zeichen)",
    Problem.MISPLACED: "{element} steht hinter den Umsätzen",
    Problem.MISSING: "{element} fehlt",
    Problem.BAD_AMOUNT: "{element} „{found}“ ist keine Zahl",
    Problem.BAD_CURRENCY: "Währung „{found}“ gibt es nicht",
    Problem.BAD_DATE: "{element} „{found}“ ist kein Tag",
    Problem.BAD_INDICATOR: "{element} „{found}“ ist weder Soll noch Haben",
    Problem.BAD_COLUMNS: "die Zeile hat nicht so viele Spalten wie der Kopf ({found})",
    Problem.BAD_KIND: "Zeilen mit „{found}“ am Anfang sind nicht bekannt",
    Problem.BAD_TOTAL: "die Zeilen ergeben nicht ihre Summe ({element} {found})",
}
_QUIET = {
    State.OUTDATED: "Ältere Fassung als die vorhandene: aufbewahrt, nichts geändert.",
    State.KEPT: "Aufbewahrt für die Einzelposten von Sammelbuchungen. Daraus wird nichts gebucht.",
    State.HELD: "Gleiche Kennung, anderer Inhalt, keine Version: angehalten, nicht gebucht.",
}
_DANGERS = {
    "file_size": "({size})",
    "unpacked_size": "(ZIP entpackt {size})",
    "member_count": "(ZIP mit {found} Dateien)",
    "member_name": "(ZIP mit dem Namen „{found}“)",
    "nested": "(ZIP in einem ZIP: {found})",
    "encrypted": "(ZIP mit Kennwort)",
    "damaged": "(ZIP beschädigt)",
}


def outcome_words(
    state: str, code: str | None, data: Mapping[str, Any], diff: Diff, version: int
) -> str:
    """One sentence about a delivery; `diff` and `version` are those of a correction."""
    match State(state):
        case State.KNOWN:
            return f"Diese Datei war schon da{_when(data.get('first'))}. Nichts geändert."
        case State.CORRECTED:
            return f"Korrigierte Fassung ersetzt Fassung {max(version - 1, 1)}: {_changed(diff)}."
        case State.REFUSED:
            return refusal_words(code or "", data)
        case State.TAKEN:
            return f"Neu: {diff.new} {'Zeile' if diff.new == 1 else 'Zeilen'}."
        case other:
            return _QUIET[other]


def refusal_words(code: str, data: Mapping[str, Any]) -> str:
    """Why a file was not taken, from what was stored about it."""
    match code:
        case "unreadable_statement":
            return _unreadable(data)
        case "dangerous_file":
            size = data.get("found", "")
            shown = gigabytes(int(size)) if size.isdecimal() else "über der Grenze"
            why = _DANGERS[data["reason"]].format(found=data.get("found", ""), size=shown)
            return f"Datei zu groß oder gefährlich {why}. Abgelehnt."
        case "unknown_format":
            return (
                "Datei nicht lesbar: kein bekanntes Format. Gelesen werden camt, MT940 und die"
                " Abrechnungen der Anbieter, auch als ZIP."
            )
        case "foreign_account":
            iban = data.get("iban") or "ohne IBAN"
            return f"Konto {iban} gehört nicht der Stadt. Nicht gebucht."
        case "incomplete_statement":
            return (
                "Umsätze und Salden passen nicht zusammen, oder es fehlt eine Angabe."
                " Nicht gebucht."
            )
        case _:
            return "Datei nicht lesbar."


def missing_words(one: Missing) -> str:
    """What did not come: "Auszug 221 fehlt: Endsaldo 220 ≠ Anfangssaldo 222, Lücke 4.210,00 €." """
    if one.kind == "FILE_MISSING":
        return f"Datei von {one.account} für den {_day(one.since)} fehlt."
    if one.after is None:
        return f"Auszug für Konto {one.account} fehlt seit dem {_day(one.since)}."
    gap = "" if one.gap_cents is None else f", Lücke {euro(one.gap_cents)}"
    if one.before is None:
        return f"Auszug für Konto {one.account} ab {_day(one.since)} fehlt{gap}."
    first, last = one.before + 1, one.after - 1
    which = f"{first}" if first >= last else f"{first} bis {last}"
    unequal = "" if not one.gap_cents else f": Endsaldo {one.before} ≠ Anfangssaldo {one.after}"
    return f"Auszug {which} fehlt{unequal}{gap}."


def gigabytes(size: int) -> str:
    """A size as people say it: "4,2 GB", "312 kB"."""
    for unit, word in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            tenths = size * 10 // unit
            return (
                f"{tenths // 10},{tenths % 10} {word}"
                if tenths < 1000
                else f"{tenths // 10} {word}"
            )
    return f"{size} Byte"


def _unreadable(data: Mapping[str, Any]) -> str:
    places = (("Zeile", data.get("line")), ("Umsatz", data.get("entry")))
    where = ", ".join(f"{word} {number}" for word, number in places if number)
    element = str(data.get("element") or "")
    names = [_FIELDS[part] for part in element.split("/") if part in _FIELDS]
    problem = Problem(data["problem"])
    name = names[-1] if names else _UNNAMED.get(problem, element or "eine Angabe")
    what = _PROBLEMS[problem].format(element=name, found=data.get("found") or "")
    return f"Datei nicht lesbar: {where + ', ' if where else ''}{what}."


def _changed(diff: Diff) -> str:
    counts = (
        (diff.changed, "Zeile geändert", "Zeilen geändert"), (diff.new, "neu", "neu"),
        (diff.gone, "entfallen", "entfallen"),
    )  # fmt: skip
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return ", ".join(said) or "keine Zeile geändert"


def _when(instant: str | None) -> str:
    if instant is None:
        return ""
    at = datetime.fromisoformat(instant).astimezone(CITY_TIME)
    return f" ({at:%d.%m.}, {at:%H:%M})"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"

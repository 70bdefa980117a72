"""What an audit found, in one sentence a row: the drawer, receipts, terminals, limit and seals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciliation.audits.protocol import Audit
from reconciliation.german import euros


@dataclass(frozen=True, slots=True)
class Finding:
    """One row. state: closed (fits), suggestion (to look at) or break."""

    state: str
    title: str
    words: str


def findings(audit: Audit) -> tuple[Finding, ...]:
    """All of them; the drawer only once it is counted, so that nobody counts towards a figure."""
    return tuple(_found(audit))


def _found(audit: Audit) -> Iterator[Finding]:
    frozen = audit.frozen
    if audit.finished_at:
        yield _drawer(audit.difference_cents or 0)
    yield _receipts(frozen["receipts"])
    for terminal in frozen["terminals"]:
        yield _terminal(terminal)
    limit, held = frozen["till"]["cash_limit_cents"], frozen["expected_cents"]
    if audit.finished_at:
        state = "break" if held > limit else "closed"
        yield Finding(state, "Bargeldgrenze", f"{euros(limit)}, im Augenblick {euros(held)}.")
    if frozen["heard"].get("not_taken"):
        words = f"{frozen['heard']['not_taken']} Sendungen der Kasse wurden nicht angenommen."
        yield Finding("suggestion", "Übertragung", words)
    yield _seal(frozen["seal"])


def _drawer(cents: int) -> Finding:
    if not cents:
        return Finding("closed", "Barbestand", "Gezählt wie erwartet.")
    what = "Fehlbetrag" if cents < 0 else "Überschuss"
    then = "Der Fall ist angelegt; gebucht wird beim Abschluss der Schicht."
    return Finding("break", "Barbestand", f"{euros(abs(cents))} {what}. {then}")


def _receipts(found: dict[str, Any]) -> Finding:
    if not found.get("receipts"):
        return Finding("closed", "Belege", "In dieser Schicht gibt es noch keinen Beleg.")
    words = (f"{found['first']} bis {found['last']}: {found['receipts']} Belege, davon"
             f" {found['cash']} bar und {found['cards']} mit Karte"
             f" ({euros(found['card_cents'])}, nicht Teil des Barbestands).")  # fmt: skip
    return Finding("closed", "Belege", words)


def _terminal(total: dict[str, Any]) -> Finding:
    which = f"{total['terminal']}, letzter Kassenschnitt {total['number']}"
    words = f"{which}: {euros(total['amount_cents'])}"
    if total["agrees"]:
        return Finding("closed", "Kartenterminal", f"{words}, stimmt mit den Buchungen überein.")
    return Finding(
        "break", "Kartenterminal", f"{words}, gebucht sind {euros(total['expected_cents'])}."
    )


def _seal(seal: dict[str, Any]) -> Finding:
    if not seal:
        return Finding("suggestion", "Siegel", "Es gibt noch keinen Prüfpunkt.")
    if seal["broken_block"] is not None:
        return Finding(
            "break", "Siegel", f"Prüfung fehlgeschlagen bei Block {seal['broken_block']}."
        )
    point = f"Prüfpunkt {seal['number']} über {seal['tree_size']} Buchungen"
    return Finding("closed", "Siegel", f"{point}; {seal['unsealed']} neuere folgen.")

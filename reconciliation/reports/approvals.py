"""Who approved what: every act of two people decided in a period, with both and their reasons."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from reconciliation.audits.acts import KINDS, Act, acts, acts_by_rule
from reconciliation.german import german_instant, grouped
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, number, text
from reconciliation.reports.period import Period

TWO_PEOPLE = "In jeder Zeile sind es zwei verschiedene Personen"
OUTCOMES = {"approved": "freigegeben", "refused": "abgelehnt"}
_COLUMNS = (
    text("Entschieden"), text("Art"), text("Gegenstand"), euro("Betrag", has_sum=False),
    text("Beantragt von"), text("am"), text("Entschieden von"), text("Ergebnis"), text("Grund"),
    text("Begründung"), text("Buchung"),
)  # fmt: skip
_BY_KIND = (
    text("Art"), number("freigegeben"), number("abgelehnt"), number("ohne zweite Person"),
    euro("ohne zweite Person, Betrag"),
)  # fmt: skip


def build(session: Session, period: Period) -> Document:
    """The acts, the newest first, and how many of each kind; also where it was none."""
    found = acts(session, period)
    rows: list[list[Cell]] = [
        [german_instant(one.decided_at), KINDS[one.kind], one.subject, one.amount_cents, one.maker,
         german_instant(one.asked_at), one.checker, outcome_of(one), one.reason or "",
         one.words or "", grouped(one.entry_id) if one.entry_id else ""]
        for one in found
    ]  # fmt: skip
    alone = {one.kind: (one.count, one.cents) for one in acts_by_rule(session, period)}
    count = Counter((one.kind, one.outcome) for one in found)
    by_kind: list[list[Cell]] = [
        [name, count[kind, "approved"], count[kind, "refused"], *alone.get(kind, (0, 0))]
        for kind, name in KINDS.items()
    ]
    return Document("Wer hat was freigegeben", period, (
        Table("Entscheidungen", _COLUMNS, rows, check=TWO_PEOPLE, agrees=by_two_people(found)),
        Table("Nach Art", _BY_KIND, by_kind, "Ohne zweite Person: bis zur Grenze."),
    ))  # fmt: skip


def by_two_people(found: Sequence[Act]) -> bool:
    """Whether nobody decided what they had asked for themselves."""
    return all(one.maker != one.checker for one in found)


def outcome_of(one: Act) -> str:
    """`freigegeben`, `abgelehnt`, or of a day or month `gesperrt`."""
    return "gesperrt" if one.kind in ("day", "month") else OUTCOMES[one.outcome]


REPORT = Report("approvals", "Wer hat was freigegeben", build)

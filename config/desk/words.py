"""German words of the desk: kinds of items, states, ages, and why somebody cannot decide."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ledger.approvals import DECIDING_ROLES, Approval
from ledger.permissions import Caller
from ledger.reminders import Reminded

TITLES: Mapping[str, str] = {
    "refund": "Erstattung",
    "cash_difference": "Kassendifferenz",
    "meal_goodwill": "Gutschrift für ein Essen",
}
STATES: Mapping[str, tuple[str, str]] = {
    "pending": ("offen", "warning"),
    "approved": ("freigegeben", "success"),
    "refused": ("abgelehnt", "danger"),
    "withdrawn": ("zurückgezogen", "info"),
}
ITEMS: Mapping[str, str] = {
    "charge": "Verkauf",
    "reversal": "Storno",
    "attempt": "Zahlversuch",
    "shift_opened": "Schichtbeginn",
    "shift_closed": "Schichtabschluss",
    "cash_drop": "Geldtasche",
    "terminal_totals": "Kassenschnitt",
    "refund_requested": "Antrag auf Erstattung",
    "refund_decided": "Entscheidung über Erstattung",
    "refund_reminded": "Erinnerung an eine Freigabe",
    "refund_paid": "Auszahlung einer Erstattung",
    "till_event": "Ereignis der Kasse",
    "link_sale": "Verkauf über Zahllink",
    "fee_notice": "Gebührenbescheid",
    "visit_taken_back": "Besuch zurückgenommen",
}
NOT_TAKEN: Mapping[str, tuple[str, str]] = {
    "refused": ("abgelehnt", "danger"),
    "conflict": ("Widerspruch", "warning"),
    "invalid": ("nicht lesbar", "warning"),
}
ATTEMPTS: Mapping[str, str] = {
    "payment": "Kartenzahlung",
    "reversal": "Storno am Terminal",
    "refund": "Erstattung am Terminal",
}
STATEMENTS: Mapping[str, str] = {
    "paid": "Kasse sagt: bezahlt",
    "not_paid": "Kasse sagt: nicht bezahlt",
    "dont_know": "Kasse weiß es nicht",
}


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, in the one unit that matters: `gerade eben`, `vor 12 min`, `vor 3 Tagen`."""
    if at is None:
        return "noch nie"
    minutes = (now - at) // timedelta(minutes=1)
    if minutes < 1:
        return "gerade eben"
    if minutes < 60:
        return f"vor {minutes} min"
    if minutes < 48 * 60:
        return f"vor {minutes // 60} h"
    return f"vor {minutes // (24 * 60)} Tagen"


def reminded(by: Reminded | None, now: datetime) -> str:
    """`Erinnert vor 3 min`, `2-mal erinnert, zuletzt vor 3 min`; "" where nobody did."""
    if by is None:
        return ""
    if by.times == 1:
        return f"Erinnert {age(by.last_at, now)}"
    return f"{by.times}-mal erinnert, zuletzt {age(by.last_at, now)}"


def why_not(one: Approval, caller: Caller) -> str | None:
    """Why this person cannot decide, in words; None if they can."""
    if one.state != "pending":
        return "Darüber ist schon entschieden."
    if one.request.requested_by == caller.name:
        return "Sie haben das selbst beantragt; freigeben muss eine zweite Person."
    if caller.person is None or caller.role not in DECIDING_ROLES:
        return "Freigeben dürfen die Leitung der Stelle und die Freigabe Finanzen."
    return None

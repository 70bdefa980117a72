"""How a case reads in a line: its class, its age, what comes next and where it stands."""

from dataclasses import dataclass
from datetime import date, datetime

from ledger.calendar import business_day
from reconciliation.casework.cases import Case
from reconciliation.casework.lists import age
from reconciliation.words import channel_word, class_word, next_step

WAITS = {"bank": "Bank", "provider": "Anbieter", "site": "Einrichtung"}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a table. cents: confirmed less expected; age: bank days; step: what is
    proposed or to be done; state: in words; missing: why there is no confirmed amount."""

    number: int
    name: str
    kind: str
    severity: str
    channel: str
    place: str
    reference: str
    since: date
    expected_cents: int | None
    confirmed_cents: int | None
    cents: int
    age: int
    tier: int | None
    step: str
    owner: str | None
    is_mine: bool
    state: str
    can_be_accepted: bool
    closed_at: datetime | None

    @property
    def words(self) -> str:
        """The line in a sentence, for the foot and for mail."""
        return f"{self.name} {self.kind}"


def case_line(case: Case, *, person: str, at: datetime) -> CaseLine:
    """The case as this person sees it at this moment."""
    return CaseLine(
        case.number, case.name, class_word(case.kind), case.severity, channel_word(case.channel),
        case.place or "–", case.reference or case.subject, case.since, case.expected_cents,
        case.confirmed_cents, case.amount_cents, age(case, at), case.tier, step_of(case),
        case.owner_name, case.owner == person, state_of(case, at),
        case.is_open and case.proposal is not None and case.request is None, case.closed_at,
    )  # fmt: skip


def step_of(case: Case) -> str:
    """What is proposed, or what a person does next."""
    if case.proposal is not None:
        return case.explanation or _first_reason(case) or "Zuordnung bestätigen"
    return next_step(case.kind)


def state_of(case: Case, at: datetime) -> str:
    """Where it stands, in words."""
    if not case.is_open:
        return "geschlossen"
    if case.request is not None:
        return "wartet: Freigabe"
    return _waiting(case, business_day(at)) or _untouched(case, business_day(at))


def _waiting(case: Case, today: date) -> str:
    """What it was put off for; empty where it was not."""
    if case.due_on is not None and case.due_on <= today:
        return "heute fällig" if case.due_on == today else "überfällig"
    if case.waits_for:
        return f"wartet: {WAITS[case.waits_for]}"
    return f"Wiedervorlage {case.due_on:%d.%m.}" if case.due_on is not None else ""


def _untouched(case: Case, today: date) -> str:
    if case.is_reopened:
        return "wieder offen"
    if case.severity == "suggestion":
        return "Vorschlag"
    return "neu" if business_day(case.opened_at) == today else "offen"


def _first_reason(case: Case) -> str | None:
    reasons = (case.proposal or {}).get("reasons", [])
    return next((one["words"] for one in reasons if one.get("words")), None)

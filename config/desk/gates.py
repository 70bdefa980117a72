"""The gates of the city: who came today, and what two gates that were alone contradict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from config.desk.page import render
from config.desk.words import age
from config.staff.cookie import now
from config.staff.page import books, caller, shell
from config.web.pages.shell import Shell
from ledger.calendar import CITY_TIME, business_day
from ledger.permissions import Permission, needs
from terminals.gate.queries import Contradiction, GateState, contradictions, gates
from terminals.gate.tokens import spoken

# Why a gate should not have opened, in the words of whoever looks into it.
REASONS: Mapping[str, str] = {
    "used": "war schon benutzt",
    "other_house": "gilt für ein anderes Haus",
    "not_yet": "war noch nicht gültig",
    "expired": "war abgelaufen",
    "returned": "war zurückgegeben",
    "supplement": "war nur ein Zusatz ohne Eintritt",
    "blocked": "war gesperrt",
    "empty": "hatte keine Besuche mehr",
    "unknown": "ist nicht bekannt",
    "unread": "war nicht lesbar",
    "day_closed": "kam nach dem Tagesabschluss",
}
KINDS = {"ticket": "Ticket", "pass": "Karte", "unread": "Code"}

pages = Blueprint("desk_gates", __name__, url_prefix="/desk/gates")


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate with its device. heard: how long ago somebody was let in, in words."""

    device: str
    place: str
    state: str
    kind: str
    heard: str
    today: int


@dataclass(frozen=True, slots=True)
class ContradictionLine:
    """One admission too many, with both gates and times."""

    title: str
    reason: str
    place: str
    gate: str
    at: datetime
    other: str


@dataclass(frozen=True, slots=True)
class GatesPage:
    """Every gate, and what needs a look."""

    shell: Shell
    gates: Sequence[GateLine]
    contradictions: Sequence[ContradictionLine]


@pages.get("")
@needs(Permission.TILLS_READ)
def show() -> Response:
    """Every gate, of the viewer's place where they have one."""
    where, at = {"facility": caller().facility}, now()
    with books().read_only() as session:
        page = GatesPage(
            shell(),
            [_gate(one, at) for one in gates(session, business_day(at), **where)],
            [_contradiction(one) for one in contradictions(session, **where)],
        )
    return render("gates.html", page)


def _gate(one: GateState, at: datetime) -> GateLine:
    state, kind = ("in Betrieb", "success") if one.is_in_use else ("gesperrt", "danger")
    return GateLine(one.device, one.facility_name, state, kind, age(one.heard_at, at), one.today)


def _contradiction(one: Contradiction) -> ContradictionLine:
    code = spoken(one.code) if one.kind == "ticket" else one.code
    return ContradictionLine(
        f"{KINDS[one.kind]} {code}", REASONS.get(one.reason, one.reason), one.facility_name,
        one.gate, one.admitted_at, _other(one),
    )  # fmt: skip


def _other(one: Contradiction) -> str:
    at, gate, data = one.other_at, one.other_gate, one.data or {}
    if at is None and "at" in data:
        at, gate = datetime.fromisoformat(data["at"]), data.get("gate")
    if at is None:
        return _detail(data)
    return f"{gate or 'Kasse'}, {at.astimezone(CITY_TIME):%d.%m.%Y, %H:%M} Uhr"


def _detail(data: Mapping[str, Any]) -> str:
    return " · ".join(str(data[name]) for name in ("house", "on") if data.get(name))

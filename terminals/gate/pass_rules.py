"""Whether a pass lets in where nobody can be asked: the one rule of gates and tills alone.

By what its code says, by what the centre said of the pass last, and by the visits that were let
in here and are not in the centre's words yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger.calendar import business_day
from terminals.gate.scanned import PassCode
from terminals.gate.values import Refusal, day_refusal


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """Somebody was let in here. at: aware; gate: where, for people."""

    at: datetime
    gate: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pass. body: as `terminals.gate.news` tells it, counting the visits of
    `day`; ours: what it does not count, the oldest first."""

    day: date
    body: Mapping[str, Any]
    ours: Sequence[OwnVisit]

    @property
    def left(self) -> int | None:
        """Visits that are left; None where days count."""
        left: int | None = self.body["left"]
        return None if left is None else left - len(self.ours)


def code_refusal(held: PassCode, blocked: Collection[int]) -> Refusal | None:
    """Why the code opens nothing, whatever its pass is. blocked: numbers of cards taken back."""
    if held.is_over:
        return Refusal("expired", {"on": business_day(held.valid_until).isoformat()})
    return Refusal("blocked", {}) if held.card in blocked else None


def pass_refusal(known: Known, today: date) -> Refusal | None:
    """Why the pass does not let in one more today: returned, other_house, not_yet, expired, used
    or empty."""
    body = known.body
    if body["ended"]:
        return Refusal("returned", {"how": body["ended"]})
    if not body["opens"]:
        return Refusal("other_house", {"house": body["home"]})
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["until"])
    return day_refusal(first, last, today) or _visits_refusal(known, today)


def _visits_refusal(known: Known, today: date) -> Refusal | None:
    body, ours = known.body, known.ours
    seen = {"at": body.get("at"), "gate": body.get("gate")}
    if ours:
        seen = {"at": ours[-1].at.isoformat(), "gate": ours[-1].gate}
    visits = sum(business_day(one.at) == today for one in ours)
    visits += body["today"] if known.day == today else 0
    is_over = body["per_day"] is not None and visits >= body["per_day"]
    if is_over or body["visited"] or (ours and body["once_a_house"]):
        return Refusal("used", {name: value for name, value in seen.items() if value})
    return Refusal("empty", {}) if known.left is not None and known.left < 1 else None

"""Charges of a till: whole runs go to the ledger in one call, as fast as a batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.permissions import Caller
from terminals.gate.pass_visits import REASONS, used_before
from terminals.intake import take_batch
from terminals.site_items.item import Item, Outcome, Place, key_conflict


def take_charges(session: Session, items: Sequence[Item], place: Place) -> list[Outcome]:
    """Charge the documents of these items; one outcome each, in the same order."""
    caller = Caller(place.device, "till", place.facility, place.till)
    documents = [{**item.body, "key": str(item.key)} for item in items]
    answers = take_batch(session, documents, caller=caller) if documents else []
    return [_outcome(session, item, answer) for item, answer in zip(items, answers, strict=True)]


def _outcome(session: Session, item: Item, answer: dict[str, Any]) -> Outcome:
    match answer["state"]:
        case "posted" | "recorded":
            return Outcome("taken", answer["entry_id"], replayed=answer["replayed"])
        case "conflict":
            return key_conflict(item.key)
        case state:
            told = answer["data"] | _used_before(session, item, answer["code"])
            return Outcome(state, code=answer["code"], data=told, replayed=answer["replayed"])


def _used_before(session: Session, item: Item, code: str) -> Mapping[str, str]:
    """What a visit contradicts that a till let in alone: where somebody was with the pass before,
    and when."""
    if REASONS.get(code) != "used":
        return {}
    day = business_day(item.at) if code == "visited_today" else None
    passes = [line["pass_code"] for line in item.body["lines"] if line.get("pass_code")]
    told = used_before(session, passes[0], item.body["facility"], day).data
    if "at" not in told:
        return {}
    at = datetime.fromisoformat(told["at"]).astimezone(CITY_TIME)
    return {"on": at.date().isoformat(), "time": f"{at:%H:%M}", "gate": told["gate"]}

"""A pass before the register: one is let in, or the page says why not, beside the basket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ledger.calendar import CITY_TIME, business_day
from terminals.gate.pass_rules import OwnVisit
from terminals.gate.scanned import PassCode
from terminals.gate.values import Refusal
from terminals.till import passes_alone, visits
from terminals.till.counter.moment import Acting
from terminals.till.counter.seen import Seen
from terminals.till.errors import TillRefusal
from terminals.till.offers import Offer
from terminals.till.pass_news import known, waiting_alone
from terminals.till.passes_alone import Good

# What a gate says and a till says in other words.
_WORDS: Mapping[str, str] = {"other_house": "elsewhere", "returned": "blocked"}


def admit(acting: Acting, seen: Seen) -> None:
    """Let in one with a scanned pass, if it may be."""
    if seen.held is not None:
        _admit_alone(acting, seen.held)
        return
    offer = _offer(acting, seen.product)
    refused = _why_not(acting, seen, offer)
    if refused is None and offer is None:
        refused = {"refused": "unknown" if seen.product is None else "elsewhere"}
    if refused is not None or offer is None:
        _refuse(acting, offer, refused or {})
        return
    _let_in(acting, Good(seen.code, offer.code, seen.visits_left), offer)


def admit_more(acting: Acting) -> None:
    """Let in one more with the pass that was scanned last. Raises TillRefusal no_pass_scanned."""
    last = acting.view.visit
    if last is None or "pass_code" not in last or last["visits_left"] == 0:
        raise TillRefusal("no_pass_scanned")
    if last.get("is_alone") or acting.moment.is_offline:
        held = passes_alone.once_more(last["pass_code"], acting.moment.now)
        _admit_alone(acting, held, before=last["admitted"])
        return
    good = Good(last["pass_code"], last["product"], last["visits_left"])
    _let_in(acting, good, acting.offer(good.product), before=last["admitted"])


def _admit_alone(acting: Acting, held: PassCode, *, before: int = 0) -> None:
    """By what is known here: the centre does not answer."""
    most = acting.moment.site.limits.pass_offline_visits
    found = passes_alone.look(acting.connection, acting.desk, held, most=most)
    if isinstance(found, Refusal):
        told = known(acting.connection, acting.moment.till.code, held.code)
        offer = _offer(acting, told.body["product"]) if told else None
        _refuse(acting, offer, _in_our_words(found, business_day(acting.moment.now)))
        return
    offer = _offer(acting, found.product)
    if offer is None:
        _refuse(acting, None, {"refused": "elsewhere"})
        return
    _let_in(acting, found, offer, before=before, was_alone=True)


def _let_in(
    acting: Acting, good: Good, offer: Offer, *, before: int = 0, was_alone: bool = False
) -> None:
    sold = visits.admit(
        acting.connection, acting.desk, shift=acting.shift.code, pass_code=good.pass_code,
        offer=offer, was_alone=was_alone,
    )  # fmt: skip
    left = None if good.visits_left is None else good.visits_left - 1
    shown = {"name": _name(acting, offer), "admitted": before + 1, "visits_left": left,
             "pass_code": good.pass_code, "product": offer.code, "sale": str(sold.key),
             "is_alone": was_alone}  # fmt: skip
    acting.view = replace(acting.view, visit=shown, sound="scan_ok")


def _refuse(acting: Acting, offer: Offer | None, why: Mapping[str, Any]) -> None:
    shown = {"name": _name(acting, offer), **why}
    acting.view = replace(acting.view, visit=shown, sound="scan_refused")


def _why_not(acting: Acting, seen: Seen, offer: Offer | None) -> Mapping[str, Any] | None:
    """By what the centre says, and by what it has yet to hear from here."""
    if seen.state != "ok":
        on = {"expired_on": seen.valid_until} if seen.valid_until else {}
        return {"refused": seen.state, **(on if seen.state == "expired" else {})}
    untold = waiting_alone(acting.connection, seen.code)
    if seen.visits_left is not None and seen.visits_left <= len(untold):
        return {"refused": "empty"}
    today = business_day(acting.moment.now)
    ours = [one for one in untold if business_day(one.at) == today]
    most = offer.visits_per_day if offer else None
    if not most or (seen.visits_today or 0) + len(ours) < most:
        return None
    return {"refused": "used", **_last_use(seen, ours)}


def _last_use(seen: Seen, ours: Sequence[OwnVisit]) -> dict[str, Any]:
    if ours:
        return _used_at(ours[-1].at, ours[-1].gate)
    if seen.last_visit is None:
        return {}
    return _used_at(datetime.fromisoformat(seen.last_visit["at"]), seen.last_visit["name"])


def _used_at(at: datetime, gate: str) -> dict[str, Any]:
    return {"used_at": at.astimezone(CITY_TIME).time().isoformat("minutes"), "gate": gate}


def _in_our_words(no: Refusal, today: date) -> dict[str, Any]:
    """What the rule of the gates said, as the register shows it."""
    name, data = _WORDS.get(no.reason, no.reason), no.data
    match name:
        case "used" if "at" in data and business_day(at := _time(data["at"])) == today:
            return {"refused": "used", **_used_at(at, data.get("gate", ""))}
        case "used":
            return {"refused": "visited"}  # a house that opens once, on an earlier day
        case "expired" | "not_yet":
            return {"refused": name, f"{name}_on": data["on"]}
        case "offline_limit":
            return {"refused": name, "most": data["most"]}
    return {"refused": name}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _offer(acting: Acting, product: str | None) -> Offer | None:
    offers = acting.moment.offers
    return offers.articles.get(product or "") if offers else None


def _name(acting: Acting, offer: Offer | None) -> str:
    return acting.moment.name_of(offer.name, offer.name_en) if offer else ""

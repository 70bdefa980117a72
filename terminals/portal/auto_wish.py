"""What was typed into the form for topping up automatically, and whether it makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from terminals.checkout.auto_top_up import Plan
from terminals.face.amounts import cents_of
from terminals.face.page import say
from terminals.portal.top_up_choice import WAYS, plain

LEAST_THRESHOLD, MOST_THRESHOLD = 500, 5000
LEAST_AMOUNT, MOST_AMOUNT, MOST_CAP = 1000, 20000, 60000
FIELDS = {
    "untergrenze": "threshold_cents", "betrag": "amount_cents", "hoechstens": "month_cap_cents",
}  # fmt: skip
BY_WORD = {WAYS[way]: way for way in ("card", "sepa_debit")}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed into the form, and what of it cannot be, by field. plan: None then."""

    typed: Mapping[str, str]
    way: str
    is_agreed: bool = False
    plan: Plan | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def wish_of(plan: Plan, way: str) -> Wish:
    """The form as it would be filled for this plan."""
    typed = {name: plain(getattr(plan, attribute)) for name, attribute in FIELDS.items()}
    return Wish(typed, way, plan=plan)


def typed_wish(form: Mapping[str, str]) -> Wish:
    """What was sent. A tick counts for the figures that stood beside it and for no others."""
    typed = {name: form.get(name, "").strip() for name in FIELDS}
    way = BY_WORD.get(form.get("weg", ""), "card")
    cents = {name: cents_of(each) for name, each in typed.items()}
    errors = {name: say("auto.amounts.wrong") for name in FIELDS if not _is_sound(name, cents)}
    plan = None
    if not errors:
        plan = Plan(**{FIELDS[name]: amount or 0 for name, amount in cents.items()})
    is_agreed = form.get("erlaubnis") == "ja" and form.get("gelesen") == figures_of(plan)
    if not is_agreed:
        is_other = form.get("erlaubnis") == "ja"
        errors["erlaubnis"] = say("auto.consent.other" if is_other else "auto.consent.needed")
    return Wish(typed, way, is_agreed, plan, errors)


def figures_of(plan: Plan | None) -> str:
    """The figures a tick is about, as the form carries them."""
    return "/".join(str(getattr(plan, name)) for name in FIELDS.values()) if plan else ""


def _is_sound(name: str, cents: Mapping[str, int | None]) -> bool:
    amount, top_up = cents[name], cents["betrag"] or 0
    bounds = {
        "untergrenze": (LEAST_THRESHOLD, MOST_THRESHOLD),
        "betrag": (LEAST_AMOUNT, MOST_AMOUNT),
        "hoechstens": (max(top_up, LEAST_AMOUNT), MOST_CAP),
    }
    least, most = bounds[name]
    return amount is not None and least <= amount <= most

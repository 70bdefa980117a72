"""What a payer agrees to word by word, and how topping up automatically stands, in words."""

from collections.abc import Sequence
from datetime import date

from terminals.checkout.auto_top_up import Auto, Plan
from terminals.face.page import day, money, say


def consent_of(plan: Plan | None, city: str) -> str:
    """The text of the tick: what a card and an account are charged with alike.

    One text for both ways: which of them is chosen may change after it was read, and without a
    script nobody would exchange it. Without sound figures there are dots.
    """
    figures = {"threshold": "…", "amount": "…", "cap": "…"}
    if plan is not None:
        figures = {
            "threshold": money(plan.threshold_cents), "amount": money(plan.amount_cents),
            "cap": money(plan.month_cap_cents),
        }  # fmt: skip
    return say("auto.consent", city=city, **figures)


def mandate_of(city: str) -> Sequence[str]:
    """The direct debit mandate in full: of whoever collects, which is the payment provider."""
    return [say("auto.mandate.1", city=city), say("auto.mandate.2")]


def standing_of(found: Auto, *, is_full: bool, today: date) -> tuple[str, str]:
    """How it stands and the kind of its badge."""
    rests = found.paused_until
    is_resting = found.state == "paused" and (rests is None or rests > today)
    if is_resting and rests is not None:
        return say("auto.state.paused.until", day=day(rests, "long")), ""
    if is_resting:
        return say("auto.state.paused"), ""
    if found.state in _WAITING:
        name = "returned" if (found.state, found.way) == ("stopped", "sepa_debit") else found.state
        return say(f"auto.state.{name}"), "warm"
    if is_full:
        return say("auto.state.capped", month=day(today, "month").split()[0]), "warm"
    return say("auto.state.active"), "good"


_WAITING = frozenset({"waiting_for_way", "waiting_for_bank", "stopped"})

"""How a movement reads: what it was, and how it came about."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from babel.dates import get_day_names

from ledger.calendar import business_day
from ledger.meal_background import Background
from ledger.movements import Movement, Step
from terminals.face.page import clock, day, language, money, say
from terminals.portal.child_names import Called, name_of

WAYS = frozenset({"online", "transfer", "direct_debit", "cash", "girocard", "credit_card"})
KINDS = frozenset(
    {"top_up", "credit", "refund", "refund_back", "returned", "purchase", "claim", "payment"}
)

Moment = tuple[str, str, bool]


def text_of(one: Movement, children: Mapping[str, Called]) -> str:
    """`Essen Kind 1`, `Aufladung mit Überweisung`; with one child alone it needs no name."""
    if one.kind == "meal":
        name = name_of(children, one.child)
        if len(children) < 2 or not name:
            return say("move.text.meal.one")
        return say("move.text.meal", child=name)
    if one.kind == "top_up" and one.way in WAYS:
        return say(f"move.text.top_up.{one.way}")
    return say(f"move.text.{one.kind}" if one.kind in KINDS else "move.text.other")


def moments_of(one: Movement, known: Background) -> Sequence[Moment]:
    """How it came about: words, what stands below them, and whether nothing happened there."""
    if one.kind != "meal":
        words = "move.how.received" if one.amount_cents > 0 else "move.how.booked"
        amount = money(abs(one.amount_cents))
        return [(say(words, amount=amount), _when(one.at), False)]
    moments = [] if known.since is None else [_registered(known.weekdays, known.since)]
    steps = [step for step in one.how if known.since is None or step.kind != "ordered"]
    return [*moments, *(_moment(step, one) for step in steps)]


def _registered(weekdays: Sequence[int], first: date) -> Moment:
    since = say("move.how.since", day=day(first, "year"))
    if len(weekdays) == 5:
        return say("move.how.standing"), since, False
    names = get_day_names("wide", locale=language())
    days = ", ".join(names[number - 1] for number in weekdays)
    return say("move.how.standing.days", days=days), since, False


def _moment(step: Step, one: Movement) -> Moment:
    match step.kind:
        case "ordered":
            return say("move.how.ordered"), _when(step.at), False
        case "not_cancelled":
            until = say("move.how.possible", day=_day(step.at), time=clock(step.at))
            return say("move.how.not_cancelled"), until, True
        case "charged":
            taken = one.claim_cents - one.amount_cents
            return say("move.how.charged", amount=money(taken)), _when(step.at), False
        case _:
            return say("move.how.credited"), _when(step.at), False


def _when(at: datetime) -> str:
    return say("move.how.ordered.at", day=_day(at), time=clock(at))


def _day(at: datetime) -> str:
    return day(business_day(at))

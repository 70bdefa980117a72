"""What the first page shows, and how it is filled: in a dozen statements at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.claims import open_claims
from ledger.facilities.daycare.meals import cut_off
from ledger.family_meals import MealDay, meal_days
from ledger.movements import Movement, movements
from ledger.outlook import Outlook, outlook
from ledger.permissions import Caller
from terminals.face.page import day, say
from terminals.portal.balance_words import BalanceWords, words_of_balance
from terminals.portal.child_names import Called, all_called
from terminals.portal.meal_answers import Done, said_after
from terminals.portal.meal_words import MealRow, dish_name, row_of
from terminals.portal.movement_words import text_of
from terminals.portal.notices import News, Notice, notice_of
from terminals.portal.standing import Standing, standing_of
from terminals.portal.top_up_choice import ONLINE, WAYS, plain

MOVEMENTS = 4  # the fourth is shown on large screens
MORE_THAN_ROWS = 3  # children beyond this stand in short rows
LOW_DAYS = 3
SHAPES = {"meal": "meal", "top_up": "card", "credit": "undo", "returned": "swap"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One of the latest movements."""

    id: UUID
    text: str
    day: date
    cents: int
    shape: str
    sign: str


@dataclass(frozen=True, slots=True)
class TopUp:
    """The button of the balance card: on to the form, or with `fields` straight to the provider."""

    words: str
    amount: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """The day whose meals are shown: today, or the next weekday.

    title: "Heute" or the weekday. rule: until when it can be changed. dish: where all children
    eat the same, else it stands in their rows.
    """

    title: str
    rule: str
    dish: str
    rows: Sequence[MealRow]
    is_short: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page. key: of its forms; answer: what the tap before came to, where refused."""

    key: UUID
    today: date
    greeting: str
    standing: Standing
    words: BalanceWords
    top_up: TopUp
    auto: str
    notice: Notice | None
    meals: Today | None
    moved: Sequence[Moved]
    offers_auto: bool
    year: int
    said: str = ""
    answer: Notice | None = None


def home_page(
    session: Session, caller: Caller, *, at: datetime, is_online: bool,
    done: Done | None = None, answer: Notice | None = None,
) -> HomePage:  # fmt: skip
    """The first page of this payer at `at`. is_online: whether a provider takes money for us;
    done: what was tapped before; answer: why it could not be done."""
    wallet, today = caller.wallet or "", business_day(at)
    standing = standing_of(session, caller, at=at)
    shown = _shown_day(today)
    days = meal_days(session, wallet, shown, shown, at)
    children = all_called(session, caller.name, list(dict.fromkeys(one.child for one in days)))
    moved = movements(session, wallet, limit=MOVEMENTS).movements
    found = None if standing.balance_cents < 0 else outlook(session, wallet, at=at)
    owed = open_claims(session, wallet) if standing.balance_cents < 0 else 0
    is_low = _is_low(standing, found)
    count = len(children)
    news = News(standing, children, moved, owed, is_low, today)
    return HomePage(
        uuid4(), today, _greeting(at), standing,
        words_of_balance(
            standing.balance_cents, found, today=today, children=count, is_first=not moved
        ),
        _top_up(standing, is_low=is_low, is_online=is_online), _auto(standing, today),
        notice_of(news), _today(days, children, shown, at),
        [_moved(one, children) for one in moved],
        is_low and is_online and standing.auto is None
        and "auto_top_up" not in standing.dismissed,
        today.year, said_after(done, days, children, at=at), answer,
    )  # fmt: skip


def _shown_day(today: date) -> date:
    weekend = today.weekday() - 4
    return today + timedelta(days=3 - weekend) if weekend > 0 else today


def _greeting(at: datetime) -> str:
    hour = at.astimezone(CITY_TIME).hour
    return say("home.morning" if hour < 11 else "home.day" if hour < 18 else "home.evening")


def _is_low(standing: Standing, found: Outlook | None) -> bool:
    if found is None:
        return False  # below zero has words of its own
    lasts_short = found.has_bookings and not found.more_than_a_month and found.days < LOW_DAYS
    return found.has_bookings and (standing.balance_cents < standing.low_mark_cents or lasts_short)


def _top_up(standing: Standing, *, is_low: bool, is_online: bool) -> TopUp:
    """When it is low, the last amount and way again, straight to the provider."""
    if not (is_low and is_online and standing.last_cents and standing.last_way in ONLINE):
        return TopUp(say("home.top_up"))
    amount = plain(standing.last_cents)
    return TopUp(say("home.top_up.again", amount=amount), amount, WAYS[standing.last_way])


def _auto(standing: Standing, today: date) -> str:
    match standing.auto:
        case None:
            return say("home.auto.off")
        case "active":
            return say("home.auto.on")
        case "paused" if standing.auto_paused_until and standing.auto_paused_until <= today:
            return say("home.auto.on")
        case "paused":
            return say("home.auto.paused")
        case "waiting_for_way" | "waiting_for_bank":
            return say("home.auto.waiting")
    return say("home.auto.stopped")


def _today(
    days: Sequence[MealDay], children: Mapping[str, Called], shown: date, at: datetime
) -> Today | None:
    if not days:
        return None
    today, names = business_day(at), {dish_name(one) for one in days}
    rows = [row_of(one, children[one.child], at=at, shows_dish=len(names) > 1) for one in days]
    title = say("home.today") if shown == today else day(shown)
    can_change = any(one.can_change for one in days)
    is_over = shown == today and at >= cut_off(shown)
    rule = "home.until" if can_change else "home.over" if is_over else ""
    return Today(
        title, say(rule) if rule else "", names.pop() if len(names) == 1 else "", rows,
        len(rows) > MORE_THAN_ROWS,
    )  # fmt: skip


def _moved(one: Movement, children: Mapping[str, Called]) -> Moved:
    child = children.get(one.child or "")
    sign = child.sign if child else ""
    return Moved(one.id, text_of(one, children), one.day, one.amount_cents,
                 SHAPES.get(one.kind, "receipt"), sign)  # fmt: skip

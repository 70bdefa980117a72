"""A family at the portal one Tuesday morning: two children, one of them subsidised, and a menu."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from config.database import Database
from ledger.catalogue.posted import posted_catalogue
from ledger.households import grant_subsidy
from ledger.meals import charge_meals
from ledger.menus import Dish, publish_menu
from ledger.money import Money
from ledger.standing_orders import plan_meals, set_standing_order
from ledger.wallets import top_up
from terminals.portal.children import set_look
from tests.ledger.families import LUNCH, MONDAY, SNACK, SUNDAY_EVENING, TUESDAY, WHOLE_WEEK, clock
from tests.payer_client import Household, a_household

EARLY = clock(TUESDAY, 6, 50)
LATE = clock(TUESDAY, 8, 3)
DISHES = (
    Dish("Gemüselasagne", "Vegetable lasagne", ("gluten", "milk")),
    Dish("Linseneintopf mit Brot", "Lentil stew with bread", ("gluten", "celery")),
    Dish("Nudeln mit Tomatensoße", "Pasta with tomato sauce", ("gluten", "celery")),
    Dish("Hähnchen mit Reis", "Chicken with rice", ("milk",)),
)


@dataclass(frozen=True, slots=True)
class Family:
    """A household and its two children's codes."""

    home: Household
    first: str
    second: str


def a_family(database: Database, *, cents: int = 3770, subsidy_until: date | None = None) -> Family:
    """Two children registered for every day; Monday is charged (4,50 € and 0,80 €)."""
    home = a_household(database, children=2)
    first, second = (child.code for child in home.children)
    with database.transaction() as session:
        if cents:
            top_up(session, home.wallet, Money(cents), key=uuid4(), way="online",
                   booked_on=MONDAY - timedelta(days=1), reference=None)  # fmt: skip
        until = subsidy_until or date(2027, 7, 31)
        grant_subsidy(session, second, authority="jobcenter",
                      valid_from=date(2026, 8, 1), valid_until=until)  # fmt: skip
        for child, sign in ((first, "boat"), (second, "apple")):
            set_standing_order(session, child, products=[LUNCH, SNACK], weekdays=WHOLE_WEEK,
                               valid_from=MONDAY, at=SUNDAY_EVENING)  # fmt: skip
            set_look(session, home.payer.code, child, sign=sign, nickname="")
        plan_meals(session, MONDAY + timedelta(days=20), at=SUNDAY_EVENING)
        cooked = [("K01", MONDAY + timedelta(days=n), dish) for n, dish in enumerate(DISHES)]
        publish_menu(session, cooked)
        charge_meals(session, posted_catalogue(session), MONDAY)
    return Family(home, first, second)


def at(moment: datetime) -> object:
    """A clock that stands."""
    return lambda: moment

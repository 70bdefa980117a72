"""One business day of the city, from the meals at eight to the night's reconciliation.

Every step is a transaction or a few of its own. Whatever was done before a day was cut off is
answered as before when the day is lived again, for all keys are the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import text

from config.database import Database
from config.demo import season, transfers
from config.demo.acquirer import advise
from config.demo.chance import draws, key_of
from config.demo.finance import look_into
from config.demo.households import Household
from config.demo.sales import Purses, Sale, sales_of_day
from config.demo.tills import Bag, Takings, closings, floats_out
from config.demo.visitors import pockets
from ledger.balances import sub_ledger_balances
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import PostedCatalogue
from ledger.charge_reversals import reverse_charge
from ledger.charges import charge
from ledger.entries import Dimensions, Posted
from ledger.journal import post
from ledger.meals import MealsCharged, cancel_meal, charge_meals, order_meals
from ledger.money import Money
from ledger.outcomes import Recorded
from ledger.passes import expire_passes, release_season_days
from ledger.periods import close_period
from ledger.seal import seal
from ledger.wallets import CONTROLS, top_up
from reconciliation.imports import import_file
from reconciliation.night import Means, NightResult, run_night
from terminals.simulators.bank import Bank, is_bank_day

PRESENT_IN_100 = 88  # of the children on an ordinary day
SNACK_IN_100 = 85
CANCELLED_IN_100 = 2
CLOSED_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True)
class City:
    """What a day needs: the books, what is sold, who has a wallet, and the bank."""

    database: Database
    catalogue: PostedCatalogue
    everybody: Sequence[Household]
    ibans: Mapping[str, str]
    bank: Bank
    visitors_in_100: int = 100


@dataclass(slots=True)
class DayResult:
    """What a day brought. outcomes: how many by kind, e.g. `charged`, `refused`."""

    day: date
    outcomes: Counter[str] = field(default_factory=Counter)
    night: NightResult | None = None


def live_day(city: City, day: date) -> DayResult:
    """Live through one day and the night after it; the night's run is the last thing written."""
    result, takings = DayResult(day), Takings()
    balances = _balances(city, day - timedelta(days=1))
    with ThreadPoolExecutor(1) as kitchens:  # parents and kitchens do not wait for the tills
        lunch = kitchens.submit(_lunch, city, day)
        _business(city, day, balances, (result, takings))
        result.outcomes.update(lunch.result())
    # After lunch: what a wallet can bear at eight must not depend on who was faster.
    look_into(city.database, city.catalogue.rulebook, city.everybody, day)
    _counter_top_ups(city, day, result, takings)
    bags = _evening(city, day, takings)
    if is_bank_day(day):
        for payment in transfers.top_ups(city.everybody, city.ibans, balances, day):
            city.bank.take(payment)
        for payment in transfers.unclear_transfers(city.everybody, city.ibans, day):
            city.bank.take(payment)
    for payment in transfers.settlements(takings.cards, city.ibans, day):
        city.bank.take(payment)
    main_account = city.ibans[transfers.TAKINGS_ACCOUNT]
    for payment in advise(city.database, day, inbox_of(city), main_account):
        city.bank.take(payment)
    for payment in transfers.deposits(bags, city.ibans, day):
        city.bank.take(payment)
    result.night = night(city, day)
    return result


def night(city: City, day: date) -> NightResult:
    """Statements in, the day sealed, what is older than a week closed, everything reconciled."""
    city.bank.close_day(day)
    import_delivered(city)
    seal(city.database.engine)
    with city.database.transaction() as session:
        last = day - timedelta(days=CLOSED_AFTER_DAYS + 1)
        close_period(session, last - timedelta(days=6), last, closed_by="demo")
    return run_night(city.database.transaction, day, Means(inbox=inbox_of(city)))


def inbox_of(city: City) -> Path:
    """Where the acquirer puts its advices, beside the bank's own folder."""
    return city.bank.folder.parent / "inbox"


def import_delivered(city: City) -> None:
    """Import every statement the bank has delivered that is not in the database yet."""
    with city.database.read_only() as session:
        known = set(session.scalars(text("SELECT name FROM source_file")))
    for file in sorted(city.bank.folder.glob("*.xml")):
        if file.name not in known:
            with city.database.transaction() as session:
                import_file(session, file)


def _balances(city: City, day: date) -> Mapping[str, int]:
    """What was on every wallet at the end of this day, in cents by account."""
    with city.database.read_only() as session:
        return {
            code: -held.debit_balance_cents
            for control in CONTROLS.values()
            for code, held in sub_ledger_balances(session, control, as_of=day).items()
        }


def _lunch(city: City, day: date) -> Counter[str]:
    """The parents order the evening before, cancel at dawn, and at eight the day is charged."""
    houses = city.catalogue.facilities
    cooking = {code for code, house in houses.items() if season.has_lunch(house, day)}
    children = [code for one in city.everybody for code, house in one.children if house in cooking]
    counts = Counter[str]()
    if not children:
        return counts
    chance = draws(day, "meals")
    coming = [code for code in children if chance.randrange(100) < PRESENT_IN_100]
    meals = [(code, "KITA-L") for code in coming]
    meals += [(code, "KITA-S") for code in coming if chance.randrange(100) < SNACK_IN_100]
    sick = [code for code in coming if chance.randrange(100) < CANCELLED_IN_100]
    evening = datetime.combine(day - timedelta(days=1), time(20), CITY_TIME)
    dawn = datetime.combine(day, time(6, 50), CITY_TIME)
    with suppress(MealsCharged), city.database.transaction() as session:
        order_meals(session, day, meals, at=evening)
        for code in sick:
            for product in ("KITA-L", "KITA-S"):
                counts["cancelled meals"] += cancel_meal(session, code, product, day, at=dawn)
    with city.database.transaction() as session:
        outcomes = charge_meals(session, city.catalogue, day)
    counts["meals"] += sum(isinstance(each, Posted) for each in outcomes)
    return counts


def _business(
    city: City, day: date, balances: Mapping[str, int], counted: tuple[DayResult, Takings]
) -> None:
    """Tills open, people pay, and hour by hour the tills push what they took."""
    result, takings = counted
    with city.database.read_only() as session:
        pocket = pockets(session, day)
    citizens = [one for one in city.everybody if one.kind == "citizen"]
    purses = Purses(citizens, dict(balances))
    sales = sales_of_day(city.catalogue, day, pocket, purses, visitors_in_100=city.visitors_in_100)
    with city.database.transaction() as session:
        post(session, floats_out(city.catalogue, day))
    # Two lanes at once, as sites push without waiting for each other. A site keeps to its lane.
    lane_of = {code: place % 2 for place, code in enumerate(sorted(city.catalogue.facilities))}
    lanes = [[sale for sale in sales if lane_of[sale.request.facility] == n] for n in (0, 1)]
    with ThreadPoolExecutor(len(lanes)) as side_by_side:
        for outcomes, taken in side_by_side.map(partial(_push_day, city), lanes):
            result.outcomes.update(outcomes)
            takings.cash.update(taken.cash)
            takings.cards.update(taken.cards)


def _push_day(city: City, sales: Sequence[Sale]) -> tuple[Counter[str], Takings]:
    outcomes, takings = Counter[str](), Takings()
    for _, hour in groupby(sales, key=lambda sale: sale.request.charged_at.hour):
        _push(city, list(hour), outcomes, takings)
    return outcomes, takings


def _push(city: City, sales: Sequence[Sale], counts: Counter[str], takings: Takings) -> None:
    with city.database.transaction() as session:
        outcomes = charge(session, city.catalogue, [sale.request for sale in sales])
    voided = list[Sale]()
    for sale, outcome in zip(sales, outcomes, strict=True):
        if isinstance(outcome, Posted | Recorded):
            counts["charged" if isinstance(outcome, Posted) else "counted"] += 1
            takings.count(sale)
            voided += [sale] if sale.is_voided else []
        else:
            counts["refused"] += 1
    for sale in voided:
        request = sale.request
        with city.database.transaction() as session:
            taken_back = reverse_charge(
                session, request.key, key=key_of(request.key, "void"),
                booked_on=request.booked_on, reason="Falscher Tarif gewählt",
            )  # fmt: skip
        if isinstance(taken_back, Posted | Recorded):
            takings.count(sale, -1)
            counts["voided"] += 1


def _counter_top_ups(city: City, day: date, result: DayResult, takings: Takings) -> None:
    """Some families pay in cash or by card at an office, the way without a bank account."""
    open_offices = [
        house
        for house in city.catalogue.offers.facilities
        if house.kind == "citizens_office" and season.visits(house, day)
    ]
    chance = draws(day, "counter")
    for number in range(12 if open_offices else 0):
        house, one = chance.choice(open_offices), chance.choice(city.everybody)
        till, shift = chance.choice(house.tills).code, f"{day}-1"
        way = chance.choice(("cash", "girocard"))
        cents = chance.choice((2000, 3000, 5000))
        account = f"183000/{till}" if way == "cash" else f"184100/{till}/{day}"
        with city.database.transaction() as session:
            outcome = top_up(
                session, one.wallet, Money(cents), key=key_of(day, "counter", number), way=way,
                booked_on=day, reference=f"{till}-{day:%y%m%d}-T{number:03d}", debit=account,
                dimensions=Dimensions(
                    facility=house.code, cost_centre=house.cost_centre, till=till, shift=shift
                ),
            )  # fmt: skip
        if isinstance(outcome, Posted):
            result.outcomes["top-ups at counters"] += 1
            if way == "cash":
                takings.cash[till, shift] += cents
            else:
                takings.cards[way, till] += cents


def _evening(city: City, day: date, takings: Takings) -> Iterable[Bag]:
    entries, bags = closings(city.catalogue, day, takings.cash)
    with city.database.transaction() as session:
        post(session, entries)
    with city.database.transaction() as session:
        release_season_days(session, day)
    with city.database.transaction() as session:
        expire_passes(session, day)
    return bags

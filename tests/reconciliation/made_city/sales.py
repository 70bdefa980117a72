"""What is sold on a day by card and online, before anything is done to it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.reconciliation.made_city.clock import BERLIN, hours_of_change, instant
from tests.reconciliation.made_city.layout import CARDS, City, Office, Terminal
from tests.reconciliation.made_city.numbering import digits, stripe_id
from tests.reconciliation.made_city.plan import AT_TERMINAL, ONLINE

HOURS = (5, 4, 3, 3, 6, 8, 25, 34, 36, 30, 34, 34, 26, 30, 32, 31, 38, 28, 24, 22, 20, 12, 9, 5)
SCHEMES = ("mastercard", "amex", "visa")


@dataclass(slots=True, eq=False)
class Charge:
    """A payment as it really was; `fault` says what the files make of it."""

    at: datetime
    amount: int
    office: Office
    terminal: Terminal | None = None
    fault: str = ""
    order_ref: str = ""
    psp_ref: str = ""
    trace: str = ""
    receipt: str = ""
    auth: str = ""
    scheme: str = ""
    region: str = ""
    with_twin: "list[Charge]" = field(default_factory=list)


def charges_of(rng: Random, city: City, day: date, count: int) -> list[Charge]:
    """`count` payments of a day: four in ten at terminals."""
    working = [each for each in city.terminals if each.every_day or day.weekday() < 5]
    made = []
    for _ in range(count):
        if working and rng.random() < 0.41:
            terminal = rng.choice(working)
            at = instant(day, _second(rng, terminal.first, terminal.last), fold=rng.randrange(2))
            made.append(Charge(at, city.price(rng), terminal.office, terminal))
        else:
            at = instant(day, _second(rng, 0, 86_399), fold=rng.randrange(2))
            made.append(Charge(at, city.price(rng), rng.choice(city.offices)))
    if hours_of_change(day):
        made += _around_the_change(rng, city, day)
    return made


def _second(rng: Random, first: int, last: int) -> int:
    """Seconds after midnight, by the hours people come."""
    while True:
        hour = rng.choices(range(24), HOURS)[0]
        second = hour * 3600 + rng.randrange(3600)
        if first <= second <= last:
            return second


def _around_the_change(rng: Random, city: City, day: date) -> list[Charge]:
    """Between one and four in the night the clocks are changed, at whoever is open."""
    open_then = [each for each in city.terminals if each.first == 0]
    made = []
    for _ in range(6):
        at = instant(day, 3600) + timedelta(seconds=rng.randrange(3 * 3600))
        terminal = rng.choice([None, *open_then, *open_then])
        office = terminal.office if terminal else rng.choice(city.offices)
        made.append(Charge(at, city.price(rng), office, terminal))
    return made


def lay_faults(rng: Random, charges: list[Charge], wanted: list[str], day: date) -> list[str]:
    """Give each wanted fault or oddity a charge it can happen to; returns what found none."""
    left = []
    at_terminals = [each for each in charges if each.terminal]
    online = [each for each in charges if not each.terminal]
    rng.shuffle(at_terminals)
    rng.shuffle(online)
    for name in wanted:
        pool = _pool(rng, name, at_terminals, online)
        if not pool:
            left.append(name)
            continue
        charge = pool.pop()
        charge.fault = name
        if name == "CTRL_TWIN":
            charge.with_twin = [_twin(rng, charge, day)]
            charges += charge.with_twin
        elif _meant_for_midnight(rng, name):
            _move_to_midnight(rng, charge, day)
    return left


def _pool(rng: Random, name: str, at_terminals: list[Charge], online: list[Charge]) -> list[Charge]:
    if name in ONLINE or name == "CTRL_MIDNIGHT":
        return online
    if name in AT_TERMINAL or name in ("CTRL_REVERSED_BOTH", "CTRL_TWIN"):
        return at_terminals
    if name == "CTRL_LOCAL_MIDNIGHT":
        return online
    return rng.choice([pool for pool in (at_terminals, online) if pool] or [[]])


def _twin(rng: Random, charge: Charge, day: date) -> Charge:
    """The same amount seconds later at the same terminal, on the same day."""
    at = charge.at + timedelta(seconds=rng.randrange(2, 40))
    if at.astimezone(BERLIN).date() != day:
        at = charge.at - timedelta(seconds=2)
    return Charge(at, charge.amount, charge.office, charge.terminal, "CTRL_TWIN")


def _meant_for_midnight(rng: Random, name: str) -> bool:
    return "MIDNIGHT" in name or (name not in ("CTRL_TWIN", "LATE_ARRIVAL") and rng.random() < 0.12)


def _move_to_midnight(rng: Random, charge: Charge, day: date) -> None:
    """Within 90 seconds of midnight on German clocks or of UTC, on the same German day."""
    if charge.terminal and charge.terminal.first:
        return
    if charge.fault == "CTRL_MIDNIGHT" or rng.random() < 0.5:
        turn = datetime(day.year, day.month, day.day, tzinfo=UTC)
        charge.at = turn + timedelta(seconds=rng.randrange(-90, 91))
    elif rng.random() < 0.5:
        charge.at = instant(day, rng.randrange(91))
    else:
        charge.at = instant(day, 86_399) - timedelta(seconds=rng.randrange(90))


def identify(rng: Random, charge: Charge) -> None:
    """References and card of a charge; the charges of a terminal come in the order of time."""
    charge.order_ref = charge.office.next_reference()
    if charge.terminal:
        charge.trace, charge.receipt = charge.terminal.number(rng)
        charge.auth = digits(rng, 6)
        charge.scheme = rng.choices(CARDS, (64, 11, 11, 8, 6))[0]
    else:
        charge.psp_ref = stripe_id(rng, "pi")
        charge.scheme = rng.choices(SCHEMES, (48, 26, 26))[0]
        charge.region = rng.choices(("eea", "uk", "intl"), (95, 2, 3))[0]

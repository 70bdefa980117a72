"""A city: its offices, terminals, merchant numbers, price list and what its providers charge."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from tests.reconciliation.made_city.clock import instant, wall_of
from tests.reconciliation.made_city.numbering import digits, with_check_digit

OFFICES = (
    "Buergeramt", "Ordnungsamt", "Standesamt", "Kfz-Zulassung", "Stadtbibliothek", "Schwimmbad",
    "Museum", "Parkhaus", "Volkshochschule", "Bauamt", "Musikschule", "Friedhofsamt",
    "Stadtarchiv", "Wertstoffhof", "Tierpark", "Theater",
)  # fmt: skip
PRICES = (
    350, 450, 500, 600, 800, 1000, 1140, 1200, 1500, 2000, 2280, 2500, 2880, 3000, 3200, 3700,
    4000, 5500, 7000, 13000, 950, 1850, 2050, 2550, 3150, 60, 5980, 6000, 10200, 1020,
)  # fmt: skip
FIRST_NAMES = [
    "Lukas",
    "Greta",
    "Uwe",
    "Ines",
    "Jonas",
    "Yusuf",
    "Stefan",
    "Olga",
    "Ben",
    "Felix",
    "Emma",
    "David",
    "Zoe",
    "Paul",
    "Wolfgang",
    "Vera",
    "Tuelin",
    "Noah",
    "Katrin",
    "Mia",
    "Hannes",
    "Renate",
]
LAST_NAMES = [
    "Lange",
    "Schneider",
    "Klein",
    "Fischer",
    "Neumann",
    "Yilmaz",
    "Hoffmann",
    "Nguyen",
    "Braun",
    "Schulz",
    "Wagner",
    "Becker",
    "Schwarz",
    "Hartmann",
    "Zimmermann",
    "Krueger",
    "Schroeder",
    "Richter",
    "Meyer",
    "Mueller",
    "Weber",
    "Bauer",
]
CARDS = ("girocard", "visa_debit", "mc_debit", "visa", "mastercard")
NIGHT = 6 * 3600  # a close before six belongs to the day before


@dataclass(slots=True, eq=False)
class Office:
    """A place that takes money; counts its references."""

    name: str
    index: int
    counter: int
    stripe: str

    def next_reference(self) -> str:
        """13 digits, the last one checks the others."""
        self.counter += 1
        return with_check_digit(f"5{self.index:03d}{self.counter:08d}")


@dataclass(slots=True, eq=False)
class Terminal:
    """A card terminal: counts receipts and, with gaps for declined cards, traces."""

    id: str
    office: Office
    merchant: str
    closes: int  # seconds after midnight; a night close belongs to the day before
    every_day: bool
    first: int  # seconds after midnight it takes the first card
    last: int
    trace: int
    receipt: int

    @property
    def at_night(self) -> bool:
        """Whether it closes after midnight."""
        return self.closes < NIGHT

    def number(self, rng: Random) -> tuple[str, str]:
        """The next trace and receipt; receipts go from 9999 to 0001."""
        self.trace = (self.trace + rng.choices((1, 2, 3, 4), (85, 7, 7, 1))[0] - 1) % 999_999 + 1
        self.receipt = self.receipt % 9999 + 1
        return f"{self.trace:06d}", f"{self.receipt:04d}"

    def batch_day(self, at: datetime) -> date:
        """The day whose close takes in what was sold at `at`."""
        wall = wall_of(at)
        seconds = wall.hour * 3600 + wall.minute * 60 + wall.second
        before = self.at_night and seconds < self.closes
        return wall.date() - timedelta(days=before)

    def close_of(self, day: date) -> datetime:
        """German wall clock of the close of `day`."""
        return wall_of(instant(day + timedelta(days=self.at_night), self.closes))


@dataclass(slots=True, eq=False)
class City:
    """Everything that does not change during a month."""

    offices: list[Office]
    terminals: list[Terminal]
    tills: list[tuple[str, Office]]
    prices: tuple[int, ...]
    weights: tuple[float, ...]
    tariff: dict[str, dict[str, tuple[int, int]]]
    dispute_fee: int
    acquirer: str
    girocard: str
    range_of_counted: bool  # whether a close names the receipts counted, or all since the last
    scarce_references: bool  # whether banks and providers leave optional references out
    strangers: set[str] = field(default_factory=set)

    def fee(self, contract: str, kind: str, cents: int) -> int:
        """By contract: basis points of the amount, rounded half up, and a fixed part."""
        points, fixed = self.tariff[contract][kind]
        return (abs(cents) * points + 5000) // 10_000 + fixed

    def price(self, rng: Random) -> int:
        """A price of the list, or, for one in five, something calculated."""
        if rng.random() < 0.8:
            return rng.choices(self.prices, self.weights)[0]
        return rng.randrange(1000, 26_000)

    def stranger(self, rng: Random) -> str:
        """A terminal number that is not ours."""
        while (number := f"699{digits(rng, 5)}") in self.strangers:
            continue
        self.strangers.add(number)
        return number


def make_city(rng: Random, n: int) -> City:
    """A city about large enough for `n` card payments a month."""
    offices = [
        Office(name, index, rng.randrange(1_000_000, 40_000_000), "")
        for index, name in enumerate(OFFICES[: rng.randrange(5, len(OFFICES) + 1)])
    ]
    accounts = rng.choice((1, 2, 2, 3))
    for office in offices:
        office.stripe = f"acct_{office.index % accounts:02d}"
    prices = tuple(rng.sample(PRICES, rng.randrange(12, 25)))
    return City(
        offices=offices,
        terminals=_terminals(rng, offices, n),
        tills=[(f"K{index:03d}", offices[index % len(offices)])
               for index in range(max(2, min(40, n // 4000)))],
        prices=prices,
        weights=tuple(rng.choice((1, 1, 2, 3, 5)) for _ in prices),
        tariff=_tariff(rng),
        dispute_fee=rng.choice((2000, 2000, 1500, 2500)),
        acquirer=rng.choice(("Nexi Germany GmbH", "Nexi Germany GmbH", "PAYONE GmbH")),
        girocard=rng.choice(("Netzbetreiber GmbH", "Netzbetreiber GmbH", "TeleCash from Fiserv")),
        range_of_counted=rng.random() < 0.5,
        scarce_references=rng.random() < 0.4,
    )  # fmt: skip


def _tariff(rng: Random) -> dict[str, dict[str, tuple[int, int]]]:
    cheap, dear = rng.choice(((49, 4), (59, 0), (45, 5))), rng.choice(((89, 4), (99, 0), (85, 6)))
    return {
        "stripe": {"eea": (150, 25), "uk": (250, 25), "intl": (325, 25)},
        "acquirer": {
            "girocard": (0, 0), "visa_debit": cheap, "mc_debit": cheap, "visa": dear,
            "mastercard": dear,
        },
    }  # fmt: skip


def _terminals(rng: Random, offices: list[Office], n: int) -> list[Terminal]:
    """One to many terminals an office; one merchant number an office, or one for several."""
    busy = rng.choice((1500, 4000, 4000, 40_000))  # few terminals: receipts start over in a month
    count = max(rng.choice((2, 3, 6, 7)), min(300, n // busy))
    places = rng.sample(offices, min(len(offices), max(1, rng.choice((count // 2, count)))))
    merchants = [f"4{digits(rng, 9)}" for _ in places]
    if rng.random() < 0.3 and len(places) > 2:
        merchants[-1] = merchants[0]
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(f"6{rng.randrange(10, 99) % 90:02d}{digits(rng, 5)}")
    made = []
    for at, number in enumerate(sorted(numbers)):
        place = at % len(places)
        made.append(_terminal(rng, number, places[place], merchants[place]))
    return made


def _terminal(rng: Random, number: str, office: Office, merchant: str) -> Terminal:
    shape = rng.choice(("day", "day", "day", "evening", "always"))
    if shape == "always":
        closes, first, last = 4 * 3600, 0, 86_399
    elif shape == "evening":
        closes, first, last = rng.randrange(8, 46) * 60, 8 * 3600, 86_399
    else:
        closes, first, last = rng.randrange(18 * 60, 22 * 60) * 60, 7 * 3600, 64_000
    return Terminal(
        id=number, office=office, merchant=merchant, closes=closes, every_day=shape != "day",
        first=first, last=last, trace=rng.randrange(999_000),
        receipt=rng.choice((rng.randrange(9999), rng.randrange(9900, 9999))),
    )  # fmt: skip

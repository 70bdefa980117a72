"""A believable page of the demo city whose figures add up: every sum follows from the takings."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from config.web.pages import (
    AccountLine,
    ChannelTakings,
    CityPage,
    Day,
    Difference,
    FacilityTakings,
    Night,
    Shell,
    Takings,
    Wallets,
)
from ledger.money import Money
from ledger.vat import split_vat

LAST_DAY = date(2026, 11, 17)
DAYS = tuple(LAST_DAY - timedelta(days=13 - n) for n in range(14))

# code, kind, name, what an ordinary open day brings, closed weekdays
FACILITIES = (
    *(
        (f"K{n:02d}", "daycare", f"Kita {street}", children * 315, (5, 6))
        for n, (street, children) in enumerate(
            (
                ("Bergstraße", 95),
                ("Königsberger Straße", 80),
                ("Mataréstraße", 75),
                ("An der Rahemühle", 60),
                ("Reutershagweg", 55),
                ("Im Kollenbruch", 90),
                ("Stettiner Straße", 85),
                ("Albert-Einstein-Straße", 70),
                ("Franzstraße", 50),
                ("Händelstraße", 80),
                ("Montessori Branderhofer Weg", 65),
                ("Am Höfling", 75),
                ("Montessori Laurentiusstraße", 70),
                ("Robert-Koch-Straße", 85),
                ("Passstraße", 60),
                ("Kaiserstraße", 55),
                ("Düppelstraße", 70),
                ("Eilendorf-Mitte", 90),
                ("Haaren-Alt", 60),
                ("Walheim", 65),
            ),
            start=1,
        )
    ),
    ("B01", "pool", "Elisabethhalle", 194_800, ()),
    ("B02", "pool", "Schwimmhalle Süd", 171_000, (0,)),
    ("B03", "pool", "Schwimmhalle Brand", 145_200, ()),
    ("B04", "pool", "Ulla-Klinger-Halle", 130_300, ()),
    ("B05", "pool", "Schwimmhalle Ost", 98_400, (6,)),
    ("B06", "pool", "Freibad Hangeweiher", 0, (0, 1, 2, 3, 4, 5, 6)),
    ("M01", "museum", "Ludwig Forum", 82_100, (0,)),
    ("M02", "museum", "Suermondt-Ludwig-Museum", 73_400, (0,)),
    ("M03", "museum", "Centre Charlemagne", 58_800, (0,)),
    ("M04", "museum", "Couven-Museum", 31_200, (0,)),
    ("M05", "museum", "Internationales Zeitungsmuseum", 12_600, (0,)),
    ("M06", "museum", "Rathaus (Krönungssaal)", 66_000, ()),
    ("M07", "museum", "Zollmuseum", 7_000, (0, 1, 2, 3, 4)),
    ("A01", "citizens_office", "Bürgerservice Katschhof", 512_700, (5, 6)),
    ("A02", "citizens_office", "Bürgerservice Bahnhofplatz", 384_100, (6,)),
    ("A03", "citizens_office", "Bürgerservice Brand", 96_200, (5, 6)),
    ("A04", "citizens_office", "Bürgerservice Eilendorf", 88_500, (5, 6)),
    ("A05", "citizens_office", "Bürgerservice Haaren", 74_900, (5, 6)),
    ("A06", "citizens_office", "Bürgerservice Kornelimünster/Walheim", 68_840, (5, 6)),
    ("A07", "citizens_office", "Bürgerservice Laurensberg", 71_300, (5, 6)),
    ("A08", "citizens_office", "Bürgerservice Richterich", 60_200, (5, 6)),
)

CHANNELS = ("cash", "girocard", "credit_card", "online", "wallet", "subsidy", "e_payment")
MIX = {  # shares in percent, in the order of CHANNELS
    "daycare": (0, 0, 0, 0, 82, 18, 0),
    "pool": (13, 58, 14, 12, 3, 0, 0),
    "museum": (11, 43, 28, 18, 0, 0, 0),
    "citizens_office": (9, 70, 13, 0, 0, 0, 8),
}
REVENUE = {
    "daycare": ("441300", "Verpflegungsentgelte Kita steuerfrei", 0),
    "pool": ("441100", "Entgelte Bäder 7 %", 7),
    "museum": ("441200", "Entgelte Museen steuerfrei", 0),
    "citizens_office": ("431100", "Verwaltungsgebühren Ausweis und Pass", 0),
}
CLEARING = {
    "cash": ("183000", "Barkasse"),
    "girocard": ("184100", "Transit girocard"),
    "credit_card": ("184110", "Transit Kreditkarten"),
    "online": ("184200", "Stripe-Guthaben"),
    "wallet": ("371000", "Guthaben Kita-Konten"),
    "subsidy": ("161900", "Forderungen Bildung und Teilhabe"),
    "e_payment": ("184400", "Transit E-Payment"),
}
BANK = ("181000", "Bank Hauptkonto")
FEES = ("543100", "Entgelte Zahlungsverkehr")
OPENING_WALLETS_CENTS = 6_284_350
TOP_UPS = tuple(90_000 + 3_500 * (n % 5) + 61_000 * (n % 7 == 0) for n in range(14))

DIFFERENCES = (
    Difference(
        "D-17",
        "Safebag fehlt bei der Bank",
        "B02 Schwimmhalle Süd",
        -41_250,
        4,
        "Safebag 4471 vom 11.11. steht auf keinem Auszug.",
    ),
    Difference(
        "D-21",
        "Kassenschnitt weicht ab",
        "Terminal B04-2",
        -3_790,
        1,
        "Eine Erstattung wurde am Gerät zweimal ausgeführt.",
    ),
    Difference(
        "D-22",
        "Unbekannte Gutschrift",
        "181010 Kita-Verpflegung",
        5_000,
        0,
        "Keine Referenz, Verwendungszweck „Essensgeld Mia“.",
    ),
)


@dataclass(frozen=True, slots=True)
class Sale:
    """One facility's takings of one day by one way to pay."""

    day: int
    facility: int
    kind: str
    channel: str
    cents: int


def sales() -> list[Sale]:
    """Fourteen days of business, the same on every run."""
    return list(_sales(random.Random(17)))


def sample_page(*, differences: tuple[Difference, ...] = DIFFERENCES) -> CityPage:
    """The page of Tuesday, 17 November 2026."""
    sold = sales()
    sealed = datetime(2026, 11, 18, 1, 3, tzinfo=UTC)
    accounts = tuple(_accounts(sold))
    return CityPage(
        shell=Shell("Stadt Aachen · Finanzen", "Buchhaltung 1", date(2026, 11, 18), sealed),
        as_of=datetime(2026, 11, 18, 6, 31, tzinfo=UTC),
        day=Day(LAST_DAY, 6_437, 4_221, 58_914, 58_914),
        takings=_takings(sold),
        channels=tuple(
            ChannelTakings(channel, tuple(_sum(sold, day=n, channel=channel) for n in range(14)))
            for channel in CHANNELS
        ),
        wallets=_wallets(sold),
        accounts=accounts,
        night=Night(
            started_at=sealed,
            seconds=188,
            statement_count=2,
            line_count=214,
            matched_count=5_259,
            booked_count=187,
            in_time_count=1_124,
            in_time_cents=2_192_628,
            differences=differences,
        ),
    )


def empty_page() -> CityPage:
    """The page of a city that has not begun: no day, no account, no night."""
    page = sample_page()
    return replace(
        page,
        shell=Shell("Stadt Aachen"),
        day=Day(LAST_DAY, 0, 0, 0, 0),
        takings=Takings((), ()),
        channels=(),
        wallets=Wallets(0, 0, 0, 0, 0, 0, 0, 0),
        accounts=(),
        night=None,
    )


def _sales(dice: random.Random) -> Iterator[Sale]:
    for day, on in enumerate(DAYS):
        for place, (_, kind, _, ordinary, closed) in enumerate(FACILITIES):
            if on.weekday() in closed:
                continue
            busy = 130 if on.weekday() > 4 and kind in {"pool", "museum"} else 100
            cents = ordinary * busy * dice.randint(82, 118) // 10_000 // 10 * 10
            for channel, share in zip(CHANNELS, Money(cents).split(MIX[kind]), strict=True):
                yield Sale(day, place, kind, channel, share.cents)


def _sum(sold: list[Sale], **having: object) -> int:
    return sum(
        sale.cents
        for sale in sold
        if all(getattr(sale, name) == value for name, value in having.items())
    )


def _takings(sold: list[Sale]) -> Takings:
    cells: Counter[tuple[int, int]] = Counter()
    for sale in sold:
        cells[sale.facility, sale.day] += sale.cents
    rows = tuple(
        FacilityTakings(code, name, kind, tuple(cells.get((place, n)) for n in range(14)))
        for place, (code, kind, name, _, _) in enumerate(FACILITIES)
    )
    return Takings(DAYS, rows)


def _wallets(sold: list[Sale]) -> Wallets:
    before = sum(TOP_UPS[:-1]) - sum(_sum(sold, day=n, channel="wallet") for n in range(13))
    spent = _sum(sold, day=13, channel="wallet")
    opening = OPENING_WALLETS_CENTS + before
    return Wallets(1_212, opening, 43, TOP_UPS[-1], spent, opening + TOP_UPS[-1] - spent, 7, -2_960)


def _accounts(sold: list[Sale]) -> Iterator[AccountLine]:
    """Both sides of every account: openings, sales, and what the bank has paid out since."""
    debit: Counter[tuple[str, str]] = Counter()
    credit: Counter[tuple[str, str]] = Counter()

    def book(to: tuple[str, str], by: tuple[str, str], cents: int) -> None:
        debit[to] += cents
        credit[by] += cents

    book(BANK, CLEARING["wallet"], OPENING_WALLETS_CENTS + sum(TOP_UPS))
    for sale in sold:
        number, name, rate = REVENUE[sale.kind]
        split = split_vat(Money(sale.cents), rate)
        book(CLEARING[sale.channel], (number, name), split.net.cents)
        book(CLEARING[sale.channel], ("372007", "Umsatzsteuer 7 %"), split.tax.cents)
        if sale.day < 11 and sale.channel in {"cash", "girocard", "credit_card", "online"}:
            fee = sale.cents * 9 // 1000 if sale.channel == "credit_card" else 0
            book(BANK, CLEARING[sale.channel], sale.cents - fee)
            book(FEES, CLEARING[sale.channel], fee)
    kinds = {"1": "asset", "3": "liability", "4": "income", "5": "expense"}
    for account in sorted({*debit, *credit}):
        number, name = account
        yield AccountLine(number, name, kinds[number[0]], debit[account], credit[account])

"""What reaches the bank: top-ups by transfer, money nobody can place, card batches, safebags.

`ibans` are the city's, by the ledger account that mirrors each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from config.demo.acquirer import ADVISED
from config.demo.chance import draws
from config.demo.faults import deposited_cents
from config.demo.households import Household
from config.demo.tills import Bag
from ledger.wallets import BANKS
from terminals.simulators.bank import Kind, Payment, card_batch, next_bank_day, safebag

Ibans = Mapping[str, str]
TAKINGS_ACCOUNT = BANKS["citizen"]  # the main account also takes card batches and cash

LOW_CENTS = {"kita": 1500, "citizen": 1000}  # when people begin to think of topping up
TOPS_UP_IN_100 = 45
UNCLEAR_A_DAY = (2, 3, 4)

_FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Elif", "Finn", "Greta", "Hasan", "Ida", "Jonas", "Lea",
    "Mia", "Noah", "Olga", "Paul", "Sara",
)  # fmt: skip
_LAST_NAMES = (
    "Schmitz", "Müller", "Jansen", "Peters", "Yilmaz", "Krüger", "Weber", "Kaya", "Nowak",
    "Heinen", "Frings", "Breuer", "Esser", "Lennartz", "Hermanns", "Demir", "Becker", "Vossen",
)  # fmt: skip


def first_top_ups(everybody: Iterable[Household], ibans: Ibans, day: date) -> Iterator[Payment]:
    """The transfers with which the wallets are filled before the first day."""
    for one in everybody:
        chance = draws("first", one.kind, one.number)
        cents = chance.randint(1, 14) * 1000 * max(1, len(one.children))
        yield _top_up(one, cents, day, chance, iban=ibans[BANKS[one.kind]], name="first")


def top_ups(
    everybody: Iterable[Household], ibans: Ibans, balances: Mapping[str, int], day: date
) -> Iterator[Payment]:
    """The transfers of people who saw last night that their wallet is nearly empty."""
    for one in everybody:
        if balances.get(one.account, 0) >= LOW_CENTS[one.kind]:
            continue
        chance = draws(day, one.kind, one.number, "top-up")
        if chance.randrange(100) < TOPS_UP_IN_100:
            cents = chance.choice((4000, 5000, 6000, 8000)) * max(1, len(one.children))
            yield _top_up(one, cents, day, chance, iban=ibans[BANKS[one.kind]], name=str(day))


def unclear_transfers(everybody: Sequence[Household], ibans: Ibans, day: date) -> Iterator[Payment]:
    """Money whose reference is missing or mistyped: about three times a day."""
    chance = draws(day, "unclear")
    for number in range(chance.choice(UNCLEAR_A_DAY)):
        one = chance.choice(everybody)
        text = chance.choice(
            (
                f"Essensgeld {chance.choice(_FIRST_NAMES)}",
                f"Kita Verpflegung {day:%m/%Y}",
                f"Aufladung {_mistyped(one.reference)}",
                "Guthaben Kind, danke",
                f"RF {_mistyped(one.reference)[2:]}",
            )
        )
        yield Payment(
            id=f"unclear/{day}/{number}", iban=ibans[BANKS[one.kind]], on=day,
            cents=chance.randint(4, 16) * 500, name=_name(chance), payer_iban=_iban(chance),
            remittance=text,
        )  # fmt: skip


def settlements(cards: Mapping[tuple[str, str], int], ibans: Ibans, day: date) -> Iterator[Payment]:
    """What is paid on the next bank day for today: the terminals that no advice is sent for."""
    for (way, terminal), cents in sorted(cards.items()):
        if cents > 0 and terminal not in ADVISED:
            yield card_batch(
                ibans[TAKINGS_ACCOUNT], terminal, day, cents, on=next_bank_day(day), kind=Kind(way)
            )


def deposits(bags: Iterable[Bag], ibans: Ibans, day: date) -> Iterator[Payment]:
    """The safebags, counted by the bank on the next bank day, if they arrive."""
    for bag in bags:
        if counted := deposited_cents(bag.number, bag.cents):
            yield safebag(ibans[TAKINGS_ACCOUNT], bag.number, counted, on=next_bank_day(day))


def bank_day_until(day: date) -> date:
    """`day`, or the last bank day before it."""
    return next(
        candidate
        for back in range(1, 10)
        if (candidate := next_bank_day(day - timedelta(days=back))) <= day
    )


def _top_up(
    one: Household, cents: int, day: date, chance: Random, *, iban: str, name: str
) -> Payment:
    """Six of ten give the structured reference, the others write it somewhere in the text."""
    grouped = " ".join(one.reference[n : n + 4] for n in range(0, len(one.reference), 4))
    how = chance.randrange(100)
    reference = one.reference if how < 60 else None
    remittance = "" if reference else (f"Essensgeld {grouped}" if how < 85 else one.reference)
    return Payment(
        id=f"top-up/{name}/{one.kind}/{one.number}", iban=iban, cents=cents, on=day,
        kind=Kind.INSTANT if how % 4 == 0 else Kind.TRANSFER, name=_name(chance),
        payer_iban=_iban(chance), reference=reference, remittance=remittance,
    )  # fmt: skip


def _mistyped(reference: str) -> str:
    """The last digit one higher: the check digits notice it."""
    digit = (int(reference[-1]) + 1) % 10
    return f"{reference[:-1]}{digit}"


def _name(chance: Random) -> str:
    return f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}"


def _iban(chance: Random) -> str:
    """A well-formed IBAN at a bank that does not exist."""
    account = f"99900002{chance.randrange(10**10):010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"

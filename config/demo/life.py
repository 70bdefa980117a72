"""The life of the demo city: opened once, then day after day up to yesterday.

Nothing is remembered beside the books: the last night that was reconciled says where to go on.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text

from config.database import Database
from config.demo import transfers
from config.demo.day import City, import_delivered, live_day, night
from config.demo.faults import lost_batches
from config.demo.households import (
    CITIZENS,
    Family,
    families,
    households,
    open_citizens,
    open_families,
)
from ledger.catalogue.faults import Fault
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import City as CityData
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.reading import read_city
from ledger.catalogue.stored import stored_bank_accounts
from ledger.seal import seal
from reconciliation.night import NightResult
from terminals.simulators.bank import Bank, Misbehaviour

AACHEN = Path(__file__).parents[1] / "cities" / "aachen"
PATIENCE_SECONDS = 600
HOUSEHOLDS_AT_A_TIME = 100
LOST_BATCH_OF = "B02-1"  # the girocard batch that never reaches the bank, once
LOST_ON_DAY = 3  # the third business day

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class LifeResult:
    """What was lived through now. days: business days; outcomes: how many things by name."""

    days: list[date] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: int = 0
    night: NightResult | None = None


class CityFaulty(Exception):
    """The city's files have faults, one in each argument."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(*map(str, faults))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a life takes place.

    folder: the simulated bank's memory and the statements it delivers. files: the city's data.
    citizens: how many have a wallet, beside the families. visitors_in_100: of the usual ones.
    """

    folder: Path
    files: Path = AACHEN
    citizens: int = CITIZENS
    visitors_in_100: int = 100


def live(
    database: Database, stage: Stage, *, days: int, today: date, progress: Progress
) -> LifeResult:
    """Open the city where it is new, and live every day that is missing until yesterday.

    days: how many business days back a new city begins. progress: called with (done, total,
    what is being done). Raises CityFaulty.
    """
    started, result = time.monotonic(), LifeResult()
    patient = database.with_patience(PATIENCE_SECONDS)
    first, last = _nights(patient)
    opening = first or today - timedelta(days=days + 1)
    city = _open_city(patient, stage, opening, progress)
    import_delivered(city)
    if last is None:
        _fill_wallets(city, opening)
    begins = (last or opening) + timedelta(days=1)
    missing = [begins + timedelta(days=n) for n in range((today - begins).days)]
    for number, day in enumerate(missing):
        progress(number, len(missing), f"{day:%d.%m.%Y}")
        lived = live_day(city, day)
        result.days.append(day)
        result.outcomes.update(lived.outcomes)
        result.night = lived.night
    seal(patient.engine)
    patient.engine.dispose()
    progress(len(missing), len(missing), "")
    result.seconds = round(time.monotonic() - started)
    return result


def _nights(database: Database) -> tuple[date | None, date | None]:
    """The first and the last day whose night was run."""
    with database.read_only() as session:
        row = session.execute(text("SELECT min(day), max(day) FROM night_run")).one()
        return row[0], row[1]


def _open_city(database: Database, stage: Stage, opening: date, progress: Progress) -> City:
    read = read_city(stage.files)
    if not isinstance(read, CityData):
        raise CityFaulty(read)
    with database.transaction() as session:
        load_city(session, read)
    planned = families([each for each in read.catalogue.facilities if each.children])
    citizens = range(1, stage.citizens + 1)
    with database.read_only() as session:
        everybody = households(session, planned, citizens)
    if len(everybody) < len(planned) + len(citizens):
        _open_households(database, (planned, citizens), opening, progress)
    with database.read_only() as session:
        ibans = {one.account: one.iban for one in stored_bank_accounts(session)}
        everybody = households(session, planned, citizens)
        catalogue = posted_catalogue(session)
    lost = lost_batches(opening + timedelta(days=LOST_ON_DAY + 1), opening + timedelta(days=366))
    lost |= {f"girocard/{LOST_BATCH_OF}/{opening + timedelta(days=LOST_ON_DAY)}"}
    owners = dict.fromkeys(ibans.values(), read.name)
    bank = Bank.open(stage.folder, owners, misbehaviour=Misbehaviour(lost=lost))
    return City(database, catalogue, everybody, ibans, bank, stage.visitors_in_100)


def _open_households(
    database: Database,
    who: tuple[Sequence[Family], Sequence[int]],
    opening: date,
    progress: Progress,
) -> None:
    planned, citizens = who
    total, at_once = len(planned) + len(citizens), HOUSEHOLDS_AT_A_TIME
    for first in range(0, len(planned), at_once):
        progress(first, total, "wallets")
        with database.transaction() as session:
            open_families(session, planned[first : first + at_once], on=opening)
    for first in range(0, len(citizens), at_once):
        progress(len(planned) + first, total, "wallets")
        with database.transaction() as session:
            open_citizens(session, citizens[first : first + at_once])


def _fill_wallets(city: City, opening: date) -> None:
    """Everybody transfers a first amount before the first day; that is the first night."""
    day = transfers.bank_day_until(opening)
    for payment in transfers.first_top_ups(city.everybody, city.ibans, day):
        city.bank.take(payment)
    city.bank.close_day(day)
    night(city, opening)

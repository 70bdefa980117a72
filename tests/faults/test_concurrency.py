"""Many writers at once on one database: whatever they do to each other, every promise is kept."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from config.database import SESSION_OPTIONS, Database
from ledger.entries import Conflict, Entry, Outcome, Posted, Refused, Transfer
from ledger.errors import BatchContended, DayAlreadyClosed, SealBusy
from ledger.journal import post, post_now
from ledger.money import Money
from ledger.periods import close_day
from ledger.seal import seal
from tests import promises
from tests.builders import BANK, CLEARING, DAY, REVENUE, a_chart, a_wallet

WRITERS, WALLETS = 24, 50
SECONDS, SECONDS_AT_MOST = 6, 60  # longer where a slow machine has not seen enough yet
DAYS = [DAY + timedelta(days=n) for n in range(40)]


@dataclass(slots=True)
class Traffic:
    """What the writers sent and were answered; `open_from`: the first day not closed yet."""

    database: Database
    wallets: list[str]
    began: float
    open_from: int = 0
    sent: list[Entry] = field(default_factory=list)
    answered: dict[UUID, list[tuple[Entry, Outcome]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    happened: Counter[str] = field(default_factory=Counter)
    escaped: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def goes_on(self) -> bool:
        """Until it was crowded."""
        lasted = time.monotonic() - self.began
        return lasted < SECONDS or (lasted < SECONDS_AT_MOST and not self.was_crowded)

    @property
    def was_crowded(self) -> bool:
        """Whether enough of everything happened."""
        return all(self.happened[what] >= least for what, least in ENOUGH.items())


def test_twenty_four_writers_a_closer_and_a_sealer_break_no_promise(database: Database) -> None:
    database = _with_room(database)
    with ExitStack() as after:
        after.callback(database.engine.dispose)
        traffic = Traffic(database, _fifty_wallets(database), time.monotonic())
        workers = [
            lambda seed=seed: _write(traffic, random.Random(seed)) for seed in range(WRITERS)
        ]
        threads = [
            threading.Thread(target=_watched, args=(traffic, work))
            for work in (*workers, lambda: _close(traffic), lambda: _seal(traffic))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert traffic.escaped == []
        while seal(database.engine):
            traffic.happened["sealed"] += 1
        with database.read_only() as session:
            promises.keep_all(session)
            sealed = session.scalar(text("SELECT max(tree_size) FROM block"))
            assert sealed == session.scalar(text("SELECT count(*) FROM entry"))
            _answers_are_the_stored_ones(traffic, dict(_stored(session)))
        assert traffic.was_crowded, traffic.happened


# So much of each, on a slow machine too.
ENOUGH = {
    "Posted": 300, "again": 40, "Conflict": 4, "balance_too_low": 10, "day_closed": 3,
    "closed": 3, "sealed": 3, "post_now": 80, "post": 80, "batch": 80,
}  # fmt: skip


def _with_room(database: Database) -> Database:
    """The same books with a connection for every thread."""
    options = " ".join(f"-c {name}={value}" for name, value in SESSION_OPTIONS.items())
    engine = create_engine(
        database.engine.url,
        connect_args={"options": options, "prepare_threshold": 0},
        pool_size=WRITERS + 4,
    )
    return Database(engine, database.admin_url)


def _fifty_wallets(database: Database) -> list[str]:
    with database.transaction() as session:
        a_chart(session)
        wallets = [a_wallet(session, number) for number in range(1, WALLETS + 1)]
        top_ups = [_booking(BANK, wallet, 2000, DAYS[-1], random.Random(0)) for wallet in wallets]
        post(session, top_ups)
    return wallets


def _write(traffic: Traffic, dice: random.Random) -> None:
    while traffic.goes_on:
        way = dice.choice(("post_now", "post", "batch"))
        entries = [
            _next(traffic, dice) for _ in range(dice.randint(2, 12) if way == "batch" else 1)
        ]
        outcomes = _send(traffic, way, entries, dice)
        with traffic.lock:
            traffic.sent += entries
            for one, outcome in zip(entries, outcomes, strict=True):
                traffic.answered[one.key].append((one, outcome))
                traffic.happened[way] += 1
                traffic.happened[getattr(outcome, "code", type(outcome).__name__)] += 1
                traffic.happened["again"] += getattr(outcome, "replayed", False)


def _send(traffic: Traffic, way: str, entries: list[Entry], dice: random.Random) -> list[Outcome]:
    if way == "post_now":
        return [post_now(traffic.database.engine, entries[0])]
    while True:
        try:
            with traffic.database.transaction() as session:
                outcomes = post(session, entries, all_or_nothing=dice.random() < 0.1)
                time.sleep(dice.choice((0, 0, 0.001, 0.01, 0.03)))
                return outcomes
        except BatchContended:
            traffic.happened["contended"] += 1


def _next(traffic: Traffic, dice: random.Random) -> Entry:
    """A new booking, mostly; 20 % repeat an earlier key, 2 % with other content."""
    chance = dice.random()
    if traffic.sent and chance < 0.22:
        one = dice.choice(traffic.sent[-200:])
        return replace(one, event="altered") if chance < 0.02 else one
    day = DAYS[min(traffic.open_from + dice.choice((-1, 0, 0, 0, 1)), len(DAYS) - 1)]
    wallet, other = dice.sample(traffic.wallets, 2)
    debit, credit = dice.choice((
        (wallet, REVENUE), (wallet, REVENUE), (wallet, other), (BANK, wallet), (CLEARING, REVENUE),
    ))  # fmt: skip
    return _booking(debit, credit, dice.choice((50, 300, 700)), day, dice)


def _booking(debit: str, credit: str, cents: int, day: object, dice: random.Random) -> Entry:
    moved = (Transfer(debit, credit, Money(cents)),) * dice.choice((1, 1, 2))
    return Entry(UUID(int=dice.getrandbits(128)), "sale", day, moved)


def _close(traffic: Traffic) -> None:
    for day in DAYS[:-2]:
        time.sleep(0.4)
        if not traffic.goes_on:
            return
        with traffic.database.transaction() as session:
            close_day(session, day, closed_by="finance")
        traffic.open_from += 1
        traffic.happened["closed"] += 1


def _seal(traffic: Traffic) -> None:
    while traffic.goes_on:
        try:
            traffic.happened["sealed"] += seal(traffic.database.engine) is not None
        except SealBusy:
            traffic.happened["seal_busy"] += 1
        time.sleep(0.1)


def _watched(traffic: Traffic, work: Callable[[], None]) -> None:
    """Whatever escapes to a caller fails the test: deadlocks and lock time-outs above all."""
    try:
        work()
    except (OperationalError, DayAlreadyClosed, AssertionError, KeyError, ValueError) as trouble:
        traffic.escaped.append(trouble)


def _stored(session: object) -> list[tuple[UUID, tuple[int | None, str | None]]]:
    rows = session.execute(text("SELECT key, entry_id, refused FROM answer"))
    return [(row.key, (row.entry_id, row.refused)) for row in rows]


def _answers_are_the_stored_ones(
    traffic: Traffic, stored: dict[UUID, tuple[int | None, str | None]]
) -> None:
    """Nobody was told anything but the one answer of the key, first hand once at most."""
    for key, answers in traffic.answered.items():
        for _, outcome in answers:
            match outcome:
                case Posted():
                    assert stored[key] == (outcome.entry_id, None)
                case Refused():
                    assert stored[key] == (None, outcome.code)
        told_first = [o for _, o in answers if not isinstance(o, Conflict) and not o.replayed]
        assert len(told_first) == 1
        taken = {one.event for one, o in answers if not isinstance(o, Conflict)}
        assert len(taken) == 1

"""Five hundred sales at three tills while everything goes wrong: at the end all books agree."""

import threading
from collections import Counter as Tally
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

from sqlalchemy import func, select, text

from ledger.calendar import business_day
from terminals.adapters import Settlement
from terminals.enrolment import make_code
from terminals.simulators.zvt import Simulator
from terminals.till import attempts, shifts
from terminals.till.centre import Centre
from terminals.till.counter.following import follow
from terminals.till.journal import open_journal
from terminals.till.journal.tables import attempt, sale
from terminals.till.outbox import rejected
from terminals.till.site import Site
from tests.terminals.till.conftest import ADMINISTRATOR, FLOAT, Counter, device_on

SALES = 500
TILLS = ("B01-1", "B01-2", "B02-1")
PRODUCTS = ("POOL-AD", "POOL-RED", "POOL-FAM", "POOL-U6", "POOL-10A")
SCENARIOS = (
    "approve", "approve", "approve_visa", "approve_chip", "wrong_pin", "decline", "expired",
    "stop_key", "host_cut", "busy", "unsupported", "refused_with_data", "drop_before_status",
    "drop_after_status", "drop_after_ack", "repeat_status", "unknown_fields", "extended_length",
)  # fmt: skip


def test_whatever_goes_wrong_terminals_tills_and_books_agree(centre, tmp_path):
    with ExitStack() as stack:
        terminals = {code: stack.enter_context(_terminal(n)) for n, code in enumerate(TILLS)}
        counters = _counters(stack, centre, terminals, tmp_path)
        over = threading.Event()
        weather = threading.Thread(target=_bad_line, args=(centre, over))
        weather.start()
        walks = [_walk(counters[code], terminals[code], Random(n)) for n, code in enumerate(TILLS)]
        for walk in walks:
            walk.join()
        over.set()
        weather.join()
        seen = Tally()
        for code, counter in counters.items():
            _clear(counter, terminals[code])
            counter.all_sent(60)
            seen += _everything_agrees(counter, terminals[code], centre)
        assert seen["approved"] > 100
        assert seen["declined"] + seen["aborted"] > 50


def _terminal(number):
    simulator = Simulator(seed=number + 1, terminal_id=f"5200010{number}")
    simulator.set(prints="none", skew_seconds=(-120, 0, 200)[number])
    return simulator


def _counters(stack, centre, terminals, tmp_path):
    counters = {}
    for code in ("B01", "B02"):
        ours = [till for till in TILLS if till.startswith(code)]
        devices = {
            till: device_on(terminals[till].port, busy_pause_seconds="0.05") for till in ours
        }
        journal = open_journal(Path(tmp_path / f"{code}.sqlite"))
        site = Site(code, journal, Centre(centre.address), devices, {}, follow)
        site.start()
        stack.callback(site.stop)
        for till in ours:
            with centre.database.transaction() as session:
                made = make_code(session, ADMINISTRATOR, till, at=datetime.now(UTC)).code
            known = site.enrol(made)
            with journal.write(till) as connection:
                shifts.open_shift(
                    connection, till, person="S-0002", counts=FLOAT, now=datetime.now(UTC)
                )
            counters[till] = Counter(site, known, "S-0002")
    return counters


def _bad_line(centre, over):
    """The line to the centre goes and comes back."""
    while not over.wait(2):
        centre.stop()
        over.wait(2)
        centre.start()


def _walk(counter, terminal, chance):
    trouble = []

    def walk():
        for _ in range(SALES // len(TILLS) + 1):
            _sell(counter, terminal, chance)

    class Walk(threading.Thread):
        def run(self):
            try:
                walk()
            except BaseException as error:  # noqa: BLE001 - told to whoever joins
                trouble.append(error)

        def join(self, timeout=None):
            super().join(timeout)
            if trouble:
                raise trouble[0]

    thread = Walk()
    thread.start()
    return thread


def _sell(counter, terminal, chance):
    products = chance.choices(PRODUCTS, k=chance.randint(1, 3))
    total = counter.fill(*products)
    if not total:
        counter.fill("POOL-AD")
        total += 500
    if chance.random() < 0.25:
        key = uuid4()
        counter.pay_in_cash(total + chance.choice((0, 50, 500)), key)
        counter.pay_in_cash(total + 1000, key)  # the same tap, once more
        return
    terminal.next(chance.choice(SCENARIOS))
    if chance.random() < 0.2:
        direction = chance.choice(("sent", "received"))
        terminal.cut(direction, chance.randrange(120), command="0601")
    key = counter.pay_by_card()
    counter.pay_by_card(key)
    _settle(counter, terminal, key)
    counter.empty()


def _settle(counter, terminal, key):
    counter.ends(key, 30)
    terminal.heal()
    while counter.attempt(key).state == "unknown":
        assert terminal.settled()
        assert counter.attempt(key).reason != "cannot_say"
        counter.check(key)


def _clear(counter, terminal):
    assert terminal.settled()
    with counter.site.journal.read() as connection:
        assert attempts.open_attempts(connection, till=counter.till.code) == []
        assert rejected(connection, counter.till.code) == []
    lane = counter.site.lane(counter.till.code)
    lane.settle()
    counter.until(lambda: lane.live.settled, lambda settled: settled is not None, 20)


def _everything_agrees(counter, terminal, centre):
    code, day = counter.till.code, business_day(datetime.now(UTC))
    charged = sum(one.amount_cents for one in terminal.ledger if one.state == "approved")
    with counter.site.journal.read() as connection:
        states = Tally(connection.scalars(select(attempt.c.state).where(attempt.c.till == code)))
        taken = connection.scalar(
            select(func.sum(attempt.c.amount_cents)).where(
                attempt.c.till == code, attempt.c.state == "approved"
            )
        )
        numbers = connection.scalars(
            select(sale.c.number).where(sale.c.till == code).order_by(sale.c.number)
        ).all()
        cash = connection.scalar(
            select(func.sum(sale.c.total_cents)).where(sale.c.till == code, sale.c.way == "cash")
        )
    assert taken == charged
    assert list(numbers) == list(range(1, len(numbers) + 1))
    settled = counter.site.lane(code).live.settled
    assert isinstance(settled, Settlement)
    assert settled.amount_cents == charged
    with centre.database.read_only() as session:
        booked = dict(session.execute(text(_BOOKED), {"till": code, "day": day}).all())
    assert booked.get("card", 0) == charged
    assert booked.get("cash", 0) == cash
    assert booked["sales"] == len(numbers)
    return states


_BOOKED = """
SELECT CASE WHEN way IN ('girocard', 'credit_card') THEN 'card' ELSE way END,
       sum(total_cents)::bigint
  FROM charge WHERE till = :till AND refused IS NULL GROUP BY 1
UNION ALL SELECT 'sales', count(*) FROM charge WHERE till = :till AND refused IS NULL
"""

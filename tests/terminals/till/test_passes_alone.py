"""A pass while the centre is silent: by what the till knows, within a limit, told exactly once."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from config.signing import guest_keys
from ledger.calendar import CITY_TIME, business_day
from ledger.charges import find_charge
from terminals.devices import add_device, new_token
from terminals.gate.site.gate import Gate, Place
from terminals.gate.site.sync import Sync
from terminals.gate.site.tables import metadata
from terminals.gate.tables import admission
from terminals.qr.codes import card_text, issue_card, revoke_card
from terminals.qr.tokens import phone_code, sign
from terminals.till.centre import Centre
from terminals.till.counter.view import view_of
from terminals.till.enrolled import find_till
from terminals.till.journal import open_journal
from terminals.till.limits import Limits
from terminals.till.outbox import count_waiting
from terminals.till.pass_news import last_news
from terminals.till.sales import last_sales
from terminals.till.shifts import open_shift
from terminals.till_queries import not_taken
from tests.terminals.till.conftest import FLOAT, Counter, a_code
from tests.terminals.till.pass_holder import Pool

ROOT = Path(__file__).parents[3]


@pytest.fixture
def pool(far, centre, relay):
    return Pool(far, centre, relay)


@pytest.fixture
def gate(centre, tmp_path) -> Iterator[tuple[Gate, Sync]]:
    """ "Tor 2" of the same pool, with a line and a journal of its own."""
    token = new_token()
    with centre.database.transaction() as session:
        add_device(session, "B01 Tor 2", role="gate", token=token, facility="B01")
    journal = open_journal(tmp_path / "gate.sqlite", metadata)
    gate = Gate(Place("B01", "Tor 2", token), journal, Centre(centre.address))
    sync = Sync(gate)
    sync.once()
    yield gate, sync
    gate.centre.pool.clear()
    journal.close()


def test_without_a_line_a_pass_lets_in_and_its_share_is_released_once(pool):
    code, shown = pool.pass_of()
    pool.hears()
    pool.relay.stop()
    visit = pool.scans(shown)
    assert (visit["admitted"], visit["visits_left"], visit["is_alone"]) == (1, 9, True)
    assert pool.register.page(pool.browser).basket.visit.is_alone
    with pool.site.journal.read() as connection:
        assert count_waiting(connection, pool.till) >= 1
        (sold,) = last_sales(connection, pool.till)
    pool.relay.is_losing = True
    pool.relay.start()
    pool.site.nudge(pool.till)
    pool.far.until(lambda: pool.counted(code), lambda visits: visits == 1, 20)
    pool.relay.is_losing = False
    pool.far.all_sent(60)
    assert (pool.counted(code), pool.refused()) == (1, [])
    with pool.centre.database.read_only() as session:
        assert find_charge(session, sold.key).entry_id is not None


def test_without_a_line_a_pass_lets_in_up_to_the_limit_of_its_day(pool):
    code, shown = pool.pass_of()
    pool.hears()
    pool.relay.stop()
    pool.site.limits = Limits(pass_offline_visits=2)
    assert "admitted" in pool.scans(shown)
    pool.register.act(pool.browser, "visit_more", {})
    pool.register.act(pool.browser, "visit_more", {})
    refused = pool.register.page(pool.browser).basket.visit
    assert (refused.refused, refused.most) == ("offline_limit", 2)
    pool.relay.start()
    pool.far.all_sent()
    pool.hears()
    assert pool.scans(shown)["visits_left"] == 7
    pool.far.all_sent()
    pool.hears()
    pool.relay.stop()
    assert pool.scans(shown)["refused"] == "offline_limit"  # told meanwhile, and alone all the same
    assert pool.counted(code) == 3


def test_alone_a_pass_lets_in_no_more_than_are_left_on_it(pool):
    code, shown = pool.pass_of()
    pool.hears()
    for _ in range(8):
        pool.scans(shown)
        pool.far.all_sent()
    assert pool.counted(code) == 8
    pool.hears()  # those were heard of since
    pool.hears()
    pool.relay.stop()
    said = [pool.scans(shown) for _ in range(3)]
    assert [one.get("visits_left") for one in said] == [1, 0, None]
    assert said[-1]["refused"] == "empty"
    pool.relay.start()
    pool.far.all_sent()
    assert (pool.counted(code), pool.refused()) == (10, [])


def test_alone_a_holiday_card_lets_in_once_a_day_at_all_tills_of_the_site(pool):
    _, shown = pool.pass_of("POOL-HOL-S")
    pool.site.enrol(a_code(pool.centre, "B01-2"))
    pool.site.running["B01-2"].pull.stop()
    with pool.site.journal.write() as connection:
        now = datetime.now(UTC)
        open_shift(connection, "B01-2", person="S-0002", counts=FLOAT, now=now)
    pool.hears()
    pool.hears("B01-2")
    pool.relay.stop()
    assert pool.scans(shown)["admitted"] == 1
    with pool.site.journal.read() as connection:
        (sold,) = last_sales(connection, pool.till)
        name = find_till(connection, pool.till).name
    clock = f"{sold.completed_at.astimezone(CITY_TIME):%H:%M}"
    other = pool.scans(shown, pool.browser_of("B01-2"), "B01-2")
    assert (other["refused"], other["used_at"], other["gate"]) == ("used", clock, name)
    pool.relay.start()  # the centre is heard again, and has not heard of it
    pool.site.running[pool.till].push.stop()
    again = pool.scans(shown, pool.browser_of("B01-2"), "B01-2")
    assert (again["refused"], again["used_at"]) == ("used", clock)


def test_a_pass_that_was_used_at_a_gate_is_refused_with_time_and_place(pool, gate):
    _, shown = pool.pass_of("POOL-HOL-S")
    now = datetime.now(UTC)
    assert gate[0].enter(shown, now).state == "opened"
    clock = f"{now.astimezone(CITY_TIME):%H:%M}"
    expected = {"refused": "used", "used_at": clock, "gate": "Tor 2"}
    pool.hears()
    assert expected.items() <= pool.scans(shown).items()
    pool.relay.stop()
    assert expected.items() <= pool.scans(shown).items()


def test_a_gate_and_a_till_without_a_line_both_let_in_and_both_sides_see_it(pool, gate):
    (at_gate, tells), (code, shown) = gate, pool.pass_of("POOL-HOL-S")
    now = datetime.now(UTC)
    tells.hear()
    pool.hears()
    pool.relay.stop()
    real, at_gate.centre = at_gate.centre, Centre("http://127.0.0.1:9")
    assert at_gate.enter(shown, now).state == "opened"
    assert pool.scans(shown)["admitted"] == 1
    at_gate.centre = real
    tells.tell()
    pool.relay.start()
    pool.far.all_sent()
    assert pool.counted(code) == 1
    clock = f"{now.astimezone(CITY_TIME):%H:%M}"
    stage = pool.conflict()
    seen = (stage.what, stage.code, stage.used_at, stage.gate)
    assert seen == ("visit", "visited_today", clock, "Tor 2")
    with pool.centre.database.read_only() as session:
        (kept,) = not_taken(session)
    assert (kept.code, kept.data["time"], kept.data["gate"]) == ("visited_today", clock, "Tor 2")


def test_a_gate_that_tells_later_than_a_till_is_the_one_that_contradicts(pool, gate):
    (at_gate, tells), (code, shown) = gate, pool.pass_of("POOL-HOL-S")
    tells.hear()
    pool.hears()
    real, at_gate.centre = at_gate.centre, Centre("http://127.0.0.1:9")
    assert at_gate.enter(shown, datetime.now(UTC)).state == "opened"
    pool.relay.stop()
    assert pool.scans(shown)["admitted"] == 1
    pool.relay.start()
    pool.far.all_sent()
    at_gate.centre = real
    tells.tell()
    assert (pool.counted(code), pool.refused()) == (1, [])
    with pool.centre.database.read_only() as session:
        (row,) = session.execute(select(admission)).all()
    assert (row.state, row.reason, row.was_offline) == ("conflict", "used", True)


def test_alone_a_card_that_was_taken_back_lets_nobody_in(pool):
    code, on_phone = pool.pass_of()
    with pool.centre.database.transaction() as session:
        card = issue_card(session, at=datetime.now(UTC), pass_code=code)
        revoke_card(session, card.id, at=datetime.now(UTC))
    pool.hears()
    pool.relay.stop()
    assert pool.scans(card_text(card, guest_keys()))["refused"] == "blocked"
    assert pool.scans(on_phone)["admitted"] == 1


def test_alone_a_code_that_is_over_says_since_when(pool):
    code, _ = pool.pass_of()
    pool.hears()
    pool.relay.stop()
    old = datetime.now(UTC) - timedelta(days=2)
    over = sign(phone_code("pass", code, now=old), guest_keys().signing, now=old)
    refused = pool.scans(over)
    assert refused["refused"] == "expired"
    assert pool.register.page(pool.browser).basket.visit.expired_on < business_day(
        datetime.now(UTC)
    )


def test_alone_nobody_is_let_in_with_what_the_centre_never_told_of(pool):
    pool.hears()
    _, shown = pool.pass_of()
    _, museum = pool.pass_of("MUS-SIX", facility="M01")
    pool.relay.stop()
    assert pool.scans(shown)["refused"] == "unheard"
    assert pool.scans(museum)["refused"] == "unheard"
    pool.relay.start()
    assert pool.scans(museum)["refused"] == "elsewhere"
    assert pool.scans(shown)["admitted"] == 1


def test_what_is_known_of_passes_is_asked_for_by_what_changed(pool):
    code, _ = pool.pass_of()
    pool.hears()
    with pool.site.journal.read() as connection:
        first = last_news(connection, pool.till)
    till, centre = pool.far.till, pool.site.centre
    asked = {"since": first.body["next"]}
    answer = centre.get("/gate/passes", till.token, etag=first.etag, asked=asked)
    assert answer.status == 304
    pool.hears()
    with pool.site.journal.read() as connection:
        assert last_news(connection, pool.till) == first
    other, _ = pool.pass_of()
    answer = centre.get("/gate/passes", till.token, etag=first.etag, asked=asked)
    assert {one["code"] for one in answer.body["passes"]} == {code, other}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_till_killed_while_it_lets_in_did_so_or_did_not(pool, start_site, tmp_path, moment):
    code, shown = pool.pass_of()
    pool.hears()
    pool.site.stop()
    _killed(tmp_path / "journal.sqlite", pool.browser, shown, moment)
    site = start_site(pool.relay)
    reborn = Counter(site, pool.far.till, "S-0002")
    reborn.all_sent()
    is_in = moment == "after"
    with site.journal.read() as connection:
        visit = view_of(connection, pool.till).visit
        assert len(last_sales(connection, pool.till)) == is_in
        assert connection.scalar(text("SELECT count(*) FROM pass_visit")) == is_in
    assert (visit is not None) == is_in
    assert pool.counted(code) == is_in


def _killed(journal: Path, browser: str, shown: str, moment: str) -> None:
    program = [sys.executable, str(Path(__file__).with_name("killed_pass.py"))]
    ended = subprocess.run(
        [*program, str(journal), browser, shown, moment, "1"], cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=120, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr

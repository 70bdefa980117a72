"""The till is killed before and after every single write: what it finds afterwards is true."""

import subprocess
import sys
from collections import Counter as Tally
from pathlib import Path
from uuid import uuid4

import pytest

from ledger.charges import find_charge
from terminals.till.sales import find_sale
from tests.terminals.till.conftest import Counter

ROOT = Path(__file__).parents[3]
MOST_COMMITS = 60


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_till_killed_at_any_commit_agrees_with_its_terminal(
    counter, centre, start_site, tmp_path, moment, *, terminal
):
    terminal.set(prints="none")
    seen, till = Tally(), counter.till
    counter.fill("POOL-AD")
    assert counter.ends(counter.pay_by_card()).state == "approved"
    counter.all_sent()
    for number in range(1, MOST_COMMITS):
        counter.fill("POOL-AD")
        counter.site.stop()
        before, key = len(terminal.ledger), uuid4()
        was_killed = _run(tmp_path, terminal, key, moment, number)
        assert terminal.settled()
        counter = Counter(start_site(centre, terminal), till, counter.person)
        state = _state_after(counter, key)
        seen[state] += 1
        charged = [one for one in terminal.ledger[before:] if one.state == "approved"]
        assert (state == "approved") == bool(charged), (moment, number, state)
        assert len(charged) <= 1
        _everybody_agrees(counter, centre, key, state)
        counter.empty()
        if not was_killed:
            break
    assert number < MOST_COMMITS - 1
    assert seen["approved"] > 0
    assert seen["aborted"] + seen["declined"] + seen["nothing"] > 0


def _run(tmp_path, terminal, key, moment, number):
    program = [sys.executable, str(Path(__file__).with_name("killed_till.py"))]
    given = [str(tmp_path / "journal.sqlite"), str(terminal.port), str(key), moment, str(number)]
    ended = subprocess.run(
        [*program, *given], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode in (0, -9), ended.stderr
    return ended.returncode == -9


def _state_after(counter, key):
    """What the restarted till says of the attempt; "nothing": it was never written down."""
    if counter.attempt(key) is None:
        return "nothing"
    counter.until(lambda: counter.attempt(key), lambda one: one.state not in {"started"}, 20)
    while counter.attempt(key).state == "unknown":
        counter.check(key)
    return counter.attempt(key).state


def _everybody_agrees(counter, centre, key, state):
    counter.all_sent()
    with counter.site.journal.read() as connection:
        assert (find_sale(connection, key) is not None) == (state == "approved")
    with centre.database.read_only() as session:
        assert (find_charge(session, key) is not None) == (state == "approved")

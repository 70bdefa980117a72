"""A gate is killed (-9) before and after every write and while it opens: nobody is let in twice,
nobody who went through is forgotten."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from config.database import Database
from terminals.gate.scanned import scan
from terminals.gate.site import memory
from terminals.gate.site.gate import Gate
from terminals.gate.site.sync import Sync
from terminals.gate.tables import admission, admission_withdrawal
from terminals.gate.tokens import Ticket
from tests.terminals.gate.house import RING, a_ticket, text_of
from tests.terminals.till.conftest import Server

ROOT = Path(__file__).parents[3]
DEVICE = "B01 Tor 1"
NOBODY = "http://127.0.0.1:9"
MOST_COMMITS = 12


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "alone"])
@pytest.mark.parametrize("moment", ["before", "after", "opening"])
def test_a_gate_killed_at_any_moment_agrees_with_the_centre(
    at_gate: Callable[[str], tuple[Gate, Sync]], centre: Server, tokens: dict[str, str],
    tmp_path: Path, moment: str, *, is_online: bool,
) -> None:  # fmt: skip
    city = centre.database
    _, first = at_gate(DEVICE)
    first.once()
    address = centre.address if is_online else NOBODY
    went_through = 0
    for number in range(1, MOST_COMMITS):
        text, opened = text_of(a_ticket(city, at=datetime.now(UTC))), tmp_path / f"open-{number}"
        was_killed = run(tmp_path, address, tokens[DEVICE], text, str(opened), moment, str(number))
        reborn, sync = at_gate(DEVICE)
        sync.once()
        in_force = admitted(city, text)
        assert in_force <= 1
        assert not opened.exists() or in_force == 1
        assert in_force == says_opened(reborn, text)
        went_through += opened.exists()
        if not was_killed or moment == "opening":
            break
    assert number < MOST_COMMITS - 1
    assert went_through == (0 if moment == "opening" else 1) or moment == "after"


def run(folder: Path, *given: str) -> bool:
    program = [sys.executable, str(Path(__file__).with_name("killed_gate.py"))]
    journal = folder / DEVICE.replace(" ", "-") / "gate.sqlite"
    ended = subprocess.run(
        [*program, str(journal), *given], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=60,
    )  # fmt: skip
    assert ended.returncode in (0, -9), ended.stderr
    return ended.returncode == -9


def admitted(city: Database, text: str) -> int:
    """How many admissions of this ticket are in force at the centre."""
    held = scan(text, RING.public, datetime.now(UTC))
    assert isinstance(held, Ticket)
    withdrawn = select(admission_withdrawal.c.admission)
    in_force = select(admission.c.key).where(
        admission.c.ticket == held.code, admission.c.key.not_in(withdrawn)
    )
    with city.read_only() as session:
        return len(session.scalars(in_force).all())


def says_opened(gate: Gate, text: str) -> int:
    """Whether the journal says that the gate opened for it."""
    with gate.journal.read() as connection:
        scans = memory.last_scans(connection, 100, state="opened")
    return sum(one.text == text for one in scans)

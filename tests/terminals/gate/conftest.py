"""The centre on a socket over real books, and gates with journals of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.database import Database
from terminals.gate.site.gate import Gate, Place
from terminals.gate.site.sync import Sync
from terminals.gate.site.tables import metadata
from terminals.till.centre import Centre
from terminals.till.journal import open_journal
from tests.terminals.gate.house import RING, gates
from tests.terminals.gate.shop import Shop, a_shop
from tests.terminals.till.conftest import Server


@pytest.fixture
def shop(city: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with a_shop(city, monkeypatch) as shop:
        yield shop


@pytest.fixture
def tokens(city: Database) -> dict[str, str]:
    return gates(city)


@pytest.fixture
def centre(city: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The centre of a city; `stop` cuts the line, `start` mends it."""
    monkeypatch.setattr("config.api.guest_keys", lambda: RING)
    server = Server(city)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def at_gate(
    tmp_path: Path, centre: Server, tokens: dict[str, str]
) -> Iterator[Callable[[str], tuple[Gate, Sync]]]:
    """A gate by its device: `at_gate("B01 Tor 1")`; its thread does not run, `once` is one turn."""
    made: list[Gate] = []

    def at_gate(device: str) -> tuple[Gate, Sync]:
        site, _, name = device.partition(" ")
        folder = tmp_path / device.replace(" ", "-")
        journal = open_journal(folder / "gate.sqlite", metadata)
        gate = Gate(Place(site, name, tokens[device]), journal, Centre(centre.address))
        gate.tidy()
        made.append(gate)
        return gate, Sync(gate)

    yield at_gate
    for gate in made:
        gate.centre.pool.clear()
        gate.journal.close()

"""Other Python ledgers doing the same work on the same server, each in a process of its own.

The work: move 4.50 from one of many prepaid accounts onto one revenue account and commit, one
charge after the other. Each peer is a program, `python -m config.bench.peers.NAME URL prepare
ACCOUNTS` or `… URL charge COUNT`; the second prints the nanoseconds of each charge.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from config.bench.measure import MeasuredNonsense, Size, Slice, inserted

if TYPE_CHECKING:
    from config.bench.ground import Ground

WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Peer:
    """A library, its module, and the table in which one charge leaves `rows_each` rows."""

    name: str
    module: str
    program: str
    table: str
    rows_each: int

    @property
    def is_installed(self) -> bool:
        """Whether the extra `bench` is here; without it the peer's line says so."""
        return importlib.util.find_spec(self.module) is not None


PEERS = (
    Peer("django-hordak", "hordak", "config.bench.peers.hordak", "hordak_leg", 2),
    Peer("python-accounting", "python_accounting", "config.bench.peers.accounting", "ledger", 2),
)


def prepare(ground: "Ground", size: Size, peer: Peer) -> None:
    """Make the peer's template database: its tables, its accounts and their money."""
    books = ground.create(peer.name)
    _run(
        peer, _address(books.server.url(peer.name, "postgres")), "prepare", str(size.peer_accounts)
    )


def same_work(ground: "Ground", size: Size, peer: Peer) -> Mapping[str, Slice]:
    """One process of the peer, in a fresh copy of its own database."""
    with ground.fresh(peer.name) as books:
        books.checkpoint()
        before = books.count(peer.table)
        address = _address(books.server.url(books.name, "postgres"))
        latencies = json.loads(_run(peer, address, "charge", str(size.peer_charges)))
        charges = size.peer_charges + WARM_UP
        inserted(before, books.count(peer.table), charges * peer.rows_each)
    return {peer.name: Slice(len(latencies), sum(latencies), tuple(latencies))}


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(peer: Peer, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", peer.program, *arguments],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    if done.returncode != 0:
        raise MeasuredNonsense(f"{peer.name} failed:\n{done.stderr[-2000:]}")
    return done.stdout

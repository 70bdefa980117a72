"""Runs the benchmark: slice after slice, round after round, every second round backwards."""

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.bench import (
    balance,
    batches,
    charges,
    crowd,
    limits,
    matching,
    peers,
    sites,
    sync,
    till,
    webhooks,
)
from config.bench.comparisons import Result, Round, comparisons
from config.bench.ground import Ground, prepared_ground
from config.bench.measure import Size, Slice

Subject = Callable[[], Mapping[str, Slice]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run measured and on what."""

    machine: str
    size: Size
    results: tuple[Result, ...]
    rounds: tuple[Round, ...]
    seconds: int
    disturbed: int
    slices: int


def run(
    folder: Path,
    size: Size,
    *,
    calm_seconds: int = 2,
    told: Callable[[str], None] = lambda _: None,
) -> Report:
    """Measure everything on a server started in `folder`, which is removed at the end.

    calm_seconds: how long to wait for an idle machine before each slice; slices that began on a
    busy one are counted in `disturbed`. `told` hears what is being done.
    """
    started = time.monotonic()
    told("starting a server")
    with prepared_ground(folder) as ground, crowd.crowd(size.processes) as workers:
        machine = _machine(ground)
        subjects = _subjects(ground, size, workers, told)
        rounds: list[Round] = []
        disturbed = 0
        for number in range(size.rounds):
            taken: dict[str, Slice] = {}
            for name, subject in subjects if number % 2 == 0 else reversed(subjects):
                told(f"round {number + 1} of {size.rounds}: {name}")
                disturbed += not _calm(calm_seconds)
                taken |= subject()
            rounds.append(taken)
    return Report(
        machine, size, tuple(line.result(rounds) for line in comparisons(size)), tuple(rounds),
        round(time.monotonic() - started), disturbed, size.rounds * len(subjects),
    )  # fmt: skip


def _subjects(
    ground: Ground, size: Size, workers: crowd.Crowd, told: Callable[[str], None]
) -> list[tuple[str, Subject]]:
    subjects: list[tuple[str, Subject]] = [
        ("one by one, bare rows", lambda: limits.one_by_one(ground, size)),
        ("one by one, one process", lambda: charges.one_process(ground, size)),
        ("one by one, many processes", lambda: crowd.many_processes(ground, size, workers)),
        ("many at once, bare rows", lambda: limits.many(ground, size)),
        ("many at once", lambda: batches.many_at_once(ground, size)),
    ]
    told("filling an account")
    balance.prepare(ground, size)
    subjects.append(("balances", lambda: balance.reads(ground, size)))
    told("opening a till")
    site = sites.prepare(ground, size)
    subjects += [
        ("taps on a pay key", lambda: till.card_taps(site, size)),
        ("pages of the register", lambda: till.register_pages(site, size)),
        ("charges after an outage", lambda: sync.after_outage(site, size)),
        ("a burst of webhooks", lambda: webhooks.burst(ground, size)),
        ("a month of payments", lambda: matching.months(ground, size)),
    ]
    for peer in peers.PEERS:
        if peer.is_installed:
            told(f"preparing {peer.name}")
            peers.prepare(ground, size, peer)
            subjects.append((peer.name, lambda peer=peer: peers.same_work(ground, size, peer)))  # type: ignore[misc]
    return subjects


def _machine(ground: Ground) -> str:
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"PostgreSQL {ground.ask('SHOW server_version')}, fsync {ground.ask('SHOW fsync')}, "
        f"synchronous_commit {ground.ask('SHOW synchronous_commit')}, "
        f"shared_buffers {ground.ask('SHOW shared_buffers')}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _calm(seconds: int) -> bool:
    """Wait until the machine idles, at most `seconds`; whether it does. True where unknown."""
    for _ in range(max(1, seconds * 5)):
        busy = _busy_share(0.2)
        if busy is None or busy < 0.15:
            return True
    return False


def _busy_share(seconds: float) -> float | None:
    before = _processor_time()
    time.sleep(seconds)
    after = _processor_time()
    if before is None or after is None or after[1] == before[1]:
        return None
    return 1 - (after[0] - before[0]) / (after[1] - before[1])


def _processor_time() -> tuple[int, int] | None:
    """Idle and total time of all cores, in clock ticks since the machine started."""
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except OSError:
        return None
    ticks = [int(each) for each in first.split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)

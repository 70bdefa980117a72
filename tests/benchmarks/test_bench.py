"""The benchmark at its smallest: every line is produced, and every slice did the work it says."""

import importlib.util
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.bench import till
from config.bench.comparisons import comparisons
from config.bench.measure import MeasuredNonsense, Size, Slice, inserted
from config.bench.peers import PEERS
from config.bench.runner import Report, run
from config.bench.table import as_json, show

TINY = Size(
    rounds=1, charges=50, processes=2, charges_each=25, batch=50, batches=1, bulk=100,
    peer_charges=10, peer_accounts=10, transfers=4000, balance_reads=5, till_sales=5, taps=3,
    pages=3, queued=40, messages=100,
    payments=300, more_payments=600,
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """One tiny run on a server of its own."""
    root = "/var/lib" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="stadtkasse-bench-", dir=root) as folder:
        Path(folder).chmod(0o755)
        yield run(Path(folder) / "server", TINY, calm_seconds=0)
        assert not (Path(folder) / "server").exists()


def test_every_line_is_measured_unless_its_peer_is_not_installed(report: Report) -> None:
    missing = {peer.name for peer in PEERS if not peer.is_installed}
    unmeasured = {result.line.reference for result in report.results if not result.pairs}
    assert unmeasured == missing
    assert len(report.results) == len(comparisons(TINY))


def test_every_slice_did_as_much_as_its_reference(report: Report) -> None:
    taken = report.rounds[0]
    assert taken["post_now x1"].count == taken["L0 x1"].count == TINY.charges
    assert taken["post_now spread x2"].count == taken["L0 x2"].count == 2 * TINY.charges_each
    assert taken["batch 50"].count == taken["B0"].count == TINY.batch
    assert taken["batch 100"].count == taken["C0"].count == TINY.bulk
    assert taken["batch 100 bytes ready"].nanoseconds < taken["batch 100"].nanoseconds
    assert len(taken["L0 x2"].latencies_ns) == 2 * TINY.charges_each


def test_the_till_tapped_showed_its_page_and_sent_what_it_sold(report: Report) -> None:
    taken = report.rounds[0]
    assert len(taken["tap"].latencies_ns) == len(taken["tap limit"].latencies_ns) == TINY.taps
    assert len(taken["page"].latencies_ns) == len(taken["add"].latencies_ns) == TINY.pages
    assert taken["sync 40"].count == TINY.queued
    assert set(taken["budget"].latencies_ns) == {till.BUDGET_NS}


def test_the_table_and_the_json_tell_the_same(report: Report) -> None:
    written = StringIO()
    show(report, Console(width=140, file=written))
    shown = written.getvalue()
    lines = json.loads(as_json(report))["lines"]
    for line in lines:
        assert line["title"] in shown
        assert line["median"] is None or f"{line['median']:.2f}" in shown
    assert report.machine.split(",")[0] in shown.replace("\n", " ")


def test_a_slice_that_did_not_do_its_work_is_refused() -> None:
    with pytest.raises(MeasuredNonsense, match="9 transfers came in, 10"):
        inserted(1, 10, 10)


def test_a_target_is_held_against_the_median_of_same_round_pairs(report: Report) -> None:
    line = replace(comparisons(TINY)[0], ours="ours", reference="L0", at_least=0.5)
    second = 1_000_000_000
    rounds = [
        {"ours": Slice(ours, second), "L0": Slice(limit, second)}
        for ours, limit in ((10, 100), (60, 100), (30, 50))
    ]
    result = line.result(rounds)
    assert result.ratios == [0.1, 0.6, 0.6]
    assert result.is_met
    assert not replace(line, at_least=0.7).result(rounds).is_met
    assert not replace(line, at_least=None, at_most=0.5).result(rounds).is_met


def test_the_peers_are_found_where_the_extra_is_installed() -> None:
    for peer in PEERS:
        assert peer.is_installed == (importlib.util.find_spec(peer.module) is not None)
